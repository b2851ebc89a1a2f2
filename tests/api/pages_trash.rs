//! `DELETE /admin/v1/pages/{id}`: what is public ends, nothing is lost, and nothing is left hanging in the air.

use serde_json::json;

use crate::support::builders::{create, page, publish, publish_revision, trash, unpublish};
use crate::support::{Role, TestSite};

#[actix_web::test]
async fn trash_ends_what_is_public_and_keeps_the_content() {
    let site = TestSite::start().await;
    let user = site.user(Role::Editor).await;
    let editor = site.client_of(user, &[]).await;
    let published = publish(&editor, json!({ "title": "Old news", "slug": "old" })).await;
    let id = published.id();
    let answer = trash(&editor, &id, published.version()).await.expect(204);
    assert!(answer.bytes.is_empty());

    let reader = site.anonymous();
    reader.get(&format!("/v1/pages/{id}")).await.refused(404, "not_found");
    reader.get("/v1/resolve?path=/old").await.refused(404, "not_found");
    assert_eq!(reader.get("/v1/pages").await.expect(200).json["data"], json!([]));
    let kept = editor.get(&format!("/admin/v1/pages/{id}")).await.expect(200);
    assert_eq!(kept.json["live"], json!(null));
    assert_eq!(kept.json["title"], "Old news");
    assert_eq!(kept.json["version"], published.version() + 1);
    assert!(kept.json["trashed_at"].is_string(), "{}", kept.json);
    let by = site.database.texts("select trashed_by::text as value from entries").await;
    assert_eq!(by, [user.to_string()]);
    site.stop().await;
}

#[actix_web::test]
async fn what_lies_in_the_trash_cannot_be_trashed_or_published() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({})).await.id();
    trash(&editor, &id, 1).await.expect(204);
    let before = site.database.fingerprint().await;
    trash(&editor, &id, 2).await.refused(409, "trashed");
    publish_revision(&editor, &id, 2, 1).await.refused(409, "trashed");
    unpublish(&editor, &id, 2).await.refused(409, "not_live");
    trash(&editor, &id, 1).await.refused(412, "stale");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_parent_of_public_pages_stays_and_they_are_named() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let parent = publish(&editor, json!({ "slug": "parent" })).await;
    let child = publish(&editor, json!({ "slug": "child", "parent": parent.id() })).await;
    let grandchild = publish(&editor, json!({ "slug": "grandchild", "parent": child.id() })).await;
    let draft = create(&editor, json!({ "slug": "draft", "parent": parent.id() })).await;
    let before = site.database.fingerprint().await;
    let refused = trash(&editor, &parent.id(), parent.version()).await.refused(409, "has_public_descendants");
    assert!(refused.detail().starts_with("1 public or planned page(s)"), "{}", refused.json);
    assert_eq!(refused.json["entries"], json!([child.id()]), "what goes along with the child need not move");
    assert_eq!(site.database.fingerprint().await, before);

    trash(&editor, &grandchild.id(), grandchild.version()).await.expect(204);
    let child_now = unpublish(&editor, &child.id(), child.version()).await.expect(200);
    let before = site.database.fingerprint().await;
    let refused = trash(&editor, &parent.id(), parent.version()).await.refused(409, "in_use");
    let mut named: Vec<String> = serde_json::from_value(refused.json["entries"].clone()).expect("ids");
    named.sort();
    assert_eq!(named, [child.id(), draft.id()], "drafts hang below too");
    assert_eq!(site.database.fingerprint().await, before);
    trash(&editor, &child.id(), child_now.version()).await.expect(204);
    trash(&editor, &draft.id(), 1).await.expect(204);
    trash(&editor, &parent.id(), parent.version()).await.expect(204);
    assert_eq!(site.anonymous().get("/v1/pages").await.expect(200).json["data"], json!([]));
    site.stop().await;
}

#[actix_web::test]
async fn a_precondition_is_needed() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = publish(&editor, json!({ "slug": "kept" })).await.id();
    let before = site.database.fingerprint().await;
    let path = format!("/admin/v1/pages/{id}");
    let without = editor.send(reqwest::Method::DELETE, &path, &[], None).await;
    without.refused(428, "precondition_required");
    let any = editor.send(reqwest::Method::DELETE, &path, &[("if-match", "*")], None).await;
    any.refused(400, "invalid_precondition");
    trash(&editor, &id, 1).await.refused(412, "stale");
    trash(&editor, "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", 1).await.refused(404, "not_found");
    assert_eq!(site.database.fingerprint().await, before);
    site.anonymous().get("/v1/resolve?path=/kept").await.expect(200);
    site.stop().await;
}

#[actix_web::test]
async fn the_path_is_free_for_another_page() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let first = publish(&editor, json!({ "title": "First", "slug": "spot" })).await;
    trash(&editor, &first.id(), first.version()).await.expect(204);
    let second = publish(&editor, json!({ "title": "Second", "slug": "spot" })).await;
    let found = site.anonymous().get("/v1/resolve?path=/spot").await.expect(200);
    assert_eq!(found.json["page"]["id"], second.id());
    assert_eq!(found.json["page"]["previous_paths"], json!([]));
    site.stop().await;
}

#[actix_web::test]
async fn a_draft_below_a_withdrawn_page_waits_for_another_parent() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let parent = publish(&editor, json!({ "slug": "parent" })).await;
    let child = create(&editor, json!({ "slug": "child", "parent": parent.id() })).await;
    unpublish(&editor, &parent.id(), parent.version()).await.expect(200);
    let before = site.database.fingerprint().await;
    let refused = publish_revision(&editor, &child.id(), 1, 1).await.refused(409, "parent_not_public");
    assert_eq!(refused.json["entries"], json!([parent.id()]));
    assert_eq!(site.database.fingerprint().await, before);
    let path = format!("/admin/v1/pages/{}", child.id());
    let moved = editor.put_at(&path, 1, &page(json!({ "slug": "child" }))).await.expect(200);
    let live = publish_revision(&editor, &child.id(), moved.version(), 2).await.expect(200);
    assert_eq!(live.json["live"]["path"], "/child");
    site.stop().await;
}
