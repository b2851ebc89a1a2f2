//! Orders of the public lists: every one of them is total, and the same in both directions as an exact sort of all of it.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::lists::link;
use crate::support::builders::{publish, republish, unpublish};
use crate::support::{Client, Role, TestSite};

const KEYS: [&str; 4] = ["published_at", "updated_at", "title", "position"];

/// A site of pages that are the same in many ways, so that later keys and the id have to decide.
async fn alike(site: &TestSite) -> Vec<Value> {
    let editor = site.client(Role::Editor).await;
    let mut positions = BTreeMap::new();
    for n in 0..14_u32 {
        let position = ["V", "VV", "W", "v"][(n % 4) as usize];
        let fields = json!({
            "title": (["Alpha", "Beta", "Gamma"][(n % 3) as usize]), "slug": format!("p{n}"), "position": position,
            "date": format!("2026-01-0{}T00:00:00Z", 1 + n % 2)
        });
        let page = publish(&editor, fields.clone()).await;
        positions.insert(page.id(), position);
        if n % 5 == 0 {
            let mut fields = fields;
            fields["summary"] = json!("Said later.");
            republish(&editor, &page.id(), page.version(), fields).await;
        }
        if n % 7 == 3 {
            let page = editor.get(&format!("/admin/v1/pages/{}", page.id())).await.expect(200);
            unpublish(&editor, &page.id(), page.version()).await.expect(200);
        }
    }
    // Some end by plan, in a day; they come from elsewhere in the query and are sorted in all the same.
    let ends = "set during = tstzrange(lower(during), (select changed_at from site) + interval '1 day') where upper_inf(during)";
    let some = "and entry_id in (select entry_id from publications where slug in ('p1', 'p4', 'p8', 'p11'))";
    let event = "insert into events (actor_kind, reason, action, subject_kind, subject_id) \
        select 'system', 'test', 'page.changed', 'page', entry_id from publications where slug in ('p1', 'p4', 'p8', 'p11')";
    site.database
        .execute(&format!(
            "select mh.public_change(); update publications {ends} {some}; update routes {ends} {some}; {event}"
        ))
        .await;
    let all = site.anonymous().get("/v1/pages?limit=100").await.expect(200);
    let mut rows = all.json["data"].as_array().expect("a list").clone();
    for row in &mut rows {
        row["position"] = json!(positions[row["id"].as_str().expect("an id")]);
    }
    rows
}

/// The ids in the order that the documentation promises, sorted here.
fn expected(rows: &[Value], sort: &str) -> Vec<String> {
    let keys: Vec<(&str, bool)> =
        sort.split(',').map(|key| key.strip_prefix('-').map_or((key, false), |key| (key, true))).collect();
    let ids_ascend = keys[0].1 == keys[0].0.ends_with("_at");
    let mut rows = rows.to_vec();
    rows.sort_by(|one, other| {
        let by_keys = keys.iter().fold(Ordering::Equal, |so_far, (key, down)| {
            let order = one[key].as_str().cmp(&other[key].as_str());
            so_far.then(if *down { order.reverse() } else { order })
        });
        let by_id = one["id"].as_str().cmp(&other["id"].as_str());
        by_keys.then(if ids_ascend { by_id } else { by_id.reverse() })
    });
    ids(&rows)
}

fn ids(rows: &[Value]) -> Vec<String> {
    rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
}

/// Walks along a relation of `Link` to the end; gives what was met, page by page, and the last address.
async fn walk(reader: &Client, from: String, rel: &str) -> (Vec<Vec<String>>, String) {
    let (mut pages, mut at) = (Vec::new(), from);
    loop {
        let answer = reader.get(&at).await.expect(200);
        pages.push(ids(answer.json["data"].as_array().expect("a list")));
        match link(&answer, rel) {
            Some(next) => at = next,
            None => return (pages, at),
        }
    }
}

