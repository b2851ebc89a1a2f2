//! Saving from an old browser tab, in both ways: nothing of anybody is lost.

use serde_json::{Value, json};

use crate::desk::{Desk, hour, merge, text, texts, with};
use crate::support::{Role, builders};

/// A page whose old tab still shows revision 1: since then it was saved, published, saved and scheduled.
struct OldTab {
    desk: Desk,
    id: String,
    /// What the tab shows.
    body: Value,
}

async fn old_tab() -> OldTab {
    let desk = Desk::frozen().await;
    let blocks = json!([text("a", "We began in a barn."), text("b", "We teach on Mondays.")]);
    let made = builders::create(&desk.editor, json!({ "slug": "tab", "blocks": blocks })).await;
    let (id, body) = (made.id(), made.json["body"].clone());
    let newer = json!([text("a", "We began in a barn."), text("b", "We teach on Fridays.")]);
    desk.correct(&id, json!({ "blocks": newer })).await;
    desk.plan(&id, json!({ "title": "The Lantern League" }), &hour(5)).await;
    OldTab { desk, id, body }
}

#[actix_web::test]
async fn a_strict_save_from_an_old_tab_is_refused() {
    let OldTab { desk, id, body } = old_tab().await;
    let path = format!("/admin/v1/pages/{id}");
    let newest = desk.version(&id).await;
    assert_eq!(newest, 5, "created, saved, published, saved, scheduled");
    let mine = with(&body, json!({ "title": "From the old tab" }));
    for seen in 1..newest {
        let save = json!({ "body": mine });
        let stale = desk.refused(desk.editor.put_at(&path, seen, &save), 412, "stale").await;
        assert_eq!(stale.status, 412, "version {seen}");
    }
    let saved = desk.editor.put_at(&path, newest, &json!({ "body": mine })).await.expect(200);
    assert_eq!((&saved.json["merged"], &saved.json["revision"]["origin"]), (&json!(false), &json!("edit")));
    desk.close().await;
}

#[actix_web::test]
async fn a_merging_save_from_an_old_tab_keeps_the_edits_of_both() {
    let OldTab { desk, id, body } = old_tab().await;
    let blocks = json!([text("a", "We began in a lighthouse."), text("b", "We teach on Mondays.")]);
    let mine = with(&body, json!({ "blocks": blocks, "summary": "Who we are." }));
    let saved = desk.merge(&id, 1, &mine).await.expect(200);
    assert_eq!(saved.json["merged"], true);
    assert_eq!(saved.json["revision"]["number"], 4);
    assert_eq!(saved.json["revision"]["origin"], "merge");
    let both = &saved.json["body"];
    assert_eq!(both["title"], "The Lantern League", "theirs");
    assert_eq!(both["summary"], "Who we are.", "mine");
    let expected = [("a", "We began in a lighthouse."), ("b", "We teach on Fridays.")];
    assert_eq!(texts(both), expected.map(|(id, text)| (id.to_owned(), text.to_owned())));
    assert_eq!(saved.json["live"]["revision"], 2, "what is public stays");
    assert_eq!(saved.json["scheduled"][0]["revision"], 3, "what is planned stays");
    let now = desk.page(&id).await;
    assert_eq!((&now.json["body"], now.version()), (both, saved.version()));
    assert_eq!(desk.title(&id).await.as_deref(), Some("The Lantern Alliance"));
    desk.advance("5 hours").await;
    assert_eq!(desk.title(&id).await.as_deref(), Some("The Lantern League"));
    desk.close().await;
}

#[actix_web::test]
async fn words_of_one_text_are_merged() {
    let desk = Desk::open().await;
    let base = "One long sentence is here, with a beginning and an end.";
    let made = builders::create(&desk.editor, json!({ "slug": "words", "blocks": [text("a", base)] })).await;
    let (id, body) = (made.id(), made.json["body"].clone());
    let theirs = json!([text("a", &base.replace("long", "short"))]);
    desk.edit(&id, json!({ "blocks": theirs })).await;
    let mine = json!([text("a", &base.replace("an end", "a middle")), text("new", "And more.")]);
    let saved = desk.merge(&id, 1, &with(&body, json!({ "blocks": mine }))).await.expect(200);
    let expected = "One short sentence is here, with a beginning and a middle.";
    assert_eq!(texts(&saved.json["body"])[0].1, expected);
    assert_eq!(texts(&saved.json["body"])[1].1, "And more.");
    desk.close().await;
}

