//! The life of a page through the admin API, and how the read API sees it.

use serde_json::json;

use crate::support::builders::{create, page, publish_revision};
use crate::support::{Role, TestSite};

#[actix_web::test]
async fn a_page_is_written_published_read_and_withdrawn() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let reader = site.anonymous();

    let created = create(&editor, json!({ "title": "About us", "slug": "about" })).await;
    let id = created.id();
    assert_eq!(created.header("location"), format!("/admin/v1/pages/{id}"));
    assert_eq!(created.json["live"], json!(null));
    reader.get(&format!("/v1/pages/{id}")).await.refused(404, "not_found");

    let published = publish_revision(&editor, &id, created.version(), 1).await.expect(200);
    assert_eq!(published.json["live"]["path"], "/about");
    let public = reader.get("/v1/resolve?path=/about&text=html,text").await.expect(200);
    assert_eq!(public.json["page"]["blocks"][0]["text"]["text"], "We teach together.");
    assert_eq!(public.json["page"]["title"], "About us");

    let saved = editor
        .put_at(
            &format!("/admin/v1/pages/{id}"),
            published.version(),
            &page(json!({ "title": "Renamed", "slug": "about" })),
        )
        .await
        .expect(200);
    assert_eq!(saved.json["revision"]["number"], 2);
    assert_eq!(reader.get(&format!("/v1/pages/{id}")).await.expect(200).json["title"], "About us");

    let withdrawn = editor
        .post_at(&format!("/admin/v1/documents/{id}/unpublish"), saved.version(), None)
        .await
        .expect(200);
    assert_eq!(withdrawn.json["live"], json!(null));
    reader.get("/v1/resolve?path=/about").await.refused(404, "not_found");
    site.stop().await;
}
