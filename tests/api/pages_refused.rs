//! Bodies that `POST /admin/v1/pages` refuses: the status, the code and the place of each, and that nothing is written.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Role, TestSite};

fn body(fields: Value) -> Value {
    let mut body = json!({ "title": "Refused" });
    let Value::Object(fields) = fields else { panic!("the fields of a page are an object") };
    for (name, value) in fields {
        body[name] = value;
    }
    json!({ "body": body })
}

fn block(block: Value) -> Value {
    body(json!({ "blocks": Value::Array(vec![block]) }))
}

/// The body, and the places that are wrong with it.
fn invalid() -> Vec<(Value, Vec<(&'static str, &'static str)>)> {
    let id = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";
    let blocks: Vec<Value> = (0..2001).map(|_| json!({ "type": "divider" })).collect();
    let tags: Vec<String> = (0..51).map(|n| format!("tag {n}")).collect();
    vec![
        (json!({}), vec![("/body", "required")]),
        (json!({ "body": {} }), vec![("/body/title", "required")]),
        (json!("x"), vec![("", "wrong_type")]),
        (json!([]), vec![("", "wrong_type")]),
        (json!([{ "title": "By place" }, null]), vec![("", "wrong_type")]),
        (
            json!({ "body": ["By place", "s", null, null, null, "", [], null, null, []] }),
            vec![("/body", "wrong_type")],
        ),
        (json!({ "body": { "title": "x" }, "publish": true }), vec![("/publish", "unknown")]),
        (json!({ "body": { "title": "x" }, "note": "n".repeat(1001) }), vec![("/note", "too_long")]),
        (json!({ "body": { "title": "x" }, "note": 7 }), vec![("/note", "wrong_type")]),
        (body(json!({ "titel": "x" })), vec![("/body/titel", "unknown")]),
        (body(json!({ "title": 7 })), vec![("/body/title", "wrong_type")]),
        (body(json!({ "title": null })), vec![("/body/title", "wrong_type")]),
        (body(json!({ "title": "x".repeat(301) })), vec![("/body/title", "too_long")]),
        (body(json!({ "title": "two\nlines" })), vec![("/body/title", "invalid")]),
        (body(json!({ "title": "nul \u{0}" })), vec![("/body/title", "not_allowed")]),
        (body(json!({ "summary": "s".repeat(1001) })), vec![("/body/summary", "too_long")]),
        (body(json!({ "slug": "About" })), vec![("/body/slug", "invalid")]),
        (body(json!({ "slug": "a/b" })), vec![("/body/slug", "invalid")]),
        (body(json!({ "slug": ".." })), vec![("/body/slug", "invalid")]),
        (body(json!({ "slug": "s".repeat(201) })), vec![("/body/slug", "invalid")]),
        (body(json!({ "slug": "", "parent": id })), vec![("/body/slug", "not_allowed")]),
        (body(json!({ "parent": "top" })), vec![("/body/parent", "invalid")]),
        (body(json!({ "position": "a0" })), vec![("/body/position", "invalid")]),
        (body(json!({ "date": "2026-02-30T09:00:00Z" })), vec![("/body/date", "invalid")]),
        (body(json!({ "tags": tags })), vec![("/body/tags", "too_many")]),
        (body(json!({ "tags": ["a", "a"] })), vec![("/body/tags/1", "duplicate")]),
        (body(json!({ "tags": ["a", 1] })), vec![("/body/tags/1", "wrong_type")]),
        (body(json!({ "seo": ["t", "d", null, null, false] })), vec![("/body/seo", "wrong_type")]),
        (body(json!({ "seo": { "colour": 1 } })), vec![("/body/seo/colour", "unknown")]),
        (body(json!({ "seo": { "canonical": "javascript:x" } })), vec![("/body/seo/canonical", "invalid")]),
        (body(json!({ "seo": { "canonical": "tel:+123" } })), vec![("/body/seo/canonical", "not_allowed")]),
        (body(json!({ "blocks": blocks })), vec![("/body/blocks", "too_many")]),
        (body(json!({ "blocks": {} })), vec![("/body/blocks", "wrong_type")]),
        (block(json!("divider")), vec![("/body/blocks/0", "wrong_type")]),
        (block(json!({})), vec![("/body/blocks/0/type", "required")]),
        (block(json!({ "type": 1 })), vec![("/body/blocks/0/type", "wrong_type")]),
        (block(json!({ "type": "Divider!" })), vec![("/body/blocks/0/type", "invalid")]),
        (block(json!({ "type": "divider", "colour": "red" })), vec![("/body/blocks/0/colour", "unknown")]),
        (block(json!({ "type": "divider", "id": "a b" })), vec![("/body/blocks/0/id", "invalid")]),
        (block(json!({ "type": "rich_text" })), vec![("/body/blocks/0/markdown", "required")]),
        (
            block(json!({ "type": "rich_text", "markdown": 1 })),
            vec![("/body/blocks/0/markdown", "wrong_type")],
        ),
        (
            block(json!({ "type": "hero", "heading": "h", "actions": [{ "label": "l", "link": "data:x" }] })),
            vec![("/body/blocks/0/actions/0/link", "invalid")],
        ),
        (
            block(json!({ "type": "hero", "heading": "h", "actions": [["l", "/a"]] })),
            vec![("/body/blocks/0/actions/0", "wrong_type")],
        ),
        (
            body(json!({ "blocks": [{ "type": "divider", "id": "a" }, { "type": "divider", "id": "a" }] })),
            vec![("/body/blocks/1/id", "duplicate")],
        ),
        (
            body(json!({
                "title": "t".repeat(301), "slug": "A", "tags": [""], "position": "-", "blocks": [{ "type": "hero", "x": 1 }, 2],
            })),
            vec![
                ("/body/slug", "invalid"),
                ("/body/position", "invalid"),
                ("/body/blocks/0/x", "unknown"),
                ("/body/blocks/1", "wrong_type"),
                ("/body/title", "too_long"),
                ("/body/tags/0", "required"),
            ],
        ),
    ]
}

