//! The site row: one, forward only, and the order of commits of everything public.

use diesel::sql_types::{BigInt, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use futures_util::future::join_all;

use super::rows::{CHANGE, Rows, event, publish, reason};
use crate::support::TestDatabase;
use crate::support::database::connect;

#[actix_web::test]
async fn the_row_can_be_neither_removed_doubled_nor_put_back() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    for sql in ["delete from site", "insert into site (id) values (2)", "insert into site default values"] {
        rows.refused("permission denied", sql).await;
        rows.refused_to(&rows.database.owner(), "site_single_row", sql).await;
        rows.refused_to_superuser("site_single_row", sql).await;
    }
    for set in ["version = version - 1", "changed_at = changed_at - interval '1 microsecond'"] {
        let sql = format!("update site set {set}; {}", event(entry));
        rows.refused("site_moves_forward", &sql).await;
        rows.refused_to_superuser("site_moves_forward", &sql).await;
    }
}

#[derive(QueryableByName, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Change {
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Timestamptz)]
    changed_at: chrono::DateTime<chrono::Utc>,
}

const CLIENTS: usize = 6;
const CHANGES: usize = 25;

#[actix_web::test]
async fn instants_grow_in_the_order_of_versions_whoever_commits() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let clients = (0..CLIENTS).map(|_| async {
        let mut conn = connect(&rows.database.service()).await;
        let mut made = Vec::new();
        for nth in 0..CHANGES {
            conn.batch_execute(&format!("begin; {}; select mh.public_change()", event(entry)))
                .await
                .expect("change");
            let change: Change =
                sql_query("select version, changed_at from site").get_result(&mut conn).await.expect("site");
            // Some take theirs back, and then it has not been.
            let kept = nth % 5 != 0;
            conn.batch_execute(if kept { "commit" } else { "rollback" }).await.expect("end");
            made.extend(kept.then_some(change));
        }
        made
    });
    let mut all: Vec<Change> = join_all(clients).await.into_iter().flatten().collect();
    all.sort();
    assert_eq!(all.len(), CLIENTS * CHANGES * 4 / 5);
    for pair in all.windows(2) {
        assert_eq!(pair[0].version + 1, pair[1].version, "versions have no gaps: {pair:?}");
        assert!(pair[0].changed_at < pair[1].changed_at, "the instant grows with the version: {pair:?}");
    }
}

#[actix_web::test]
async fn an_instant_grows_even_when_the_clock_stands_still_or_goes_back() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let change = format!("select mh.public_change(); {}", event(entry));
    let before = rows.database.texts("select changed_at::text as value from site").await;
    // By its path, because diesel has a method of that name for everything.
    TestDatabase::execute(&rows.database, "update test_clock set shift = interval '-1 hour'").await;
    rows.commit(&change).await;
    let grown = format!(
        "select (changed_at = timestamptz '{}' + interval '1 microsecond')::text as value from site",
        before[0]
    );
    assert_eq!(rows.database.texts(&grown).await, ["true"]);
}

/// What an answer about a past instant says is final once no change can still come before it.
#[actix_web::test]
async fn a_change_that_takes_longer_than_20_seconds_is_taken_back() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let before = rows.database.fingerprint().await;
    rows.service.batch_execute(&format!("begin; {}", publish(entry, 1, "/lantern"))).await.expect("taken");
    rows.database.advance("21 seconds").await;
    let error = rows.service.batch_execute("commit").await.expect_err("the commit comes too late");
    assert_eq!(reason(&error), "change_took_too_long");
    assert_eq!(before, rows.database.fingerprint().await, "a late change left something");

    rows.service.batch_execute(&format!("begin; {}", publish(entry, 1, "/lantern"))).await.expect("taken");
    rows.database.advance("10 seconds").await;
    rows.service.batch_execute("commit").await.expect("a change may take 10 seconds");
    assert_ne!(before, rows.database.fingerprint().await);
}

/// The instant is the site's, not the clock's: one that was pushed ahead still counts from itself.
#[actix_web::test]
async fn the_limit_counts_from_the_instant_of_the_change() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    rows.database.advance("1 hour").await;
    rows.commit(&format!("{CHANGE}; {}", event(entry))).await;
    rows.database.advance("1 hour").await;
    rows.commit(&publish(entry, 1, "/lantern")).await;
}
