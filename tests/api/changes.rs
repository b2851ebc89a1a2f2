//! The feed of changes: everything that is another thing to the public comes once and in order, and nothing else does.

use reqwest::Method;
use serde_json::{Value, json};

use crate::scheduled::import_page;
use crate::support::builders::{create, publish, republish, save, trash, unpublish};
use crate::support::media::public;
use crate::support::pictures::jpeg;
use crate::support::{Client, Role, TestSite};
use crate::translations::{FROM_NOW, add_locale, translate};

/// The cursor from which to go on now.
pub async fn start(reader: &Client) -> String {
    let answer = reader.get("/v1/changes").await.expect(200).json;
    assert_eq!((&answer["data"], &answer["more"]), (&json!([]), &json!(false)));
    answer["next"].as_str().expect("a cursor").to_owned()
}

/// All that changed since a cursor, a few at a time, and the next cursor.
pub async fn since(reader: &Client, cursor: &str, limit: usize) -> (Vec<Value>, String) {
    let (mut all, mut cursor) = (Vec::new(), cursor.to_owned());
    loop {
        let path = format!("/v1/changes?after={cursor}&limit={limit}");
        let answer = reader.get(&path).await.expect(200).json;
        let data = answer["data"].as_array().expect("a list");
        assert!(data.len() <= limit);
        all.extend(data.iter().cloned());
        cursor = answer["next"].as_str().expect("a cursor").to_owned();
        if answer["more"] == json!(false) {
            return (all, cursor);
        }
    }
}

/// What happened to which entry, as `change id path previous_path`.
fn told(changes: &[Value]) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    changes
        .iter()
        .map(|one| {
            let [change, id, path, from] = ["change", "id", "path", "previous_path"].map(|m| text(&one[m]));
            format!("{change} {id} {path} {from}")
        })
        .collect()
}

#[actix_web::test]
async fn whatever_becomes_another_thing_comes_once_and_in_order() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let a = publish(&editor, json!({ "title": "A", "slug": "a" })).await;
    let b = publish(&editor, json!({ "title": "B", "slug": "b" })).await;
    let begun = start(&reader).await;
    assert_eq!(since(&reader, &begun, 100).await, (vec![], begun.clone()), "and the cursor stays");
    let c = publish(&editor, json!({ "title": "C", "slug": "c" })).await.id();
    let moved = republish(&editor, &a.id(), a.version(), json!({ "title": "A", "slug": "aa" })).await;
    republish(&editor, &b.id(), b.version(), json!({ "title": "B, again", "slug": "b" })).await;
    let (a, b) = (a.id(), b.id());
    let expected = [format!("published {c} /c -"), format!("moved {a} /aa /a"), format!("changed {b} /b /b")];
    for limit in [1, 2, 100] {
        assert_eq!(told(&since(&reader, &begun, limit).await.0), expected, "{limit} at a time");
    }
    let (changes, next) = since(&reader, &begun, 1).await;
    assert_eq!(changes[0]["kind"], "page");
    assert_eq!(changes[0]["locale"], "en");
    let live = editor.get(&format!("/admin/v1/pages/{c}")).await.expect(200).json;
    assert_eq!(changes[0]["at"], live["live"]["from"]);
    assert_eq!(since(&reader, &next, 100).await, (vec![], next.clone()));
    unpublish(&editor, &a, moved.version()).await.expect(200);
    let (changes, next) = since(&reader, &next, 100).await;
    assert_eq!(told(&changes), [format!("gone {a} - /aa")]);
    assert_eq!(since(&reader, &next, 100).await.0, [json!(null); 0]);
    // Whoever has not asked for long gets the difference: the path that it knew, and nothing of what came in between.
    let since_begun = told(&since(&reader, &begun, 100).await.0);
    assert_eq!(
        since_begun,
        [format!("published {c} /c -"), format!("changed {b} /b /b"), format!("gone {a} - /a")]
    );
    site.stop().await;
}

