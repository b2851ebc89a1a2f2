//! Cache tags: an answer names what it was computed from, and nothing that is not public.

use reqwest::Method;
use serde_json::{Value, json};

use crate::changes::{since, start};
use crate::previews::{made, secret, seen};
use crate::support::builders::{create, publish, republish, unpublish};
use crate::support::media::{path, public};
use crate::support::pictures::jpeg;
use crate::support::{Answer, Client, Role, TestSite, people};

/// The tags of an answer, which both headers must agree on.
fn tags(answer: &Answer) -> Vec<&str> {
    let spaced: Vec<&str> = answer.header("surrogate-key").split(' ').collect();
    let listed: Vec<&str> = answer.header("cache-tag").split(',').collect();
    assert_eq!(spaced, listed);
    spaced
}

fn untagged(answer: &Answer) {
    for name in ["surrogate-key", "cache-tag"] {
        assert!(!answer.headers.contains_key(name), "{answer:?}");
    }
}

#[actix_web::test]
async fn a_page_names_itself_its_picture_its_parent_and_what_it_links_to() {
    let site = TestSite::with_memory().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let picture = public(&editor, "room.jpg", &jpeg(640, 480, [200, 30, 30])).await;
    let linked = publish(&editor, json!({ "title": "Linked", "slug": "linked" })).await.id();
    let draft = create(&editor, json!({ "title": "Draft", "slug": "draft" })).await.id();
    let above = publish(&editor, json!({ "title": "Above", "slug": "above" })).await.id();
    let markdown = format!("[here](entry:{linked}) and [there](entry:{draft})");
    let fields = json!({
        "title": "Page", "slug": "page", "parent": above, "image": picture,
        "blocks": [{ "type": "rich_text", "markdown": markdown }],
    });
    let page = publish(&editor, fields).await.id();
    // What the draft is that it links to, readers are not told; so it may be of any kind.
    let mut expected = vec!["kind:media", "kind:menu", "kind:page", "kind:person", "site"];
    // Its name, its address and its picture may come from the settings.
    expected.extend(["kind:settings", "list:settings"]);
    let (own, media) = (format!("page:{page}"), format!("media:{picture}"));
    let (link, parent) = (format!("page:{linked}"), format!("page:{above}"));
    expected.extend([own.as_str(), media.as_str(), link.as_str(), parent.as_str()]);
    expected.sort_unstable();
    for path in [format!("/v1/pages/{page}"), "/v1/resolve?path=/above/page".to_owned()] {
        // Computed, from memory, without its body, and unchanged.
        let computed = reader.get(&path).await.expect(200);
        let tag = computed.header("etag").to_owned();
        let known = reader.send(Method::GET, &path, &[("if-none-match", &tag)], None).await.expect(304);
        let head = reader.send(Method::HEAD, &path, &[], None).await.expect(200);
        let kept = reader.get(&path).await.expect(200);
        for answer in [computed, known, head, kept] {
            let mut found = tags(&answer);
            found.sort_unstable();
            assert_eq!(found, expected, "{path}");
        }
    }
    let redirected = reader.get("/v1/resolve?path=/above/page/").await.expect(200);
    assert!(tags(&redirected).contains(&own.as_str()));
    // The bytes of the picture too: they can be kept for ever, and end with what shows them.
    let src = path(&reader.get(&format!("/v1/pages/{page}")).await.expect(200).json["image"]["src"]);
    let bytes = reader.get(&src).await.expect(200);
    assert_eq!(tags(&bytes), ["site", "kind:media", media.as_str(), own.as_str()]);
    site.stop().await;
}

/// The tags of what changed since a cursor.
async fn changed(reader: &Client, cursor: &str) -> Vec<String> {
    let tag = |change: &Value| {
        format!("{}:{}", change["kind"].as_str().expect("a kind"), change["id"].as_str().expect("an id"))
    };
    since(reader, cursor, 100).await.0.iter().map(tag).collect()
}

