//! Repeating an import: what did not change stays, what changed at the source is taken over, what people wrote here wins.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::harness::*;
use super::import::{applied, export, import};
use crate::support::builders::page;

/// A copy of the export with this text replaced, which must be in it.
fn changed(place: &Place, changes: &[(&str, &str)]) -> PathBuf {
    let mut text = fs::read_to_string(export("lantern.xml")).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    let file = place.0.join("changed.xml");
    fs::write(&file, text).unwrap();
    file
}

/// The entry of an item.
fn entry<'a>(answer: &'a Value, key: &str) -> &'a str {
    let items = answer["outcome"]["items"].as_array().unwrap();
    items.iter().find(|item| item["key"] == key).unwrap()["entry"].as_str().unwrap()
}

#[test]
fn a_second_run_changes_nothing() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    serving.address();
    let first = import(&place, &export("lantern.xml"), &["--json"]).ended(0).json();
    let before = fingerprint(&place);
    let second = import(&place, &export("lantern.xml"), &["--json"]).ended(0).json();
    assert!(applied(&second).values().all(|applied| *applied == "unchanged"), "{second:#}");
    assert_eq!(second["outcome"]["redirects"], json!(0));
    assert_eq!(second["report"], first["report"]);
    for key in applied(&first).keys() {
        assert_eq!(entry(&first, key), entry(&second, key));
    }
    let text = import(&place, &export("lantern.xml"), &[]).ended(0).out;
    assert!(text.contains("0 created, 0 updated, 15 unchanged"), "{text}");
    assert_eq!(fingerprint(&place), before);
    serving.stop();
}

#[test]
fn a_dry_run_reports_the_same_and_changes_nothing() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    serving.address();
    let before = fingerprint(&place);
    let dry = import(&place, &export("lantern.xml"), &["--dry-run", "--json"]).ended(0).json();
    assert_eq!(fingerprint(&place), before);
    let text = import(&place, &export("lantern.xml"), &["--dry-run"]).ended(0).out;
    assert!(text.contains("dry run, nothing was changed: 15 created"), "{text}");
    assert_eq!(fingerprint(&place), before);
    let real = import(&place, &export("lantern.xml"), &["--json"]).ended(0).json();
    assert_eq!((&dry["dry_run"], &real["dry_run"]), (&json!(true), &json!(false)));
    assert_eq!(dry["report"], real["report"]);
    assert_eq!(applied(&dry), applied(&real));
    assert_eq!(dry["outcome"]["redirects"], real["outcome"]["redirects"]);

    let before = fingerprint(&place);
    let file = changed(&place, &[("Twice a day.", "Twice a day, mostly.")]);
    let dry = import(&place, &file, &["--dry-run", "--json"]).ended(0).json();
    assert_eq!(applied(&dry)["page:10"], "updated");
    assert_eq!(fingerprint(&place), before);
    serving.stop();
}

