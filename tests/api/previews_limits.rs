//! What ends a preview link, what is kept of it, and who may make one.

use reqwest::Method;
use serde_json::{Value, json};

use crate::events::events;
use crate::previews::{made, secret, seen};
use crate::support::builders::{create, publish, save, trash};
use crate::support::{Role, TestSite};

async fn dead(site: &TestSite, secret: &str, id: &str, why: &str) {
    for path in [format!("/v1/pages/{id}"), "/v1/pages".to_owned(), "/v1/resolve?path=/".to_owned()] {
        let answer = seen(&site.anonymous(), secret, &path).await;
        assert_eq!((answer.status, &answer.json["code"]), (401, &json!("invalid_token")), "{why}: {path}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
}

#[actix_web::test]
async fn a_link_ends_by_time_and_by_hand() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({ "title": "Draft" })).await.id();
    let week = made(&editor, &id, &json!({})).await;
    let day = made(&editor, &id, &json!({ "expires_in_days": 1 })).await;
    let page = format!("/v1/pages/{id}");
    site.database.advance("25 hours").await;
    dead(&site, &secret(&day), &id, "after its time").await;
    seen(&site.anonymous(), &secret(&week), &page).await.expect(200);
    let link = week.json["preview"]["id"].as_str().expect("an id");
    let path = format!("/admin/v1/previews/{link}");
    editor.send(Method::DELETE, &path, &[], None).await.expect(204);
    dead(&site, &secret(&week), &id, "revoked").await;
    let before = events(&site).await;
    editor.send(Method::DELETE, &path, &[], None).await.expect(204);
    assert_eq!(events(&site).await, before, "once");
    let third = made(&editor, &id, &json!({})).await;
    site.database.advance("7 days").await;
    dead(&site, &secret(&third), &id, "a week later").await;
    for bad in ["", "x", "mhp_", "mh_x", &secret(&third)[..50], &format!("{}x", secret(&third))] {
        dead(&site, bad, &id, bad).await;
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_link_ends_with_the_rights_of_its_maker() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let owner = site.client(Role::Editor).await;
    let id = create(&owner, json!({ "title": "Draft" })).await.id();
    let user = site.user(Role::Editor).await;
    let maker = site.client_of(user, &[]).await;
    let link = secret(&made(&maker, &id, &json!({})).await);
    let as_of = json!({ "as_of": "2020-01-01T00:00:00Z" });
    let past = secret(&maker.post("/admin/v1/previews", &as_of).await.expect(201));
    let reader = site.anonymous();
    let page = format!("/v1/pages/{id}");
    seen(&reader, &link, &page).await.expect(200);
    seen(&reader, &past, "/v1/pages").await.expect(200);
    // A role that reads nothing, then the old one, then nobody.
    let account = format!("/admin/v1/users/{user}");
    let role = json!({ "name": "reads-nothing", "grants": [{ "kind": "page", "verb": "read", "scope": { "type": "own" } }] });
    admin.post("/admin/v1/roles", &role).await.expect(201);
    let give_role = async |role: &str| {
        let now = admin.get(&account).await.expect(200);
        let (email, name) = (&now.json["email"], &now.json["name"]);
        let changed = json!({ "email": email, "name": name, "role": role });
        admin.put_at(&account, now.version(), &changed).await.expect(200)
    };
    give_role("reads-nothing").await;
    dead(&site, &link, &id, "its maker may not read it").await;
    dead(&site, &past, &id, "its maker may not read history").await;
    give_role("editor").await;
    seen(&reader, &link, &page).await.expect(200);
    let version = admin.get(&account).await.expect(200).version();
    admin.post_at(&format!("{account}/deactivate"), version, None).await.expect(200);
    dead(&site, &link, &id, "its maker is deactivated").await;
    dead(&site, &past, &id, "its maker is deactivated").await;
    site.stop().await;
}

#[actix_web::test]
async fn trash_and_erasure_end_a_link_for_good() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let created = create(&editor, json!({ "title": "Draft" })).await;
    let id = created.id();
    let link = secret(&made(&editor, &id, &json!({})).await);
    trash(&editor, &id, created.version()).await.expect(204);
    dead(&site, &link, &id, "in the trash").await;
    editor.post(&format!("/admin/v1/documents/{id}/previews"), &json!({})).await.expect(409);
    let version = editor.get(&format!("/admin/v1/pages/{id}")).await.expect(200).version();
    editor.post_at(&format!("/admin/v1/documents/{id}/restore"), version, None).await.expect(200);
    dead(&site, &link, &id, "and after it").await;
    let again = secret(&made(&editor, &id, &json!({})).await);
    let erase = format!(
        "update revisions set body = null, title = '', note = null, erased_at = mh_now() where entry_id = '{id}'; {}",
        crate::translations::event(&id)
    );
    site.database.execute(&erase).await;
    dead(&site, &again, &id, "erased").await;
    let listed = editor.get(&format!("/admin/v1/documents/{id}/previews")).await.expect(200);
    assert_eq!(listed.json["data"].as_array().map(Vec::len), Some(2), "the rows stay");
    site.stop().await;
}

