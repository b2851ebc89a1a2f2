//! The last step of a good answer: 304 when the client has it already, else gzip or brotli when the client takes it.
//! Both need the same decision. A shared answer's strong tag names its encoding (`"x-gzip"`), because the bytes differ;
//! the tag of a version stays as it is, because it names a state and goes back in `If-Match`, and nobody caches it.

use std::io::Write;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{self, Bytes};
use actix_web::{Error, HttpResponse};

use super::cache::CachePolicy;
use super::conditional::names_tag;
use super::quality::weighted;
use crate::platform::problem::Problem;

/// Smaller bodies fit into one packet anyhow.
const MIN_BYTES: usize = 1024;
/// Larger bodies are compressed off the thread that serves other requests.
pub(super) const OFF_THREAD_BYTES: usize = 32 * 1024;

/// Marks an answer that is sent as it is, such as a file that is read while it is sent.
#[derive(Debug, Clone, Copy)]
pub(super) struct AsItIs;

/// The content codings that we make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    Gzip,
    Brotli,
}

impl Coding {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Brotli => "br",
        }
    }
}

/// The middleware.
pub(super) async fn serve(
    req: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let coding = negotiate(req.headers());
    let readable = req.method() == Method::GET;
    let response = next.call(req).await?;
    let (req, response) = response.into_parts();
    let response = if readable { finish(response, req.headers(), coding).await? } else { response };
    Ok(ServiceResponse::new(req, response))
}

/// Finishes the answer to a GET.
pub(super) async fn finish(
    mut response: HttpResponse,
    request: &HeaderMap,
    coding: Option<Coding>,
) -> Result<HttpResponse, Error> {
    if response.status() != StatusCode::OK {
        return Ok(response);
    }
    let coding = coding.filter(|_| is_compressible(&response));
    if let Some(tag) = tag_of(&response) {
        let known = names_tag(request, &tag);
        if let (Some(coding), true) = (coding, CachePolicy::of(&response).is_shared()) {
            set_tag(&mut response, &tag, coding);
        }
        if known {
            return Ok(not_modified(response));
        }
    }
    match coding {
        Some(coding) => compress(response, coding).await,
        None => Ok(response),
    }
}

/// The best coding that the client takes, brotli when it likes both the same; none when it prefers plain bytes.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<Coding> {
    let accepted = weighted(headers, ACCEPT_ENCODING);
    let weight = |name: &str| {
        let find = |wanted: &str| accepted.iter().find(|entry| entry.value == wanted);
        find(name).or_else(|| find("*")).map_or(0, |entry| entry.weight)
    };
    let plain = accepted.iter().find(|entry| entry.value == "identity").map_or(0, |entry| entry.weight);
    [Coding::Gzip, Coding::Brotli]
        .into_iter()
        .map(|coding| (weight(coding.name()), coding))
        .filter(|(weight, _)| *weight > 0 && *weight >= plain)
        .max_by_key(|(weight, coding)| (*weight, *coding == Coding::Brotli))
        .map(|(_, coding)| coding)
}

pub(super) fn is_compressible(response: &HttpResponse) -> bool {
    let long = matches!(response.body().size(), BodySize::Sized(n) if n >= MIN_BYTES as u64);
    let text =
        response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(is_text);
    let free = response.extensions().get::<AsItIs>().is_none();
    free && long && text && !response.headers().contains_key(CONTENT_ENCODING)
}

fn is_text(content_type: &str) -> bool {
    let media = content_type.split(';').next().unwrap_or_default().trim();
    media.starts_with("text/")
        || media.ends_with("json")
        || media.ends_with("xml")
        || media == "application/javascript"
}

fn tag_of(response: &HttpResponse) -> Option<String> {
    let tag = response.headers().get(ETAG)?.to_str().ok()?;
    Some(tag.to_owned())
}

