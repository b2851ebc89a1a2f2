//! `POST /admin/v1/documents/{id}/publish`: the revision that is named becomes public, or nothing changes at all.

use serde_json::json;

use crate::support::builders::{create, publish, publish_revision, republish, save, unpublish};
use crate::support::{Role, TestSite};

#[actix_web::test]
async fn the_revision_that_is_named_becomes_public() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({ "title": "One", "slug": "one" })).await.id();
    save(&editor, &id, 1, json!({ "title": "Two", "slug": "two" })).await;
    save(&editor, &id, 2, json!({ "title": "Three", "slug": "three" })).await;

    let second = publish_revision(&editor, &id, 3, 2).await.expect(200);
    assert_eq!(second.header("etag"), "\"v4\"");
    assert_eq!(second.header("cache-control"), "no-store");
    assert_eq!(second.json["title"], "Three", "the title of the newest revision");
    assert_eq!(second.json["revision"]["number"], 3);
    assert_eq!(second.json["live"]["revision"], 2);
    assert_eq!(second.json["live"]["path"], "/two");
    assert_eq!(second.json["live"]["until"], json!(null));
    let read = || async { site.anonymous().get(&format!("/v1/pages/{id}")).await.expect(200).json };
    assert_eq!(read().await["title"], "Two");

    let older = publish_revision(&editor, &id, 4, 1).await.expect(200);
    assert_eq!(older.json["live"]["revision"], 1);
    assert_eq!(older.json["live"]["path"], "/one");
    assert_eq!(read().await["title"], "One");
    site.stop().await;
}

#[actix_web::test]
async fn the_first_publication_dates_the_page() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let first = publish(&editor, json!({ "title": "Dated", "slug": "dated" })).await;
    let id = first.id();
    let read = || async { site.anonymous().get(&format!("/v1/pages/{id}")).await.expect(200).json };
    let before = read().await;
    assert_eq!(before["published_at"], before["updated_at"]);
    assert_eq!(before["published_at"], first.json["live"]["from"]);
    site.database.advance("1 day").await;
    let second =
        republish(&editor, &id, first.version(), json!({ "title": "Dated", "slug": "dated", "tags": ["x"] }))
            .await;
    let after = read().await;
    assert_eq!(after["published_at"], before["published_at"]);
    assert_eq!(after["updated_at"], second.json["live"]["from"]);
    assert_ne!(after["updated_at"], before["updated_at"]);

    let ended = unpublish(&editor, &id, second.version()).await.expect(200);
    publish_revision(&editor, &id, ended.version(), 1).await.expect(200);
    assert_eq!(read().await["published_at"], before["published_at"], "also after a time away");
    let dated = json!({ "title": "Dated", "slug": "dated", "date": "2001-05-06T07:08:09Z" });
    republish(&editor, &id, ended.version() + 1, dated).await;
    assert_eq!(read().await["published_at"], "2001-05-06T07:08:09Z");
    site.stop().await;
}

#[actix_web::test]
async fn publishing_what_is_public_changes_nothing() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let first = publish(&editor, json!({ "slug": "again" })).await;
    let before = site.database.fingerprint().await;
    let again = publish_revision(&editor, &first.id(), first.version(), 1).await.expect(200);
    assert_eq!(again.json, first.json);
    assert_eq!(again.header("etag"), first.header("etag"));
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_revision_that_does_not_exist_is_422() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({})).await.id();
    let before = site.database.fingerprint().await;
    for number in [2, 0, -1, i64::from(i32::MAX)] {
        let answer = publish_revision(&editor, &id, 1, number).await.refused(422, "invalid");
        assert_eq!(answer.places(), [("/revision", "not_found")], "{number}");
        assert!(answer.detail().contains("the newest is 1"), "{}", answer.json);
    }
    for (body, place) in [
        (json!({}), ("/revision", "required")),
        (json!({ "revision": "1" }), ("/revision", "wrong_type")),
        (json!({ "revision": 1.5 }), ("/revision", "wrong_type")),
        (json!({ "revision": 1, "at": "now" }), ("/at", "unknown")),
    ] {
        let answer = editor.post_at(&format!("/admin/v1/documents/{id}/publish"), 1, Some(&body)).await;
        assert_eq!(answer.refused(422, "invalid").places(), [place], "{body}");
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn preconditions_and_ids_are_checked() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({})).await.id();
    save(&editor, &id, 1, json!({ "title": "Newer" })).await;
    let before = site.database.fingerprint().await;
    publish_revision(&editor, &id, 1, 1).await.refused(412, "stale");
    let path = format!("/admin/v1/documents/{id}/publish");
    editor.post(&path, &json!({ "revision": 1 })).await.refused(428, "precondition_required");
    publish_revision(&editor, "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", 1, 1).await.refused(404, "not_found");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn an_unfinished_page_is_refused_with_every_place() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let unfinished = json!({
        "title": "", "blocks": [{ "type": "divider" }, { "type": "hero", "actions": [{ "label": "", "link": "/a" }] }],
    });
    let id = create(&editor, unfinished).await.id();
    let before = site.database.fingerprint().await;
    let answer = publish_revision(&editor, &id, 1, 1).await.refused(422, "invalid");
    assert_eq!(
        answer.places(),
        [
            ("/title", "required"),
            ("/blocks/1/heading", "required"),
            ("/blocks/1/actions/0/label", "required")
        ]
    );
    assert_eq!(answer.json["errors"][0]["detail"], "To be published, it needs a title.");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn the_parent_must_be_public_first() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let parent = create(&editor, json!({ "slug": "above" })).await;
    let child = create(&editor, json!({ "slug": "below", "parent": parent.id() })).await;
    let before = site.database.fingerprint().await;
    let answer = publish_revision(&editor, &child.id(), 1, 1).await.refused(409, "parent_not_public");
    assert!(answer.detail().contains(&parent.id()), "{}", answer.json);
    assert_eq!(site.database.fingerprint().await, before);
    publish_revision(&editor, &parent.id(), 1, 1).await.expect(200);
    let live = publish_revision(&editor, &child.id(), 1, 1).await.expect(200);
    assert_eq!(live.json["live"]["path"], "/above/below");
    site.stop().await;
}

