//! Content for tests: the least that is valid, with what a test is about put on top. All of it is fictional.

use serde_json::{Value, json};

use super::client::{Answer, Client};

/// A page that can be published, with these fields on top.
pub fn page(fields: Value) -> Value {
    let mut body = json!({
        "title": "The Lantern Alliance",
        "blocks": [{ "type": "rich_text", "markdown": "We teach *together*." }],
    });
    for (name, value) in fields.as_object().expect("an object") {
        body[name] = value.clone();
    }
    json!({ "body": body })
}

/// Creates a page and gives the answer.
pub async fn create(client: &Client, fields: Value) -> Answer {
    client.post("/admin/v1/pages", &page(fields)).await.expect(201)
}

/// Creates a page and publishes it; gives the answer of the publication.
pub async fn publish(client: &Client, fields: Value) -> Answer {
    let created = create(client, fields).await;
    publish_revision(client, &created.id(), created.version(), 1).await.expect(200)
}

/// Publishes a revision.
pub async fn publish_revision(client: &Client, id: &str, version: i64, revision: i64) -> Answer {
    let path = format!("/admin/v1/documents/{id}/publish");
    client.post_at(&path, version, Some(&json!({ "revision": revision }))).await
}
