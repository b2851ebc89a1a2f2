//! `masthead doctor`: sound, weak and broken installations.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};

use masthead::platform::db::connect::Target;
use masthead::platform::db::seal::{self, Sealed};
use masthead::platform::db::{Store, StoreConfig};
use serde_json::{Value, json};

use super::harness::*;
use crate::support::builders::page;

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

#[test]
fn what_was_changed_behind_its_back_is_found() {
    let place = Place::new();
    let existing = Existing::start(&place);
    let mut serving = Masthead::start(&place);
    let editor = Http::new(&serving.address(), Some(&token(&place, "editor")));
    editor.post("/admin/v1/pages", &page(json!({ "title": "A lantern" }))).expect(201);
    assert!(existing.seal().events > 0);
    let sealed = run(&place, &["doctor", "--json"]).ended(0).json();
    let (_, chain) = verdict(&sealed, "event chain");
    for honest in [
        "the newest digest is ",
        "not sealed yet: 0",
        "What a chain cannot show",
        "Keep a copy of the digest",
    ] {
        assert!(chain.contains(honest), "{chain}");
    }
    let digest = chain.split("the newest digest is ").nth(1).and_then(|rest| rest.get(..64)).unwrap();
    let asked = format!("select number::text from event_seals where digest = '\\x{digest}'");
    let newest = as_owner(&place.cluster(), "select max(number)::text from event_seals");
    assert_eq!(as_owner(&place.cluster(), &asked), newest, "as it says how to look a digest up");
    editor.post("/admin/v1/pages", &page(json!({ "title": "Later" }))).expect(201);
    let later = run(&place, &["doctor", "--json"]).ended(0).json();
    assert!(verdict(&later, "event chain").1.contains("not sealed yet: 1"), "{later:#}");
    for (name, tamper, shown) in [
        ("event chain", "update events set reason = 'x' where id = 1", "seal 1 does not hold"),
        ("data of events", "update events set data = '{}' where data is not null", "Broken by event"),
        ("bodies", "update revisions set body = body || '{\"title\": \"A torch\"}'", "revision 1 of"),
        ("bodies", "update revisions set body = '{}'", "revision 1 of"),
        (
            "references",
            "insert into revision_refs select entry_id, locale, 1, '/x', entry_id from documents",
            "revision 1 of",
        ),
        ("places", "update documents set position = 'x'", "revision 1 of"),
        ("revisions", "update documents set head = 2", "Broken by"),
    ] {
        // One transaction after the other: the next doctor has to find the next alone.
        existing.behind(&format!(
            "create schema kept; create table kept.events as table events; \
            create table kept.revisions as select entry_id, body from revisions; \
            create table kept.documents as table documents; {tamper}"
        ));
        let answer = run(&place, &["doctor", "--json"]).ended(1).json();
        assert_eq!((&answer["sound"], verdict(&answer, name).0), (&json!(false), "broken"), "{tamper}");
        assert!(verdict(&answer, name).1.contains(shown), "{answer:#}");
        existing.behind("update events e set reason = k.reason, data = k.data from kept.events k where k.id = e.id; \
            update revisions r set body = k.body from kept.revisions k where k.entry_id = r.entry_id; \
            update documents d set position = k.position, head = k.head from kept.documents k where k.entry_id = d.entry_id; \
            delete from revision_refs; drop schema kept cascade");
        run(&place, &["doctor"]).ended(0);
    }
    drop(editor);
    serving.stop();
}

#[test]
fn a_dump_restored_elsewhere_is_sound_and_goes_on() {
    let (old, new) = (Place::new(), Place::new());
    let dump = old.0.join("dump.sql");
    let before = {
        let existing = Existing::start(&old);
        let mut serving = Masthead::start(&old);
        let editor = Http::new(&serving.address(), Some(&token(&old, "editor")));
        let created = editor.post("/admin/v1/pages", &page(json!({ "slug": "lantern" }))).expect(201);
        let publish = format!("/admin/v1/documents/{}/publish", created.id());
        existing.seal();
        // The last of it is not sealed when it is dumped.
        editor.post_at(&publish, created.version(), &json!({ "revision": 1 })).expect(200);
        drop(editor);
        serving.stop();
        let mut command = clean(&existing.program("pg_dump"));
        command.arg("--dbname").arg(&existing.addresses[0]).arg("--file").arg(&dump);
        finish(command, "").ended(0);
        fingerprint(&old)
    };

    let existing = Existing::start(&new);
    let mut command = clean(&existing.program("psql"));
    command.args(["--quiet", "--no-psqlrc", "--single-transaction", "--set", "ON_ERROR_STOP=1", "--dbname"]);
    command.arg(&existing.addresses[0]).arg("--file").arg(&dump);
    finish(command, "").ended(0);
    assert_eq!(fingerprint(&new), before, "the dump holds everything");
    run(&new, &["doctor"]).ended(0);

    let mut serving = Masthead::start(&new);
    let reader = Http::new(&serving.address(), None);
    reader.get("/v1/resolve?path=/lantern").expect(200);
    let epochs = "select count(distinct system_identifier) || ' ' || max(number) from event_epochs union all \
        (select epoch || ': ' || (xact_until is null) from event_seals where epoch = 1 order by number desc limit 1)";
    assert_eq!(as_owner(&new.cluster(), epochs), ["2 2", "1: true"]);
    run(&new, &["doctor"]).ended(0);
    let editor = Http::new(&serving.address(), Some(&token(&new, "author")));
    editor.post("/admin/v1/pages", &page(json!({}))).expect(201);
    assert_eq!(existing.seal(), Sealed { events: 3, more: false }, "the user, the token and the page");
    run(&new, &["doctor"]).ended(0);
    drop((reader, editor));
    serving.stop();
}

/// `masthead database`, whose addresses play an existing server.
struct Existing {
    cluster: std::path::PathBuf,
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
        Self { cluster: place.cluster(), child, addresses }
    }

    /// Seals what was recorded, as a server in the background does.
    fn seal(&self) -> Sealed {
        let target = |nth: usize| Target::parse(&self.addresses[nth]).unwrap();
        let wait = std::time::Duration::from_secs(5);
        let config = StoreConfig { service: target(1), reader: target(2), connections: 2, wait, slow: None };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async { seal::seal(&Store::new(&config).unwrap()).await.unwrap() })
    }

    /// Changes rows as somebody does whom nothing binds, neither triggers nor foreign keys.
    fn behind(&self, sql: &str) {
        let (_, socket) = server(&self.cluster).unwrap();
        ask(&socket, "postgres", "masthead", &format!("set session_replication_role = replica; {sql}"))
            .unwrap();
    }

    /// A program of the server's own version.
    fn program(&self, name: &str) -> std::path::PathBuf {
        let (pid, _) = server(&self.cluster).unwrap();
        std::fs::read_link(format!("/proc/{pid}/exe")).unwrap().with_file_name(name)
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
