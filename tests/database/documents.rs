//! Revisions count from 1 without gaps, versions move forward, and what an entry is stays.

use super::rows::{Rows, bump, event, id, revision};

#[actix_web::test]
async fn revisions_have_no_gaps_and_no_strange_parents() {
    let mut rows = Rows::new().await;
    let (entry, other) = (rows.entry().await, rows.entry().await);
    rows.commit(&format!("{}; {}", revision(other, 2, "1"), event(other))).await;
    let with_event = |sql: String| format!("{sql}; {}", event(entry));
    rows.refused("revisions_without_gaps", &with_event(revision(entry, 3, "1"))).await;
    rows.refused("revisions_number_positive", &with_event(revision(entry, 0, "null"))).await;
    // Revision 2 exists, but of the other entry.
    let both = format!("{}; {}", revision(entry, 2, "1"), revision(entry, 3, "2"));
    rows.refused("revisions_parent_is_older", &with_event(revision(entry, 2, "2"))).await;
    rows.refused("revisions_parent_is_older", &with_event(revision(entry, 2, "3"))).await;
    rows.refused("revisions_parent", &with_event(revision(entry, 2, "0"))).await;
    rows.refused(
        "revisions_entry_id_locale_fkey",
        &format!("{}; {}", revision(id(), 1, "null"), event(entry)),
    )
    .await;
    rows.commit(&with_event(both)).await;
}

#[actix_web::test]
async fn the_version_of_a_document_moves_and_its_head_never_goes_back() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    rows.commit(&format!(
        "{}; update documents set version = version + 1, head = 2 where entry_id = '{entry}'; {}",
        revision(entry, 2, "1"),
        event(entry)
    ))
    .await;
    for (why, set) in [
        ("document_moves_forward", "head = 2"),
        ("document_moves_forward", "updated_at = mh_now()"),
        ("document_moves_forward", "version = version - 1"),
        ("document_moves_forward", "version = version + 1, head = 1"),
        ("documents_head", "version = version + 1, head = 3"),
        ("document_identity", "version = version + 1, locale = 'de'"),
        ("document_identity", "version = version + 1, kind = 'menu'"),
    ] {
        let sql = format!("update documents set {set} where entry_id = '{entry}'; {}", event(entry));
        rows.refused(why, &sql).await;
    }
    rows.commit(&bump(entry)).await;
}

#[actix_web::test]
async fn an_entry_keeps_what_it_is() {
    let mut rows = Rows::new().await;
    let (entry, user) = (rows.entry().await, id());
    for set in [
        format!("id = '{}'", id()),
        "kind = 'menu'".into(),
        "created_at = created_at - interval '1 day'".into(),
        format!("created_by = '{user}'"),
    ] {
        let sql = format!("update entries set {set} where id = '{entry}'; {}", event(entry));
        rows.refused("entry_identity", &sql).await;
    }
    let other_kind = format!(
        "insert into documents (entry_id, locale, kind, head) values ('{entry}', 'de', 'menu', 1); {}",
        event(entry)
    );
    rows.refused("documents_entry_id_kind_fkey", &other_kind).await;
}

#[actix_web::test]
async fn a_document_needs_its_first_revision() {
    let mut rows = Rows::new().await;
    let entry = id();
    let bare = format!(
        "insert into entries (id, kind) values ('{entry}', 'page'); \
         insert into documents (entry_id, locale, kind, head) values ('{entry}', 'en', 'page', 1); {}",
        event(entry)
    );
    rows.refused("documents_head", &bare).await;
}

#[actix_web::test]
async fn a_reference_leads_to_an_entry_that_exists() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let sql = format!(
        "insert into revision_refs (entry_id, locale, number, pointer, target) values ('{entry}', 'en', 1, '/a', '{}')",
        id()
    );
    rows.refused("revision_refs_target_exists", &sql).await;
}
