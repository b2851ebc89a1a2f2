//! What somebody without an account can find out about who has one: nothing, by no answer. That it takes the same work is
//! tested with the program as a whole, whose log counts it.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::people::{WRONG, behind_a_proxy, log_in_from, seen, timeless};
use crate::requests_identity::{PASSWORD, email};
use crate::support::smtp::{Manner, SmtpServer};
use crate::support::{Answer, Client, Role, TestSite};

/// What is to be seen of an answer: status, body, and which headers there are, with their values where they say something.
fn told(answer: &Answer) -> (u16, Value, BTreeSet<String>) {
    let headers = answer.headers.iter().map(|(name, value)| match name.as_str() {
        "date" | "x-request-id" | "content-length" => name.to_string(),
        _ => format!("{name}: {value:?}"),
    });
    let body = if answer.status < 300 { answer.json.clone() } else { timeless(answer) };
    (answer.status, body, headers.collect())
}

/// An account of each sort, by its address.
async fn accounts(site: &TestSite, admin: &Client) -> Vec<(&'static str, String)> {
    let active = email(site, site.user(Role::Admin).await).await;
    let invited = json!({ "email": "invited@example.org", "name": "Not Yet", "role": "viewer" });
    admin.post("/admin/v1/users", &invited).await.expect(201);
    let former = site.user(Role::Editor).await;
    let version = seen(admin, former).await.version();
    admin.post_at(&format!("/admin/v1/users/{former}/deactivate"), version, None).await.expect(200);
    vec![
        ("active", active),
        ("nobody's", "nobody@example.org".to_owned()),
        ("invited", "invited@example.org".to_owned()),
        ("deactivated", email(site, former).await),
    ]
}

#[actix_web::test]
async fn a_refused_login_does_not_tell_who_has_an_account() {
    let site = behind_a_proxy().await;
    let admin = site.client(Role::Admin).await;
    let accounts = accounts(&site, &admin).await;
    let before = site.database.fingerprint().await;
    let first =
        log_in_from(&site, "203.0.113.1", &accounts[0].1, WRONG).await.refused(401, "wrong_credentials");
    let mut odd = vec![
        ("no address at all", "not an address".to_owned(), WRONG.to_owned()),
        ("nothing", String::new(), String::new()),
        ("a long password", accounts[0].1.clone(), "x".repeat(100_000)),
        ("a long address", format!("{}@example.org", "a".repeat(10_000)), WRONG.to_owned()),
        ("a pattern", "%@example.org".to_owned(), WRONG.to_owned()),
        ("a quote", "'or''='@example.org".to_owned(), WRONG.to_owned()),
    ];
    for (sort, address) in &accounts[1..] {
        odd.push((sort, address.clone(), WRONG.to_owned()));
        // Even with the password that an account has.
        odd.push((sort, address.clone(), PASSWORD.to_owned()));
    }
    for (nth, (sort, address, password)) in odd.iter().enumerate() {
        let answer = log_in_from(&site, &format!("198.51.100.{nth}"), address, password).await;
        assert_eq!(told(&answer), told(&first), "{sort}");
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn an_account_that_is_not_there_makes_wait_as_one_that_is() {
    let site = behind_a_proxy().await;
    let admin = site.client(Role::Admin).await;
    for (sort, address) in accounts(&site, &admin).await {
        for nth in 0..12 {
            site.database.advance("61 seconds").await;
            let answer = log_in_from(&site, &format!("203.0.113.{nth}"), &address, WRONG).await;
            assert_eq!(answer.status, 401, "{sort} after {nth}");
        }
        let answer = log_in_from(&site, "198.51.100.1", &address, WRONG).await;
        assert_eq!(answer.status, 429, "{sort}: {}", answer.json);
        let seconds: u32 = answer.header("retry-after").parse().expect("seconds");
        assert!((30..=60).contains(&seconds), "{sort}: {seconds}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_wish_for_a_reset_does_not_tell_who_has_an_account() {
    let smtp = SmtpServer::start(Manner::Plain).await;
    let site = crate::links::mailing(&smtp).await;
    let admin = site.client(Role::Admin).await;
    let accounts = accounts(&site, &admin).await;
    let mut answers = Vec::new();
    for (nth, (_, address)) in accounts.iter().enumerate() {
        let from = format!("203.0.113.{nth}");
        let headers = [("x-forwarded-for", from.as_str())];
        let body = json!({ "email": address });
        let answer =
            site.anonymous().send(Method::POST, "/admin/v1/password-resets", &headers, Some(&body)).await;
        answers.push(told(&answer.expect(202)));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    assert_eq!(answers[0].1, json!({ "mail": true }));
    // One row for each, whoever they are: to find out is left to the worker.
    let queued = "select count(*)::text as value from mails where purpose = 'reset_asked'";
    assert_eq!(site.database.texts(queued).await, ["4"]);
    masthead::identity::links::deliver(&site.app).await.expect("the database is there");
    let to: BTreeSet<String> = smtp.mails().into_iter().flat_map(|mail| mail.to).collect();
    let expected = [accounts[0].1.clone(), accounts[2].1.clone()];
    assert_eq!(to, BTreeSet::from(expected), "who is active or invited, and nobody else");
    site.stop().await;
}

#[actix_web::test]
async fn whether_an_account_or_a_role_is_there_is_told_to_those_who_manage_them() {
    let site = TestSite::start().await;
    let there = email(&site, site.user(Role::Viewer).await).await;
    let viewer = site.client(Role::Viewer).await;
    let before = site.database.fingerprint().await;
    for address in [there.as_str(), "nobody@example.org"] {
        let person = json!({ "email": address, "name": "Nobody Else", "role": "viewer" });
        let answer = viewer.post("/admin/v1/users", &person).await.refused(403, "forbidden");
        assert!(!answer.everything().contains(address), "{}", answer.json);
        let list = format!("/admin/v1/users?filter[email]={address}");
        viewer.get(&list).await.refused(403, "forbidden");
    }
    for name in ["admin", "no_such_role"] {
        viewer
            .post("/admin/v1/roles", &json!({ "name": name, "grants": [] }))
            .await
            .refused(403, "forbidden");
        viewer.get(&format!("/admin/v1/users?filter[role]={name}")).await.refused(403, "forbidden");
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}
