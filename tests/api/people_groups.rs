//! Groups of people come in their own order, page by page, and one save of one person moves them.

use serde_json::{Value, json};

use crate::support::people::{publish, republish};
use crate::support::{Client, Role, TestSite};

async fn names(reader: &Client, query: &str) -> Vec<String> {
    let list = reader.get(&format!("/v1/people?{query}&fields=name")).await.expect(200).json;
    let name = |one: &Value| one["name"].as_str().expect("a name").to_owned();
    list["data"].as_array().expect("a list").iter().map(name).collect()
}

/// The whole list, walked by cursors so many at a time, to its end and back.
async fn walked(reader: &Client, query: &str, limit: usize) -> Vec<String> {
    let mut all = Vec::new();
    let mut path = format!("/v1/people?{query}&fields=name&limit={limit}");
    let first = path.clone();
    loop {
        let page = reader.get(&path).await.expect(200).json;
        all.extend(
            page["data"]
                .as_array()
                .expect("a list")
                .iter()
                .map(|one| one["name"].as_str().expect("a name").to_owned()),
        );
        let Some(next) = page["page"]["next"].as_str() else {
            if let Some(before) = page["page"]["previous"].as_str() {
                let mut back = format!("{first}&before={before}");
                let mut last = all.len() - page["data"].as_array().expect("a list").len();
                loop {
                    let page = reader.get(&back).await.expect(200).json;
                    let rows = page["data"].as_array().expect("a list");
                    let found: Vec<&str> =
                        rows.iter().map(|one| one["name"].as_str().expect("a name")).collect();
                    assert_eq!(
                        found,
                        all[last - rows.len()..last].iter().map(String::as_str).collect::<Vec<_>>()
                    );
                    last -= rows.len();
                    let Some(before) = page["page"]["previous"].as_str() else { break };
                    back = format!("{first}&before={before}");
                }
                assert_eq!(last, 0);
            }
            return all;
        };
        path = format!("{first}&after={next}");
    }
}

fn member(name: &str, groups: &[(&str, &str)]) -> Value {
    let groups: Vec<Value> =
        groups.iter().map(|(group, position)| json!({ "group": group, "position": position })).collect();
    json!({ "name": name, "groups": groups })
}

#[actix_web::test]
async fn each_group_has_its_own_order() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    publish(&editor, member("Ada", &[("board", "V"), ("staff", "B")])).await;
    let bo = publish(&editor, member("Bo", &[("board", "F"), ("staff", "C")])).await;
    publish(&editor, member("Cy", &[("board", "k")])).await;
    // Of one rank by name; and in the order of bytes, in which capitals come first, not in that of a language.
    publish(&editor, member("Eve", &[("board", "Z")])).await;
    publish(&editor, member("Dee", &[("board", "Z")])).await;
    publish(&editor, member("Nobody", &[])).await;
    let reader = site.anonymous();
    assert_eq!(names(&reader, "filter[group]=board").await, ["Bo", "Ada", "Dee", "Eve", "Cy"]);
    assert_eq!(names(&reader, "filter[group]=staff").await, ["Ada", "Bo"]);
    assert_eq!(names(&reader, "limit=50").await, ["Ada", "Bo", "Cy", "Dee", "Eve", "Nobody"]);
    for limit in 1..=6 {
        assert_eq!(walked(&reader, "filter[group]=board", limit).await, ["Bo", "Ada", "Dee", "Eve", "Cy"]);
    }
    let first = reader.get("/v1/people?filter[group]=board&limit=1&count=exact").await.expect(200).json;
    assert_eq!(first["page"]["total"], 5);
    let next = first["page"]["next"].as_str().expect("a cursor");
    reader.get(&format!("/v1/people?filter[group]=staff&after={next}")).await.refused(400, "invalid_cursor");

    // One save moves one person; nobody else changes.
    let moved =
        republish(&editor, &bo.id(), bo.version(), member("Bo", &[("board", "z"), ("staff", "A")])).await;
    assert_eq!(names(&reader, "filter[group]=board").await, ["Ada", "Dee", "Eve", "Cy", "Bo"]);
    assert_eq!(names(&reader, "filter[group]=staff").await, ["Bo", "Ada"]);
    republish(&editor, &bo.id(), moved.version(), member("Bo", &[("staff", "A")])).await;
    assert_eq!(names(&reader, "filter[group]=board").await, ["Ada", "Dee", "Eve", "Cy"]);
    site.stop().await;
}

#[actix_web::test]
async fn a_group_that_will_end_and_one_in_another_language_keep_the_order() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    crate::translations::add_locale(&site, "de", Some("en")).await;
    let ada = publish(&editor, member("Ada", &[("board", "B")])).await;
    publish(&editor, member("Bo", &[("board", "C")])).await;
    let cy = publish(&editor, member("Cy", &[("board", "D")])).await;
    let until = json!({ "until": "9000-01-01T00:00:00Z" });
    editor
        .post_at(&format!("/admin/v1/documents/{}/expire", ada.id()), ada.version(), Some(&until))
        .await
        .expect(200);
    let path = format!("/admin/v1/documents/{}/translations", cy.id());
    editor.post(&path, &json!({ "locale": "de" })).await.expect(201);
    let body = json!({ "body": member("Zyra", &[("board", "A")]) });
    let saved = editor.put_at(&format!("/admin/v1/people/{}?locale=de", cy.id()), 1, &body).await.expect(200);
    let revision = json!({ "revision": saved.json["revision"]["number"] });
    let path = format!("/admin/v1/documents/{}/publish?locale=de", cy.id());
    editor.post_at(&path, saved.version(), Some(&revision)).await.expect(200);
    let reader = site.anonymous();
    for limit in 1..=4 {
        assert_eq!(walked(&reader, "filter[group]=board", limit).await, ["Ada", "Bo", "Cy"]);
        assert_eq!(walked(&reader, "filter[group]=board&locale=de", limit).await, ["Zyra", "Ada", "Bo"]);
    }
    let german =
        reader.get("/v1/people?filter[group]=board&locale=de&fields=locale,fallback").await.expect(200).json;
    let told: Vec<Value> = german["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| json!([one["locale"], one["fallback"]]))
        .collect();
    assert_eq!(told, [json!(["de", false]), json!(["en", true]), json!(["en", true])]);
    site.stop().await;
}
