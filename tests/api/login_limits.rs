//! How fast passwords may be tried: by account and by address, counted in Postgres, and by no spelling around it. The
//! clock of the database is a test's to move, but goes on by itself too: so a wait is looked at when it is long.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use crate::people::{WRONG, behind_a_proxy, log_in_from, restarted, signed_in};
use crate::requests_identity::{PASSWORD, email};
use crate::support::{Answer, Role, TestSite};

/// Wrong passwords for an account until the wait is at its longest, a minute.
const TO_THE_FULL: u32 = 12;

/// A wrong password that is looked at, however long the wait is.
async fn wrong(site: &TestSite, address: &str, email: &str) {
    site.database.advance("61 seconds").await;
    log_in_from(site, address, email, WRONG).await.refused(401, "wrong_credentials");
}

/// The seconds after which a refused try may be made again.
#[track_caller]
fn waits(answer: Answer) -> u32 {
    let answer = answer.refused(429, "rate_limited");
    let seconds = answer.header("retry-after").parse().expect("seconds");
    assert!(answer.detail().contains(&format!("{seconds} seconds")), "{}", answer.json);
    assert!(!answer.headers.contains_key("set-cookie"));
    seconds
}

#[actix_web::test]
async fn an_account_waits_ever_longer_and_is_never_locked() {
    let site = behind_a_proxy().await;
    let user = site.user(Role::Editor).await;
    let address = email(&site, user).await;
    for nth in 0..TO_THE_FULL {
        // Each from elsewhere, so that it is the account that waits.
        wrong(&site, &format!("203.0.113.{nth}"), &address).await;
        if (10..TO_THE_FULL).contains(&(nth + 1)) {
            // After five free ones 1, 2, 4 ... seconds; some of them have gone by.
            let most = 2_u32.pow(nth + 1 - 5).min(60);
            let seconds = waits(log_in_from(&site, "198.51.100.1", &address, PASSWORD).await);
            assert!(seconds <= most && seconds > most / 2, "{seconds} s after {} wrong ones", nth + 1);
        }
    }
    let before = site.database.fingerprint().await;
    for nth in 0..3 {
        let seconds = waits(log_in_from(&site, &format!("198.51.100.{nth}"), &address, PASSWORD).await);
        assert!((30..=60).contains(&seconds), "a minute at most: {seconds}");
    }
    assert_eq!(site.database.fingerprint().await, before);
    // A refused try does not make the wait longer.
    site.database.advance("61 seconds").await;
    log_in_from(&site, "198.51.100.1", &address, PASSWORD).await.expect(201);
    // And with the right password all is forgotten.
    for nth in 0..5 {
        log_in_from(&site, &format!("203.0.113.{nth}"), &address, WRONG)
            .await
            .refused(401, "wrong_credentials");
    }
    site.stop().await;
}

#[actix_web::test]
async fn an_account_is_one_however_it_is_written() {
    let site = behind_a_proxy().await;
    let user = site.user(Role::Editor).await;
    let address = email(&site, user).await;
    let shouted = address.to_uppercase();
    let padded = format!("  {address}\t");
    let mixed = address.replace("example", "ExAmPlE");
    let spellings = [address.as_str(), &shouted, &padded, &mixed];
    for nth in 0..TO_THE_FULL as usize {
        wrong(&site, &format!("203.0.113.{nth}"), spellings[nth % spellings.len()]).await;
    }
    for (nth, spelling) in spellings.iter().enumerate() {
        waits(log_in_from(&site, &format!("198.51.100.{nth}"), spelling, PASSWORD).await);
    }
    // Another account does not wait with it.
    let other = site.user(Role::Editor).await;
    log_in_from(&site, "203.0.113.0", &email(&site, other).await, PASSWORD).await.expect(201);
    site.stop().await;
}

