//! `GET /v1/pages`: what is public as cards, in a total order, walked by cursors.

use serde_json::json;

use crate::lists::{titles, walk_back_and_forth};
use crate::support::builders::{create, publish, trash, unpublish};
use crate::support::{Role, TestSite};

#[actix_web::test]
async fn a_card_shows_what_a_teaser_needs() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let parent =
        publish(&editor, json!({ "title": "News", "slug": "news", "date": "2026-01-01T00:00:00Z" })).await;
    let fields = json!({
        "title": "Lanterns", "slug": "lanterns", "parent": parent.id(), "summary": "A festival.", "tags": ["light", "north"],
        "date": "2026-02-03T04:05:06Z",
    });
    let page = publish(&editor, fields).await;
    let list = site.anonymous().get("/v1/pages").await.expect(200);
    assert_eq!(
        list.json,
        json!({
            "data": [
                {
                    "id": page.id(), "kind": "page", "locale": "en", "requested_locale": "en",
                    "fallback": false, "title": "Lanterns", "path": "/news/lanterns",
                    "summary": "A festival.", "tags": ["light", "north"], "published_at": "2026-02-03T04:05:06Z",
                    "updated_at": page.json["live"]["from"], "image": null, "parent": parent.id(),
                },
                {
                    "id": parent.id(), "kind": "page", "locale": "en", "requested_locale": "en",
                    "fallback": false, "title": "News", "path": "/news",
                    "summary": null, "tags": [], "published_at": "2026-01-01T00:00:00Z",
                    "updated_at": parent.json["live"]["from"], "image": null, "parent": null,
                },
            ],
            "page": { "limit": 20, "next": null, "previous": null },
        })
    );
    site.stop().await;
}

#[actix_web::test]
async fn an_empty_site_has_an_empty_list() {
    let site = TestSite::start().await;
    let list = site.anonymous().get("/v1/pages").await.expect(200);
    assert_eq!(list.json, json!({ "data": [], "page": { "limit": 20, "next": null, "previous": null } }));
    site.stop().await;
}

#[actix_web::test]
async fn only_what_is_public_is_listed() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    publish(&editor, json!({ "title": "Public" })).await;
    create(&editor, json!({ "title": "Draft" })).await;
    let withdrawn = publish(&editor, json!({ "title": "Withdrawn" })).await;
    unpublish(&editor, &withdrawn.id(), withdrawn.version()).await.expect(200);
    let trashed = publish(&editor, json!({ "title": "Trashed" })).await;
    trash(&editor, &trashed.id(), trashed.version()).await.expect(204);
    for query in ["", "?sort=title", "?sort=-published_at&limit=100"] {
        let list = site.anonymous().get(&format!("/v1/pages{query}")).await.expect(200);
        assert_eq!(titles(&list), ["Public"], "{query}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn the_order_is_total_and_walked_in_both_directions() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    // Two dates are the same, and so are two titles: the id decides.
    for (n, (title, date)) in [
        ("Zebra", 3),
        ("anchor", 1),
        ("Änderung", 5),
        ("Boat", 5),
        ("zebra crossing", 2),
        ("Anchor", 4),
        ("Boat", 7),
    ]
    .into_iter()
    .enumerate()
    {
        let date = format!("2026-01-0{date}T00:00:00Z");
        publish(&editor, json!({ "title": title, "date": date, "slug": format!("p{n}") })).await;
    }
    let reader = site.anonymous();
    let newest =
        ["Boat", "Änderung", "Boat", "Anchor", "Zebra", "zebra crossing", "anchor"].map(String::from);
    let by_title =
        ["anchor", "Anchor", "Änderung", "Boat", "Boat", "Zebra", "zebra crossing"].map(String::from);
    assert_eq!(titles(&reader.get("/v1/pages").await.expect(200)), newest);
    assert_eq!(
        titles(&reader.get("/v1/pages?sort=title").await.expect(200)),
        by_title,
        "as the Unicode collation says"
    );
    for limit in [1, 2, 3, 7] {
        walk_back_and_forth(&reader, &format!("/v1/pages?limit={limit}"), &newest, limit).await;
        walk_back_and_forth(&reader, &format!("/v1/pages?sort=title&limit={limit}"), &by_title, limit).await;
    }
    let same = reader.get("/v1/pages?sort=-published_at").await.expect(200);
    assert_eq!(same.bytes, reader.get("/v1/pages").await.expect(200).bytes, "the default order");
    site.stop().await;
}

#[actix_web::test]
async fn a_cursor_outlives_the_row_that_it_names() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let mut pages = Vec::new();
    for n in 1..=4 {
        pages.push(publish(&editor, json!({ "title": format!("Page {n}") })).await);
    }
    let reader = site.anonymous();
    let first = reader.get("/v1/pages?limit=2").await.expect(200);
    assert_eq!(titles(&first), ["Page 4", "Page 3"]);
    unpublish(&editor, &pages[2].id(), pages[2].version()).await.expect(200);
    let cursor = first.json["page"]["next"].as_str().expect("a cursor");
    let second = reader.get(&format!("/v1/pages?limit=2&after={cursor}")).await.expect(200);
    assert_eq!(titles(&second), ["Page 2", "Page 1"]);
    site.stop().await;
}

