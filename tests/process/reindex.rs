//! `masthead reindex`: what it says, that `serve` and `doctor` ask for it, and that a second run has nothing to do.

use serde_json::json;

use super::harness::*;
use crate::support::builders::page;

#[test]
fn older_rows_are_named_and_derived_anew() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let address = serving.address();
    assert!(!serving.said().contains("masthead reindex"), "{}", serving.said());
    let editor = Http::new(&address, Some(&token(&place, "editor")));
    let fields = json!({ "title": "Lantern", "slug": "lantern" });
    let created = editor.post("/admin/v1/pages", &page(fields)).expect(201);
    let publish = format!("/admin/v1/documents/{}/publish", created.id());
    editor.post_at(&publish, created.version(), &json!({ "revision": 1 })).expect(200);
    let derived = |place: &Place| {
        let doctor = run(place, &["doctor", "--json"]).ended(0).json();
        let checks = doctor["checks"].as_array().unwrap().clone();
        checks.into_iter().find(|check| check["name"] == "derived").unwrap()["verdict"].clone()
    };
    assert_eq!(derived(&place), "ok");
    as_owner(&place.cluster(), "update documents set derived_by = 1");
    assert_eq!(derived(&place), "weak");
    drop(editor);
    serving.stop();
    let mut serving = Masthead::start(&place);
    serving.address();
    until("it names the command", || serving.said().contains("run masthead reindex"));

    let help = run(&place, &["reindex", "--help"]).ended(0).out;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("goes on where it stopped"), "{help}");
    let done = run(&place, &["reindex", "--json"]).ended(0).json();
    assert_eq!(done, json!({ "publications": 0, "documents": 1, "unreadable": 0 }));
    assert_eq!(derived(&place), "ok");
    let again = run(&place, &["reindex"]).ended(0);
    assert_eq!(again.out.trim(), "derived anew: 0 publications, 0 documents");
    serving.stop();
}