#[actix_web::test]
async fn nobody_is_locked_out_where_they_have_signed_in_before() {
    let site = behind_a_proxy().await;
    let user = site.user(Role::Editor).await;
    let address = email(&site, user).await;
    log_in_from(&site, "192.0.2.7", &address, PASSWORD).await.expect(201);
    log_in_from(&site, "2001:db8::7", &address, PASSWORD).await.expect(201);
    for nth in 0..TO_THE_FULL {
        wrong(&site, &format!("203.0.113.{nth}"), &address).await;
    }
    waits(log_in_from(&site, "192.0.2.8", &address, PASSWORD).await);
    // Somebody else has signed in there, which is no help for this account.
    let other = site.user(Role::Editor).await;
    log_in_from(&site, "192.0.2.9", &email(&site, other).await, PASSWORD).await.expect(201);
    waits(log_in_from(&site, "192.0.2.9", &address, PASSWORD).await);
    // Nor is it to claim the address.
    waits(log_in_from(&site, "192.0.2.7, 203.0.113.1", &address, PASSWORD).await);
    log_in_from(&site, "192.0.2.7", &address, PASSWORD).await.expect(201);
    site.stop().await;
}

#[actix_web::test]
async fn where_somebody_has_signed_in_an_address_still_waits() {
    let site = behind_a_proxy().await;
    let user = site.user(Role::Editor).await;
    let address = email(&site, user).await;
    log_in_from(&site, "192.0.2.7", &address, PASSWORD).await.expect(201);
    for _ in 0..27 {
        wrong(&site, "192.0.2.7", &address).await;
    }
    assert!(waits(log_in_from(&site, "192.0.2.7", &address, PASSWORD).await) > 30);
    site.stop().await;
}

#[actix_web::test]
async fn an_address_waits_whichever_accounts_it_tries() {
    let site = behind_a_proxy().await;
    let user = site.user(Role::Editor).await;
    let address = email(&site, user).await;
    for nth in 0..20 {
        let answer = log_in_from(&site, "203.0.113.5", &format!("nobody-{nth}@example.org"), WRONG).await;
        answer.refused(401, "wrong_credentials");
    }
    for nth in 20..27 {
        wrong(&site, "203.0.113.5", &format!("nobody-{nth}@example.org")).await;
    }
    assert!(waits(log_in_from(&site, "203.0.113.5", &address, PASSWORD).await) > 30);
    // The same address in other clothes.
    for clothes in
        ["::ffff:203.0.113.5", "203.0.113.5:4711", "198.51.100.1, 203.0.113.5", "192.0.2.1,203.0.113.5:80"]
    {
        waits(log_in_from(&site, clothes, &address, PASSWORD).await);
    }
    log_in_from(&site, "203.0.113.6", &address, PASSWORD).await.expect(201);
    // Whoever knows one password gains nothing for the others: only that one try is taken back.
    let own = email(&site, site.user(Role::Viewer).await).await;
    site.database.advance("61 seconds").await;
    log_in_from(&site, "203.0.113.5", &own, PASSWORD).await.expect(201);
    assert!(waits(log_in_from(&site, "203.0.113.5", &address, PASSWORD).await) > 30);
    site.stop().await;
}

#[actix_web::test]
async fn a_network_of_ipv6_is_one_address() {
    let site = behind_a_proxy().await;
    let address = email(&site, site.user(Role::Editor).await).await;
    for nth in 0..27 {
        let from = format!("2001:db8:0:1:{nth:x}::{nth:x}");
        wrong(&site, &from, &format!("nobody-{nth}@example.org")).await;
    }
    for from in ["2001:db8:0:1::ffff", "[2001:DB8:0:1:9:9:9:9]:4711", "198.51.100.1, 2001:db8:0:1::1"] {
        waits(log_in_from(&site, from, &address, PASSWORD).await);
    }
    log_in_from(&site, "2001:db8:0:2::1", &address, PASSWORD).await.expect(201);
    site.stop().await;
}

