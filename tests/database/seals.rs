//! The chain of seals: what it covers and when, one chain however many seal, and what it finds when somebody who is bound
//! by nothing changes the record.

use diesel_async::SimpleAsyncConnection;
use futures_util::future::join_all;
use masthead::platform::db::migrate;
use masthead::platform::db::seal::{self, Broken, Chain, Sealed};

use super::rows::{Rows, create, event, id};
use crate::support::database::{connect, roles};
use crate::support::invariants::{broken, store};

const SEALS: &str = "select number || ': epoch ' || epoch || ', ' || events || ' events to ' || last_event as value \
    from event_seals order by number";

/// Waits until every transaction of the cluster that is older than event `last` is over. Other tests use the cluster too,
/// and a seal keeps clear of whatever is open anywhere in it.
async fn settled(rows: &Rows, last: i64) {
    let open = format!(
        "select id::text as value from events where id <= {last} and xact >= pg_snapshot_xmin(pg_current_snapshot()) \
         and id >= (select first_event from event_epochs order by number desc limit 1)"
    );
    while !rows.database.texts(&open).await.is_empty() {}
}

/// Seals once all that was recorded can be.
async fn sealed(rows: &Rows) -> Sealed {
    settled(rows, i64::MAX).await;
    sealed_now(rows).await
}

async fn sealed_now(rows: &Rows) -> Sealed {
    let store = store(&rows.database);
    let sealed = seal::seal(&store).await.expect("sealing");
    store.close();
    sealed
}

async fn verified(rows: &Rows) -> Result<Chain, Broken> {
    seal::verify(&mut rows.database.superuser().await, &mut |_, _| ()).await.expect("the chain can be read")
}

/// Three seals over six events with data, each on one more entry.
async fn three_seals() -> Rows {
    let mut rows = Rows::new().await;
    for _ in 0..3 {
        for _ in 0..2 {
            let entry = id();
            let tells =
                event(entry).replace("subject_id)", "subject_id, data)").replace("')", "', '{\"n\": 1}')");
            rows.commit(&format!("{}; {tells}", create(entry))).await;
        }
        assert_eq!(sealed(&rows).await, Sealed { events: 4, more: false });
    }
    let chain = verified(&rows).await.expect("it holds");
    assert_eq!((chain.seals, chain.events), (3, 12));
    rows
}

#[actix_web::test]
async fn nothing_new_makes_no_seal() {
    let mut rows = Rows::new().await;
    assert_eq!(sealed(&rows).await, Sealed::default());
    assert_eq!(verified(&rows).await, Ok(Chain::default()));
    rows.entry().await;
    assert_eq!(sealed(&rows).await, Sealed { events: 1, more: false });
    assert_eq!(sealed(&rows).await, Sealed::default());
    assert_eq!(rows.database.texts(SEALS).await, ["1: epoch 1, 1 events to 1"]);
    // This database was copied from one of another name in the same cluster: that is the same epoch.
    migrate::run(&rows.database.owner(), &roles()).await.expect("a start");
    let epochs = "select number || ' from ' || first_event as value from event_epochs";
    assert_eq!(rows.database.texts(epochs).await, ["1 from 1"]);
    // As long as the newest digest, kept elsewhere, is the same, nothing before it has changed.
    let chain = verified(&rows).await.expect("it holds");
    assert_eq!(chain.newest.map(|digest| digest.len()), Some(64));
}

#[actix_web::test]
async fn what_is_still_open_is_left_for_a_later_seal() {
    let mut rows = Rows::new().await;
    rows.entry().await;
    let mut open = connect(&rows.database.service()).await;
    let slow = create(id());
    open.batch_execute(&format!("begin; {slow}")).await.expect("an open transaction");
    rows.entry().await;
    // The third event is finished, but an older transaction is not: it waits with that one.
    settled(&rows, 1).await;
    assert_eq!(sealed_now(&rows).await, Sealed { events: 1, more: false });
    assert_eq!(sealed_now(&rows).await, Sealed::default());
    open.batch_execute("commit").await.expect("commit");
    assert_eq!(sealed(&rows).await, Sealed { events: 2, more: false });
    assert_eq!(rows.database.texts(SEALS).await, ["1: epoch 1, 1 events to 1", "2: epoch 1, 2 events to 3"]);
    assert_eq!(verified(&rows).await.map(|chain| chain.events), Ok(3));
}

