//! The library: filters, folders, one edit for many, and where media are used.

use serde_json::{Value, json};

use crate::support::builders::{create, publish};
use crate::support::media::{described, entry, public, save, upload};
use crate::support::pictures::{jpeg, pdf};
use crate::support::{Client, Role, TestSite};

async fn titles(client: &Client, query: &str) -> Vec<String> {
    let list = client.get(&format!("/admin/v1/media?{query}")).await.expect(200);
    let mut titles: Vec<String> = list.json["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect();
    titles.sort();
    titles
}

/// Saves an entry with these members on top.
async fn with(client: &Client, media: &Value, members: Value) -> Value {
    let mut body = media["body"].clone();
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    save(client, media, body).await.json
}

#[actix_web::test]
async fn the_library_is_filtered_and_searched() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let lamp = entry(&editor, "lamp.jpg", &jpeg(20, 20, [1, 1, 1])).await;
    with(&editor, &lamp, json!({ "folder": "rooms/north", "tags": ["light"], "alt": "A brass lantern" }))
        .await;
    let table = entry(&editor, "oak-table.jpg", &jpeg(20, 20, [2, 2, 2])).await;
    with(&editor, &table, json!({ "folder": "rooms", "tags": ["wood", "light"] })).await;
    entry(&editor, "report.pdf", &pdf("x")).await;
    for (query, expected) in [
        ("", vec!["lamp", "oak table", "report"]),
        ("filter[class]=image", vec!["lamp", "oak table"]),
        ("filter[class]=document", vec!["report"]),
        ("filter[folder]=rooms", vec!["oak table"]),
        ("filter[folder]=", vec!["report"]),
        ("filter[folder]=/rooms/", vec!["oak table"]),
        ("filter[below]=rooms", vec!["lamp", "oak table"]),
        ("filter[tag]=light", vec!["lamp", "oak table"]),
        ("filter[tag]=wood&filter[class]=image", vec!["oak table"]),
        ("filter[described]=false", vec!["oak table"]),
        ("filter[state]=live", vec![]),
        ("q=lantern", vec!["lamp"]),
        ("q=BRASS+lan", vec!["lamp"]),
        ("q=oak.jpg", vec!["oak table"]),
        ("q=light&filter[described]=true", vec!["lamp"]),
        ("q=nothing", vec![]),
    ] {
        assert_eq!(titles(&editor, query).await, expected, "{query}");
    }
    editor.get("/admin/v1/media?filter[owner]=x").await.refused(400, "unknown_parameter");
    let long = |most: usize| "a".repeat(most + 1);
    for (name, value) in [
        ("q", String::new()),
        ("q", long(200)),
        ("q", "%27%26!".to_owned()),
        ("filter[folder]", "a//b".to_owned()),
        ("filter[folder]", "..".to_owned()),
        ("filter[below]", "a%0Ab".to_owned()),
        ("filter[below]", "/".to_owned()),
        ("filter[tag]", String::new()),
        ("filter[tag]", long(100)),
        ("filter[below]", String::new()),
        ("filter[below]", long(807)),
        ("filter[folder]", long(807)),
    ] {
        let answer = editor.get(&format!("/admin/v1/media?{name}={value}")).await;
        let answer = answer.refused(400, "invalid_parameter");
        assert_eq!(answer.places(), [(format!("/query/{name}").as_str(), "invalid")]);
    }
    let folders = editor.get("/admin/v1/library/folders").await.expect(200);
    assert_eq!(folders.json, json!({ "data": ["rooms", "rooms/north"] }));
    let list = editor.get("/admin/v1/media?filter[folder]=rooms/north").await.expect(200);
    let item = &list.json["data"][0];
    assert_eq!(
        (&item["folder"], &item["tags"], &item["described"]),
        (&json!("rooms/north"), &json!(["light"]), &json!(true))
    );
    assert_eq!(item["file"]["picture"]["width"], 20);
    site.stop().await;
}

#[actix_web::test]
async fn a_list_is_walked_both_ways_and_a_cursor_belongs_to_its_filters() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for number in 0..5 {
        entry(&editor, &format!("p{number}.jpg"), &jpeg(10, 10, [number, 0, 0])).await;
    }
    let first = editor.get("/admin/v1/media?limit=2&filter[class]=image").await.expect(200).json;
    let next = first["page"]["next"].as_str().unwrap();
    let second = editor
        .get(&format!("/admin/v1/media?limit=2&filter[class]=image&after={next}"))
        .await
        .expect(200)
        .json;
    let previous = second["page"]["previous"].as_str().unwrap();
    let back = editor
        .get(&format!("/admin/v1/media?limit=2&filter[class]=image&before={previous}"))
        .await
        .expect(200)
        .json;
    assert_eq!(back["data"], first["data"]);
    editor.get(&format!("/admin/v1/media?limit=2&after={next}")).await.refused(400, "invalid_cursor");
    site.stop().await;
}

