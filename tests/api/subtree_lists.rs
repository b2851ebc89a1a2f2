//! Lists show exactly what is in reach, page by page: cut down before the limit, so that pages are full and cursors lead
//! on.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::grounds::{Grounds, placed, subtree};
use crate::lists::{titles, walk_back_and_forth};
use crate::requests::LATER;
use crate::support::Client;
use crate::support::builders::{save, trash};

const LIST: &str = "/admin/v1/pages?limit=2";
const STATES: [&str; 5] = ["draft", "live", "changed", "scheduled", "trashed"];

/// Pages in every state, in both sections by turns, so that no page of the full list is of one section alone.
async fn fill(at: &Grounds) {
    for nth in 0..3 {
        for (section, parent) in [("A", &at.a), ("B", &at.b)] {
            let title = |state: &str| format!("{section} {state} {nth}");
            at.draft(parent, &title("draft")).await;
            let live = at.public(parent, &title("live")).await;
            at.draft(&live, &title("below")).await;
            let changed = at.public(parent, &title("changed")).await;
            let fields = placed(parent, &title("changed since"));
            save(&at.admin, &changed, 2, fields).await;
            let planned = at.draft(parent, &title("scheduled")).await;
            let plan = json!({ "revision": 1, "from": LATER });
            at.act(&at.admin, &planned, "schedule", plan).await.expect(200);
            let trashed = at.draft(parent, &title("trashed")).await;
            trash(&at.admin, &trashed, 1).await.expect(204);
        }
        // Drafted here and public there: in reach of nobody with one section.
        let torn = at.public(&at.b, &format!("Torn {nth}")).await;
        at.moved(&torn, &at.a).await;
    }
}

/// What somebody ought to see of a list: of the whole list, what they may read by its id.
async fn expected(at: &Grounds, client: &Client, query: &str) -> Vec<String> {
    let all = at.admin.get(&format!("/admin/v1/pages?limit=100{query}")).await.expect(200);
    let mut seen = Vec::new();
    for row in all.json["data"].as_array().expect("rows") {
        let id = row["id"].as_str().expect("an id");
        if client.get(&format!("/admin/v1/pages/{id}")).await.status == 200 {
            seen.push(row["title"].as_str().expect("a title").to_owned());
        }
    }
    seen
}

async fn walked(at: &Grounds, client: &Client) -> BTreeSet<String> {
    let mut met = BTreeSet::new();
    for state in STATES.map(|state| format!("&filter[state]={state}")).iter().chain([&String::new()]) {
        let expected = expected(at, client, state).await;
        met.extend(expected.iter().cloned());
        // As `Link` writes it.
        let query = state.replace('[', "%5B").replace(']', "%5D");
        let query = query.strip_prefix('&').map_or_else(|| "limit=2".to_owned(), |q| format!("limit=2&{q}"));
        if expected.is_empty() {
            let list = client.get(&format!("/admin/v1/pages?{query}")).await.expect(200).json;
            assert_eq!((&list["data"], &list["page"]["next"]), (&json!([]), &json!(null)), "{query}");
            continue;
        }
        walk_back_and_forth(client, &format!("/admin/v1/pages?{query}"), &expected, 2).await;
    }
    met
}

#[actix_web::test]
async fn a_section_is_listed_whole_and_alone() {
    let at = Grounds::new().await;
    fill(&at).await;
    let met = walked(&at, &at.limited).await;
    let foreign: Vec<_> =
        met.iter().filter(|title| !title.starts_with("A ") && *title != "Section A").collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    assert_eq!(met.len(), 1 + 3 * 6, "{met:?}");
    at.site.stop().await;
}

#[actix_web::test]
async fn two_sections_are_one_list() {
    let at = Grounds::new().await;
    fill(&at).await;
    let grants: Vec<_> = subtree(&at.a).into_iter().chain(subtree(&at.b)).collect();
    let both = at.site.limited(&grants).await;
    let met = walked(&at, &both).await;
    assert_eq!(met.len(), 2 + 3 * 13, "what is torn between both too: {met:?}");
    at.site.stop().await;
}

#[actix_web::test]
async fn own_pages_are_listed_wherever_they_lie() {
    let at = Grounds::new().await;
    fill(&at).await;
    let author = at.site.limited(&[("page", "read", "own", None), ("page", "write", "own", None)]).await;
    let mut grants = vec![("page", "read", "own", None), ("page", "write", "own", None)];
    grants.push(("page", "read", "subtree", Some(at.a.as_str())));
    let more = at.site.limited(&grants).await;
    for (client, name) in [(&author, "Own"), (&more, "More")] {
        for (nth, parent) in [at.a.as_str(), at.b.as_str(), "top"].into_iter().enumerate() {
            let body = crate::support::builders::page(placed(parent, &format!("{name} {nth}")));
            client.post("/admin/v1/pages", &body).await.expect(201);
        }
    }
    let met: Vec<String> = walked(&at, &author).await.into_iter().collect();
    assert_eq!(met, ["Own 0", "Own 1", "Own 2"]);
    let met = walked(&at, &more).await;
    assert_eq!(
        met.len(),
        1 + 3 * 6 + 3 + 1,
        "the section, the own pages, and an own page of another in it: {met:?}"
    );
    at.site.stop().await;
}

#[actix_web::test]
async fn many_rows_that_have_to_be_dropped_do_not_end_a_list() {
    let at = Grounds::new().await;
    let first = at.draft(&at.a, "First").await;
    for nth in 0..20 {
        let torn = at.public(&at.b, &format!("Torn {nth}")).await;
        at.moved(&torn, &at.a).await;
    }
    let last = at.draft(&at.a, "Last").await;
    let answer = at.limited.get(LIST).await.expect(200);
    assert_eq!(titles(&answer), ["Last", "First"]);
    let next = answer.json["page"]["next"].as_str().expect("the section itself comes last");
    let rest = at.limited.get(&format!("{LIST}&after={next}")).await.expect(200);
    assert_eq!(titles(&rest), ["Section A"]);
    let before = rest.json["page"]["previous"].as_str().expect("there is a page before");
    let back = at.limited.get(&format!("{LIST}&before={before}")).await.expect(200);
    assert_eq!(ids(&back.json), [last, first]);
    assert_eq!(back.json["page"]["previous"], json!(null));
    at.site.stop().await;
}

fn ids(list: &Value) -> Vec<String> {
    let rows = list["data"].as_array().expect("rows");
    rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

#[actix_web::test]
async fn who_reaches_nothing_gets_an_empty_list() {
    let at = Grounds::new().await;
    fill(&at).await;
    let nowhere = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";
    for grants in [
        [("page", "read", "own", None)],
        [("page", "read", "subtree", Some(nowhere))],
        [("page", "read", "locale", Some("de"))],
    ] {
        let client = at.site.limited(&grants).await;
        let list = client.get(LIST).await.expect(200).json;
        assert_eq!(list, json!({ "data": [], "page": { "limit": 2, "next": null, "previous": null } }));
    }
    at.site.stop().await;
}
