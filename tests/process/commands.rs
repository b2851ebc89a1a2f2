//! Help, migrations and documents from the command line.

use serde_json::json;

use super::harness::*;

const COMMANDS: [&[&str]; 20] = [
    &[],
    &["serve"],
    &["migrate"],
    &["migrate", "status"],
    &["migrate", "run"],
    &["user"],
    &["user", "add"],
    &["user", "password"],
    &["token"],
    &["token", "create"],
    &["openapi"],
    &["import"],
    &["import", "wordpress"],
    &["doctor"],
    &["erase"],
    &["reindex"],
    &["locale"],
    &["locale", "add"],
    &["locale", "list"],
    &["database"],
];

#[test]
fn every_command_explains_itself() {
    for command in COMMANDS {
        let help = [command, &["--help"]].concat();
        let ran = finish(masthead(&help), "").ended(0);
        assert!(ran.out.contains("Usage: masthead") && ran.err.is_empty(), "{command:?}: {ran:#?}");
        // The list above is the list of the binary.
        let listed =
            ran.out.split("Commands:").nth(1).and_then(|after| after.split("\n\n").next()).unwrap_or("");
        for line in
            listed.lines().filter_map(|line| line.strip_prefix("  ")).filter(|line| !line.starts_with(' '))
        {
            let name = line.split_whitespace().next().unwrap();
            let whole = [command, &[name]].concat();
            assert!(
                name == "help" || COMMANDS.contains(&whole.as_slice()),
                "{whole:?} is missing in this test"
            );
        }
    }
    let version = finish(masthead(&["--version"]), "").ended(0).out;
    assert_eq!(version.trim(), concat!("masthead ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_printed_documents_are_the_committed_ones() {
    for name in ["read", "admin"] {
        let file = format!("{}/openapi/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let committed = std::fs::read_to_string(file).unwrap();
        let printed = finish(masthead(&["openapi", name]), "").ended(0);
        assert!(printed.out == committed, "openapi/{name}.json is not what `masthead openapi {name}` prints");
    }
}

#[test]
fn migrate_tells_and_does_what_is_missing() {
    let place = Place::new();
    let status = run(&place, &["migrate", "status", "--json"]).ended(1).json();
    let migrations = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap().count();
    assert_eq!(status["pending"].as_array().unwrap().len(), migrations, "{status}");
    assert_eq!((&status["applied"], &status["unknown"]), (&json!([]), &json!([])));
    // To ask is the default, and changes nothing.
    let text = run(&place, &["migrate"]).ended(1).out;
    assert_eq!(text.matches("missing").count(), migrations, "{text}");

    let done = run(&place, &["migrate", "run", "--json"]).ended(0).json();
    assert_eq!((&done["pending"], &done["unknown"]), (&json!([]), &json!([])), "{done}");
    assert_eq!(
        (&done["applied"], &done["replaceable_current"]),
        (&status["pending"], &json!(true)),
        "{done}"
    );
    assert_eq!(run(&place, &["migrate", "status", "--json"]).ended(0).json(), done);
    let text = run(&place, &["migrate", "run"]).ended(0).out;
    assert_eq!(text.matches("applied").count(), migrations, "{text}");
    assert_eq!(servers_on(&place.cluster()), 0);
}

#[test]
fn languages_are_added_and_listed_and_what_cannot_be_one_is_refused() {
    let place = Place::new();
    assert_eq!(run(&place, &["locale", "add", "de", "--fallback", "en"]).ended(0).out.trim(), "de");
    for (tag, fallback, part) in [
        ("de", "en", "has that locale already"),
        ("Deutsch", "en", "BCP 47"),
        ("pt-BR", "pt", "does not have the fallback"),
    ] {
        let refused = run(&place, &["locale", "add", tag, "--fallback", fallback]).ended(1);
        assert!(refused.err.contains(part), "{tag}: {}", refused.err);
    }
    let listed = run(&place, &["locale", "list", "--json"]).ended(0).json();
    let expected = json!({ "locales": [
        { "tag": "en", "fallback": null, "default": true }, { "tag": "de", "fallback": "en", "default": false }] });
    assert_eq!(listed, expected);
    assert_eq!(run(&place, &["locale", "list"]).ended(0).out, "en (default)\nde, else en\n");
}
