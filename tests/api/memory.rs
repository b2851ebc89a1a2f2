//! Answers from memory: computed once, never of two states, never older than what is public, never for a credential.

use std::io::Read;
use std::sync::atomic::Ordering::Relaxed;

use masthead::platform::db::Listener;
use masthead::platform::http::Memory;
use reqwest::Method;
use serde_json::{Value, json};

use crate::scheduled::import_page;
use crate::support::builders::{create, publish, publish_revision, republish, unpublish};
use crate::support::{Answer, Client, Role, TestSite};

/// Computed, from memory, shared with whoever computed.
fn counts(memory: &Memory) -> (u64, u64, u64) {
    let counts = memory.counts();
    (counts.fills.load(Relaxed), counts.hits.load(Relaxed), counts.shared.load(Relaxed))
}

fn memory(site: &TestSite) -> &Memory {
    site.memory.as_ref().expect("memory")
}

/// An answer but for what differs from one answer to the next.
fn content(answer: &Answer) -> (u16, Vec<(String, String)>, Vec<u8>) {
    let differs = ["x-request-id", "date", "cache-control"];
    let mut headers: Vec<_> = answer
        .headers
        .iter()
        .filter(|(name, _)| !differs.contains(&name.as_str()))
        .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
        .collect();
    headers.sort();
    (answer.status, headers, answer.bytes.clone())
}

/// The tag of an answer in a coding, and what it says. What is too short to be packed comes plain.
async fn packed(site: &TestSite, path: &str, coding: &str) -> (String, Value) {
    let request = reqwest::Client::new().get(format!("{}{path}", site.address()));
    let answer = request.header("accept-encoding", coding).send().await.expect("an answer");
    let header =
        |name: &str| answer.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
    let (tag, used) = (header("etag").expect("a tag"), header("content-encoding"));
    let bytes = answer.bytes().await.expect("a body");
    let mut text = String::new();
    match used.as_deref() {
        Some("gzip") => flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text),
        Some("br") => brotli::Decompressor::new(&bytes[..], 4096).read_to_string(&mut text),
        _ => (&bytes[..]).read_to_string(&mut text),
    }
    .expect("whole");
    (tag, serde_json::from_str(&text).expect("JSON"))
}

