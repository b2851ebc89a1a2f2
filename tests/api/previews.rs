//! Preview links: what whoever has one sees, which is the draft and what is public, and nothing else.

use reqwest::Method;
use serde_json::{Value, json};

use crate::lists::titles;
use crate::support::builders::{create, page, publish, republish, save, unpublish};
use crate::support::media::{described, path, public};
use crate::support::pictures::jpeg;
use crate::support::{Answer, Client, Role, TestSite};
use crate::translations::{add_locale, draft};

/// Makes a link to a draft; gives the answer.
pub async fn made(editor: &Client, id: &str, wanted: &Value) -> Answer {
    editor.post(&format!("/admin/v1/documents/{id}/previews"), wanted).await.expect(201)
}

/// The secret in the address of a link.
pub fn secret(made: &Answer) -> String {
    let url = made.json["url"].as_str().expect("an address");
    url.split_once("#masthead-preview=").expect("a secret").1.to_owned()
}

/// Reads as whoever has a link.
pub async fn seen(reader: &Client, secret: &str, path: &str) -> Answer {
    reader.send(Method::GET, path, &[("masthead-preview", secret)], None).await
}

/// A link to the newest revision of a page.
async fn link(editor: &Client, id: &str) -> String {
    secret(&made(editor, id, &json!({})).await)
}

#[actix_web::test]
async fn a_draft_shows_at_its_path_and_id_in_lists_and_links() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let top = publish(&editor, json!({ "title": "Top", "slug": "top" })).await.id();
    let hidden = create(&editor, json!({ "title": "Hidden", "slug": "hidden" })).await.id();
    let markdown = format!("See [top](entry:{top}) and [hidden](entry:{hidden}).");
    let fields = json!({
        "title": "Draft", "slug": "draft", "parent": top, "tags": ["new"],
        "blocks": [{ "id": "t", "type": "rich_text", "markdown": markdown }],
    });
    let id = create(&editor, fields).await.id();
    let made = made(&editor, &id, &json!({})).await;
    let secret = secret(&made);
    let expected = format!("{}/top/draft#masthead-preview={secret}", site.address());
    assert_eq!(made.json["url"], expected, "on the public site, with the secret where browsers keep it");
    let one = seen(&reader, &secret, &format!("/v1/pages/{id}")).await.expect(200);
    assert_eq!(one.header("cache-control"), "private, no-store");
    assert!(!one.headers.contains_key("etag"));
    assert_eq!((&one.json["title"], &one.json["path"]), (&json!("Draft"), &json!("/top/draft")));
    assert_eq!(one.json["breadcrumbs"][0]["path"], "/top");
    let html = one.json["blocks"][0]["text"]["html"].as_str().expect("HTML");
    assert!(html.contains("href=\"/top\"") && !html.contains("/hidden"), "no other draft: {html}");
    let found = seen(&reader, &secret, "/v1/resolve?path=/top/draft").await.expect(200);
    assert_eq!(found.json["page"]["id"], id);
    let list = seen(&reader, &secret, "/v1/pages?sort=title").await.expect(200);
    assert_eq!(titles(&list), ["Draft", "Top"]);
    assert_eq!(list.header("cache-control"), "private, no-store");
    // Nobody else sees anything of it, and another draft is nobody's.
    reader.get(&format!("/v1/pages/{id}")).await.refused(404, "not_found");
    reader.get("/v1/resolve?path=/top/draft").await.refused(404, "not_found");
    assert_eq!(titles(&reader.get("/v1/pages").await), ["Top"]);
    seen(&reader, &secret, &format!("/v1/pages/{hidden}")).await.refused(404, "not_found");
    seen(&reader, &secret, "/v1/resolve?path=/hidden").await.refused(404, "not_found");
    site.stop().await;
}

#[actix_web::test]
async fn a_draft_stands_in_the_place_of_what_is_public_of_it() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let live = publish(&editor, json!({ "title": "Live", "slug": "live" })).await;
    let id = live.id();
    let other = publish(&editor, json!({ "title": "Other", "slug": "other" })).await.id();
    save(&editor, &id, live.version(), json!({ "title": "Newer", "slug": "newer" })).await;
    let secret = link(&editor, &id).await;
    let list = seen(&reader, &secret, "/v1/pages?sort=title").await.expect(200);
    assert_eq!(titles(&list), ["Newer", "Other"], "once");
    let old = seen(&reader, &secret, "/v1/resolve?path=/live").await.expect(200);
    assert_eq!(old.json, json!({ "match": "redirect", "to": "/newer", "status": 301 }));
    assert_eq!(titles(&reader.get("/v1/pages?sort=title").await), ["Live", "Other"]);
    // It takes a path that another page has, as it could not in public.
    let version = editor.get(&format!("/admin/v1/pages/{id}")).await.expect(200).version();
    save(&editor, &id, version, json!({ "title": "Newest", "slug": "other" })).await;
    let there = seen(&reader, &secret, "/v1/resolve?path=/other").await.expect(200);
    assert_eq!(there.json["page"]["title"], "Newest", "and follows the newest revision");
    assert_eq!(reader.get("/v1/resolve?path=/other").await.expect(200).json["page"]["id"], other);
    // Walks are bound to the link.
    let first = seen(&reader, &secret, "/v1/pages?limit=1").await.expect(200);
    let next = first.json["page"]["next"].as_str().expect("a cursor");
    seen(&reader, &secret, &format!("/v1/pages?limit=1&after={next}")).await.expect(200);
    reader.get(&format!("/v1/pages?limit=1&after={next}")).await.refused(400, "invalid_cursor");
    site.stop().await;
}

