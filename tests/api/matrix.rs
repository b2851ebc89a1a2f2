//! The matrix: every operation of the admin document by every kind of caller. An operation that the table does not know
//! fails the test, so none can be added without saying who may call it.

use masthead::documents::add_locale;
use masthead::platform::access::Permit;
use reqwest::Method;

use crate::operations::{Operation, admin_document, operations};
use crate::requests::{body, subject};
use crate::support::{Client, Role, TestSite};

const CALLERS: [&str; 5] = ["anonymous", "author", "editor", "admin", "token page:read"];

/// The statuses for the callers in order, where the page belongs to somebody else.
fn expected(operation: &Operation) -> [u16; 5] {
    match operation.id.as_str() {
        "list_pages" | "get_page" | "list_references" | "list_revisions" | "get_revision"
        | "compare_revisions" | "get_timeline" | "list_translations" => [401, 200, 200, 200, 200],
        "create_page" => [401, 201, 201, 201, 403],
        "translate" | "duplicate" => [401, 403, 201, 201, 403],
        "trash_page" => [401, 403, 204, 204, 403],
        "save_page" | "publish" | "unpublish" | "schedule" | "cancel" | "reschedule" | "expire"
        | "restore" | "move_document" | "publish_many" | "unpublish_many" | "keep_working_copy" => {
            [401, 403, 200, 200, 403]
        }
        // Whoever may write has unsaved work of their own; here, none yet.
        "get_working_copy" | "discard_working_copy" | "save_working_copy" => [401, 403, 404, 404, 403],
        other => panic!("the matrix has no row for {other}: say who may call it"),
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
    add_locale(&site.app, &Permit::system("test"), "de", Some("en")).await.expect("a locale");
    let mut wrong = Vec::new();
    for operation in operations(&admin_document()) {
        for ((caller, name), status) in callers.iter().zip(CALLERS).zip(expected(&operation)) {
            let page = subject(&operation, &format!("For {} by {name}", operation.id), &owner).await;
            let before = site.database.fingerprint().await;
            let headers = match operation.method {
                Method::GET => vec![],
                _ if operation.id == "keep_working_copy" => vec![("if-none-match", "*")],
                _ => vec![("if-match", page.header("etag"))],
            };
            let path = operation.path(&page.id());
            let answer = caller
                .send(operation.method.clone(), &path, &headers, body(&operation, &page).as_ref())
                .await;
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
