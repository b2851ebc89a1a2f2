//! People of a test site as they come in over HTTP, and what it means that somebody is out.

use masthead::platform::http::{HttpLimits, Network, TrustedProxies};
use masthead::platform::id::UserId;
use reqwest::Method;
use serde_json::{Value, json};

use crate::requests_identity::{PASSWORD, email};
use crate::support::builders::page;
use crate::support::{Answer, Client, TestDatabase, TestSite};

/// A password that nobody has.
pub const WRONG: &str = "never the right password";

/// A site that clients reach by https, through a proxy on this machine that names them, without limits per address but
/// those on passwords.
pub async fn behind_a_proxy() -> TestSite {
    restarted(TestDatabase::migrated().await).await
}

/// The same over a database that has been used.
pub async fn restarted(database: TestDatabase) -> TestSite {
    let limits = HttpLimits { admin_rate: 0, read_rate: 0, ..HttpLimits::default() };
    let proxies = TrustedProxies::parse("127.0.0.1").expect("an address");
    TestSite::within(database, limits, Network { behind_tls: true, trusted_proxies: proxies }).await
}

/// Tries to log in from an address of the network.
pub async fn log_in_from(site: &TestSite, address: &str, email: &str, password: &str) -> Answer {
    let body = json!({ "email": email, "password": password });
    let headers = [("x-forwarded-for", address)];
    site.anonymous().send(Method::POST, "/admin/v1/session", &headers, Some(&body)).await
}

/// Tries to log in on the machine itself.
pub async fn log_in(site: &TestSite, email: &str, password: &str) -> Answer {
    site.anonymous().post("/admin/v1/session", &json!({ "email": email, "password": password })).await
}

/// Logs a user in; gives the browser, and the answer with which it came in.
pub async fn signed_in(site: &TestSite, user: UserId) -> (Client, Answer) {
    let answer = log_in(site, &email(site, user).await, PASSWORD).await.expect(201);
    (site.anonymous().with_cookie(answer.cookie()), answer)
}

/// Asserts that a browser is signed out: it is told so wherever somebody is needed, and changes nothing.
#[track_caller]
pub fn is_out<'a>(site: &'a TestSite, browser: &'a Client) -> impl Future<Output = ()> + 'a {
    let caller = std::panic::Location::caller();
    async move {
        let before = site.database.fingerprint().await;
        for (method, path, body) in [
            (Method::GET, "/admin/v1/me", None),
            (Method::HEAD, "/admin/v1/me", None),
            (Method::GET, "/admin/v1/pages", None),
            (Method::GET, "/admin/v1/sessions", None),
            (Method::POST, "/admin/v1/pages", Some(page(json!({})))),
            (Method::POST, "/admin/v1/tokens", Some(json!({ "name": "kept" }))),
            (Method::PUT, "/admin/v1/me/password", Some(json!({ "current": PASSWORD, "new": WRONG }))),
            (Method::DELETE, "/admin/v1/sessions", None),
            (Method::DELETE, "/admin/v1/session", None),
        ] {
            let head = method == Method::HEAD;
            let answer = browser.send(method, path, &[], body.as_ref()).await;
            assert_eq!(answer.status, 401, "{path}, asked at {caller}: {}", answer.json);
            if !head {
                let answer = answer.refused(401, "invalid_token");
                assert!(answer.detail().starts_with("The session has ended"), "{}", answer.json);
            }
        }
        assert_eq!(site.database.fingerprint().await, before, "at {caller}");
    }
}

/// A body without what differs between two answers that say the same.
pub fn timeless(answer: &Answer) -> Value {
    let mut body = answer.json.clone();
    assert!(body["instance"].take().is_string(), "{body}");
    body
}

/// Puts grants in an order that tests can name.
pub fn sort(grants: &mut Value) {
    grants
        .as_array_mut()
        .expect("grants")
        .sort_by_key(|grant| (grant["verb"].to_string(), grant["kind"].to_string()));
}

/// A user of the API as their browser asks for it.
pub async fn seen(client: &Client, user: UserId) -> Answer {
    client.get(&format!("/admin/v1/users/{user}")).await.expect(200)
}
