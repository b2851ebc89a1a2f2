//! Paths over time: the product of the plans of a page and of those above it, as readers find them by `resolve`.

use serde_json::json;

use crate::desk::{Desk, hour};

/// A parent that is live at `/p` and goes to `/q` in hour 10; its child is live at `/p/c` and goes to `d` in hour 5.
struct Family {
    desk: Desk,
    parent: String,
    child: String,
    /// The planned publications.
    q: String,
    d: String,
}

async fn family() -> Family {
    let desk = Desk::frozen().await;
    let parent = desk.live(json!({ "title": "P", "slug": "p" })).await;
    let child = desk.live(json!({ "title": "C", "slug": "c", "parent": parent })).await;
    let q = desk.plan(&parent, json!({ "slug": "q" }), &hour(10)).await;
    let d = desk.plan(&child, json!({ "slug": "d" }), &hour(5)).await;
    Family { desk, parent, child, q, d }
}

#[actix_web::test]
async fn the_paths_of_a_child_follow_both_plans() {
    let Family { desk, parent, child, .. } = family().await;
    let (p, c) = (parent.as_str(), child.as_str());
    let state = desk.page(&child).await.json;
    assert_eq!((&state["live"]["path"], &state["scheduled"][0]["path"]), (&json!("/p/c"), &json!("/p/d")));
    desk.paths(&[("/p", p), ("/p/c", c), ("/p/d", ""), ("/q", ""), ("/q/d", ""), ("/q/c", "")]).await;
    desk.advance("5 hours").await;
    desk.paths(&[("/p", p), ("/p/c", "> /p/d"), ("/p/d", c), ("/q/d", "")]).await;
    desk.advance("5 hours").await;
    desk.paths(&[("/p", "> /q"), ("/p/c", "> /q/d"), ("/p/d", "> /q/d"), ("/q", p), ("/q/d", c)]).await;
    desk.paths(&[("/q/c", "")]).await;
    let routes = "select path as value from routes order by lower(during), path collate \"C\"";
    assert_eq!(desk.site.database.texts(routes).await, ["/p", "/p/c", "/p/d", "/q", "/q/d"]);
    desk.close().await;
}

#[actix_web::test]
async fn a_cancelled_parent_keeps_its_path_and_that_of_its_child() {
    let Family { desk, parent, child, q, .. } = family().await;
    let (p, c) = (parent.as_str(), child.as_str());
    desk.done(&parent, "cancel", json!({ "publication": q })).await;
    desk.advance("5 hours").await;
    desk.paths(&[("/p/c", "> /p/d"), ("/p/d", c)]).await;
    desk.advance("5 hours").await;
    desk.paths(&[("/p", p), ("/p/c", "> /p/d"), ("/p/d", c), ("/q", ""), ("/q/d", "")]).await;
    desk.close().await;
}

#[actix_web::test]
async fn a_cancelled_child_moves_with_its_parent_under_its_old_name() {
    let Family { desk, parent, child, d, .. } = family().await;
    let (p, c) = (parent.as_str(), child.as_str());
    desk.done(&child, "cancel", json!({ "publication": d })).await;
    desk.advance("5 hours").await;
    desk.paths(&[("/p/c", c), ("/p/d", "")]).await;
    desk.advance("5 hours").await;
    desk.paths(&[("/q", p), ("/q/c", c), ("/p/c", "> /q/c"), ("/p/d", ""), ("/q/d", "")]).await;
    desk.close().await;
}

#[actix_web::test]
async fn both_cancelled_leave_no_trace() {
    let Family { desk, parent, child, q, d } = family().await;
    desk.advance("4 hours").await;
    desk.done(&child, "cancel", json!({ "publication": d })).await;
    desk.done(&parent, "cancel", json!({ "publication": q })).await;
    desk.advance("10 hours").await;
    let (p, c) = (parent.as_str(), child.as_str());
    desk.paths(&[("/p", p), ("/p/c", c), ("/p/d", ""), ("/q", ""), ("/q/c", ""), ("/q/d", "")]).await;
    let rows = "select path || ' ' || upper_inf(during) as value from routes order by path collate \"C\"";
    assert_eq!(desk.site.database.texts(rows).await, ["/p true", "/p/c true"]);
    desk.close().await;
}

#[actix_web::test]
async fn a_parent_cancelled_after_its_child_was_renamed() {
    let Family { desk, parent, child, q, .. } = family().await;
    desk.advance("6 hours").await;
    desk.done(&parent, "cancel", json!({ "publication": q })).await;
    let renamed = desk.correct(&child, json!({ "slug": "e" })).await;
    assert_eq!(renamed.json["live"]["path"], "/p/e");
    let c = child.as_str();
    desk.paths(&[("/p/c", "> /p/e"), ("/p/d", "> /p/e"), ("/p/e", c)]).await;
    desk.advance("6 hours").await;
    desk.paths(&[("/p/c", "> /p/e"), ("/p/d", "> /p/e"), ("/p/e", c), ("/q/d", ""), ("/q/e", "")]).await;
    desk.close().await;
}

