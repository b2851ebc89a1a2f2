//! Pictures cut around a point: those around the points of what is public, planned or newest stay, the others go.

use masthead::blobs;
use serde_json::{Value, json};

use crate::support::builders::publish_revision;
use crate::support::media::{described, path, save};
use crate::support::pictures::jpeg;
use crate::support::{Client, Role, TestSite};

/// Saves an entry with its point there, and asks for a small picture; gives the entry.
async fn around(editor: &Client, media: &Value, x: f64) -> Value {
    let mut body = media["body"].clone();
    body["focal"] = json!({ "x": x, "y": 0.5 });
    let saved = save(editor, media, body).await.json;
    editor.get(&path(&saved["file"]["picture"]["renditions"]["presets"]["thumb"]["src"])).await.expect(200);
    saved
}

async fn publish(editor: &Client, media: &Value) -> i64 {
    let (id, number) = (media["id"].as_str().unwrap(), media["revision"]["number"].as_i64().unwrap());
    publish_revision(editor, id, media["version"].as_i64().unwrap(), number).await.expect(200).version()
}

async fn renditions(site: &TestSite) -> usize {
    blobs::collect(&site.app, 0).await.unwrap();
    site.files.names().iter().filter(|name| name.starts_with("renditions/")).count()
}

#[actix_web::test]
async fn pictures_around_former_points_are_collected() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let media = described(&editor, "lamp.jpg", &jpeg(40, 20, [1, 1, 1])).await;
    let first = around(&editor, &media, 0.2).await;
    let mut second = around(&editor, &first, 0.4).await;
    assert_eq!(renditions(&site).await, 1, "nothing has the first point any more");

    second["version"] = json!(publish(&editor, &second).await);
    let mut third = around(&editor, &second, 0.6).await;
    assert_eq!(renditions(&site).await, 2, "what is public and what is newest");
    third["version"] = json!(publish(&editor, &third).await);
    assert_eq!(renditions(&site).await, 1, "what was public is no more");

    // Gone is no loss: who goes back to the point has the picture again.
    let again = around(&editor, &third, 0.4).await;
    assert_eq!(renditions(&site).await, 2);
    assert_eq!(again["body"]["focal"]["x"], 0.4);
    site.stop().await;
}
