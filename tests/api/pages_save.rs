//! `PUT /admin/v1/pages/{id}` and `GET` of it: strict preconditions, revisions that only grow, and no change for nothing.

use reqwest::Method;
use serde_json::json;

use crate::support::builders::{create, page, publish, publish_revision, save, trash, unmerged};
use crate::support::{Role, TestSite};

#[actix_web::test]
async fn a_save_appends_a_revision_and_replaces_the_whole_body() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let created =
        create(&editor, json!({ "summary": "Soon gone.", "tags": ["a"], "slug": "s", "position": "k" }))
            .await;
    let id = created.id();
    let request = json!({ "body": { "title": "Anew", "slug": "s" }, "note": "Shorter." });
    let saved = editor.put_at(&format!("/admin/v1/pages/{id}"), 1, &request).await.expect(200);
    assert_eq!(saved.header("etag"), "\"v2\"");
    assert_eq!(saved.json["version"], 2);
    assert_eq!(saved.json["title"], "Anew");
    assert_eq!(saved.json["body"], json!({ "title": "Anew", "slug": "s", "position": "V", "blocks": [] }));
    assert_eq!(saved.json["revision"]["number"], 2);
    assert_eq!(saved.json["revision"]["origin"], "edit");
    assert_eq!(saved.json["revision"]["note"], "Shorter.");
    assert_eq!(editor.get(&format!("/admin/v1/pages/{id}")).await.expect(200).json, unmerged(&saved));
    let kept = site
        .database
        .texts("select number || ' ' || (body->>'title') as value from revisions order by number")
        .await;
    assert_eq!(kept, ["1 The Lantern Alliance", "2 Anew"], "the first revision stays as it was");
    site.stop().await;
}

