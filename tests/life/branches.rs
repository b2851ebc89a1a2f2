//! Branches of the tree: into the trash and back, links decided on, many at once, unsaved work, and languages.

use masthead::documents::add_locale;
use masthead::platform::access::Permit;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::builders::{create, publish, trash};
use crate::support::{Answer, Client, Role, TestSite};

async fn act(client: &Client, page: (&str, i64), what: &str, body: &Value) -> Answer {
    let tag = format!("\"v{}\"", page.1);
    let path = format!("/admin/v1/documents/{}/{what}", page.0);
    client.send(Method::POST, &path, &[("if-match", &tag)], Some(body)).await
}

async fn get(client: &Client, id: &str) -> Answer {
    client.get(&format!("/admin/v1/pages/{id}")).await.expect(200)
}

async fn delete(client: &Client, id: &str, version: i64, query: &str) -> Answer {
    let tag = format!("\"v{version}\"");
    client.send(Method::DELETE, &format!("/admin/v1/pages/{id}{query}"), &[("if-match", &tag)], None).await
}

#[actix_web::test]
async fn a_branch_goes_into_the_trash_and_comes_back_as_drafts() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let top = publish(&editor, json!({ "slug": "top" })).await;
    let below = publish(&editor, json!({ "slug": "below", "parent": top.id() })).await;
    let draft = create(&editor, json!({ "slug": "draft", "parent": below.id() })).await;
    let other = publish(&editor, json!({ "slug": "other" })).await;
    delete(&editor, &top.id(), top.version(), "?descendants=trash").await.expect(204);
    let public = site.anonymous().get("/v1/pages").await.expect(200);
    assert_eq!(public.json["data"].as_array().map(Vec::len), Some(1), "{}", public.json);
    assert_eq!(public.json["data"][0]["id"], other.id());
    for id in [top.id(), below.id(), draft.id()] {
        assert!(get(&editor, &id).await.json["trashed_at"].is_string());
    }
    let version = get(&editor, &top.id()).await.version();
    let back = act(&editor, (&top.id(), version), "restore", &json!({})).await.expect(200);
    assert_eq!((&back.json["trashed_at"], &back.json["live"]), (&Value::Null, &Value::Null));
    for id in [below.id(), draft.id()] {
        let page = get(&editor, &id).await;
        assert_eq!((&page.json["trashed_at"], &page.json["live"]), (&Value::Null, &Value::Null));
    }
    let before = site.database.fingerprint().await;
    act(&editor, (&top.id(), back.version()), "restore", &json!({})).await.refused(409, "conflict");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn links_to_what_is_trashed_are_taken_away_or_led_elsewhere() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for (query, expected) in [("unlink", None), ("replace", Some("/new"))] {
        let old = publish(&editor, json!({ "slug": format!("old-{query}") })).await;
        let new = publish(&editor, json!({ "slug": "new" })).await;
        let text = format!("Read [our *history*](entry:{}).", old.id());
        let blocks = json!([{ "id": "t", "type": "rich_text", "markdown": text }]);
        let from = publish(&editor, json!({ "slug": format!("from-{query}"), "blocks": blocks })).await;
        let before = site.database.fingerprint().await;
        let refused = trash(&editor, &old.id(), old.version()).await.refused(409, "in_use");
        assert_eq!(refused.json["entries"], json!([from.id()]));
        assert_eq!(site.database.fingerprint().await, before);
        let replacement =
            if expected.is_some() { format!("&replacement={}", new.id()) } else { String::new() };
        let query = format!("?references={query}{replacement}");
        delete(&editor, &old.id(), old.version(), &query).await.expect(204);
        let page = get(&editor, &from.id()).await;
        assert_eq!(page.json["revision"]["origin"], "unlink");
        assert_eq!(page.json["live"]["revision"], 2, "what was public stays as new as it was");
        let view = site.anonymous().get(&format!("/v1/pages/{}", from.id())).await.expect(200);
        let html = view.json["blocks"][0]["text"]["html"].as_str().expect("html").to_owned();
        assert!(html.contains("<em>history</em>"), "{html}");
        assert_eq!(html.contains("href"), expected.is_some(), "{html}");
        assert!(expected.is_none_or(|path| html.contains(path)), "{html}");
        trash(&editor, &new.id(), new.version()).await;
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_selection_is_published_one_by_one_or_all_at_once() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let top = create(&editor, json!({ "slug": "top" })).await;
    let below = create(&editor, json!({ "slug": "below", "parent": top.id() })).await;
    let bad = create(&editor, json!({ "title": "", "slug": "bad" })).await;
    let item = |page: &Answer| json!({ "id": page.id(), "version": 1, "revision": 1 });
    let path = "/admin/v1/documents/publish";
    let all = json!({ "items": [item(&top), item(&bad), item(&below)], "atomic": true });
    let before = site.database.fingerprint().await;
    let refused = editor.post(path, &all).await.refused(422, "invalid");
    assert!(refused.places().iter().any(|(place, _)| *place == "/items/1"), "{}", refused.json);
    let twice = json!({ "items": [item(&top), item(&top)] });
    editor.post(path, &twice).await.refused(422, "invalid");
    editor.post(path, &json!({ "items": [] })).await.refused(422, "invalid");
    assert_eq!(site.database.fingerprint().await, before);

    let each = json!({ "items": [item(&top), item(&bad), item(&below)] });
    let done = editor.post(path, &each).await.expect(200);
    assert_eq!((&done.json["done"], &done.json["refused"]), (&json!(2), &json!(1)));
    let statuses: Vec<&Value> =
        done.json["results"].as_array().expect("results").iter().map(|item| &item["status"]).collect();
    assert_eq!(statuses, [&json!(200), &json!(422), &json!(200)]);
    site.anonymous().get("/v1/resolve?path=/top/below").await.expect(200);

    let branch = json!({ "subtree": top.id(), "atomic": true });
    let ended = editor.post("/admin/v1/documents/unpublish", &branch).await.expect(200);
    assert_eq!(ended.json["done"], 2);
    assert_eq!(site.anonymous().get("/v1/pages").await.expect(200).json["data"], json!([]));
    let back = editor.post(path, &branch).await.expect(200);
    assert_eq!(back.json["done"], 2);
    let live = get(&editor, &below.id()).await;
    let other = get(&editor, &top.id()).await;
    assert_eq!(live.json["live"]["from"], other.json["live"]["from"], "at one instant");
    let again = editor.post(path, &branch).await.expect(200);
    assert_eq!(again.json["results"][0]["version"], other.json["version"], "nothing to do changes nothing");
    site.stop().await;
}