#[actix_web::test]
async fn a_link_can_be_pinned_to_a_revision_and_a_locale() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    add_locale(&site, "de", Some("en")).await;
    let created = create(&editor, json!({ "title": "First", "slug": "first" })).await;
    let id = created.id();
    save(&editor, &id, created.version(), json!({ "title": "Second", "slug": "second" })).await;
    let pinned = made(&editor, &id, &json!({ "revision": 1, "expires_in_days": 90 })).await;
    assert_eq!(pinned.json["preview"]["revision"], 1);
    let page = format!("/v1/pages/{id}");
    assert_eq!(seen(&reader, &secret(&pinned), &page).await.expect(200).json["title"], "First");
    let head = link(&editor, &id).await;
    assert_eq!(seen(&reader, &head, &page).await.expect(200).json["title"], "Second");
    draft(&site, &id, "de", json!({ "title": "Deutsch", "slug": "deutsch" })).await;
    let german = format!("/admin/v1/documents/{id}/previews?locale=de");
    let german = editor.post(&german, &json!({})).await.expect(201);
    assert!(german.json["url"].as_str().expect("an address").contains("/de/deutsch#"), "{}", german.json);
    let shown = seen(&reader, &secret(&german), &format!("{page}?locale=de")).await.expect(200);
    assert_eq!(shown.json["title"], "Deutsch");
    seen(&reader, &secret(&german), &page).await.refused(404, "not_found");
    seen(&reader, &head, &format!("{page}?locale=fr")).await.refused(400, "invalid_parameter");
    site.stop().await;
}

/// The bytes at an address of a preview.
async fn bytes(reader: &Client, url: &Value) -> Answer {
    reader.get(&path(url)).await
}

#[actix_web::test]
async fn the_pictures_of_a_draft_load_by_signed_addresses() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let open = public(&editor, "open.jpg", &jpeg(64, 48, [1, 2, 3])).await;
    let closed = described(&editor, "closed.jpg", &jpeg(64, 48, [4, 5, 6])).await["id"].clone();
    let other = described(&editor, "other.jpg", &jpeg(64, 48, [7, 8, 9])).await;
    let blocks = json!([{ "id": "h", "type": "hero", "heading": "A", "image": closed }]);
    let fields = json!({ "title": "Draft", "slug": "draft", "image": open, "blocks": blocks });
    let id = create(&editor, fields).await.id();
    let made = made(&editor, &id, &json!({})).await;
    let secret = secret(&made);
    let shown = seen(&reader, &secret, &format!("/v1/pages/{id}")).await.expect(200).json;
    let pictures = [&shown["image"], &shown["blocks"][0]["image"]];
    assert_eq!([&pictures[0]["id"], &pictures[1]["id"]], [&json!(open), &closed]);
    for picture in pictures {
        for url in [&picture["src"], &picture["srcset"][0]["url"], &picture["presets"]["card"]["webp"]] {
            assert!(!url.as_str().expect("text").contains(&secret), "the link itself is in no address");
            let answer = bytes(&reader, url).await.expect(200);
            assert_eq!(answer.header("cache-control"), "private, no-store");
            assert_eq!(answer.header("cross-origin-resource-policy"), "cross-origin");
            let bare = url.as_str().expect("text").split_once('?').expect("a signature").0;
            bytes(&reader, &json!(bare)).await.refused(404, "not_found");
        }
    }
    let signed =
        shown["image"]["src"].as_str().expect("text").split_once('?').expect("a signature").1.to_owned();
    for id in [&open, closed.as_str().expect("text")] {
        seen(&reader, &secret, &format!("/v1/media/{id}")).await.expect(200);
        reader.get(&format!("/v1/media/{id}")).await.refused(404, "not_found");
    }
    let listed = seen(&reader, &secret, "/v1/media?count=exact").await.expect(200).json;
    let mut ids: Vec<&Value> =
        listed["data"].as_array().expect("a list").iter().map(|one| &one["id"]).collect();
    ids.sort_by_key(|id| *id == &closed);
    assert_eq!(
        (ids, &listed["page"]["total"]),
        (vec![&json!(open), &closed], &json!(2)),
        "and they are listed"
    );
    assert_eq!(reader.get("/v1/media").await.expect(200).json["data"], json!([]));
    // The signature opens what the draft shows, and nothing else.
    let elsewhere = other["file"]["picture"]["renditions"]["src"].as_str().expect("text");
    bytes(&reader, &json!(format!("{elsewhere}?{signed}"))).await.refused(404, "not_found");
    let src = path(&shown["image"]["src"]);
    let (bare, _) = src.split_once('?').expect("a signature");
    for bad in ["x", "", &secret, &format!("{signed}A")] {
        reader.get(&format!("{bare}?preview={bad}")).await.refused(401, "invalid_token");
    }
    let again = src.clone();
    site.database.advance("119 minutes").await;
    site.database.advance("2 minutes").await;
    reader.get(&again).await.refused(401, "invalid_token");
    let fresh = seen(&reader, &secret, &format!("/v1/pages/{id}")).await.expect(200).json;
    let fresh = path(&fresh["image"]["src"]);
    reader.get(&fresh).await.expect(200);
    let revoke = format!("/admin/v1/previews/{}", made.json["preview"]["id"].as_str().expect("an id"));
    editor.send(Method::DELETE, &revoke, &[], None).await.expect(204);
    reader.get(&fresh).await.refused(401, "invalid_token");
    site.stop().await;
}