#[actix_web::test]
async fn what_a_client_writes_of_itself_makes_it_nobody_else() {
    let site = behind_a_proxy().await;
    let address = email(&site, site.user(Role::Editor).await).await;
    let tried = async |nth: u32, password: &str, email: &str| {
        // The proxy adds the address at the right; all the rest is the client's own writing.
        let said = format!("198.51.100.{nth}, 203.0.113.5");
        let (real, via) = (format!("192.0.2.{nth}"), format!("for=192.0.2.{nth}"));
        let headers = [
            ("x-forwarded-for", said.as_str()),
            ("x-real-ip", &real),
            ("forwarded", &via),
            ("true-client-ip", &real),
        ];
        let body = json!({ "email": email, "password": password });
        site.anonymous().send(Method::POST, "/admin/v1/session", &headers, Some(&body)).await
    };
    for nth in 0..27 {
        site.database.advance("61 seconds").await;
        tried(nth, WRONG, &format!("nobody-{nth}@example.org")).await.refused(401, "wrong_credentials");
    }
    waits(tried(99, PASSWORD, &address).await);
    site.stop().await;
}

#[actix_web::test]
async fn many_at_once_gain_nothing() {
    let site = behind_a_proxy().await;
    let address = email(&site, site.user(Role::Editor).await).await;
    let addresses: Vec<String> = (0..50).map(|nth| format!("203.0.113.{nth}")).collect();
    let answers = join_all(addresses.iter().map(|from| log_in_from(&site, from, &address, WRONG))).await;
    let looked_at = answers.iter().filter(|answer| answer.status == 401).count();
    let refused = answers.iter().filter(|answer| answer.status == 429).count();
    assert_eq!(
        looked_at + refused,
        50,
        "{:?}",
        answers.iter().map(|answer| answer.status).collect::<Vec<_>>()
    );
    // Five, and one more each time that the wait has doubled, should this take long.
    assert!((5..=11).contains(&looked_at), "{looked_at} were looked at");
    site.stop().await;
}

#[actix_web::test]
async fn the_counts_outlive_the_process_and_are_forgotten_after_a_quiet_day() {
    let site = behind_a_proxy().await;
    let address = email(&site, site.user(Role::Editor).await).await;
    for nth in 0..TO_THE_FULL {
        wrong(&site, &format!("203.0.113.{nth}"), &address).await;
    }
    let site = restarted(site.stop().await).await;
    waits(log_in_from(&site, "198.51.100.1", &address, PASSWORD).await);
    let kept = "select string_agg(encode(key, 'hex'), ' ') as value from login_limits";
    assert!(!site.database.texts(kept).await[0].is_empty());
    site.database.advance("25 hours").await;
    for nth in 0..5 {
        log_in_from(&site, &format!("203.0.113.{nth}"), &address, WRONG)
            .await
            .refused(401, "wrong_credentials");
    }
    site.database.advance("25 hours").await;
    masthead::identity::prune(&site.app).await.expect("prunes");
    assert_eq!(site.database.texts("select count(*)::text as value from login_limits").await, ["0"]);
    site.stop().await;
}

#[actix_web::test]
async fn the_present_password_is_not_guessed_in_a_session_that_was_left_open() {
    let site = TestSite::start().await;
    let (browser, _) = signed_in(&site, site.user(Role::Editor).await).await;
    let guess = async |current: &str| {
        let body = json!({ "current": current, "new": "amber tide over quiet stones" });
        browser.send(Method::PUT, "/admin/v1/me/password", &[], Some(&body)).await
    };
    for _ in 0..TO_THE_FULL {
        site.database.advance("61 seconds").await;
        guess(WRONG).await.refused(403, "wrong_password");
    }
    let before = site.database.fingerprint().await;
    assert!(waits(guess(PASSWORD).await) > 30);
    assert_eq!(site.database.fingerprint().await, before);
    site.database.advance("61 seconds").await;
    guess(PASSWORD).await.expect(201);
    site.stop().await;
}

