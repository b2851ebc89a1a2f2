//! An editor limited to a section publishes in it alone: a revision that lies elsewhere, parents that lie elsewhere, plans
//! that lead elsewhere and what lies elsewhere of a selection are all refused.

use serde_json::{Value, json};

use crate::grounds::{Grounds, placed};
use crate::requests::LATER;
use crate::support::builders::create;

#[actix_web::test]
async fn what_becomes_public_lies_in_the_section() {
    let at = Grounds::new().await;
    let (one, guest) = (at.draft(&at.a, "One").await, at.draft(&at.b, "Guest").await);
    let other = at.draft(&at.b, "Other").await;
    at.moved(&guest, &at.a).await;
    at.let_do(&one, "publish", json!({ "revision": 1 })).await;
    at.let_do(&one, "schedule", json!({ "revision": 1, "from": LATER })).await;
    at.refuse_to(&guest, "publish", json!({ "revision": 1 })).await;
    at.refuse_to(&guest, "schedule", json!({ "revision": 1, "from": LATER })).await;
    at.let_do(&guest, "publish", json!({ "revision": 2 })).await;
    at.refuse_to(&guest, "publish", json!({ "revision": 1 })).await;
    for action in ["publish", "schedule", "unpublish", "expire"] {
        let body = match action {
            "publish" => json!({ "revision": 1 }),
            "schedule" => json!({ "revision": 1, "from": LATER }),
            _ => json!({}),
        };
        at.refuse_to(&other, action, body.clone()).await;
        at.refuse_to(&at.b, action, body).await;
    }
    at.site.stop().await;
}

