//! For every operation of both documents: what it is about, in the state that it needs, and a request with which it
//! succeeds for whoever may.

use reqwest::Method;
use serde_json::{Value, json};

use crate::operations::Operation;
use crate::support::builders::{create, publish, save};
use crate::support::{Answer, Client, TestSite};
use crate::{requests_identity, requests_media, requests_menus, requests_people, requests_settings};
use masthead::platform::id::UserId;

/// A time that tests never reach.
pub const LATER: &str = "9000-01-01T00:00:00Z";

/// A request for an operation.
pub struct Case {
    pub path: String,
    /// The precondition, where the operation needs one.
    pub headers: Vec<(&'static str, String)>,
    pub body: Option<Value>,
    /// A form in its place: its media type and its bytes.
    pub form: Option<(String, Vec<u8>)>,
    /// The entry, user, role, token or session that it is about; empty for one that is about none.
    pub subject: String,
    /// The page that it is about.
    pub page: Option<Answer>,
}

impl Case {
    pub async fn send(&self, method: &Method, client: &Client) -> Answer {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        match &self.form {
            Some((kind, bytes)) => {
                client.send_bytes(method.clone(), &self.path, &headers, Some((kind, bytes.clone()))).await
            }
            None => client.send(method.clone(), &self.path, &headers, self.body.as_ref()).await,
        }
    }
}

/// Who takes part in a case.
pub struct Cast<'a> {
    pub site: &'a TestSite,
    /// Who makes the pages.
    pub owner: &'a Client,
    /// An administrator.
    pub admin: &'a Client,
    /// Who will send the request, for what is about the caller's own.
    pub caller: Option<UserId>,
}

/// A request for an operation about something new.
pub async fn case(operation: &Operation, title: &str, cast: &Cast<'_>) -> Case {
    if !operation.is_of_content() {
        return requests_identity::case(operation, title, cast).await;
    }
    if operation.is_of_media() {
        return requests_media::case(operation, title, cast).await;
    }
    if operation.is_of_menus() {
        return requests_menus::case(operation, title, cast).await;
    }
    if operation.is_of_settings() {
        return requests_settings::case(operation, title, cast).await;
    }
    if operation.is_of_people() {
        return requests_people::case(operation, title, cast).await;
    }
    let page = subject(operation, title, cast.owner).await;
    if operation.id == "revoke_preview" {
        let made = cast.owner.post(&format!("/admin/v1/documents/{}/previews", page.id()), &json!({})).await;
        let link = made.expect(201).json["preview"]["id"].as_str().expect("an id").to_owned();
        let path = operation.path(&link);
        return Case { path, headers: vec![], body: None, form: None, subject: link, page: Some(page) };
    }
    let headers = match operation.method {
        Method::GET => vec![],
        _ if operation.id == "keep_working_copy" => vec![("if-none-match", "*".to_owned())],
        _ => vec![("if-match", page.header("etag").to_owned())],
    };
    let path = match operation.id.as_str() {
        "resolve" => format!("/v1/resolve?path={}", page.json["live"]["path"].as_str().expect("a path")),
        _ => operation.path(&page.id()),
    };
    Case { path, headers, body: body(operation, &page), form: None, subject: page.id(), page: Some(page) }
}

/// A page of the owner in the state that the operation needs.
async fn subject(operation: &Operation, title: &str, owner: &Client) -> Answer {
    let body = json!({ "title": title });
    match operation.id.as_str() {
        _ if operation.template.starts_with("/v1/") => publish(owner, body).await,
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
fn body(operation: &Operation, page: &Answer) -> Option<Value> {
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
        "make_preview" => Some(json!({ "expires_in_days": 1 })),
        "make_site_preview" => Some(json!({ "as_of": "2020-01-01T00:00:00Z" })),
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
