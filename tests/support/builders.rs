//! Content for tests: the least that is valid, with what a test is about put on top. All of it is fictional.

use serde_json::{Value, json};

use super::client::{Answer, Client};

/// A page that can be published, with these fields on top.
pub fn page(fields: Value) -> Value {
    let mut body = json!({
        "title": "The Lantern Alliance",
        "blocks": [{ "type": "rich_text", "markdown": "We teach *together*." }],
    });
    let Value::Object(fields) = fields else { panic!("the fields of a page are an object") };
    for (name, value) in fields {
        body[name] = value;
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

/// Saves a page over the version that was seen, with these fields on top of the least that is valid.
pub async fn save(client: &Client, id: &str, version: i64, fields: Value) -> Answer {
    client.put_at(&format!("/admin/v1/pages/{id}"), version, &page(fields)).await.expect(200)
}

/// Saves a page and publishes what was saved.
pub async fn republish(client: &Client, id: &str, version: i64, fields: Value) -> Answer {
    let saved = save(client, id, version, fields).await;
    let revision = saved.json["revision"]["number"].as_i64().expect("a number");
    publish_revision(client, id, saved.version(), revision).await.expect(200)
}

/// Ends what is public of a document.
pub async fn unpublish(client: &Client, id: &str, version: i64) -> Answer {
    client.post_at(&format!("/admin/v1/documents/{id}/unpublish"), version, None).await
}

/// Puts a page into the trash.
pub async fn trash(client: &Client, id: &str, version: i64) -> Answer {
    client.delete_at(&format!("/admin/v1/pages/{id}"), version).await
}

/// The answer of a save without what it says of the save itself: the page as reading it gives it.
pub fn unmerged(saved: &Answer) -> Value {
    without(saved, "merged", false)
}

/// The answer of a publication without what it says of the publication itself.
pub fn without_warnings(published: &Answer) -> Value {
    without(published, "warnings", json!([]))
}

fn without(answer: &Answer, member: &str, expected: impl Into<Value>) -> Value {
    let mut page = answer.json.clone();
    let said = page.as_object_mut().and_then(|page| page.remove(member));
    assert_eq!(said, Some(expected.into()), "{}", answer.json);
    page
}