#[actix_web::test]
async fn openings_are_counted_once_a_minute_and_nothing_else_is_written() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({ "title": "Draft" })).await.id();
    let made = made(&editor, &id, &json!({})).await;
    assert_eq!(made.json["preview"]["opened"], 0);
    let link = secret(&made);
    let list = format!("/admin/v1/documents/{id}/previews");
    let counted = async || editor.get(&list).await.expect(200).json["data"][0]["opened"].clone();
    let before = events(&site).await;
    for expected in [1, 2, 3] {
        for path in ["/v1/pages", "/v1/resolve?path=/", "/v1/pages?limit=1"] {
            seen(&site.anonymous(), &link, path).await;
        }
        assert_eq!(counted().await, json!(expected));
        site.database.advance("61 seconds").await;
    }
    assert_eq!(events(&site).await, before, "no fact");
    let row = editor.get(&list).await.expect(200).json["data"][0].clone();
    assert!(row["last_opened_at"].is_string() && row["revoked_at"].is_null(), "{row}");
    site.stop().await;
}

#[actix_web::test]
async fn the_secret_is_shown_once_and_kept_nowhere() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({ "title": "Draft", "slug": "draft" })).await.id();
    let made = made(&editor, &id, &json!({ "revision": 1 })).await;
    let link = secret(&made);
    assert!(link.starts_with("mhp_"));
    let listed = editor.get(&format!("/admin/v1/documents/{id}/previews")).await.expect(200);
    assert!(!listed.everything().contains(&link));
    let rows = site.database.texts("select to_jsonb(p)::text as value from preview_links p").await;
    assert!(!rows[0].contains(&link[4..]), "{rows:?}");
    let all = events(&site).await;
    assert!(!json!(all).to_string().contains("mhp_"));
    let event = all.last().expect("an event");
    assert_eq!(event["action"], "preview.made");
    let expected = json!({
        "entry": id, "locale": "en", "revision": 1, "until": made.json["preview"]["expires_at"],
    });
    assert_eq!(without_fraction(&event["data"]), without_fraction(&expected));
    site.stop().await;
}

/// Times are written in one form or another.
fn without_fraction(data: &Value) -> String {
    data.to_string().replace("+00:00", "Z")
}

#[actix_web::test]
async fn a_link_needs_the_right_to_write_and_a_sane_wish() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let created = publish(&editor, json!({ "title": "A page", "slug": "a" })).await;
    let id = created.id();
    save(&editor, &id, created.version(), json!({ "title": "Draft", "slug": "a" })).await;
    let path = format!("/admin/v1/documents/{id}/previews");
    for role in [Role::Viewer, Role::Reviewer, Role::Author] {
        site.client(role).await.post(&path, &json!({})).await.refused(403, "forbidden");
    }
    let german = site
        .limited(&[("page", "write", "locale", Some("de")), ("page", "read", "locale", Some("de"))])
        .await;
    german.post(&path, &json!({})).await.refused(403, "forbidden");
    german.get(&path).await.refused(403, "forbidden");
    let before = site.database.fingerprint().await;
    for (bad, status) in [
        (json!({ "expires_in_days": 0 }), 422),
        (json!({ "expires_in_days": 91 }), 422),
        (json!({ "revision": 9 }), 422),
        (json!({ "revision": 0 }), 422),
        (json!({ "unknown": 1 }), 422),
        (json!({ "made_by": id }), 422),
    ] {
        assert_eq!(editor.post(&path, &bad).await.status, status, "{bad}");
    }
    editor.post(&format!("{path}?locale=fr"), &json!({})).await.expect(404);
    assert_eq!(site.database.fingerprint().await, before, "nothing was made");
    // A token beside the link, and two links, are a bad credential.
    let link = secret(&made(&editor, &id, &json!({})).await);
    let both = editor.send(Method::GET, "/v1/pages", &[("masthead-preview", &link)], None).await;
    both.refused(401, "invalid_token");
    let twice = [("masthead-preview", link.as_str()), ("masthead-preview", link.as_str())];
    site.anonymous().send(Method::GET, "/v1/pages", &twice, None).await.refused(401, "invalid_token");
    // Scripts of other origins may send it.
    let ask = [
        ("origin", "https://www.example.org"),
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "masthead-preview"),
    ];
    let preflight = site.anonymous().send(Method::OPTIONS, "/v1/pages", &ask, None).await;
    assert!(preflight.header("access-control-allow-headers").to_lowercase().contains("masthead-preview"));
    let reader = site.client(Role::Reviewer).await;
    assert_eq!(reader.get(&path).await.expect(200).json["data"].as_array().map(Vec::len), Some(1));
    let revoke = format!("/admin/v1/previews/{}", site.app.ids.uuid());
    editor.send(Method::DELETE, &revoke, &[], None).await.refused(404, "not_found");
    site.stop().await;
}