#[actix_web::test]
async fn bytes_name_all_that_they_are_public_by() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let picture = public(&editor, "room.jpg", &jpeg(640, 480, [200, 30, 30])).await;
    create(&editor, json!({ "title": "Draft", "slug": "draft", "image": picture })).await;
    let page = publish(&editor, json!({ "title": "Page", "slug": "page", "image": picture })).await;
    let other = publish(&editor, json!({ "title": "Other", "slug": "other", "image": picture })).await;
    let person = people::publish(&editor, json!({ "portrait": picture })).await;
    let src = path(&reader.get(&format!("/v1/media/{picture}")).await.expect(200).json["image"]["src"]);
    let media = format!("media:{picture}");
    // Whoever withdraws or changes what shows it has purged it by what the feed tells, down to the last.
    let mut left = vec![
        format!("page:{}", page.id()),
        format!("page:{}", other.id()),
        format!("person:{}", person.id()),
    ];
    for withdrawn in [&page, &person, &other] {
        let bytes = reader.get(&src).await.expect(200);
        let mut expected = vec!["site", "kind:media", media.as_str()];
        expected.extend(left.iter().map(String::as_str));
        let mut found = tags(&bytes);
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected);
        let cursor = start(&reader).await;
        if withdrawn.id() == page.id() {
            republish(&editor, &page.id(), page.version(), json!({ "title": "Page", "slug": "page" })).await;
        } else {
            unpublish(&editor, &withdrawn.id(), withdrawn.version()).await.expect(200);
        }
        let told = changed(&reader, &cursor).await;
        assert!(told.len() == 1 && found.contains(&told[0].as_str()), "{told:?} of {found:?}");
        left.retain(|tag| *tag != told[0]);
    }
    untagged(&reader.get(&src).await.refused(404, "not_found"));
    site.stop().await;
}

#[actix_web::test]
async fn bytes_with_too_many_users_name_the_kinds() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let picture = public(&editor, "room.jpg", &jpeg(640, 480, [200, 30, 30])).await;
    let page = publish(&editor, json!({ "title": "Page", "slug": "page", "image": picture })).await.id();
    let src = path(&reader.get(&format!("/v1/media/{picture}")).await.expect(200).json["image"]["src"]);
    // As many more as it takes, without the trouble of making them one by one.
    let users = |what: &str, count: u32| {
        format!(
            "set local session_replication_role = replica; \
             create temp table more on commit drop as select gen_random_uuid() as entry from generate_series(1, {count}); \
             insert into entries (id, kind) select entry, 'page' from more; \
             insert into revision_refs (entry_id, locale, number, pointer, target) \
               select entry, 'en', 1, '/image', '{picture}' from more{what}"
        )
    };
    site.database.execute(&users("", 200)).await;
    let drafts = reader.get(&src).await.expect(200);
    let (own, shows) = (format!("media:{picture}"), format!("page:{page}"));
    assert_eq!(tags(&drafts), ["site", "kind:media", own.as_str(), shows.as_str()], "drafts do not count");
    let public = format!(
        "; insert into publications select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'entry_id', entry))).* \
           from more, publications p where p.entry_id = '{page}'"
    );
    site.database.execute(&users(&public, 100)).await;
    let bytes = reader.get(&src).await.expect(200);
    let kinds = site.app.kinds.names();
    let mut expected: Vec<String> =
        kinds.iter().flat_map(|kind| [format!("kind:{kind}"), format!("many:{kind}")]).collect();
    expected.extend(["site".to_owned(), own]);
    expected.sort_unstable();
    let mut found = tags(&bytes);
    found.sort_unstable();
    // What is said of the picture itself and what is said of what it is public by may be the same.
    found.dedup();
    assert_eq!(found, expected);
    site.stop().await;
}

