//! What one address may ask, and who an address is: over real HTTP with 127.0.0.1 as the proxy in front. The clock of the limits
//! goes on while a test runs, so a test bounds what got through by the time that it took.

use std::time::Instant;

use masthead::platform::http::{HttpLimits, Network, TrustedProxies};
use reqwest::Method;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::builders::publish;
use crate::support::{Answer, Client, Role, TestDatabase, TestSite};

/// One request a second, and ten at once.
const BURST: usize = 10;
/// Requests of a test, far more than a burst.
const MANY: usize = 60;

/// A site whose limits a test can reach, behind these proxies.
async fn site(proxies: &str) -> TestSite {
    let limits = HttpLimits { read_rate: 1, admin_rate: 1, ..HttpLimits::default() };
    let network =
        Network { trusted_proxies: TrustedProxies::parse(proxies).expect("networks"), ..Network::default() };
    TestSite::within(TestDatabase::migrated().await, limits, network).await
}

/// Asks as a client of whom a proxy says this.
async fn ask(client: &Client, path: &str, forwarded_for: &str) -> Answer {
    client.send(Method::GET, path, &[("x-forwarded-for", forwarded_for)], None).await
}

/// Sends many requests, each as another alleged client, and gives how many were not refused; they are at most what one
/// client may send in the time.
async fn through_as_one(client: &Client, path: &str, alleged: impl Fn(usize) -> String) -> usize {
    let started = Instant::now();
    let mut through = 0;
    for nth in 0..MANY {
        through += usize::from(ask(client, path, &alleged(nth)).await.status != 429);
    }
    bounded(through, started);
    through
}

#[track_caller]
fn bounded(through: usize, started: Instant) {
    let most = BURST + 1 + usize::try_from(started.elapsed().as_secs()).expect("seconds");
    assert!(through >= BURST, "{through} got through, not even a burst");
    assert!(through <= most, "{through} got through, at most {most} should have");
}

/// Uses up what an address may ask; gives the refusal.
async fn exhaust(client: &Client, path: &str, address: &str) -> Answer {
    for _ in 0..MANY {
        let answer = ask(client, path, address).await;
        if answer.status == 429 {
            return answer;
        }
    }
    panic!("{MANY} requests in a row were not refused")
}

/// Sends bytes as they are, and gives the status.
async fn raw(site: &TestSite, path: &str, header: &[u8]) -> u16 {
    let address = site.address().trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let line = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    stream.write_all(&[line.as_bytes(), header, b"\r\n\r\n"].concat()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    String::from_utf8_lossy(&answer)
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok())
        .expect("a status")
}

#[actix_web::test]
async fn a_burst_is_refused_at_its_end_and_nobody_else_is() {
    let site = site("127.0.0.1").await;
    let reader = site.anonymous();
    let before = site.database.fingerprint().await;
    for nth in 0..BURST {
        let answer = ask(&reader, "/v1/pages", "203.0.113.5").await;
        assert_eq!(answer.status, 200, "request {nth} of a burst: {}", answer.json);
    }
    let refused = exhaust(&reader, "/v1/pages", "203.0.113.5").await.refused(429, "rate_limited");
    let wait: u32 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=2).contains(&wait), "{wait}");
    assert!(refused.detail().contains(&format!("after {wait} s")), "{}", refused.json);
    assert_eq!(refused.header("cache-control"), "no-store");
    assert_eq!(refused.header("access-control-allow-origin"), "*");
    ask(&reader, "/v1/pages", "203.0.113.6").await.expect(200);
    ask(&reader, "/v1/pages", "2001:db8::5").await.expect(200);
    for _ in 0..MANY {
        reader.get("/v1/pages").await.expect(200);
        for path in ["/healthz", "/problems/rate_limited", "/openapi.json", "/admin/openapi.json"] {
            ask(&reader, path, "203.0.113.5").await.expect(200);
        }
    }
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn credentials_are_guessed_no_faster_than_the_admin_api_lets_ask() {
    let site = site("127.0.0.1").await;
    let guesser = site.bearer("mh_wrong");
    let before = site.database.fingerprint().await;
    let started = Instant::now();
    let mut guesses = 0;
    for _ in 0..MANY {
        let answer = ask(&guesser, "/admin/v1/pages", "203.0.113.5").await;
        if answer.status == 401 {
            guesses += 1;
        } else {
            answer.refused(429, "rate_limited");
        }
    }
    bounded(guesses, started);
    assert_eq!(site.database.fingerprint().await, before);
    // A good credential opens nothing that the address has used up; the read API counts for itself.
    let editor = site.client(Role::Editor).await;
    assert_eq!(exhaust(&editor, "/admin/v1/pages", "203.0.113.5").await.json["code"], "rate_limited");
    ask(&editor, "/v1/pages", "203.0.113.5").await.expect(200);
    ask(&editor, "/admin/v1/pages", "203.0.113.6").await.expect(200);
    site.stop().await;
}

