//! What is told to whoever watches over a process: numbers on an address of their own, and slow statements in the log.

use prometheus_parse::{LineInfo, Sample, Scrape, Value};
use serde_json::json;

use super::harness::*;
use crate::support::Answer;
use crate::support::builders::page;

/// What the server says before the address of the numbers.
const METRICS: &str = "  metrics        ";

/// A server with an address for numbers, in whose log every statement is slow.
pub fn watched(place: &Place) -> (Masthead, Http, Http) {
    let mut command = clean(&binary());
    command.env("MASTHEAD_METRICS_LISTEN", "127.0.0.1:0").env("MASTHEAD_SLOW_QUERY_MS", "1");
    let mut serving = Masthead::start_with(place, command, &place.data_dir());
    let address = serving.address();
    serving.says("/metrics\n");
    let said = serving.said();
    let metrics = said.lines().find_map(|line| line.strip_prefix(METRICS)).expect("an address of metrics");
    let metrics = metrics.strip_suffix("/metrics").expect("a path").to_owned();
    (serving, Http::new(&address, None), Http::new(&metrics, None))
}

/// The numbers as a parser of the format reads them, which must understand every line.
fn scrape(answer: &Answer) -> Scrape {
    let text = String::from_utf8(answer.bytes.clone()).unwrap();
    for line in text.lines() {
        assert_ne!(LineInfo::parse(line), LineInfo::Ignored, "{line}");
    }
    Scrape::parse(text.lines().map(|line| Ok(line.to_owned()))).unwrap()
}

/// The series of a name with these labels among its own.
fn series<'a>(scrape: &'a Scrape, name: &str, labels: &[(&str, &str)]) -> Vec<&'a Sample> {
    let fits = |sample: &&Sample| {
        sample.metric == name && labels.iter().all(|(label, value)| sample.labels.get(label) == Some(*value))
    };
    scrape.samples.iter().filter(fits).collect()
}

/// The one number of a name with these labels.
#[track_caller]
fn number(scrape: &Scrape, name: &str, labels: &[(&str, &str)]) -> f64 {
    let found = series(scrape, name, labels);
    assert_eq!(found.len(), 1, "{name} {labels:?}: {found:?}");
    match &found[0].value {
        Value::Counter(number) | Value::Gauge(number) | Value::Untyped(number) => *number,
        Value::Histogram(buckets) => buckets.last().expect("a bucket").count,
        Value::Summary(_) => panic!("{name} is a summary"),
    }
}

fn whole(number: f64) -> i64 {
    assert!(number.fract().abs() < f64::EPSILON, "{number}");
    format!("{number}").parse().unwrap()
}

/// What every process tells of its database.
fn of_the_database(found: &Scrape) {
    let count = |name: &str, labels: &[(&str, &str)]| whole(number(found, name, labels));
    assert_eq!(count("masthead_database_away", &[]), 0);
    assert!(count("masthead_site_version", &[]) >= 1);
    assert!(number(found, "masthead_site_seen_age_seconds", &[]) < 5.0);
    for pool in ["service", "reader"] {
        let pool = [("pool", pool)];
        assert_eq!(count("masthead_database_connections_max", &pool), 16);
        let open = count("masthead_database_connections_in_use", &pool)
            + count("masthead_database_connections_idle", &pool);
        assert!((1..=16).contains(&open), "{open}");
        assert_eq!(count("masthead_database_connections_awaited", &pool), 0);
        assert!(count("masthead_database_query_duration_seconds", &pool) > 0);
        assert!(count("masthead_database_connection_wait_seconds", &pool) > 0);
        assert_eq!(count("masthead_database_connection_failures_total", &pool), 0);
    }
}

/// What every process tells of itself and its background work.
fn of_the_process(found: &Scrape) {
    let count = |name: &str, labels: &[(&str, &str)]| whole(number(found, name, labels));
    assert!(count("masthead_job_duration_seconds", &[("task", "announce")]) >= 1);
    assert_eq!(count("masthead_job_failures_total", &[("task", "announce")]), 0);
    assert_eq!(count("masthead_build_info", &[("version", env!("CARGO_PKG_VERSION"))]), 1);
    assert!(number(found, "process_start_time_seconds", &[]) > 1.7e9);
    assert!(number(found, "process_resident_memory_bytes", &[]) > 1e6);
    assert!(number(found, "process_cpu_seconds_total", &[]) > 0.0);
}

/// How many requests were answered from memory.
pub fn hits(metrics: &Http) -> i64 {
    let found = scrape(&metrics.get("/metrics").expect(200));
    whole(number(&found, "masthead_memory_requests_total", &[("outcome", "hit")]))
}