#[actix_web::test]
async fn a_path_has_one_page() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let first = publish(&editor, json!({ "slug": "spot" })).await;
    let second = create(&editor, json!({ "slug": "spot" })).await;
    let below = publish(&editor, json!({ "slug": "spot", "parent": first.id() })).await;
    assert_eq!(below.json["live"]["path"], "/spot/spot", "only the whole path counts");
    let before = site.database.fingerprint().await;
    let answer = publish_revision(&editor, &second.id(), 1, 1).await.refused(409, "path_taken");
    assert!(answer.detail().contains("Choose another slug"), "{}", answer.json);
    assert_eq!(site.database.fingerprint().await, before);
    assert_eq!(
        site.anonymous().get("/v1/resolve?path=/spot").await.expect(200).json["page"]["id"],
        first.id()
    );
    site.stop().await;
}

#[actix_web::test]
async fn a_chain_of_parents_cannot_lead_back_to_itself() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let top = publish(&editor, json!({ "slug": "top" })).await;
    let middle = publish(&editor, json!({ "slug": "middle", "parent": top.id() })).await;
    let bottom = publish(&editor, json!({ "slug": "bottom", "parent": middle.id() })).await;
    let saved =
        save(&editor, &top.id(), top.version(), json!({ "slug": "top", "parent": bottom.id() })).await;
    let own =
        save(&editor, &bottom.id(), bottom.version(), json!({ "slug": "bottom", "parent": bottom.id() }))
            .await;
    let before = site.database.fingerprint().await;
    for (page, seen) in [(top.id(), saved.version()), (bottom.id(), own.version())] {
        let answer = publish_revision(&editor, &page, seen, 2).await.refused(409, "conflict");
        assert!(answer.detail().contains("leads back to itself"), "{}", answer.json);
        assert_eq!(site.database.fingerprint().await, before);
    }
    let found = site.anonymous().get("/v1/resolve?path=/top/middle/bottom").await.expect(200);
    assert_eq!(found.json["page"]["id"], bottom.id());
    site.stop().await;
}

#[actix_web::test]
async fn paths_have_bounds() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let mut parent = json!(null);
    for level in 0..5 {
        let slug = format!("{level}{}", "s".repeat(199));
        parent = json!(publish(&editor, json!({ "slug": slug, "parent": parent })).await.id());
    }
    let long = create(&editor, json!({ "slug": "x".repeat(19), "parent": parent })).await;
    let fits = create(&editor, json!({ "slug": "x".repeat(18), "parent": parent })).await;
    let before = site.database.fingerprint().await;
    let answer = publish_revision(&editor, &long.id(), 1, 1).await.refused(409, "conflict");
    assert!(answer.detail().contains("1,024 bytes"), "{}", answer.json);
    assert_eq!(site.database.fingerprint().await, before);
    publish_revision(&editor, &fits.id(), 1, 1).await.expect(200);

    let mut parent = json!(null);
    for level in 1..=32 {
        parent = json!(publish(&editor, json!({ "slug": format!("{level}"), "parent": parent })).await.id());
    }
    let deep = create(&editor, json!({ "slug": "33", "parent": parent })).await;
    let before = site.database.fingerprint().await;
    let answer = publish_revision(&editor, &deep.id(), 1, 1).await.refused(409, "conflict");
    assert!(answer.detail().contains("32 levels"), "{}", answer.json);
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}
