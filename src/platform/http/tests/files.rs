//! Files over the wire: whole, in ranges, conditionally, and when they are not there.

use reqwest::{Method, RequestBuilder, Response};

use super::demo_files::LANTERN;
use super::{get, header, problem, request};

const PATH: &str = "/admin/v1/files/lantern";
const TAG: &str = "\"0707070707070707070707070707070707070707070707070707070707070707\"";

async fn answered(request: RequestBuilder, status: u16) -> Response {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), status);
    response
}

#[tokio::test]
async fn a_download_is_saved_under_its_name_and_runs_nothing() {
    let response = answered(get(PATH), 200).await;
    for (name, value) in [
        ("content-type", "text/plain"),
        ("content-length", "20"),
        ("content-disposition", "attachment; filename=\"Z_rich.txt\"; filename*=UTF-8''Z%C3%BCrich.txt"),
        ("etag", TAG),
        ("accept-ranges", "bytes"),
        ("x-content-type-options", "nosniff"),
        ("cache-control", "no-store"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(header(&response, name), Some(value), "{name}");
    }
    assert!(header(&response, "content-security-policy").unwrap().starts_with("sandbox; default-src 'none'"));
    assert_eq!(response.bytes().await.unwrap(), LANTERN);
}

#[tokio::test]
async fn one_range_is_sent_alone() {
    for (asked, sent, bytes) in [
        ("bytes=0-4", "bytes 0-4/20", &LANTERN[..5]),
        ("bytes=15-", "bytes 15-19/20", &LANTERN[15..]),
        ("bytes=-1", "bytes 19-19/20", &LANTERN[19..]),
        ("bytes=10-999", "bytes 10-19/20", &LANTERN[10..]),
    ] {
        let response = answered(get(PATH).header("range", asked), 206).await;
        assert_eq!(header(&response, "content-range"), Some(sent));
        assert_eq!(header(&response, "etag"), Some(TAG));
        assert_eq!(header(&response, "content-length"), Some(bytes.len().to_string().as_str()));
        assert_eq!(response.bytes().await.unwrap(), bytes, "{asked}");
    }
    for asked in ["bytes=0-1,5-6", "bytes=5-2", "pages=1-2", "nonsense"] {
        let response = answered(get(PATH).header("range", asked), 200).await;
        assert_eq!(response.bytes().await.unwrap(), LANTERN, "{asked}");
    }
}

#[tokio::test]
async fn a_range_behind_the_end_says_where_the_end_is() {
    let response = answered(get(PATH).header("range", "bytes=20-"), 416).await;
    assert_eq!(header(&response, "content-range"), Some("bytes */20"));
    problem(get(PATH).header("range", "bytes=-0"), 416, "range_not_satisfiable").await;
}

#[tokio::test]
async fn a_range_counts_only_while_the_file_is_the_same() {
    let ranged = || get(PATH).header("range", "bytes=0-0");
    answered(ranged().header("if-range", TAG), 206).await;
    for other in ["\"other\"", "W/\"0707\"", "Wed, 21 Oct 2026 07:28:00 GMT"] {
        let response = answered(ranged().header("if-range", other), 200).await;
        assert_eq!(response.bytes().await.unwrap(), LANTERN);
    }
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    for known in [TAG.to_owned(), format!("\"x\", W/{TAG}"), "*".to_owned()] {
        let request = get(PATH).header("if-none-match", &known).header("range", "bytes=0-3");
        let response = answered(request, 304).await;
        assert_eq!(header(&response, "etag"), Some(TAG));
        assert!(response.bytes().await.unwrap().is_empty());
    }
    answered(get(PATH).header("if-none-match", "\"x\""), 200).await;
}

#[tokio::test]
async fn head_has_the_headers_and_no_body() {
    let response = answered(request(Method::HEAD, PATH).header("range", "bytes=0-3"), 200).await;
    assert_eq!(header(&response, "content-length"), Some("20"));
    assert_eq!(header(&response, "etag"), Some(TAG));
    assert!(header(&response, "content-range").is_none());
    assert_eq!(request(Method::HEAD, "/admin/v1/files/missing").send().await.unwrap().status(), 500);
}

#[tokio::test]
async fn a_file_that_is_missing_or_has_another_length_is_an_error_of_its_own() {
    problem(get("/admin/v1/files/missing"), 500, "file_missing").await;
    problem(get("/admin/v1/files/short"), 500, "file_missing").await;
    problem(get("/admin/v1/files/short").header("range", "bytes=0-1"), 500, "file_missing").await;
}

#[tokio::test]
async fn a_large_file_comes_whole_and_as_it_is() {
    let response = answered(get("/media/large").header("accept-encoding", "br, gzip"), 200).await;
    assert_eq!(header(&response, "content-encoding"), None);
    assert_eq!(header(&response, "etag"), Some("\"t\""));
    assert_eq!(header(&response, "cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(header(&response, "cross-origin-resource-policy"), Some("cross-origin"));
    let bytes = response.bytes().await.unwrap();
    assert!(bytes.len() == 3_000_000 && bytes.iter().all(|byte| *byte == b'x'));
    let response = answered(get("/media/large").header("range", "bytes=1000000-1999999"), 206).await;
    assert_eq!(response.bytes().await.unwrap().len(), 1_000_000);
}
