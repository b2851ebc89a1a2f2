//! `GET /v1/pages/{id}`: one public page, complete; anything else is not there.

use std::sync::Mutex;

use insta::internals::Content;
use serde_json::json;

use crate::support::builders::{create, publish, republish, trash, unpublish};
use crate::support::{Role, TestSite};

/// A redaction that hides an id, after it has seen that it is one; the same id gets the same name.
fn id() -> impl Fn(Content, insta::internals::ContentPath<'_>) -> String {
    static SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());
    move |value, _| {
        let text = value.as_str().expect("an id is text").to_owned();
        let parsed = uuid::Uuid::parse_str(&text).unwrap_or_else(|_| panic!("{text} is no UUID"));
        assert_eq!(parsed.get_version_num(), 7, "{text}");
        let mut seen = SEEN.lock().expect("not poisoned");
        let nth = seen.iter().position(|known| *known == text).unwrap_or_else(|| {
            seen.push(text);
            seen.len() - 1
        });
        format!("[id {nth}]")
    }
}

/// A redaction that hides a time, after it has seen that it is one of today in UTC.
fn time() -> impl Fn(Content, insta::internals::ContentPath<'_>) -> &'static str {
    |value, _| {
        let text = value.as_str().expect("a time is text").to_owned();
        let parsed: chrono::DateTime<chrono::Utc> =
            text.parse().unwrap_or_else(|_| panic!("{text} is no time"));
        assert!(text.ends_with('Z') && parsed.timestamp() > 1_700_000_000, "{text}");
        "[time]"
    }
}

#[actix_web::test]
async fn a_rich_page_has_everything_to_be_rendered() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let about = publish(&editor, json!({ "title": "About", "slug": "about" })).await;
    let join = publish(&editor, json!({ "title": "Join & help", "slug": "join" })).await;
    let fields = |slug: &str| {
        json!({
            "title": "Our history", "slug": slug, "parent": about.id(), "summary": "How it began.",
            "tags": ["history", "people"], "date": "2026-03-01T09:00:00Z", "seo": { "title": "History since 1998" },
            "blocks": [
                { "id": "head", "type": "hero", "heading": "Since *1998*", "text": "A **fictional** tale.", "actions": [
                    { "label": "Join", "link": format!("entry:{}#form", join.id()) },
                    { "label": "Write", "link": "mailto:office@example.org" },
                ] },
                { "id": "text", "type": "rich_text", "markdown":
                    "## Beginnings\n\nWe met in a *small* hall[^1]. [Join](/join) <script>alert(1)</script>\n\n- one\n- two\n\n[^1]: In winter." },
                { "id": "code", "type": "code", "language": "rust", "code": "fn main() {}\n", "caption": "Small" },
                { "id": "table", "type": "table", "caption": "Members", "columns": [
                    { "header": "Region", "align": "left" }, { "header": "Number", "align": "right" },
                ], "rows": [["*North*", "12"], ["South", "7"]] },
                { "id": "film", "type": "embed", "provider": "youtube", "media_id": "a1B2c3D4e5F", "title": "A talk",
                  "kind": "video", "aspect_ratio": "16:9" },
                { "id": "end", "type": "divider" },
            ],
        })
    };
    let first = publish(&editor, fields("past")).await;
    republish(&editor, &first.id(), first.version(), fields("history")).await;
    let page =
        site.anonymous().get(&format!("/v1/pages/{}?text=html,markdown,text", first.id())).await.expect(200);
    insta::assert_json_snapshot!("rich_page", page.json, {
        ".id" => insta::dynamic_redaction(id()),
        ".breadcrumbs[].id" => insta::dynamic_redaction(id()),
        ".parent" => insta::dynamic_redaction(id()),
        ".blocks[].actions[].link.entry.id" => insta::dynamic_redaction(id()),
        ".updated_at" => insta::dynamic_redaction(time()),
    });
    site.stop().await;
}

