//! The same for the operations about media: each about a new entry.

use reqwest::Method;
use serde_json::json;

use crate::operations::Operation;
use crate::requests::{Case, Cast};
use crate::support::builders::publish;
use crate::support::media::{described, entry, form, path, public};
use crate::support::pictures::jpeg;

/// Pictures that are told from each other by their name.
fn picture(title: &str) -> Vec<u8> {
    let sum = title.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let [_, r, g, b] = sum.to_be_bytes();
    jpeg(32, 24, [r, g, b])
}

pub async fn case(operation: &Operation, title: &str, cast: &Cast<'_>) -> Case {
    let bytes = picture(title);
    if !operation.template.starts_with("/admin/") {
        return reading(operation, title, cast, &bytes).await;
    }
    let media = if operation.id == "trash_media" {
        entry(cast.owner, "a.jpg", &bytes).await
    } else {
        described(cast.owner, "a.jpg", &bytes).await
    };
    let id = media["id"].as_str().expect("an id").to_owned();
    let page = cast.owner.get(&format!("/admin/v1/media/{id}")).await.expect(200);
    let version = page.version();
    let (mut headers, mut body, mut parts) = (Vec::new(), None, None);
    match operation.id.as_str() {
        "upload_media" => parts = Some(form(&[("file", "new.jpg", &picture(&format!("{title}, new")))], &[])),
        "replace_file" => {
            parts = Some(form(&[("file", "other.jpg", &picture(&format!("{title}, other")))], &[]));
        }
        "save_media" => {
            let mut changed = media["body"].clone();
            changed["title"] = json!("Changed");
            body = Some(json!({ "body": changed }));
        }
        "edit_media" => {
            let items = json!([{ "id": id, "version": version }]);
            body = Some(json!({ "items": items, "credit": "Nobody", "atomic": true }));
        }
        _ => {}
    }
    if matches!(operation.id.as_str(), "replace_file" | "save_media" | "trash_media") {
        headers.push(("if-match", format!("\"v{version}\"")));
    }
    Case { path: operation.path(&id), headers, body, form: parts, subject: id, page: Some(page) }
}

/// What everybody reads, about a picture that a public page shows.
async fn reading(operation: &Operation, title: &str, cast: &Cast<'_>, bytes: &[u8]) -> Case {
    let id = public(cast.owner, "a.jpg", bytes).await;
    publish(cast.owner, json!({ "title": title, "image": id })).await;
    let reader = cast.site.anonymous();
    let shown = reader.get(&format!("/v1/media/{id}")).await.expect(200);
    let path = match operation.id.as_str() {
        "get_bytes" => path(&shown.json["image"]["src"]),
        _ => operation.path(&id),
    };
    assert!(operation.method == Method::GET);
    Case { path, headers: Vec::new(), body: None, form: None, subject: id, page: None }
}
