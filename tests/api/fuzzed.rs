//! What random requests have found: each of these was once an error inside, or an answer that the documents rule out.

use reqwest::Method;
use serde_json::{Value, json};

use crate::operations::admin_document;
use crate::support::builders::{create, page, publish_revision};
use crate::support::{Role, TestSite};
use crate::translations::add_locale;

fn after_midnight(parents: &Value) -> Value {
    json!({ "revision": 1, "from": "2999-01-01T00:00:00Z", "along": parents })
}

#[actix_web::test]
async fn a_document_is_no_parent_of_itself() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({ "title": "One", "slug": "one" })).await.id();
    let before = site.database.fingerprint().await;
    for (action, mut body) in
        [("publish", json!({})), ("schedule", json!({ "from": "2999-01-01T00:00:00Z" }))]
    {
        body["revision"] = json!(1);
        body["along"] = json!([{ "id": id, "revision": 1 }]);
        let path = format!("/admin/v1/documents/{id}/{action}");
        let refused = editor.post_at(&path, 1, Some(&body)).await.refused(422, "invalid");
        assert_eq!(refused.places(), [("/along/0/id", "not_allowed")], "{action}");
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_parent_is_named_once() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let parent = create(&editor, json!({ "title": "Above", "slug": "above" })).await.id();
    let id = create(&editor, json!({ "title": "Below", "slug": "below", "parent": parent })).await.id();
    let before = site.database.fingerprint().await;
    let twice = json!([{ "id": parent, "revision": 1 }, { "id": parent, "revision": 1 }]);
    let path = format!("/admin/v1/documents/{id}/schedule");
    let refused = editor.post_at(&path, 1, Some(&after_midnight(&twice))).await.refused(422, "invalid");
    assert_eq!(refused.places(), [("/along/1/id", "duplicate")]);
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_parent_alone_may_change() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({ "title": "One", "slug": "one" })).await.id();
    publish_revision(&editor, &id, 1, 1).await.expect(200);
    let other = create(&editor, json!({ "title": "Other", "slug": "other" })).await.id();

    // The revision is public then as it is now, so only the other document has news.
    let path = format!("/admin/v1/documents/{id}/schedule");
    let body = after_midnight(&json!([{ "id": other, "revision": 1 }]));
    let answer = editor.post_at(&path, 2, Some(&body)).await.expect(200);
    assert_eq!((answer.version(), &answer.json["scheduled"]), (2, &json!([])));
    let other = editor.get(&format!("/admin/v1/pages/{other}")).await.expect(200);
    assert_eq!(other.version(), 2);
    assert_eq!(other.json["scheduled"][0]["revision"], 1);
    site.stop().await;
}

#[actix_web::test]
async fn a_translation_follows_a_revision_that_is_there_in_another_locale() {
    let site = TestSite::start().await;
    add_locale(&site, "de", Some("en")).await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({ "title": "One", "slug": "one" })).await.id();
    let path = format!("/admin/v1/documents/{id}/translations");
    editor.post(&path, &json!({ "locale": "de" })).await.expect(201);
    let before = site.database.fingerprint().await;
    for (source, place) in [
        (json!({ "locale": "en", "revision": 1 }), ("/source/locale", "not_allowed")),
        (json!({ "locale": "fr", "revision": 1 }), ("/source/locale", "not_found")),
        (json!({ "locale": "", "revision": 1 }), ("/source/locale", "not_found")),
        (json!({ "locale": "de", "revision": 2 }), ("/source/revision", "not_found")),
        (json!({ "locale": "de", "revision": 0 }), ("/source/revision", "not_found")),
    ] {
        let mut save = page(json!({ "title": "Two", "slug": "one" }));
        save["source"] = source;
        let path = format!("/admin/v1/pages/{id}");
        let refused = editor.put_at(&path, 1, &save).await.refused(422, "invalid");
        assert_eq!(refused.places(), [place]);
        save["base"] = json!(1);
        let refused = editor.send(Method::PUT, &path, &[], Some(&save)).await.refused(422, "invalid");
        assert_eq!(refused.places(), [place]);
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_name_that_a_client_made_up_is_escaped_in_the_pointer() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let refused = editor.get("/admin/v1/pages?a~/b=1").await.refused(400, "unknown_parameter");
    assert_eq!(refused.places(), [("/query/a~0~1b", "unknown")]);
    site.stop().await;
}

#[actix_web::test]
async fn a_selection_of_nothing_says_what_to_name() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for action in ["publish", "unpublish"] {
        let path = format!("/admin/v1/documents/{action}");
        for body in [json!({}), json!({ "items": [] })] {
            let refused = editor.post(&path, &body).await.refused(422, "invalid");
            assert_eq!(refused.places(), [("/items", "invalid")]);
            assert_eq!(refused.detail(), "Name documents as `items`, or a `subtree`.");
        }
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_selection_has_versions_and_a_locale_that_can_be() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({ "title": "One", "slug": "one" })).await.id();
    let before = site.database.fingerprint().await;
    let long = "?locale=a-locale-that-is-none";
    let search = format!("/admin/v1/search?q=one&locale={}", "x".repeat(36));
    editor.get(&search).await.refused(400, "invalid_parameter");
    for (path, number) in [
        ("/admin/v1/documents/publish", "revision"),
        ("/admin/v1/documents/unpublish", "version"),
        ("/admin/v1/library/edit", "version"),
    ] {
        let mut item = json!({ "id": id, "version": 1 });
        item[number] = json!(1);
        let whole = json!({ "items": [item] });
        editor.post(&format!("{path}{long}"), &whole).await.refused(400, "invalid_parameter");
        for wrong in [0, -1] {
            item[number] = json!(wrong);
            let refused = editor.post(path, &json!({ "items": [item] })).await.refused(422, "invalid");
            assert_eq!(refused.places(), [(format!("/items/0/{number}").as_str(), "invalid")]);
        }
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_body_that_may_be_left_out_is_described_so_and_may_be_null() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({ "title": "One", "slug": "one" })).await.id();
    let document = admin_document();
    for action in ["unpublish", "restore", "duplicate", "working-copy/save"] {
        let body = &document["paths"][format!("/admin/v1/documents/{{id}}/{action}")]["post"]["requestBody"];
        assert_ne!(body["required"], json!(true), "{action}");
    }
    let path = format!("/admin/v1/documents/{id}/duplicate");
    let bare = editor.send(Method::POST, &path, &[], None).await.expect(201);
    let null = editor.post(&path, &Value::Null).await.expect(201);
    assert_ne!(bare.id(), null.id());
    site.stop().await;
}

#[test]
fn preconditions_are_described_as_they_are_read() {
    let document = admin_document();
    let parameters = &document["paths"]["/admin/v1/documents/{id}/working-copy"]["put"]["parameters"];
    let schema = |name: &str| {
        let found = parameters.as_array().into_iter().flatten().find(|parameter| parameter["name"] == name);
        found.map(|parameter| parameter["schema"].clone()).unwrap_or_default()
    };
    assert_eq!(schema("If-Match"), json!({ "type": "string", "pattern": "^\"v[1-9][0-9]{0,17}\"$" }));
    assert_eq!(schema("If-None-Match"), json!({ "type": "string", "pattern": "^\\*$" }));
}