#[actix_web::test]
async fn lists_and_all_else_that_depends_on_what_there_is_say_so() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let picture = public(&editor, "room.jpg", &jpeg(640, 480, [200, 30, 30])).await;
    let first = publish(&editor, json!({ "title": "First", "slug": "first", "image": picture })).await;
    let below =
        publish(&editor, json!({ "title": "Below", "slug": "below", "parent": first.id() })).await.id();
    let (page, child, media) =
        (format!("page:{}", first.id()), format!("page:{below}"), format!("media:{picture}"));
    let of_page = format!("/v1/pages/{}?include=children", first.id());
    let picture_itself = format!("/v1/media/{picture}");
    let with_path =
        ["list:page", "kind:page", "list:person", "kind:person", "list:settings", "kind:settings"];
    let all_kinds = [&with_path[..], &["list:media", "kind:media", "list:menu", "kind:menu"]].concat();
    let cases: [(&str, &[&str]); 9] = [
        ("/v1/pages", &["list:page", "kind:page", "kind:media", &page, &child, &media]),
        ("/v1/pages?filter[tag]=none", &["list:page", "kind:page", "kind:media"]),
        (&of_page, &["list:page", "kind:page", &page, &child, &media]),
        ("/v1/media", &["list:media", "kind:media", "list:page", "kind:page", &media]),
        (&picture_itself, &["list:page", "kind:page", "kind:media", &media]),
        ("/v1/search?q=first", &["list:page", "list:media", "kind:page", "kind:media", &page]),
        ("/v1/feed.atom", &["list:page", "kind:page", &page, &child]),
        ("/v1/sitemap.xml", &with_path),
        ("/v1/changes", &all_kinds),
    ];
    for (path, expected) in cases {
        let answer = reader.get(path).await.expect(200);
        let found = tags(&answer);
        assert!(found.contains(&"site"), "{path}: {found:?}");
        for tag in expected {
            assert!(found.contains(tag), "{path} lacks {tag}: {found:?}");
        }
        let exact = ["/v1/sitemap.xml", "/v1/changes", "/v1/pages?filter[tag]=none"].contains(&path);
        assert!(!exact || found.len() == expected.len() + 1, "{path}: {found:?}");
    }
    let all = tags(&reader.get("/v1/pages").await.expect(200)).len();
    republish(&editor, &first.id(), first.version(), json!({ "title": "First", "slug": "first" })).await;
    assert_eq!(tags(&reader.get("/v1/pages").await.expect(200)).len(), all - 1, "without its picture");
    site.stop().await;
}

#[actix_web::test]
async fn tags_have_a_limit_beyond_which_a_coarse_one_stands() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    for nth in 0..30 {
        publish(&editor, json!({ "title": format!("Page {nth}"), "slug": format!("page-{nth}") })).await;
    }
    let few = reader.get("/v1/pages?limit=10").await.expect(200);
    assert_eq!(tags(&few).iter().filter(|tag| tag.starts_with("page:")).count(), 11, "and the one beyond");
    let many = reader.get("/v1/pages?limit=100").await.expect(200);
    assert_eq!(tags(&many), ["site", "kind:media", "kind:page", "list:page", "many:page"]);
    site.stop().await;
}

#[actix_web::test]
async fn what_is_not_for_everybody_has_no_tags() {
    let site = TestSite::with_memory().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let live = publish(&editor, json!({ "title": "Live", "slug": "live" })).await.id();
    let draft = create(&editor, json!({ "title": "Draft", "slug": "draft" })).await.id();
    untagged(&reader.get(&format!("/v1/pages/{draft}")).await.refused(404, "not_found"));
    untagged(&reader.get("/v1/pages?limit=0").await.refused(400, "invalid_parameter"));
    let link = secret(&made(&editor, &draft, &json!({})).await);
    untagged(&seen(&reader, &link, &format!("/v1/pages/{draft}")).await.expect(200));
    untagged(&seen(&reader, &link, &format!("/v1/pages/{live}")).await.expect(200));
    let admin = site.client(Role::Admin).await;
    let now = site.app.store.now().await.expect("the time").to_rfc3339().replace('+', "%2B");
    untagged(&admin.get(&format!("/v1/pages?as_of={now}")).await.expect(200));
    untagged(&editor.get(&format!("/admin/v1/pages/{live}")).await.expect(200));
    site.stop().await;
}
