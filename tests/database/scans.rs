//! No request reads a large table from end to end: asked of Postgres' own counters, request by request.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use masthead::identity::tokens::{self, NewToken};
use masthead::platform::access::Permit;
use masthead::platform::http::{CursorScope, HttpLimits};
use masthead::routes;
use reqwest::Method;
use serde_json::Value;

use super::scans_identity::{self, PEOPLE};
use super::scans_media::{self, MEDIA};
use super::scans_menus::{self, MENUS};
use super::scans_people;
use super::scans_requests::{self, PAGES, PATHS, Request};
use crate::support::growth::{Size, fill};
use crate::support::{Answer, Client, Role, TestDatabase, TestSite};

/// Those that grow with the content.
const LARGE: &str =
    "'entries', 'documents', 'revisions', 'revision_refs', 'publications', 'routes', 'redirects', 'events'";

/// Small enough to be filled for one test, large enough that Postgres has no reason to read a whole table.
const SIZE: Size = Size { pages: 5_000, below: 1_000, revisions: 4 };

#[actix_web::test]
async fn no_request_reads_a_large_table_from_end_to_end() {
    let database = TestDatabase::migrated().await;
    fill(&database, SIZE).await;
    let names = names(&database).await;
    let site = TestSite::over(database, HttpLimits::default()).await;
    masthead::documents::add_locale(&site.app, &Permit::system("test"), "de", Some("en"))
        .await
        .expect("a locale");
    let user = site.user(Role::Admin).await;
    let new = NewToken { user, name: "plans".into(), scopes: Vec::new(), expires_in: None };
    let token = tokens::create(&site.app, &Permit::system("test"), new).await.expect("a token");
    let mut database = site.stop().await;

    let mut scans = Vec::new();
    for request in requests() {
        let (address, body, version) = resolve(&database, &names, request).await;
        let before = counted(&database).await;
        let site = TestSite::over(database, HttpLimits::default()).await;
        let client = match request {
            Request { session: true, .. } => site.browser(user).await,
            _ if address.starts_with("/admin/") => site.bearer(token.reveal()),
            _ => site.anonymous(),
        };
        if address.contains("/original") {
            scans_media::bring_original(&site).await;
        }
        ask(&client, request, &address, body.as_deref(), version).await;
        database = site.stop().await;
        let after = counted(&database).await;
        for (table, (count, rows)) in after {
            let (count, rows) = (count - before[&table].0, rows - before[&table].1);
            if count > 0 {
                scans.push(format!("{} {address}: {count} of {table}, {rows} rows", request.operation));
            }
        }
    }
    assert!(scans.is_empty(), "read from end to end:\n{}", scans.join("\n"));
}

fn requests() -> impl Iterator<Item = &'static Request> {
    let content = scans_requests::REQUESTS.iter().chain(scans_media::REQUESTS).chain(scans_menus::REQUESTS);
    content.chain(scans_people::REQUESTS).chain(scans_identity::REQUESTS)
}

#[test]
fn every_operation_has_a_request() {
    let documents = routes::documents();
    let mut operations = BTreeSet::new();
    for document in [documents.read, documents.admin] {
        let document = serde_json::to_value(document).expect("JSON");
        for (path, item) in document["paths"].as_object().expect("paths") {
            let methods = item.as_object().expect("a path item").iter();
            let methods = methods.filter(|(_, operation)| operation.get("operationId").is_some());
            operations.extend(methods.map(|(method, _)| format!("{} {path}", method.to_uppercase())));
        }
    }
    let asked: BTreeSet<String> = requests().map(|request| request.operation.to_owned()).collect();
    assert_eq!(asked, operations, "tests/database/scans_requests.rs, against the documents");
}

