//! JSON bodies over the wire: type, size, speed, form.

use std::time::{Duration, Instant};

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{DEMO, ID, IMPATIENT, header, problem, raw, request};

fn post(body: impl Into<reqwest::Body>) -> RequestBuilder {
    request(Method::POST, "/admin/v1/things").header("content-type", "application/json").body(body)
}

#[tokio::test]
async fn a_good_body_is_created() {
    let response = post(r#"{"title":"Hello","sizes":[1,2]}"#).send().await.unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(header(&response, "location"), Some(format!("/admin/v1/things/{ID}").as_str()));
    assert_eq!(header(&response, "etag"), Some("\"v1\""));
    assert_eq!(header(&response, "cache-control"), Some("no-store"));
    assert_eq!(response.json::<Value>().await.unwrap(), json!({"id": ID, "title": "Hello 2"}));
}

#[tokio::test]
async fn each_fault_of_a_body_has_its_problem() {
    for (body, status, code) in [
        (&b""[..], 400, "malformed_json"),
        (b"{\"title\":}", 400, "malformed_json"),
        (b"{\"title\":\"\xff\"}", 400, "invalid_utf8"),
        (b"{\"title\":\"a\",\"title\":\"b\"}", 400, "duplicate_key"),
        (b"{\"title\":\"a\\u0000\"}", 422, "invalid"),
        (b"{\"title\":1}", 422, "invalid"),
        (b"{\"title\":\"a\",\"x\":1}", 422, "invalid"),
        (b"{\"title\":\"a\",\"sizes\":[1,-1]}", 422, "invalid"),
        (b"{}", 422, "invalid"),
    ] {
        problem(post(body.to_vec()), status, code).await;
    }
    let deep = format!("{{\"title\":{}{}}}", "[".repeat(64), "]".repeat(64));
    problem(post(deep), 400, "too_deep").await;
    let body = problem(post(r#"{"title":"a","sizes":[1,"x"]}"#), 422, "invalid").await;
    assert_eq!(
        body["errors"],
        json!([{"pointer": "/sizes/1", "code": "wrong_type", "detail": "Invalid type: string \"x\", expected u8."}])
    );
}

#[tokio::test]
async fn the_wrong_type_is_415_before_the_body_is_read() {
    let bare = || request(Method::POST, "/admin/v1/things");
    let body = problem(bare().body("{}"), 415, "unsupported_media_type").await;
    assert_eq!(body["detail"], "The body has no Content-Type. Send application/json.");
    problem(bare().header("content-type", "text/plain").body("{}"), 415, "unsupported_media_type").await;
    problem(post("{}").header("content-encoding", "gzip"), 415, "unsupported_media_type").await;
}

#[tokio::test]
async fn a_body_of_more_than_a_mebibyte_is_413() {
    let fits = format!("{{\"title\":\"{}\"}}", "a".repeat(1024 * 1024 - 12));
    assert_eq!(fits.len(), 1024 * 1024);
    assert_eq!(post(fits.clone()).send().await.unwrap().status(), 201);
    let body = problem(post(format!("{fits} ")), 413, "too_large").await;
    assert_eq!(body["detail"], "The body may have at most 1048576 bytes.");
    problem(post(vec![b' '; 2 * 1024 * 1024]), 413, "too_large").await;
}

const HEAD: &str = "POST /admin/v1/things HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n";

#[tokio::test]
async fn a_declared_length_is_refused_at_once_and_the_connection_ends() {
    let head = format!("{HEAD}Content-Length: 99999999999\r\n\r\n");
    let answer = raw(&DEMO, &[head.as_bytes(), b"{"]).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(answer.contains("\"code\":\"too_large\""), "{answer}");
}

#[tokio::test]
async fn chunks_beyond_the_limit_are_refused_and_the_connection_ends() {
    let head = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
    let chunk = [b"258\r\n".to_vec(), vec![b' '; 600], b"\r\n".to_vec()].concat();
    // The chunks never end: only the server can end this.
    let answer = raw(&IMPATIENT, &[head.as_bytes(), &chunk, &chunk]).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains("at most 1000 bytes"), "{answer}");
}

#[tokio::test]
async fn a_body_that_stops_is_408() {
    for coding in ["Content-Length: 50", "Transfer-Encoding: chunked"] {
        let head = format!("{HEAD}{coding}\r\n\r\n");
        let started = Instant::now();
        let answer = raw(&IMPATIENT, &[head.as_bytes(), b"5\r\n{\"tit\r\n"]).await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{coding}: {answer}");
        assert!(answer.contains("\"code\":\"timeout\"") && answer.contains("connection: close"), "{answer}");
        assert!(started.elapsed() < Duration::from_secs(5), "{coding}");
    }
}

#[tokio::test]
async fn a_body_that_trickles_is_408() {
    let mut stream = TcpStream::connect(IMPATIENT.address).await.unwrap();
    let head = format!("{HEAD}Content-Length: 900\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let trickle = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        while writer.write_all(b" ").await.is_ok() {
            ticks.tick().await;
        }
    });
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(5), reader.read_to_end(&mut answer)).await;
    trickle.abort();
    let answer = String::from_utf8_lossy(&answer);
    assert!(answer.starts_with("HTTP/1.1 408"), "{read:?} {answer}");
}