#[actix_web::test]
async fn unsaved_work_is_kept_whatever_it_is_and_becomes_a_revision() {
    let site = TestSite::start().await;
    let (one, two) = (site.client(Role::Editor).await, site.client(Role::Editor).await);
    let block = json!([{ "id": "t", "type": "rich_text", "markdown": "One two three four." }]);
    let page = create(&one, json!({ "title": "Page", "slug": "page", "blocks": block })).await;
    let path = format!("/admin/v1/documents/{}/working-copy", page.id());
    let keep = async |client: &Client, header: (&str, &str), body: Value| {
        let request = json!({ "base": 1, "body": body });
        client.send(Method::PUT, &path, &[header], Some(&request)).await
    };
    one.get(&path).await.refused(404, "not_found");
    let unfinished = json!({ "title": 7, "slug": "A / B", "nonsense": [null] });
    let kept = keep(&one, ("if-none-match", "*"), unfinished.clone()).await.expect(200);
    assert_eq!(kept.json["body"], unfinished, "nothing typed is refused");
    keep(&one, ("if-none-match", "*"), json!({})).await.refused(412, "stale");
    two.get(&path).await.refused(404, "not_found");
    let listed = get(&two, &page.id()).await;
    assert_eq!(listed.json["unsaved"][0]["base"], 1, "others see that there is some");

    let mut mine = page.json["body"].clone();
    mine["blocks"][0]["markdown"] = json!("One two three FOUR.");
    let kept = keep(&one, ("if-match", kept.header("etag")), mine).await.expect(200);
    let mut theirs = page.json["body"].clone();
    theirs["blocks"][0]["markdown"] = json!("ONE two three four.");
    two.put_at(&format!("/admin/v1/pages/{}", page.id()), 1, &json!({ "body": theirs })).await.expect(200);

    let tag = [("if-match", kept.header("etag"))];
    let saved = one.send(Method::POST, &format!("{path}/save"), &tag, None).await.expect(200);
    assert_eq!(saved.json["merged"], true);
    let now = get(&one, &page.id()).await;
    assert_eq!(now.json["body"]["blocks"][0]["markdown"], "ONE two three FOUR.");
    assert_eq!((&now.json["unsaved"], &now.json["revision"]["number"]), (&json!([]), &json!(3)));
    one.send(Method::POST, &format!("{path}/save"), &tag, None).await.refused(404, "not_found");
    site.stop().await;
}

