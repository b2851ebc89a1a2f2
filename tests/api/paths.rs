//! Moving and renaming: paths follow what is published, and former paths lead on to where a page is now.

use serde_json::{Value, json};

use crate::support::builders::{create, publish, publish_revision, republish, save, trash, unpublish};
use crate::support::{Client, Role, TestSite};

async fn resolve(client: &Client, path: &str) -> Value {
    client.get(&format!("/v1/resolve?path={path}")).await.expect(200).json
}

fn redirect(to: &str) -> Value {
    json!({ "match": "redirect", "to": to, "status": 301 })
}

#[actix_web::test]
async fn a_former_path_leads_on_and_chains_collapse() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let a = publish(&editor, json!({ "slug": "a" })).await;
    let saved = save(&editor, &a.id(), a.version(), json!({ "slug": "b" })).await;
    assert_eq!(resolve(&reader, "/a").await["page"]["id"], a.id(), "a draft moves nothing");
    reader.get("/v1/resolve?path=/b").await.refused(404, "not_found");

    let b = publish_revision(&editor, &a.id(), saved.version(), 2).await.expect(200);
    assert_eq!(resolve(&reader, "/a").await, redirect("/b"));
    assert_eq!(resolve(&reader, "/b").await["page"]["previous_paths"], json!(["/a"]));
    let c = republish(&editor, &a.id(), b.version(), json!({ "slug": "c" })).await;
    for former in ["/a", "/b"] {
        assert_eq!(resolve(&reader, former).await, redirect("/c"), "one step from {former}");
    }
    let page = reader.get(&format!("/v1/pages/{}", a.id())).await.expect(200);
    assert_eq!(page.json["previous_paths"], json!(["/b", "/a"]), "the newest first");
    assert_eq!(page.json["path"], "/c");

    republish(&editor, &a.id(), c.version(), json!({ "slug": "a" })).await;
    assert_eq!(resolve(&reader, "/a").await["page"]["previous_paths"], json!(["/c", "/b"]));
    assert_eq!(resolve(&reader, "/b").await, redirect("/a"));
    site.stop().await;
}

#[actix_web::test]
async fn a_freed_path_leads_to_the_page_that_took_it() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let old = publish(&editor, json!({ "title": "Old", "slug": "spot" })).await;
    republish(&editor, &old.id(), old.version(), json!({ "title": "Old", "slug": "aside" })).await;
    let new = publish(&editor, json!({ "title": "New", "slug": "spot" })).await;
    assert_eq!(resolve(&reader, "/spot").await["page"]["id"], new.id());
    assert_eq!(
        resolve(&reader, "/aside").await["page"]["previous_paths"],
        json!([]),
        "it leads elsewhere now"
    );

    let moved =
        republish(&editor, &new.id(), new.version(), json!({ "title": "New", "slug": "beside" })).await;
    assert_eq!(resolve(&reader, "/spot").await, redirect("/beside"), "who had it last");
    unpublish(&editor, &new.id(), moved.version()).await.expect(200);
    assert_eq!(resolve(&reader, "/spot").await, redirect("/aside"), "who is still there");
    reader.get("/v1/resolve?path=/beside").await.refused(404, "not_found");
    site.stop().await;
}

#[actix_web::test]
async fn two_pages_change_places() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let left = publish(&editor, json!({ "slug": "left" })).await;
    let right = publish(&editor, json!({ "slug": "right" })).await;
    let away = republish(&editor, &left.id(), left.version(), json!({ "slug": "away" })).await;
    republish(&editor, &right.id(), right.version(), json!({ "slug": "left" })).await;
    republish(&editor, &left.id(), away.version(), json!({ "slug": "right" })).await;
    assert_eq!(resolve(&reader, "/left").await["page"]["id"], right.id());
    assert_eq!(resolve(&reader, "/right").await["page"]["id"], left.id());
    assert_eq!(resolve(&reader, "/away").await, redirect("/right"));
    assert_eq!(resolve(&reader, "/right").await["page"]["previous_paths"], json!(["/away"]));
    site.stop().await;
}