#[actix_web::test]
async fn what_nobody_would_miss_is_found() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let used = public(&editor, "used.jpg", &jpeg(10, 10, [1, 1, 1])).await;
    let drafted = described(&editor, "drafted.jpg", &jpeg(10, 10, [2, 2, 2])).await;
    entry(&editor, "unused.jpg", &jpeg(10, 10, [3, 3, 3])).await;
    let page = publish(&editor, json!({ "title": "A", "slug": "a", "image": used })).await;
    create(&editor, json!({ "title": "B", "slug": "b", "image": drafted["id"] })).await;
    assert_eq!(titles(&editor, "filter[used]=true").await, ["drafted", "used"]);
    assert_eq!(titles(&editor, "filter[used]=false").await, ["unused"]);
    // Where it is used is told, and it does not go into the trash from under a page.
    let references = editor.get(&format!("/admin/v1/documents/{used}/references")).await.expect(200);
    assert!(references.everything().contains(&page.id()), "{}", references.json);
    let media = editor.get(&format!("/admin/v1/media/{used}")).await.expect(200);
    let before = site.database.fingerprint().await;
    let refused =
        editor.delete_at(&format!("/admin/v1/media/{used}"), media.version()).await.refused(409, "in_use");
    assert!(refused.everything().contains(&page.id()), "{}", refused.json);
    assert_eq!(site.database.fingerprint().await, before);
    let path = format!("/admin/v1/media/{used}?references=unlink");
    editor.delete_at(&path, media.version()).await.expect(204);
    let page = site.anonymous().get(&format!("/v1/pages/{}", page.id())).await.expect(200);
    assert_eq!(page.json["image"], json!(null));
    assert_eq!(titles(&editor, "filter[state]=trashed").await, ["used"]);
    site.stop().await;
}

#[actix_web::test]
async fn one_edit_changes_many_or_none() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let files: Vec<Vec<u8>> = (0..3).map(|number| jpeg(10, 10, [number, 9, 9])).collect();
    let named: Vec<(&str, &[u8])> =
        ["a.jpg", "b.jpg", "c.jpg"].into_iter().zip(files.iter().map(Vec::as_slice)).collect();
    let uploaded = upload(&editor, &named, &[]).await.expect(201).json;
    let ids: Vec<Value> =
        uploaded["results"].as_array().unwrap().iter().map(|file| file["media"]["id"].clone()).collect();
    let items = |versions: [i64; 3]| -> Value {
        ids.iter().zip(versions).map(|(id, version)| json!({ "id": id, "version": version })).collect()
    };
    let before = site.database.fingerprint().await;
    for bad in [
        json!({ "items": items([1, 1, 1]) }),
        json!({ "items": items([1, 1, 1]), "folder": "a//b" }),
        json!({ "items": items([1, 1, 1]), "add_tags": ["x", "x"] }),
        json!({ "items": [], "folder": "a" }),
        json!({ "items": items([1, 1, 1]), "licence": "a".repeat(301) }),
        json!({ "items": items([1, 1, 1]), "credit": "a".repeat(301) }),
        json!({ "items": items([1, 1, 1]), "credit": "two\nlines" }),
        json!({ "items": items([1, 1, 1]), "add_tags": null }),
    ] {
        editor.post("/admin/v1/library/edit", &bad).await.refused(422, "invalid");
    }
    let atomic = json!({ "items": items([1, 7, 1]), "folder": "rooms", "atomic": true });
    let refused = editor.post("/admin/v1/library/edit", &atomic).await.refused(412, "stale");
    assert!(
        refused.places().iter().all(|(place, _)| place.starts_with("/items/1")),
        "{:?}",
        refused.places()
    );
    assert_eq!(site.database.fingerprint().await, before);
    let edit = json!({ "items": items([1, 7, 1]), "folder": "rooms", "add_tags": ["spring"], "credit": "Ilse Fictional" });
    let done = editor.post("/admin/v1/library/edit", &edit).await.expect(200).json;
    assert_eq!((&done["done"], &done["refused"]), (&json!(2), &json!(1)));
    let refused = &done["results"][1];
    assert_eq!((&refused["status"], &refused["problem"]["code"]), (&json!(412), &json!("stale")));
    // What is wrong with it, as if it had been asked for alone: the others are done.
    let detail = "The document is at version 1, you sent \"v7\". Read it again, carry your change over, and send the new ETag.";
    assert_eq!(refused["problem"]["detail"], detail);
    assert_eq!(refused["problem"].get("errors"), None, "{refused}");
    for nth in [0, 2] {
        assert_eq!(
            (&done["results"][nth]["status"], done["results"][nth].get("problem")),
            (&json!(200), None)
        );
    }
    assert_eq!(titles(&editor, "filter[folder]=rooms&filter[tag]=spring").await, ["a", "c"]);
    let again = json!({ "items": items([2, 1, 2]), "remove_tags": ["spring"], "atomic": true });
    let done = editor.post("/admin/v1/library/edit", &again).await.expect(200).json;
    assert_eq!(done["done"], 3);
    assert_eq!(done["results"][1]["version"], 1, "what has nothing to lose stays as it is");
    assert!(titles(&editor, "filter[tag]=spring").await.is_empty());
    site.client(Role::Viewer).await.post("/admin/v1/library/edit", &again).await.refused(403, "forbidden");
    site.stop().await;
}

#[actix_web::test]
async fn two_editors_of_one_entry_merge() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let media = entry(&editor, "a.jpg", &jpeg(10, 10, [1, 1, 1])).await;
    with(&editor, &media, json!({ "alt": "A lantern" })).await;
    let mut body = media["body"].clone();
    body["credit"] = json!("Ilse Fictional");
    let path = format!("/admin/v1/media/{}", media["id"].as_str().unwrap());
    let merged = editor
        .send(reqwest::Method::PUT, &path, &[], Some(&json!({ "body": body, "base": 1 })))
        .await
        .expect(200);
    assert_eq!(merged.json["merged"], true);
    assert_eq!(
        (&merged.json["body"]["alt"], &merged.json["body"]["credit"]),
        (&json!("A lantern"), &json!("Ilse Fictional"))
    );
    site.stop().await;
}