#[actix_web::test]
async fn the_site_shows_as_of_an_instant() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let withdrawn = publish(&editor, json!({ "title": "Withdrawn", "slug": "withdrawn" })).await;
    let then = site.app.store.now().await.expect("the time");
    site.database.advance("1 day").await;
    unpublish(&editor, &withdrawn.id(), withdrawn.version()).await.expect(200);
    let made = editor.post("/admin/v1/previews", &json!({ "as_of": then })).await.expect(201);
    assert_eq!(made.json["preview"]["entry"], json!(null));
    let secret = secret(&made);
    let list = seen(&reader, &secret, "/v1/pages").await.expect(200);
    assert_eq!(titles(&list), ["Withdrawn"]);
    assert_eq!(list.header("cache-control"), "private, no-store");
    assert_eq!(list.header("masthead-final"), "true");
    let found = seen(&reader, &secret, "/v1/resolve?path=/withdrawn").await.expect(200);
    assert_eq!(found.json["page"]["id"], withdrawn.id());
    assert_eq!(reader.get("/v1/pages").await.expect(200).json["data"], json!([]));
    // A link names its instant; another one cannot be asked for by it.
    seen(&reader, &secret, "/v1/pages?as_of=2020-01-01T00:00:00Z").await.refused(403, "forbidden");
    let listed = editor.get("/admin/v1/previews").await.expect(200);
    assert_eq!(listed.json["data"][0]["id"], made.json["preview"]["id"]);
    assert_eq!(listed.json["data"][0]["opened"], 1);
    site.client(Role::Author).await.post("/admin/v1/previews", &json!({ "as_of": then })).await.expect(403);
    editor.post("/admin/v1/previews", &json!({})).await.expect(422);
    site.stop().await;
}

#[actix_web::test]
async fn other_parts_of_the_read_api_show_what_is_public() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let id = create(&editor, json!({ "title": "Umbralith", "slug": "umbralith" })).await.id();
    let live = publish(&editor, json!({ "title": "Live", "slug": "live" })).await;
    let secret = link(&editor, &id).await;
    for path in ["/v1/changes", "/v1/sitemap.xml", "/v1/feed.atom", "/v1/feed.json"] {
        let answer = seen(&reader, &secret, path).await.expect(200).everything();
        assert!(!answer.to_lowercase().contains("umbralith"), "{path}: {answer}");
        seen(&reader, "mhp_no", path).await.refused(401, "invalid_token");
    }
    // Publishing it changes nothing for whoever has the link but where everybody sees it.
    republish(&editor, &live.id(), live.version(), json!({ "title": "Again", "slug": "live" })).await;
    assert_eq!(titles(&seen(&reader, &secret, "/v1/pages?sort=title").await), ["Again", "Umbralith"]);
    let body = page(json!({ "title": "X" }));
    let header = [("masthead-preview", secret.as_str())];
    let refused = reader.send(Method::POST, "/admin/v1/pages", &header, Some(&body)).await;
    refused.refused(401, "unauthenticated");
    site.stop().await;
}
