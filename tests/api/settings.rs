//! Settings: one entry, made by the first save, with defaults for readers until it is public; what other answers take from it.

use masthead::platform::http::{HttpLimits, Network};
use masthead::platform::public_site::SiteUrl;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::builders::{create, publish, publish_revision, unpublish};
use crate::support::media::public;
use crate::support::pictures::jpeg;
use crate::support::{Answer, Client, Role, TestDatabase, TestSite};

const SETTINGS: &str = "/admin/v1/settings";

/// Makes the settings as a draft.
pub async fn make(client: &Client, body: Value) -> Answer {
    client.send(Method::PUT, SETTINGS, &[("if-none-match", "*")], Some(&json!({ "body": body }))).await
}

/// Saves them on what they are, or makes them, and publishes what was saved.
pub async fn set(client: &Client, body: Value) -> Answer {
    let saved = save(client, body).await;
    let revision = saved.json["revision"]["number"].as_i64().expect("a number");
    publish_revision(client, &saved.id(), saved.version(), revision).await
}

/// Saves them on what they are, or makes them.
pub async fn save(client: &Client, body: Value) -> Answer {
    let found = client.get(SETTINGS).await;
    if found.status == 404 {
        return make(client, body).await.expect(201);
    }
    client.put_at(SETTINGS, found.version(), &json!({ "body": body })).await.expect(200)
}

#[actix_web::test]
async fn while_nothing_is_public_readers_get_defaults() {
    let site = TestSite::start().await;
    let (admin, reader) = (site.client(Role::Admin).await, site.anonymous());
    let host = site.address().trim_start_matches("http://").to_owned();
    let defaults = json!({
        "id": null, "kind": "settings", "locale": "en", "requested_locale": "en", "fallback": false, "title": host,
        "tagline": null, "site_url": site.address(), "locales": [{ "tag": "en", "fallback": null, "default": true }],
        "default_locale": "en", "social": [], "contact": { "email": null, "phone": null, "address": null }, "image": null,
        "footer": null, "robots": "index", "published_at": null, "updated_at": null,
    });
    assert_eq!(reader.get("/v1/settings").await.expect(200).json, defaults);
    admin.get(SETTINGS).await.refused(404, "not_found");
    let made = make(&admin, json!({ "title": "Unreleased" })).await.expect(201);
    assert_eq!((made.header("location"), made.header("etag")), (SETTINGS, "\"v1\""));
    assert_eq!(admin.get(SETTINGS).await.expect(200).json["body"], json!({ "title": "Unreleased" }));
    assert_eq!(reader.get("/v1/settings").await.expect(200).json, defaults, "a draft changes nothing");
    let live = publish_revision(&admin, &made.id(), 1, 1).await.expect(200);
    assert_eq!(reader.get("/v1/settings?fields=title").await.expect(200).json["title"], "Unreleased");
    unpublish(&admin, &made.id(), live.version()).await.expect(200);
    assert_eq!(reader.get("/v1/settings").await.expect(200).json, defaults);
    site.stop().await;
}

#[actix_web::test]
async fn public_settings_come_complete() {
    let site = TestSite::start().await;
    let (admin, reader) = (site.client(Role::Admin).await, site.anonymous());
    let image = public(&admin, "room.jpg", &jpeg(64, 48, [1, 2, 3])).await;
    let imprint = publish(&admin, json!({ "title": "Imprint", "slug": "imprint" })).await;
    let body = json!({
        "title": "Lantern Alliance", "tagline": "Fair care.", "site_url": "https://WWW.example.org/", "image": image,
        "social": [{ "network": "mastodon", "url": "https://social.example.org/@lantern" }],
        "contact": { "email": "office@example.org", "address": "1 Lantern Row\nExampletown" },
        "footer": format!("A *fictional* alliance. [Imprint](entry:{})", imprint.id()), "robots": "noindex",
    });
    let live = set(&admin, body).await.expect(200);
    assert_eq!(live.json["warnings"], json!([]));
    let mut now = reader.get("/v1/settings?text=html,text").await.expect(200).json;
    assert_eq!(now["image"]["id"], image);
    assert!(
        now["image"]["srcset"].is_array() && now["published_at"].is_string() && now["updated_at"].is_string()
    );
    for member in ["image", "published_at", "updated_at"] {
        now[member].take();
    }
    assert_eq!(
        now,
        json!({
            "id": live.id(), "kind": "settings", "locale": "en", "requested_locale": "en", "fallback": false,
            "title": "Lantern Alliance", "tagline": "Fair care.", "site_url": "https://www.example.org",
            "locales": [{ "tag": "en", "fallback": null, "default": true }], "default_locale": "en",
            "social": [{ "network": "mastodon", "url": "https://social.example.org/@lantern" }],
            "contact": { "email": "office@example.org", "phone": null, "address": "1 Lantern Row\nExampletown" },
            "image": null, "robots": "noindex", "published_at": null, "updated_at": null,
            "footer": {
                "html": "<p>A <em>fictional</em> alliance. <a href=\"/imprint\">Imprint</a></p>\n",
                "text": "A fictional alliance. Imprint",
            },
        })
    );
    let robots = reader.get("/v1/robots.txt").await.expect(200);
    let expected = format!("User-agent: *\nDisallow: /\n\nSitemap: {}/v1/sitemap.xml\n", site.address());
    assert_eq!(String::from_utf8_lossy(&robots.bytes), expected);
    assert_eq!(robots.header("content-type"), "text/plain");
    // Another instant has other settings.
    site.database.advance("1 hour").await;
    let path = "/v1/settings?fields=title&as_of=2020-01-01T00:00:00Z";
    assert_ne!(admin.get(path).await.expect(200).json["title"], "Lantern Alliance");
    reader.get(path).await.refused(403, "forbidden");
    site.stop().await;
}

