//! Who may do what over HTTP: credentials are asked for before anything else, and each refusal leaves all as it was.

use chrono::Duration;
use masthead::identity::tokens::{self, NewToken};
use masthead::platform::access::Permit;
use masthead::platform::id::UserId;
use masthead::platform::secret::{Prefix, Secret};
use reqwest::Method;
use serde_json::json;

use crate::operations::{IN_THE_OPEN, Operation, admin_document, operations};
use crate::support::builders::{create, page, publish, publish_revision, trash, unpublish};
use crate::support::{Client, Role, TestSite};

/// A client with a token that lives for so long.
async fn expiring(site: &TestSite, user: UserId, life: Duration) -> Client {
    let new = NewToken { user, name: "short".into(), scopes: Vec::new(), expires_in: Some(life) };
    let secret = tokens::create(&site.app, &Permit::system("test"), new).await.expect("token");
    site.bearer(secret.reveal())
}

/// Changes a row of identity with the event that must tell of it, since no operation does it yet.
async fn fact(site: &TestSite, change: &str, kind: &str, verb: &str, subjects: &str) {
    let event = format!(
        "insert into events (actor_kind, reason, action, subject_kind, subject_id) \
         select 'system', 'test', '{kind}.{verb}', '{kind}', id from ({subjects}) changed (id)"
    );
    site.database.execute(&format!("{change}; {event}")).await;
}