#[test]
fn a_changed_source_is_taken_over_unless_people_edited_here() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let address = serving.address();
    let reader = Http::new(&address, None);
    let editor = Http::new(&address, Some(&token(&place, "editor")));
    let first = import(&place, &export("lantern.xml"), &["--json"]).ended(0).json();
    let edited = format!("/admin/v1/pages/{}", entry(&first, "page:2"));
    let there = editor.get(&edited).expect(200);
    let mut body = there.json["body"].clone();
    body["title"] = json!("Our history, by us");
    let saved = editor.put_at(&edited, there.version(), &json!({ "body": body })).expect(200);

    let changes = [
        ("It began in a cellar.", "It began in a barn."),
        ("Twice a day.", "Twice a day, mostly."),
        ("Not decided.", "Nearly decided."),
    ];
    let file = changed(&place, &changes);
    let second = import(&place, &file, &["--json"]).ended(0).json();
    let touched: Vec<_> =
        applied(&second).into_iter().filter(|(_, applied)| *applied != "unchanged").collect();
    assert_eq!(touched, [("page:10", "updated"), ("page:2", "kept_edits"), ("page:3", "updated")]);
    // What is public of the edited page is the first import still: nobody published the edit.
    let text = |path: &str| {
        let page = reader.get(&format!("/v1/resolve?path={path}&text=text")).expect(200).json["page"].clone();
        (
            page["title"].as_str().unwrap().to_owned(),
            page["blocks"][0]["text"]["text"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(text("/tide"), ("Tide & time: \"5 < 6\"".into(), "Twice a day, mostly.".into()));
    assert_eq!(text("/about/history").0, "Our history");
    assert!(text("/about/history").1.starts_with("It began in a cellar."));
    let now = editor.get(&edited).expect(200);
    assert_eq!((now.version(), &now.json["body"]), (saved.version(), &saved.json["body"]));
    let draft = editor.get(&format!("/admin/v1/pages/{}", entry(&first, "page:3"))).expect(200);
    assert_eq!((&draft.json["revision"]["number"], &draft.json["live"]), (&json!(2), &json!(null)));
    assert_eq!(draft.json["body"]["blocks"][0]["markdown"], "Nearly decided.");

    let before = fingerprint(&place);
    let third = import(&place, &file, &["--json"]).ended(0).json();
    let kept: Vec<_> = applied(&third).into_iter().filter(|(_, applied)| *applied != "unchanged").collect();
    assert_eq!(kept, [("page:2", "kept_edits")], "told until somebody settles it");
    assert_eq!(fingerprint(&place), before);
    drop((reader, editor));
    serving.stop();
}

#[test]
fn what_lies_in_the_trash_here_stays_there() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let editor = Http::new(&serving.address(), Some(&token(&place, "editor")));
    let first = import(&place, &export("lantern.xml"), &["--json"]).ended(0).json();
    let path = format!("/admin/v1/pages/{}", entry(&first, "page:10"));
    let there = editor.get(&path).expect(200);
    assert!(editor.delete_at(&path, there.version()).status < 300);
    let before = fingerprint(&place);
    let file = changed(&place, &[("Twice a day.", "Twice a day, mostly.")]);
    let second = import(&place, &file, &["--json"]).ended(0).json();
    assert_eq!(applied(&second)["page:10"], "in_trash");
    assert_eq!(fingerprint(&place), before);
    drop(editor);
    serving.stop();
}

#[test]
fn a_path_that_is_taken_here_gets_a_number_and_is_reported() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let address = serving.address();
    let editor = Http::new(&address, Some(&token(&place, "editor")));
    let ours = editor.post("/admin/v1/pages", &page(json!({ "title": "Ours", "slug": "about" }))).expect(201);
    let publish = format!("/admin/v1/documents/{}/publish", ours.id());
    editor.post_at(&publish, ours.version(), &json!({ "revision": 1 })).expect(200);
    let answer = import(&place, &export("lantern.xml"), &["--json"]).ended(0).json();
    let items = answer["outcome"]["items"].as_array().unwrap();
    let about = items.iter().find(|item| item["key"] == "page:1").unwrap();
    assert_eq!(about["renamed_to"], "about-2", "{about}");
    assert!(items.iter().filter(|item| item["key"] != "page:1").all(|item| item.get("renamed_to").is_none()));
    let title = |path: &str| {
        editor.get(&format!("/v1/resolve?path={path}")).expect(200).json["page"]["title"].clone()
    };
    assert_eq!((title("/about"), title("/about-2")), (json!("Ours"), json!("About us")));
    assert_eq!(title("/about-2/history"), json!("Our history"), "children follow");
    let before = fingerprint(&place);
    let again = import(&place, &export("lantern.xml"), &["--json"]).ended(0).json();
    assert!(applied(&again).values().all(|applied| *applied == "unchanged"), "{again:#}");
    assert_eq!(fingerprint(&place), before);

    // A changed source keeps the slug that it got here.
    let file = changed(&place, &[("Who we are", "Who we really are")]);
    let updated = import(&place, &file, &["--json"]).ended(0).json();
    assert_eq!(applied(&updated)["page:1"], "updated");
    assert_eq!((title("/about"), title("/about-2")), (json!("Ours"), json!("About us")));
    drop(editor);
    serving.stop();

    let other = Place::new();
    let mut serving = Masthead::start(&other);
    let editor = Http::new(&serving.address(), Some(&token(&other, "editor")));
    let ours = editor.post("/admin/v1/pages", &page(json!({ "title": "Ours", "slug": "about" }))).expect(201);
    let publish = format!("/admin/v1/documents/{}/publish", ours.id());
    editor.post_at(&publish, ours.version(), &json!({ "revision": 1 })).expect(200);
    let text = import(&other, &export("lantern.xml"), &[]).ended(0).out;
    assert!(text.contains("path taken here: page:1 got the slug about-2"), "{text}");
    drop(editor);
    serving.stop();
}
