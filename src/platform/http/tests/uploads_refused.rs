//! Forms that are refused, end early, or come too slowly. Nothing of them is left.

use std::time::{Duration, Instant};

use reqwest::Method;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::uploads::{TYPE, form, in_the_spool, post};
use super::{DEMO, IMPATIENT, problem, raw, request};

const FILE: &str = "name=\"file\"; filename=\"a.bin\"";

/// Waits until no file is held any more: other tests of this process are receiving too.
async fn the_spool_is_empty() {
    let deadline = Instant::now() + Duration::from_secs(30);
    while in_the_spool() > 0 {
        assert!(Instant::now() < deadline, "{} files are left in the spool", in_the_spool());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_form_is_taken_where_forms_are_and_nothing_else() {
    let multipart = || request(Method::POST, "/admin/v1/things").header("content-type", TYPE);
    problem(multipart().body(form(&[(FILE, b"x")])), 415, "unsupported_media_type").await;
    let upload = || request(Method::POST, "/admin/v1/uploads");
    for media in ["application/json", "multipart/mixed; boundary=x", "multipart/form-datax; boundary=x"] {
        problem(upload().header("content-type", media).body("{}"), 415, "unsupported_media_type").await;
    }
    problem(upload().body("x"), 415, "unsupported_media_type").await;
    problem(post(form(&[])).header("content-encoding", "gzip"), 415, "unsupported_media_type").await;
    problem(upload().header("content-type", "multipart/form-data").body("x"), 400, "malformed_request").await;
}

#[tokio::test]
async fn what_is_no_form_is_malformed() {
    let whole = form(&[(FILE, b"0123456789")]);
    for body in [
        Vec::new(),
        b"nonsense".to_vec(),
        b"------b0undary--".to_vec()[..13].to_vec(),
        whole[..whole.len() - 6].to_vec(),
        whole[..60].to_vec(),
        b"------b0undary\r\nContent-Disposition: attachment\r\n\r\nx\r\n------b0undary--\r\n".to_vec(),
        b"------b0undary\r\nno head\r\n------b0undary--\r\n".to_vec(),
        [
            b"------b0undary\r\nContent-Disposition: form-data; name=\"".as_slice(),
            &vec![b'a'; 100_000],
            b"\"\r\n\r\nx\r\n------b0undary--\r\n",
        ]
        .concat(),
        [b"------b0undary\r\n".as_slice(), &b"x: y\r\n".repeat(100), b"\r\nx\r\n------b0undary--\r\n"]
            .concat(),
    ] {
        problem(post(body), 400, "malformed_request").await;
    }
    problem(post(form(&[("name=\"title\"", b"\xff")])), 400, "invalid_utf8").await;
    problem(post(form(&[("name=\"title\"", b"a\0b")])), 422, "invalid").await;
    let empty = problem(post(form(&[(FILE, b"x"), (FILE, b"")])), 422, "invalid").await;
    assert_eq!(empty["errors"][0]["pointer"], "/files/1");
    the_spool_is_empty().await;
}

/// A form to the server with small limits.
async fn impatient(body: &[u8]) -> String {
    let head = format!(
        "POST /admin/v1/uploads HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {TYPE}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    raw(&IMPATIENT, &[head.as_bytes(), body]).await
}

#[tokio::test]
async fn each_limit_is_told() {
    let large = vec![7; 100_001];
    for (parts, told) in [
        (vec![(FILE, large.as_slice())], "at most 100000 bytes"),
        (vec![(FILE, b"x".as_slice()); 4], "at most 3 files"),
        (vec![("name=\"a\"", &large[..937])], "at most 1000 bytes"),
        (vec![("name=\"a\"", b"".as_slice()); 16], "at most 1000 bytes"),
    ] {
        let answer = impatient(&form(&parts)).await;
        assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains(told), "{answer}");
    }
    let good = [(FILE, &large[..100_000]), (FILE, b"x"), (FILE, b"x"), ("name=\"a\"", &large[..600])];
    let answer = impatient(&form(&good)).await;
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    // A length that is too large in any case is refused before anything is read.
    let head = format!(
        "POST /admin/v1/uploads HTTP/1.1\r\nhost: x\r\ncontent-type: {TYPE}\r\ncontent-length: 999999999\r\n\r\n"
    );
    let answer = raw(&IMPATIENT, &[head.as_bytes()]).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    the_spool_is_empty().await;
}

#[tokio::test]
async fn who_is_refused_has_written_nothing() {
    let body = form(&[(FILE, &vec![7; 200_000])]);
    let guarded = |query: &str| {
        request(Method::POST, &format!("/admin/v1/guarded{query}"))
            .header("content-type", TYPE)
            .body(body.clone())
    };
    problem(guarded(""), 403, "forbidden").await;
    problem(guarded("?panic"), 500, "internal").await;
    the_spool_is_empty().await;
}

/// Sends the beginning of a form, and waits until it lies in the spool.
async fn begun() -> TcpStream {
    let mut stream = TcpStream::connect(DEMO.address).await.unwrap();
    let head = format!(
        "POST /admin/v1/uploads HTTP/1.1\r\nhost: x\r\ncontent-type: {TYPE}\r\ncontent-length: 9000000\r\n\r\n"
    );
    let begin = form(&[(FILE, &vec![7; 300_000])]);
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&begin[..250_000]).await.unwrap();
    while in_the_spool() == 0 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    stream
}

#[tokio::test]
async fn a_client_that_goes_away_leaves_nothing() {
    drop(begun().await);
    the_spool_is_empty().await;
}

#[tokio::test]
async fn a_slow_client_is_told_and_leaves_nothing() {
    for pause in [Duration::from_secs(5), Duration::from_millis(20)] {
        let mut stream = TcpStream::connect(IMPATIENT.address).await.unwrap();
        let head = format!(
            "POST /admin/v1/uploads HTTP/1.1\r\nhost: x\r\ncontent-type: {TYPE}\r\ncontent-length: 9000\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&form(&[(FILE, b"abc")])[..100]).await.unwrap();
        let began = Instant::now();
        let (mut reading, mut writing) = stream.into_split();
        // A byte now and then does not help.
        let trickle = tokio::spawn(async move {
            while writing.write_all(b"x").await.is_ok() {
                tokio::time::sleep(pause).await;
            }
        });
        let mut answer = Vec::new();
        reading.read_to_end(&mut answer).await.ok();
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        trickle.abort();
    }
    the_spool_is_empty().await;
}
