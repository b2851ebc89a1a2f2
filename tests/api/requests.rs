//! For every operation of the admin document: a page in the state that it needs, and a body with which it succeeds.

use reqwest::Method;
use serde_json::{Value, json};

use crate::operations::Operation;
use crate::support::builders::{create, publish, save};
use crate::support::{Answer, Client};

/// A time that tests never reach.
pub const LATER: &str = "9000-01-01T00:00:00Z";

/// A page of the owner in the state that the operation needs.
pub async fn subject(operation: &Operation, title: &str, owner: &Client) -> Answer {
    let body = json!({ "title": title });
    match operation.id.as_str() {
        "unpublish" | "unpublish_many" => publish(owner, body).await,
        "cancel" | "reschedule" | "expire" => {
            let page = create(owner, body).await;
            let path = format!("/admin/v1/documents/{}/schedule", page.id());
            let tag = page.header("etag").to_owned();
            let plan = json!({ "revision": 1, "from": "8000-01-01T00:00:00Z" });
            owner.send(Method::POST, &path, &[("if-match", &tag)], Some(&plan)).await.expect(200)
        }
        "restore" => {
            let page = create(owner, body).await;
            save(owner, &page.id(), 1, json!({ "title": "Saved again", "blocks": [] })).await
        }
        _ => create(owner, body).await,
    }
}

/// The body with which the operation succeeds on this page.
pub fn body(operation: &Operation, page: &Answer) -> Option<Value> {
    let (id, planned) = (page.id(), &page.json["scheduled"][0]["id"]);
    let item = json!({ "id": id, "version": page.version(), "revision": 1 });
    match operation.id.as_str() {
        "create_page" | "save_page" => {
            Some(json!({ "body": { "title": "Changed" }, "note": "not for the record" }))
        }
        "publish" | "restore" => Some(json!({ "revision": 1 })),
        "schedule" => Some(json!({ "revision": 1, "from": LATER })),
        "cancel" => Some(json!({ "publication": planned })),
        "reschedule" => Some(json!({ "publication": planned, "from": LATER })),
        "expire" => Some(json!({ "publication": planned, "until": LATER })),
        "move_document" => Some(json!({ "parent": null, "slug": format!("moved-{id}") })),
        "translate" => Some(json!({ "locale": "de" })),
        "keep_working_copy" => Some(json!({ "base": 1, "body": { "title": "Typ" } })),
        "publish_many" => Some(json!({ "items": [item], "atomic": true })),
        "unpublish_many" => {
            Some(json!({ "items": [{ "id": id, "version": page.version() }], "atomic": true }))
        }
        "trash_page" | "unpublish" | "duplicate" | "discard_working_copy" | "save_working_copy" => None,
        _ if operation.method == Method::GET => None,
        other => panic!("the table has no body for {other}: say with what it succeeds"),
    }
}