#[actix_web::test]
async fn a_save_leaves_what_is_public_alone() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let published = publish(&editor, json!({ "title": "Public", "slug": "public" })).await;
    let id = published.id();
    let read = || async { site.anonymous().get(&format!("/v1/pages/{id}")).await.expect(200).bytes };
    let before = read().await;
    let saved =
        save(&editor, &id, published.version(), json!({ "title": "Next", "slug": "next", "blocks": [] }))
            .await;
    assert_eq!(saved.json["live"], published.json["live"]);
    assert_eq!(saved.json["revision"]["number"], 2);
    assert_eq!(read().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn an_identical_body_makes_no_revision_and_no_version() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let created = create(&editor, json!({ "title": "Same", "slug": "same", "tags": ["a", "b"] })).await;
    let (id, made) = (created.id(), created.json["body"]["blocks"][0]["id"].clone());
    let before = site.database.fingerprint().await;
    for body in [
        created.json["body"].clone(),
        // The same content written otherwise.
        json!({
            "blocks": [{ "markdown": "We teach *together*.", "type": "rich_text", "id": made }], "summary": null,
            "tags": [" a", "b "], "title": " Same ", "slug": "same", "seo": {}, "position": created.json["body"]["position"], "parent": null,
        }),
    ] {
        let again = editor
            .put_at(&format!("/admin/v1/pages/{id}"), 1, &json!({ "body": body, "note": "Again." }))
            .await;
        let again = again.expect(200);
        assert_eq!(again.header("etag"), "\"v1\"");
        assert_eq!(unmerged(&again), created.json);
        assert_eq!(site.database.fingerprint().await, before);
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_save_must_say_what_it_is_based_on() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let created = create(&editor, json!({})).await;
    let path = format!("/admin/v1/pages/{}", created.id());
    let body = page(json!({ "title": "Changed" }));
    let before = site.database.fingerprint().await;
    let put = |headers: Vec<(&'static str, &'static str)>| {
        let (editor, path, body) = (editor.clone(), path.clone(), body.clone());
        async move { editor.send(Method::PUT, &path, &headers, Some(&body)).await }
    };
    let missing = put(vec![]).await.refused(428, "precondition_required");
    assert!(missing.detail().contains("If-Match") && missing.detail().contains("`base`"), "{}", missing.json);
    for tag in ["*", "W/\"v1\"", "\"v1\", \"v2\"", "v1", "\"1\"", "\"v01\"", "\"v-1\"", "\"\"", ""] {
        let answer = put(vec![("if-match", tag)]).await.refused(400, "invalid_precondition");
        assert!(answer.detail().contains("\"v3\""), "{tag}: {}", answer.json);
    }
    put(vec![("if-match", "\"v1\""), ("if-match", "\"v1\"")]).await.refused(400, "invalid_precondition");
    let stale = put(vec![("if-match", "\"v2\"")]).await.refused(412, "stale");
    assert!(stale.detail().contains("at version 1, you sent \"v2\""), "{}", stale.json);
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn whoever_is_late_is_refused_whatever_happened_since() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let created = create(&editor, json!({ "slug": "busy" })).await;
    let id = created.id();
    let saved = save(&editor, &id, 1, json!({ "title": "Faster", "slug": "busy" })).await;
    let published = publish_revision(&editor, &id, saved.version(), 2).await.expect(200);
    assert_eq!((saved.version(), published.version()), (2, 3));
    let before = site.database.fingerprint().await;
    for seen in [1, 2] {
        let answer =
            editor.put_at(&format!("/admin/v1/pages/{id}"), seen, &page(json!({ "title": "Slower" }))).await;
        let answer = answer.refused(412, "stale");
        assert!(answer.detail().contains("at version 3"), "{}", answer.json);
    }
    assert_eq!(site.database.fingerprint().await, before);
    assert_eq!(editor.get(&format!("/admin/v1/pages/{id}")).await.expect(200).json["title"], "Faster");
    site.stop().await;
}

#[actix_web::test]
async fn a_bad_body_is_refused_with_its_place_and_nothing_changes() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let created = create(&editor, json!({})).await;
    let path = format!("/admin/v1/pages/{}", created.id());
    let before = site.database.fingerprint().await;
    let answer = editor.put_at(&path, 1, &json!({ "body": { "title": "x", "tags": ["a", "a"] } })).await;
    assert_eq!(answer.refused(422, "invalid").places(), [("/body/tags/1", "duplicate")]);
    let answer = editor.put_at(&path, 1, &json!({ "body": { "title": "x" }, "basis": 1 })).await;
    assert_eq!(answer.refused(422, "invalid").places(), [("/basis", "unknown")]);
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn what_is_not_there_is_404_and_what_lies_in_the_trash_is_409() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let created = create(&editor, json!({})).await;
    trash(&editor, &created.id(), 1).await.expect(204);
    let before = site.database.fingerprint().await;
    let body = page(json!({}));
    let unknown = "/admin/v1/pages/019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";
    editor.put_at(unknown, 1, &body).await.refused(404, "not_found");
    editor.get(unknown).await.refused(404, "not_found");
    let path = format!("/admin/v1/pages/{}", created.id());
    let trashed = editor.put_at(&path, 2, &body).await.refused(409, "trashed");
    assert!(trashed.detail().contains("Restore it"), "{}", trashed.json);
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_malformed_id_is_400_and_named() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let body = page(json!({}));
    for id in ["seven", "019a3e5c", "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a4g", "%20"] {
        let path = format!("/admin/v1/pages/{id}");
        for answer in [
            editor.get(&path).await,
            editor.put_at(&path, 1, &body).await,
            editor.delete_at(&path, 1).await,
            editor
                .post_at(&format!("/admin/v1/documents/{id}/publish"), 1, Some(&json!({ "revision": 1 })))
                .await,
            editor.post_at(&format!("/admin/v1/documents/{id}/unpublish"), 1, None).await,
        ] {
            let answer = answer.refused(400, "invalid_parameter");
            assert_eq!(answer.places(), [("/path/id", "invalid")], "{id}");
        }
    }
    site.stop().await;
}
