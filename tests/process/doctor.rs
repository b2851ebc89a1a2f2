//! `masthead doctor`: sound, weak and broken installations.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use serde_json::{Value, json};

use super::harness::*;

fn verdict<'a>(answer: &'a Value, name: &str) -> (&'a str, &'a str) {
    let checks = answer["checks"].as_array().unwrap();
    let check =
        checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("{name}: {answer:#}"));
    (check["verdict"].as_str().unwrap(), check["detail"].as_str().unwrap())
}

#[test]
fn a_healthy_site_is_sound_and_a_wrong_schema_is_not() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    serving.address();
    let before = fingerprint(&place);
    let answer = run(&place, &["doctor", "--json"]).ended(0).json();
    assert_eq!(answer["sound"], json!(true), "{answer:#}");
    for check in answer["checks"].as_array().unwrap() {
        assert_eq!(check["verdict"], "ok", "{check}");
    }
    let text = run(&place, &["doctor"]).ended(0).out;
    assert!(text.contains("PostgreSQL") && text.contains("ok      migrations"), "{text}");
    assert_eq!(fingerprint(&place), before, "an examination has changed something");

    let cluster = place.cluster();
    as_owner(&cluster, "insert into __diesel_schema_migrations (version) values ('29990101000001')");
    let newer = run(&place, &["doctor", "--json"]).ended(1).json();
    assert_eq!((&newer["sound"], verdict(&newer, "migrations").0), (&json!(false), "broken"));
    assert!(verdict(&newer, "migrations").1.contains("newer"), "{newer:#}");
    as_owner(&cluster, "delete from __diesel_schema_migrations where version = '29990101000001'");

    as_owner(&cluster, "delete from __diesel_schema_migrations where version like '%000004'");
    let older = run(&place, &["doctor", "--json"]).ended(1).json();
    assert_eq!(verdict(&older, "migrations").0, "broken");
    assert!(verdict(&older, "migrations").1.contains("migrate run"), "{older:#}");
    assert!(run(&place, &["doctor"]).ended(1).out.contains("BROKEN  migrations"));
    serving.stop();
}

#[test]
fn a_folder_that_others_may_enter_is_a_broken_promise() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    serving.address();
    // Postgres itself refuses to start on more than 0750, so it can only happen while it runs.
    std::fs::set_permissions(place.cluster(), std::fs::Permissions::from_mode(0o711)).unwrap();
    let answer = run(&place, &["doctor", "--json"]).ended(1).json();
    assert_eq!(verdict(&answer, "cluster folder").0, "broken");
    assert!(verdict(&answer, "cluster folder").1.contains("chmod 700"), "{answer:#}");
    serving.stop();
}

#[test]
fn a_database_without_a_schema_is_told_how_to_get_one() {
    let place = Place::new();
    let ran = run(&place, &["doctor", "--json"]).ended(1);
    let answer = ran.json();
    assert_eq!((&answer["sound"], verdict(&answer, "migrations").0), (&json!(false), "broken"));
    assert!(verdict(&answer, "migrations").1.contains("migrate run"), "{answer:#}");
}

/// `masthead database`, whose addresses play an existing server.
struct Existing {
    child: Child,
    addresses: Vec<String>,
}

impl Existing {
    fn start(place: &Place) -> Self {
        let mut command = masthead(&["database", "--until-stdin-closes", "--data-dir"]);
        command.arg(place.data_dir()).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let addresses = lines.take(4).map(Result::unwrap).collect();
        Self { child, addresses }
    }
}

impl Drop for Existing {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        self.child.wait().ok();
    }
}

#[test]
fn an_existing_database_is_used_and_its_weak_places_are_named() {
    let place = Place::new();
    let existing = Existing::start(&place);
    let [owner, service, reader, _] = existing.addresses.as_slice() else { panic!("four addresses") };
    let with = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = masthead(arguments);
        command.envs(variables.iter().copied());
        finish(command, "")
    };
    let alone = [("DATABASE_URL", owner.as_str())];
    with(&alone, &["migrate", "run"]).ended(0);
    let answer = with(&alone, &["doctor", "--json"]).ended(0).json();
    assert_eq!(answer["sound"], json!(true), "{answer:#}");
    let (service_verdict, advice) = verdict(&answer, "service role");
    assert!(service_verdict == "weak" && advice.contains("MASTHEAD_MIGRATE_URL"), "{answer:#}");
    let (reader_verdict, advice) = verdict(&answer, "reader role");
    assert!(reader_verdict == "weak" && advice.contains("MASTHEAD_READER_URL"), "{answer:#}");
    assert!(with(&alone, &["doctor"]).ended(0).out.contains("weak    service role"));

    let all = [
        ("DATABASE_URL", service.as_str()),
        ("MASTHEAD_MIGRATE_URL", owner),
        ("MASTHEAD_READER_URL", reader),
    ];
    with(&all, &["migrate", "run"]).ended(0);
    let answer = with(&all, &["doctor", "--json"]).ended(0).json();
    for name in ["service role", "reader role"] {
        assert_eq!(verdict(&answer, name).0, "ok", "{answer:#}");
    }

    let mut command = clean(&binary());
    command.envs(alone.iter().copied());
    let elsewhere = place.0.join("unused");
    let mut serving = Masthead::start_with(&place, command, &elsewhere);
    Http::new(&serving.address(), None).get("/v1/pages").expect(200);
    serving.stop();
    assert!(!elsewhere.exists(), "a data directory was made though DATABASE_URL names a server");
    assert_eq!(servers_on(&place.cluster()), 1, "a server that is not ours was stopped");
    drop(existing);
    assert_eq!(servers_on(&place.cluster()), 0);
}