#[actix_web::test]
async fn a_body_that_breaks_a_rule_is_422_with_every_place() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let mut before = site.database.fingerprint().await;
    let mut wrong = Vec::new();
    for (request, places) in invalid() {
        let answer = editor.post("/admin/v1/pages", &request).await;
        let shown: String = request.to_string().chars().take(120).collect();
        if answer.status != 422 || answer.json["code"] != "invalid" || answer.places() != places {
            wrong.push(format!("{shown}\n  wanted {places:?}\n  got {} {}", answer.status, answer.json));
        }
        let after = site.database.fingerprint().await;
        if std::mem::replace(&mut before, after.clone()) != after {
            wrong.push(format!("{shown}\n  was written"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    site.stop().await;
}

#[actix_web::test]
async fn every_fault_says_what_to_do() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let answer = editor.post("/admin/v1/pages", &body(json!({ "titel": 1 }))).await.refused(422, "invalid");
    assert_eq!(answer.json["title"], "The content is not valid");
    assert_eq!(answer.json["type"], "/problems/invalid");
    let detail = answer.json["errors"][0]["detail"].as_str().expect("text");
    assert!(detail.starts_with("Unknown field `titel`, expected one of `title`, `slug`"), "{detail}");
    let answer = editor
        .post("/admin/v1/pages", &body(json!({ "title": "t".repeat(312) })))
        .await
        .refused(422, "invalid");
    assert_eq!(answer.json["errors"][0]["detail"], "The text has 312 characters; it may have 300.");
    site.stop().await;
}

#[actix_web::test]
async fn bytes_that_are_no_good_json_are_400() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let before = site.database.fingerprint().await;
    let deep = format!("{{\"body\":{{\"title\":\"x\",\"blocks\":{}{}}}}}", "[".repeat(64), "]".repeat(64));
    let cases: Vec<(&[u8], &str, &str)> = vec![
        (b"", "malformed_json", "The body is empty"),
        (b" \n\t", "malformed_json", "The body is empty"),
        (b"{\"body\":", "malformed_json", "line 1 column 8"),
        (b"{\"body\":{\"title\":\"x\"}} {}", "malformed_json", "column"),
        (b"{\"body\":{\"title\":\"x\",}}", "malformed_json", "column"),
        (b"{\"body\":{\"title\":\"\xff\"}}", "invalid_utf8", "offset 18"),
        (b"{\"body\":{\"title\":\"a\",\"title\":\"b\"}}", "duplicate_key", "/body/title"),
        (
            b"{\"body\":{\"title\":\"x\",\"blocks\":[{\"type\":\"later\",\"a\":{\"b\":1,\"\\u0062\":2}}]}}",
            "duplicate_key",
            "/body/blocks/0/a/b",
        ),
        (deep.as_bytes(), "too_deep", "64 deep"),
    ];
    for (bytes, code, part) in cases {
        let sent = Some(("application/json", bytes.to_vec()));
        let answer = editor.send_bytes(Method::POST, "/admin/v1/pages", &[], sent).await.refused(400, code);
        assert!(answer.detail().contains(part), "{part}: {}", answer.json);
        assert_eq!(site.database.fingerprint().await, before, "{code}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn only_plain_json_is_taken() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let before = site.database.fingerprint().await;
    let good = body(json!({})).to_string().into_bytes();
    for media_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin1",
        "application/jsonp",
        "text/json",
    ] {
        let sent = Some((media_type, good.clone()));
        let answer = editor.send_bytes(Method::POST, "/admin/v1/pages", &[], sent).await;
        let answer = answer.refused(415, "unsupported_media_type");
        assert!(answer.detail().contains("application/json"), "{}", answer.json);
    }
    let sent = Some(("application/json", good));
    let gzip = [("content-encoding", "gzip")];
    editor
        .send_bytes(Method::POST, "/admin/v1/pages", &gzip, sent)
        .await
        .refused(415, "unsupported_media_type");
    editor
        .send_bytes(Method::POST, "/admin/v1/pages", &[], None)
        .await
        .refused(415, "unsupported_media_type");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}