#[actix_web::test]
async fn contradictions_are_named_with_both_sides() {
    let OldTab { desk, id, body } = old_tab().await;
    let blocks = json!([text("a", "We began in a barn."), text("b", "We teach on Tuesdays.")]);
    let mine = with(&body, json!({ "title": "The Lantern Circle", "blocks": blocks }));
    let refused = desk.refused(desk.merge(&id, 1, &mine), 409, "edit_conflict").await;
    let conflicts = refused.json["conflicts"].as_array().expect("conflicts");
    assert_eq!(conflicts.len(), 2, "{}", refused.json);
    let sides = |pointer: &str| {
        let found = conflicts.iter().find(|conflict| conflict["pointer"] == pointer);
        let found = found.unwrap_or_else(|| panic!("no {pointer} in {}", refused.json));
        (found["base"].clone(), found["theirs"].clone(), found["mine"].clone())
    };
    let three = |base: &str, theirs: &str, mine: &str| (json!(base), json!(theirs), json!(mine));
    let title = three("The Lantern Alliance", "The Lantern League", "The Lantern Circle");
    assert_eq!(sides("/title"), title);
    let texts = three("We teach on Mondays.", "We teach on Fridays.", "We teach on Tuesdays.");
    assert_eq!(sides("/blocks/1/markdown"), texts);
    assert!(refused.detail().contains("base 3"), "it says how to go on: {}", refused.json);
    // Settled, the save goes through on the newest revision.
    let settled = with(&desk.page(&id).await.json["body"], json!({ "title": "The Lantern Circle" }));
    let saved = desk.merge(&id, 3, &settled).await.expect(200);
    assert_eq!((&saved.json["merged"], &saved.json["revision"]["origin"]), (&json!(false), &json!("edit")));
    desk.close().await;
}

#[actix_web::test]
async fn a_save_says_what_it_is_based_on() {
    let OldTab { desk, id, body } = old_tab().await;
    let path = format!("/admin/v1/pages/{id}");
    let put = |headers: &'static [(&'static str, &'static str)], save: Value| {
        let (editor, path) = (desk.editor.clone(), path.clone());
        async move { editor.send(reqwest::Method::PUT, &path, headers, Some(&save)).await }
    };
    desk.refused(put(&[], json!({ "body": body })), 428, "precondition_required").await;
    let both = put(&[("if-match", "\"v5\"")], json!({ "base": 3, "body": body }));
    desk.refused(both, 400, "invalid_precondition").await;
    for base in [0, -1, 4, 1000] {
        let refused = desk.refused(desk.merge(&id, base, &body), 422, "invalid").await;
        assert_eq!(refused.places(), [("/base", "not_found")], "base {base}");
    }
    let author = desk.site.client(Role::Author).await;
    desk.refused(merge(&author, &id, 1, &body), 403, "forbidden").await;
    desk.refused(merge(&desk.reader, &id, 1, &body), 401, "unauthenticated").await;
    desk.close().await;
}

#[actix_web::test]
async fn an_identical_body_makes_no_revision() {
    let OldTab { desk, id, body } = old_tab().await;
    let path = format!("/admin/v1/pages/{id}");
    let newest = desk.page(&id).await.json["body"].clone();
    let strict = desk.idle(desk.editor.put_at(&path, 5, &json!({ "body": newest }))).await;
    assert_eq!((strict.version(), &strict.json["revision"]["number"]), (5, &json!(3)));
    // The same by a merging save: on the head, on an old base, and from a tab in which nothing was typed.
    for (base, body) in [(3, &newest), (1, &newest), (1, &body)] {
        let saved = desk.idle(desk.merge(&id, base, body)).await;
        assert_eq!((saved.version(), &saved.json["revision"]["number"]), (5, &json!(3)), "base {base}");
        assert_eq!(saved.json["body"], newest);
    }
    desk.close().await;
}

#[actix_web::test]
async fn every_fault_of_a_save_is_told_at_once() {
    let OldTab { desk, id, body } = old_tab().await;
    let unknown = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";
    let tags = json!(["one", "one", ""]);
    let bad = with(&body, json!({ "title": "x".repeat(301), "tags": tags, "position": "0" }));
    let refused = desk.refused(desk.merge(&id, 1, &bad), 422, "invalid").await;
    let mut places: Vec<_> = refused.places().into_iter().map(|(place, _)| place.to_owned()).collect();
    places.sort();
    assert_eq!(places, ["/body/position", "/body/tags/1", "/body/tags/2", "/body/title"], "{}", refused.json);
    let blocks = json!([text("a", &format!("[x](entry:{unknown})")), text("b", "We teach on Mondays.")]);
    let dangling = with(&body, json!({ "image": unknown, "blocks": blocks }));
    let refused = desk.refused(desk.merge(&id, 1, &dangling), 422, "reference_not_found").await;
    let places: Vec<_> = refused.places().into_iter().map(|(place, _)| place.to_owned()).collect();
    assert_eq!(places, ["/body/image", "/body/blocks/0/markdown"], "{}", refused.json);
    desk.close().await;
}