#[actix_web::test]
async fn a_cursor_is_good_for_its_order_alone() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for n in 1..=3 {
        publish(&editor, json!({ "title": format!("Page {n}") })).await;
    }
    let reader = site.anonymous();
    let first = reader.get("/v1/pages?limit=1").await.expect(200);
    let cursor = first.json["page"]["next"].as_str().expect("a cursor").to_owned();
    let mut flipped = cursor.clone().into_bytes();
    let middle = flipped.len() / 2;
    flipped[middle] = if flipped[middle] == b'x' { b'y' } else { b'x' };
    let flipped = String::from_utf8(flipped).expect("text");
    let admin = editor.get("/admin/v1/pages?limit=1").await.expect(200);
    let foreign = admin.json["page"]["next"].as_str().expect("a cursor");
    for query in [
        format!("sort=title&after={cursor}"),
        format!("after={flipped}"),
        format!("before={flipped}"),
        format!("after={foreign}"),
        "after=x".to_owned(),
        format!("after={}", "A".repeat(3000)),
    ] {
        reader.get(&format!("/v1/pages?limit=1&{query}")).await.refused(400, "invalid_cursor");
    }
    site.stop().await;
}

#[actix_web::test]
async fn parameters_are_strict() {
    let site = TestSite::start().await;
    let reader = site.anonymous();
    for (query, code, part) in [
        (
            "drafts=true",
            "unknown_parameter",
            "It takes `limit`, `after`, `before`, `count`, `sort`, `filter[tag]`, `filter[parent]`",
        ),
        ("filter[state]=draft", "unknown_parameter", "`filter[state]`"),
        ("locale=xx", "invalid_parameter", "It has `en`."),
        ("sort=title&sort=title", "repeated_parameter", "`sort`"),
        ("sort=date", "invalid_parameter", "`-published_at,title`"),
        ("sort=", "invalid_parameter", "`-published_at,title`"),
        ("count=all", "invalid_parameter", "exact"),
        ("limit=0", "invalid_parameter", "from 1 to 100"),
        ("limit=101", "invalid_parameter", "from 1 to 100"),
        ("limit=-1", "invalid_parameter", "whole number"),
        ("limit=9999999999", "invalid_parameter", "whole number"),
        ("after=a&before=b", "invalid_parameter", "not both"),
    ] {
        let answer = reader.get(&format!("/v1/pages?{query}")).await.refused(400, code);
        assert!(answer.detail().contains(part), "{query}: {}", answer.json);
        assert!(!answer.places().is_empty(), "{query}: {}", answer.json);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    site.stop().await;
}
