//! `/admin/v1/audit`: the record is cut and walked as it was recorded, exported line by line without a gap, and who was
//! turned away is counted beside it and not in it.

use masthead::identity::refusals;
use masthead::platform::access::Permit;
use reqwest::Method;
use serde_json::{Value, json};

use crate::lists::link;
use crate::people::{WRONG, behind_a_proxy, log_in_from, signed_in};
use crate::requests_identity::{PASSWORD, email};
use crate::support::builders::{create, page, publish};
use crate::support::{Answer, Client, Role, TestSite};

fn ids(list: &Answer) -> Vec<i64> {
    let rows = list.json["data"].as_array().expect("rows");
    rows.iter().map(|row| row["id"].as_i64().expect("an id")).collect()
}

async fn listed(auditor: &Client, query: &str) -> Answer {
    auditor.get(&format!("/admin/v1/audit?limit=100{query}")).await.expect(200)
}

/// The lines of an export.
async fn exported(auditor: &Client, query: &str) -> Vec<Value> {
    let answer = auditor.get(&format!("/admin/v1/audit/export{query}")).await.expect(200);
    assert_eq!(answer.header("content-type"), "application/x-ndjson");
    let text = String::from_utf8(answer.bytes).expect("UTF-8");
    assert!(text.is_empty() || text.ends_with('\n'), "the last line is whole");
    text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

/// Waits until an export can have all that was recorded: other tests use the cluster too, and an export keeps clear of what
/// is open anywhere in it.
async fn settled(site: &TestSite) {
    let open = "select id::text as value from events where xact >= pg_snapshot_xmin(pg_current_snapshot())";
    while !site.database.texts(open).await.is_empty() {}
}

/// The rows of the database in the same form, the oldest first, where a condition holds.
async fn recorded(site: &TestSite, condition: &str) -> Vec<i64> {
    let query = format!("select id::text as value from events e where {condition} order by id");
    site.database.texts(&query).await.iter().map(|id| id.parse().expect("a number")).collect()
}

/// A record with something of every sort in it; gives the author, a token of theirs and the page that they made.
async fn history(site: &TestSite) -> (String, String, String) {
    let author = site.user(Role::Author).await;
    let (browser, _) = signed_in(site, author).await;
    let token = site.client_of(author, &[]).await;
    let token_id =
        token.get("/admin/v1/me").await.expect(200).json["token"].as_str().expect("an id").to_owned();
    create(&browser, json!({ "title": "In a browser" })).await;
    let id = create(&token, json!({ "title": "By a token" })).await.id();
    let editor = site.client(Role::Editor).await;
    publish(&editor, json!({ "slug": "public" })).await;
    (author.to_string(), token_id, id)
}

#[actix_web::test]
async fn the_record_is_cut_by_actor_subject_action_kind_and_time() {
    let site = TestSite::start().await;
    let (author, token, entry) = history(&site).await;
    let auditor = site.client(Role::Admin).await;
    site.database.advance("1 hour").await;
    publish(&site.client(Role::Editor).await, json!({ "slug": "later" })).await;
    let begin = "select to_char((min(at) + interval '30 minutes') at time zone 'utc', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') as value from events";
    let middle = site.database.texts(begin).await.remove(0);
    for (query, condition) in [
        (String::new(), "true".to_owned()),
        (format!("&filter[actor]={author}"), format!("actor_id = '{author}'")),
        (format!("&filter[subject]={entry}"), format!("subject_id = '{entry}'")),
        (format!("&filter[subject]={token}"), format!("subject_id = '{token}'")),
        ("&filter[action]=page.created".to_owned(), "action = 'page.created'".to_owned()),
        ("&filter[kind]=user".to_owned(), "subject_kind = 'user'".to_owned()),
        (format!("&filter[at][gte]={middle}"), format!("at >= '{middle}'")),
        (format!("&filter[at][lt]={middle}"), format!("at < '{middle}'")),
        (
            format!(
                "&filter[actor]={author}&filter[kind]=page&filter[action]=page.created&filter[at][lt]={middle}"
            ),
            format!("actor_id = '{author}' and action = 'page.created' and at < '{middle}'"),
        ),
        // What is there of neither.
        ("&filter[action]=page.%25".to_owned(), "false".to_owned()),
        (format!("&filter[actor]={entry}"), "false".to_owned()),
    ] {
        let mut expected = recorded(&site, &condition).await;
        assert_eq!(expected.is_empty(), condition == "false", "{condition}");
        expected.reverse();
        assert_eq!(ids(&listed(&auditor, &query).await), expected, "{query}");
    }
    for query in [
        "filter[at][gte]=yesterday",
        "filter[actor]=ilse",
        "filter[data]=x",
        "sort=data",
        "filter[reason]=x",
        "q=x",
    ] {
        let answer = auditor.get(&format!("/admin/v1/audit?{query}")).await;
        assert_eq!(answer.status, 400, "{query}: {}", answer.json);
    }
    site.stop().await;
}

#[actix_web::test]
async fn an_entry_says_who_what_and_in_which_request() {
    let site = TestSite::start().await;
    let (author, token, entry) = history(&site).await;
    let auditor = site.client(Role::Admin).await;
    let row = listed(&auditor, &format!("&filter[subject]={entry}")).await.json["data"][0].take();
    assert_eq!(
        row["actor"],
        json!({ "kind": "token", "id": author, "name": "Ilse Fictional", "token": token, "reason": null })
    );
    assert_eq!(
        (&row["action"], &row["subject"]),
        (&json!("page.created"), &json!({ "kind": "page", "id": entry }))
    );
    assert!(row["request"].is_string() && row["at"].is_string(), "{row}");
    let system = listed(&auditor, "&filter[action]=user.added").await.json["data"][0]["actor"].take();
    assert_eq!(
        system,
        json!({ "kind": "system", "id": null, "name": null, "token": null, "reason": "test" })
    );
    let all = listed(&auditor, "").await.everything().to_lowercase();
    for word in ["in a browser", "by a token", "violet", "mh_", "mhs_", "argon2", "example.org"] {
        assert!(!all.contains(word), "{word}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn the_record_is_walked_while_it_grows() {
    let site = TestSite::start().await;
    history(&site).await;
    let auditor = site.client(Role::Admin).await;
    let mut expected = recorded(&site, "true").await;
    expected.reverse();
    let (mut walked, mut at) = (Vec::new(), "/admin/v1/audit?limit=4".to_owned());
    let mut last = None;
    loop {
        let answer = auditor.get(&at).await.expect(200);
        walked.extend(ids(&answer));
        // What comes in the meantime comes before the first page, and moves nothing.
        create(&auditor, json!({ "title": "Meanwhile" })).await;
        let next = link(&answer, "next");
        last = Some(answer).or(last);
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    assert_eq!(walked, expected);
    let last = last.expect("a page");
    let back = auditor.get(&link(&last, "prev").expect("a page before")).await.expect(200);
    assert_eq!(ids(&back), expected[expected.len() - ids(&last).len() - 4..][..4]);
    let cursor = last.json["page"]["previous"].as_str().expect("a cursor");
    for query in ["filter[kind]=page", "filter[action]=page.created"] {
        auditor.get(&format!("/admin/v1/audit?{query}&before={cursor}")).await.refused(400, "invalid_cursor");
    }
    auditor.get(&format!("/admin/v1/audit/refusals?before={cursor}")).await.refused(400, "invalid_cursor");
    site.stop().await;
}

#[actix_web::test]
async fn an_export_has_every_event_once_and_goes_on_where_the_last_one_ended() {
    let site = TestSite::start().await;
    let (_, _, entry) = history(&site).await;
    let auditor = site.client(Role::Admin).await;
    // More than are read at once.
    site.database
        .execute(&format!(
            "insert into events (actor_kind, reason, action, subject_kind, subject_id) \
             select 'system', 'n' || n, 'page.touched', 'page', '{entry}' from generate_series(1, 1300) n"
        ))
        .await;
    settled(&site).await;
    let all = exported(&auditor, "").await;
    let expected = recorded(&site, "true").await;
    assert!(expected.len() > 1300);
    let ids_of =
        |lines: &[Value]| lines.iter().map(|line| line["id"].as_i64().expect("an id")).collect::<Vec<_>>();
    assert_eq!(ids_of(&all), expected);
    let newest = listed(&auditor, "").await.json["data"].take();
    let mut tail = all[all.len() - 100..].to_vec();
    tail.reverse();
    assert_eq!(newest, json!(tail), "a line is what the list shows");

    let half = expected[700];
    assert_eq!(ids_of(&exported(&auditor, &format!("?after_id={half}")).await), expected[701..]);
    let end = expected.last().expect("events");
    assert!(exported(&auditor, &format!("?after_id={end}")).await.is_empty());
    assert!(exported(&auditor, "?after_id=9223372036854775807").await.is_empty());
    create(&auditor, json!({ "title": "Since" })).await;
    settled(&site).await;
    let since = exported(&auditor, &format!("?after_id={end}")).await;
    assert_eq!(since.iter().map(|line| line["action"].clone()).collect::<Vec<_>>(), [json!("page.created")]);
    assert!(exported(&auditor, "?filter[at][lt]=2001-01-01T00:00:00Z").await.is_empty());
    auditor.get("/admin/v1/audit/export?limit=5").await.refused(400, "unknown_parameter");
    for id in ["9223372036854775808", "18446744073709551615", "-1", "x"] {
        let path = format!("/admin/v1/audit/export?after_id={id}");
        auditor.get(&path).await.refused(400, "invalid_parameter");
    }
    site.stop().await;
}

#[actix_web::test]
async fn an_export_skips_nothing_that_is_still_being_written() {
    use diesel_async::SimpleAsyncConnection;
    let site = TestSite::start().await;
    let (_, _, entry) = history(&site).await;
    let auditor = site.client(Role::Admin).await;
    // What other databases of the server have open holds back what is exported too.
    settled(&site).await;
    let insert = format!(
        "insert into events (actor_kind, reason, action, subject_kind, subject_id) \
         values ('system', 'slow', 'page.touched', 'page', '{entry}')"
    );
    let mut slow = site.database.superuser().await;
    slow.batch_execute(&format!("begin; {insert}")).await.expect("written, and open");
    // It has a smaller id than this one, which is committed before it.
    create(&auditor, json!({ "title": "Quick" })).await;
    let written = format!("select count(*)::text as value from events where subject_id = '{entry}'");
    assert_eq!(site.database.texts(&written).await, ["1"], "it is not there yet");
    let first = exported(&auditor, "").await;
    let after = first.last().expect("events")["id"].as_i64().expect("an id");
    slow.batch_execute("commit").await.expect("committed");
    settled(&site).await;
    let rest = exported(&auditor, &format!("?after_id={after}")).await;
    let both: Vec<i64> = first.iter().chain(&rest).map(|line| line["id"].as_i64().expect("an id")).collect();
    assert_eq!(both, recorded(&site, "true").await, "none is skipped and none comes twice");
    site.stop().await;
}

async fn refused_of(site: &TestSite, auditor: &Client, query: &str) -> Vec<(String, String, Value, i64)> {
    refusals::write(&site.app, &Permit::system("test")).await.expect("written");
    let list = auditor.get(&format!("/admin/v1/audit/refusals?limit=100{query}")).await.expect(200);
    let text = |row: &Value, member: &str| row[member].as_str().expect("text").to_owned();
    let rows = list.json["data"].as_array().expect("rows");
    let mut rows: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                text(row, "kind"),
                text(row, "address"),
                row["user"].clone(),
                row["count"].as_i64().expect("a count"),
            )
        })
        .collect();
    rows.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
    rows
}

#[actix_web::test]
async fn who_was_turned_away_is_counted_by_reason_address_and_account() {
    let site = behind_a_proxy().await;
    let auditor = site.client(Role::Admin).await;
    let user = site.user(Role::Viewer).await;
    let (viewer, id) = (site.client_of(user, &[]).await, json!(user.to_string()));
    let address = email(&site, user).await;
    let before = site.database.fingerprint().await;
    for _ in 0..3 {
        log_in_from(&site, "203.0.113.5", &address, WRONG).await.refused(401, "wrong_credentials");
    }
    log_in_from(&site, "203.0.113.5", "nobody@example.org", WRONG).await.refused(401, "wrong_credentials");
    log_in_from(&site, "2001:db8:0:1:2:3:4:5", &address, WRONG).await.refused(401, "wrong_credentials");
    let from = [("x-forwarded-for", "203.0.113.6")];
    viewer
        .send(Method::POST, "/admin/v1/pages", &from, Some(&page(json!({}))))
        .await
        .refused(403, "forbidden");
    let bad = [from[0], ("authorization", "Bearer mh_wrong")];
    site.anonymous().send(Method::GET, "/v1/pages", &bad, None).await.refused(401, "invalid_token");
    let foreign = [from[0], ("sec-fetch-site", "cross-site")];
    let body = json!({ "email": address, "password": PASSWORD });
    site.anonymous()
        .send(Method::POST, "/admin/v1/session", &foreign, Some(&body))
        .await
        .refused(403, "cross_origin");
    let link = json!({ "secret": "mhl_guessed", "password": PASSWORD });
    site.anonymous()
        .send(Method::POST, "/admin/v1/links/redeem", &from, Some(&link))
        .await
        .refused(401, "invalid_token");

    let row = |kind: &str, address: &str, user: &Value, count: i64| {
        (kind.to_owned(), address.to_owned(), user.clone(), count)
    };
    let all = refused_of(&site, &auditor, "").await;
    for expected in [
        row("cross_origin", "203.0.113.6", &Value::Null, 1),
        row("forbidden", "203.0.113.6", &id, 1),
        row("login", "2001:db8:0:1::", &id, 1),
        row("login", "203.0.113.5", &id, 3),
        row("login", "203.0.113.5", &Value::Null, 1),
        row("link", "203.0.113.6", &Value::Null, 1),
    ] {
        assert!(all.contains(&expected), "{expected:?}: {all:?}");
    }
    assert!(
        all.iter().any(|(kind, address, ..)| kind == "invalid_token" && address == "203.0.113.6"),
        "{all:?}"
    );
    assert_eq!(
        refused_of(&site, &auditor, "&filter[kind]=forbidden").await,
        [row("forbidden", "203.0.113.6", &id, 1)]
    );
    let at_account = refused_of(&site, &auditor, &format!("&filter[user]={user}&filter[kind]=login")).await;
    assert_eq!(at_account, [row("login", "2001:db8:0:1::", &id, 1), row("login", "203.0.113.5", &id, 3)]);
    assert_eq!(site.database.fingerprint().await, before, "no refusal is an event");
    site.stop().await;
}

#[actix_web::test]
async fn many_wrong_passwords_at_an_account_are_one_event_an_hour() {
    let site = behind_a_proxy().await;
    let auditor = site.client(Role::Admin).await;
    let user = site.user(Role::Viewer).await;
    let address = email(&site, user).await;
    let told = async || {
        refusals::write(&site.app, &Permit::system("test: counts")).await.expect("written");
        let list = listed(&auditor, "&filter[action]=user.login_refused_often").await;
        list.json["data"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| (row["subject"]["id"].clone(), row["data"].clone()))
            .collect::<Vec<_>>()
    };
    let wrong = async |times: u32| {
        for nth in 0..times {
            site.database.advance("61 seconds").await;
            log_in_from(&site, &format!("203.0.113.{nth}"), &address, WRONG)
                .await
                .refused(401, "wrong_credentials");
            log_in_from(&site, &format!("198.51.100.{nth}"), "nobody@example.org", WRONG).await.expect(401);
        }
    };
    wrong(19).await;
    assert_eq!(told().await, []);
    wrong(1).await;
    let once = (json!(user.to_string()), json!({ "count": 20 }));
    assert_eq!(told().await, std::slice::from_ref(&once));
    wrong(21).await;
    assert_eq!(told().await, std::slice::from_ref(&once), "an hour has not gone by");
    site.database.advance("1 hour").await;
    wrong(20).await;
    assert_eq!(told().await.len(), 2);
    site.stop().await;
}

#[actix_web::test]
async fn who_has_no_credential_tries_too_often_or_is_refused_an_item_is_counted_too() {
    let site = behind_a_proxy().await;
    let auditor = site.client(Role::Admin).await;
    let from = [("x-forwarded-for", "203.0.113.7")];
    site.anonymous().send(Method::GET, "/admin/v1/pages", &from, None).await.refused(401, "unauthenticated");
    for nth in 0..21 {
        let address = format!("nobody-{nth}@example.org");
        let answer = log_in_from(&site, "203.0.113.8", &address, WRONG).await;
        if nth < 20 {
            answer.refused(401, "wrong_credentials");
        } else {
            answer.refused(429, "rate_limited");
        }
    }
    let made = create(&site.client(Role::Editor).await, json!({ "slug": "foreign" })).await;
    let own = [("page", "read", "everything", None), ("page", "publish", "own", None)];
    let user = site.limited_user(&own).await;
    let items = json!({ "items": [{ "id": made.id(), "version": made.version(), "revision": 1 }] });
    let client = site.client_of(user, &[]).await;
    let answer =
        client.send(Method::POST, "/admin/v1/documents/publish", &from, Some(&items)).await.expect(200);
    assert_eq!(answer.json["results"][0]["status"], 403, "{}", answer.json);

    let all = refused_of(&site, &auditor, "").await;
    for (kind, address, user) in [
        ("unauthenticated", "203.0.113.7", Value::Null),
        ("rate_limited", "203.0.113.8", Value::Null),
        ("forbidden", "203.0.113.7", json!(user.to_string())),
    ] {
        let expected = (kind.to_owned(), address.to_owned(), user, 1);
        assert!(all.contains(&expected), "{expected:?}: {all:?}");
    }
    site.stop().await;
}
