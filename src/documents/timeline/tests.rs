//! Edits of a timeline, each against what an editor expects of it.

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn id(number: i32) -> Uuid {
    Uuid::from_u128(u128::try_from(number).unwrap())
}

/// A publication of the revision that its row is named after.
fn stands(number: i32, from: i64, end: Option<i64>, until: Option<i64>) -> Publication {
    let during = Span::new(at(from), end.map(at)).unwrap();
    Publication { id: id(number), number, during, until: until.map(at) }
}

fn end(number: i32, at_end: Option<i64>, until: Option<i64>) -> End {
    End { id: id(number), at: at_end.map(at), until: until.map(at) }
}

fn opening(number: i32, from: i64, end: Option<i64>, until: Option<i64>) -> Opening {
    let during = Span::new(at(from), end.map(at)).unwrap();
    Opening { moved: None, number, during, until: until.map(at) }
}

fn publish(number: i32, from: Option<i64>, until: Option<i64>) -> Edit {
    Edit::Publish { number, from: from.map(at), until: until.map(at) }
}

/// Revision 1 is public until revision 3 takes its place at 100.
fn two() -> [Publication; 2] {
    [stands(1, 0, Some(100), None), stands(3, 100, None, None)]
}

#[test]
fn publishing_closes_what_is_live_and_stops_before_what_is_planned() {
    let steps = edit(&two(), &publish(2, None, None), at(50)).unwrap();
    assert_eq!(steps.shorten, [end(1, Some(50), None)]);
    assert_eq!(steps.open, [opening(2, 50, Some(100), None)]);
    assert!(steps.remove.is_empty() && steps.extend.is_empty());
}

#[test]
fn publishing_what_is_live_does_nothing_but_set_an_end_when_one_is_given() {
    let standing = [stands(4, 0, Some(200), Some(200))];
    assert!(edit(&standing, &publish(4, None, None), at(50)).unwrap().is_empty());
    let steps = edit(&standing, &publish(4, None, Some(90)), at(50)).unwrap();
    assert_eq!(steps.shorten, [end(4, Some(90), Some(90))]);
    assert!(steps.open.is_empty());
}

#[test]
fn a_planned_end_stays_with_the_page_when_a_correction_is_published() {
    let standing = [stands(1, 0, Some(200), Some(200))];
    let steps = edit(&standing, &publish(2, None, None), at(50)).unwrap();
    assert_eq!(steps.open, [opening(2, 50, Some(200), Some(200))]);
}

#[test]
fn a_second_publish_at_the_same_instant_replaces_the_first() {
    let steps = edit(&[stands(1, 50, None, None)], &publish(2, None, None), at(50)).unwrap();
    assert_eq!(steps.remove, [id(1)]);
    assert_eq!(steps.open, [opening(2, 50, None, None)]);
}

#[test]
fn a_schedule_ends_what_is_public_then_and_cancelling_it_lets_that_run_on() {
    let steps = edit(&[stands(1, 0, None, None)], &publish(2, Some(100), Some(300)), at(50)).unwrap();
    assert_eq!(steps.shorten, [end(1, Some(100), None)]);
    assert_eq!(steps.open, [opening(2, 100, Some(300), Some(300))]);

    let steps = edit(&two(), &Edit::Cancel(id(3)), at(50)).unwrap();
    assert_eq!(steps.remove, [id(3)]);
    assert_eq!(steps.extend, [end(1, None, None)]);

    // Its own planned end is kept.
    let expiring = [stands(1, 0, Some(100), Some(150)), stands(3, 100, None, None)];
    assert_eq!(edit(&expiring, &Edit::Cancel(id(3)), at(50)).unwrap().extend, [end(1, Some(150), Some(150))]);
}

#[test]
fn a_schedule_can_be_moved_before_and_behind_others() {
    let standing =
        [stands(1, 0, Some(100), None), stands(2, 100, Some(200), None), stands(3, 200, None, None)];
    let replan = Edit::Replan { id: id(2), from: Some(at(300)), until: None };
    let steps = edit(&standing, &replan, at(50)).unwrap();
    assert_eq!(steps.remove, [id(2)]);
    assert_eq!(steps.extend, [end(1, Some(200), None)]);
    assert_eq!(steps.shorten, [end(3, Some(300), None)]);
    assert_eq!(steps.open, [Opening { moved: Some(id(2)), ..opening(2, 300, None, None) }]);

    let replan = Edit::Replan { id: id(2), from: Some(at(40)), until: None };
    assert_eq!(edit(&standing, &replan, at(50)), Err(Refusal::BeginsInThePast));
    let replan = Edit::Replan { id: id(1), from: Some(at(300)), until: None };
    assert_eq!(edit(&standing, &replan, at(50)), Err(Refusal::HasBegun));
}

#[test]
fn an_end_is_planned_moved_and_taken_away() {
    let expire = |until: Option<i64>| Edit::Expire { id: None, until: until.map(at) };
    let steps = edit(&[stands(1, 0, None, None)], &expire(Some(80)), at(50)).unwrap();
    assert_eq!(steps.shorten, [end(1, Some(80), Some(80))]);
    let ending = [stands(1, 0, Some(80), Some(80))];
    assert_eq!(edit(&ending, &expire(None), at(50)).unwrap().extend, [end(1, None, None)]);
    assert_eq!(edit(&ending, &expire(Some(50)), at(50)), Err(Refusal::EndsTooEarly));
    assert_eq!(edit(&[], &expire(Some(80)), at(50)), Err(Refusal::NotLive));
    // Before the next one begins, a later end changes nothing that is seen, but it is kept.
    assert_eq!(edit(&two(), &expire(Some(500)), at(50)).unwrap().shorten, [end(1, Some(100), Some(500))]);
}

#[test]
fn ending_leaves_plans_alone_and_withdrawing_does_not() {
    let steps = edit(&two(), &Edit::End, at(50)).unwrap();
    assert_eq!((steps.shorten.as_slice(), steps.remove.len()), ([end(1, Some(50), None)].as_slice(), 0));
    let steps = edit(&two(), &Edit::Withdraw, at(50)).unwrap();
    assert_eq!(steps.shorten, [end(1, Some(50), None)]);
    assert_eq!(steps.remove, [id(3)]);
    assert!(edit(&[], &Edit::Withdraw, at(50)).unwrap().is_empty());
    assert_eq!(edit(&[], &Edit::End, at(50)), Err(Refusal::NotLive));
}

#[test]
fn what_takes_effect_within_two_seconds_is_left_alone() {
    for (now, refused) in [(97, false), (98, true), (99, true)] {
        for change in [
            Edit::Cancel(id(3)),
            Edit::Withdraw,
            Edit::Replan { id: id(3), from: Some(at(500)), until: None },
        ] {
            let outcome = edit(&two(), &change, at(now));
            assert_eq!(outcome == Err(Refusal::TakingEffect), refused, "{now}: {outcome:?}");
        }
    }
    let ending = [stands(1, 0, Some(80), Some(80))];
    let on = Edit::Expire { id: None, until: None };
    assert_eq!(edit(&ending, &on, at(79)), Err(Refusal::TakingEffect));
    // Ending what is public is no return.
    assert!(edit(&two(), &Edit::End, at(99)).is_ok());
    assert!(edit(&two(), &publish(2, None, None), at(99)).is_ok());
}
