//! What Masthead says about itself: the pages that explain problems, health, and the documentation.

use masthead::platform::problem::CODES;
use reqwest::Method;
use serde_json::{Value, json};

use crate::operations::{admin_document, read_document};
use crate::support::{Client, Role, TestSite};

const JSON: [(&str, &str); 1] = [("accept", "application/json")];

#[actix_web::test]
async fn the_type_of_a_refused_answer_leads_to_its_page() {
    let site = TestSite::start().await;
    let (reader, editor) = (site.anonymous(), site.client(Role::Editor).await);
    for refused in [
        reader.get("/v1/pages?x=1").await,
        reader.get("/v1/pages/019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41").await,
        reader.get("/admin/v1/pages").await,
        editor.post("/admin/v1/pages", &json!({})).await,
        editor.send(Method::PATCH, "/admin/v1/pages", &[], None).await,
        reader.send(Method::GET, "/v1/pages", &[("accept", "text/html")], None).await,
    ] {
        let kind = refused.json["type"].as_str().expect("a type").to_owned();
        let page = reader.get(&kind).await.expect(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("cache-control"), "public, max-age=3600");
        let html = String::from_utf8(page.bytes).expect("text");
        for part in ["code", "title"].map(|name| refused.json[name].as_str().expect("text")) {
            assert!(html.contains(part), "{kind} does not say {part}");
        }
        let data = reader.send(Method::GET, &kind, &JSON, None).await.expect(200);
        assert_eq!(data.header("content-type"), "application/json");
        for member in ["type", "code", "title", "status"] {
            assert_eq!(data.json[member], refused.json[member], "{kind}");
        }
        assert!(data.json["explanation"].as_str().expect("text").len() > 40, "{}", data.json);
    }
    site.stop().await;
}

#[actix_web::test]
async fn the_index_lists_every_code_and_each_has_its_page() {
    let site = TestSite::start().await;
    let reader = site.anonymous();
    let index = reader.get("/problems").await.expect(200);
    let html = String::from_utf8(index.bytes).expect("text");
    let data = reader.send(Method::GET, "/problems", &JSON, None).await.expect(200);
    let listed = data.json["data"].as_array().expect("a list");
    assert_eq!(listed.len(), CODES.len());
    for (row, entry) in CODES.iter().zip(listed) {
        let address = format!("/problems/{}", row.slug);
        assert!(html.contains(&format!("href=\"{address}\"")), "{address}");
        let page = reader.send(Method::GET, &address, &JSON, None).await.expect(200);
        assert_eq!(page.json, *entry);
        assert_eq!(entry["type"], address);
        assert_eq!(entry["status"], row.status);
    }
    let unknown = reader.get("/problems/no_such_code").await.refused(404, "not_found");
    assert!(unknown.detail().contains("/problems"), "{}", unknown.json);
    site.stop().await;
}

#[actix_web::test]
async fn health_says_no_more_than_that() {
    let site = TestSite::start().await;
    for (path, status) in [("/healthz", "alive"), ("/readyz", "ready")] {
        let answer = site.anonymous().get(path).await.expect(200);
        assert_eq!(answer.json, json!({ "status": status }));
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    site.app.store.close();
    site.anonymous().get("/healthz").await.expect(200);
    let away = site.anonymous().get("/readyz").await.refused(503, "unavailable");
    assert!(away.headers.contains_key("retry-after"));
    assert!(away.json.get("detail").is_none(), "nothing of the inside: {}", away.json);
    site.stop().await;
}

async fn document(client: &Client, path: &str) -> Value {
    let answer = client.get(path).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "public, max-age=300");
    answer.json
}

#[actix_web::test]
async fn the_documents_are_the_committed_ones() {
    let site = TestSite::start().await;
    let reader = site.anonymous();
    for (path, committed, made) in [
        ("/openapi.json", include_str!("../../openapi/read.json"), read_document()),
        ("/admin/openapi.json", include_str!("../../openapi/admin.json"), admin_document()),
    ] {
        let served = document(&reader, path).await;
        let committed: Value = serde_json::from_str(committed).expect("JSON");
        assert!(
            served == committed,
            "{path} differs from the committed file: run `masthead openapi` and commit the result"
        );
        assert!(served == made, "{path} is not what the routes describe");
        assert_eq!(served["openapi"].as_str().expect("text").split_once('.').expect("a version").0, "3");
    }
    site.stop().await;
}

#[actix_web::test]
async fn the_documentation_pages_work_without_the_internet() {
    let site = TestSite::start().await;
    let reader = site.anonymous();
    for (page, document) in [("/docs", "/openapi.json"), ("/admin/docs", "/admin/openapi.json")] {
        let answer = reader.get(page).await.expect(200);
        assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        let policy = answer.header("content-security-policy").to_owned();
        assert!(policy.contains("default-src 'self'") && !policy.contains("script-src 'unsafe"), "{policy}");
        let html = String::from_utf8(answer.bytes).expect("text");
        assert!(!html.contains("http://") && !html.contains("https://"), "nothing from elsewhere: {html}");
        assert!(!html.contains("<script>") && !html.contains(" style="), "nothing inline: {html}");
        let assets: Vec<&str> =
            html.split(['"']).filter(|part| part.starts_with(&format!("{page}/"))).collect();
        assert!(assets.len() >= 5, "{html}");
        for asset in assets {
            let file = reader.get(asset).await.expect(200);
            let expected = match asset.rsplit('.').next() {
                Some("js") => "javascript",
                Some("css") => "text/css",
                _ => "image/png",
            };
            assert!(
                file.header("content-type").contains(expected),
                "{asset}: {}",
                file.header("content-type")
            );
            assert!(!file.bytes.is_empty(), "{asset}");
            if asset.ends_with("initializer.js") {
                let script = String::from_utf8(file.bytes).expect("text");
                assert!(script.contains(&format!("\"{document}\"")), "{script}");
            }
        }
        reader.get(&format!("{page}/../etc/passwd")).await.expect(404);
        reader.get(&format!("{page}/no-such.js")).await.refused(404, "not_found");
    }
    site.stop().await;
}
