//! Every operation that changes something leaves its event: who, by which token, what, in which request.

use masthead::documents::add_locale;
use masthead::platform::access::Permit;
use masthead::platform::id::UserId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::operations::{Operation, admin_document, operations};
use crate::requests::{Case, Cast, LATER, case};
use crate::support::builders::{publish, publish_revision, trash};
use crate::support::{Answer, Client, Role, TestSite};

/// The action and the data of the event that an operation leaves; none for what is no fact.
fn expected(operation: &Operation, page: &Answer) -> Option<(&'static str, Value)> {
    let planned = &page.json["scheduled"][0]["id"];
    let saved = |revision: i32, origin: &str| {
        Some(("page.saved", json!({ "locale": "en", "revision": revision, "origin": origin })))
    };
    match operation.id.as_str() {
        "upload_media" => Some(("media.created", json!({ "locale": "en", "revision": 1 }))),
        "save_media" | "replace_file" | "edit_media" => {
            Some(("media.saved", json!({ "locale": "en", "revision": 3, "origin": "edit" })))
        }
        "trash_media" => Some(("media.trashed", json!({ "locale": "en", "with": page.id() }))),
        "save_settings" => {
            Some(("settings.saved", json!({ "locale": "en", "revision": 2, "origin": "edit" })))
        }
        "create_menu" => Some(("menu.created", json!({ "locale": "en", "revision": 1 }))),
        "save_menu" => Some(("menu.saved", json!({ "locale": "en", "revision": 2, "origin": "edit" }))),
        "trash_menu" => Some(("menu.trashed", json!({ "locale": "en", "with": page.id() }))),
        "create_person" => Some(("person.created", json!({ "locale": "en", "revision": 1 }))),
        "save_person" => Some(("person.saved", json!({ "locale": "en", "revision": 2, "origin": "edit" }))),
        "trash_person" => Some(("person.trashed", json!({ "locale": "en", "with": page.id() }))),
        "create_page" => Some(("page.created", json!({ "locale": "en", "revision": 1 }))),
        "save_page" | "save_working_copy" => saved(2, "edit"),
        "restore" => {
            Some(("page.saved", json!({ "locale": "en", "revision": 3, "origin": "restore", "restored": 1 })))
        }
        "move_document" => {
            Some(("page.saved", json!({ "locale": "en", "revision": 2, "origin": "move", "parent": null })))
        }
        "duplicate" => Some((
            "page.created",
            json!({ "locale": "en", "revision": 1, "of": { "entry": page.id(), "revision": 1 } }),
        )),
        "translate" => {
            Some(("page.translated", json!({ "locale": "de", "source": { "locale": "en", "revision": 1 } })))
        }
        "trash_page" => Some(("page.trashed", json!({ "locale": "en", "with": page.id() }))),
        "publish" => {
            Some(("page.published", json!({ "locale": "en", "revision": 1, "from": null, "until": null })))
        }
        "publish_many" => Some(("page.published", json!({ "locale": "en", "revision": 1, "from": null }))),
        "schedule" => {
            Some(("page.scheduled", json!({ "locale": "en", "revision": 1, "from": LATER, "until": null })))
        }
        "cancel" => Some(("page.schedule_cancelled", json!({ "locale": "en", "publication": planned }))),
        "reschedule" => Some((
            "page.rescheduled",
            json!({ "locale": "en", "publication": planned, "from": LATER, "until": null }),
        )),
        "expire" => {
            Some(("page.end_planned", json!({ "locale": "en", "publication": planned, "until": LATER })))
        }
        "unpublish" | "unpublish_many" => Some(("page.unpublished", json!({ "locale": "en" }))),
        "keep_working_copy" | "discard_working_copy" => None,
        other => panic!("the table has no event for {other}: say what it leaves"),
    }
}

/// The unsaved work that an operation needs is kept first.
async fn keep_what_it_needs(operation: &Operation, case: &mut Case, client: &Client) {
    let path = format!("/admin/v1/documents/{}/working-copy", case.subject);
    let typed = json!({ "base": 1, "body": { "title": "Typed" } });
    if let "discard_working_copy" | "save_working_copy" | "get_working_copy" = operation.id.as_str() {
        let new = [("if-none-match", "*")];
        let kept = client.send(Method::PUT, &path, &new, Some(&typed)).await.expect(200);
        let tag = ("if-match", kept.header("etag").to_owned());
        case.headers = if operation.method == Method::GET { vec![] } else { vec![tag] };
    }
}

pub async fn events(site: &TestSite) -> Vec<Value> {
    let query = "select (to_jsonb(e) - 'id' - 'at' - 'xact' - 'data_sha256')::text as value from events e order by id";
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
    let user = site.user(Role::Admin).await;
    let client = site.client_of(user, &[]).await;
    let token = only_token_of(&site, user).await;
    add_locale(&site.app, &Permit::system("test"), "de", Some("en")).await.expect("a locale");
    let content = |operation: &Operation| operation.is_of_content();
    for operation in operations(&admin_document()).into_iter().filter(content) {
        let cast = Cast { site: &site, owner: &editor, admin: &client, caller: None };
        let mut case = case(&operation, &format!("For {}", operation.id), &cast).await;
        keep_what_it_needs(&operation, &mut case, &client).await;
        let before = events(&site).await;
        let request = format!("request-of-{}", operation.id);
        case.headers.push(("x-request-id", request.clone()));
        let answer = case.send(&operation.method, &client).await;
        assert!((200..300).contains(&answer.status), "{}: {}", operation.id, answer.json);
        if operation.method == Method::GET {
            assert_eq!(events(&site).await, before, "{} only reads", operation.id);
            continue;
        }
        if operation.id.ends_with("_preview") {
            let after = events(&site).await;
            let link = answer.json["preview"]["id"].as_str().unwrap_or(&case.subject).to_owned();
            let action = if operation.id == "revoke_preview" { "preview.revoked" } else { "preview.made" };
            let [event] = &after[before.len()..] else {
                panic!("{}: one event, not {after:?}", operation.id)
            };
            let told = [&event["action"], &event["subject_kind"], &event["subject_id"], &event["request_id"]];
            assert_eq!(told, [action, "preview", link.as_str(), request.as_str()]);
            assert_eq!((&event["actor_id"], &event["token_id"]), (&json!(user), &json!(token)));
            continue;
        }
        let page = case.page.as_ref().expect("a page");
        let Some((action, data)) = expected(&operation, page) else {
            assert_eq!(events(&site).await, before, "{} is no fact", operation.id);
            continue;
        };
        let made =
            ["create_page", "create_person", "create_menu", "duplicate"].contains(&operation.id.as_str());
        let subject = match operation.id.as_str() {
            "upload_media" => answer.json["results"][0]["media"]["id"].as_str().expect("an id").to_owned(),
            _ if made => answer.id(),
            _ => case.subject,
        };
        let kind = action.split('.').next().expect("a kind");
        let after = events(&site).await;
        assert_eq!(after[..before.len()], before[..], "what was recorded stays");
        assert_eq!(
            after[before.len()..],
            [json!({
                "actor_kind": "token", "actor_id": user, "token_id": token, "reason": null, "action": action,
                "subject_kind": kind, "subject_id": subject, "data": data, "request_id": request,
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
