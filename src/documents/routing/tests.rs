//! The product of publications along a chain of parents, by example and by property.

use proptest::prelude::*;

use super::*;

const PARENT: Uuid = Uuid::from_u128(1);
const CHILD: Uuid = Uuid::from_u128(2);

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn span(from: i64, until: impl Into<Option<i64>>) -> Span {
    Span::new(at(from), until.into().map(at)).unwrap()
}

fn place(entry: Uuid, parent: Option<Uuid>, slug: &str, during: Span) -> Placement {
    Placement { entry, parent, slug: slug.into(), during }
}

fn leads(placements: Vec<Placement>, entries: &[Uuid]) -> Result<Vec<(String, Span)>, Vec<Gap>> {
    let found = Tree::new(placements).leads(&entries.iter().copied().collect())?;
    Ok(found.into_iter().map(|lead| (lead.path, lead.during)).collect())
}

/// The case of `postgres.md`: parent at /p, from December at /q; child /c, from June /d: three ranges for the child.
#[test]
fn a_scheduled_parent_and_a_renamed_child_make_three_ranges() {
    let found = leads(
        vec![
            place(PARENT, None, "p", span(0, 12)),
            place(PARENT, None, "q", span(12, None)),
            place(CHILD, Some(PARENT), "c", span(0, 6)),
            place(CHILD, Some(PARENT), "d", span(6, None)),
        ],
        &[CHILD],
    );
    let expected = [("/p/c", span(0, 6)), ("/p/d", span(6, 12)), ("/q/d", span(12, None))];
    assert_eq!(found.unwrap(), expected.map(|(path, during)| (path.to_owned(), during)));
}

#[test]
fn a_new_revision_with_the_same_path_joins_the_route() {
    let found =
        leads(vec![place(PARENT, None, "p", span(0, 5)), place(PARENT, None, "p", span(5, None))], &[PARENT]);
    assert_eq!(found.unwrap(), [("/p".to_owned(), span(0, None))]);
}

#[test]
fn the_home_page_is_the_root_and_its_children_hang_below_it() {
    let found = leads(
        vec![place(PARENT, None, "", span(0, None)), place(CHILD, Some(PARENT), "c", span(0, None))],
        &[PARENT, CHILD],
    );
    assert_eq!(found.unwrap(), [("/".to_owned(), span(0, None)), ("/c".to_owned(), span(0, None))]);
}

#[test]
fn a_child_that_outlives_its_parent_is_a_gap() {
    let gaps = leads(
        vec![place(PARENT, None, "p", span(0, 9)), place(CHILD, Some(PARENT), "c", span(0, None))],
        &[CHILD],
    );
    assert_eq!(gaps, Err(vec![Gap::ParentNotPublic { entry: CHILD, parent: PARENT }]));
    let absent = leads(vec![place(CHILD, Some(PARENT), "c", span(0, None))], &[CHILD]);
    assert_eq!(absent, Err(vec![Gap::ParentNotPublic { entry: CHILD, parent: PARENT }]));
}

#[test]
fn a_cycle_is_found_and_one_that_never_is_at_one_time_is_none() {
    let cycle =
        vec![place(PARENT, Some(CHILD), "p", span(0, None)), place(CHILD, Some(PARENT), "c", span(0, None))];
    assert_eq!(leads(cycle, &[CHILD]), Err(vec![Gap::Cycle { entry: CHILD }]));
    let swapped = vec![
        place(PARENT, None, "p", span(0, 5)),
        place(CHILD, Some(PARENT), "c", span(0, 5)),
        place(CHILD, None, "c", span(5, None)),
        place(PARENT, Some(CHILD), "p", span(5, None)),
    ];
    assert_eq!(
        leads(swapped, &[PARENT, CHILD]).unwrap(),
        [("/p", span(0, 5)), ("/c/p", span(5, None)), ("/p/c", span(0, 5)), ("/c", span(5, None))]
            .map(|(path, during)| (path.to_owned(), during))
    );
}

