//! Feeds as a reader of feeds gets them: parsed by a parser that is not ours, complete, with addresses that lead somewhere.

use feed_rs::model::{Feed, FeedType};
use feed_rs::parser;
use masthead::platform::http::{HttpLimits, Network};
use masthead::platform::public_site::SiteUrl;
use reqwest::Method;
use serde_json::json;

use crate::support::builders::{create, publish, republish, unpublish};
use crate::support::media::public;
use crate::support::pictures::jpeg;
use crate::support::{Client, Role, TestDatabase, TestSite};
use crate::translations::{FROM_NOW, add_locale, translate};

/// A site whose public address is another one than the installation's.
pub async fn start() -> TestSite {
    let database = TestDatabase::migrated().await;
    TestSite::serving(database, HttpLimits::default(), Network::default(), |app| {
        app.with_site(Some(SiteUrl::parse("https://www.example.org").expect("an address")))
    })
    .await
}

/// A feed as a reader parses it, of both formats in turn.
async fn parsed(reader: &Client, format: &str, query: &str) -> Feed {
    let answer = reader.get(&format!("/v1/feed.{format}{query}")).await.expect(200);
    let media_type = if format == "atom" { "application/atom+xml" } else { "application/feed+json" };
    assert_eq!(answer.header("content-type"), media_type);
    assert!(answer.header("cache-control").starts_with("public, max-age=0, s-maxage="), "{answer:?}");
    let feed = parser::parse(answer.bytes.as_slice()).expect("a feed");
    assert_eq!(feed.feed_type, if format == "atom" { FeedType::Atom } else { FeedType::JSON });
    feed
}