/// Sends a request, and the ones for the pages next to it when the answer is a list.
async fn ask(client: &Client, request: &Request, address: &str, body: Option<&str>, version: Option<i64>) {
    let method = request.operation.split(' ').next().expect("a method");
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let tag = version.map(|version| format!("\"v{version}\""));
    let mut headers: Vec<(&str, &str)> = tag.iter().map(|tag| ("if-match", tag.as_str())).collect();
    if headers.is_empty() && request.operation.starts_with("PUT") {
        headers.push(("if-none-match", "*"));
    }
    let body: Option<Value> = body.map(|body| serde_json::from_str(body).expect("JSON"));
    let answer = if request.form {
        let (kind, bytes) = scans_media::picture(&method);
        client.send_bytes(method, address, &headers, Some((&kind, bytes))).await
    } else {
        client.send(method, address, &headers, body.as_ref()).await
    };
    let answer = answer.expect(request.status);
    let joint = if address.contains('?') { '&' } else { '?' };
    let cursor = |answer: &Answer, member: &str| answer.json["page"][member].as_str().map(str::to_owned);
    if let Some(after) = cursor(&answer, "next") {
        let next = client.get(&format!("{address}{joint}after={after}")).await.expect(200);
        let before = cursor(&next, "previous").expect("there is a page before the second");
        client.get(&format!("{address}{joint}before={before}")).await.expect(200);
    }
}

/// The pages and paths that the requests name; each page another one.
async fn names(database: &TestDatabase) -> BTreeMap<&'static str, String> {
    let mut names = BTreeMap::new();
    for (name, query) in PAGES.into_iter().chain(PATHS) {
        let sql = format!(
            "select t.x::text as value from (select distinct * from ({query}) q) t (x) \
             order by md5(t.x::text) limit {}",
            PAGES.len()
        );
        let found = database.texts(&sql).await;
        let free = found.into_iter().find(|value| !names.values().any(|taken| taken == value));
        names.insert(name, free.unwrap_or_else(|| panic!("the generator has made no {name}")));
    }
    names
}

/// The address and the body with names replaced, and the version of the page that the address names when it is changed.
async fn resolve(
    database: &TestDatabase,
    names: &BTreeMap<&'static str, String>,
    request: &Request,
) -> (String, Option<String>, Option<i64>) {
    let mut address = request.address.to_owned();
    let mut body = request.body.map(str::to_owned);
    let page = names.iter().find(|(name, _)| address.contains(&format!("{{{name}}}")));
    let mut version = None;
    if let Some((_, id)) = page.filter(|(name, _)| PAGES.iter().any(|(known, _)| known == *name)) {
        let sql = format!("select version || ' ' || head as value from documents where entry_id = '{id}'");
        let row = database.texts(&sql).await.remove(0);
        let (at, head) = row.split_once(' ').expect("two numbers");
        body = body.map(|body| body.replace("{head}", head));
        version = Some(at.parse().expect("a number")).filter(|_| !request.operation.starts_with("GET"));
        if request.operation.contains("/working-copy") {
            let sql = format!("select version::text as value from working_copies where entry_id = '{id}'");
            let copy = database.texts(&sql).await.pop();
            version = version.and(copy).map(|version| version.parse().expect("a number"));
        }
        let sql = format!(
            "select id::text as value from publications where entry_id = '{id}' and lower(during) > mh_now()"
        );
        if let Some(publication) = database.texts(&sql).await.pop() {
            body = body.map(|body| body.replace("{publication}", &publication));
        }
    }
    for (name, id, version_of) in PEOPLE.into_iter().chain(MEDIA).chain(MENUS).chain(scans_people::NAMES) {
        let placeholder = format!("{{{name}}}");
        let in_address = address.contains(&placeholder);
        if !in_address && !body.as_ref().is_some_and(|body| body.contains(&placeholder)) {
            continue;
        }
        let one = async |query: &str| {
            let found =
                database.texts(&format!("select t.x::text as value from ({query}) t (x)")).await.pop();
            found.unwrap_or_else(|| panic!("{} names {name}, which is not there", request.operation))
        };
        let value = one(id).await;
        address = address.replace(&placeholder, &value);
        body = body.map(|body| body.replace(&placeholder, &value));
        if let (true, Some(query)) = (in_address && !request.operation.starts_with("GET"), version_of) {
            version = Some(one(query).await.parse().expect("a number"));
        }
    }
    for (name, value) in names {
        let placeholder = format!("{{{name}}}");
        address = address.replace(&placeholder, value);
        body = body.map(|body| body.replace(&placeholder, value));
    }
    (address, body, version)
}

