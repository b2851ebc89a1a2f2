//! Sessions over HTTP: how one begins, what its cookie is, how long it lasts, and who sees it. What ends one has a file of
//! its own.

use masthead::platform::http::{HttpLimits, Network, TrustedProxies};
use masthead::platform::secret::{Prefix, Secret};
use reqwest::Method;
use serde_json::{Value, json};

use crate::lists::link;
use crate::people::{is_out, log_in, log_in_from, signed_in, sort};
use crate::requests_identity::{PASSWORD, email};
use crate::support::{Answer, Client, Role, TestDatabase, TestSite};

async fn sessions_kept(site: &TestSite) -> String {
    site.database.texts("select count(*)::text as value from sessions").await.remove(0)
}

fn ids(list: &Answer) -> Vec<&str> {
    let rows = list.json["data"].as_array().expect("rows");
    rows.iter().map(|row| row["id"].as_str().expect("an id")).collect()
}

#[actix_web::test]
async fn somebody_comes_in_is_known_and_leaves() {
    let site = TestSite::start().await;
    let user = site.user(Role::Author).await;
    let address = email(&site, user).await;
    let (other, _) = signed_in(&site, user).await;
    let (browser, answer) = signed_in(&site, user).await;
    let secret = answer.cookie().strip_prefix("masthead_session=").expect("on plain http").to_owned();
    assert!(Secret::parse(Prefix::Session, &secret).is_some(), "{secret}");
    assert_eq!(
        answer.header("set-cookie"),
        format!("masthead_session={secret}; Path=/; Max-Age=604800; HttpOnly; SameSite=Lax")
    );
    assert!(!answer.json.to_string().contains(&secret), "a script could read it there");
    let session = answer.json["session"].as_str().expect("an id").to_owned();
    let mut known = answer.json["user"].clone();
    assert_eq!(
        (&known["email"], &known["role"], &known["state"]),
        (&json!(address), &json!("author"), &json!("active"))
    );

    let mut me = browser.get("/admin/v1/me").await.expect(200);
    sort(&mut me.json["grants"]);
    assert_eq!((&me.json["session"], &me.json["token"]), (&json!(session), &Value::Null));
    known["session"] = me.json["session"].clone();
    known["token"] = Value::Null;
    known["grants"] = json!([
        { "kind": "media", "verb": "delete", "scope": { "type": "own" } },
        { "kind": "page", "verb": "delete", "scope": { "type": "own" } },
        { "kind": "person", "verb": "delete", "scope": { "type": "own" } },
        { "kind": "media", "verb": "read", "scope": { "type": "everything" } },
        { "kind": "menu", "verb": "read", "scope": { "type": "everything" } },
        { "kind": "page", "verb": "read", "scope": { "type": "everything" } },
        { "kind": "person", "verb": "read", "scope": { "type": "everything" } },
        { "kind": "settings", "verb": "read", "scope": { "type": "everything" } },
        { "kind": "media", "verb": "write", "scope": { "type": "own" } },
        { "kind": "page", "verb": "write", "scope": { "type": "own" } },
        { "kind": "person", "verb": "write", "scope": { "type": "own" } },
    ]);
    assert_eq!(me.json, known, "who one is and what one may, and no more");

    let left = browser.send(Method::DELETE, "/admin/v1/session", &[], None).await.expect(200);
    assert_eq!(left.header("set-cookie"), "masthead_session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    is_out(&site, &browser).await;
    other.get("/admin/v1/me").await.expect(200);

    let rows =
        "select to_jsonb(t)::text as value from sessions t union all select to_jsonb(t)::text from events t";
    let kept = site.database.texts(rows).await.join("\n");
    assert!(kept.contains(&session) && !kept.contains(&secret["mhs_".len()..]), "{kept}");
    site.stop().await;
}

#[actix_web::test]
async fn each_login_opens_a_session_of_its_own() {
    let site = TestSite::start().await;
    let (user, stranger) = (site.user(Role::Author).await, site.user(Role::Author).await);
    // A cookie that somebody else has put there becomes nobody's session.
    let planted = Secret::generate(Prefix::Session).expect("random").reveal().to_owned();
    let planted = site.anonymous().with_cookie(&format!("masthead_session={planted}"));
    let (theirs, _) = signed_in(&site, stranger).await;
    for browser in [&planted, &theirs] {
        let body = json!({ "email": email(&site, user).await, "password": PASSWORD });
        let answer = browser.post("/admin/v1/session", &body).await.expect(201);
        let opened = site.anonymous().with_cookie(answer.cookie());
        assert_eq!(opened.get("/admin/v1/me").await.expect(200).json["email"], body["email"]);
    }
    is_out(&site, &planted).await;
    assert_eq!(theirs.get("/admin/v1/me").await.expect(200).json["id"], json!(stranger.to_string()));
    site.stop().await;
}

#[actix_web::test]
async fn over_https_the_cookie_is_bound_to_the_host_and_on_open_http_there_is_none() {
    let limits = HttpLimits::default();
    let trusted_proxies = TrustedProxies::parse("127.0.0.1").expect("an address");
    let network = Network { behind_tls: false, trusted_proxies };
    let site = TestSite::within(TestDatabase::migrated().await, limits, network).await;
    let user = site.user(Role::Editor).await;
    let address = email(&site, user).await;
    let body = json!({ "email": address, "password": PASSWORD });
    let before = site.database.fingerprint().await;
    for proto in [None, Some("http"), Some("https, http"), Some("")] {
        let mut headers = vec![("x-forwarded-for", "203.0.113.5")];
        headers.extend(proto.map(|proto| ("x-forwarded-proto", proto)));
        let answer = site.anonymous().send(Method::POST, "/admin/v1/session", &headers, Some(&body)).await;
        let answer = answer.refused(409, "conflict");
        assert!(answer.detail().contains("https"), "{}", answer.json);
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    assert_eq!(site.database.fingerprint().await, before);
    assert_eq!(site.database.texts("select count(*)::text as value from login_limits").await, ["0"]);

    let secure = [("x-forwarded-for", "203.0.113.5"), ("x-forwarded-proto", "https")];
    let answer =
        site.anonymous().send(Method::POST, "/admin/v1/session", &secure, Some(&body)).await.expect(201);
    let secret = answer.cookie().strip_prefix("__Host-masthead=").expect("on https").to_owned();
    assert_eq!(
        answer.header("set-cookie"),
        format!("__Host-masthead={secret}; Path=/; Max-Age=604800; Secure; HttpOnly; SameSite=Lax")
    );
    let me = async |name: &str, headers: &[(&str, &str)]| {
        let browser = site.anonymous().with_cookie(&format!("{name}={secret}"));
        browser.send(Method::GET, "/admin/v1/me", headers, None).await
    };
    me("__Host-masthead", &secure).await.expect(200);
    // Each name is good where it belongs: a plain page of the same host cannot plant a cookie for https.
    me("masthead_session", &secure).await.refused(401, "unauthenticated");
    me("__Host-masthead", &[]).await.refused(401, "unauthenticated");
    site.stop().await;
}

#[actix_web::test]
async fn a_session_ends_unused_after_twelve_hours() {
    let site = TestSite::start().await;
    let user = site.user(Role::Author).await;
    let ((used, _), (unused, _)) = (signed_in(&site, user).await, signed_in(&site, user).await);
    for _ in 0..2 {
        site.database.advance("11 hours 58 minutes").await;
        used.get("/admin/v1/me").await.expect(200);
    }
    is_out(&site, &unused).await;
    assert_eq!(
        used.get("/admin/v1/sessions").await.expect(200).json["data"].as_array().map(Vec::len),
        Some(1)
    );
    site.database.advance("12 hours").await;
    is_out(&site, &used).await;
    site.stop().await;
}

#[actix_web::test]
async fn a_session_ends_after_seven_days_however_it_was_used() {
    let site = TestSite::start().await;
    let (browser, _) = signed_in(&site, site.user(Role::Author).await).await;
    for _ in 0..15 {
        site.database.advance("11 hours").await;
        browser.get("/admin/v1/me").await.expect(200);
    }
    site.database.advance("2 hours 58 minutes").await;
    browser.get("/admin/v1/me").await.expect(200);
    site.database.advance("2 minutes").await;
    is_out(&site, &browser).await;
    site.stop().await;
}

#[actix_web::test]
async fn what_is_no_good_cookie_is_nobody() {
    let site = TestSite::start().await;
    let user = site.user(Role::Admin).await;
    let (browser, answer) = signed_in(&site, user).await;
    let good = answer.cookie().to_owned();
    let secret = good.strip_prefix("masthead_session=").expect("on plain http");
    let token = Secret::generate(Prefix::Token).expect("random").reveal().to_owned();
    let unknown = Secret::generate(Prefix::Session).expect("random").reveal().to_owned();
    for cookie in [
        format!("{good}; {good}"),
        format!("masthead_session=x; {good}"),
        "masthead_session=".to_owned(),
        format!("masthead_session={unknown}"),
        format!("masthead_session={token}"),
        format!("masthead_session={}", &secret[..secret.len() - 1]),
        format!("masthead_session=\"{secret}\""),
    ] {
        is_out(&site, &site.anonymous().with_cookie(&cookie)).await;
    }
    // A session says nothing in Authorization, and a bad header is not mended by a good cookie.
    site.bearer(secret).get("/admin/v1/me").await.refused(401, "invalid_token");
    let both = [("authorization", "Bearer mh_wrong")];
    browser.send(Method::GET, "/admin/v1/me", &both, None).await.refused(401, "invalid_token");
    site.stop().await;
}

#[actix_web::test]
async fn people_see_their_own_sessions_and_who_manages_users_those_of_others() {
    let site = TestSite::start().await;
    let (user, admin) = (site.user(Role::Author).await, site.client(Role::Admin).await);
    let mut opened = Vec::new();
    let mut browsers = Vec::new();
    for _ in 0..3 {
        let (browser, answer) = signed_in(&site, user).await;
        opened.insert(0, answer.json["session"].as_str().expect("an id").to_owned());
        browsers.push(browser);
    }
    let mut agent = vec![("user-agent", "Lantern/1.0")];
    let body = json!({ "email": email(&site, user).await, "password": PASSWORD });
    let fourth =
        site.anonymous().send(Method::POST, "/admin/v1/session", &agent, Some(&body)).await.expect(201);
    opened.insert(0, fourth.json["session"].as_str().expect("an id").to_owned());
    agent.clear();

    let list = browsers[0].get("/admin/v1/sessions").await.expect(200);
    assert_eq!(ids(&list), opened, "the newest first");
    let current: Vec<_> =
        list.json["data"].as_array().expect("rows").iter().map(|row| &row["current"]).collect();
    assert_eq!(json!(current), json!([false, false, false, true]));
    let row = &list.json["data"][0];
    assert_eq!((&row["user_agent"], &row["address"]), (&json!("Lantern/1.0"), &json!("127.0.0.1")));
    assert_eq!(row["user"], json!(user.to_string()));

    let first = browsers[0].get("/admin/v1/sessions?limit=3").await.expect(200);
    assert_eq!(ids(&first), opened[..3]);
    let next = link(&first, "next").expect("a page after");
    let rest = browsers[0].get(&next).await.expect(200);
    assert_eq!(ids(&rest), opened[3..]);
    assert_eq!(
        ids(&browsers[0].get(&link(&rest, "prev").expect("a page before")).await.expect(200)),
        opened[..3]
    );

    let theirs = format!("/admin/v1/sessions?filter[user]={user}");
    assert_eq!(ids(&admin.get(&theirs).await.expect(200)), opened);
    for role in [Role::Editor, Role::Author, Role::Viewer] {
        let (other, _) = signed_in(&site, site.user(role).await).await;
        other.get(&theirs).await.refused(403, "forbidden");
        // A cursor of somebody else's list is none of one's own.
        let after = next.split("after=").nth(1).expect("a cursor");
        other.get(&format!("/admin/v1/sessions?after={after}")).await.refused(400, "invalid_cursor");
    }
    // A token has no session, and does not see those of its user.
    site.client_of(user, &[]).await.get("/admin/v1/sessions").await.refused(403, "forbidden");
    site.stop().await;
}

#[actix_web::test]
async fn what_a_browser_calls_itself_is_bounded() {
    let site = TestSite::start().await;
    let user = site.user(Role::Author).await;
    let agent = "x".repeat(5000);
    let headers = [("user-agent", agent.as_str())];
    let body = json!({ "email": email(&site, user).await, "password": PASSWORD });
    site.anonymous().send(Method::POST, "/admin/v1/session", &headers, Some(&body)).await.expect(201);
    let kept = "select length(user_agent)::text as value from sessions";
    assert_eq!(site.database.texts(kept).await, ["400"]);
    site.stop().await;
}

#[actix_web::test]
async fn the_address_of_a_session_is_that_of_the_client_and_not_what_it_claims() {
    let site = crate::people::behind_a_proxy().await;
    let user = site.user(Role::Author).await;
    let address = email(&site, user).await;
    log_in_from(&site, "198.51.100.1, 203.0.113.5", &address, PASSWORD).await.expect(201);
    log_in_from(&site, "2001:db8::5", &address, PASSWORD).await.expect(201);
    let kept = "select address as value from sessions order by id";
    assert_eq!(site.database.texts(kept).await, ["203.0.113.5", "2001:db8::5"]);
    site.stop().await;
}

#[actix_web::test]
async fn a_refused_login_leaves_no_session() {
    let site = TestSite::start().await;
    let user: Client = site.client(Role::Author).await;
    let address = user.get("/admin/v1/me").await.expect(200).json["email"].as_str().expect("text").to_owned();
    let before = site.database.fingerprint().await;
    for (email, password) in [
        (address.as_str(), ""),
        (&address, "violet harbour lanterN"),
        ("", PASSWORD),
        ("nobody@example.org", PASSWORD),
    ] {
        let answer = log_in(&site, email, password).await.refused(401, "wrong_credentials");
        assert!(!answer.headers.contains_key("set-cookie"));
    }
    assert_eq!(site.database.fingerprint().await, before);
    assert_eq!(sessions_kept(&site).await, "0");
    site.stop().await;
}