fn set_tag(response: &mut HttpResponse, tag: &str, coding: Coding) {
    if let Ok(value) = HeaderValue::from_str(&coded_tag(tag, coding)) {
        response.headers_mut().insert(ETAG, value);
    }
}

/// The tag of the same content in a coding.
pub(super) fn coded_tag(tag: &str, coding: Coding) -> String {
    format!("{}-{}\"", tag.trim_end_matches('"'), coding.name())
}

/// 304 with the headers that the 200 would have had, but those about the body itself (RFC 9110, section 15.4.5).
pub(super) fn not_modified(response: HttpResponse) -> HttpResponse {
    let mut response = response.set_body(BoxBody::new(()));
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    response.headers_mut().remove(CONTENT_TYPE);
    response
}

async fn compress(response: HttpResponse, coding: Coding) -> Result<HttpResponse, Error> {
    let (head, body) = response.into_parts();
    let bytes = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        // A stream of known length: it goes out as it is.
        Err(body) => return Ok(head.set_body(body)),
    };
    let packed = if bytes.len() < OFF_THREAD_BYTES {
        pack(&bytes, coding)
    } else {
        web::block(move || pack(&bytes, coding)).await?
    }
    .map_err(Problem::internal)?;
    let mut response = head.set_body(BoxBody::new(Bytes::from(packed)));
    response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
    Ok(response)
}

/// Levels that cost about as much time as they save in transfer: gzip 6, brotli 4.
pub(super) fn pack(bytes: &[u8], coding: Coding) -> std::io::Result<Vec<u8>> {
    match coding {
        Coding::Gzip => {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
            encoder.write_all(bytes)?;
            encoder.finish()
        }
        Coding::Brotli => {
            let mut packed = Vec::new();
            let mut encoder = brotli::CompressorWriter::new(&mut packed, 4096, 4, 22);
            encoder.write_all(bytes)?;
            encoder.flush()?;
            drop(encoder);
            Ok(packed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn negotiated(value: &'static str) -> Option<Coding> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(value));
        negotiate(&headers)
    }

    #[test]
    fn the_best_coding_is_chosen() {
        assert_eq!(negotiated("gzip, br"), Some(Coding::Brotli));
        assert_eq!(negotiated("gzip;q=0.9, br;q=0.1"), Some(Coding::Gzip));
        assert_eq!(negotiated("gzip"), Some(Coding::Gzip));
        assert_eq!(negotiated("*"), Some(Coding::Brotli));
        assert_eq!(negotiated("br;q=0, *;q=0.5"), Some(Coding::Gzip));
        assert_eq!(negotiated("GZIP"), Some(Coding::Gzip));
    }

    #[test]
    fn plain_bytes_when_nothing_else_is_wanted() {
        for value in ["", "identity", "zstd", "gzip;q=0", "*;q=0", "identity, gzip;q=0.5"] {
            assert_eq!(negotiated(value), None, "{value}");
        }
        assert_eq!(negotiate(&HeaderMap::new()), None);
    }

    #[test]
    fn only_text_is_compressible() {
        for yes in
            ["application/json", "text/html; charset=utf-8", "application/problem+json", "image/svg+xml"]
        {
            assert!(is_text(yes), "{yes}");
        }
        for no in ["image/webp", "application/octet-stream", "font/woff2"] {
            assert!(!is_text(no), "{no}");
        }
    }

    #[test]
    fn both_codings_give_the_bytes_back() {
        let text = "Masthead keeps every word. ".repeat(5000);
        let mut out = String::new();
        flate2::read::GzDecoder::new(&pack(text.as_bytes(), Coding::Gzip).unwrap()[..])
            .read_to_string(&mut out)
            .unwrap();
        assert!(out == text);
        out.clear();
        brotli::Decompressor::new(&pack(text.as_bytes(), Coding::Brotli).unwrap()[..], 4096)
            .read_to_string(&mut out)
            .unwrap();
        assert!(out == text);
    }
}