/// Its drafted way up leads into the section, but that of its parent in public leads elsewhere.
#[actix_web::test]
async fn a_draft_does_not_become_public_below_what_is_public_elsewhere() {
    let at = Grounds::new().await;
    let parent = at.public(&at.b, "Parent").await;
    at.moved(&parent, &at.a).await;
    let child = at.draft(&parent, "Child").await;
    at.refuse_to(&child, "publish", json!({ "revision": 1 })).await;
    at.refuse_to(&child, "schedule", json!({ "revision": 1, "from": LATER })).await;
    // Public until the parent leaves the section, it would come back elsewhere.
    let back = at.public(&at.a, "Back").await;
    let below = at.public(&back, "Below").await;
    let away = at.moved(&back, &at.b).await;
    at.act(&at.admin, &back, "schedule", json!({ "revision": away, "from": "8500-01-01T00:00:00Z" }))
        .await
        .expect(200);
    at.moved(&back, &at.a).await;
    at.act(&at.admin, &below, "expire", json!({ "until": "8000-01-01T00:00:00Z" })).await.expect(200);
    at.refuse_to(&below, "schedule", json!({ "revision": 1, "from": LATER })).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn parents_that_go_along_lie_in_the_section() {
    let at = Grounds::new().await;
    let parent = at.draft(&at.a, "Parent").await;
    let child = at.draft(&parent, "Child").await;
    let other = at.draft(&at.b, "Other").await;
    let guest = at.draft(&at.b, "Guest").await;
    at.moved(&guest, &at.a).await;
    let with = |parents: &[(&str, i64)]| {
        let parents: Vec<Value> =
            parents.iter().map(|(id, revision)| json!({ "id": id, "revision": revision })).collect();
        json!({ "revision": 1, "along": parents })
    };
    at.refuse_to(&child, "publish", with(&[(&parent, 1), (&other, 1)])).await;
    at.refuse_to(&child, "publish", with(&[(&parent, 1), (&guest, 1)])).await;
    let mut plan = with(&[(&parent, 1), (&guest, 1)]);
    plan["from"] = json!(LATER);
    at.refuse_to(&child, "schedule", plan).await;
    at.let_do(&child, "publish", with(&[(&parent, 1), (&guest, 2)])).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn the_section_itself_becomes_public_where_it_is() {
    let at = Grounds::new().await;
    at.let_do(&at.a, "publish", json!({ "revision": 1 })).await;
    at.let_do(&at.a, "unpublish", json!({})).await;
    at.let_do(&at.a, "publish", json!({ "revision": 1 })).await;
    at.put(&at.a, json!({ "title": "Section A, renamed", "slug": "a" })).await.expect(200);
    // Somebody drafts it below the other section: to make that public is not for an editor of this one alone.
    let away = at.moved(&at.a, &at.b).await;
    at.refuse_to(&at.a, "publish", json!({ "revision": away })).await;
    at.refuse_to(&at.a, "schedule", json!({ "revision": away, "from": LATER })).await;
    at.let_do(&at.a, "publish", json!({ "revision": 1 })).await;

    let planned = at.act(&at.admin, &at.a, "schedule", json!({ "revision": away, "from": LATER })).await;
    let publication = planned.expect(200).json["scheduled"][0]["id"].clone();
    let body = |more: Value| {
        let mut body = json!({ "publication": publication });
        for (name, value) in more.as_object().expect("members") {
            body[name] = value.clone();
        }
        body
    };
    let soon = "8000-01-01T00:00:00Z";
    at.refuse_to(&at.a, "reschedule", body(json!({ "from": soon }))).await;
    at.refuse_to(&at.a, "expire", body(json!({ "until": "9100-01-01T00:00:00Z" }))).await;
    at.refuse_to(&at.a, "cancel", body(json!({}))).await;
    // A plan that leaves it where it is, is theirs; also before the other one, which stays.
    let own = at.let_do(&at.a, "schedule", json!({ "revision": 2, "from": soon })).await;
    let own = own.json["scheduled"][0]["id"].clone();
    let later = json!({ "publication": own, "from": "8100-01-01T00:00:00Z" });
    at.let_do(&at.a, "reschedule", later).await;
    at.let_do(&at.a, "cancel", json!({ "publication": own })).await;
    // In place of the other plan would be to take the section back from there.
    at.refuse_to(&at.a, "schedule", json!({ "revision": 1, "from": LATER })).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn an_end_takes_along_what_lies_in_the_section() {
    let at = Grounds::new().await;
    let parent = at.public(&at.a, "Parent").await;
    let child = at.public(&parent, "Child").await;
    at.let_do(&parent, "unpublish", json!({ "descendants": "unpublish" })).await;
    at.let_do(&parent, "publish", json!({ "revision": 1 })).await;
    at.let_do(&child, "publish", json!({ "revision": 1 })).await;
    at.moved(&child, &at.b).await;
    at.refuse_to(&parent, "unpublish", json!({ "descendants": "unpublish" })).await;
    at.refuse_to(&child, "unpublish", json!({})).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn of_many_only_those_in_the_section_are_done() {
    let at = Grounds::new().await;
    let (one, two) = (at.draft(&at.a, "One").await, at.draft(&at.a, "Two").await);
    let (other, guest) = (at.draft(&at.b, "Other").await, at.draft(&at.b, "Guest").await);
    at.moved(&guest, &at.a).await;
    let item = |id: &str, version: i64| json!({ "id": id, "version": version, "revision": 1 });
    let path = "/admin/v1/documents/publish";
    for bad in [item(&other, 1), item(&guest, 2), item(&at.b, 2)] {
        let body = json!({ "items": [item(&one, 1), bad], "atomic": true });
        at.refused("all or nothing", at.limited.post(path, &body)).await;
    }
    for root in [&at.b, &other] {
        at.refused("a foreign subtree", at.limited.post(path, &json!({ "subtree": root }))).await;
        let path = "/admin/v1/documents/unpublish";
        at.refused("a foreign subtree", at.limited.post(path, &json!({ "subtree": root }))).await;
    }
    let body = json!({ "items": [item(&one, 1), item(&other, 1), item(&guest, 2)] });
    let done = at.limited.post(path, &body).await.expect(200).json;
    let statuses: Vec<&Value> =
        done["results"].as_array().expect("results").iter().map(|r| &r["status"]).collect();
    assert_eq!(statuses, [200, 403, 403], "{done}");
    assert_eq!(at.version(&other).await, 1);
    assert_eq!(at.seen(&guest).await.json["live"], json!(null));

    // All of the section, but for a page that somebody has drafted elsewhere.
    let done = at.limited.post(path, &json!({ "subtree": at.a, "atomic": true })).await.expect(200).json;
    assert_eq!(done["done"], 4, "{done}");
    at.moved(&two, &at.b).await;
    let path = "/admin/v1/documents/unpublish";
    let three = json!({ "id": two, "version": at.version(&two).await });
    at.refused("drafted elsewhere", at.limited.post(path, &json!({ "items": [three], "atomic": true })))
        .await;
    let done = at.limited.post(path, &json!({ "subtree": guest, "atomic": true })).await.expect(200).json;
    assert_eq!(done["done"], 1, "{done}");
    at.site.stop().await;
}

#[actix_web::test]
async fn who_may_write_in_a_section_may_not_publish_there() {
    let at = Grounds::new().await;
    let grants = [("page", "read", "everything", None), ("page", "write", "subtree", Some(at.a.as_str()))];
    let writer = at.site.limited(&grants).await;
    let one = create(&writer, placed(&at.a, "One")).await.id();
    writer.get(&format!("/admin/v1/pages/{}", at.b)).await.expect(200);
    at.refused("publish", at.act(&writer, &one, "publish", json!({ "revision": 1 }))).await;
    at.refused("trash", writer.delete_at(&format!("/admin/v1/pages/{one}"), 1)).await;
    at.refused("move", at.act(&writer, &one, "move", json!({ "parent": at.b }))).await;
    at.site.stop().await;
}
