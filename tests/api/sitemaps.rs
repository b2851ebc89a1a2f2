//! Sitemaps as a search engine gets them: parsed by a parser that is not ours.

use std::io::Cursor;
use std::num::NonZeroU32;

use masthead::platform::http::{HttpLimits, Network};
use masthead::platform::public_site::SiteUrl;
use serde_json::json;
use sitemap::reader::{SiteMapEntity, SiteMapReader};
use sitemap::structs::{Location, UrlEntry};

use crate::feeds::start;
use crate::support::builders::{create, publish, republish, unpublish};
use crate::support::{Client, Role, TestDatabase, TestSite};
use crate::translations::{FROM_NOW, add_locale, translate};

/// The addresses that a sitemap names, and the sitemaps.
async fn parsed(reader: &Client, path: &str) -> (Vec<UrlEntry>, Vec<String>) {
    let answer = reader.get(path).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/xml");
    assert!(answer.header("cache-control").starts_with("public, max-age=0, s-maxage="), "{answer:?}");
    let (mut urls, mut maps) = (Vec::new(), Vec::new());
    for entity in SiteMapReader::new(Cursor::new(answer.bytes)) {
        match entity {
            SiteMapEntity::Url(url) => urls.push(url),
            SiteMapEntity::SiteMap(map) => maps.push(address(&map.loc)),
            SiteMapEntity::Err(error) => panic!("{error:?}"),
        }
    }
    (urls, maps)
}

fn address(location: &Location) -> String {
    location.get_url().expect("an address").to_string()
}

fn addresses(urls: &[UrlEntry]) -> Vec<String> {
    let mut all: Vec<_> = urls.iter().map(|url| address(&url.loc)).collect();
    all.sort();
    all
}

#[actix_web::test]
async fn a_sitemap_names_what_search_engines_may_know() {
    let site = start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    assert_eq!(parsed(&reader, "/v1/sitemap.xml").await.0.len(), 0);
    let home = publish(&editor, json!({ "title": "Home", "slug": "" })).await.id();
    let page = publish(&editor, json!({ "title": "Ä & B", "slug": "ä-b" })).await;
    publish(&editor, json!({ "title": "Hidden", "slug": "hidden", "seo": { "noindex": true } })).await;
    let elsewhere = json!({ "title": "X", "slug": "x", "seo": { "canonical": "https://example.com/x" } });
    publish(&editor, elsewhere).await;
    create(&editor, json!({ "title": "Draft", "slug": "draft" })).await;
    let ended = publish(&editor, json!({ "title": "Ended", "slug": "ended" })).await;
    unpublish(&editor, &ended.id(), ended.version()).await.expect(200);
    let (urls, maps) = parsed(&reader, "/v1/sitemap.xml").await;
    assert_eq!(maps, [""; 0]);
    assert_eq!(addresses(&urls), ["https://www.example.org/", "https://www.example.org/%C3%A4-b"]);
    let of = |urls: &[UrlEntry]| {
        let one = urls.iter().find(|url| address(&url.loc).ends_with("-b")).expect("the page").clone();
        one.lastmod.get_time().expect("a time")
    };
    let before = of(&urls);
    let live = editor.get(&format!("/admin/v1/pages/{}", page.id())).await.expect(200).json["live"].clone();
    let from: chrono::DateTime<chrono::Utc> = live["from"].as_str().expect("a time").parse().expect("a time");
    assert_eq!(before.timestamp(), from.timestamp(), "when it became what it is");
    site.database.advance("2 days").await;
    republish(&editor, &page.id(), page.version(), json!({ "title": "Again", "slug": "ä-b" })).await;
    let (urls, _) = parsed(&reader, "/v1/sitemap.xml").await;
    assert!(of(&urls) > before);
    // What stops to be for search engines goes.
    let version = editor.get(&format!("/admin/v1/pages/{home}")).await.expect(200).version();
    let hidden = json!({ "title": "Home", "slug": "", "seo": { "noindex": true } });
    republish(&editor, &home, version, hidden).await;
    let (urls, _) = parsed(&reader, "/v1/sitemap.xml").await;
    assert_eq!(addresses(&urls), ["https://www.example.org/%C3%A4-b"]);
    site.stop().await;
}

#[actix_web::test]
async fn locales_are_alternates_of_each_other() {
    let site = start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    add_locale(&site, "de", Some("en")).await;
    let page = publish(&editor, json!({ "title": "Open", "slug": "open" })).await.id();
    publish(&editor, json!({ "title": "Alone", "slug": "alone" })).await;
    translate(&site, (&page, "de"), json!({ "title": "Offen", "slug": "offen" }), "/offen", FROM_NOW).await;
    let (urls, _) = parsed(&reader, "/v1/sitemap.xml").await;
    assert_eq!(
        addresses(&urls),
        ["https://www.example.org/alone", "https://www.example.org/de/offen", "https://www.example.org/open"]
    );
    let text = String::from_utf8(reader.get("/v1/sitemap.xml").await.bytes).expect("text");
    let alternates = "<xhtml:link rel=\"alternate\" hreflang=\"de\" href=\"https://www.example.org/de/offen\"/>\
        <xhtml:link rel=\"alternate\" hreflang=\"en\" href=\"https://www.example.org/open\"/>\
        <xhtml:link rel=\"alternate\" hreflang=\"x-default\" href=\"https://www.example.org/open\"/></url>";
    assert_eq!(text.matches(alternates).count(), 2, "each names both: {text}");
    assert_eq!(text.matches("xhtml:link").count(), 6, "what is alone has no alternates: {text}");
    site.stop().await;
}

#[actix_web::test]
async fn what_does_not_fit_into_one_sitemap_is_split_and_nothing_is_lost() {
    let database = TestDatabase::migrated().await;
    let site = TestSite::serving(database, HttpLimits::default(), Network::default(), |app| {
        let mut app = app.with_site(SiteUrl::parse("https://www.example.org").ok());
        app.site.addresses = NonZeroU32::new(2).expect("not zero");
        app
    })
    .await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    add_locale(&site, "de", Some("en")).await;
    let mut expected = Vec::new();
    for nth in 0..4 {
        let page = publish(&editor, json!({ "title": "A page", "slug": format!("p{nth}") })).await.id();
        expected.push(format!("https://www.example.org/p{nth}"));
        if nth == 1 {
            translate(&site, (&page, "de"), json!({ "title": "Eine", "slug": "eine" }), "/eine", FROM_NOW)
                .await;
            expected.push("https://www.example.org/de/eine".to_owned());
        }
    }
    expected.sort();
    let (urls, maps) = parsed(&reader, "/v1/sitemap.xml").await;
    assert_eq!(urls.len(), 0);
    let server = site.address();
    assert_eq!(maps, [1, 2, 3].map(|nth| format!("{server}/v1/sitemaps/{nth}.xml")));
    let mut found = Vec::new();
    let mut alternates = 0;
    for map in maps {
        let path = map.strip_prefix(server).expect("an address of this server");
        let (urls, _) = parsed(&reader, path).await;
        assert!(urls.len() <= 2);
        found.extend(addresses(&urls));
        alternates +=
            String::from_utf8(reader.get(path).await.bytes).expect("text").matches("<xhtml:link").count();
    }
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(alternates, 6, "also where the locales lie in two parts");
    for number in ["0", "4", "-1"] {
        reader.get(&format!("/v1/sitemaps/{number}.xml")).await.refused(404, "not_found");
    }
    reader.get("/v1/sitemaps/x.xml").await.refused(400, "invalid_parameter");
    reader.get("/v1/sitemap.xml?limit=1").await.expect(400);
    site.stop().await;
}