#[test]
fn the_tree_has_a_floor() {
    let id = |n: usize| Uuid::from_u128(n as u128 + 1);
    let chain = |length: usize| {
        (0..length).map(|n| place(id(n), (n > 0).then(|| id(n - 1)), "x", span(0, None))).collect::<Vec<_>>()
    };
    assert!(leads(chain(MAX_DEPTH), &[id(MAX_DEPTH - 1)]).is_ok());
    let gaps = leads(chain(MAX_DEPTH + 1), &[id(MAX_DEPTH)]);
    assert_eq!(gaps, Err(vec![Gap::TooDeep { entry: id(MAX_DEPTH) }]));
}

fn standing(id: i64, entry: Uuid, path: &str, during: Span) -> Standing {
    Standing { id, lead: Lead { entry, path: path.into(), during } }
}

#[test]
fn an_unchanged_route_is_left_alone_and_a_renamed_one_is_closed_and_opened() {
    let stands = [standing(1, PARENT, "/p", span(0, None))];
    let keep = Lead { entry: PARENT, path: "/p".into(), during: span(50, None) };
    assert_eq!(difference(&stands, vec![keep], at(50)), Difference::default());
    let other = Lead { entry: PARENT, path: "/q".into(), during: span(50, None) };
    let steps = difference(&stands, vec![other.clone()], at(50));
    assert_eq!((steps.shorten, steps.open), (vec![(1, Some(at(50)))], vec![other]));
}

#[test]
fn a_cancelled_move_takes_the_future_away_and_lets_the_present_go_on() {
    let stands = [standing(1, PARENT, "/p", span(0, 90)), standing(2, PARENT, "/q", span(90, None))];
    let wanted = Lead { entry: PARENT, path: "/p".into(), during: span(50, None) };
    let steps = difference(&stands, vec![wanted], at(50));
    assert_eq!(steps, Difference { remove: vec![2], extend: vec![(1, None)], ..Difference::default() });
}

proptest! {
    /// Applying the difference to what stands gives exactly what is wanted from the instant on, and never touches what
    /// was before it.
    #[test]
    fn the_difference_leads_from_any_state_to_any_other(
        before in prop::collection::vec((0..3_usize, 0..40_i64, 1..30_i64), 0..6),
        after in prop::collection::vec((0..3_usize, 0..40_i64, 1..30_i64), 0..6),
        now in 1..40_i64,
    ) {
        const PATHS: [&str; 3] = ["/a", "/b", "/c"];
        let timeline = |raw: Vec<(usize, i64, i64)>| {
            let mut from = 0;
            let pieces = raw.into_iter().map(|(path, gap, length)| {
                let start = from + gap;
                from = start + length;
                (PATHS[path].to_owned(), span(start, from))
            }).collect();
            coalesce(pieces)
        };
        let clip = |pieces: Vec<(String, Span)>| -> Vec<(String, Span)> {
            let rest = span(now, None);
            pieces.into_iter().filter_map(|(path, s)| Some((path, s.intersect(rest)?))).collect()
        };
        let stands: Vec<Standing> = timeline(before).into_iter().enumerate()
            .filter(|(_, (_, s))| s.until.is_none_or(|until| until > at(now)))
            .map(|(n, (path, s))| standing(i64::try_from(n).unwrap(), PARENT, &path, s))
            .collect();
        let wanted = clip(timeline(after));
        let leads = wanted.iter()
            .map(|(path, during)| Lead { entry: PARENT, path: path.clone(), during: *during }).collect();
        let steps = difference(&stands, leads, at(now));
        let mut result: Vec<(String, Span)> = Vec::new();
        for route in &stands {
            if steps.remove.contains(&route.id) {
                prop_assert!(route.lead.during.from >= at(now), "only what never began may go");
                continue;
            }
            let change = steps.shorten.iter().chain(&steps.extend).find(|(id, _)| *id == route.id);
            let until = change.map_or(route.lead.during.until, |(_, until)| *until);
            prop_assert!(until.is_none_or(|until| until >= at(now)), "no bound moves into the past");
            result.push((route.lead.path.clone(), Span { until, ..route.lead.during }));
        }
        result.extend(steps.open.into_iter().map(|lead| (lead.path, lead.during)));
        prop_assert_eq!(coalesce(clip(result)), coalesce(wanted));
    }
}
