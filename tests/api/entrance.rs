//! The page on which a one-time link is used: what browsers are told about it. How it looks is for people to see.

use serde_json::Value;

use crate::support::{Answer, TestSite};

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                   form-action 'none'; frame-ancestors 'none'";

fn text(answer: &Answer) -> &str {
    std::str::from_utf8(&answer.bytes).expect("UTF-8")
}

#[actix_web::test]
async fn the_page_and_its_files_are_kept_by_nobody_and_load_only_each_other() {
    let site = TestSite::start().await;
    for (path, content_type) in [
        ("/admin/enter", "text/html; charset=utf-8"),
        ("/admin/enter/enter.css", "text/css; charset=utf-8"),
        ("/admin/enter/enter.js", "text/javascript; charset=utf-8"),
    ] {
        let answer = site.anonymous().get(path).await.expect(200);
        for (name, value) in [
            ("content-type", content_type),
            ("content-security-policy", CSP),
            ("cache-control", "no-store"),
            ("referrer-policy", "no-referrer"),
            ("x-content-type-options", "nosniff"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path} {name}");
        }
        assert!(!answer.headers.contains_key("set-cookie"));
    }
}

#[actix_web::test]
async fn the_page_runs_no_inline_script_and_sends_nothing_by_itself() {
    let site = TestSite::start().await;
    let answer = site.anonymous().get("/admin/enter").await.expect(200);
    let html = text(&answer);
    for wrong in
        ["<style", "style=", "onclick", "onsubmit", "onload", "javascript:", "http://", "https://", "action="]
    {
        assert!(!html.contains(wrong), "{wrong}");
    }
    assert_eq!(html.matches("<script").count(), 1);
    assert!(html.contains("<script src=\"/admin/enter/enter.js\" defer></script>"));
    // Without its script the form stays hidden, so no password can end up in an address.
    assert!(
        html.contains("<form id=\"form\" method=\"post\" novalidate hidden>") && html.contains("<noscript>")
    );
    for field in ["name", "email", "password"] {
        assert!(html.contains(&format!("<label for=\"{field}\">")), "{field}");
        assert!(html.contains(&format!("id=\"{field}-error\"")), "{field}");
    }
    assert!(html.contains("autocomplete=\"new-password\""));
    let script = site.anonymous().get("/admin/enter/enter.js").await.expect(200);
    let script = text(&script);
    for wrong in ["innerHTML", "localStorage", "sessionStorage", "eval(", "console.", "http://", "https://"] {
        assert!(!script.contains(wrong), "{wrong}");
    }
    assert!(script.is_ascii() && html.is_ascii());
}

#[actix_web::test]
async fn there_is_nothing_beside_the_page() {
    let site = TestSite::start().await;
    for path in ["/admin/enter/", "/admin/enter/enter.html", "/admin/enter/x"] {
        site.anonymous().get(path).await.refused(404, "not_found");
    }
    site.anonymous().post("/admin/enter", &Value::Null).await.refused(405, "method_not_allowed");
}
