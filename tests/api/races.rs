//! Many at once. Requests are sent together and not one after the other; whoever wins, the rules hold.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;

use crate::lists::titles;
use crate::support::builders::{create, page, publish, publish_revision, save, trash, unmerged};
use crate::support::{Answer, Role, TestSite};

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    answers.iter().map(|answer| answer.status).collect()
}

#[actix_web::test]
async fn of_fifty_saves_over_one_version_one_wins() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({ "slug": "busy" })).await.id();
    let path = format!("/admin/v1/pages/{id}");
    let bodies: Vec<_> =
        (0..50).map(|n| page(json!({ "title": format!("Writer {n}"), "slug": "busy" }))).collect();
    let answers = join_all(bodies.iter().map(|body| editor.put_at(&path, 1, body))).await;
    assert_eq!(count(&answers, 200), 1, "{:?}", statuses(&answers));
    assert_eq!(count(&answers, 412), 49, "{:?}", statuses(&answers));
    let winner = answers.iter().find(|answer| answer.status == 200).expect("a winner");
    for loser in answers.iter().filter(|answer| answer.status == 412) {
        assert_eq!(loser.json["code"], "stale");
    }
    assert_eq!(editor.get(&path).await.expect(200).json, unmerged(winner));
    let written = site.database.texts("select count(*)::text as value from revisions").await;
    assert_eq!(written, ["2"]);
    let events = site
        .database
        .texts("select action as value from events where action like 'page.%' order by id")
        .await;
    assert_eq!(events, ["page.created", "page.saved"]);
    site.stop().await;
}

#[actix_web::test]
async fn writers_who_read_again_all_get_through_in_the_end() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({ "slug": "queue" })).await.id();
    let path = format!("/admin/v1/pages/{id}");
    let write = |n: usize| {
        let (editor, path) = (editor.clone(), path.clone());
        async move {
            let body = page(json!({ "title": format!("Writer {n}"), "slug": "queue" }));
            loop {
                let seen = editor.get(&path).await.expect(200).version();
                let answer = editor.put_at(&path, seen, &body).await;
                match answer.status {
                    412 => {}
                    _ => return answer.expect(200).json["revision"]["number"].as_i64().expect("a number"),
                }
            }
        }
    };
    let mut numbers = join_all((0..10).map(write)).await;
    numbers.sort_unstable();
    assert_eq!(numbers, (2..=11).collect::<Vec<i64>>(), "a revision each, without gaps");
    site.stop().await;
}

#[actix_web::test]
async fn of_twenty_pages_that_want_one_path_one_gets_it() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let mut ids = Vec::new();
    for _ in 0..20 {
        ids.push(create(&editor, json!({ "slug": "contested" })).await.id());
    }
    let answers = join_all(ids.iter().map(|id| publish_revision(&editor, id, 1, 1))).await;
    assert_eq!(count(&answers, 200), 1, "{:?}", statuses(&answers));
    assert_eq!(count(&answers, 409), 19, "{:?}", statuses(&answers));
    for loser in answers.iter().filter(|answer| answer.status == 409) {
        assert_eq!(loser.json["code"], "path_taken");
    }
    let winner = answers.iter().find(|answer| answer.status == 200).expect("a winner").id();
    let found = site.anonymous().get("/v1/resolve?path=/contested").await.expect(200);
    assert_eq!(found.json["page"]["id"], winner);
    let rows = "select (select count(*) from publications) || ' ' || (select count(*) from routes) as value";
    assert_eq!(site.database.texts(rows).await, ["1 1"]);
    site.stop().await;
}

#[actix_web::test]
async fn twenty_pages_are_made_and_published_at_once() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let bodies: Vec<_> =
        (0..20).map(|n| page(json!({ "title": format!("Page {n:02}"), "slug": format!("p{n}") }))).collect();
    let made = join_all(bodies.iter().map(|body| editor.post("/admin/v1/pages", body))).await;
    assert_eq!(count(&made, 201), 20, "{:?}", statuses(&made));
    let ids: BTreeSet<String> = made.iter().map(Answer::id).collect();
    assert_eq!(ids.len(), 20);
    let published = join_all(ids.iter().map(|id| publish_revision(&editor, id, 1, 1))).await;
    assert_eq!(count(&published, 200), 20, "{:?}", statuses(&published));
    let list = site.anonymous().get("/v1/pages?sort=title").await.expect(200);
    assert_eq!(titles(&list), (0..20).map(|n| format!("Page {n:02}")).collect::<Vec<_>>());
    let instants = "select count(distinct lower(during))::text as value from publications";
    assert_eq!(site.database.texts(instants).await, ["20"], "an instant for each change");
    site.stop().await;
}

#[actix_web::test]
async fn of_a_publish_a_save_and_a_trash_over_one_version_one_wins() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for n in 0..5 {
        let id = create(&editor, json!({ "slug": format!("prize-{n}") })).await.id();
        let path = format!("/admin/v1/pages/{id}");
        let body = page(json!({ "title": "Saved" }));
        let (published, saved, trashed) = tokio::join!(
            publish_revision(&editor, &id, 1, 1),
            editor.put_at(&path, 1, &body),
            trash(&editor, &id, 1),
        );
        let answers = [published, saved, trashed];
        assert_eq!(count(&answers, 412), 2, "{:?}", statuses(&answers));
        assert_eq!(editor.get(&path).await.expect(200).json["version"], 2);
    }
    site.stop().await;
}

#[actix_web::test]
async fn two_moves_at_once_make_no_cycle() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for n in 0..5 {
        let a = publish(&editor, json!({ "slug": format!("a{n}") })).await;
        let b = publish(&editor, json!({ "slug": format!("b{n}") })).await;
        let into_b =
            save(&editor, &a.id(), a.version(), json!({ "slug": format!("a{n}"), "parent": b.id() })).await;
        let into_a =
            save(&editor, &b.id(), b.version(), json!({ "slug": format!("b{n}"), "parent": a.id() })).await;
        let (a, b) = (a.id(), b.id());
        let answers = join_all([
            publish_revision(&editor, &a, into_b.version(), 2),
            publish_revision(&editor, &b, into_a.version(), 2),
        ])
        .await;
        assert_eq!((count(&answers, 200), count(&answers, 409)), (1, 1), "{:?}", statuses(&answers));
    }
    site.stop().await;
}