#[actix_web::test]
async fn there_is_one_entry_however_many_make_it() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let makers = (0..6).map(|nth| make(&admin, json!({ "title": format!("Maker {nth}") })));
    let answers = futures_util::future::join_all(makers).await;
    let made: Vec<&Answer> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(made.len(), 1);
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        assert_eq!((answer.status, answer.json["code"].as_str()), (412, Some("stale")), "{}", answer.json);
    }
    let count = site.database.texts("select count(*)::text as value from entries").await;
    assert_eq!(count, ["1"]);
    make(&admin, json!({ "title": "Late" })).await.refused(412, "stale");
    let copy = format!("/admin/v1/documents/{}/duplicate", made[0].id());
    admin.post(&copy, &json!({})).await.refused(409, "conflict");
    assert_eq!(admin.get(SETTINGS).await.expect(200).json["body"], made[0].json["body"]);
    site.stop().await;
}

#[actix_web::test]
async fn a_save_says_what_it_is_based_on() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let body = |title: &str| json!({ "body": { "title": title } });
    let put = async |headers: &[(&str, &str)], body: Value| {
        admin.send(Method::PUT, SETTINGS, headers, Some(&body)).await
    };
    put(&[], body("x")).await.refused(428, "precondition_required");
    put(&[("if-match", "\"v1\"")], body("x")).await.refused(404, "not_found");
    put(&[("if-none-match", "\"v1\"")], body("x")).await.refused(400, "invalid_precondition");
    let elsewhere = format!("{SETTINGS}?locale=de");
    admin
        .send(Method::PUT, &elsewhere, &[("if-none-match", "*")], Some(&body("x")))
        .await
        .refused(404, "not_found");
    make(&admin, json!({ "title": "One", "tagline": "Before" })).await.expect(201);
    put(&[], body("x")).await.refused(428, "precondition_required");
    put(&[("if-match", "\"v7\"")], body("x")).await.refused(412, "stale");
    let both = json!({ "body": { "title": "x" }, "base": 1 });
    put(&[("if-match", "\"v1\"")], both).await.refused(400, "invalid_precondition");
    let changed = json!({ "body": { "title": "One", "tagline": "After" } });
    let saved = put(&[("if-match", "\"v1\"")], changed).await.expect(200);
    assert_eq!((saved.version(), &saved.json["merged"]), (2, &json!(false)));
    let mine = json!({ "body": { "title": "Two", "tagline": "Before" }, "base": 1 });
    let merged = put(&[], mine).await.expect(200);
    assert_eq!(merged.json["body"], json!({ "title": "Two", "tagline": "After" }));
    let refused = put(&[("if-match", "\"v3\"")], json!({ "body": { "title": "x", "site_url": "x" } })).await;
    assert_eq!(refused.refused(422, "invalid").places(), [("/body/site_url", "invalid")]);
    let nameless = put(&[("if-match", "\"v3\"")], json!({ "body": { "title": "" } })).await.expect(200);
    let refused = publish_revision(&admin, &nameless.id(), 4, 4).await.refused(422, "invalid");
    assert_eq!(refused.places(), [("/title", "required")]);
    site.stop().await;
}

#[actix_web::test]
async fn editors_read_them_and_write_them_by_a_grant_of_their_own() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let made = make(&admin, json!({ "title": "One" })).await.expect(201);
    let editor = site.client(Role::Editor).await;
    editor.get(SETTINGS).await.expect(200);
    editor.put_at(SETTINGS, 1, &json!({ "body": { "title": "Two" } })).await.refused(403, "forbidden");
    publish_revision(&editor, &made.id(), 1, 1).await.refused(403, "forbidden");
    let grants = ["read", "write", "publish"].map(|verb| ("settings", verb, "everything", None));
    let granted = site.limited(&grants).await;
    let saved = granted.put_at(SETTINGS, 1, &json!({ "body": { "title": "Two" } })).await.expect(200);
    publish_revision(&granted, &made.id(), saved.version(), 2).await.expect(200);
    site.stop().await;
}

