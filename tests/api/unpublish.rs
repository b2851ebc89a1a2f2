//! `POST /admin/v1/documents/{id}/unpublish`: what is public ends at once; what hangs below keeps it.

use serde_json::json;

use crate::support::builders::{create, publish, publish_revision, unpublish};
use crate::support::{Answer, Role, TestSite};

#[actix_web::test]
async fn what_is_public_ends_and_can_begin_again() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let reader = site.anonymous();
    let live = publish(&editor, json!({ "slug": "tide" })).await;
    let ended = unpublish(&editor, &live.id(), live.version()).await.expect(200);
    assert_eq!(ended.json["live"], json!(null));
    assert_eq!(ended.json["trashed_at"], json!(null));
    assert_eq!(ended.header("etag"), "\"v3\"");
    reader.get(&format!("/v1/pages/{}", live.id())).await.refused(404, "not_found");
    reader.get("/v1/resolve?path=/tide").await.refused(404, "not_found");
    assert_eq!(reader.get("/v1/pages").await.expect(200).json["data"], json!([]));

    publish_revision(&editor, &live.id(), ended.version(), 1).await.expect(200);
    let back = reader.get("/v1/resolve?path=/tide").await.expect(200);
    assert_eq!(back.json["page"]["id"], live.id());
    assert_eq!(back.json["page"]["previous_paths"], json!([]), "its own path is no former one");
    site.stop().await;
}

#[actix_web::test]
async fn what_is_not_public_cannot_end() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let draft = create(&editor, json!({})).await;
    let live = publish(&editor, json!({ "slug": "once" })).await;
    unpublish(&editor, &live.id(), live.version()).await.expect(200);
    let before = site.database.fingerprint().await;
    unpublish(&editor, &draft.id(), 1).await.refused(409, "not_live");
    unpublish(&editor, &live.id(), 3).await.refused(409, "not_live");
    unpublish(&editor, &live.id(), 2).await.refused(412, "stale");
    unpublish(&editor, "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", 1).await.refused(404, "not_found");
    let path = format!("/admin/v1/documents/{}/unpublish", draft.id());
    let without = editor.send(reqwest::Method::POST, &path, &[], None).await;
    without.refused(428, "precondition_required");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_parent_of_public_pages_stays_and_they_are_named() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let parent = publish(&editor, json!({ "slug": "parent" })).await;
    let mut children = Vec::new();
    for n in 0..12 {
        children.push(publish(&editor, json!({ "slug": format!("c{n}"), "parent": parent.id() })).await);
    }
    let before = site.database.fingerprint().await;
    let refused =
        unpublish(&editor, &parent.id(), parent.version()).await.refused(409, "has_public_descendants");
    assert!(refused.detail().starts_with("12 public or planned page(s)"), "{}", refused.json);
    let named: Vec<String> = children.iter().map(Answer::id).collect();
    assert_eq!(refused.json["entries"], json!(named), "all of them are named");
    assert_eq!(site.database.fingerprint().await, before);
    site.anonymous().get("/v1/resolve?path=/parent/c0").await.expect(200);
    for child in children {
        unpublish(&editor, &child.id(), child.version()).await.expect(200);
    }
    unpublish(&editor, &parent.id(), parent.version()).await.expect(200);
    site.stop().await;
}