#[actix_web::test]
async fn both_feeds_say_the_same_of_the_newest_pages() {
    let site = start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let image = public(&editor, "room.jpg", &jpeg(64, 48, [1, 2, 3])).await;
    let other =
        publish(&editor, json!({ "title": "Other", "slug": "other", "date": "2001-02-03T04:05:06Z" })).await;
    let page = publish(
        &editor,
        json!({
            "title": "Ärger & <b>Glück</b>", "slug": "ärger", "parent": other.id(), "summary": "A < B & C",
            "tags": ["history"], "image": image,
            "blocks": [
                { "type": "hero", "heading": "A & B", "image": image },
                { "type": "rich_text",
                  "markdown": format!("See [that](entry:{}) and [this](/contact), *now*.", other.id()) },
            ],
        }),
    )
    .await;
    let live = editor.get(&format!("/admin/v1/pages/{}", page.id())).await.expect(200).json["live"].clone();
    for format in ["atom", "json"] {
        let feed = parsed(&reader, format, "").await;
        assert_eq!(feed.title.expect("a title").content, "www.example.org");
        assert_eq!(feed.language.as_deref(), Some("en"));
        assert!(feed.links.iter().any(|link| link.href == "https://www.example.org/"), "{:?}", feed.links);
        assert_eq!(feed.entries.len(), 2);
        let [first, second] = &feed.entries[..] else { panic!("two") };
        assert_eq!(first.id, format!("urn:uuid:{}", page.id()), "a name that never changes");
        assert_eq!(first.title.as_ref().expect("a title").content, "Ärger & <b>Glück</b>");
        assert_eq!(first.links[0].href, "https://www.example.org/other/%C3%A4rger");
        assert_eq!(first.summary.as_ref().expect("a summary").content, "A < B & C");
        let from: chrono::DateTime<chrono::Utc> =
            live["from"].as_str().expect("a time").parse().expect("a time");
        // This parser counts milliseconds.
        let close =
            |at: Option<chrono::DateTime<chrono::Utc>>| (at.expect("a time") - from).num_seconds() == 0;
        assert!(close(first.published) && close(first.updated), "{first:?}");
        let content = first.content.as_ref().and_then(|content| content.body.clone()).expect("content");
        for part in [
            "<h2>A &amp; B</h2>",
            "<a href=\"https://www.example.org/other\">that</a>",
            "<a href=\"https://www.example.org/contact\">this</a>",
            "<em>now</em>",
            "/media/",
        ] {
            assert!(content.contains(part), "{part}: {content}");
        }
        assert!(!content.contains("src=\"/"), "{content}");
        assert_eq!(second.published.expect("a time").to_rfc3339(), "2001-02-03T04:05:06+00:00");
        assert!(second.updated.expect("a time") > second.published.expect("a time"));
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_feed_is_cut_down_by_tag_locale_and_limit() {
    let site = start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    add_locale(&site, "de", Some("en")).await;
    let mut ids = Vec::new();
    for (nth, tag) in ["history", "news", "history"].into_iter().enumerate() {
        let date = format!("200{nth}-01-01T00:00:00Z");
        let fields =
            json!({ "title": format!("Page {nth}"), "slug": format!("p{nth}"), "tags": [tag], "date": date });
        ids.push(publish(&editor, fields).await.id());
    }
    translate(&site, (&ids[1], "de"), json!({ "title": "Seite", "slug": "seite" }), "/seite", FROM_NOW).await;
    let titles = async |query: &str| {
        let feed = parsed(&reader, "atom", query).await;
        feed.entries.iter().map(|entry| entry.title.clone().expect("a title").content).collect::<Vec<_>>()
    };
    assert_eq!(titles("").await, ["Page 2", "Page 1", "Page 0"]);
    assert_eq!(titles("?filter[tag]=history").await, ["Page 2", "Page 0"]);
    assert_eq!(titles("?filter[tag]=nothing").await, [""; 0]);
    assert_eq!(titles("?limit=1").await, ["Page 2"]);
    let german = parsed(&reader, "json", "?locale=de").await;
    assert_eq!(german.language.as_deref(), Some("de"));
    let links: Vec<_> = german.entries.iter().map(|entry| entry.links[0].href.as_str()).collect();
    for link in ["https://www.example.org/de/seite", "https://www.example.org/de/p2"] {
        assert!(links.contains(&link), "{links:?}");
    }
    for bad in ["locale=fr", "limit=0", "limit=101", "as_of=2020-01-01T00:00:00Z", "filter[tags]=a"] {
        reader.get(&format!("/v1/feed.json?{bad}")).await.expect(400);
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_feed_is_conditional_and_shows_what_is_public_alone() {
    let site = start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    for format in ["atom", "json"] {
        let empty = parsed(&reader, format, "").await;
        assert_eq!(empty.entries.len(), 0);
    }
    create(&editor, json!({ "title": "Draft" })).await;
    let page = publish(&editor, json!({ "title": "A", "slug": "a" })).await;
    let withdrawn = publish(&editor, json!({ "title": "Withdrawn", "slug": "w" })).await;
    unpublish(&editor, &withdrawn.id(), withdrawn.version()).await.expect(200);
    let paths = ["/v1/feed.atom", "/v1/feed.json", "/v1/sitemap.xml"];
    let mut tags = Vec::new();
    for path in paths {
        let answer = reader.get(path).await.expect(200);
        let text = String::from_utf8(answer.bytes.clone()).expect("text");
        assert!(!text.contains("Draft") && !text.contains("Withdrawn") && !text.contains("/w<"), "{text}");
        tags.push(answer.header("etag").to_owned());
    }
    for (path, tag) in paths.iter().zip(&tags) {
        reader.send(Method::GET, path, &[("if-none-match", tag)], None).await.expect(304);
        let head = reader.send(Method::HEAD, path, &[], None).await.expect(200);
        assert!(head.bytes.is_empty());
    }
    republish(&editor, &page.id(), page.version(), json!({ "title": "B", "slug": "b" })).await;
    for (path, tag) in paths.iter().zip(&tags) {
        reader.send(Method::GET, path, &[("if-none-match", tag)], None).await.expect(200);
    }
    site.stop().await;
}

#[actix_web::test]
async fn whatever_stands_in_a_title_a_feed_can_be_read() {
    let site = start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let page = publish(&editor, json!({ "title": "A", "slug": "a" })).await.id();
    // Editors cannot write these; an import of an older version could have.
    let odd = "]]> &amp; <script>\\u000b\\u0001\\uffff \\ud83d\\ude00";
    let sql = format!(
        "select mh.public_change(); \
         update publications set title = '\"{odd}\"'::jsonb #>> '{{}}', summary = '\"{odd}\"'::jsonb #>> '{{}}' \
         where entry_id = '{page}'; {}",
        crate::translations::event(&page)
    );
    site.database.execute(&sql).await;
    let feed = parsed(&reader, "atom", "").await;
    assert_eq!(feed.entries[0].title.as_ref().expect("a title").content, "]]> &amp; <script> \u{1f600}");
    let feed = parsed(&reader, "json", "").await;
    let title = &feed.entries[0].title.as_ref().expect("a title").content;
    assert!(title.starts_with("]]> &amp; <script>") && title.ends_with('\u{1f600}'), "{title:?}");
    site.stop().await;
}
