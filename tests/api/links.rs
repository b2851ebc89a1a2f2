//! One-time links as people use them, over HTTP: many at once, out of turn, and never with an address that somebody wrote
//! into a request.

use futures_util::future::join_all;
use masthead::identity::links as worker;
use masthead::platform::http::{HttpLimits, Network, TrustedProxies};
use masthead::platform::mail::{MailSettings, Mailer, Sender};
use masthead::platform::public_url::PublicUrl;
use reqwest::Method;
use serde_json::{Value, json};

use crate::people::{behind_a_proxy, log_in, log_in_from, seen, signed_in};
use crate::requests_identity::{PASSWORD, email};
use crate::support::smtp::{Manner, Received, SmtpServer};
use crate::support::{Answer, Client, Role, TestDatabase, TestSite};

const NEW: &str = "amber tide over quiet stones";
const SITE: &str = "https://cms.example.org";

/// A site that sends mail, behind a proxy and under an address that the settings name.
pub async fn mailing(smtp: &SmtpServer) -> TestSite {
    let settings = MailSettings {
        url: format!("smtp://{}", smtp.address).into(),
        from: Sender::parse("Masthead <cms@example.org>").expect("sender"),
        authority: None,
        timeout: std::time::Duration::from_secs(10),
    };
    let mailer = Mailer::new(&settings).expect("good settings");
    let limits = HttpLimits { admin_rate: 0, ..HttpLimits::default() };
    let trusted_proxies = TrustedProxies::parse("127.0.0.1").expect("an address");
    let network = Network { behind_tls: true, trusted_proxies };
    let public = PublicUrl::parse(SITE).expect("address");
    TestSite::serving(TestDatabase::migrated().await, limits, network, |app| {
        app.with_mail(public, Some(mailer))
    })
    .await
}

async fn invite(admin: &Client, headers: &[(&str, &str)], address: &str) -> Answer {
    let person = json!({ "email": address, "name": "Tove Imaginary", "role": "author" });
    admin.send(Method::POST, "/admin/v1/users", headers, Some(&person)).await.expect(201)
}

async fn send_link(admin: &Client, headers: &[(&str, &str)], user: &str) -> Answer {
    admin.send(Method::POST, &format!("/admin/v1/users/{user}/link"), headers, None).await.expect(200)
}

/// The secret in the address of a link.
fn secret(link: &Value) -> String {
    let link = link.as_str().unwrap_or_else(|| panic!("no link: {link}"));
    let fragment = link.split('#').nth(1).expect("a fragment");
    fragment.split(['=', '&']).nth(1).expect("a secret").to_owned()
}

async fn redeem(client: &Client, secret: &str, password: &str) -> Answer {
    client.post("/admin/v1/links/redeem", &json!({ "secret": secret, "password": password })).await
}

