//! Announcing among others: several announcers, changes under way, and announcers that die.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::sync::Barrier;

use super::plans::{Plans, began, end, hold, planned};
use super::rows::{CHANGE, event};
use crate::support::database::connect;

/// How many processes announce at once.
const ANNOUNCERS: usize = 8;
const ROUNDS: usize = 5;
const AT_ONCE: usize = 40;

#[actix_web::test]
async fn eight_announcers_at_once_tell_each_beginning_once() {
    let mut plans = Plans::new().await;
    let mut all = Vec::new();
    let mut version = plans.version().await;
    for _ in 0..ROUNDS {
        let mut planned = Vec::new();
        for _ in 0..AT_ONCE {
            planned.push(plans.plan("1 hour", None).await);
        }
        plans.rows.database.advance("2 hours").await;
        version += i64::try_from(AT_ONCE).expect("small") + 1;
        let barrier = Barrier::new(ANNOUNCERS);
        let told: Vec<usize> = join_all((0..ANNOUNCERS).map(|_| async {
            barrier.wait().await;
            plans.run().await
        }))
        .await;
        assert_eq!(told.iter().sum::<usize>(), AT_ONCE, "{told:?}");
        assert_eq!(
            told.iter().filter(|events| **events > 0).count(),
            1,
            "all that was due goes in one change"
        );
        assert_eq!(plans.version().await, version, "those with nothing to tell moved no version");
        all.extend(planned);
    }
    let mut told = plans.told().await;
    let mut expected: Vec<String> = all.iter().map(|entry| began(*entry, 1)).collect();
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
}

#[actix_web::test]
async fn a_boundary_of_a_change_under_way_is_told_by_the_next_run() {
    let mut plans = Plans::new().await;
    let entry = plans.rows.entry().await;
    let mut other = connect(&plans.rows.database.service()).await;
    hold(&mut other, &planned(entry, 1, "1 second", None)).await;
    plans.rows.database.advance("2 seconds").await;
    // Its beginning has passed, and nobody can know of it yet.
    plans.run_in_vain().await;
    end(&mut other, "commit").await;
    assert_eq!(plans.run().await, 1);
    assert_eq!(plans.told().await, [began(entry, 1)]);
    plans.run_in_vain().await;
}

#[actix_web::test]
async fn the_watermark_does_not_pass_a_boundary_of_a_change_under_way() {
    let mut plans = Plans::new().await;
    for outcome in ["commit", "rollback"] {
        let known = plans.plan("2 seconds", None).await;
        let entry = plans.rows.entry().await;
        let mut other = connect(&plans.rows.database.service()).await;
        hold(&mut other, &planned(entry, 1, "1 second", None)).await;
        plans.rows.database.advance("4 seconds").await;
        let told = plans.told().await.len();
        // It knows of something that is due, and has to wait for the other before it may say up to where it told all.
        let waits = async {
            plans.somebody_waits().await;
            assert_eq!(plans.told().await.len(), told);
            end(&mut other, outcome).await;
        };
        let (done, ()) = tokio::join!(plans.attempt(), waits);
        let mut expected = vec![began(known, 1)];
        if outcome == "commit" {
            // It began before the one that was known.
            expected.insert(0, began(entry, 1));
        }
        assert_eq!(done.expect("announced").events, expected.len(), "{outcome}");
        assert_eq!(plans.told().await.split_off(told), expected, "{outcome}");
        plans.run_in_vain().await;
    }
}

#[actix_web::test]
async fn what_is_taken_back_while_the_announcer_waits_leaves_no_trace() {
    let mut plans = Plans::new().await;
    let entry = plans.plan("10 seconds", None).await;
    let mut other = connect(&plans.rows.database.service()).await;
    let cancel = format!("{CHANGE}; delete from publications where entry_id = '{entry}'; {}", event(entry));
    hold(&mut other, &cancel).await;
    plans.rows.database.advance("11 seconds").await;
    let version = plans.version().await;
    let waits = async {
        plans.somebody_waits().await;
        end(&mut other, "commit").await;
    };
    let (done, ()) = tokio::join!(plans.attempt(), waits);
    assert_eq!(done.expect("a run").events, 0);
    assert_eq!(plans.told().await, [""; 0]);
    assert_eq!(plans.version().await, version + 1, "the change that took it back, and none of the announcer");
    plans.run_in_vain().await;
}

