//! The database goes away under a running server: 503 until it is back, never a false 200, and back within 5 s.

use std::fs::File;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use super::harness::*;
use super::metrics::{hits, watched};
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
fn without_its_database_kept_answers_go_on_marked_and_come_back_fresh() {
    let place = Place::new();
    let (serving, reader, metrics) = watched(&place);
    let editor = Http::new(reader.address(), Some(&token(&place, "editor")));
    let created = editor.post("/admin/v1/pages", &page(json!({ "slug": "about" }))).expect(201);
    let publish = format!("/admin/v1/documents/{}/publish", created.id());
    let live = editor.post_at(&publish, created.version(), &json!({ "revision": 1 })).expect(200);
    let path = format!("/v1/pages/{}", created.id());
    let kept = reader.get(&path).expect(200);
    assert!(!kept.headers.contains_key("masthead-stale"));
    // The first is not kept when word of the publication came in while it was computed.
    until("the answer comes from memory", || {
        assert_eq!(reader.get(&path).expect(200).bytes, kept.bytes);
        hits(&metrics) > 0
    });

    let lock = keep_away(&place);
    let mut marked = None;
    until("the answer says how old it is", || {
        // All the while it is given, for the first second as current.
        let answer = reader.get(&path).expect(200);
        assert_eq!(answer.bytes, kept.bytes);
        marked = Some(answer).filter(|answer| answer.headers.contains_key("masthead-stale"));
        marked.is_some()
    });
    let marked = marked.unwrap();
    let seconds: u64 = marked.header("masthead-stale").parse().unwrap();
    assert!(seconds < 60, "{seconds}");
    assert_eq!(marked.header("cache-control"), "public, max-age=0, s-maxage=0");
    assert_eq!(
        (marked.header("etag"), marked.header("cache-tag")),
        (kept.header("etag"), kept.header("cache-tag"))
    );
    let known = reader.get_with(&path, ("if-none-match", kept.header("etag"))).expect(304);
    known.header("masthead-stale");
    for other in [format!("{path}?text=markdown"), "/v1/pages".to_owned()] {
        let refused = reader.get(&other).refused(503, "unavailable");
        assert!(!refused.headers.contains_key("masthead-stale"));
        assert_eq!(refused.header("cache-control"), "no-store");
    }

    drop(lock);
    heals(&reader);
    until("the answer is current again", || {
        !reader.get(&path).expect(200).headers.contains_key("masthead-stale")
    });
    let body = page(json!({ "title": "After all", "slug": "about" }));
    let saved =
        editor.put_at(&format!("/admin/v1/pages/{}", created.id()), live.version(), &body).expect(200);
    editor.post_at(&publish, saved.version(), &json!({ "revision": 2 })).expect(200);
    assert_eq!(reader.get(&path).expect(200).json["title"], "After all");
    drop((editor, reader, metrics));
    serving.stop();
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