#[test]
fn numbers_have_an_address_of_their_own_and_are_bounded() {
    let place = Place::new();
    let (serving, reader, metrics) = watched(&place);
    let editor = Http::new(reader.address(), Some(&token(&place, "editor")));
    let created = editor.post("/admin/v1/pages", &page(json!({ "slug": "about" }))).expect(201);
    let publish = format!("/admin/v1/documents/{}/publish", created.id());
    editor.post_at(&publish, created.version(), &json!({ "revision": 1 })).expect(200);
    let path = format!("/v1/pages/{}", created.id());
    for _ in 0..3 {
        reader.get(&path).expect(200);
    }
    reader.get("/v1/pages/019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41").refused(404, "not_found");
    let wrong = json!({ "email": "nobody@example.org", "password": "violet harbour" });
    reader.post("/admin/v1/session", &wrong).refused(401, "wrong_credentials");

    let first = metrics.get("/metrics").expect(200);
    assert_eq!(first.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let found = scrape(&first);
    let count = |name: &str, labels: &[(&str, &str)]| whole(number(&found, name, labels));
    let requests = |api, operation, method, status| {
        let labels = [("api", api), ("operation", operation), ("method", method), ("status", status)];
        count("masthead_http_requests_total", &labels)
    };
    assert_eq!(requests("read", "get_page", "GET", "2xx"), 3);
    assert_eq!(requests("read", "get_page", "GET", "4xx"), 1);
    assert_eq!(requests("admin", "create_page", "POST", "2xx"), 1);
    let took = "masthead_http_request_duration_seconds";
    let of_pages = [("api", "read"), ("operation", "get_page"), ("method", "GET")];
    assert_eq!(count(took, &of_pages), 4);
    assert_eq!(count(&format!("{took}_count"), &of_pages), 4);
    let memory = |outcome| count("masthead_memory_requests_total", &[("outcome", outcome)]);
    assert_eq!((memory("hit"), memory("miss"), memory("stale")), (2, 2, 0), "the 404 is computed too");
    assert_eq!(count("masthead_memory_evictions_total", &[]), 0);
    assert!(count("masthead_memory_bytes", &[]) >= 0 && count("masthead_memory_entries", &[]) >= 0);
    assert_eq!(count("masthead_refusals_total", &[("reason", "login")]), 1);
    assert_eq!(count("masthead_jobs_queued", &[("queue", "mail")]), 0);
    assert_eq!(count("masthead_renditions_total", &[]), 0);
    of_the_database(&found);
    of_the_process(&found);
    for sample in &found.samples {
        assert!(sample.metric.starts_with("masthead_") || sample.metric.starts_with("process_"));
        assert!(found.docs.contains_key(sample.metric.trim_end_matches("_sum").trim_end_matches("_count")));
        for (label, value) in sample.labels.iter() {
            assert!(!value.contains(&created.id()), "{}: {label}={value}", sample.metric);
        }
    }

    // Whatever strangers ask for makes no series of its own.
    reader.get("/no/such/path").refused(404, "not_found");
    let before = scrape(&metrics.get("/metrics").expect(200)).samples.len();
    for nth in 0..50 {
        reader.get(&format!("/no/such/path/{nth}")).refused(404, "not_found");
        reader
            .get(&format!("/v1/pages/019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a{nth:02}"))
            .refused(404, "not_found");
    }
    let after = scrape(&metrics.get("/metrics").expect(200));
    assert_eq!(after.samples.len(), before);
    let unknown = [("operation", "none"), ("method", "GET"), ("status", "4xx")];
    assert_eq!(whole(number(&after, "masthead_http_requests_total", &unknown)), 51);

    reader.get("/metrics").refused(404, "not_found");
    assert_eq!(metrics.get("/healthz").status, 404, "and nothing else is there");
    drop((editor, reader, metrics));
    serving.stop();
}

#[test]
fn a_slow_statement_is_told_with_its_request_and_without_its_values() {
    let place = Place::new();
    let (serving, reader, _) = watched(&place);
    // So much that it is slow in any case.
    let words = "kestrel ".repeat(20);
    let search = format!("/v1/search?q={}", words.trim().replace(' ', "+"));
    reader.get_with(&search, ("x-request-id", "probe-of-the-test")).expect(200);
    let said = serving.said();
    let slow: Vec<&str> = said.lines().filter(|line| line.contains("slow query")).collect();
    let own = |line: &&&str| line.contains("request_id=\"probe-of-the-test\"");
    let of_request: Vec<_> = slow.iter().filter(own).collect();
    assert!(!of_request.is_empty(), "{said}");
    for line in &of_request {
        assert!(line.contains("operation=\"search\"") && line.contains("duration_ms="), "{line}");
    }
    assert!(
        of_request.iter().any(|line| line.contains("$1")),
        "with the places of its values: {of_request:?}"
    );
    for line in &slow {
        assert!(!line.contains("kestrel") && !line.contains("binds"), "{line}");
    }
    serving.stop();
}

#[test]
fn without_the_setting_nothing_listens_and_an_address_in_use_is_refused() {
    let place = Place::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = clean(&binary());
    command.env("MASTHEAD_METRICS_LISTEN", &address);
    let refused = Masthead::start_with(&place, command, &place.data_dir()).refused();
    assert!(refused.contains(&address) && refused.contains("MASTHEAD_METRICS_LISTEN"), "{refused}");
    let mut serving = Masthead::start(&place);
    serving.address();
    assert!(!serving.said().contains(METRICS), "{}", serving.said());
    serving.stop();
}
