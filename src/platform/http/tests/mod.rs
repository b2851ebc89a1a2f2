//! The middleware and extractors together, over real connections to a small demonstration application.

mod answers;
mod bodies;
mod caching;
mod demo;
mod demo_files;
mod documents;
mod files;
mod gate;
mod log;
mod uploads;
mod uploads_refused;

use std::sync::LazyLock;
use std::time::Duration;

use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::HttpLimits;
use demo::Demo;

/// An id of a thing that exists.
const ID: &str = "0197f2a4-8c1e-7d52-9b3a-2f6c1d0e4a5b";

/// The demonstration with default limits, started once.
static DEMO: LazyLock<Demo> = LazyLock::new(|| Demo::start(HttpLimits::default()));

/// The demonstration with limits so small that a test can reach them.
static IMPATIENT: LazyLock<Demo> = LazyLock::new(|| {
    Demo::start(HttpLimits {
        body_timeout: Duration::from_millis(400),
        body_grace: Duration::from_millis(60),
        body_bytes_per_second: 1024,
        json_bytes: 1000,
        upload_bytes: 100_000,
        upload_files: 3,
        upload_fields_bytes: 1000,
        upload_timeout: Duration::from_millis(400),
        ..HttpLimits::default()
    })
});

fn request(method: Method, path: &str) -> RequestBuilder {
    reqwest::Client::new().request(method, format!("http://{}{path}", DEMO.address))
}

fn get(path: &str) -> RequestBuilder {
    request(Method::GET, path)
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

/// Checks that an answer is a complete problem and gives its body.
async fn problem(request: RequestBuilder, status: u16, code: &str) -> Value {
    let response = request.send().await.unwrap();
    let url = response.url().clone();
    assert_eq!(response.status().as_u16(), status, "{url}");
    assert_eq!(header(&response, "content-type"), Some("application/problem+json"), "{url}");
    assert_eq!(header(&response, "cache-control"), Some("no-store"), "{url}");
    assert_eq!(header(&response, "x-content-type-options"), Some("nosniff"), "{url}");
    let id = header(&response, "x-request-id").unwrap().to_owned();
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["status"], status, "{url}");
    assert_eq!(body["code"], code, "{url}");
    assert_eq!(body["type"], format!("/problems/{code}"), "{url}");
    assert_eq!(body["instance"], format!("urn:uuid:{id}"), "{url}");
    assert!(body["title"].is_string(), "{url}");
    assert_eq!(body.get("detail").is_some(), status < 500, "{url}: {body}");
    body
}

/// Sends bytes over a connection of their own and gives all that comes back until the server closes it.
async fn raw(demo: &Demo, pieces: &[&[u8]]) -> String {
    let mut stream = TcpStream::connect(demo.address).await.unwrap();
    for piece in pieces {
        stream.write_all(piece).await.unwrap();
    }
    let mut answer = Vec::new();
    let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(read.is_ok(), "the server should close the connection; it sent {answer}");
    answer
}
