//! People for tests: the least that is valid, with what a test is about put on top. All of them are fictional.

use serde_json::{Value, json};

use super::builders::publish_revision;
use super::client::{Answer, Client};

/// Somebody who can be published, with these fields on top.
pub fn person(fields: Value) -> Value {
    let mut body = json!({ "name": "Ada Example" });
    let Value::Object(fields) = fields else { panic!("the fields of a person are an object") };
    for (name, value) in fields {
        body[name] = value;
    }
    json!({ "body": body })
}

/// Creates somebody and gives the answer.
pub async fn create(client: &Client, fields: Value) -> Answer {
    client.post("/admin/v1/people", &person(fields)).await.expect(201)
}

/// Creates somebody and publishes them; gives the answer of the publication.
pub async fn publish(client: &Client, fields: Value) -> Answer {
    let created = create(client, fields).await;
    publish_revision(client, &created.id(), created.version(), 1).await.expect(200)
}

/// Saves somebody over the version that was seen, with these fields on top of the least that is valid.
pub async fn save(client: &Client, id: &str, version: i64, fields: Value) -> Answer {
    client.put_at(&format!("/admin/v1/people/{id}"), version, &person(fields)).await.expect(200)
}

/// Saves somebody and publishes what was saved.
pub async fn republish(client: &Client, id: &str, version: i64, fields: Value) -> Answer {
    let saved = save(client, id, version, fields).await;
    let revision = saved.json["revision"]["number"].as_i64().expect("a number");
    publish_revision(client, id, saved.version(), revision).await.expect(200)
}
