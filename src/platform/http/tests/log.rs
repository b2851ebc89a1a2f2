//! What the log says of a request, and what it never says.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, Once};

use actix_web::test::{TestRequest, try_call_service};

use super::demo;

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Other tests come by the same places without a subscriber, and that nobody listens there is remembered for all threads. So
/// from here on somebody does, who keeps nothing.
fn somebody_listens() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| tracing::subscriber::set_global_default(tracing_subscriber::registry()).unwrap());
}

/// The lines that one request leaves in the log.
async fn lines(path: &str, token: Option<&str>) -> Vec<String> {
    let captured = Captured::default();
    let writer = captured.clone();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(move || writer.clone()).finish();
    let app = demo::in_thread().await;
    somebody_listens();
    let guard = tracing::subscriber::set_default(subscriber);
    let mut request = TestRequest::get().uri(path).insert_header(("x-request-id", "trace-9"));
    if let Some(token) = token {
        request = request.insert_header(("authorization", token));
    }
    let _ = try_call_service(&app, request.to_request()).await;
    drop(guard);
    let bytes = captured.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
}

#[actix_web::test]
async fn one_line_for_a_request_without_its_query() {
    let lines = lines("/v1/things?filter[tag]=plover", Some("Bearer demo")).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    for part in [
        "INFO",
        "request_id=trace-9",
        "method=\"GET\"",
        "path=\"/v1/things\"",
        "status=200",
        "duration_ms=",
        "actor=\"actor-7\"",
    ] {
        assert!(lines[0].contains(part), "{part}: {}", lines[0]);
    }
    assert!(!lines[0].contains("plover") && !lines[0].contains("Bearer"));
}

#[actix_web::test]
async fn a_refusal_is_one_line_with_its_code() {
    let lines = lines("/v1/things?limit=x", None).await;
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].contains("status=400") && lines[0].contains("code=\"invalid_parameter\""));
}

#[actix_web::test]
async fn a_failure_is_logged_once_with_all_its_causes() {
    let lines = lines("/admin/v1/broken", None).await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("ERROR") && lines[0].contains("request_id=trace-9"));
    let chain = "error=internal: secret detail: internal: relation x does not exist: password=plover";
    assert!(lines[0].contains(chain), "{}", lines[0]);
    assert!(lines[1].contains("status=500") && lines[1].contains("code=\"internal\""));
}

#[actix_web::test]
async fn a_panic_is_logged_with_its_message_and_actor() {
    let lines = lines("/admin/v1/panic", Some("Bearer demo")).await;
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(lines[0].contains("panic: the secret is plover"), "{}", lines[0]);
    assert!(lines[1].contains("status=500") && lines[1].contains("actor=\"actor-7\""), "{}", lines[1]);
}
