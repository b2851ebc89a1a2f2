//! What was written stays: by the grants for the service, by the triggers for whoever owns the tables.

use super::rows::{Rows, attempt, event, id, publish, revision, unpublish};
use crate::support::database::connect;

/// Every table that only grows, and a change of it.
const GROWING: [(&str, &str); 6] = [
    ("revisions", "title = 'x'"),
    ("events", "reason = 'x'"),
    ("revision_refs", "pointer = 'x'"),
    ("locales", "tag = 'de'"),
    ("event_seals", "events = 7"),
    ("event_epochs", "first_event = 7"),
];

async fn with_history() -> Rows {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let reference = format!(
        "insert into revision_refs (entry_id, locale, number, pointer, target) values ('{entry}', 'en', 1, '/a', '{entry}')"
    );
    rows.commit(&format!("{reference}; {}", publish(entry, 1, "/lantern"))).await;
    rows.commit(&unpublish(entry)).await;
    rows.commit(
        "insert into event_seals (number, epoch, xact_from, events, last_event, digest) \
         values (1, 1, '1', 1, 1, sha256('1'))",
    )
    .await;
    rows
}

#[actix_web::test]
async fn the_service_can_neither_change_nor_delete_history() {
    let mut rows = with_history().await;
    for (table, change) in GROWING {
        for sql in [
            format!("update {table} set {change}"),
            format!("delete from {table}"),
            format!("truncate {table} cascade"),
        ] {
            rows.refused("permission denied", &sql).await;
        }
    }
}

#[actix_web::test]
async fn not_even_the_owner_and_the_superuser_can() {
    let rows = with_history().await;
    let owner = rows.database.owner();
    for (table, change) in GROWING {
        for sql in [
            format!("update {table} set {change}"),
            format!("delete from {table}"),
            format!("truncate {table} cascade"),
        ] {
            rows.refused_to(&owner, "append_only", &sql).await;
            rows.refused_to_superuser("append_only", &sql).await;
        }
    }
}

#[actix_web::test]
async fn nothing_that_history_names_can_be_deleted() {
    let rows = with_history().await;
    for table in ["entries", "documents", "users", "api_tokens"] {
        rows.refused_to_superuser("append_only", &format!("delete from {table}")).await;
    }
}

/// TRUNCATE fires no row trigger, so no event would be asked for.
#[actix_web::test]
async fn no_table_of_facts_can_be_truncated() {
    let mut rows = with_history().await;
    for table in [
        "entries",
        "documents",
        "revisions",
        "revision_refs",
        "publications",
        "routes",
        "redirects",
        "events",
        "users",
        "roles",
        "role_grants",
        "api_tokens",
        "site",
        "locales",
        "event_seals",
        "event_epochs",
    ] {
        rows.refused("permission denied", &format!("truncate {table} cascade")).await;
        rows.refused_to_superuser("append_only", &format!("truncate {table} cascade")).await;
    }
}

#[actix_web::test]
async fn a_revision_can_be_added_but_not_replaced() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    rows.refused("revisions_pkey", &revision(entry, 1, "null")).await;
    let upsert = format!(
        "{} on conflict (entry_id, locale, number) do update set title = 'x'",
        revision(entry, 1, "null")
    );
    rows.refused("permission denied", &upsert).await;
    rows.refused_to_superuser("append_only", &upsert).await;
}

#[actix_web::test]
async fn a_seal_follows_the_one_before_it() {
    let mut rows = with_history().await;
    let seal = |number: i32| {
        format!(
            "insert into event_seals (number, epoch, xact_from, events, last_event, digest) \
             values ({number}, 1, '2', 1, 2, sha256('2'))"
        )
    };
    rows.refused("event_seals_without_gaps", &seal(3)).await;
    rows.refused("event_seals_number_positive", &seal(0)).await;
    rows.refused("event_seals_pkey", &seal(1)).await;
    rows.commit(&seal(2)).await;
}

fn told(subject: uuid::Uuid) -> String {
    format!(
        "insert into events (actor_kind, reason, action, subject_kind, subject_id, data, data_sha256) values \
         ('system', 'test', 'page.told', 'page', '{subject}', '{{\"who\": \"Ilse\"}}', sha256('forged'))"
    )
}

#[actix_web::test]
async fn the_owner_alone_empties_the_data_of_an_event_and_its_digest_stays() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    rows.commit(&told(entry)).await;
    let owner = rows.database.owner();
    let set = |what: &str| format!("update events set {what} where action = 'page.told'");
    for what in [
        "data = '{}'",
        "data = null, reason = 'x'",
        "data = null, at = mh_now()",
        "data = null, xact = '7'",
        "data = null, data_sha256 = null",
        "data = null, subject_id = gen_random_uuid()",
    ] {
        rows.refused_to(&owner, "append_only", &set(what)).await;
        rows.refused_to_superuser("append_only", &set(what)).await;
    }
    rows.refused("permission denied", &set("data = null")).await;
    rows.database.execute("grant update on events to masthead_service").await;
    rows.refused("append_only", &set("data = null")).await;

    // The database makes the digest, whatever the statement said.
    let digest = "select (data_sha256 = sha256(convert_to('{\"who\": \"Ilse\"}', 'UTF8')))::text || ' ' || \
                  (data is null)::text as value from events where action = 'page.told'";
    assert_eq!(rows.database.texts(digest).await, ["true false"]);
    assert_eq!(attempt(&mut connect(&owner).await, &set("data = null")).await, Ok(()));
    assert_eq!(rows.database.texts(digest).await, ["true true"]);
    rows.refused_to(&owner, "append_only", &set("data = '{\"who\": \"Ilse\"}'")).await;
}

#[actix_web::test]
async fn a_locale_falls_back_to_one_that_was_there_before() {
    let mut rows = Rows::new().await;
    let added = |tag: &str, fallback: &str| {
        let locale = id();
        format!(
            "insert into locales (id, tag, fallback) values ('{locale}', '{tag}', '{fallback}'); {}",
            event(locale)
        )
    };
    rows.refused("locales_fallback_fkey", &added("de", "fr")).await;
    rows.refused("locales_fallback_is_another", &added("de", "de")).await;
    rows.refused("locales_tag_shape", &added("DE", "en")).await;
    rows.refused("locales_tag_unique", &added("en", "en-GB")).await;
    rows.commit(&added("de", "en")).await;
}