#[actix_web::test]
async fn rich_text_comes_in_the_forms_that_are_asked_for() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = publish(&editor, json!({ "slug": "forms" })).await.id();
    let (html, markdown, text) =
        ("<p>We teach <em>together</em>.</p>\n", "We teach *together*.", "We teach together.");
    for (forms, expected) in [
        ("", json!({ "html": html })),
        ("?text=html", json!({ "html": html })),
        ("?text=markdown", json!({ "markdown": markdown })),
        ("?text=text", json!({ "text": text })),
        ("?text=text,html", json!({ "html": html, "text": text })),
        ("?text=markdown%2Ctext", json!({ "markdown": markdown, "text": text })),
        ("?text=text,markdown,html", json!({ "html": html, "markdown": markdown, "text": text })),
    ] {
        let page = site.anonymous().get(&format!("/v1/pages/{id}{forms}")).await.expect(200);
        assert_eq!(page.json["blocks"][0]["text"], expected, "{forms}");
    }
    for forms in ["", "pdf", "HTML", "html,", "html,html", "html;text"] {
        let answer = site
            .anonymous()
            .get(&format!("/v1/pages/{id}?text={forms}"))
            .await
            .refused(400, "invalid_parameter");
        assert_eq!(answer.places(), [("/query/text", "invalid")], "{forms}");
        assert!(answer.detail().contains("`html`, `markdown` and `text`"), "{}", answer.json);
    }
    site.stop().await;
}

#[actix_web::test]
async fn what_is_not_public_is_not_there() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let reader = site.anonymous();
    let draft = create(&editor, json!({ "slug": "draft" })).await;
    let withdrawn = publish(&editor, json!({ "slug": "withdrawn" })).await;
    unpublish(&editor, &withdrawn.id(), withdrawn.version()).await.expect(200);
    let trashed = publish(&editor, json!({ "slug": "trashed" })).await;
    trash(&editor, &trashed.id(), trashed.version()).await.expect(204);
    let unknown = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41".to_owned();
    let mut bodies = Vec::new();
    for id in [unknown, draft.id(), withdrawn.id(), trashed.id()] {
        let mut body = reader.get(&format!("/v1/pages/{id}")).await.refused(404, "not_found").json;
        body["instance"].take();
        bodies.push(body);
        // A token that may read drafts sees what is public too, and nothing else.
        editor.get(&format!("/v1/pages/{id}")).await.refused(404, "not_found");
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]), "hidden and unknown look alike: {bodies:#?}");
    site.stop().await;
}

#[actix_web::test]
async fn ids_and_parameters_are_strict() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let reader = site.anonymous();
    let id = publish(&editor, json!({ "slug": "strict" })).await.id();
    for bad in ["seven", "..%2Fpages", &id[1..], "%F0%9F%8F%AE"] {
        let answer = reader.get(&format!("/v1/pages/{bad}")).await.refused(400, "invalid_parameter");
        assert_eq!(answer.places(), [("/path/id", "invalid")], "{bad}");
    }
    let answer = reader.get(&format!("/v1/pages/{id}?txt=html")).await.refused(400, "unknown_parameter");
    assert!(
        answer.detail().ends_with("It takes `text`, `include`, `locale`, `as_of`, `fields`."),
        "{}",
        answer.json
    );
    reader.get(&format!("/v1/pages/{id}?text=html&text=text")).await.refused(400, "repeated_parameter");
    reader.get(&format!("/v1/pages/{id}%00")).await.refused(422, "invalid");
    reader.get(&format!("/v1/pages/{id}/")).await.refused(404, "not_found");
    site.stop().await;
}

#[actix_web::test]
async fn seo_is_filled_from_the_page() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let plain = publish(&editor, json!({ "title": "Plain", "slug": "plain" })).await.id();
    let own = json!({
        "title": "Own", "slug": "own", "summary": "Summary.",
        "seo": { "title": "T", "description": "D", "canonical": "https://example.org/own", "noindex": true },
    });
    let own = publish(&editor, own).await.id();
    let summed =
        publish(&editor, json!({ "title": "Summed", "slug": "summed", "summary": "Summary." })).await.id();
    for (id, expected) in [
        (
            plain,
            json!({ "title": "Plain", "description": null, "canonical": "/plain", "noindex": false, "image": null }),
        ),
        (
            own,
            json!({ "title": "T", "description": "D", "canonical": "https://example.org/own", "noindex": true, "image": null }),
        ),
        (
            summed,
            json!({ "title": "Summed", "description": "Summary.", "canonical": "/summed", "noindex": false, "image": null }),
        ),
    ] {
        let page = site.anonymous().get(&format!("/v1/pages/{id}")).await.expect(200);
        let mut seo = page.json["seo"].clone();
        let said = seo.as_object_mut().expect("an object");
        // Nobody has said what the site is called, nor where it is.
        for member in ["site_name", "canonical_url"] {
            assert_eq!(said.remove(member), Some(serde_json::Value::Null), "{member}");
        }
        assert_eq!(seo, expected);
    }
    site.stop().await;
}