#[actix_web::test]
async fn links_and_wishes_for_resets_are_counted_too() {
    let site = behind_a_proxy().await;
    let address = email(&site, site.user(Role::Editor).await).await;
    let ask = async |path: &str, from: &str, body: serde_json::Value| {
        site.anonymous().send(Method::POST, path, &[("x-forwarded-for", from)], Some(&body)).await
    };
    for nth in 0..9 {
        site.database.advance("61 seconds").await;
        let from = format!("203.0.113.{nth}");
        ask("/admin/v1/password-resets", &from, json!({ "email": address })).await.expect(202);
    }
    let shouted = json!({ "email": address.to_uppercase() });
    assert!(waits(ask("/admin/v1/password-resets", "198.51.100.1", shouted).await) > 15);
    // That a reset was asked for makes nobody wait who knows the password.
    log_in_from(&site, "198.51.100.1", &address, PASSWORD).await.expect(201);

    let link = json!({ "secret": "mhl_guessed", "password": PASSWORD });
    for _ in 0..27 {
        site.database.advance("61 seconds").await;
        ask("/admin/v1/links/redeem", "192.0.2.5", link.clone()).await.refused(401, "invalid_token");
    }
    assert!(waits(ask("/admin/v1/links/redeem", "192.0.2.5", link).await) > 30);
    site.stop().await;
}

#[actix_web::test]
async fn in_a_storm_whoever_finds_no_place_is_told_to_come_back_and_costs_nothing() {
    let site = behind_a_proxy().await;
    let user = site.user(Role::Editor).await;
    let (address, token) = (email(&site, user).await, site.client_of(user, &[]).await);
    let mut places = Vec::new();
    while let Ok(place) = site.app.hashing.place() {
        places.push(place);
    }
    assert_eq!(places.len(), 64);
    let before = site.database.fingerprint().await;
    for (email, password) in [(address.as_str(), PASSWORD), (&address, WRONG), ("nobody@example.org", WRONG)]
    {
        let answer = log_in_from(&site, "203.0.113.5", email, password).await.refused(503, "unavailable");
        assert_eq!(answer.header("retry-after"), "1");
    }
    assert_eq!(site.database.fingerprint().await, before);
    let counted = "select count(*)::text as value from login_limits";
    assert_eq!(
        site.database.texts(counted).await,
        ["0"],
        "what was not looked at is not held against anybody"
    );
    token.get("/admin/v1/me").await.expect(200);
    site.anonymous().get("/v1/pages").await.expect(200);
    // One who goes makes room for one.
    places.pop();
    log_in_from(&site, "203.0.113.5", &address, PASSWORD).await.expect(201);
    log_in_from(&site, "203.0.113.5", &address, WRONG).await.refused(401, "wrong_credentials");
    site.stop().await;
}

/// An address that many share would else be slow for ever, however seldom somebody mistypes there.
#[actix_web::test]
async fn what_was_counted_of_an_address_fades() {
    let site = behind_a_proxy().await;
    let address = email(&site, site.user(Role::Editor).await).await;
    for nth in 0..26 {
        wrong(&site, "203.0.113.5", &format!("nobody-{nth}@example.org")).await;
    }
    assert!(waits(log_in_from(&site, "203.0.113.5", &address, PASSWORD).await) > 30);
    // Each quarter of an hour makes one forgotten: seven are enough for two at once without a wait.
    site.database.advance("105 minutes").await;
    for nth in 0..2 {
        let somebody = format!("somebody-{nth}@example.org");
        log_in_from(&site, "203.0.113.5", &somebody, WRONG).await.refused(401, "wrong_credentials");
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_mail_to_somebody_who_does_not_want_it_is_asked_for_once_an_hour_in_the_end() {
    let site = behind_a_proxy().await;
    let ask = async |nth: u32| {
        let from = format!("203.0.113.{nth}");
        let body = json!({ "email": "ilse@example.org" });
        let headers = [("x-forwarded-for", from.as_str())];
        site.anonymous().send(Method::POST, "/admin/v1/password-resets", &headers, Some(&body)).await
    };
    let mut last = 0;
    for nth in 0..20 {
        let answer = ask(nth).await;
        if answer.status == 202 {
            continue;
        }
        last = waits(answer);
        site.database.advance(&format!("{last} seconds")).await;
        ask(nth).await.expect(202);
    }
    assert!(last > 900, "{last} s");
    site.stop().await;
}
