//! Cache tags: an answer names what it was computed from, and nothing that is not public.

use reqwest::Method;
use serde_json::json;

use crate::previews::{made, secret, seen};
use crate::support::builders::{create, publish, republish};
use crate::support::media::{path, public};
use crate::support::pictures::jpeg;
use crate::support::{Answer, Role, TestSite};

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
    assert_eq!(tags(&reader.get(&src).await.expect(200)), ["site", "kind:media", media.as_str()]);
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