#[actix_web::test]
async fn many_sealers_make_one_chain() {
    let mut rows = Rows::new().await;
    let store = store(&rows.database);
    for round in 1..=5 {
        rows.entry().await;
        settled(&rows, i64::MAX).await;
        let all = join_all((0..8).map(|_| seal::seal(&store))).await;
        let events: i64 = all.into_iter().map(|sealed| sealed.expect("sealing").events).sum();
        assert_eq!(events, 1, "round {round}");
    }
    store.close();
    assert_eq!(verified(&rows).await.map(|chain| (chain.seals, chain.events)), Ok((5, 5)));
}

#[actix_web::test]
async fn a_seal_ends_with_a_transaction_and_takes_a_large_one_whole() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let many = |count: i64| {
        event(entry)
            .replace("values (", "select ")
            .replace("')", &format!("' from generate_series(1, {count})"))
    };
    rows.commit(&many(30_000)).await;
    rows.commit(&many(30_000)).await;
    rows.commit(&many(60_000)).await;
    assert_eq!(sealed(&rows).await, Sealed { events: 30_001, more: true });
    assert_eq!(sealed(&rows).await, Sealed { events: 30_000, more: true });
    assert_eq!(sealed(&rows).await, Sealed { events: 60_000, more: true });
    assert_eq!(sealed(&rows).await, Sealed::default());
    assert_eq!(verified(&rows).await.map(|chain| (chain.seals, chain.events)), Ok((3, 120_001)));
}

#[actix_web::test]
async fn tampering_is_found_at_the_seal_that_it_breaks() {
    for (tamper, seal, why) in [
        ("update events set reason = 'x' where id = 5", 2, "not what was written"),
        ("update events set at = at + interval '1 second' where id = 5", 2, "not what was written"),
        ("update events set data = '{\"n\": 2}' where id = 6", 2, "the data of event 6"),
        (
            "update events set data = '{\"n\": 2}', data_sha256 = sha256('{\"n\": 2}') where id = 6",
            2,
            "not what was written",
        ),
        ("update events set data_sha256 = sha256('x'), data = null where id = 2", 1, "not what was written"),
        ("delete from events where id = 7", 2, "covers 4 events, and 3"),
        ("delete from events where id = 12", 3, "covers 4 events, and 3"),
        (
            "insert into events (id, at, actor_kind, reason, action, subject_kind, subject_id, xact) overriding system value \
             select 100, at, actor_kind, reason, action, subject_kind, subject_id, xact from events where id = 6",
            2,
            "covers 4 events, and 5",
        ),
        (
            "insert into events (id, at, actor_kind, reason, action, subject_kind, subject_id, xact) overriding system value \
             select 0, at, actor_kind, reason, action, subject_kind, subject_id, xact from events where id = 6",
            1,
            "before the first one",
        ),
        (
            "update event_seals set sealed_at = sealed_at - interval '1 day' where number = 2",
            2,
            "not what was written",
        ),
        (
            "update event_seals set xact_until = (xact_until::text::bigint + 1)::text::xid8 where number = 2",
            2,
            "written",
        ),
        ("update event_seals set digest = sha256('x') where number = 2", 2, "not what was written"),
        ("delete from event_seals where number = 2", 2, "it is missing"),
        ("update event_epochs set system_identifier = 1", 1, "not what was written"),
    ] {
        let rows = three_seals().await;
        let behind_our_back = format!("set session_replication_role = replica; {tamper}");
        rows.database.superuser().await.batch_execute(&behind_our_back).await.expect(tamper);
        let broken = verified(&rows).await.expect_err(tamper);
        assert!(broken.seal == seal && broken.why.contains(why), "{tamper}: {broken:?}");
    }
}

