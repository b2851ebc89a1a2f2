//! Four processes, 200 schedules due within the same seconds, processes killed meanwhile: each beginning and each end is
//! announced once, and what is public is right at every sampled instant. In real time, as in production.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};
use masthead::app::App;
use masthead::content::{self, pages::Page};
use masthead::import::{Item, Options, Visibility, apply};
use masthead::platform::access::Permit;
use masthead::platform::db::connect::Target;
use masthead::platform::db::{Store, StoreConfig};
use serde_json::{Value, json};

use super::harness::*;
use crate::support::TestFiles;
use crate::support::builders::page;

const PROCESSES: usize = 4;
const SCHEDULES: usize = 200;

/// Pages that begin at one instant, and the time to the next such instant.
const TOGETHER: usize = 5;
const APART: TimeDelta = TimeDelta::milliseconds(75);

/// How long the first beginning lies ahead, and for how long every other page is public.
const AHEAD: TimeDelta = TimeDelta::seconds(8);
const LASTS: TimeDelta = TimeDelta::milliseconds(3500);

/// What is planned, by title, which sorts as the pages begin.
type Plan = BTreeMap<String, Planned>;

#[derive(Debug, Clone, Copy)]
struct Planned {
    from: DateTime<Utc>,
    until: Option<DateTime<Utc>>,
}

impl Planned {
    /// Whether it is public throughout.
    fn throughout(&self, since: DateTime<Utc>, until: DateTime<Utc>) -> bool {
        self.from <= since && self.until.is_none_or(|end| end > until)
    }

    /// Whether it is public at some instant in between.
    fn sometimes(&self, since: DateTime<Utc>, until: DateTime<Utc>) -> bool {
        self.from <= until && self.until.is_none_or(|end| end > since)
    }
}

/// The machine's clock, which is that of Postgres.
fn now() -> DateTime<Utc> {
    SystemTime::now().into()
}

fn title(nth: usize) -> String {
    format!("Lantern {nth:03}")
}

fn item(nth: usize, from: DateTime<Utc>) -> Item {
    let mut body = page(json!({ "title": title(nth), "slug": format!("lantern-{nth:03}") }))["body"].take();
    body["blocks"][0]["id"] = json!("b0");
    Item {
        key: nth.to_string(),
        parent: None,
        page: serde_json::from_value::<Page>(body).expect("a page"),
        visibility: Visibility::From(from),
        note: "From a test.".to_owned(),
        public_at_source: true,
        holds_others: false,
    }
}

/// Plans the beginnings as an import does.
fn plan_beginnings(place: &Place) -> Plan {
    let (_, socket) = server(&place.cluster()).expect("a server that is ready");
    let target =
        |role: &str| Target::parse(&format!("postgres:///masthead?host={socket}&user={role}")).unwrap();
    let config = StoreConfig {
        service: target("masthead_service"),
        reader: target("masthead_reader"),
        connections: 2,
        wait: Duration::from_secs(5),
        slow: None,
    };
    actix_web::rt::System::new().block_on(async {
        let store = Store::new(&config).unwrap();
        let app = App::new(store, TestFiles::new().storage(), content::kinds()).await.unwrap();
        let first = app.store.now().await.unwrap() + AHEAD;
        let from = |nth: usize| first + APART * i32::try_from(nth / TOGETHER).unwrap();
        let items: Vec<Item> = (0..SCHEDULES).map(|nth| item(nth, from(nth))).collect();
        let options = Options { source: "test", dry_run: false };
        apply(&app, &Permit::system("test"), options, &items, &[], &mut |_| {}).await.unwrap();
        app.store.close();
        assert!(now() < first, "planning took longer than the plan lies ahead");
        (0..SCHEDULES).map(|nth| (title(nth), Planned { from: from(nth), until: None })).collect()
    })
}

