//! SIGKILL of Masthead at random moments under writes. A ledger holds what was acknowledged; all of it must be there
//! after each start. 20 rounds, or 100 with `MASTHEAD_VERIFY=1`.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::harness::*;
use crate::support::builders::page;

/// What the server has acknowledged of one page.
#[derive(Debug, Default, Clone, Copy)]
struct Acknowledged {
    revisions: i64,
    published: bool,
}

/// How many write at once.
const WRITERS: u64 = 3;

type Ledger = BTreeMap<String, Acknowledged>;

/// Writes until the server is gone. A request without a whole answer may have had its effect or not.
fn write(http: &Http, round: &str, began: &AtomicBool) -> Ledger {
    let mut ledger = Ledger::new();
    for number in 0.. {
        let body = page(
            json!({ "title": format!("Page {round}-{number}"), "slug": format!("page-{round}-{number}") }),
        );
        let Some((201, version, created)) = http.attempt("POST", "/admin/v1/pages", 0, &body) else { break };
        let id = created["id"].as_str().unwrap().to_owned();
        ledger.entry(id.clone()).or_default().revisions = 1;
        began.store(true, Ordering::Release);
        let path = format!("/admin/v1/pages/{id}");
        let body = page(
            json!({ "title": format!("Page {round}-{number}, again"), "slug": format!("page-{round}-{number}") }),
        );
        let Some((200, version, _)) = http.attempt("PUT", &path, version, &body) else { break };
        ledger.entry(id.clone()).or_default().revisions = 2;
        let path = format!("/admin/v1/documents/{id}/publish");
        let Some((200, ..)) = http.attempt("POST", &path, version, &json!({ "revision": 2 })) else { break };
        ledger.entry(id).or_default().published = true;
    }
    ledger
}

/// Invariants, each a query that counts offences.
pub const OFFENCES: [&str; 6] = [
    "select count(*) from (select from revisions group by entry_id, locale \
       having min(number) <> 1 or max(number) <> count(*)) gaps",
    "select count(*) from documents d where head <> (select max(number) from revisions r \
       where (r.entry_id, r.locale) = (d.entry_id, d.locale))",
    "select count(*) from entries e where not exists (select from documents d where d.entry_id = e.id)",
    "select count(*) from entries e where not exists (select from events v where v.subject_id = e.id)",
    "select count(*) from publications p where upper_inf(during) and not exists (select from routes r \
       where (r.entry_id, r.locale) = (p.entry_id, p.locale) and upper_inf(r.during))",
    "select count(*) from publications p where not exists (select from revisions r \
       where (r.entry_id, r.locale, r.number) = (p.entry_id, p.locale, p.number))",
];

fn check(place: &Place, ledger: &Ledger, round: u64) {
    let cluster = place.cluster();
    assert_eq!(servers_on(&cluster), 1, "round {round}");
    for offence in OFFENCES {
        assert_eq!(as_owner(&cluster, offence), ["0"], "round {round}: {offence}");
    }
    let there = "select r.entry_id, max(r.number), bool_or(p.entry_id is not null) from revisions r \
        left join publications p on p.entry_id = r.entry_id and upper_inf(p.during) group by 1";
    let values = as_owner(&cluster, there);
    let there: BTreeMap<&str, (i64, bool)> =
        values.chunks(3).map(|row| (row[0].as_str(), (row[1].parse().unwrap(), row[2] == "t"))).collect();
    for (id, acknowledged) in ledger {
        let (revisions, public) =
            there.get(id.as_str()).unwrap_or_else(|| panic!("round {round}: {id} is lost"));
        assert!(*revisions >= acknowledged.revisions, "round {round}: {id}: {acknowledged:?}");
        assert!(*public || !acknowledged.published, "round {round}: {id} is not public any more");
    }
    // Each writer of a round leaves at most one page whose creation was not answered.
    let unanswered = there.len() - ledger.len();
    assert!(
        unanswered as u64 <= round * WRITERS,
        "round {round}: {unanswered} pages that nobody was told of"
    );
}

/// A generator of numbers that are the same in every run (xorshift, Marsaglia 2003).
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are what a long run is made for")]
fn killed_at_any_moment_under_writes_nothing_acknowledged_is_lost() {
    let rounds: u64 = if std::env::var("MASTHEAD_VERIFY").as_deref() == Ok("1") { 100 } else { 20 };
    let mut seed = 0x6d61_7374_6865_6164;
    let place = Place::new();
    let token = token(&place, "editor");
    let mut ledger = Ledger::new();
    let (mut starts, mut databases) = (Vec::new(), Vec::new());
    for round in 1..=rounds {
        let began = Instant::now();
        let mut masthead = Masthead::start(&place);
        databases.push(masthead.ready());
        let address = masthead.address();
        Http::new(&address, None).get("/v1/pages").expect(200);
        starts.push(began.elapsed());
        check(&place, &ledger, round);

        let writing = Arc::new(AtomicBool::new(false));
        let writers: Vec<_> = (1..=WRITERS)
            .map(|writer| {
                let (http, writing) = (Http::new(&address, Some(&token)), writing.clone());
                std::thread::spawn(move || write(&http, &format!("{round}-{writer}"), &writing))
            })
            .collect();
        until("it writes", || writing.load(Ordering::Acquire));
        std::thread::sleep(Duration::from_millis(random(&mut seed) % 150));
        masthead.kill();
        for writer in writers {
            ledger.extend(writer.join().unwrap());
        }
    }
    until("the last server has followed", || servers_on(&place.cluster()) == 0);

    let mut masthead = Masthead::start(&place);
    let http = Http::new(&masthead.address(), Some(&token));
    check(&place, &ledger, rounds);
    for (id, acknowledged) in &ledger {
        let page = http.get(&format!("/admin/v1/pages/{id}")).expect(200);
        assert!(page.json["revision"]["number"].as_i64() >= Some(acknowledged.revisions), "{}", page.json);
        if acknowledged.published {
            http.get(&format!("/v1/pages/{id}")).expect(200);
        }
    }
    drop(http);
    masthead.stop();
    assert_eq!(servers_on(&place.cluster()), 0);

    starts.sort();
    databases.sort();
    let (median, most) = (starts[starts.len() / 2], starts[starts.len() - 1]);
    println!(
        "{rounds} rounds, {} pages acknowledged; start to first 200: median {median:?}, most {most:?}; \
         of that until the database is ready: median {:?}",
        ledger.len(),
        databases[databases.len() / 2]
    );
    assert!(most < Duration::from_secs(10), "{starts:?}");
}