#[actix_web::test]
async fn only_new_seals_can_be_written() {
    let mut rows = three_seals().await;
    for sql in [
        "update event_seals set events = 1",
        "delete from event_seals",
        "update event_epochs set first_event = 2",
    ] {
        rows.refused("permission denied", sql).await;
        rows.refused_to_superuser("append_only", sql).await;
    }
    rows.refused(
        "permission denied",
        "insert into event_epochs (number, system_identifier, first_event) values (2, 1, 1)",
    )
    .await;
}

/// The database as it is after a dump was restored into a cluster of another identifier.
async fn come_from_elsewhere(rows: &Rows) {
    let moved = "set session_replication_role = replica; update event_epochs set system_identifier = 7; delete from event_seals; \
        update events set xact = (xact::text::bigint + 1000000000)::text::xid8";
    rows.database.superuser().await.batch_execute(moved).await.expect("moved");
}

#[actix_web::test]
async fn another_cluster_closes_the_epoch_and_begins_one() {
    let mut rows = three_seals().await;
    let store = store(&rows.database);
    come_from_elsewhere(&rows).await;
    let before = rows.database.fingerprint().await;
    let refused = seal::seal(&store).await.expect_err("nothing is sealed across clusters");
    assert_eq!(refused.code(), masthead::platform::problem::Code::Internal);
    assert_eq!(rows.database.fingerprint().await, before);

    let owner = rows.database.owner();
    let starts = join_all((0..4).map(|_| async { migrate::run(&owner, &roles()).await })).await;
    assert!(starts.iter().all(Result::is_ok), "{starts:?}");
    assert_eq!(rows.database.texts(SEALS).await, ["1: epoch 1, 12 events to 12"]);
    rows.entry().await;
    settled(&rows, i64::MAX).await;
    assert_eq!(seal::seal(&store).await.expect("sealing").events, 1);
    store.close();
    assert_eq!(
        rows.database.texts(SEALS).await,
        ["1: epoch 1, 12 events to 12", "2: epoch 2, 1 events to 13"]
    );
    assert_eq!(verified(&rows).await.map(|chain| (chain.seals, chain.events)), Ok((2, 13)));
    // What is put into the closed epoch afterwards is found, whatever transaction it claims to be of.
    let tamper = "set session_replication_role = replica; delete from events where id = 3; \
        insert into events (id, actor_kind, reason, action, subject_kind, subject_id, xact) overriding system value \
          select 3, actor_kind, reason, action, subject_kind, subject_id, '18446744073709551000' from events where id = 1";
    rows.database.superuser().await.batch_execute(tamper).await.expect("tampering");
    assert_eq!(verified(&rows).await.expect_err("it is found").seal, 1);
}

#[actix_web::test]
async fn events_from_before_there_were_seals_are_closed_at_the_first_start() {
    let mut rows = Rows::new().await;
    rows.entry().await;
    let upgraded = "set session_replication_role = replica; delete from event_epochs";
    rows.database.superuser().await.batch_execute(upgraded).await.expect("an older database");
    migrate::run(&rows.database.owner(), &roles()).await.expect("a start");
    rows.entry().await;
    sealed(&rows).await;
    assert_eq!(rows.database.texts(SEALS).await, ["1: epoch 1, 1 events to 1", "2: epoch 2, 1 events to 2"]);
    assert_eq!(verified(&rows).await.map(|chain| chain.seals), Ok(2));
    let chain: Vec<String> =
        broken(&rows.database).await.into_iter().filter(|line| line.starts_with("event chain")).collect();
    assert_eq!(chain, Vec::<String>::new());
}