/// Plans the end of every other page, by bare SQL.
fn plan_ends(place: &Place, plan: &mut Plan) {
    let lasts = LASTS.num_milliseconds();
    let ends = |table: &str, also: &str| {
        format!(
            "update {table} set during = tstzrange(lower(during), lower(during) + interval '{lasts} ms') {also} \
             where entry_id in (select entry_id from publications where right(title, 1)::int % 2 = 0)"
        )
    };
    let until = format!(", until = lower(during) + interval '{lasts} ms'");
    let sql = format!(
        "begin; select mh.public_change(); {}; {}; \
         insert into events (actor_kind, reason, action, subject_kind, subject_id) \
           select 'system', 'test', 'page.expiry_planned', 'page', entry_id from publications; commit",
        ends("routes", ""),
        ends("publications", &until)
    );
    as_owner(&place.cluster(), &sql);
    for planned in plan.values_mut().step_by(2) {
        planned.until = Some(planned.from + LASTS);
    }
}

/// The processes by their place; an address is missing while its process is away.
type Addresses = Arc<Mutex<Vec<Option<String>>>>;

/// What a sampler has seen: answers with 200, and those of them between the first and the last boundary of the plan.
#[derive(Debug, Default)]
struct Samples {
    answers: usize,
    between: usize,
}

/// Asks one process again and again, whichever runs at that place, and compares with the plan.
fn sample(place: usize, addresses: &Addresses, plan: &Plan, stop: &AtomicBool) -> Samples {
    let mut samples = Samples::default();
    let mut client: Option<(String, Http)> = None;
    while !stop.load(Ordering::Acquire) {
        let address = addresses.lock().unwrap()[place].clone();
        let Some(address) = address else {
            std::thread::yield_now();
            continue;
        };
        if client.as_ref().is_none_or(|(known, _)| *known != address) {
            client = Some((address.clone(), Http::new(&address, None)));
        }
        let Some((_, http)) = &client else { continue };
        let since = now();
        let answer = http.attempt("GET", "/v1/pages?sort=title&limit=100", 0, &Value::Null);
        let until = now();
        match answer {
            Some((200, _, list)) => {
                compare(&list, plan, since, until);
                samples.answers += 1;
                let begun = plan.values().any(|planned| planned.from <= since);
                let over = plan.values().all(|planned| planned.until.unwrap_or(planned.from) <= since);
                samples.between += usize::from(begun && !over);
            }
            // It is being killed, or its Postgres is away for a moment: no answer is not a false one.
            None | Some((503, ..)) => (),
            Some(other) => panic!("{other:?}"),
        }
    }
    samples
}

fn compare(answer: &Value, plan: &Plan, since: DateTime<Utc>, until: DateTime<Utc>) {
    let data = answer["data"].as_array().unwrap();
    let shown: Vec<&str> = data.iter().map(|card| card["title"].as_str().unwrap()).collect();
    for title in &shown {
        let planned = &plan[*title];
        assert!(planned.sometimes(since, until), "{title} is shown between {since} and {until}: {planned:?}");
    }
    // A full answer says nothing of what comes after its last page.
    let last = answer["page"]["next"].is_string().then(|| shown.last().copied().unwrap_or_default());
    for (title, planned) in plan.iter().filter(|(title, _)| last.is_none_or(|last| title.as_str() <= last)) {
        let hidden = !shown.contains(&title.as_str());
        assert!(
            !hidden || !planned.throughout(since, until),
            "{title} is not shown between {since} and {until}: {planned:?}"
        );
    }
}

/// Every beginning and end that is not announced exactly once, and every event before its time.
const WRONG: &str = "with due as ( \
      select id, entry_id, 'page.went_live' as action, lower(during) as at from publications \
      union all select id, entry_id, 'page.expired', upper(during) from publications where until is not null), \
    told as ( \
      select (data ->> 'publication')::uuid as id, subject_id as entry_id, action, (data ->> 'at')::timestamptz as at, \
        count(*) as times, min(events.at) as first \
      from events where action in ('page.went_live', 'page.expired') group by 1, 2, 3, 4) \
    select coalesce(due.action, told.action) || ' ' || coalesce(due.at, told.at) || ': ' || coalesce(told.times, 0) \
    from due full join told using (id, entry_id, action, at) \
    where due.id is null or told.times is distinct from 1 or told.first < at";