/// Makes a session that writes events wait until the test lets it go: at once, or in its commit.
async fn stop_at_events(plans: &Plans, when: &str) {
    let stop = format!(
        "create or replace function test_stop() returns trigger language plpgsql as \
           $$ begin perform pg_advisory_xact_lock(77); return null; end $$; \
         create constraint trigger test_stop after insert on events {when} for each row execute function test_stop()"
    );
    crate::support::TestDatabase::execute(&plans.rows.database, &stop).await;
}

/// Three entries whose beginning is due, and what is to be told of them.
async fn three_due(plans: &mut Plans) -> Vec<String> {
    let mut expected = Vec::new();
    for _ in 0..3 {
        expected.push(began(plans.plan("1 hour", None).await, 1));
    }
    plans.rows.database.advance("2 hours").await;
    expected
}

/// Runs until all is told, by whomever. A session that died may hold the watermark for a moment, and others pass by.
async fn run_until_told(plans: &Plans, expected: &[String]) -> usize {
    let deadline = Instant::now() + Duration::from_secs(30);
    let mut events = 0;
    while plans.told().await.len() < expected.len() {
        assert!(Instant::now() < deadline, "not all is told: {:?}", plans.told().await);
        events += plans.run().await;
    }
    assert_eq!(plans.told().await, expected);
    plans.run_in_vain().await;
    events
}

#[actix_web::test]
async fn an_announcer_that_dies_before_its_commit_leaves_all_to_the_next() {
    let mut plans = Plans::new().await;
    let expected = three_due(&mut plans).await;
    stop_at_events(&plans, "").await;
    let before = plans.rows.database.fingerprint().await;
    let mut holder = plans.rows.database.superuser().await;
    hold(&mut holder, "select pg_advisory_xact_lock(77)").await;

    // Its session is ended.
    let ended = async {
        let pid = plans.somebody_waits().await;
        plans.text(&format!("select pg_terminate_backend({pid})::text as value")).await
    };
    let (done, terminated) = tokio::join!(plans.attempt(), ended);
    assert_eq!(terminated, "true");
    done.expect_err("it was ended");
    assert_eq!(plans.rows.database.fingerprint().await, before);

    // Its process is gone: nobody drives it any more.
    tokio::select! {
        done = plans.attempt() => panic!("it cannot end: {done:?}"),
        _ = plans.somebody_waits() => (),
    }
    assert_eq!(plans.rows.database.fingerprint().await, before);

    end(&mut holder, "rollback").await;
    assert_eq!(run_until_told(&plans, &expected).await, 3, "the next did all of it");
}

#[actix_web::test]
async fn an_announcer_that_dies_in_its_commit_has_told_all_or_nothing() {
    let mut plans = Plans::new().await;
    let expected = three_due(&mut plans).await;
    stop_at_events(&plans, "deferrable initially deferred").await;
    let before = plans.rows.database.fingerprint().await;
    let mut holder = plans.rows.database.superuser().await;
    hold(&mut holder, "select pg_advisory_xact_lock(77)").await;
    tokio::select! {
        done = plans.attempt() => panic!("it cannot end: {done:?}"),
        _ = plans.somebody_waits() => (),
    }
    assert_eq!(plans.rows.database.fingerprint().await, before);
    end(&mut holder, "rollback").await;
    // Postgres may end the commit of the one that is gone; then nothing is left to tell.
    let events = run_until_told(&plans, &expected).await;
    assert!(events == 0 || events == 3, "{events}");
}
