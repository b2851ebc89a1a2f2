//! Forms with files over the wire: what is received of them.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sha2::Digest;

use super::demo_files::FOLDER;
use super::{DEMO, problem, raw, request};

pub const TYPE: &str = "multipart/form-data; boundary=----b0undary";

/// A part of a form: its head, and its bytes.
pub type Part<'a> = (&'a str, &'a [u8]);

/// A form of these parts.
pub fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (head, bytes) in parts {
        body.extend_from_slice(
            format!("------b0undary\r\nContent-Disposition: form-data; {head}\r\n\r\n").as_bytes(),
        );
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"------b0undary--\r\n");
    body
}

pub fn post(body: impl Into<reqwest::Body>) -> RequestBuilder {
    request(Method::POST, "/admin/v1/uploads").header("content-type", TYPE).body(body)
}

async fn received(body: Vec<u8>) -> Value {
    let response = post(body).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

fn sha256(bytes: &[u8]) -> String {
    crate::platform::digest::Digest::new(sha2::Sha256::digest(bytes).into()).to_string()
}

/// How many files are being received, or were left behind.
pub fn in_the_spool() -> usize {
    std::fs::read_dir(FOLDER.join(".spool")).map_or(0, Iterator::count)
}

#[tokio::test]
async fn files_and_fields_come_as_they_were_sent() {
    // With what looks like a boundary, and over many chunks.
    let mut large = b"\r\n------b0undar\r\n--\r\r\n".repeat(20_000);
    large.extend_from_slice(b"\r");
    let body = form(&[
        ("name=\"folder\"", "talks/Z\u{fc}rich".as_bytes()),
        ("name=\"file\"; filename=\"a.bin\"\r\nContent-Type: text/html", &large),
        ("name=\"empty\"", b""),
        ("name=\"file\"; filename=\"b.txt\"", b"second"),
    ]);
    let answer = received(body).await;
    assert_eq!(
        answer,
        json!({
            "fields": [["folder", "talks/Z\u{fc}rich"], ["empty", ""]],
            "files": [
                { "field": "file", "name": "a.bin", "bytes": large.len(), "sha256": sha256(&large) },
                { "field": "file", "name": "b.txt", "bytes": 6, "sha256": sha256(b"second") },
            ]
        })
    );
    assert_eq!(received(form(&[])).await, json!({ "fields": [], "files": [] }));
}

#[tokio::test]
async fn names_are_text() {
    for (head, name) in [
        ("filename=\"../../etc/passwd\"", "passwd"),
        ("filename=\"\"", "file"),
        ("filename=\"Z\u{fc}rich %22A%22.jpg\"", "Z\u{fc}rich \"A\".jpg"),
        ("filename=\"a.jpg\"; filename*=UTF-8''Z%C3%BCrich.jpg", "Z\u{fc}rich.jpg"),
        ("filename=\"photo\u{202e}gpj.exe\"", "photogpj.exe"),
    ] {
        let answer = received(form(&[(&format!("name=\"file\"; {head}"), b"x")])).await;
        assert_eq!(answer["files"][0]["name"], name, "{head}");
    }
}

#[tokio::test]
async fn a_part_has_the_length_that_it_declares() {
    let part = |length: &str| {
        form(&[(&format!("name=\"file\"; filename=\"a\"\r\nContent-Length: {length}"), b"12345")])
    };
    assert_eq!(received(part("5")).await["files"][0]["bytes"], 5);
    for wrong in ["4", "0", "6", "27", "1000"] {
        let refused = problem(post(part(wrong)), 400, "malformed_request").await;
        let detail = refused["detail"].as_str().unwrap();
        let told = format!("The part `file` declares a Content-Length of {wrong} bytes and has 5.");
        assert!(detail.starts_with(&told), "{detail}");
    }
    // However it comes, and whatever comes after it.
    let two = form(&[
        ("name=\"file\"; filename=\"a\"\r\nContent-Length: 5", b"12345"),
        ("name=\"file\"; filename=\"b\"\r\nContent-Length: 3", b"12345"),
    ]);
    problem(post(two), 400, "malformed_request").await;
}

#[tokio::test]
async fn a_connection_is_used_again_after_a_form() {
    let form = form(&[("name=\"file\"; filename=\"a\"", b"x")]);
    let head = |more: &str, length: usize| {
        format!(
            "POST /admin/v1/uploads HTTP/1.1\r\nhost: x\r\ncontent-type: {TYPE}\r\n{more}content-length: {length}\r\n\r\n"
        )
    };
    let epilogue = b"what follows the last part";
    let first = [head("", form.len() + epilogue.len()).as_bytes(), &form, epilogue].concat();
    let second = [head("connection: close\r\n", form.len()).as_bytes(), &form].concat();
    let answer = raw(&DEMO, &[&first, &second]).await;
    assert_eq!(answer.matches("HTTP/1.1 200 OK").count(), 2, "{answer}");
}

#[tokio::test]
async fn fifty_at_once_leave_nothing_behind() {
    let bytes: Vec<u8> = (0..400_000_u32).flat_map(u32::to_le_bytes).collect();
    let body = form(&[("name=\"file\"; filename=\"a\"", &bytes)]);
    let sent: Vec<_> = (0..50).map(|_| tokio::spawn(received(body.clone()))).collect();
    for answer in sent {
        assert_eq!(answer.await.unwrap()["files"][0]["sha256"], sha256(&bytes));
    }
}