#[actix_web::test]
async fn an_answer_that_is_not_sent_again_counts_a_tenth() {
    let site = site("127.0.0.1").await;
    let editor = site.client(Role::Editor).await;
    publish(&editor, json!({ "slug": "kept" })).await;
    let reader = site.anonymous();
    let path = "/v1/resolve?path=/kept";
    let started = Instant::now();
    let full = ask(&reader, path, "203.0.113.5").await.expect(200);
    let headers = [("x-forwarded-for", "203.0.113.5"), ("if-none-match", full.header("etag"))];
    // A whole request costs ten tenths of a hundred: ninety are left, whatever else comes back in the time.
    for _ in 0..9 * BURST {
        reader.send(Method::GET, path, &headers, None).await.expect(304);
    }
    let mut tenths = 10 * BURST;
    for _ in 0..10 * MANY {
        let answer = reader.send(Method::GET, path, &headers, None).await;
        tenths += usize::from(answer.status == 304);
    }
    let seconds = started.elapsed().as_secs_f64().ceil();
    assert!(
        f64::from(u32::try_from(tenths).expect("few")) <= 101.0 + 10.0 * seconds,
        "{tenths} in {seconds} s"
    );
    // A condition that does not hold is no discount.
    let started = Instant::now();
    let mut through = 0;
    for _ in 0..MANY {
        let headers = [("x-forwarded-for", "203.0.113.6"), ("if-none-match", "\"other\"")];
        through += usize::from(reader.send(Method::GET, path, &headers, None).await.status == 200);
    }
    bounded(through, started);
    site.stop().await;
}

#[actix_web::test]
async fn nobody_becomes_another_by_what_it_writes() {
    let site = site("127.0.0.1,10.0.0.0/8").await;
    let reader = site.anonymous();
    let path = "/v1/pages";
    // What stands before the address that the proxy added.
    through_as_one(&reader, path, |nth| format!("198.51.100.{nth}, 203.0.113.1")).await;
    through_as_one(&reader, path, |nth| format!("198.51.100.{nth}, 203.0.113.2, 10.0.0.{nth}")).await;
    through_as_one(&reader, path, |_| "127.0.0.1, 203.0.113.3".to_owned()).await;
    through_as_one(&reader, path, |nth| format!("{}203.0.113.4", "10.0.0.1,".repeat(nth))).await;
    // The same address in other clothes.
    through_as_one(&reader, path, |nth| format!("203.0.113.5:{}", 1000 + nth)).await;
    through_as_one(&reader, path, |nth| ["203.0.113.6", "::ffff:203.0.113.6"][nth % 2].to_owned()).await;
    through_as_one(&reader, path, |nth| format!("2001:db8:0:1::{nth:x}")).await;
    through_as_one(&reader, path, |nth| format!("[2001:DB8:0:2:{nth:x}::1]:80")).await;
    // No address at all: all of these are the proxy, and the proxy is not the machine itself.
    let nonsense = ["unknown", "for=198.51.100.1", "_hidden", "", "198.51.100.1,", "198.51.100.1, x"];
    through_as_one(&reader, path, |nth| nonsense[nth % nonsense.len()].to_owned()).await;
    // Networks of their own have limits of their own.
    for nth in 0..MANY {
        ask(&reader, path, &format!("2001:db8:1:{nth:x}::1")).await.expect(200);
    }
    site.stop().await;
}

#[actix_web::test]
async fn who_is_not_trusted_is_not_believed() {
    for proxies in ["", "10.0.0.0/8,203.0.113.0/24"] {
        let site = site(proxies).await;
        let reader = site.anonymous();
        // Somebody passes requests on from this machine who was not named: all of them are one client.
        through_as_one(&reader, "/v1/pages", |nth| format!("198.51.100.{nth}")).await;
        for header in ["x-forwarded-host", "x-forwarded-proto", "forwarded", "via", "x-real-ip"] {
            let mut refused = 0;
            for _ in 0..MANY {
                let answer = reader.send(Method::GET, "/v1/pages", &[(header, "127.0.0.1")], None).await;
                refused += usize::from(answer.status == 429);
            }
            assert!(refused > 0, "{header}");
        }
        for _ in 0..MANY {
            reader.get("/v1/pages").await.expect(200);
        }
        site.stop().await;
    }
}

#[actix_web::test]
async fn no_spelling_gets_around_a_limit() {
    let site = site("127.0.0.1").await;
    let headers: [&[u8]; 4] = [
        b"X-Forwarded-For: 203.0.113.5",
        b"x-FORWARDED-for: 203.0.113.5",
        b"X-FORWARDED-FOR: 198.51.100.7\r\nx-forwarded-for: 203.0.113.5",
        b"X-Forwarded-For: \xff\xfe, 203.0.113.5",
    ];
    let paths = [
        "/v1/pages",
        "/%76%31/pages",
        "/v1/%70ages",
        "/v%31/pages?limit=3",
        "/V1/pages",
        "/v1/Pages",
        "/V1/PAGES",
        "/v1/./pages",
        "/x/../v1/pages",
    ];
    let started = Instant::now();
    let (mut answered, mut refused) = (0, 0);
    for nth in 0..6 * headers.len() * paths.len() {
        match raw(&site, paths[nth % paths.len()], headers[nth % headers.len()]).await {
            200 => answered += 1,
            429 => refused += 1,
            status => assert_eq!(status, 404),
        }
    }
    let most = BURST + 1 + usize::try_from(started.elapsed().as_secs()).expect("seconds");
    assert!(answered > 0 && answered <= most, "{answered} answers, at most {most} should be");
    assert!(refused > 0);
    site.stop().await;
}

#[actix_web::test]
async fn a_rate_of_nothing_is_no_limit() {
    let limits = HttpLimits { read_rate: 0, admin_rate: 1, ..HttpLimits::default() };
    let network =
        Network { trusted_proxies: TrustedProxies::parse("127.0.0.1").expect("one"), ..Network::default() };
    let site = TestSite::within(TestDatabase::migrated().await, limits, network).await;
    let reader = site.anonymous();
    for _ in 0..MANY {
        ask(&reader, "/v1/pages", "203.0.113.5").await.expect(200);
    }
    exhaust(&reader, "/admin/v1/pages", "203.0.113.5").await;
    site.stop().await;
}
