//! What was written stays: by the grants for the service, by the triggers for whoever owns the tables.

use super::rows::{Rows, publish, revision, unpublish};

async fn with_history() -> Rows {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let reference = format!(
        "insert into revision_refs (entry_id, locale, number, pointer, target) values ('{entry}', 'en', 1, '/a', '{entry}')"
    );
    rows.commit(&format!("{reference}; {}", publish(entry, 1, "/lantern"))).await;
    rows.commit(&unpublish(entry)).await;
    rows
}

#[actix_web::test]
async fn the_service_can_neither_change_nor_delete_history() {
    let mut rows = with_history().await;
    for (table, column) in [("revisions", "title"), ("events", "reason"), ("revision_refs", "pointer")] {
        for sql in [
            format!("update {table} set {column} = 'x'"),
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
    for (table, column) in [("revisions", "title"), ("events", "reason"), ("revision_refs", "pointer")] {
        for sql in [
            format!("update {table} set {column} = 'x'"),
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
    ] {
        rows.refused("permission denied", &format!("truncate {table} cascade")).await;
        // Redirects would otherwise be refused for want of an instant.
        let change = if table == "redirects" { "select mh.public_change();" } else { "" };
        let sql = format!("{change} truncate {table} cascade");
        rows.refused_to_superuser("append_only", &sql).await;
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