#[tokio::test]
async fn a_body_that_ends_early_or_is_badly_chunked_is_no_success() {
    let head = format!("{HEAD}Transfer-Encoding: chunked\r\n\r\n");
    let answer = raw(&DEMO, &[head.as_bytes(), b"zz\r\n{}\r\n0\r\n\r\n"]).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");

    let mut stream = TcpStream::connect(DEMO.address).await.unwrap();
    let head = format!("{HEAD}Content-Length: 20\r\n\r\n{{\"title\"");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(!answer.starts_with("HTTP/1.1 2"), "{answer}");
}

#[tokio::test]
async fn an_early_refusal_with_an_endless_body_ends_the_connection() {
    // Refused by the credential, before anything reads the body.
    let head = format!("{HEAD}Authorization: Bearer bad\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{{\"tit");
    let answer = raw(&IMPATIENT, &[head.as_bytes()]).await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
    assert!(answer.contains("connection: close"), "{answer}");
    assert!(answer.contains("error=\"invalid_token\""), "{answer}");
}

#[tokio::test]
async fn a_connection_goes_on_after_a_read_body() {
    let body = r#"{"title":"a"}"#;
    let one = format!("{HEAD}Content-Length: {}\r\n\r\n{body}", body.len());
    let last = "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    let answer = raw(&DEMO, &[one.as_bytes(), last.as_bytes()]).await;
    assert_eq!(answer.matches("HTTP/1.1 ").count(), 2, "{answer}");
    assert!(answer.starts_with("HTTP/1.1 201") && answer.ends_with("ok"));
}

#[tokio::test]
async fn writes_need_exactly_one_version() {
    let put = |tag: Option<&'static str>| {
        let request = request(Method::PUT, &format!("/admin/v1/things/{ID}")).json(&json!({"title": "New"}));
        match tag {
            Some(tag) => request.header("if-match", tag),
            None => request,
        }
    };
    problem(put(None), 428, "precondition_required").await;
    let body = problem(put(Some("*")), 400, "invalid_precondition").await;
    assert!(body["detail"].as_str().unwrap().contains("for example \"v3\""));
    problem(put(Some("W/\"v3\"")), 400, "invalid_precondition").await;
    problem(put(Some("\"v2\"")), 412, "stale").await;
    let saved = put(Some("\"v3\"")).send().await.unwrap();
    assert_eq!(saved.status(), 200);
    assert_eq!(header(&saved, "etag"), Some("\"v4\""));

    let delete = request(Method::DELETE, &format!("/admin/v1/things/{ID}")).header("if-match", "\"v4\"");
    let deleted = delete.send().await.unwrap();
    assert_eq!(deleted.status(), 204);
    assert_eq!(header(&deleted, "cache-control"), Some("no-store"));
}
