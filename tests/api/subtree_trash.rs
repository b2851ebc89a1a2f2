//! An editor limited to a section trashes and brings back what lies in it; what goes along or is rewritten must lie there
//! too.

use serde_json::{Value, json};

use crate::grounds::{Grounds, placed};
use crate::support::builders::{create, trash};

/// A draft below a parent with a link to a page.
async fn linked(at: &Grounds, parent: &str, title: &str, to: &str) -> String {
    let mut fields = placed(parent, title);
    fields["blocks"] = json!([{ "type": "rich_text", "markdown": format!("[there](entry:{to})") }]);
    create(&at.admin, fields).await.id()
}

#[actix_web::test]
async fn what_goes_into_the_trash_lies_in_the_section() {
    let at = Grounds::new().await;
    let (one, other) = (at.draft(&at.a, "One").await, at.draft(&at.b, "Other").await);
    at.refused("foreign", at.trash(&other, "")).await;
    at.refused("foreign", at.trash(&at.b, "?descendants=trash")).await;
    at.trash(&one, "").await.expect(204);
    at.let_do(&one, "restore", json!({})).await;
    trash(&at.admin, &other, 1).await.expect(204);
    at.refuse_to(&other, "restore", json!({})).await;
    trash(&at.admin, &one, at.version(&one).await).await.expect(204);
    at.let_do(&one, "restore", json!({})).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn what_goes_along_lies_in_the_section() {
    let at = Grounds::new().await;
    let parent = at.public(&at.a, "Parent").await;
    let child = at.public(&parent, "Child").await;
    at.moved(&child, &at.b).await;
    at.refused("drafted elsewhere", at.trash(&parent, "?descendants=trash")).await;
    at.moved(&child, &parent).await;
    at.trash(&parent, "?descendants=trash").await.expect(204);
    at.let_do(&parent, "restore", json!({})).await;
    assert_eq!(at.seen(&child).await.json["trashed_at"], json!(null));

    // What went along comes back with it, so it must lie there still.
    at.trash(&parent, "?descendants=trash").await.expect(204);
    let change =
        format!("update documents set version = version + 1, parent = '{}' where entry_id = '{child}'", at.b);
    let event = format!(
        "insert into events (actor_kind, reason, action, subject_kind, subject_id) \
         values ('system', 'test', 'page.saved', 'page', '{child}')"
    );
    at.site.database.execute(&format!("{change}; {event}")).await;
    at.refuse_to(&parent, "restore", json!({})).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn what_is_rewritten_lies_in_the_section() {
    let at = Grounds::new().await;
    let (one, two) = (at.draft(&at.a, "One").await, at.draft(&at.a, "Two").await);
    let near = linked(&at, &at.a, "Near", &one).await;
    let far = linked(&at, &at.b, "Far", &one).await;
    at.refused("unlinked", at.trash(&one, "?references=unlink")).await;
    at.refused("replaced", at.trash(&one, &format!("?references=replace&replacement={two}"))).await;
    // A refusal names ids and nothing else of what is out of reach.
    let before = at.site.database.fingerprint().await;
    let refused = at.trash(&one, "").await.refused(409, "in_use");
    assert!(!refused.everything().contains("Far"), "{}", refused.json);
    assert_eq!(at.site.database.fingerprint().await, before);

    let elsewhere = json!({ "title": "Far", "slug": "far", "parent": at.b, "blocks": [] });
    crate::support::builders::save(&at.admin, &far, 1, elsewhere).await;
    at.trash(&one, "?references=unlink").await.expect(204);
    let body: Value = at.seen(&near).await.json["body"].clone();
    assert!(!body.to_string().contains("entry:"), "{body}");
    at.site.stop().await;
}

#[actix_web::test]
async fn ending_what_is_public_needs_the_right_to_publish_there() {
    let at = Grounds::new().await;
    let other = at.public("top", "Section C").await;
    let grants = [
        ("page", "read", "everything", None),
        ("page", "delete", "subtree", Some(at.a.as_str())),
        ("page", "publish", "subtree", Some(other.as_str())),
    ];
    let client = at.site.limited(&grants).await;
    let (draft, public) = (at.draft(&at.a, "Draft").await, at.public(&at.a, "Public").await);
    trash(&client, &draft, 1).await.expect(204);
    at.refused("public", trash(&client, &public, 2)).await;
    at.site.stop().await;
}
