//! The same for the operations about people: each about somebody new.

use reqwest::Method;
use serde_json::json;

use crate::operations::Operation;
use crate::requests::{Case, Cast};
use crate::support::people;

pub async fn case(operation: &Operation, title: &str, cast: &Cast<'_>) -> Case {
    let person = if operation.template.starts_with("/v1/") {
        people::publish(cast.owner, json!({ "name": title })).await
    } else {
        people::create(cast.owner, json!({ "name": title })).await
    };
    let body = match operation.id.as_str() {
        "create_person" | "save_person" => {
            Some(json!({ "body": { "name": "Changed" }, "note": "not for the record" }))
        }
        _ => None,
    };
    let mut headers = Vec::new();
    if matches!(operation.id.as_str(), "save_person" | "trash_person") {
        headers.push(("if-match", person.header("etag").to_owned()));
    }
    let reads = operation.method == Method::GET;
    assert!(reads || operation.template.starts_with("/admin/"));
    let path = operation.path(&person.id());
    Case { path, headers, body, form: None, subject: person.id(), page: Some(person) }
}
