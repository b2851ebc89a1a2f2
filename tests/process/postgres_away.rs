//! The database goes away under a running server: 503 until it is back, never a false 200, and back within 5 s.

use std::fs::File;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::harness::*;
use crate::support::builders::page;

/// How soon the site must be ready again after its database can be.
const HEALS: Duration = Duration::from_secs(5);

fn kill_server(place: &Place) {
    let (pid, _) = server(&place.cluster()).unwrap();
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
}

/// Kills the server and takes its lock, so that nobody can start another.
fn keep_away(place: &Place) -> File {
    let lock = File::options().read(true).write(true).open(place.data_dir().join("postgres.lock")).unwrap();
    let mut pid = 0;
    loop {
        // Masthead may be faster once or twice.
        if let Some((new, _)) = server(&place.cluster()).filter(|(new, _)| *new != pid) {
            kill(Pid::from_raw(new), Signal::SIGKILL).unwrap();
            pid = new;
        }
        if lock.try_lock().is_ok() {
            return lock;
        }
        std::thread::yield_now();
    }
}

fn heals(reader: &Http) -> Duration {
    let began = Instant::now();
    while reader.get("/readyz").status != 200 {
        assert!(began.elapsed() < HEALS, "not ready after {:?}", began.elapsed());
        std::thread::sleep(Duration::from_millis(10));
    }
    began.elapsed()
}

#[test]
fn without_its_database_the_site_answers_503_and_heals() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let address = serving.address();
    let editor = Http::new(&address, Some(&token(&place, "editor")));
    let reader = Http::new(&address, None);
    let created = editor.post("/admin/v1/pages", &page(json!({ "slug": "about" }))).expect(201);
    let publish = format!("/admin/v1/documents/{}/publish", created.id());
    editor.post_at(&publish, created.version(), &json!({ "revision": 1 })).expect(200);
    let before = fingerprint(&place);

    let lock = keep_away(&place);
    for path in ["/v1/pages", "/v1/resolve?path=/about", "/v1/pages?sort=title"] {
        let answer = reader.get(path).refused(503, "unavailable");
        for internal in ["socket", "postgres", "/run", "/tmp", "connection refused"] {
            assert!(!answer.everything().to_lowercase().contains(internal), "{}", answer.everything());
        }
    }
    reader.get("/readyz").expect(503);
    reader.get("/healthz").expect(200);
    editor.get("/admin/v1/pages").refused(503, "unavailable");
    editor.post("/admin/v1/pages", &page(json!({ "title": "Never" }))).refused(503, "unavailable");
    assert!(serving.child.try_wait().unwrap().is_none(), "it ended: {}", serving.said());

    drop(lock);
    heals(&reader);
    assert_eq!(servers_on(&place.cluster()), 1);
    assert_eq!(fingerprint(&place), before, "an acknowledged write is lost, or a refused one was made");
    assert_eq!(reader.get("/v1/resolve?path=/about").expect(200).json["page"]["path"], "/about");
    editor.post("/admin/v1/pages", &page(json!({}))).expect(201);
    drop((editor, reader));
    serving.stop();
    assert_eq!(servers_on(&place.cluster()), 0);
}

#[test]
fn every_write_that_is_acknowledged_around_a_crash_of_the_database_is_there() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let address = serving.address();
    let editor = Http::new(&address, Some(&token(&place, "editor")));
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        kill_server(&place);
        let began = Instant::now();
        let mut good = 0;
        // Ten in a row after the crash: the pool has healed.
        while good < 10 {
            let answer = editor.post("/admin/v1/pages", &page(json!({ "title": format!("Round {round}") })));
            if answer.status == 201 {
                acknowledged.push(answer.id());
                good += 1;
            } else {
                answer.refused(503, "unavailable");
                good = 0;
                assert!(began.elapsed() < HEALS, "round {round}: still away");
            }
        }
    }
    assert_eq!(acknowledged.len(), acknowledged.iter().collect::<std::collections::HashSet<_>>().len());
    let list = acknowledged.join("','");
    let found = format!("select count(*) from revisions where entry_id in ('{list}')");
    assert_eq!(as_owner(&place.cluster(), &found), [acknowledged.len().to_string()]);
    drop(editor);
    serving.stop();
}
