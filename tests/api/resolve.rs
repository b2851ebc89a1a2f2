//! `GET /v1/resolve`: from the path that a visitor asked for to the page or redirect that answers it.

use serde_json::json;

use crate::support::builders::{create, publish, republish, unpublish};
use crate::support::{Role, TestSite};

#[actix_web::test]
async fn a_path_leads_to_its_page() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let page = publish(&editor, json!({ "title": "Café", "slug": "café" })).await;
    let reader = site.anonymous();
    let whole = reader.get(&format!("/v1/pages/{}?text=text", page.id())).await.expect(200);
    for path in ["/caf%C3%A9", "%2Fcaf%C3%A9", "/caf%25C3%25A9", "/cafe%CC%81"] {
        let found = reader.get(&format!("/v1/resolve?path={path}&text=text")).await.expect(200);
        if path == "/cafe%CC%81" {
            assert_eq!(
                found.json,
                json!({ "match": "redirect", "to": "/café", "status": 301 }),
                "not composed"
            );
        } else {
            assert_eq!(found.json, json!({ "match": "page", "page": whole.json }), "{path}");
        }
    }
    site.stop().await;
}

#[actix_web::test]
async fn another_spelling_is_sent_to_the_normal_one() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let parent = publish(&editor, json!({ "slug": "about" })).await;
    publish(&editor, json!({ "slug": "us", "parent": parent.id() })).await;
    let reader = site.anonymous();
    let redirect = json!({ "match": "redirect", "to": "/about/us", "status": 301 });
    for path in ["/ABOUT/us", "/about/us/", "//about//us", "about/us", "/About/Us//", "/about/%2575s"] {
        let found = reader.get(&format!("/v1/resolve?path={path}")).await.expect(200);
        if path == "/about/%2575s" {
            assert_eq!(found.json["match"], "page", "percent-encoding alone is no other spelling");
        } else {
            assert_eq!(found.json, redirect, "{path}");
        }
    }
    for path in ["/ABOUT/them", "/nothing/", "/about/us/here"] {
        reader.get(&format!("/v1/resolve?path={path}")).await.refused(404, "not_found");
    }
    site.stop().await;
}

#[actix_web::test]
async fn another_spelling_of_a_former_path_takes_one_step() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let page = publish(&editor, json!({ "slug": "old" })).await;
    republish(&editor, &page.id(), page.version(), json!({ "slug": "new" })).await;
    let found = site.anonymous().get("/v1/resolve?path=/OLD/").await.expect(200);
    assert_eq!(found.json, json!({ "match": "redirect", "to": "/new", "status": 301 }));
    site.stop().await;
}

#[actix_web::test]
async fn what_is_not_public_leads_nowhere() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    create(&editor, json!({ "slug": "draft" })).await;
    let page = publish(&editor, json!({ "slug": "first" })).await;
    let moved = republish(&editor, &page.id(), page.version(), json!({ "slug": "second" })).await;
    unpublish(&editor, &page.id(), moved.version()).await.expect(200);
    let reader = site.anonymous();
    let mut bodies = Vec::new();
    for path in ["/nowhere", "/draft", "/first", "/second", "/"] {
        let mut body = reader.get(&format!("/v1/resolve?path={path}")).await.refused(404, "not_found").json;
        body["instance"].take();
        bodies.push(body);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "hidden and unknown look alike: {bodies:#?}");
    site.stop().await;
}

#[actix_web::test]
async fn what_can_be_no_path_is_400() {
    let site = TestSite::start().await;
    let reader = site.anonymous();
    let long = format!("/{}", "x".repeat(1024));
    let deep = "/a".repeat(33);
    for (path, part) in [
        ("/a?b=1", "query and fragment"),
        ("/a%23b", "query and fragment"),
        ("/a/../b", "as a segment"),
        ("/a/%252e%252e/b", "as a segment"),
        ("/a%255cb", "cannot contain"),
        ("/a%252fb", "cannot contain"),
        ("/%25ff", "percent-encoded UTF-8"),
        ("/%252", "percent-encoded UTF-8"),
        (long.as_str(), "1024 bytes"),
        (deep.as_str(), "32 levels"),
    ] {
        let answer = reader.get(&format!("/v1/resolve?path={path}")).await.refused(400, "invalid_parameter");
        assert_eq!(answer.places(), [("/query/path", "invalid")], "{path}");
        assert!(answer.detail().contains(part), "{path}: {}", answer.json);
    }
    reader.get("/v1/resolve?path=").await.refused(400, "invalid_parameter");
    let missing = reader.get("/v1/resolve").await.refused(400, "invalid_parameter");
    assert_eq!(missing.places(), [("/query/path", "required")]);
    let unknown = reader.get("/v1/resolve?path=/a&pth=/b").await.refused(400, "unknown_parameter");
    assert!(
        unknown.detail().ends_with("It takes `path`, `text`, `include`, `locale`, `as_of`, `fields`."),
        "{}",
        unknown.json
    );
    reader.get("/v1/resolve?path=/a&path=/b").await.refused(400, "repeated_parameter");
    reader.get("/v1/resolve?path=/a&text=pdf").await.refused(400, "invalid_parameter");
    reader.get("/v1/resolve?path=/a%00").await.refused(422, "invalid");
    site.stop().await;
}