/// Kills processes while the pages begin and end, and starts others in their place.
fn kill_and_restart(place: &Place, all: &mut [Masthead], addresses: &Addresses, first: DateTime<Utc>) {
    // The first runs the private Postgres; with it all others lose their database for a moment.
    for (nth, victim) in [1, 0, 2, 3, 1, 2].into_iter().enumerate() {
        let moment = first + TimeDelta::milliseconds(400) * i32::try_from(2 * nth + 1).unwrap();
        until("the moment has come", || now() >= moment);
        addresses.lock().unwrap()[victim] = None;
        std::mem::replace(&mut all[victim], Masthead::start(place)).kill();
        let address = all[victim].address();
        addresses.lock().unwrap()[victim] = Some(address);
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "how late the announcements are is of interest")]
fn each_schedule_is_announced_once_and_shown_in_time_while_processes_die() {
    let place = Place::new();
    let mut all = vec![Masthead::start(&place)];
    all[0].address();
    all.extend((1..PROCESSES).map(|_| Masthead::start(&place)));
    let found = all.iter_mut().map(|masthead| Some(masthead.address())).collect();
    let addresses: Addresses = Arc::new(Mutex::new(found));
    let mut plan = plan_beginnings(&place);
    plan_ends(&place, &mut plan);
    let (first, last) = (plan[&title(0)].from, plan[&title(SCHEDULES - 1)].from + LASTS);
    assert!(now() < first, "the plan was ready in time");

    let (plan, stop) = (Arc::new(plan), Arc::new(AtomicBool::new(false)));
    let samplers: Vec<_> = (0..PROCESSES)
        .map(|nth| {
            let (addresses, plan, stop) = (addresses.clone(), plan.clone(), stop.clone());
            std::thread::spawn(move || sample(nth, &addresses, &plan, &stop))
        })
        .collect();
    kill_and_restart(&place, &mut all, &addresses, first);
    until("all has begun and ended", || {
        now() > last || samplers.iter().any(std::thread::JoinHandle::is_finished)
    });
    let told = format!(
        "select count(*) from events where action in ('page.went_live', 'page.expired') having count(*) >= {}",
        SCHEDULES + SCHEDULES / 2
    );
    until("all is announced", || !as_owner(&place.cluster(), &told).is_empty());
    stop.store(true, Ordering::Release);
    for (nth, sampler) in samplers.into_iter().enumerate() {
        let seen = sampler.join().unwrap();
        println!("process {nth}: {seen:?}");
        assert!(seen.between > 10, "process {nth} was asked while pages began and ended: {seen:?}");
    }
    assert_eq!(as_owner(&place.cluster(), WRONG), [""; 0]);
    let late = "select count(*), count(distinct xact), max(at - (data ->> 'at')::timestamptz) from events \
        where action in ('page.went_live', 'page.expired')";
    println!("announced, in so many changes, the latest after: {:?}", as_owner(&place.cluster(), late));
    for masthead in all {
        masthead.stop();
    }
}

#[test]
fn a_process_without_a_worker_serves_and_announces_nothing() {
    let place = Place::new();
    let mut silent = clean(&binary());
    silent.env("MASTHEAD_NO_WORKER", "true");
    let mut silent = Masthead::start_with(&place, silent, &place.data_dir());
    let reader = Http::new(&silent.address(), None);
    let plan = plan_beginnings(&place);
    let last = plan[&title(SCHEDULES - 1)].from;
    until("all has begun", || now() > last + TimeDelta::seconds(2));
    let answer = reader.get("/v1/pages?sort=title&limit=100").expect(200);
    assert_eq!(answer.json["data"].as_array().unwrap().len(), 100, "time alone makes pages public");
    let told = "select count(*) from events where action = 'page.went_live'";
    assert_eq!(as_owner(&place.cluster(), told), ["0"]);
    drop(reader);
    // The next process that works tells what has come about meanwhile.
    let mut working = Masthead::start(&place);
    working.address();
    until("all is announced", || as_owner(&place.cluster(), told) == [SCHEDULES.to_string()]);
    working.stop();
    silent.stop();
}