#[actix_web::test]
async fn a_whole_subtree_moves_with_its_top() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let work = publish(&editor, json!({ "title": "Work", "slug": "work" })).await;
    let people = publish(&editor, json!({ "title": "People", "slug": "people" })).await;
    let team = publish(&editor, json!({ "title": "Team", "slug": "team", "parent": work.id() })).await;
    let board = publish(&editor, json!({ "title": "Board", "slug": "board", "parent": team.id() })).await;
    let before = reader.get(&format!("/v1/pages/{}", board.id())).await.expect(200);
    assert_eq!(
        before.json["breadcrumbs"],
        json!([
            { "id": work.id(), "title": "Work", "path": "/work" },
            { "id": team.id(), "title": "Team", "path": "/work/team" },
        ])
    );
    republish(
        &editor,
        &team.id(),
        team.version(),
        json!({ "title": "Team", "slug": "us", "parent": people.id() }),
    )
    .await;
    assert_eq!(resolve(&reader, "/work/team").await, redirect("/people/us"));
    assert_eq!(resolve(&reader, "/work/team/board").await, redirect("/people/us/board"));
    let after = resolve(&reader, "/people/us/board").await["page"].clone();
    assert_eq!(after["previous_paths"], json!(["/work/team/board"]));
    assert_eq!(after["updated_at"], before.json["updated_at"], "the page itself did not change");
    assert_eq!(
        after["breadcrumbs"],
        json!([
            { "id": people.id(), "title": "People", "path": "/people" },
            { "id": team.id(), "title": "Team", "path": "/people/us" },
        ])
    );
    let state = editor.get(&format!("/admin/v1/pages/{}", board.id())).await.expect(200);
    assert_eq!(state.header("etag"), "\"v2\"", "nor did its version");
    site.stop().await;
}

#[actix_web::test]
async fn a_move_onto_a_taken_path_changes_nothing_at_all() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let a = publish(&editor, json!({ "slug": "a" })).await;
    let b = publish(&editor, json!({ "slug": "b" })).await;
    publish(&editor, json!({ "slug": "leaf", "parent": a.id() })).await;
    publish(&editor, json!({ "slug": "leaf", "parent": b.id() })).await;
    let saved = save(&editor, &b.id(), b.version(), json!({ "slug": "a" })).await;
    let before = site.database.fingerprint().await;
    publish_revision(&editor, &b.id(), saved.version(), 2).await.refused(409, "path_taken");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_page_cannot_move_under_one_that_is_not_public() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let draft = create(&editor, json!({ "slug": "draft" })).await;
    let live = publish(&editor, json!({ "slug": "live" })).await;
    let saved =
        save(&editor, &live.id(), live.version(), json!({ "slug": "live", "parent": draft.id() })).await;
    let before = site.database.fingerprint().await;
    publish_revision(&editor, &live.id(), saved.version(), 2).await.refused(409, "parent_not_public");
    assert_eq!(site.database.fingerprint().await, before);
    assert_eq!(resolve(&site.anonymous(), "/live").await["page"]["id"], live.id());
    site.stop().await;
}

#[actix_web::test]
async fn the_home_page_lies_at_the_root_and_there_is_one() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    reader.get("/v1/resolve?path=/").await.refused(404, "not_found");
    let home = publish(&editor, json!({ "title": "Home", "slug": "" })).await;
    assert_eq!(home.json["live"]["path"], "/");
    let found = resolve(&reader, "/").await;
    assert_eq!(found["page"]["id"], home.id());
    assert_eq!(found["page"]["path"], "/");
    assert_eq!(found["page"]["breadcrumbs"], json!([]));

    let below = publish(&editor, json!({ "title": "Below", "slug": "below", "parent": home.id() })).await;
    assert_eq!(below.json["live"]["path"], "/below");
    let crumbs = &resolve(&reader, "/below").await["page"]["breadcrumbs"];
    assert_eq!(*crumbs, json!([{ "id": home.id(), "title": "Home", "path": "/" }]));

    let second = create(&editor, json!({ "title": "Other home", "slug": "" })).await;
    let before = site.database.fingerprint().await;
    publish_revision(&editor, &second.id(), 1, 1).await.refused(409, "path_taken");
    unpublish(&editor, &home.id(), home.version()).await.refused(409, "has_public_descendants");
    assert_eq!(site.database.fingerprint().await, before);

    let top =
        republish(&editor, &below.id(), below.version(), json!({ "title": "Below", "slug": "below" })).await;
    assert_eq!(top.json["live"]["path"], "/below", "the same path from the top of the site");
    trash(&editor, &home.id(), home.version()).await.expect(204);
    publish_revision(&editor, &second.id(), 1, 1).await.expect(200);
    assert_eq!(resolve(&reader, "/").await["page"]["title"], "Other home");
    site.stop().await;
}