#[actix_web::test]
async fn nobody_is_told_anything_but_to_identify() {
    let site = TestSite::start().await;
    let before = site.database.fingerprint().await;
    let closed = |operation: &Operation| !IN_THE_OPEN.contains(&operation.id.as_str());
    for operation in operations(&admin_document()).into_iter().filter(closed) {
        for id in ["019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", "no-id"] {
            for (query, bytes) in [("", &b"{\"broken\":"[..]), ("?no_such=1", b"")] {
                let path = format!("{}{query}", operation.path(id));
                let body = (operation.method != Method::GET).then(|| ("text/plain", bytes.to_vec()));
                let answer = site
                    .anonymous()
                    .send_bytes(operation.method.clone(), &path, &[("if-match", "*")], body)
                    .await;
                let answer = answer.refused(401, "unauthenticated");
                assert_eq!(answer.header("www-authenticate"), "Bearer realm=\"masthead\"", "{path}");
                assert!(answer.detail().contains("Authorization: Bearer mh_"), "{}", answer.json);
                assert!(answer.places().is_empty(), "{}", answer.json);
            }
        }
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_bad_credential_is_never_taken_for_none() {
    let site = TestSite::start().await;
    let editor = site.user(Role::Editor).await;
    let new = NewToken { user: editor, name: "good".into(), scopes: Vec::new(), expires_in: None };
    let good =
        tokens::create(&site.app, &Permit::system("test"), new).await.expect("token").reveal().to_owned();
    let last = if good.ends_with('0') { "1" } else { "0" };
    let mistyped = format!("Bearer {}{last}", &good[..good.len() - 1]);
    let unknown = Secret::generate(Prefix::Token).expect("random").reveal().to_owned();
    let before = site.database.fingerprint().await;
    let values = [
        mistyped.as_str(),
        &format!("Bearer {unknown}"),
        &format!("Basic {good}"),
        good.as_str(),
        "Bearer",
        "Bearer ",
        "",
        "Bearer mh_",
        &format!("Bearer {good} {good}"),
        &format!("Token {good}"),
        "Bearer \u{e9}",
    ];
    for path in [
        "/v1/pages",
        "/v1/resolve?path=/",
        "/v1/pages/019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41",
        "/admin/v1/pages",
    ] {
        for value in values {
            let answer = site.anonymous().send(Method::GET, path, &[("authorization", value)], None).await;
            let answer = answer.refused(401, "invalid_token");
            assert_eq!(
                answer.header("www-authenticate"),
                "Bearer realm=\"masthead\", error=\"invalid_token\""
            );
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(!answer.everything().contains(&good), "{}", answer.json);
        }
        let good = format!("Bearer {good}");
        let twice = [("authorization", good.as_str()), ("authorization", good.as_str())];
        site.anonymous().send(Method::GET, path, &twice, None).await.refused(401, "invalid_token");
    }
    let lower = format!("bearer {good}");
    site.anonymous()
        .send(Method::GET, "/admin/v1/pages", &[("authorization", &lower)], None)
        .await
        .expect(200);
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn an_author_writes_what_is_their_own() {
    let site = TestSite::start().await;
    let (author, other) = (site.client(Role::Author).await, site.client(Role::Author).await);
    let editor = site.client(Role::Editor).await;
    let own = create(&author, json!({ "slug": "own" })).await.id();
    let theirs = create(&other, json!({ "slug": "theirs" })).await.id();
    let saved = author
        .put_at(&format!("/admin/v1/pages/{own}"), 1, &page(json!({ "title": "Mine" })))
        .await
        .expect(200);
    assert_eq!(saved.json["title"], "Mine");
    author.get(&format!("/admin/v1/pages/{theirs}")).await.expect(200);

    let before = site.database.fingerprint().await;
    let refused = author
        .put_at(&format!("/admin/v1/pages/{theirs}"), 1, &page(json!({})))
        .await
        .refused(403, "forbidden");
    assert!(refused.detail().contains("no grant to write this page"), "{}", refused.json);
    trash(&author, &theirs, 1).await.refused(403, "forbidden");
    publish_revision(&author, &own, 2, 1).await.refused(403, "forbidden");
    // Whether the version is right is nothing for somebody without the grant.
    author.put_at(&format!("/admin/v1/pages/{theirs}"), 9, &page(json!({}))).await.refused(403, "forbidden");
    assert_eq!(site.database.fingerprint().await, before);

    let live = publish_revision(&editor, &own, 2, 1).await.expect(200);
    let before = site.database.fingerprint().await;
    unpublish(&author, &own, live.version()).await.refused(403, "forbidden");
    let refused = trash(&author, &own, live.version()).await.refused(403, "forbidden");
    assert!(
        refused.detail().contains("publish"),
        "what is public ends by the right to publish: {}",
        refused.json
    );
    assert_eq!(site.database.fingerprint().await, before);
    site.anonymous().get("/v1/resolve?path=/own").await.expect(200);
    author
        .put_at(&format!("/admin/v1/pages/{own}"), live.version(), &page(json!({ "title": "Still mine" })))
        .await
        .expect(200);

    let draft = create(&author, json!({})).await.id();
    trash(&author, &draft, 1).await.expect(204);
    site.stop().await;
}

#[actix_web::test]
async fn an_editor_works_on_what_others_wrote() {
    let site = TestSite::start().await;
    let (author, editor) = (site.client(Role::Author).await, site.client(Role::Editor).await);
    let id = create(&author, json!({ "slug": "shared" })).await.id();
    editor
        .put_at(&format!("/admin/v1/pages/{id}"), 1, &page(json!({ "title": "Edited", "slug": "shared" })))
        .await
        .expect(200);
    publish_revision(&editor, &id, 2, 2).await.expect(200);
    unpublish(&editor, &id, 3).await.expect(200);
    trash(&editor, &id, 4).await.expect(204);
    site.stop().await;
}

#[actix_web::test]
async fn the_scopes_of_a_token_cut_the_rights_of_its_user() {
    let site = TestSite::start().await;
    let admin = site.user(Role::Admin).await;
    let whole = site.client_of(admin, &[]).await;
    let id = create(&whole, json!({ "slug": "scoped" })).await.id();
    let path = format!("/admin/v1/pages/{id}");
    for (scopes, may) in [
        (vec!["page:read"], [200, 403, 403]),
        (vec!["*:read"], [200, 403, 403]),
        (vec!["page:write"], [403, 200, 403]),
        (vec!["page:publish"], [403, 403, 200]),
        (vec!["page:read", "page:write"], [200, 200, 403]),
        (vec!["media:read", "media:write"], [403, 403, 403]),
        (vec!["user:manage"], [403, 403, 403]),
    ] {
        let token = site.client_of(admin, &scopes).await;
        let seen = whole.get(&path).await.expect(200);
        let body = json!({ "body": seen.json["body"] });
        let before = site.database.fingerprint().await;
        assert_eq!(token.get(&path).await.status, may[0], "read with {scopes:?}");
        assert_eq!(token.put_at(&path, seen.version(), &body).await.status, may[1], "write with {scopes:?}");
        assert_eq!(site.database.fingerprint().await, before, "neither changes anything");
        let published = publish_revision(&token, &id, seen.version(), 1).await;
        assert_eq!(published.status, may[2], "publish with {scopes:?}");
    }
    // A scope cannot give what the user has not.
    let author = site.user(Role::Author).await;
    let token = site.client_of(author, &["*:publish", "page:publish"]).await;
    publish_revision(&token, &id, 2, 1).await.refused(403, "forbidden");
    site.stop().await;
}

#[actix_web::test]
async fn a_token_that_is_no_longer_good_is_refused_everywhere() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    let revoked = site.client_of(user, &[]).await;
    revoked.get("/admin/v1/pages").await.expect(200);
    let all = format!("select id from api_tokens where user_id = '{user}'");
    let change = format!("update api_tokens set revoked_at = mh_now() where user_id = '{user}'");
    fact(&site, &change, "token", "revoked", &all).await;

    let expired = expiring(&site, user, Duration::hours(1)).await;
    let other = site.user(Role::Editor).await;
    let deactivated = site.client_of(other, &[]).await;
    // Somebody must be left who can let others in.
    site.user(Role::Admin).await;
    let change = format!("update users set deactivated_at = mh_now() where id = '{other}'");
    fact(&site, &change, "user", "deactivated", &format!("values ('{other}'::uuid)")).await;
    site.database.advance("59 minutes").await;
    expired.get("/admin/v1/pages").await.expect(200);
    site.database.advance("1 minute").await;

    let before = site.database.fingerprint().await;
    let mut bodies = Vec::new();
    for client in [revoked, expired, deactivated] {
        for path in ["/admin/v1/pages", "/v1/pages"] {
            let mut body = client.get(path).await.refused(401, "invalid_token").json;
            body["instance"].take();
            bodies.push(body);
        }
        client.post("/admin/v1/pages", &page(json!({}))).await.refused(401, "invalid_token");
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "the answer does not say which: {bodies:#?}");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_change_of_role_acts_on_the_next_request() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    let client = site.client_of(user, &[]).await;
    site.user(Role::Admin).await;
    let live = publish(&client, json!({ "slug": "mine" })).await;
    let change = format!(
        "update users set role_id = (select id from roles where name = 'author') where id = '{user}'"
    );
    fact(&site, &change, "user", "role_changed", &format!("values ('{user}'::uuid)")).await;
    let before = site.database.fingerprint().await;
    unpublish(&client, &live.id(), live.version()).await.refused(403, "forbidden");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn the_last_use_of_a_token_is_noted_once_a_minute() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    let client = site.client_of(user, &[]).await;
    let query = "select coalesce(last_used_at::text, 'never') as value from api_tokens";
    assert_eq!(site.database.texts(query).await, ["never"]);
    client.get("/v1/pages").await.expect(200);
    let first = site.database.texts(query).await;
    assert_ne!(first, ["never"]);
    client.get("/v1/pages").await.expect(200);
    assert_eq!(site.database.texts(query).await, first, "not written each time");
    site.database.advance("61 seconds").await;
    client.get("/v1/pages").await.expect(200);
    assert_ne!(site.database.texts(query).await, first);
    site.stop().await;
}
