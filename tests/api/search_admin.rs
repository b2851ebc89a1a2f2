//! `GET /admin/v1/search`: drafts included, for those who may read them.

use std::collections::BTreeSet;

use serde_json::json;

use crate::grounds::{Grounds, placed};
use crate::lists::{titles, walk_back_and_forth};
use crate::search::harbours;
use crate::support::builders::{create, page, publish, save, trash};
use crate::support::pictures::jpeg;
use crate::support::{Client, Role, TestSite, media};

async fn found(client: &Client, query: &str) -> Vec<String> {
    titles(&client.get(&format!("/admin/v1/search?q={query}")).await.expect(200))
}

#[actix_web::test]
async fn the_newest_revisions_are_found_in_every_state() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let text = |words: &str| json!([{ "id": "t", "type": "rich_text", "markdown": words }]);
    create(&editor, json!({ "title": "Willow", "slug": "a", "blocks": text("A draft.") })).await;
    let live = publish(&editor, json!({ "title": "Public", "slug": "b", "blocks": text("Heron.") })).await;
    save(
        &editor,
        &live.id(),
        live.version(),
        json!({ "title": "Changed", "slug": "b", "summary": "A willow." }),
    )
    .await;
    let gone = create(&editor, json!({ "title": "Trashed", "slug": "c", "blocks": text("willows") })).await;
    trash(&editor, &gone.id(), gone.version()).await.expect(204);
    media::entry(&editor, "willow-tree.jpg", &jpeg(8, 8, [9, 9, 9])).await;

    let answer = editor.get("/admin/v1/search?q=will&filter[kind]=page").await.expect(200);
    assert_eq!(titles(&answer), ["Willow", "Changed"], "the title counts most");
    assert_eq!(answer.json["query"], json!({ "text": "will", "candidates_limited": false }));
    let hit = &answer.json["data"][1];
    assert_eq!((&hit["revision"]["number"], &hit["live"]["revision"]), (&json!(2), &json!(1)));
    assert!(hit["score"].as_f64().expect("a number") > 0.0);
    assert_eq!(found(&editor, "heron").await, Vec::<String>::new(), "the newest revision is another one");
    assert_eq!(found(&editor, "will&filter[kind]=media").await, ["willow tree"]);
    assert_eq!(found(&editor, "will").await.len(), 3);
    for (state, expected) in [
        ("draft", vec!["Willow"]),
        ("live", vec!["Changed"]),
        ("changed", vec!["Changed"]),
        ("scheduled", vec![]),
        ("trashed", vec!["Trashed"]),
    ] {
        let titles = found(&editor, &format!("willow&filter[kind]=page&filter[state]={state}")).await;
        let titles =
            if state == "trashed" { found(&editor, "willows&filter[state]=trashed").await } else { titles };
        assert_eq!(titles, expected, "{state}");
    }
    assert_eq!(found(&editor, "%22a+willow%22").await, ["Changed"]);
    assert_eq!(found(&editor, "willow+-changed&filter[kind]=page").await, ["Willow"]);
    assert_eq!(found(&editor, "willow&locale=de").await, Vec::<String>::new());
    site.stop().await;
}

#[actix_web::test]
async fn each_word_counts_where_it_stands_however_far_from_the_others() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for (title, slug, markdown) in harbours() {
        let blocks = json!([{ "id": "t", "type": "rich_text", "markdown": markdown }]);
        create(&editor, json!({ "title": title, "slug": slug, "blocks": blocks })).await;
    }
    let ranked = ["Harbour lantern", "Harbour", "Elsewhere"].map(str::to_owned);
    for query in ["harb+lant", "harbour+-dog", "lantern+-wolf+harb"] {
        assert_eq!(found(&editor, query).await, ranked, "{query}");
        walk_back_and_forth(&editor, &format!("/admin/v1/search?q={query}&limit=1"), &ranked, 1).await;
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_list_of_hits_is_walked_like_any_other() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let mut expected = Vec::new();
    for nth in 0..5 {
        create(&editor, json!({ "title": format!("Juniper {nth}"), "slug": format!("j{nth}") })).await;
        expected.insert(0, format!("Juniper {nth}"));
    }
    for limit in [1, 2, 5] {
        walk_back_and_forth(&editor, &format!("/admin/v1/search?q=juniper&limit={limit}"), &expected, limit)
            .await;
    }
    let first = editor.get("/admin/v1/search?q=juniper&limit=1").await.expect(200);
    let cursor = first.json["page"]["next"].as_str().expect("a cursor");
    editor
        .get(&format!("/admin/v1/search?q=junipe&limit=1&after={cursor}"))
        .await
        .refused(400, "invalid_cursor");
    for (query, part) in
        [("q=", "1 to 200"), ("q=-a", "beside each `-`"), ("q=a&filter[kind]=x", "there are page")]
    {
        let answer = editor.get(&format!("/admin/v1/search?{query}")).await.refused(400, "invalid_parameter");
        assert!(answer.detail().contains(part), "{}", answer.json);
    }
    site.stop().await;
}

#[actix_web::test]
async fn everybody_finds_what_they_may_read_and_nothing_else() {
    let at = Grounds::new().await;
    for nth in 0..3 {
        for (name, section) in [("A", at.a.clone()), ("B", at.b.clone())] {
            at.draft(&section, &format!("Linen draft {name} {nth}")).await;
            at.public(&section, &format!("Linen public {name} {nth}")).await;
        }
    }
    // Drafted in one section and public in the other: in reach of nobody with one of them.
    let torn = at.public(&at.b, "Linen torn").await;
    at.moved(&torn, &at.a).await;
    let own = at.site.limited(&[("page", "read", "own", None), ("page", "write", "own", None)]).await;
    own.post("/admin/v1/pages", &page(placed("top", "Linen own"))).await.expect(201);
    let german = at.site.limited(&[("page", "read", "locale", Some("de"))]).await;
    let english = at.site.limited(&[("page", "read", "locale", Some("en"))]).await;
    let other = at.site.limited(&[("media", "read", "everything", None)]).await;

    let all: BTreeSet<String> = found(&at.admin, "linen&limit=100").await.into_iter().collect();
    assert_eq!(all.len(), 14);
    assert_eq!(found(&english, "linen&limit=100").await.len(), 14);
    assert_eq!(found(&own, "linen").await, ["Linen own"]);
    assert_eq!(found(&german, "linen").await, Vec::<String>::new());
    assert_eq!(found(&other, "linen").await, Vec::<String>::new());
    let seen = found(&at.limited, "linen").await;
    let expected: BTreeSet<String> = all.iter().filter(|title| title.contains(" A ")).cloned().collect();
    assert_eq!(seen.iter().cloned().collect::<BTreeSet<_>>(), expected);
    walk_back_and_forth(&at.limited, "/admin/v1/search?q=linen&limit=2", &seen, 2).await;
    at.site.anonymous().get("/admin/v1/search?q=linen").await.refused(401, "unauthenticated");
    at.site.limited(&[("user", "read", "everything", None)]).await.get("/admin/v1/search?q=linen").await;
    at.site.stop().await;
}
