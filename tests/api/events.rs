//! Every operation that changes something leaves its event: who, by which token, what, in which request.

use masthead::platform::id::UserId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::operations::{Operation, admin_document, operations};
use crate::support::builders::{create, publish, publish_revision, trash};
use crate::support::{Answer, Client, Role, TestSite};

/// The action and the data of the event that an operation leaves, and the body that it is sent.
fn expected(operation: &Operation) -> (&'static str, Value, Option<Value>) {
    let body = json!({ "body": { "title": "Changed" }, "note": "not for the record" });
    match operation.id.as_str() {
        "create_page" => ("page.created", json!({ "locale": "en", "revision": 1 }), Some(body)),
        "save_page" => ("page.saved", json!({ "locale": "en", "revision": 2 }), Some(body)),
        "trash_page" => ("page.trashed", json!({ "locale": "en" }), None),
        "publish" => {
            ("page.published", json!({ "locale": "en", "revision": 1 }), Some(json!({ "revision": 1 })))
        }
        "unpublish" => ("page.unpublished", json!({ "locale": "en" }), None),
        other => panic!("the table has no event for {other}: say what it leaves"),
    }
}

async fn subject(operation: &Operation, editor: &Client) -> Answer {
    let title = json!({ "title": format!("For {}", operation.id) });
    match operation.id.as_str() {
        "unpublish" | "trash_page" => publish(editor, title).await,
        _ => create(editor, title).await,
    }
}

async fn events(site: &TestSite) -> Vec<Value> {
    let query = "select (to_jsonb(e) - 'id' - 'at' - 'xact')::text as value from events e order by id";
    let rows = site.database.texts(query).await;
    rows.iter().map(|row| serde_json::from_str(row).expect("JSON")).collect()
}

async fn only_token_of(site: &TestSite, user: UserId) -> String {
    let query = format!("select id::text as value from api_tokens where user_id = '{user}'");
    let found = site.database.texts(&query).await;
    assert_eq!(found.len(), 1);
    found[0].clone()
}

#[actix_web::test]
async fn every_change_leaves_one_event_that_says_who_and_what() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let user = site.user(Role::Editor).await;
    let client = site.client_of(user, &[]).await;
    let token = only_token_of(&site, user).await;
    for operation in operations(&admin_document()) {
        let page = subject(&operation, &editor).await;
        let before = events(&site).await;
        let request = format!("request-of-{}", operation.id);
        let headers = [("if-match", page.header("etag")), ("x-request-id", request.as_str())];
        let path = operation.path(&page.id());
        if operation.method == Method::GET {
            client.send(Method::GET, &path, &headers[1..], None).await.expect(200);
            assert_eq!(events(&site).await, before, "{} only reads", operation.id);
            continue;
        }
        let (action, data, body) = expected(&operation);
        let answer = client.send(operation.method.clone(), &path, &headers, body.as_ref()).await;
        assert!((200..300).contains(&answer.status), "{}: {}", operation.id, answer.json);
        let subject = if operation.id == "create_page" { answer.id() } else { page.id() };
        let after = events(&site).await;
        assert_eq!(after[..before.len()], before[..], "what was recorded stays");
        assert_eq!(
            after[before.len()..],
            [json!({
                "actor_kind": "token", "actor_id": user, "token_id": token, "reason": null, "action": action,
                "subject_kind": "page", "subject_id": subject, "data": data, "request_id": request,
            })],
            "{}",
            operation.id
        );
    }
    site.stop().await;
}

#[actix_web::test]
async fn what_changed_nothing_or_was_refused_leaves_none() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let live = publish(&editor, json!({ "slug": "live" })).await;
    let id = live.id();
    let body = editor.get(&format!("/admin/v1/pages/{id}")).await.expect(200).json["body"].clone();
    let before = events(&site).await;
    publish_revision(&editor, &id, live.version(), 1).await.expect(200);
    editor
        .put_at(&format!("/admin/v1/pages/{id}"), live.version(), &json!({ "body": body }))
        .await
        .expect(200);
    publish_revision(&editor, &id, live.version(), 7).await.refused(422, "invalid");
    trash(&editor, &id, 1).await.refused(412, "stale");
    editor.post("/admin/v1/pages", &json!({ "body": { "title": 1 } })).await.refused(422, "invalid");
    assert_eq!(events(&site).await, before);
    site.stop().await;
}

#[actix_web::test]
async fn events_hold_no_content_and_no_names() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let page =
        publish(&editor, json!({ "title": "Umbralith", "slug": "umbralith", "summary": "umbralith" })).await;
    trash(&editor, &page.id(), page.version()).await.expect(204);
    let all = json!(events(&site).await).to_string().to_lowercase();
    for word in ["umbralith", "example.org", "fictional", "mh_"] {
        assert!(!all.contains(word), "{word}: {all}");
    }
    site.stop().await;
}
