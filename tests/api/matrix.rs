//! The matrix: every operation of the admin document by every kind of caller. An operation that the table does not know
//! fails the test, so none can be added without saying who may call it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::operations::{Operation, admin_document, operations};
use crate::support::builders::{create, publish};
use crate::support::{Answer, Client, Role, TestSite};

const CALLERS: [&str; 5] = ["anonymous", "author", "editor", "admin", "token page:read"];

/// The statuses for the callers in order, where the page belongs to somebody else.
fn expected(operation: &Operation) -> [u16; 5] {
    match operation.id.as_str() {
        "list_pages" | "get_page" => [401, 200, 200, 200, 200],
        "create_page" => [401, 201, 201, 201, 403],
        "trash_page" => [401, 403, 204, 204, 403],
        "save_page" | "publish" | "unpublish" => [401, 403, 200, 200, 403],
        other => panic!("the matrix has no row for {other}: say who may call it"),
    }
}

/// A page of somebody else, as the operation needs it.
async fn subject(operation: &Operation, caller: &str, owner: &Client) -> Answer {
    let title = json!({ "title": format!("For {} by {caller}", operation.id) });
    match operation.id.as_str() {
        "unpublish" => publish(owner, title).await,
        _ => create(owner, title).await,
    }
}

fn body(operation: &Operation) -> Option<Value> {
    match operation.id.as_str() {
        "create_page" | "save_page" => Some(json!({ "body": { "title": "By the matrix" } })),
        "publish" => Some(json!({ "revision": 1 })),
        _ => None,
    }
}

async fn callers(site: &TestSite) -> [Client; 5] {
    let admin = site.user(Role::Admin).await;
    [
        site.anonymous(),
        site.client(Role::Author).await,
        site.client(Role::Editor).await,
        site.client_of(admin, &[]).await,
        site.client_of(admin, &["page:read"]).await,
    ]
}

#[actix_web::test]
async fn every_operation_is_open_to_whom_it_should_be() {
    let site = TestSite::start().await;
    let owner = site.client(Role::Editor).await;
    let callers = callers(&site).await;
    let mut wrong = Vec::new();
    for operation in operations(&admin_document()) {
        for ((caller, name), status) in callers.iter().zip(CALLERS).zip(expected(&operation)) {
            let page = subject(&operation, name, &owner).await;
            let before = site.database.fingerprint().await;
            let headers = match operation.method {
                Method::GET => vec![],
                _ => vec![("if-match", page.header("etag"))],
            };
            let path = operation.path(&page.id());
            let answer =
                caller.send(operation.method.clone(), &path, &headers, body(&operation).as_ref()).await;
            if answer.status != status {
                wrong.push(format!("{} as {name}: {} instead of {status}", operation.id, answer.status));
            }
            let changes = status < 300 && operation.method != Method::GET;
            let same = site.database.fingerprint().await == before;
            if same == changes {
                wrong.push(format!(
                    "{} as {name}: the database {}",
                    operation.id,
                    if same { "is as before" } else { "changed" }
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    site.stop().await;
}