/// How often each large table has been read from end to end, and how many rows that were. Sessions tell it when they end,
/// so the ones of the site are waited for.
async fn counted(database: &TestDatabase) -> BTreeMap<String, (i64, i64)> {
    const SESSIONS: &str = "select count(*)::text as value from pg_stat_activity \
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'";
    let ended = async { while database.texts(SESSIONS).await != ["0"] {} };
    tokio::time::timeout(Duration::from_secs(20), ended).await.expect("the sessions of the site end");
    // Our own session has asked for versions, and tells it now.
    database.texts("select pg_stat_force_next_flush()::text as value").await;
    let sql = format!(
        "select relname || ' ' || seq_scan || ' ' || seq_tup_read as value from pg_stat_user_tables \
         where schemaname = 'public' and relname in ({LARGE})"
    );
    let rows = database.texts(&sql).await;
    assert_eq!(rows.len(), LARGE.split(',').count(), "{rows:?}");
    rows.iter()
        .map(|row| {
            let [table, count, read] = row.split(' ').collect::<Vec<_>>()[..] else { panic!("{row}") };
            (table.to_owned(), (count.parse().expect("a number"), read.parse().expect("a number")))
        })
        .collect()
}

#[actix_web::test]
async fn nor_does_whoever_has_not_asked_for_changes_for_long() {
    let database = TestDatabase::migrated().await;
    fill(&database, SIZE).await;
    let before = counted(&database).await;
    let site = TestSite::over(database, HttpLimits::default()).await;
    let scope = CursorScope { list: "changes", query: "" };
    let long_ago = serde_json::json!({ "since": "2000-01-01T00:00:00Z", "walk": null });
    let mut after = site.app.cursors.seal(scope, &long_ago).expect("a cursor");
    let mut changes = 0;
    for _ in 0..200 {
        let path = format!("/v1/changes?limit=100&after={after}");
        let answer = site.anonymous().get(&path).await.expect(200).json;
        changes += answer["data"].as_array().map_or(0, Vec::len);
        after = answer["next"].as_str().expect("a cursor").to_owned();
        if answer["more"] == false {
            break;
        }
    }
    assert!(changes > 2_000, "{changes}");
    let after = counted(&site.stop().await).await;
    assert_eq!(after, before, "read from end to end: a table, how often, how many rows");
}

#[actix_web::test]
async fn nor_does_a_request_of_an_editor_limited_to_a_subtree() {
    let database = TestDatabase::migrated().await;
    fill(&database, SIZE).await;
    let section = names(&database).await["section"].clone();
    let child = format!("select entry_id::text as value from documents where parent = '{section}' limit 1");
    let child = database.texts(&child).await.remove(0);
    let before = counted(&database).await;
    let site = TestSite::over(database, HttpLimits::default()).await;
    let mut grants = vec![("page", "read", "own", None)];
    grants.extend(["read", "write", "publish"].map(|verb| ("page", verb, "subtree", Some(section.as_str()))));
    let client = site.limited(&grants).await;
    for state in ["draft", "live", "changed", "scheduled", "trashed"] {
        let list = format!("/admin/v1/pages?limit=5&filter[state]={state}");
        let first = client.get(&list).await.expect(200);
        if let Some(after) = first.json["page"]["next"].as_str() {
            let next = client.get(&format!("{list}&after={after}")).await.expect(200);
            let back = next.json["page"]["previous"].as_str().expect("there is a page before the second");
            client.get(&format!("{list}&before={back}")).await.expect(200);
        }
    }
    let page = client.get(&format!("/admin/v1/pages/{child}")).await.expect(200);
    let document = format!("/admin/v1/documents/{child}");
    for path in ["references", "translations", "revisions", "timeline"] {
        client.get(&format!("{document}/{path}")).await.expect(200);
    }
    let target = serde_json::json!({ "parent": section, "slug": "moved-within-the-section" });
    let moved = client.post_at(&format!("{document}/move"), page.version(), Some(&target)).await.expect(200);
    let revision = serde_json::json!({ "revision": moved.json["revision"]["number"] });
    client.post_at(&format!("{document}/publish"), moved.version(), Some(&revision)).await.expect(200);
    client.post(&format!("{document}/duplicate"), &serde_json::json!({})).await.expect(201);
    let after = counted(&site.stop().await).await;
    assert_eq!(after, before, "read from end to end: a table, how often, how many rows");
}
