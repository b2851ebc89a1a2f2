//! `GET /admin/v1/pages`: filters by state, and walking the list by cursors in both directions.

use serde_json::json;

use crate::lists::{link, titles, walk_back_and_forth};
use crate::support::builders::{create, publish, save, trash, unpublish, without_warnings};
use crate::support::{Client, Role, TestSite};

async fn filtered(client: &Client, state: &str) -> Vec<String> {
    let mut found = titles(&client.get(&format!("/admin/v1/pages?filter[state]={state}")).await.expect(200));
    found.sort();
    found
}

#[actix_web::test]
async fn the_states_are_told_apart() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    create(&editor, json!({ "title": "Draft" })).await;
    publish(&editor, json!({ "title": "Live" })).await;
    let changed = publish(&editor, json!({ "title": "Changed", "slug": "changed" })).await;
    save(&editor, &changed.id(), changed.version(), json!({ "title": "Changed since", "slug": "changed" }))
        .await;
    let withdrawn = publish(&editor, json!({ "title": "Withdrawn" })).await;
    unpublish(&editor, &withdrawn.id(), withdrawn.version()).await.expect(200);
    let trashed = publish(&editor, json!({ "title": "Trashed" })).await;
    trash(&editor, &trashed.id(), trashed.version()).await.expect(204);

    assert_eq!(filtered(&editor, "draft").await, ["Draft", "Withdrawn"]);
    assert_eq!(filtered(&editor, "live").await, ["Changed since", "Live"]);
    assert_eq!(filtered(&editor, "changed").await, ["Changed since"]);
    assert_eq!(filtered(&editor, "scheduled").await, [""; 0]);
    assert_eq!(filtered(&editor, "trashed").await, ["Trashed"]);
    let all = editor.get("/admin/v1/pages").await.expect(200);
    assert_eq!(
        titles(&all),
        ["Withdrawn", "Changed since", "Live", "Draft"],
        "what changed last comes first"
    );
    assert_eq!(all.json["page"], json!({ "limit": 20, "next": null, "previous": null }));
    assert!(!all.headers.contains_key("link"));
    assert_eq!(all.header("cache-control"), "no-store");
    site.stop().await;
}

#[actix_web::test]
async fn an_entry_of_the_list_is_the_page_without_its_body() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let published = publish(&editor, json!({ "title": "Listed", "slug": "listed" })).await;
    let list = editor.get("/admin/v1/pages").await.expect(200);
    assert_eq!(list.json["data"], json!([without_warnings(&published)]));
    assert_eq!(list.json["data"][0]["live"]["path"], "/listed");
    site.stop().await;
}

#[actix_web::test]
async fn the_list_is_walked_in_both_directions() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for n in 1..=7 {
        create(&editor, json!({ "title": format!("Page {n}") })).await;
    }
    let whole = editor.get("/admin/v1/pages?limit=100").await.expect(200);
    let expected: Vec<String> = (1..=7).rev().map(|n| format!("Page {n}")).collect();
    assert_eq!(titles(&whole), expected);
    walk_back_and_forth(&editor, "/admin/v1/pages?limit=2", &expected, 2).await;
    walk_back_and_forth(&editor, "/admin/v1/pages?filter%5Bstate%5D=draft&limit=2", &expected, 2).await;
    walk_back_and_forth(&editor, "/admin/v1/pages?limit=7", &expected, 7).await;
    site.stop().await;
}

#[actix_web::test]
async fn a_page_that_changes_under_way_moves_to_the_front_and_nothing_is_lost() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let mut ids = Vec::new();
    for n in 1..=4 {
        ids.push(create(&editor, json!({ "title": format!("Page {n}") })).await.id());
    }
    let first = editor.get("/admin/v1/pages?limit=2").await.expect(200);
    assert_eq!(titles(&first), ["Page 4", "Page 3"]);
    save(&editor, &ids[3], 1, json!({ "title": "Page 4 again" })).await;
    let second = editor.get(&link(&first, "next").expect("a next page")).await.expect(200);
    assert_eq!(titles(&second), ["Page 2", "Page 1"]);
    site.stop().await;
}

#[actix_web::test]
async fn a_cursor_is_good_for_its_list_and_filter_alone() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for n in 1..=3 {
        publish(&editor, json!({ "title": format!("Page {n}") })).await;
    }
    let first = editor.get("/admin/v1/pages?limit=1").await.expect(200);
    let cursor = first.json["page"]["next"].as_str().expect("a cursor").to_owned();
    let last = if cursor.ends_with('A') { 'B' } else { 'A' };
    let tampered = format!("{}{last}", &cursor[..cursor.len() - 1]);
    let flipped = format!("{}{}", if cursor.starts_with('A') { 'B' } else { 'A' }, &cursor[1..]);
    let public = site.anonymous().get("/v1/pages?limit=1").await.expect(200);
    let foreign = public.json["page"]["next"].as_str().expect("a cursor").to_owned();
    for query in [
        format!("after={tampered}"),
        format!("after={flipped}"),
        format!("before={}", &cursor[..cursor.len() / 2]),
        "after=".to_owned(),
        "after=!!!".to_owned(),
        format!("after={foreign}"),
        format!("filter[state]=live&after={cursor}"),
    ] {
        let answer = editor.get(&format!("/admin/v1/pages?limit=1&{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.json);
        answer.refused(400, "invalid_cursor");
    }
    // Another length of page is the same list.
    assert_eq!(
        titles(&editor.get(&format!("/admin/v1/pages?limit=2&after={cursor}")).await.expect(200)).len(),
        2
    );
    site.stop().await;
}

#[actix_web::test]
async fn parameters_are_strict() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for (query, code, part) in [
        ("limt=2", "unknown_parameter", "It takes `limit`, `after`, `before`, `filter[state]`, `locale`."),
        ("filter[stat]=live", "unknown_parameter", "`filter[state]`"),
        ("limit=2&limit=2", "repeated_parameter", "`limit`"),
        ("limit=0", "invalid_parameter", "from 1 to 100"),
        ("limit=101", "invalid_parameter", "from 1 to 100"),
        ("limit=two", "invalid_parameter", "`two`"),
        ("limit=", "invalid_parameter", "whole number"),
        ("filter[state]=public", "invalid_parameter", "draft, live, changed, scheduled, trashed"),
        ("after=a&before=b", "invalid_parameter", "not both"),
        ("after=%", "malformed_request", "percent sign"),
        ("after=%ff", "invalid_utf8", "UTF-8"),
    ] {
        let answer = editor.get(&format!("/admin/v1/pages?{query}")).await.refused(400, code);
        assert!(answer.detail().contains(part), "{query}: {}", answer.json);
    }
    editor.get("/admin/v1/pages?after=%00").await.refused(422, "invalid");
    site.stop().await;
}
