//! What HTTP asks of every answer: methods, conditions, caches, other origins, and parameters that nobody knows.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use crate::operations::{IN_A_SESSION, admin_document, operations, read_document};
use crate::requests::{Cast, case};
use crate::support::builders::{publish, republish};
use crate::support::{Answer, Role, TestSite};

/// The headers that do not depend on when and as which request an answer was made.
fn lasting(answer: &Answer) -> BTreeSet<String> {
    let headers = answer.headers.iter().filter(|(name, _)| *name != "date" && *name != "x-request-id");
    // For how many seconds shared caches keep an answer differs from one to the next.
    let lasting = |value: &str| value.split(", s-maxage=").next().unwrap_or_default().to_owned();
    headers.map(|(name, value)| format!("{name}: {}", lasting(value.to_str().expect("text")))).collect()
}

#[actix_web::test]
async fn an_unchanged_answer_is_not_sent_again() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let page = publish(&editor, json!({ "slug": "kept" })).await;
    let reader = site.anonymous();
    let one = format!("/v1/pages/{}", page.id());
    let paths = ["/v1/pages".to_owned(), one, "/v1/resolve?path=/kept".to_owned()];
    let mut tags = Vec::new();
    for path in &paths {
        let full = reader.get(path).await.expect(200);
        let tag = full.header("etag").to_owned();
        assert!(tag.starts_with('"') && tag.len() == 34, "a strong tag over the bytes: {tag}");
        let control = full.header("cache-control");
        assert!(control.starts_with("public, max-age=0, s-maxage="), "{control}");
        assert_eq!(full.header("vary"), "Accept-Encoding, Authorization, Masthead-Preview");
        for condition in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let again =
                reader.send(Method::GET, path, &[("if-none-match", &condition)], None).await.expect(304);
            assert!(again.bytes.is_empty(), "{path} {condition}");
            assert!(again.header("cache-control").starts_with("public, max-age=0, s-maxage="), "{again:?}");
            for name in ["etag", "vary"] {
                assert_eq!(again.header(name), full.header(name), "{path} {name}");
            }
        }
        let head = reader.send(Method::HEAD, path, &[("if-none-match", &tag)], None).await.expect(304);
        assert!(head.bytes.is_empty());
        reader.send(Method::GET, path, &[("if-none-match", "\"other\"")], None).await.expect(200);
        tags.push(tag);
    }
    republish(&editor, &page.id(), page.version(), json!({ "slug": "kept", "title": "Changed" })).await;
    for (path, tag) in paths.iter().zip(tags) {
        let changed = reader.send(Method::GET, path, &[("if-none-match", &tag)], None).await.expect(200);
        assert_ne!(changed.header("etag"), tag, "{path}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn errors_and_the_admin_api_are_never_kept() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let page = publish(&editor, json!({})).await;
    let reader = site.anonymous();
    for answer in [
        reader.get("/v1/pages/019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41").await.expect(404),
        reader.get("/v1/pages?x=1").await.expect(400),
        reader.get("/nothing").await.expect(404),
        reader.get("/admin/v1/pages").await.expect(401),
        reader.send(Method::POST, "/v1/pages", &[], Some(&json!({}))).await.expect(405),
        editor.get("/admin/v1/pages").await.expect(200),
        editor.get(&format!("/admin/v1/pages/{}", page.id())).await.expect(200),
        reader.get("/healthz").await.expect(200),
    ] {
        assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
        assert!(!answer.headers.contains_key("vary"), "{answer:?}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let page = publish(&editor, json!({ "slug": "heads" })).await;
    for path in [
        "/v1/pages".to_owned(),
        "/v1/pages?limit=1&sort=title".to_owned(),
        format!("/v1/pages/{}", page.id()),
        "/v1/resolve?path=/heads".to_owned(),
        "/v1/resolve?path=/nowhere".to_owned(),
        "/v1/pages?x=1".to_owned(),
        format!("/admin/v1/pages/{}", page.id()),
        "/admin/v1/pages".to_owned(),
        "/openapi.json".to_owned(),
        "/problems".to_owned(),
        "/healthz".to_owned(),
    ] {
        let get = editor.get(&path).await;
        let head = editor.send(Method::HEAD, &path, &[], None).await;
        assert_eq!(head.status, get.status, "{path}");
        assert!(head.bytes.is_empty(), "{path}");
        assert_eq!(lasting(&head), lasting(&get), "{path}");
        assert_eq!(head.header("content-length"), get.bytes.len().to_string(), "{path}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn every_path_answers_options_and_refuses_other_methods_by_name() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let before = site.database.fingerprint().await;
    for document in [read_document(), admin_document()] {
        let all = operations(&document);
        let templates: BTreeSet<_> = all.iter().map(|operation| operation.template.clone()).collect();
        for template in templates {
            let here: Vec<_> = all.iter().filter(|operation| operation.template == template).collect();
            let path = here[0].any_path();
            let mut allowed: BTreeSet<String> =
                here.iter().map(|operation| operation.method.to_string()).collect();
            if allowed.contains("GET") {
                allowed.insert("HEAD".to_owned());
            }
            allowed.insert("OPTIONS".to_owned());
            let listed = |answer: &Answer| -> BTreeSet<String> {
                answer.header("allow").split(", ").map(str::to_owned).collect()
            };
            let options = admin.send(Method::OPTIONS, &path, &[], None).await.expect(204);
            assert_eq!(listed(&options), allowed, "{path}");
            assert!(options.bytes.is_empty());
            for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "QUERY"] {
                if allowed.contains(method) {
                    continue;
                }
                let wrong = Method::from_bytes(method.as_bytes()).expect("a method");
                let answer = admin.send(wrong, &path, &[("if-match", "\"v1\"")], None).await.expect(405);
                assert_eq!(listed(&answer), allowed, "{method} {path}");
                if method != "HEAD" {
                    let answer = answer.refused(405, "method_not_allowed");
                    assert!(answer.detail().contains(method), "{}", answer.json);
                }
            }
        }
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn the_read_api_is_open_to_other_origins_and_the_admin_api_is_not() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let origin = [("origin", "https://elsewhere.example")];
    for path in ["/v1/pages", "/v1/pages?x=1", "/v1/resolve?path=/nowhere", "/openapi.json", "/problems"] {
        let answer = editor.send(Method::GET, path, &origin, None).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert!(answer.header("access-control-expose-headers").contains("ETag"), "{path}");
        assert!(!answer.headers.contains_key("access-control-allow-credentials"), "{path}");
        assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin", "{path}");
    }
    let preflight = [
        origin[0],
        ("access-control-request-method", "GET"),
        ("access-control-request-headers", "if-none-match"),
    ];
    let answer = editor.send(Method::OPTIONS, "/v1/pages", &preflight, None).await.expect(204);
    assert_eq!(answer.header("access-control-allow-methods"), "GET, HEAD, OPTIONS");
    assert!(!answer.header("access-control-allow-headers").to_lowercase().contains("authorization"));
    for (method, path) in [
        (Method::GET, "/admin/v1/pages"),
        (Method::OPTIONS, "/admin/v1/pages"),
        (Method::GET, "/admin/v1/nothing"),
        (Method::GET, "/admin/openapi.json"),
        (Method::GET, "/healthz"),
    ] {
        for client in [&editor, &site.anonymous()] {
            let answer = client.send(method.clone(), path, &preflight, None).await;
            let cors = answer.headers.keys().filter(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(cors.count(), 0, "{method} {path}: {answer:?}");
            assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin", "{path}");
        }
    }
    site.stop().await;
}

#[actix_web::test]
async fn every_answer_has_its_id_and_the_headers_for_browsers() {
    let site = TestSite::start().await;
    let reader = site.anonymous();
    for path in ["/v1/pages", "/v1/nothing", "/admin/v1/pages", "/healthz", "/docs", "/problems/stale", "/"] {
        let answer = reader.send(Method::GET, path, &[("x-request-id", "test.run-17")], None).await;
        assert_eq!(answer.header("x-request-id"), "test.run-17", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
        assert!(answer.header("content-security-policy").contains("frame-ancestors 'none'"), "{path}");
        assert!(!answer.headers.contains_key("server"), "{path}");
        if answer.status >= 400 {
            assert_eq!(answer.json["instance"], "test.run-17", "{path}");
        }
        for bad in ["a b", "x\"y", &"i".repeat(65)] {
            let answer = reader.send(Method::GET, path, &[("x-request-id", bad)], None).await;
            let id = answer.header("x-request-id");
            assert!(uuid::Uuid::parse_str(id).is_ok(), "{path}: {bad} became {id}");
        }
    }
    site.stop().await;
}

#[actix_web::test]
async fn no_operation_takes_a_parameter_that_it_does_not_know() {
    let site = TestSite::start().await;
    let user = site.user(Role::Admin).await;
    let (admin, browser) = (site.client_of(user, &[]).await, site.browser(user).await);
    let mut lenient = Vec::new();
    for document in [read_document(), admin_document()] {
        for operation in operations(&document) {
            let cast = Cast { site: &site, owner: &admin, admin: &admin, caller: Some(user) };
            let mut case = case(&operation, &format!("Strict {}", operation.id), &cast).await;
            let joint = if case.path.contains('?') { '&' } else { '?' };
            case.path = format!("{}{joint}no_such_parameter=1", case.path);
            let client = if IN_A_SESSION.contains(&operation.id.as_str()) { &browser } else { &admin };
            let before = site.database.fingerprint().await;
            let answer = case.send(&operation.method, client).await;
            if answer.status != 400 || answer.json["code"] != "unknown_parameter" {
                lenient.push(format!("{}: {} {}", case.path, answer.status, answer.json["code"]));
            }
            assert_eq!(site.database.fingerprint().await, before, "{}", operation.id);
        }
    }
    assert!(lenient.is_empty(), "{lenient:#?}");
    site.stop().await;
}