#[actix_web::test]
async fn nothing_that_is_not_public_shows() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let shown = publish(&editor, json!({ "title": "Shown", "slug": "shown" })).await;
    let begun = start(&reader).await;
    create(&editor, json!({ "title": "Draft", "slug": "draft" })).await;
    save(&editor, &shown.id(), shown.version(), json!({ "title": "Redrafted", "slug": "redrafted" })).await;
    import_page(&site, json!({ "title": "Planned", "slug": "planned" }), 2).await;
    let short = publish(&editor, json!({ "title": "Short", "slug": "short" })).await;
    unpublish(&editor, &short.id(), short.version()).await.expect(200);
    let trashed = publish(&editor, json!({ "title": "Trashed", "slug": "trashed" })).await;
    trash(&editor, &trashed.id(), trashed.version()).await.expect(204);
    let (changes, next) = since(&reader, &begun, 100).await;
    assert_eq!(changes, [json!(null); 0]);
    // What an answer and its cursors say of what was public only in between is nothing either.
    let answer = reader.get(&format!("/v1/changes?after={begun}")).await.expect(200).everything();
    for hidden in ["short", "trashed", &short.id(), &trashed.id(), "draft", "planned"] {
        assert!(!answer.contains(hidden), "{hidden}: {answer}");
    }
    assert_ne!(next, begun, "there was something to look at");
    site.stop().await;
}

#[actix_web::test]
async fn time_alone_makes_changes_and_nobody_has_to_announce_them() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let begun = start(&reader).await;
    let late = import_page(&site, json!({ "title": "Late", "slug": "late" }), 3).await;
    let early = import_page(&site, json!({ "title": "Early", "slug": "early" }), 1).await;
    let state = editor.get(&format!("/admin/v1/pages/{early}")).await.expect(200);
    let (planned, version) = (state.json["scheduled"][0].clone(), state.version());
    let expire = json!({ "publication": planned["id"], "until": "2999-01-01T00:00:00Z" });
    let path = format!("/admin/v1/documents/{early}/expire");
    editor.post_at(&path, version, Some(&expire)).await.expect(200);
    let (changes, begun) = since(&reader, &begun, 100).await;
    assert_eq!(changes, [json!(null); 0], "plans are nobody's business");
    site.database.advance("1 hour").await;
    // A change that has begun before this instant could still come, with an earlier instant.
    assert_eq!(since(&reader, &begun, 100).await.0, [json!(null); 0]);
    site.database.advance("30 seconds").await;
    let (changes, next) = since(&reader, &begun, 100).await;
    assert_eq!(told(&changes), [format!("published {early} /early -")]);
    assert_eq!(changes[0]["at"], planned["from"]);
    assert_eq!(since(&reader, &next, 100).await.0, [json!(null); 0], "once");
    site.database.advance("4 hours").await;
    assert_eq!(told(&since(&reader, &next, 100).await.0), [format!("published {late} /late -")]);
    let both = told(&since(&reader, &begun, 1).await.0);
    assert_eq!(both, [format!("published {early} /early -"), format!("published {late} /late -")]);
    site.stop().await;
}

#[actix_web::test]
async fn a_change_settles_what_took_effect_before_it() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let begun = start(&reader).await;
    let planned = import_page(&site, json!({ "title": "Planned", "slug": "planned" }), 1).await;
    site.database.advance("1 hour").await;
    let page = publish(&editor, json!({ "title": "Now", "slug": "now" })).await.id();
    let told = told(&since(&reader, &begun, 100).await.0);
    assert_eq!(told, [format!("published {planned} /planned -"), format!("published {page} /now -")]);
    site.stop().await;
}

