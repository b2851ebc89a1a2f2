//! An editor limited to a section writes in it, and cannot carry a page across its border: by creating, saving, merging,
//! restoring, moving, duplicating, or through unsaved work.

use reqwest::Method;
use serde_json::{Value, json};

use crate::grounds::{Grounds, placed};
use crate::support::builders::page;

const UNKNOWN: &str = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";

#[actix_web::test]
async fn pages_are_created_below_the_section_alone() {
    let at = Grounds::new().await;
    let child = at.draft(&at.a, "Child").await;
    let made = at.limited.post("/admin/v1/pages", &page(placed(&at.a, "One"))).await.expect(201).id();
    at.limited.post("/admin/v1/pages", &page(placed(&made, "Below"))).await.expect(201);
    at.limited.post("/admin/v1/pages", &page(placed(&child, "Below theirs"))).await.expect(201);
    for parent in [at.b.as_str(), "top", UNKNOWN] {
        at.refused(parent, at.limited.post("/admin/v1/pages", &page(placed(parent, "Two")))).await;
    }
    // Beside the newest place of the parent, its public ones count.
    let public = at.public(&at.a, "Public").await;
    at.limited.post("/admin/v1/pages", &page(placed(&public, "Fine"))).await.expect(201);
    at.moved(&public, &at.b).await;
    at.refused("drafted elsewhere", at.limited.post("/admin/v1/pages", &page(placed(&public, "No")))).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn a_save_keeps_a_page_in_the_section() {
    let at = Grounds::new().await;
    let (one, two) = (at.draft(&at.a, "One").await, at.draft(&at.a, "Two").await);
    let other = at.draft(&at.b, "Other").await;
    at.put(&one, placed(&two, "One")).await.expect(200);
    at.put(&one, placed(&at.a, "One again")).await.expect(200);
    for parent in [at.b.as_str(), &other, "top", UNKNOWN] {
        at.refused(parent, at.put(&one, placed(parent, "One"))).await;
    }
    at.refused("a foreign page", at.put(&other, placed(&at.b, "Other"))).await;
    at.refused("taken from outside", at.put(&other, placed(&at.a, "Other"))).await;

    // The section itself is within reach, its place is not.
    at.put(&at.a, json!({ "title": "Section A, renamed", "slug": "a" })).await.expect(200);
    for parent in [&at.b, &one] {
        at.refused("the section itself", at.put(&at.a, placed(parent, "Section A"))).await;
    }
    at.site.stop().await;
}

#[actix_web::test]
async fn a_merge_keeps_a_page_in_the_section() {
    let at = Grounds::new().await;
    let one = at.draft(&at.a, "One").await;
    at.put(&one, placed(&at.a, "One, corrected")).await.expect(200);
    let path = format!("/admin/v1/pages/{one}");
    let based = |fields: Value, base: i64| {
        let mut body = page(fields);
        body["base"] = json!(base);
        body
    };
    let theirs = json!({ "title": "One", "slug": "one", "parent": at.a, "summary": "Merged." });
    let merged = at.limited.send(Method::PUT, &path, &[], Some(&based(theirs, 1))).await.expect(200);
    assert_eq!(merged.json["merged"], true);
    assert_eq!(merged.json["title"], "One, corrected");
    let away = json!({ "title": "One", "slug": "one", "parent": at.b });
    at.refused("merged away", at.limited.send(Method::PUT, &path, &[], Some(&based(away, 1)))).await;
    // Who moves the page away meanwhile takes it out of reach.
    at.moved(&one, &at.b).await;
    let back = json!({ "title": "One", "slug": "one", "parent": at.a });
    at.refused("merged back", at.limited.send(Method::PUT, &path, &[], Some(&based(back, 1)))).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn a_restored_revision_lies_in_the_section() {
    let at = Grounds::new().await;
    let guest = at.draft(&at.b, "Guest").await;
    at.moved(&guest, &at.a).await;
    at.put(&guest, placed(&at.a, "Guest, edited")).await.expect(200);
    at.let_do(&guest, "restore", json!({ "revision": 2 })).await;
    at.refuse_to(&guest, "restore", json!({ "revision": 1 })).await;
    let other = at.draft(&at.a, "Other").await;
    at.moved(&other, &at.b).await;
    at.refuse_to(&other, "restore", json!({ "revision": 1 })).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn a_move_stays_in_the_section() {
    let at = Grounds::new().await;
    let (one, two) = (at.draft(&at.a, "One").await, at.draft(&at.a, "Two").await);
    let other = at.draft(&at.b, "Other").await;
    at.let_do(&one, "move", json!({ "parent": two })).await;
    at.let_do(&one, "move", json!({ "parent": at.a, "before": two, "slug": "first" })).await;
    for parent in [json!(at.b), json!(other), json!(null), json!(UNKNOWN)] {
        at.refuse_to(&one, "move", json!({ "parent": parent })).await;
        at.refuse_to(&at.a, "move", json!({ "parent": parent.as_str().unwrap_or(&one) })).await;
    }
    at.refuse_to(&other, "move", json!({ "parent": at.a })).await;
    at.refuse_to(&other, "move", json!({ "parent": at.b, "first": true })).await;
    // What hangs below which is not told of pages out of reach.
    at.refuse_to(&one, "move", json!({ "parent": at.b, "before": other })).await;
    at.refuse_to(&one, "move", json!({ "parent": at.b, "before": two })).await;
    // The section may change its rank and slug where it is.
    at.let_do(&at.a, "move", json!({ "parent": null, "first": true, "slug": "section" })).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn a_copy_lies_in_the_section() {
    let at = Grounds::new().await;
    let guest = at.draft(&at.b, "Guest").await;
    at.moved(&guest, &at.a).await;
    let copy = at.let_do(&guest, "duplicate", json!({})).await.id();
    assert_eq!(at.seen(&copy).await.json["body"]["parent"], json!(at.a));
    at.refuse_to(&guest, "duplicate", json!({ "revision": 1 })).await;
    let other = at.draft(&at.b, "Other").await;
    at.refuse_to(&other, "duplicate", json!({})).await;
    at.refuse_to(&at.a, "duplicate", json!({})).await;
    // A copy of a page that was taken away would show what is in it.
    let gone = at.draft(&at.a, "Gone").await;
    at.moved(&gone, &at.b).await;
    at.refuse_to(&gone, "duplicate", json!({ "revision": 1 })).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn unsaved_work_carries_nothing_away() {
    let at = Grounds::new().await;
    let (one, two) = (at.draft(&at.a, "One").await, at.draft(&at.a, "Two").await);
    let other = at.draft(&at.b, "Other").await;
    let path = |id: &str| format!("/admin/v1/documents/{id}/working-copy");
    let typed = |parent: &str| json!({ "base": 1, "body": page(placed(parent, "Typed"))["body"] });
    let new = [("if-none-match", "*")];
    for (parent, status) in [(&at.b, 403), (&two, 200)] {
        let kept = at.limited.send(Method::PUT, &path(&one), &new, Some(&typed(parent))).await.expect(200);
        let save = format!("{}/save", path(&one));
        if status == 403 {
            at.refused("saved away", at.limited.post_at(&save, kept.version(), None)).await;
            at.limited.delete_at(&path(&one), kept.version()).await.expect(204);
        } else {
            at.limited.post_at(&save, kept.version(), None).await.expect(200);
        }
    }
    assert_eq!(at.seen(&one).await.json["body"]["parent"], json!(two));
    at.refused("kept", at.limited.send(Method::PUT, &path(&other), &new, Some(&typed(&at.a)))).await;

    // What was typed stays with its author when the page is taken away, and out of reach with it.
    at.limited.send(Method::PUT, &path(&two), &new, Some(&typed(&at.a))).await.expect(200);
    at.moved(&two, &at.b).await;
    at.refused("read", at.limited.get(&path(&two))).await;
    at.refused("discarded", at.limited.delete_at(&path(&two), 1)).await;
    at.refused("saved", at.limited.post_at(&format!("{}/save", path(&two)), 1, None)).await;
    at.site.stop().await;
}