#[actix_web::test]
async fn an_answer_is_computed_once_and_is_the_same_from_memory() {
    let site = TestSite::with_memory().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let long = "We teach together, and we learn together. ".repeat(60);
    let blocks = json!([{ "type": "rich_text", "markdown": long }]);
    let id =
        publish(&editor, json!({ "title": "Lanterns", "slug": "lanterns", "blocks": blocks })).await.id();
    for path in ["/v1/pages".to_owned(), format!("/v1/pages/{id}"), "/v1/resolve?path=/lanterns".into()] {
        let (fills, hits, _) = counts(memory(&site));
        let first = reader.get(&path).await.expect(200);
        let second = reader.get(&path).await.expect(200);
        assert_eq!(content(&first), content(&second), "{path}");
        assert_eq!(counts(memory(&site)), (fills + 1, hits + 1, 0), "{path}");
        let tag = first.header("etag").trim_matches('"').to_owned();
        for coding in ["gzip", "br"] {
            let packed = packed(&site, &path, coding).await;
            let expected = if path == "/v1/pages" { tag.clone() } else { format!("{tag}-{coding}") };
            assert_eq!(packed, (format!("\"{expected}\""), first.json.clone()), "{path} in {coding}");
            assert_eq!(self::packed(&site, &path, coding).await, packed, "{path} in {coding}");
            let known = [("if-none-match", packed.0.as_str()), ("accept-encoding", coding)];
            let unchanged = reader.send(Method::GET, &path, &known, None).await.expect(304);
            assert!(unchanged.bytes.is_empty());
            assert_eq!(unchanged.header("etag"), packed.0);
            assert_eq!(unchanged.header("vary"), first.header("vary"));
        }
        let head = reader.send(Method::HEAD, &path, &[], None).await.expect(200);
        assert_eq!((head.bytes.len(), head.header("etag")), (0, first.header("etag")));
        assert_eq!(head.header("content-length"), first.bytes.len().to_string());
        assert_eq!(counts(memory(&site)).0, fills + 1, "computed once: {path}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn spellings_share_an_answer_and_questions_do_not() {
    let site = TestSite::with_memory().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    for title in ["Ash", "Birch", "Cedar"] {
        publish(&editor, json!({ "title": title, "slug": title.to_lowercase() })).await;
    }
    let first = reader.get("/v1/pages?limit=2&sort=title").await.expect(200);
    let same = reader.get("/v1/pages?sort=t%69tle&limit=2").await.expect(200);
    assert_eq!(first.bytes, same.bytes);
    assert_eq!(counts(memory(&site)), (1, 1, 0));
    let other = reader.get("/v1/pages?limit=3&sort=title").await.expect(200);
    assert_eq!(other.json["data"].as_array().map(Vec::len), Some(3));
    for (path, code) in [
        ("/v1/pages?limit=2&limit=2", "repeated_parameter"),
        ("/v1/pages?limit=2&sort=title&x=1", "unknown_parameter"),
        ("/v1/pages?limit=0", "invalid_parameter"),
    ] {
        reader.get(path).await.refused(400, code);
        let twice = reader.get(path).await.refused(400, code);
        assert_eq!(twice.header("cache-control"), "no-store");
    }
    site.stop().await;
}

#[actix_web::test]
async fn what_is_published_is_read_at_once_by_whoever_published_it() {
    let site = TestSite::with_memory().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    reader.get("/v1/resolve?path=/about").await.refused(404, "not_found");
    let mut published = publish(&editor, json!({ "title": "Edition 0", "slug": "about" })).await;
    let id = published.id();
    for edition in 1..12 {
        for path in [format!("/v1/pages/{id}"), "/v1/resolve?path=/about".into(), "/v1/pages".into()] {
            reader.get(&path).await.expect(200);
        }
        let title = format!("Edition {edition}");
        published =
            republish(&editor, &id, published.version(), json!({ "title": title, "slug": "about" })).await;
        assert_eq!(reader.get(&format!("/v1/pages/{id}")).await.expect(200).json["title"], title);
        assert_eq!(reader.get("/v1/resolve?path=/about").await.expect(200).json["page"]["title"], title);
        assert_eq!(reader.get("/v1/pages").await.expect(200).json["data"][0]["title"], title);
    }
    unpublish(&editor, &id, published.version()).await.expect(200);
    reader.get(&format!("/v1/pages/{id}")).await.refused(404, "not_found");
    reader.get("/v1/resolve?path=/about").await.refused(404, "not_found");
    assert_eq!(reader.get("/v1/pages").await.expect(200).json["data"], json!([]));
    site.stop().await;
}

#[actix_web::test]
async fn a_draft_changes_nothing_and_costs_no_answer() {
    let site = TestSite::with_memory().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    publish(&editor, json!({ "slug": "about" })).await;
    reader.get("/v1/pages").await.expect(200);
    let (fills, ..) = counts(memory(&site));
    create(&editor, json!({ "title": "A draft", "slug": "draft" })).await;
    let read = reader.get("/v1/pages").await.expect(200);
    assert!(!read.everything().contains("A draft"));
    assert_eq!(counts(memory(&site)).0, fills);
    site.stop().await;
}

#[actix_web::test]
async fn a_credential_passes_by() {
    let site = TestSite::with_memory().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    publish(&editor, json!({ "slug": "about" })).await;
    reader.get("/v1/pages").await.expect(200);
    let before = counts(memory(&site));
    site.bearer("mh_no_such_token").get("/v1/pages").await.refused(401, "invalid_token");
    let now = site.app.store.now().await.expect("the time").to_rfc3339();
    let past = format!("/v1/pages?as_of={}", now.replace('+', "%2B"));
    let admin = site.client(Role::Admin).await;
    assert_eq!(admin.get(&past).await.expect(200).header("cache-control"), "private, no-store");
    reader.get(&past).await.refused(403, "forbidden");
    editor.get("/v1/pages").await.expect(200);
    assert_eq!(counts(memory(&site)).1, before.1, "nothing from memory");
    site.stop().await;
}

#[actix_web::test]
async fn what_is_kept_is_refused_as_if_it_were_not() {
    let site = TestSite::with_memory().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let id = publish(&editor, json!({ "title": "Kept", "slug": "kept" })).await.id();
    let path = format!("/v1/pages/{id}");
    let kept = reader.get(&path).await.expect(200);
    let hits = || counts(memory(&site)).1;
    let before = hits();
    for (header, status, code) in [
        (("accept", "text/html"), 406, "not_acceptable"),
        (("authorization", "Bearer mh_nonsense"), 401, "invalid_token"),
        (("masthead-preview", "nonsense"), 401, "invalid_token"),
    ] {
        reader.send(Method::GET, &path, &[header], None).await.refused(status, code);
    }
    reader.send(Method::DELETE, &path, &[], None).await.refused(405, "method_not_allowed");
    reader.get(&format!("{path}?unknown=1")).await.refused(400, "unknown_parameter");
    assert_eq!(hits(), before);
    // Not the short way, and the same answer.
    let forwarded = [("x-forwarded-for", "192.0.2.7"), ("accept", "application/json, text/plain;q=0.5")];
    for headers in [&forwarded[..], &[("content-length", "0")]] {
        let again = reader.send(Method::GET, &path, headers, None).await.expect(200);
        assert_eq!(content(&again), content(&kept), "{headers:?}");
    }
    let head = reader.send(Method::HEAD, &path, &[], None).await.expect(200);
    assert_eq!((content(&head).1, head.bytes.len()), (content(&kept).1, 0));
    let known = [("if-none-match", kept.header("etag"))];
    let id_given = [known[0], ("x-request-id", "build-42")];
    let unchanged = reader.send(Method::GET, &path, &id_given, None).await.expect(304);
    assert_eq!(unchanged.header("x-request-id"), "build-42");
    let long_way = reader.send(Method::HEAD, &path, &known, None).await.expect(304);
    assert_eq!(content(&unchanged), content(&long_way));
    assert_eq!(hits(), before + 5);
    site.stop().await;
}

#[actix_web::test]
async fn an_answer_ends_with_what_is_planned() {
    let site = TestSite::with_memory().await;
    let reader = site.anonymous();
    import_page(&site, json!({ "title": "Dawn", "slug": "dawn" }), 2).await;
    assert_eq!(reader.get("/v1/pages").await.expect(200).json["data"], json!([]));
    site.database.advance("2 hours").await;
    // The next look at the site, whoever takes it, shows that an instant has passed.
    site.app.store.read_public(async |_| Ok(())).await.expect("a look");
    assert_eq!(reader.get("/v1/pages").await.expect(200).json["data"][0]["title"], "Dawn");
    assert_eq!(counts(memory(&site)).0, 2);
    site.stop().await;
}

#[actix_web::test]
async fn shared_caches_do_not_keep_an_answer_past_a_planned_instant() {
    let site = TestSite::with_memory().await;
    let reader = site.anonymous();
    import_page(&site, json!({ "title": "Dawn", "slug": "dawn" }), 1).await;
    site.database.advance("3599 seconds").await;
    let soon = reader.get("/v1/pages").await.expect(200);
    assert_eq!(soon.header("cache-control"), "public, max-age=0, s-maxage=0");
    site.stop().await;
}

/// Reads until the title is this one. Ends with the patience of the test's runner when it never is.
async fn until_titled(reader: &Client, path: &str, title: &str) -> Value {
    loop {
        let read = reader.get(path).await.expect(200).json;
        if read["title"] == title {
            return read;
        }
        actix_web::rt::task::yield_now().await;
    }
}

#[actix_web::test]
async fn another_process_learns_of_a_change_by_notification_and_without_one() {
    let site = TestSite::with_memory().await;
    let neighbour = site.neighbour().await;
    let listener = Listener::start(site.database.reader(), neighbour.app.store.watch().clone());
    let (editor, reader) = (site.client(Role::Editor).await, neighbour.anonymous());
    let first = publish(&editor, json!({ "title": "One", "slug": "one" })).await;
    let path = format!("/v1/pages/{}", first.id());
    until_titled(&reader, &path, "One").await;
    let second =
        republish(&editor, &first.id(), first.version(), json!({ "title": "Two", "slug": "one" })).await;
    until_titled(&reader, &path, "Two").await;

    site.database.execute("drop trigger tell_version on site").await;
    let third =
        republish(&editor, &first.id(), second.version(), json!({ "title": "Three", "slug": "one" })).await;
    until_titled(&reader, &path, "Three").await;

    drop(listener);
    publish_revision(&editor, &first.id(), third.version(), 2).await.expect(200);
    until_titled(&reader, &path, "Two").await;
    assert!(counts(&neighbour.memory).1 > 0, "answered from memory too");
    neighbour.stop().await;
    site.stop().await;
}

#[actix_web::test]
async fn under_publishing_no_answer_mixes_two_states() {
    let site = TestSite::with_memory().await;
    let neighbour = site.neighbour().await;
    let _listener = Listener::start(site.database.reader(), neighbour.app.store.watch().clone());
    let editor = site.client(Role::Editor).await;
    let edition = |n: usize| {
        json!({ "title": format!("Edition {n}"), "slug": "about", "summary": format!("Edition {n}"),
                "blocks": [{ "type": "rich_text", "markdown": format!("Edition {n}") }] })
    };
    let mut published = publish(&editor, edition(0)).await;
    let path = format!("/v1/pages/{}", published.id());
    let done = std::cell::Cell::new(false);
    let read = async |reader: Client| {
        let mut last = 0;
        while !done.get() {
            let page = reader.get(&path).await.expect(200).json;
            assert_eq!(page["title"], page["summary"]);
            let html = page["blocks"][0]["text"]["html"].as_str().expect("html");
            let title = page["title"].as_str().expect("a title");
            assert!(html.contains(&format!("{title}<")), "{page}");
            let edition: usize = title.trim_start_matches("Edition ").parse().expect("a number");
            assert!(edition >= last, "{edition} after {last}");
            last = edition;
        }
    };
    let write = async {
        for n in 1..40 {
            published = republish(&editor, &published.id(), published.version(), edition(n)).await;
        }
        done.set(true);
    };
    let (here, there) = (site.anonymous(), neighbour.anonymous());
    futures_util::future::join4(write, read(here.clone()), read(here), read(there)).await;
    neighbour.stop().await;
    site.stop().await;
}
