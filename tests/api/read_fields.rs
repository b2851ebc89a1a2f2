//! Sparse answers: what `fields` names, where it stands in the whole, and nothing else.

use serde_json::{Value, json};

use crate::support::builders::publish;
use crate::support::media::public;
use crate::support::pictures::jpeg;
use crate::support::{Role, TestSite};

#[actix_web::test]
async fn what_is_named_comes_as_it_is_in_the_whole() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let image = public(&editor, "room.jpg", &jpeg(800, 600, [90, 90, 30])).await;
    let fields = json!({
        "title": "Lanterns", "slug": "lanterns", "image": image, "tags": ["light"],
        "blocks": [
            { "id": "t", "type": "rich_text", "markdown": "We *teach*." },
            { "id": "h", "type": "hero", "heading": "Hello", "image": image },
            { "id": "d", "type": "divider" },
        ],
    });
    let id = publish(&editor, fields).await.id();
    let reader = site.anonymous();
    let whole = reader.get(&format!("/v1/pages/{id}")).await.expect(200);
    let named = |mut value: Value| {
        value["id"] = json!(id);
        value["kind"] = json!("page");
        value
    };
    for (fields, wanted) in [
        ("title,path", json!({ "title": "Lanterns", "path": "/lanterns" })),
        ("id", json!({})),
        ("image.alt", json!({ "image": { "alt": "What room.jpg shows" } })),
        ("image.alt,image", json!({ "image": whole.json["image"] })),
        (
            "image.presets.card.width",
            json!({ "image": { "presets": { "card": { "width": whole.json["image"]["presets"]["card"]["width"] } } } }),
        ),
        (
            "blocks.type",
            json!({ "blocks": [{ "type": "rich_text" }, { "type": "hero" }, { "type": "divider" }] }),
        ),
        (
            "blocks.image.src",
            json!({ "blocks": [{}, { "image": { "src": whole.json["image"]["src"] } }, {}] }),
        ),
        ("seo.title,tags", json!({ "seo": { "title": "Lanterns" }, "tags": ["light"] })),
        ("breadcrumbs.path", json!({ "breadcrumbs": [] })),
    ] {
        let answer = reader.get(&format!("/v1/pages/{id}?fields={fields}")).await.expect(200);
        assert_eq!(answer.json, named(wanted.clone()), "{fields}");
        assert_ne!(answer.header("etag"), whole.header("etag"), "another answer has another tag");
        let resolved = reader.get(&format!("/v1/resolve?path=/lanterns&fields={fields}")).await.expect(200);
        assert_eq!(resolved.json, json!({ "match": "page", "page": named(wanted) }), "{fields}");
    }
    let list = reader.get("/v1/pages?fields=image.width,title&count=exact").await.expect(200);
    let wanted = named(json!({ "title": "Lanterns", "image": { "width": 800 } }));
    assert_eq!(list.json["data"], json!([wanted]));
    assert_eq!(list.json["page"], json!({ "limit": 20, "next": null, "previous": null, "total": 1 }));
    let redirect = reader.get("/v1/resolve?path=/LANTERNS&fields=title").await.expect(200);
    assert_eq!(redirect.json, json!({ "match": "redirect", "to": "/lanterns", "status": 301 }));
    let media = reader.get(&format!("/v1/media/{image}?fields=class")).await.expect(200);
    assert_eq!(media.json, json!({ "id": image, "kind": "media", "class": "image" }));
    site.stop().await;
}

#[actix_web::test]
async fn a_cursor_is_good_for_other_fields() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for n in 1..=3 {
        publish(&editor, json!({ "title": format!("Page {n}") })).await;
    }
    let reader = site.anonymous();
    let first = reader.get("/v1/pages?limit=1&sort=title&fields=path").await.expect(200);
    let cursor = first.json["page"]["next"].as_str().expect("a cursor");
    let next =
        reader.get(&format!("/v1/pages?limit=1&sort=title&fields=title&after={cursor}")).await.expect(200);
    assert_eq!(next.json["data"][0]["title"], "Page 2");
    site.stop().await;
}

#[actix_web::test]
async fn an_unknown_field_is_refused_with_those_that_there_are() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = publish(&editor, json!({ "title": "One", "slug": "one" })).await.id();
    let reader = site.anonymous();
    for (address, fields, part) in [
        ("/v1/pages?", "titel", "`titel` is no field of this answer. There are `fallback`, `id`, `image`,"),
        ("/v1/pages?", "blocks", "`blocks` is no field"),
        ("/v1/pages?", "image.source", "Inside `image` there are `alt`,"),
        ("/v1/pages?", "title.length", "There is nothing inside `title`."),
        ("/v1/pages?", "", "`` is no field"),
        ("/v1/pages?", "title,,path", "`` is no field"),
        ("/v1/pages?", "title,title", "`title` is given twice."),
        ("/v1/pages?", "data.title", "`data.title` is no field"),
        ("/v1/media?", "path", "`class`"),
        ("/v1/resolve?path=/one&", "page.title", "`breadcrumbs`"),
        ("/v1/resolve?path=/one&", "match", "`breadcrumbs`"),
        ("/v1/pages/{id}?", "author", "`previous_paths`"),
        ("/v1/pages/{id}?", "facets", "`previous_paths`"),
        ("/v1/pages/{id}?", "version", "`previous_paths`"),
    ] {
        let address = format!("{}fields={fields}", address.replace("{id}", &id));
        let answer = reader.get(&address).await.refused(400, "invalid_parameter");
        assert_eq!(answer.places(), [("/query/fields", "invalid")], "{address}");
        assert!(answer.detail().contains(part), "{address}: {}", answer.json);
    }
    site.stop().await;
}
