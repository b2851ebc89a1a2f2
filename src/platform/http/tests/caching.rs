//! Tags, 304, compression, and what caches are told.

use std::io::Read;

use reqwest::{Method, Response};

use super::{ID, get, header, request};

const LIST: &str = "/v1/things?limit=50";

async fn list(encoding: &str) -> Response {
    get(LIST).header("accept-encoding", encoding).send().await.unwrap()
}

#[tokio::test]
async fn public_answers_tell_caches_what_they_may_do() {
    let response = list("identity").await;
    let control = header(&response, "cache-control").unwrap();
    assert!(control.starts_with("public, max-age=0, s-maxage="), "{control}");
    assert_eq!(header(&response, "vary"), Some("Accept-Encoding, Authorization, Masthead-Preview"));
    assert_eq!(header(&response, "content-encoding"), None);
}

#[tokio::test]
async fn each_encoding_has_its_own_strong_tag_and_the_same_content() {
    let plain = list("identity").await;
    let tag = header(&plain, "etag").unwrap().trim_matches('"').to_owned();
    let text = plain.text().await.unwrap();

    let gzip = list("gzip").await;
    assert_eq!(header(&gzip, "content-encoding"), Some("gzip"));
    assert_eq!(header(&gzip, "etag"), Some(format!("\"{tag}-gzip\"").as_str()));
    let length: usize = header(&gzip, "content-length").unwrap().parse().unwrap();
    let bytes = gzip.bytes().await.unwrap();
    assert!(bytes.len() == length && length < text.len());
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, text);

    let br = list("gzip, deflate, br").await;
    assert_eq!(header(&br, "content-encoding"), Some("br"));
    assert_eq!(header(&br, "etag"), Some(format!("\"{tag}-br\"").as_str()));
    let mut unpacked = String::new();
    brotli::Decompressor::new(&br.bytes().await.unwrap()[..], 4096).read_to_string(&mut unpacked).unwrap();
    assert_eq!(unpacked, text);
}

#[tokio::test]
async fn a_large_answer_is_compressed_too() {
    let response = get("/v1/things?limit=5000").header("accept-encoding", "br").send().await.unwrap();
    assert_eq!(header(&response, "content-encoding"), Some("br"));
    let mut unpacked = String::new();
    brotli::Decompressor::new(&response.bytes().await.unwrap()[..], 4096)
        .read_to_string(&mut unpacked)
        .unwrap();
    assert!(unpacked.len() > 100_000 && unpacked.contains("Thing 4999"));
}

#[tokio::test]
async fn a_known_tag_is_304_with_the_same_headers() {
    for encoding in ["identity", "gzip", "br"] {
        let full = list(encoding).await;
        let tag = header(&full, "etag").unwrap();
        for known in [tag.to_owned(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            for method in [Method::GET, Method::HEAD] {
                let again = request(method, LIST)
                    .header("accept-encoding", encoding)
                    .header("if-none-match", &known)
                    .send()
                    .await
                    .unwrap();
                assert_eq!(again.status(), 304, "{encoding} {known}");
                let control = header(&again, "cache-control").unwrap();
                assert!(control.starts_with("public, max-age=0, s-maxage="), "{control}");
                for name in ["etag", "vary", "access-control-allow-origin"] {
                    assert_eq!(header(&again, name), header(&full, name), "{encoding} {known} {name}");
                }
                assert_eq!(header(&again, "content-type"), None);
                assert_eq!(header(&again, "content-encoding"), None);
                assert!(header(&again, "x-request-id").is_some());
                assert!(again.bytes().await.unwrap().is_empty());
            }
        }
    }
}

#[tokio::test]
async fn the_tag_of_another_encoding_names_the_same_content() {
    let gzip = list("gzip").await;
    let tag = header(&gzip, "etag").unwrap();
    let again = get(LIST).header("accept-encoding", "br").header("if-none-match", tag).send().await.unwrap();
    assert_eq!(again.status(), 304);
    assert_eq!(header(&again, "etag"), Some(tag.replace("-gzip", "-br").as_str()));
}

#[tokio::test]
async fn another_tag_gives_the_whole_answer() {
    for tag in ["\"other\"", "not-a-tag", ""] {
        let response = get(LIST).header("if-none-match", tag).send().await.unwrap();
        assert_eq!(response.status(), 200, "{tag}");
    }
    let missing = get("/v1/things/0197f2a4-8c1e-7d52-9b3a-000000000000").header("if-none-match", "*");
    assert_eq!(missing.send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn small_answers_stay_plain() {
    let path = format!("/v1/things/{ID}");
    let small = get(&path).header("accept-encoding", "br").send().await.unwrap();
    assert_eq!(header(&small, "content-encoding"), None);
    assert!(!header(&small, "etag").unwrap().contains("-br"));
}

#[tokio::test]
async fn head_with_compression_has_the_length_of_the_packed_body() {
    let full = list("gzip").await;
    let head = request(Method::HEAD, LIST).header("accept-encoding", "gzip").send().await.unwrap();
    for name in ["content-length", "content-encoding", "etag"] {
        assert_eq!(header(&head, name), header(&full, name), "{name}");
    }
    assert_eq!(
        header(&head, "content-length").unwrap().parse::<usize>().unwrap(),
        full.bytes().await.unwrap().len()
    );
}