#[actix_web::test]
async fn what_lies_below_moves_along_and_each_locale_counts_for_itself() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    add_locale(&site, "de", Some("en")).await;
    let top = publish(&editor, json!({ "title": "Top", "slug": "top" })).await;
    let below = publish(&editor, json!({ "title": "Below", "slug": "below", "parent": top.id() })).await.id();
    let begun = start(&reader).await;
    republish(&editor, &top.id(), top.version(), json!({ "title": "Top", "slug": "summit" })).await;
    let (changes, next) = since(&reader, &begun, 1).await;
    let mut told_sorted = told(&changes);
    told_sorted.sort();
    let mut expected =
        [format!("moved {} /summit /top", top.id()), format!("moved {below} /summit/below /top/below")];
    expected.sort();
    assert_eq!(told_sorted, expected);
    translate(&site, (&below, "de"), json!({ "title": "Unten", "slug": "unten" }), "/unten", FROM_NOW).await;
    let (changes, _) = since(&reader, &next, 100).await;
    assert_eq!(told(&changes), [format!("published {below} /unten -")]);
    assert_eq!(changes[0]["locale"], "de");
    site.stop().await;
}

#[actix_web::test]
async fn media_come_only_while_something_public_shows_them() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let begun = start(&reader).await;
    let unused = public(&editor, "unused.jpg", &jpeg(32, 24, [1, 2, 3])).await;
    let used = public(&editor, "used.jpg", &jpeg(32, 24, [4, 5, 6])).await;
    let page = publish(&editor, json!({ "title": "A page", "slug": "a", "image": used })).await.id();
    let (changes, _) = since(&reader, &begun, 100).await;
    assert_eq!(told(&changes), [format!("published {used} - -"), format!("published {page} /a -")]);
    assert_eq!(changes[0]["kind"], "media");
    let answer = reader.get(&format!("/v1/changes?after={begun}")).await.expect(200).everything();
    assert!(!answer.contains(&unused));
    site.stop().await;
}

#[actix_web::test]
async fn what_was_erased_is_gone() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let page = publish(&editor, json!({ "title": "A page", "slug": "a" })).await.id();
    let begun = start(&reader).await;
    let erase = format!(
        "select mh.public_change(); \
         update revisions set body = null, title = '', note = null, erased_at = mh_now() where entry_id = '{page}'; \
         update publications set title = '', title_sort = '', summary = null, card = '{{}}', facets = '{{}}', \
           erased_at = mh_now() where entry_id = '{page}'; {}",
        crate::translations::event(&page)
    );
    site.database.execute(&erase).await;
    site.database.advance("30 seconds").await;
    let (changes, next) = since(&reader, &begun, 100).await;
    assert_eq!(told(&changes), [format!("gone {page} - /a")]);
    assert_eq!(since(&reader, &next, 100).await.0, [json!(null); 0]);
    site.stop().await;
}

#[actix_web::test]
async fn an_answer_is_conditional_and_its_cursor_cannot_be_made_up() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let first = reader.get("/v1/changes").await.expect(200);
    assert!(first.header("cache-control").starts_with("public, max-age=0, s-maxage="), "{first:?}");
    let tag = first.header("etag").to_owned();
    reader.send(Method::GET, "/v1/changes", &[("if-none-match", &tag)], None).await.expect(304);
    publish(&editor, json!({ "title": "A", "slug": "a" })).await;
    reader.send(Method::GET, "/v1/changes", &[("if-none-match", &tag)], None).await.expect(200);
    let list = reader.get("/v1/pages?limit=1").await.expect(200);
    assert_eq!(list.json["data"].as_array().map(Vec::len), Some(1));
    let cursor = first.json["next"].as_str().expect("a cursor").to_owned();
    let mut forged = cursor.clone().into_bytes();
    forged[30] = if forged[30] == b'A' { b'B' } else { b'A' };
    for bad in ["x", "", &String::from_utf8(forged).expect("ASCII")] {
        reader.get(&format!("/v1/changes?after={bad}")).await.refused(400, "invalid_cursor");
    }
    reader.get(&format!("/v1/pages?after={cursor}")).await.refused(400, "invalid_cursor");
    for bad in ["limit=0", "limit=101", "limit=x"] {
        reader.get(&format!("/v1/changes?{bad}")).await.refused(400, "invalid_parameter");
    }
    for unknown in ["as_of=2020-01-01T00:00:00Z", "locale=en", "before=x"] {
        let answer = reader.get(&format!("/v1/changes?{unknown}")).await.expect(400);
        assert!(answer.detail().contains("after"), "{}", answer.detail());
    }
    site.stop().await;
}
