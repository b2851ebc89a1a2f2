//! `POST /admin/v1/pages`: what a new page is.

use masthead::platform::id::UserId;
use serde_json::{Value, json};

use crate::support::builders::{create, page, publish_revision, unmerged};
use crate::support::{Client, Role, TestSite};

async fn editor(site: &TestSite) -> (UserId, Client) {
    let user = site.user(Role::Editor).await;
    (user, site.client_of(user, &[]).await)
}

#[actix_web::test]
async fn a_new_page_is_a_draft_with_everything_filled_in() {
    let site = TestSite::start().await;
    let (user, editor) = editor(&site).await;
    let request = json!({
        "body": {
            "title": "  Our First Year!  ",
            "blocks": [{ "type": "rich_text", "markdown": "Hello." }, { "id": "kept", "type": "divider" }],
        },
        "note": "The first words.",
    });
    let created = editor.post("/admin/v1/pages", &request).await.expect(201);
    let id = created.id();
    assert_eq!(created.header("location"), format!("/admin/v1/pages/{id}"));
    assert_eq!(created.header("etag"), "\"v1\"");
    assert_eq!(created.header("cache-control"), "no-store");
    let made = created.json["body"]["blocks"][0]["id"].as_str().expect("an id").to_owned();
    assert_eq!(uuid::Uuid::parse_str(&made).expect("a UUID").get_version_num(), 7);
    assert_eq!(
        created.json["body"],
        json!({
            "title": "Our First Year!",
            "slug": "our-first-year",
            "position": "V",
            "blocks": [{ "id": made, "type": "rich_text", "markdown": "Hello." }, { "id": "kept", "type": "divider" }],
        })
    );
    let mut state = created.json.clone();
    for time in ["/created_at", "/updated_at", "/revision/created_at"] {
        let value = state.pointer_mut(time).expect("a time").take();
        assert!(value.as_str().expect("text").ends_with('Z'), "{time}: {value}");
    }
    state.as_object_mut().expect("an object").remove("body");
    assert_eq!(
        state,
        json!({
            "id": id, "kind": "page", "locale": "en", "title": "Our First Year!", "version": 1,
            "revision": {
                "number": 1, "author": user, "origin": "create", "note": "The first words.", "created_at": null,
                "source": null,
            },
            "live": null, "scheduled": [], "unsaved": [], "created_at": null, "created_by": user, "updated_at": null,
            "trashed_at": null,
        })
    );
    let read = editor.get(created.header("location")).await.expect(200);
    assert_eq!(read.json, created.json);
    assert_eq!(read.header("etag"), "\"v1\"");
    site.stop().await;
}

#[actix_web::test]
async fn null_absent_and_empty_are_the_same() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let bare = json!({ "title": "Bare", "slug": "bare", "position": null, "blocks": [] });
    let mut last: Option<String> = None;
    for body in [
        json!({ "title": "Bare" }),
        json!({
            "title": "Bare", "slug": null, "parent": null, "position": null, "date": null, "summary": null, "tags": null,
            "image": null, "seo": null, "blocks": null,
        }),
        json!({ "title": "Bare", "summary": "", "tags": [], "seo": { "title": "", "noindex": false }, "blocks": [] }),
    ] {
        let created =
            editor.post("/admin/v1/pages", &json!({ "body": body, "note": null })).await.expect(201);
        let mut made = created.json["body"].clone();
        let position = made["position"].take();
        assert!(position.as_str() > last.as_deref(), "the last among its siblings: {position}");
        last = position.as_str().map(str::to_owned);
        assert_eq!(made, bare, "{body}");
        assert_eq!(created.json["revision"]["note"], Value::Null);
    }
    site.stop().await;
}

#[actix_web::test]
async fn the_slug_comes_from_the_title() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for (title, slug) in [
        ("The Editor's Café: a Guide", "the-editors-café-a-guide"),
        ("ÜBER UNS", "über-uns"),
        ("東京 2026", "東京-2026"),
        ("a/b?c#d", "a-b-c-d"),
    ] {
        let created = create(&editor, json!({ "title": title })).await;
        assert_eq!(created.json["body"]["slug"], slug);
    }
    let long = create(&editor, json!({ "title": "word ".repeat(60) })).await;
    let slug = long.json["body"]["slug"].as_str().expect("text").to_owned();
    assert!(slug.len() <= 80 && slug.ends_with("word"), "{slug}");

    let mut unnamed = Vec::new();
    for title in ["", "!?"] {
        let created = create(&editor, json!({ "title": title })).await;
        let slug = created.json["body"]["slug"].as_str().expect("text").to_owned();
        let rest = slug.strip_prefix("untitled-").unwrap_or_else(|| panic!("{slug}"));
        assert!(rest.len() == 12 && rest.bytes().all(|b| b.is_ascii_hexdigit()), "{slug}");
        unnamed.push(slug);
    }
    assert_ne!(unnamed[0], unnamed[1]);
    site.stop().await;
}

#[actix_web::test]
async fn two_drafts_may_want_the_same_slug() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let first = create(&editor, json!({ "slug": "same" })).await;
    let second = create(&editor, json!({ "slug": "same" })).await;
    assert_ne!(first.id(), second.id());
    assert_eq!(second.json["body"]["slug"], "same");
    site.stop().await;
}

#[actix_web::test]
async fn a_date_is_kept_in_utc_and_microseconds() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let created = create(&editor, json!({ "date": "2026-03-01T09:00:00.1234567+02:00" })).await;
    assert_eq!(created.json["body"]["date"], "2026-03-01T07:00:00.123456Z");
    site.stop().await;
}

#[actix_web::test]
async fn a_block_of_an_unknown_type_is_kept_as_it_is_and_not_published() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let block = json!({
        "id": "later", "type": "carousel", "speed": { "steps": [1, null, 2.5, -7], "loop": true }, "label": "Zürich",
    });
    let created = create(&editor, json!({ "slug": "later", "blocks": [block] })).await;
    let id = created.id();
    assert_eq!(created.json["body"]["blocks"], json!([block]));
    let read = editor.get(&format!("/admin/v1/pages/{id}")).await.expect(200);
    let back = json!({ "body": read.json["body"] });
    let saved = editor.put_at(&format!("/admin/v1/pages/{id}"), 1, &back).await.expect(200);
    assert_eq!(unmerged(&saved), created.json, "what was read can be sent back and changes nothing");

    let before = site.database.fingerprint().await;
    let refused = publish_revision(&editor, &id, 1, 1).await.refused(422, "invalid");
    assert_eq!(refused.places().len(), 1, "{}", refused.json);
    assert!(refused.places()[0].0.ends_with("/blocks/0/type"), "{}", refused.json);
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_body_at_the_limit_is_taken_and_one_byte_more_is_not() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let padded = |length: usize| {
        let mut bytes = page(json!({ "title": "Wide margins" })).to_string().into_bytes();
        bytes.resize(length, b' ');
        Some(("application/json; charset=utf-8", bytes))
    };
    let limit = 1024 * 1024;
    editor.send_bytes(reqwest::Method::POST, "/admin/v1/pages", &[], padded(limit)).await.expect(201);
    let before = site.database.fingerprint().await;
    for length in [limit + 1, 2 * limit] {
        let answer = editor.send_bytes(reqwest::Method::POST, "/admin/v1/pages", &[], padded(length)).await;
        let answer = answer.refused(413, "too_large");
        assert!(answer.detail().contains("1048576 bytes"), "{}", answer.json);
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}
