//! The settings take over the languages of the site, and are themselves in several.

use serde_json::{Value, json};

use crate::settings::{save, set};
use crate::support::builders::{create, publish, publish_revision};
use crate::support::{Answer, Client, Role, TestSite};

fn named(locales: Value) -> Value {
    let mut settings = json!({ "title": "Lantern" });
    settings["locales"] = locales;
    settings
}

async fn locales(reader: &Client) -> Value {
    reader.get("/v1/settings").await.expect(200).json["locales"].clone()
}

/// Publishes the settings of a locale as they are.
async fn publish_in(client: &Client, id: &str, locale: &str) -> Answer {
    let found = client.get(&format!("/admin/v1/settings?locale={locale}")).await.expect(200);
    let path = format!("/admin/v1/documents/{id}/publish?locale={locale}");
    let revision = json!({ "revision": found.json["revision"]["number"] });
    client.post_at(&path, found.version(), Some(&revision)).await
}

#[actix_web::test]
async fn a_locale_that_is_published_can_be_written_in() {
    let site = TestSite::start().await;
    let (admin, reader) = (site.client(Role::Admin).await, site.anonymous());
    let both =
        json!([{ "tag": "en" }, { "tag": "de", "fallback": "en" }, { "tag": "de-AT", "fallback": "de" }]);
    save(&admin, named(both.clone())).await;
    reader.get("/v1/pages?locale=de").await.refused(400, "invalid_parameter");
    set(&admin, named(both)).await.expect(200);
    assert_eq!(
        locales(&reader).await,
        json!([
            { "tag": "en", "fallback": null, "default": true },
            { "tag": "de", "fallback": "en", "default": false },
            { "tag": "de-AT", "fallback": "de", "default": false },
        ])
    );
    let added = site
        .database
        .texts("select action || ' ' || (data ->> 'tag') as value from events where subject_kind = 'locale' order by id")
        .await;
    assert_eq!(added, ["locale.added de", "locale.added de-AT"]);
    publish(&admin, json!({ "title": "English", "slug": "english" })).await;
    let german = json!({ "body": { "title": "Deutsch", "slug": "deutsch", "blocks": [] } });
    let made = admin.post("/admin/v1/pages?locale=de", &german).await.expect(201);
    let path = format!("/admin/v1/documents/{}/publish?locale=de", made.id());
    admin.post_at(&path, 1, Some(&json!({ "revision": 1 }))).await.expect(200);
    let list = reader.get("/v1/pages?locale=de-AT&sort=title&fields=title,fallback").await.expect(200);
    let titles: Vec<&Value> =
        list.json["data"].as_array().expect("data").iter().map(|one| &one["title"]).collect();
    assert_eq!(titles, ["Deutsch", "English"]);
    site.stop().await;
}

#[actix_web::test]
async fn a_locale_in_use_stays_and_a_fallback_is_for_good() {
    let site = TestSite::start().await;
    let (admin, reader) = (site.client(Role::Admin).await, site.anonymous());
    let all = json!([{ "tag": "en" }, { "tag": "de", "fallback": "en" }, { "tag": "fr" }]);
    set(&admin, named(all)).await.expect(200);
    let german = json!({ "body": { "title": "Deutsch", "slug": "deutsch", "blocks": [] } });
    admin.post("/admin/v1/pages?locale=de", &german).await.expect(201);
    let refused = set(&admin, named(json!([{ "tag": "en" }, { "tag": "fr" }]))).await.refused(422, "invalid");
    assert_eq!(refused.places(), [("/locales", "not_allowed")]);
    let detail = refused.json["errors"][0]["detail"].as_str().expect("text");
    assert_eq!(detail, "There are documents in `de`: a locale in use cannot be left out.");
    let other = json!([{ "tag": "en" }, { "tag": "de" }]);
    let refused = set(&admin, named(other)).await.refused(422, "invalid");
    assert_eq!(refused.places(), [("/locales/1/fallback", "not_allowed")]);
    assert!(refused.json["errors"][0]["detail"].as_str().expect("text").contains("`en` for good"));
    // One in which nothing was ever written is shown no more, and can come back.
    set(&admin, named(json!([{ "tag": "en" }, { "tag": "de", "fallback": "en" }]))).await.expect(200);
    assert_eq!(locales(&reader).await.as_array().expect("locales").len(), 2);
    set(&admin, json!({ "title": "Lantern" })).await.expect(200);
    assert_eq!(locales(&reader).await.as_array().expect("locales").len(), 3, "all that there are");
    site.stop().await;
}