/// Every order of one key, of two, and some of three, in both directions of each.
fn orders() -> Vec<String> {
    let signed = |key: &str| [key.to_owned(), format!("-{key}")];
    let mut orders: Vec<String> = KEYS.iter().flat_map(|key| signed(key)).collect();
    for (one, other) in KEYS.iter().flat_map(|one| KEYS.map(|other| (*one, other))).filter(|(a, b)| a != b) {
        for first in signed(one) {
            orders.extend(signed(other).map(|second| format!("{first},{second}")));
        }
    }
    orders.extend(
        ["published_at,-title,position", "-title,position,-published_at", "position,published_at,-title"]
            .map(String::from),
    );
    orders
}

#[actix_web::test]
async fn every_order_is_that_of_an_exact_sort_forwards_and_backwards() {
    let site = TestSite::start().await;
    let rows = alike(&site).await;
    assert_eq!(rows.len(), 12, "two were withdrawn");
    let reader = site.anonymous();
    for (nth, sort) in orders().into_iter().enumerate() {
        let wanted = expected(&rows, &sort);
        let limit = [1, 3, 5][nth % 3];
        let (pages, last) = walk(&reader, format!("/v1/pages?limit={limit}&sort={sort}"), "next").await;
        assert_eq!(pages.concat(), wanted, "{sort} forwards by {limit}");
        let (mut back, _) = walk(&reader, last, "prev").await;
        back.reverse();
        assert_eq!(back.concat(), wanted, "{sort} backwards by {limit}");
        let turned: Vec<String> = sort
            .split(',')
            .map(|key| key.strip_prefix('-').map_or_else(|| format!("-{key}"), str::to_owned))
            .collect();
        let all = reader.get(&format!("/v1/pages?limit=100&sort={}", turned.join(","))).await.expect(200);
        let mut reversed = ids(all.json["data"].as_array().expect("a list"));
        reversed.reverse();
        assert_eq!(reversed, wanted, "{sort} turned round");
    }
    site.stop().await;
}

#[actix_web::test]
async fn orders_go_with_filters() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let above = publish(&editor, json!({ "title": "Above", "slug": "above" })).await.id();
    for (title, position) in [("A", "x"), ("B", "V"), ("C", "m")] {
        let fields =
            json!({ "title": title, "slug": title.to_lowercase(), "parent": above, "position": position });
        publish(&editor, fields).await;
    }
    let reader = site.anonymous();
    for (filter, sort, wanted) in [
        ("parent", "position", "BCA"),
        ("parent", "-position", "ACB"),
        ("ancestor", "position", "BCA"),
        ("ancestor", "-title", "CBA"),
    ] {
        let address = format!("/v1/pages?limit=2&filter[{filter}]={above}&sort={sort}");
        let first = reader.get(&address).await.expect(200);
        let second = reader.get(&link(&first, "next").expect("a second page")).await.expect(200);
        let titles = [crate::lists::titles(&first), crate::lists::titles(&second)].concat().concat();
        assert_eq!(titles, wanted, "{filter} {sort}");
        let back = reader.get(&link(&second, "prev").expect("the first page")).await.expect(200);
        assert_eq!(back.json["data"], first.json["data"], "{filter} {sort}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn an_order_that_cannot_be_is_refused() {
    let site = TestSite::start().await;
    let reader = site.anonymous();
    for (sort, part) in [
        ("", "one to 3 of `published_at`, `updated_at`, `title`, `position`"),
        ("title,", "`-published_at,title`"),
        ("slug", "`-published_at,title`"),
        ("title,title", "more than once"),
        ("title,-title", "more than once"),
        ("title,position,updated_at,published_at", "one to 3"),
        ("title;drop", "`-published_at,title`"),
    ] {
        let answer = reader.get(&format!("/v1/pages?sort={sort}")).await.refused(400, "invalid_parameter");
        assert_eq!(answer.places(), [("/query/sort", "invalid")], "{sort}");
        assert!(answer.detail().contains(part), "{sort}: {}", answer.json);
    }
    site.stop().await;
}
