//! The same for the operations about settings, of which there is one entry.

use reqwest::Method;
use serde_json::{Value, json};

use crate::operations::Operation;
use crate::requests::{Case, Cast};

pub async fn case(operation: &Operation, title: &str, cast: &Cast<'_>) -> Case {
    let path = operation.path("");
    let first = json!({ "body": { "title": "Lantern Alliance" } });
    let new = [("if-none-match", "*")];
    // Whoever comes later finds them there.
    cast.admin.send(Method::PUT, "/admin/v1/settings", &new, Some(&first)).await;
    let found = cast.admin.get("/admin/v1/settings").await.expect(200);
    let body = (operation.method == Method::PUT).then(|| changed(&found.json, title));
    Case { path, headers: Vec::new(), body, form: None, subject: found.id(), page: Some(found) }
}

/// Another name of the site, or, for a token, another tagline: so that two who began from the same do not contradict each other.
fn changed(found: &Value, title: &str) -> Value {
    let mut body = found["body"].clone();
    body[if title.contains("token") { "tagline" } else { "title" }] = json!(title);
    json!({ "body": body, "base": found["revision"]["number"] })
}