#[actix_web::test]
async fn the_plan_of_a_parent_is_moved_across_that_of_its_child() {
    let Family { desk, parent, child, q, .. } = family().await;
    let c = child.as_str();
    desk.done(&parent, "reschedule", json!({ "publication": q, "from": hour(3) })).await;
    desk.paths(&[("/p/c", c)]).await;
    desk.advance("3 hours").await;
    desk.paths(&[("/p/c", "> /q/c"), ("/q/c", c), ("/q/d", ""), ("/p/d", "")]).await;
    desk.advance("2 hours").await;
    desk.paths(&[("/p/c", "> /q/d"), ("/q/c", "> /q/d"), ("/q/d", c), ("/p/d", "")]).await;
    desk.close().await;
}

#[actix_web::test]
async fn a_child_waits_for_a_parent_that_is_planned() {
    let desk = Desk::frozen().await;
    let parent = desk.draft(json!({ "slug": "later" })).await;
    let child = desk.draft(json!({ "slug": "child", "parent": parent })).await;
    let first =
        desk.done(&parent, "schedule", json!({ "revision": 1, "from": hour(4), "until": hour(20) })).await;
    let planned = crate::desk::publication(&first, 1);
    let at = |from: u32, until: Option<u32>| json!({ "revision": 1, "from": hour(from), "until": until.map(hour) });
    for body in [at(3, None), at(3, Some(10)), at(5, None), at(5, Some(21)), json!({ "revision": 1 })] {
        let action = if body.get("from").is_some() { "schedule" } else { "publish" };
        let refused = desk.refuses(&child, action, body, (409, "parent_not_public")).await;
        assert_eq!(refused.json["entries"], json!([parent]), "{}", refused.json);
    }
    desk.done(&child, "schedule", at(4, Some(20))).await;
    // What would leave the child hanging is refused, whatever it is called.
    let below = (409, "has_public_descendants");
    let id = json!({ "publication": planned });
    let later = json!({ "publication": planned, "from": hour(5), "until": hour(20) });
    let shorter = json!({ "publication": planned, "until": hour(19) });
    for (action, body) in [("cancel", id), ("reschedule", later), ("expire", shorter)] {
        let refused = desk.refuses(&parent, action, body, below).await;
        assert_eq!(refused.json["entries"], json!([child]), "{action}: {}", refused.json);
    }
    let longer = json!({ "publication": planned, "from": hour(2), "until": hour(22) });
    desk.done(&parent, "reschedule", longer).await;
    desk.advance("4 hours").await;
    desk.paths(&[("/later", &parent), ("/later/child", &child)]).await;
    desk.advance("16 hours").await;
    desk.paths(&[("/later", &parent), ("/later/child", "")]).await;
    desk.close().await;
}

#[actix_web::test]
async fn a_page_moves_to_another_parent_that_is_renamed_later() {
    let desk = Desk::frozen().await;
    let one = desk.live(json!({ "slug": "one" })).await;
    let two = desk.live(json!({ "slug": "two" })).await;
    let page = desk.live(json!({ "slug": "page", "parent": one })).await;
    let leaf = desk.live(json!({ "slug": "leaf", "parent": page })).await;
    desk.plan(&page, json!({ "parent": two }), &hour(4)).await;
    desk.plan(&two, json!({ "slug": "second" }), &hour(8)).await;
    desk.paths(&[("/one/page/leaf", &leaf), ("/two/page/leaf", "")]).await;
    desk.advance("4 hours").await;
    desk.paths(&[("/two/page/leaf", &leaf), ("/one/page/leaf", "> /two/page/leaf")]).await;
    desk.advance("4 hours").await;
    let to = "> /second/page/leaf";
    desk.paths(&[("/second/page/leaf", &leaf), ("/one/page/leaf", to), ("/two/page/leaf", to)]).await;
    desk.done(&one, "unpublish", json!({})).await;
    desk.paths(&[("/one", ""), ("/one/page", "> /second/page"), ("/one/page/leaf", to)]).await;
    desk.close().await;
}

#[actix_web::test]
async fn a_path_is_promised_to_one_at_every_instant() {
    let Family { desk, parent, .. } = family().await;
    let other = desk.draft(json!({ "slug": "q" })).await;
    desk.refuses(&other, "publish", json!({ "revision": 1 }), (409, "path_taken")).await;
    desk.done(&other, "publish", json!({ "revision": 1, "until": hour(10) })).await;
    desk.paths(&[("/q", &other), ("/p", &parent)]).await;
    desk.advance("10 hours").await;
    desk.paths(&[("/q", &parent), ("/p", "> /q")]).await;
    desk.close().await;
}
