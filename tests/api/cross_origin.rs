//! What a foreign page can have a browser send: nothing that it sends with the cookie of a session changes anything, and
//! nobody is logged in by it.

use masthead::platform::http::{HttpLimits, Network, TrustedProxies};
use reqwest::Method;
use serde_json::json;

use crate::operations::{IN_THE_OPEN, admin_document, operations};
use crate::requests::{Cast, case};
use crate::requests_identity::{PASSWORD, email};
use crate::support::{Role, TestDatabase, TestSite};

/// What a browser says of a foreign page, or does not say.
const FOREIGN: [&[(&str, &str)]; 9] = [
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "none")],
    &[("sec-fetch-site", "")],
    &[("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-origin")],
    &[("origin", "https://evil.example.net")],
    &[("origin", "null")],
    &[("origin", "http://127.0.0.1")],
    &[],
];

#[actix_web::test]
async fn no_operation_that_changes_something_listens_to_a_foreign_page() {
    let site = TestSite::start().await;
    let user = site.user(Role::Admin).await;
    let (owner, admin) = (site.client(Role::Editor).await, site.client(Role::Admin).await);
    let mut wrong = Vec::new();
    for operation in operations(&admin_document()).into_iter().filter(|one| one.method != Method::GET) {
        let cast = Cast { site: &site, owner: &owner, admin: &admin, caller: Some(user) };
        let case = case(&operation, &format!("Foreign {}", operation.id), &cast).await;
        let browser = site.browser(user).await;
        let cookie = browser.cookie().to_owned();
        let before = site.database.fingerprint().await;
        for said in FOREIGN {
            // Without a cookie and without a word of a browser it may be a program.
            if said.is_empty() && IN_THE_OPEN.contains(&operation.id.as_str()) {
                continue;
            }
            let mut headers: Vec<(&str, &str)> =
                case.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            if !IN_THE_OPEN.contains(&operation.id.as_str()) {
                headers.push(("cookie", &cookie));
            }
            headers.extend(said.iter().copied());
            let client = site.anonymous();
            let answer =
                client.send(operation.method.clone(), &case.path, &headers, case.body.as_ref()).await;
            if answer.status != 403 || answer.json["code"] != "cross_origin" {
                wrong.push(format!(
                    "{} with {said:?}: {} {}",
                    operation.id, answer.status, answer.json["code"]
                ));
            }
            if answer.headers.contains_key("set-cookie") {
                wrong.push(format!("{} with {said:?} sets a cookie", operation.id));
            }
        }
        assert_eq!(site.database.fingerprint().await, before, "{}", operation.id);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    site.stop().await;
}

#[actix_web::test]
async fn the_pages_of_the_server_itself_are_heard() {
    let site = TestSite::start().await;
    let browser = site.browser(site.user(Role::Author).await).await;
    let cookie = browser.cookie().to_owned();
    let shouted = site.address().to_uppercase().replace("HTTP://", "http://");
    for said in [
        &[("sec-fetch-site", "same-origin")][..],
        &[("sec-fetch-site", "same-origin"), ("origin", "null")],
        &[("origin", site.address())],
        &[("origin", &shouted)],
    ] {
        let headers: Vec<_> = said.iter().copied().chain([("cookie", cookie.as_str())]).collect();
        let token = json!({ "name": "made in a browser" });
        site.anonymous().send(Method::POST, "/admin/v1/tokens", &headers, Some(&token)).await.expect(201);
    }
    // Reading changes nothing, and what a foreign page has read it cannot see: CORS is closed.
    let headers = [
        ("cookie", cookie.as_str()),
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://evil.example.net"),
    ];
    let answer = site.anonymous().send(Method::GET, "/admin/v1/me", &headers, None).await.expect(200);
    assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{answer:?}");
    assert_eq!(answer.header("cross-origin-resource-policy"), "same-origin");
    site.stop().await;
}

#[actix_web::test]
async fn a_token_is_never_sent_by_a_browser_itself_and_is_heard_from_anywhere() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let role = json!({ "name": "from_anywhere", "grants": [] });
    let headers = [("sec-fetch-site", "cross-site"), ("origin", "https://tools.example.net")];
    admin.send(Method::POST, "/admin/v1/roles", &headers, Some(&role)).await.expect(201);
    site.stop().await;
}

#[actix_web::test]
async fn nobody_is_logged_in_by_a_foreign_page() {
    let site = TestSite::start().await;
    let user = site.user(Role::Author).await;
    let body = json!({ "email": email(&site, user).await, "password": PASSWORD });
    let before = site.database.fingerprint().await;
    for said in &FOREIGN[..8] {
        let answer = site.anonymous().send(Method::POST, "/admin/v1/session", said, Some(&body)).await;
        assert!(!answer.refused(403, "cross_origin").headers.contains_key("set-cookie"));
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_form_cannot_send_what_an_operation_takes() {
    let site = TestSite::start().await;
    let browser = site.browser(site.user(Role::Admin).await).await;
    let before = site.database.fingerprint().await;
    let role = br#"{"name": "by_a_form", "grants": []}"#;
    for media_type in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/json"]
    {
        let body = Some((media_type, role.to_vec()));
        let answer = browser.send_bytes(Method::POST, "/admin/v1/roles", &[], body).await;
        answer.refused(415, "unsupported_media_type");
    }
    // Nor does a parameter or a header turn one method into another.
    let override_it = [("x-http-method-override", "DELETE"), ("x-method-override", "DELETE")];
    browser
        .send(Method::GET, "/admin/v1/session", &override_it, None)
        .await
        .refused(405, "method_not_allowed");
    browser
        .send(Method::GET, "/admin/v1/sessions?_method=DELETE", &[], None)
        .await
        .refused(400, "unknown_parameter");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn the_host_that_an_origin_is_held_against_is_the_one_that_was_asked_for() {
    let evil = "http://evil.example.net";
    for (proxies, origin, headers, passes) in [
        // Whoever is not trusted cannot say which host was asked for.
        ("", evil, &[("x-forwarded-host", "evil.example.net")][..], false),
        ("10.0.0.0/8", evil, &[("x-forwarded-host", "evil.example.net")], false),
        ("", evil, &[("forwarded", "host=evil.example.net")], false),
        ("127.0.0.1", "https://cms.example.org", &[("x-forwarded-host", "cms.example.org")], true),
        ("127.0.0.1", evil, &[("x-forwarded-host", "cms.example.org")], false),
        ("127.0.0.1", evil, &[("x-forwarded-host", "evil.example.net, cms.example.org")], false),
    ] {
        let trusted_proxies = TrustedProxies::parse(proxies).expect("networks");
        let network = Network { behind_tls: true, trusted_proxies };
        let site = TestSite::within(TestDatabase::migrated().await, HttpLimits::default(), network).await;
        let user = site.user(Role::Admin).await;
        let cookie = site.browser(user).await.cookie().replace("masthead_session", "__Host-masthead");
        let mut all = vec![("cookie", cookie.as_str()), ("origin", origin)];
        all.extend(headers);
        let role = json!({ "name": "by_origin", "grants": [] });
        let answer = site.anonymous().send(Method::POST, "/admin/v1/roles", &all, Some(&role)).await;
        assert_eq!(answer.status, if passes { 201 } else { 403 }, "{proxies} {headers:?}: {}", answer.json);
        site.stop().await;
    }
}