#[actix_web::test]
async fn pages_and_feeds_and_the_sitemap_take_what_they_lack_from_them() {
    let site = TestSite::start().await;
    let (admin, reader) = (site.client(Role::Admin).await, site.anonymous());
    let (own, ours) = (jpeg(64, 48, [1, 2, 3]), jpeg(64, 48, [200, 2, 3]));
    let (own, ours) = (public(&admin, "own.jpg", &own).await, public(&admin, "ours.jpg", &ours).await);
    let home = publish(&admin, json!({ "title": "Welcome", "slug": "" })).await.id();
    let page = publish(&admin, json!({ "title": "About", "slug": "über", "image": own, "summary": "Us." }))
        .await
        .id();
    let other = json!({ "title": "Other", "slug": "other", "seo": { "canonical": format!("entry:{page}") } });
    let other = publish(&admin, other).await.id();
    let seo = async |id: &str| reader.get(&format!("/v1/pages/{id}")).await.expect(200).json["seo"].clone();
    let before = seo(&home).await;
    assert_eq!((&before["site_name"], &before["canonical_url"]), (&Value::Null, &Value::Null));
    assert_eq!((&before["image"], &before["description"]), (&Value::Null, &Value::Null));
    let body = json!({
        "title": "Lantern Alliance", "tagline": "Fair care.", "site_url": "https://www.example.org", "image": ours,
        "robots": "noindex",
    });
    set(&admin, body).await.expect(200);
    let now = seo(&home).await;
    assert_eq!((&now["title"], &now["site_name"]), (&json!("Welcome"), &json!("Lantern Alliance")));
    assert_eq!((&now["canonical"], &now["canonical_url"]), (&json!("/"), &json!("https://www.example.org/")));
    assert_eq!((&now["description"], &now["noindex"]), (&json!("Fair care."), &json!(true)));
    assert_eq!(now["image"]["id"], ours);
    let now = seo(&page).await;
    assert_eq!((&now["image"]["id"], &now["description"]), (&json!(own), &json!("Us.")));
    assert_eq!(now["canonical_url"], "https://www.example.org/%C3%BCber");
    assert_eq!(seo(&other).await["canonical_url"], "https://www.example.org/%C3%BCber");
    assert_eq!(seo(&other).await["description"], Value::Null, "the tagline is that of the home page alone");

    let feed = reader.get("/v1/feed.json").await.expect(200).json;
    assert_eq!((&feed["title"], &feed["description"]), (&json!("Lantern Alliance"), &json!("Fair care.")));
    assert_eq!(feed["home_page_url"], "https://www.example.org/");
    assert!(feed["icon"].as_str().expect("an address").contains("/media/"), "{feed}");
    let atom = reader.get("/v1/feed.atom").await.expect(200);
    let atom = String::from_utf8_lossy(&atom.bytes).into_owned();
    for part in ["<title>Lantern Alliance</title>", "<subtitle>Fair care.</subtitle>", "<logo>"] {
        assert!(atom.contains(part), "{part}: {atom}");
    }
    let sitemap = reader.get("/v1/sitemap.xml").await.expect(200);
    let sitemap = String::from_utf8_lossy(&sitemap.bytes).into_owned();
    assert!(sitemap.contains("<loc>https://www.example.org/%C3%BCber</loc>"), "{sitemap}");
    let draft = create(&admin, json!({ "slug": "draft" })).await.id();
    let link = admin.post(&format!("/admin/v1/documents/{draft}/previews"), &json!({})).await.expect(201);
    assert!(
        link.json["url"].as_str().expect("text").starts_with("https://www.example.org/draft#"),
        "{}",
        link.json
    );
    site.stop().await;
}

#[actix_web::test]
async fn an_address_that_the_server_was_given_goes_first() {
    let database = TestDatabase::migrated().await;
    let site = TestSite::serving(database, HttpLimits::default(), Network::default(), |app| {
        app.with_site(SiteUrl::parse("https://told.example.org").ok())
    })
    .await;
    let (admin, reader) = (site.client(Role::Admin).await, site.anonymous());
    set(&admin, json!({ "title": "Lantern", "site_url": "https://said.example.org" })).await.expect(200);
    let page = publish(&admin, json!({ "slug": "page" })).await.id();
    assert_eq!(reader.get("/v1/settings").await.expect(200).json["site_url"], "https://told.example.org");
    let seo = reader.get(&format!("/v1/pages/{page}?fields=seo")).await.expect(200).json["seo"].clone();
    assert_eq!(seo["canonical_url"], "https://told.example.org/page");
    site.stop().await;
}