#[actix_web::test]
async fn a_plan_adds_its_locales_at_once_and_changes_no_default() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let german = json!([{ "tag": "en" }, { "tag": "de", "fallback": "en" }]);
    let saved = save(&admin, named(german.clone())).await;
    let schedule = format!("/admin/v1/documents/{}/schedule", saved.id());
    let plan = |revision: i64| json!({ "revision": revision, "from": "8000-01-01T00:00:00Z" });
    let planned = admin.post_at(&schedule, saved.version(), Some(&plan(1))).await.expect(200);
    site.anonymous().get("/v1/pages?locale=de").await.expect(200);
    let other = json!({ "title": "Lantern", "locales": german, "default_locale": "de" });
    let saved = save(&admin, other).await;
    assert_eq!(saved.version(), planned.version() + 1);
    let refused = admin.post_at(&schedule, saved.version(), Some(&plan(2))).await.refused(422, "invalid");
    assert_eq!(refused.places(), [("/default_locale", "not_allowed")]);
    site.stop().await;
}

#[actix_web::test]
async fn settings_are_translated_and_another_locale_becomes_the_default() {
    let site = TestSite::start().await;
    let (admin, reader) = (site.client(Role::Admin).await, site.anonymous());
    let german = json!([{ "tag": "en" }, { "tag": "de", "fallback": "en" }]);
    let body = |title: &str, default: &str| json!({ "title": title, "site_url": "https://www.example.org", "locales": german, "default_locale": default });
    let id = set(&admin, body("Lantern", "en")).await.expect(200).id();
    let early = set(&admin, body("Lantern", "de")).await.refused(422, "invalid");
    assert!(early.json["errors"][0]["detail"].as_str().expect("text").contains("add the settings in `de`"));
    let translations = format!("/admin/v1/documents/{id}/translations");
    admin.post(&translations, &json!({ "locale": "de" })).await.expect(201);
    let words = json!({ "body": { "title": "Laterne", "locales": [{ "tag": "en" }] } });
    admin.put_at("/admin/v1/settings?locale=de", 1, &words).await.expect(200);
    // Of a translation the words count alone.
    publish_in(&admin, &id, "de").await.expect(200);
    let read = async |query: &str| reader.get(&format!("/v1/settings{query}")).await.expect(200).json;
    let now = read("?locale=de").await;
    assert_eq!((&now["title"], &now["fallback"]), (&json!("Laterne"), &json!(false)));
    assert_eq!((&now["site_url"], &now["default_locale"]), (&json!("https://www.example.org"), &json!("en")));
    assert_eq!(now["locales"].as_array().expect("locales").len(), 2);
    assert_eq!(read("").await["title"], "Lantern");

    let page = create(&admin, json!({ "slug": "page" })).await;
    publish_revision(&admin, &page.id(), 1, 1).await.expect(200);
    publish_in(&admin, &id, "en").await.expect(200);
    let now = read("").await;
    assert_eq!((&now["title"], &now["default_locale"]), (&json!("Laterne"), &json!("de")));
    let changed = "select data::text as value from events where action = 'site.default_locale_changed'";
    assert_eq!(site.database.texts(changed).await, ["{\"to\": \"de\", \"from\": \"en\"}"]);
    // What is meant when no locale is named is German now, and the page is English.
    let shown = reader.get(&format!("/v1/pages/{}", page.id())).await.expect(200);
    assert_eq!((&shown.json["locale"], &shown.json["requested_locale"]), (&json!("en"), &json!("de")));
    assert_eq!(admin.get("/admin/v1/settings").await.expect(200).json["body"]["title"], "Laterne");
    site.stop().await;
}

#[actix_web::test]
async fn a_bulk_publication_takes_over_the_locales_too() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let saved = save(&admin, named(json!([{ "tag": "en" }, { "tag": "de", "fallback": "en" }]))).await;
    let item = json!({ "id": saved.id(), "version": 1, "revision": 1 });
    let all = json!({ "items": [item], "atomic": true });
    admin.post("/admin/v1/documents/publish", &all).await.expect(200);
    site.anonymous().get("/v1/pages?locale=de").await.expect(200);
    let tags = site.database.texts("select tag as value from locales order by tag").await;
    assert_eq!(tags, ["de", "en"]);
    site.stop().await;
}