#[actix_web::test]
async fn one_language_is_published_without_another() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    add_locale(&site.app, &Permit::system("test"), "de", Some("en")).await.expect("a locale");
    let page = publish(&editor, json!({ "title": "Lantern", "slug": "lantern" })).await;
    let path = format!("/admin/v1/documents/{}/translations", page.id());
    let before = site.database.fingerprint().await;
    editor.post(&path, &json!({ "locale": "fr" })).await.refused(422, "invalid");
    assert_eq!(site.database.fingerprint().await, before);
    let english = site.anonymous().get(&format!("/v1/pages/{}", page.id())).await.expect(200).bytes;
    let german = format!("/v1/pages/{}?locale=de", page.id());
    assert_eq!(site.anonymous().get(&german).await.expect(200).json["fallback"], true);
    editor.post(&path, &json!({ "locale": "de" })).await.expect(201);
    editor.post(&path, &json!({ "locale": "de" })).await.refused(409, "conflict");
    let body =
        json!({ "body": { "title": "Laterne", "slug": "laterne", "blocks": page.json["body"]["blocks"] } });
    let save = format!("/admin/v1/pages/{}?locale=de", page.id());
    editor.put_at(&save, 1, &body).await.expect(200);
    let publish = format!("/admin/v1/documents/{}/publish?locale=de", page.id());
    let tag = [("if-match", "\"v2\"")];
    editor.send(Method::POST, &publish, &tag, Some(&json!({ "revision": 2 }))).await.expect(200);
    let read = site.anonymous().get(&german).await.expect(200);
    assert_eq!((&read.json["title"], &read.json["path"]), (&json!("Laterne"), &json!("/laterne")));
    let same = site.anonymous().get(&format!("/v1/pages/{}", page.id())).await.expect(200).bytes;
    assert_eq!(same, english, "the other language is as it was");

    let state = async || {
        let all = editor.get(&path).await.expect(200).json;
        let german = all["translations"].as_array().expect("a list").iter().find(|one| one["locale"] == "de");
        german.expect("German")["state"].clone()
    };
    assert_eq!(state().await, "current");
    let source = get(&editor, &page.id()).await;
    let more = json!({ "body": { "title": "Lanterns", "slug": "lantern", "blocks": [] } });
    editor.put_at(&format!("/admin/v1/pages/{}", page.id()), source.version(), &more).await.expect(200);
    assert_eq!(state().await, "outdated");
    let followed = json!({ "body": body["body"], "source": { "locale": "en", "revision": 2 }, "base": 2 });
    editor.send(Method::PUT, &save, &[], Some(&followed)).await.expect(200);
    assert_eq!(state().await, "current");
    site.stop().await;
}
