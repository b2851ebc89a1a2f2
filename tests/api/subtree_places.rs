//! A page has several places: where it is drafted, where it is public, and where it will be. An editor limited to a section
//! reaches it while all of them lie there; two sections may share them.

use serde_json::{Value, json};

use crate::grounds::{Grounds, placed, subtree};
use crate::requests::LATER;
use crate::support::builders::{page, publish_revision};

/// Everything that can be done with a page, of which two revisions exist.
async fn is_out_of_reach(at: &Grounds, id: &str) {
    let document = format!("/admin/v1/documents/{id}");
    for path in [
        format!("/admin/v1/pages/{id}"),
        format!("{document}/revisions"),
        format!("{document}/revisions/1"),
        format!("{document}/diff?from=1"),
        format!("{document}/timeline"),
        format!("{document}/references"),
        format!("{document}/translations"),
        format!("{document}/working-copy"),
    ] {
        at.refused(&path, at.limited.get(&path)).await;
    }
    at.refused("save", at.put(id, placed(&at.a, "Saved"))).await;
    at.refused("trash", at.trash(id, "?descendants=trash&references=unlink")).await;
    for (action, body) in [
        ("publish", json!({ "revision": 1 })),
        ("schedule", json!({ "revision": 1, "from": LATER })),
        ("unpublish", json!({})),
        ("expire", json!({ "until": LATER })),
        ("restore", json!({ "revision": 1 })),
        ("move", json!({ "parent": at.a })),
        ("duplicate", json!({})),
        ("translations", json!({ "locale": "en" })),
    ] {
        at.refuse_to(id, action, body).await;
    }
    at.refused("create below", at.limited.post("/admin/v1/pages", &page(placed(id, "Below")))).await;
}

async fn is_in_reach(at: &Grounds, id: &str) {
    at.limited.get(&format!("/admin/v1/pages/{id}")).await.expect(200);
    let title = at.seen(id).await.json["title"].as_str().expect("a title").to_owned();
    at.put(id, placed(&at.a, &format!("{title} again"))).await.expect(200);
}

#[actix_web::test]
async fn a_page_that_is_drafted_elsewhere_is_out_of_reach_while_it_is_public_here() {
    let at = Grounds::new().await;
    let one = at.public(&at.a, "One").await;
    is_in_reach(&at, &one).await;
    at.moved(&one, &at.b).await;
    is_out_of_reach(&at, &one).await;
    at.moved(&one, &at.a).await;
    is_in_reach(&at, &one).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn a_page_that_is_public_elsewhere_is_out_of_reach_while_it_is_drafted_here() {
    let at = Grounds::new().await;
    let one = at.public(&at.b, "One").await;
    let two = at.moved(&one, &at.a).await;
    is_out_of_reach(&at, &one).await;
    publish_revision(&at.admin, &one, at.version(&one).await, two).await.expect(200);
    is_in_reach(&at, &one).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn a_page_that_will_be_public_elsewhere_is_out_of_reach() {
    let at = Grounds::new().await;
    let one = at.public(&at.a, "One").await;
    let below = at.public(&one, "Below").await;
    let away = at.moved(&one, &at.b).await;
    let plan = json!({ "revision": away, "from": LATER });
    let planned = at.act(&at.admin, &one, "schedule", plan).await.expect(200);
    at.moved(&one, &at.a).await;
    is_out_of_reach(&at, &one).await;
    // What hangs below goes there with it.
    at.refused("below", at.limited.get(&format!("/admin/v1/pages/{below}"))).await;
    at.refused("below", at.put(&below, placed(&one, "Saved"))).await;
    let publication = planned.json["scheduled"][0]["id"].clone();
    at.refuse_to(&one, "cancel", json!({ "publication": publication })).await;
    at.act(&at.admin, &one, "cancel", json!({ "publication": publication })).await.expect(200);
    is_in_reach(&at, &one).await;
    at.put(&below, placed(&one, "Saved")).await.expect(200);
    at.site.stop().await;
}

#[actix_web::test]
async fn what_hangs_below_a_draft_lies_where_that_lies() {
    let at = Grounds::new().await;
    let parent = at.draft(&at.a, "Parent").await;
    let child = at.draft(&parent, "Child").await;
    let deep = at.draft(&child, "Deep").await;
    at.limited.get(&format!("/admin/v1/pages/{deep}")).await.expect(200);
    at.moved(&parent, &at.b).await;
    for id in [&parent, &child, &deep] {
        at.refused("taken away", at.limited.get(&format!("/admin/v1/pages/{id}"))).await;
    }
    at.site.stop().await;
}

#[actix_web::test]
async fn two_sections_share_the_places_of_a_page() {
    let at = Grounds::new().await;
    let c = at.public("top", "Section C").await;
    let grants: Vec<_> = subtree(&at.a).into_iter().chain(subtree(&at.b)).collect();
    let both = at.site.limited(&grants).await;
    let one = at.public(&at.a, "One").await;
    at.refused("only A", at.act(&at.limited, &one, "move", json!({ "parent": at.b }))).await;
    at.act(&both, &one, "move", json!({ "parent": at.b })).await.expect(200);
    // Drafted in B and public in A: one grant covers each.
    both.get(&format!("/admin/v1/pages/{one}")).await.expect(200);
    at.act(&both, &one, "publish", json!({ "revision": 2 })).await.expect(200);
    at.refused("C", at.act(&both, &one, "move", json!({ "parent": c }))).await;
    at.refused("top", at.act(&both, &one, "move", json!({ "parent": null }))).await;
    // One section below the other is within both; its own place follows the target.
    at.act(&both, &at.a, "move", json!({ "parent": at.b })).await.expect(200);
    at.refused("beside", at.act(&both, &at.b, "move", json!({ "parent": c }))).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn own_pages_and_a_section_add_up() {
    let at = Grounds::new().await;
    let subtree = Some(at.a.as_str());
    let grants = [
        ("page", "read", "everything", None),
        ("page", "write", "own", None),
        ("page", "write", "subtree", subtree),
    ];
    let author = at.site.limited(&grants).await;
    let own = author.post("/admin/v1/pages", &page(placed(&at.b, "Own"))).await.expect(201).id();
    at.act(&author, &own, "move", json!({ "parent": null })).await.expect(200);
    let theirs = at.draft(&at.a, "Theirs").await;
    at.refused("theirs", at.act(&author, &theirs, "move", json!({ "parent": at.b }))).await;
    // A copy belongs to whoever makes it, and may lie anywhere then; what is copied must be in reach.
    at.act(&author, &at.a, "duplicate", json!({})).await.expect(201);
    at.refused("copied", at.act(&author, &at.b, "duplicate", json!({}))).await;
    // Below the own page, the pages of others are out of reach.
    let below = at.draft(&own, "Below").await;
    let saved: Value = page(placed(&own, "Saved"));
    at.refused("below own", author.put_at(&format!("/admin/v1/pages/{below}"), 1, &saved)).await;
    at.site.stop().await;
}