#[actix_web::test]
async fn somebody_invited_chooses_a_password_and_is_in() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let invited = invite(&admin, &[], "Tove@Example.org").await;
    let id = invited.id();
    assert_eq!(invited.header("location"), format!("/admin/v1/users/{id}"));
    assert_eq!((invited.version(), &invited.json["state"]), (1, &json!("invited")));
    let link = &invited.json["invitation"]["link"];
    let secret = secret(link);
    assert_eq!(
        link,
        &json!(format!(
            "{}/admin/enter#invitation={secret}&name=Tove%20Imaginary",
            site.app.public_url.origin()
        ))
    );
    let kept = site.database.texts("select to_jsonb(l)::text as value from one_time_links l").await;
    assert!(!kept[0].contains(&secret[4..]), "{kept:?}");
    // Nobody signs in before there is a password.
    log_in(&site, "tove@example.org", PASSWORD).await.refused(401, "wrong_credentials");

    let before = site.database.fingerprint().await;
    let short = redeem(&site.anonymous(), &secret, "short").await.refused(422, "invalid");
    assert_eq!(short.places(), [("/password", "invalid")]);
    assert_eq!(
        site.database.fingerprint().await,
        before,
        "a password that is refused does not use the link up"
    );
    let body = json!({ "secret": secret, "password": NEW, "name": "Tove Chosen" });
    let answer = site.anonymous().post("/admin/v1/links/redeem", &body).await.expect(201);
    assert_eq!(
        (&answer.json["user"]["state"], &answer.json["user"]["name"]),
        (&json!("active"), &json!("Tove Chosen"))
    );
    assert_eq!(answer.json["user"]["role"], "author", "a link gives no role");
    let browser = site.anonymous().with_cookie(answer.cookie());
    assert_eq!(browser.get("/admin/v1/me").await.expect(200).id(), id);
    log_in(&site, "TOVE@example.org", NEW).await.expect(201);

    let before = site.database.fingerprint().await;
    redeem(&site.anonymous(), &secret, PASSWORD).await.refused(401, "invalid_token");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn of_fifty_who_use_a_link_at_once_one_gets_in() {
    let site = behind_a_proxy().await;
    let admin = site.client(Role::Admin).await;
    let invited = invite(&admin, &[], "tove@example.org").await;
    let active = site.user(Role::Author).await;
    let reset = send_link(&admin, &[], &active.to_string()).await;
    for (user, link) in
        [(invited.id(), &invited.json["invitation"]["link"]), (active.to_string(), &reset.json["link"])]
    {
        let secret = secret(link);
        let client = site.anonymous();
        let tries = (0..50).map(|nth| {
            let (client, secret) = (client.clone(), secret.clone());
            async move {
                let (from, password) =
                    (format!("203.0.113.{nth}"), format!("the password of number {nth:02}"));
                let body = json!({ "secret": secret, "password": password });
                let headers = [("x-forwarded-for", from.as_str())];
                (password, client.send(Method::POST, "/admin/v1/links/redeem", &headers, Some(&body)).await)
            }
        });
        let answers = join_all(tries).await;
        let statuses: Vec<u16> = answers.iter().map(|(_, answer)| answer.status).collect();
        let winners: Vec<_> = answers.iter().filter(|(_, answer)| answer.status == 201).collect();
        assert_eq!(winners.len(), 1, "{statuses:?}");
        for (_, answer) in answers.iter().filter(|(_, answer)| answer.status != 201) {
            let answer = answer.clone().refused(401, "invalid_token");
            assert!(!answer.headers.contains_key("set-cookie"));
        }
        let opened = format!("select count(*)::text as value from sessions where user_id = '{user}'");
        assert_eq!(site.database.texts(&opened).await, ["1"]);
        // The password that holds is the winner's.
        let (password, _) = winners[0];
        let address = format!("select email as value from users where id = '{user}'");
        let address = site.database.texts(&address).await.remove(0);
        for (tried, _) in answers.iter().take(3).chain([winners[0]]) {
            let answer = log_in_from(&site, "192.0.2.1", &address, tried).await;
            assert_eq!(answer.status == 201, tried == password, "{tried}: {}", answer.json);
        }
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_link_changes_nothing_but_what_it_is_for() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let user = site.user(Role::Author).await;
    let reset = secret(&send_link(&admin, &[], &user.to_string()).await.json["link"]);
    let invited = invite(&admin, &[], "tove@example.org").await;
    let invitation = secret(&invited.json["invitation"]["link"]);
    let before = site.database.fingerprint().await;
    for (secret, extra, place) in [
        (&reset, json!({ "email": "other@example.org" }), "/email"),
        (&reset, json!({ "name": "Somebody Else" }), "/name"),
        (&invitation, json!({ "email": "other@example.org" }), "/email"),
    ] {
        let mut body = json!({ "secret": secret, "password": NEW });
        body.as_object_mut().expect("an object").extend(extra.as_object().expect("an object").clone());
        let refused = site.anonymous().post("/admin/v1/links/redeem", &body).await.refused(422, "invalid");
        assert_eq!(refused.places(), [(place, "not_allowed")]);
    }
    assert_eq!(site.database.fingerprint().await, before);
    redeem(&site.anonymous(), &reset, NEW).await.expect(201);
    redeem(&site.anonymous(), &invitation, NEW).await.expect(201);
    site.stop().await;
}

async fn setup(site: &TestSite) -> String {
    let link = worker::setup(&site.app).await.expect("made").expect("there is no administrator");
    link.secret.reveal().to_owned()
}

#[actix_web::test]
async fn the_first_administrator_comes_in_by_a_link_of_which_fifty_make_one() {
    let site = behind_a_proxy().await;
    let secret = setup(&site).await;
    let before = site.database.fingerprint().await;
    let bare = redeem(&site.anonymous(), &secret, NEW).await.refused(422, "invalid");
    assert_eq!(bare.places(), [("/name", "required")]);
    assert_eq!(site.database.fingerprint().await, before);
    let client = site.anonymous();
    let answers = join_all((0..50).map(|nth| {
        let (client, secret) = (client.clone(), secret.clone());
        async move {
            let (from, email) = (format!("203.0.113.{nth}"), format!("ilse-{nth}@example.org"));
            let body = json!({ "secret": secret, "password": NEW, "name": "Ilse Fictional", "email": email });
            let headers = [("x-forwarded-for", from.as_str())];
            client.send(Method::POST, "/admin/v1/links/redeem", &headers, Some(&body)).await
        }
    }))
    .await;
    let winners: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(winners.len(), 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
    assert_eq!(winners[0].json["user"]["role"], "admin");
    for answer in answers.iter().filter(|answer| answer.status != 201) {
        answer.clone().refused(401, "invalid_token");
    }
    let users = "select u.email || ' ' || r.name as value from users u join roles r on r.id = u.role_id";
    let email = winners[0].json["user"]["email"].as_str().expect("an address");
    assert_eq!(site.database.texts(users).await, [format!("{email} admin")]);
    let browser = site.anonymous().with_cookie(winners[0].cookie());
    browser.get("/admin/v1/users").await.expect(200);
    let told = "select action || ' ' || actor_kind as value from events where subject_kind in ('user', 'session') order by id";
    assert_eq!(site.database.texts(told).await, ["user.added system", "session.opened system"]);
    site.stop().await;
}

#[actix_web::test]
async fn a_link_to_become_the_first_is_worth_nothing_beside_an_administrator_or_after_an_hour() {
    let site = TestSite::start().await;
    let body = |secret: &str| json!({ "secret": secret, "password": NEW, "name": "Ilse Fictional", "email": "ilse@example.org" });
    let (late, early) = (setup(&site).await, setup(&site).await);
    let redeem = async |secret: &str| site.anonymous().post("/admin/v1/links/redeem", &body(secret)).await;
    redeem(&late).await.refused(401, "invalid_token");
    site.database.advance("1 hour").await;
    redeem(&early).await.refused(401, "invalid_token");
    let good = setup(&site).await;
    site.user(Role::Admin).await;
    let before = site.database.fingerprint().await;
    redeem(&good).await.refused(401, "invalid_token");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn a_newer_link_a_new_password_and_a_new_address_end_the_older_link() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let user = site.user(Role::Author).await;
    let id = user.to_string();
    let older = secret(&send_link(&admin, &[], &id).await.json["link"]);
    let newer = secret(&send_link(&admin, &[], &id).await.json["link"]);
    redeem(&site.anonymous(), &older, NEW).await.refused(401, "invalid_token");
    let (browser, _) = signed_in(&site, user).await;
    let change = json!({ "current": PASSWORD, "new": NEW });
    browser.send(Method::PUT, "/admin/v1/me/password", &[], Some(&change)).await.expect(201);
    redeem(&site.anonymous(), &newer, PASSWORD).await.refused(401, "invalid_token");

    // A link that went to a wrong address must not let in whoever reads it there.
    let invited = invite(&admin, &[], "tpve@example.org").await;
    let strayed = secret(&invited.json["invitation"]["link"]);
    let path = format!("/admin/v1/users/{}", invited.id());
    let renamed = json!({ "email": "tpve@example.org", "name": "Tove Renamed", "role": "author" });
    let version = admin.put_at(&path, invited.version(), &renamed).await.expect(200).version();
    let right = json!({ "email": "tove@example.org", "name": "Tove Renamed", "role": "author" });
    admin.put_at(&path, version, &right).await.expect(200);
    let before = site.database.fingerprint().await;
    redeem(&site.anonymous(), &strayed, NEW).await.refused(401, "invalid_token");
    assert_eq!(site.database.fingerprint().await, before);
    let again = secret(&send_link(&admin, &[], &invited.id()).await.json["link"]);
    redeem(&site.anonymous(), &again, NEW).await.expect(201);
    site.stop().await;
}

#[actix_web::test]
async fn a_link_is_for_the_account_as_it_stands() {
    let site = TestSite::start().await;
    let admin = site.client(Role::Admin).await;
    let user = site.user(Role::Author).await;
    let link = secret(&send_link(&admin, &[], &user.to_string()).await.json["link"]);
    let path = format!("/admin/v1/users/{user}");
    let gone = admin.post_at(&format!("{path}/deactivate"), seen(&admin, user).await.version(), None).await;
    let gone = gone.expect(200).version();
    redeem(&site.anonymous(), &link, NEW).await.refused(401, "invalid_token");
    let before = site.database.fingerprint().await;
    let refused = admin.send(Method::POST, &format!("{path}/link"), &[], None).await.refused(409, "conflict");
    assert!(refused.detail().contains("deactivated"), "{}", refused.json);
    assert_eq!(site.database.fingerprint().await, before);
    // Coming back does not bring the link back.
    admin.post_at(&format!("{path}/reactivate"), gone, None).await.expect(200);
    redeem(&site.anonymous(), &link, NEW).await.refused(401, "invalid_token");
    log_in(&site, &email(&site, user).await, PASSWORD).await.expect(201);
    site.stop().await;
}

/// Every address in a mail and in an answer is one of the installation.
#[track_caller]
fn is_ours(text: &str) {
    assert!(!text.contains("evil"), "{text}");
    for (at, _) in text.match_indices("://") {
        let begin = text[..at].rfind(|c: char| !c.is_ascii_alphabetic()).map_or(0, |before| before + 1);
        assert!(text[begin..].starts_with(SITE), "{text}");
    }
}

#[actix_web::test]
async fn the_host_of_a_request_gets_into_no_link() {
    const EVIL: &str = "evil.example.net";
    let smtp = SmtpServer::start(Manner::Plain).await;
    let site = mailing(&smtp).await;
    let admin = site.client(Role::Admin).await;
    for (nth, name) in
        ["host", "x-forwarded-host", "x-original-host", "origin", "referer"].into_iter().enumerate()
    {
        let user = site.user(Role::Editor).await;
        let address = email(&site, user).await;
        // The proxy is trusted, so that what it says of the host is believed elsewhere.
        let value = if name == "host" || name.starts_with("x-") {
            EVIL.to_owned()
        } else {
            format!("https://{EVIL}/")
        };
        let from = format!("203.0.113.{nth}");
        let headers = [(name, value.as_str()), ("x-forwarded-for", from.as_str())];
        let wish = json!({ "email": address });
        let path = "/admin/v1/password-resets";
        let answer = site.anonymous().send(Method::POST, path, &headers, Some(&wish)).await;
        // A page that is not ours may ask for nothing.
        let status = if name == "origin" { 403 } else { 202 };
        assert_eq!(answer.status, status, "{name}: {}", answer.json);
        let invited = invite(&admin, &headers, &format!("invited-{nth}@example.org")).await;
        assert_eq!(invited.json["invitation"], json!({ "mailed": true, "link": null, "expires_at": null }));
        send_link(&admin, &headers, &user.to_string()).await;
    }
    let sent = worker::deliver(&site.app).await.expect("the database is there");
    assert_eq!(sent, 5 + 5 + 4);
    let mails: Vec<Received> = smtp.mails();
    assert_eq!(mails.len(), sent);
    for mail in mails {
        for part in [mail.part("text/plain"), mail.part("text/html")] {
            is_ours(&part);
            assert!(part.contains("https://cms.example.org/admin/enter#"), "{part}");
        }
        assert!(!mail.raw.contains(EVIL), "{}", mail.raw);
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_link_that_is_shown_leads_to_where_the_settings_say() {
    let public = PublicUrl::parse(SITE).expect("address");
    let network =
        Network { behind_tls: true, trusted_proxies: TrustedProxies::parse("127.0.0.1").expect("one") };
    let database = TestDatabase::migrated().await;
    let site =
        TestSite::serving(database, HttpLimits::default(), network, |app| app.with_mail(public, None)).await;
    let admin = site.client(Role::Admin).await;
    let user = site.user(Role::Editor).await.to_string();
    for headers in [[("host", "evil.example.net")], [("x-forwarded-host", "evil.example.net")]] {
        let sent = send_link(&admin, &headers, &user).await;
        assert_eq!(sent.json["mailed"], false);
        is_ours(sent.json["link"].as_str().expect("shown"));
    }
    site.stop().await;
}
