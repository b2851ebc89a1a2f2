//! The same for the operations about menus: each about a new one.

use reqwest::Method;
use serde_json::{Value, json};

use crate::operations::Operation;
use crate::requests::{Case, Cast};
use crate::support::builders::publish_revision;

/// A menu that can be published, under a name of its own.
fn menu(title: &str, slug: &str) -> Value {
    let items =
        json!([{ "id": "office", "type": "url", "url": "mailto:office@example.org", "label": "Write" }]);
    json!({ "body": { "title": title, "slug": slug, "items": items } })
}

pub async fn case(operation: &Operation, title: &str, cast: &Cast<'_>) -> Case {
    let slug = title.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let made = cast.owner.post("/admin/v1/menus", &menu(title, &slug)).await.expect(201);
    let id = made.id();
    if !operation.template.starts_with("/admin/") {
        publish_revision(cast.owner, &id, 1, 1).await.expect(200);
    }
    let (mut headers, mut body) = (Vec::new(), None);
    match operation.id.as_str() {
        "create_menu" => body = Some(menu("Another", &format!("{slug}-2"))),
        "save_menu" => body = Some(menu("Changed", &slug)),
        _ => {}
    }
    if operation.method != Method::GET && operation.id != "create_menu" {
        headers.push(("if-match", made.header("etag").to_owned()));
    }
    let path = operation.path(&id).replace("/main", &format!("/{slug}"));
    Case { path, headers, body, form: None, subject: id, page: Some(made) }
}
