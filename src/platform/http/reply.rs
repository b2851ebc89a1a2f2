//! What a handler gives back when all went well. A reply says its status, body, tag and cache policy; the headers that
//! all answers share are not its business.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LOCATION, TryIntoHeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;

use super::cache::CachePolicy;
use super::conditional::{content_etag, version_etag};
use crate::platform::db::Keep;
use crate::platform::problem::Problem;

/// A reply whose bytes are finished: pages, feeds, and answers served from memory.
#[derive(Debug, Clone)]
pub struct FinishedReply {
    status: StatusCode,
    body: Bytes,
    cache: CachePolicy,
    keep: Option<Keep>,
    headers: Vec<(HeaderName, String)>,
}

impl FinishedReply {
    /// 200 with these bytes, which nobody may keep until [`cache`](Self::cache) says otherwise.
    #[must_use]
    pub fn new(content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status: StatusCode::OK,
            body: body.into(),
            cache: CachePolicy::default(),
            keep: None,
            headers: vec![(CONTENT_TYPE, content_type.to_owned())],
        }
    }

    /// Sets who may keep the answer.
    #[must_use]
    pub fn cache(mut self, policy: CachePolicy) -> Self {
        self.cache = policy;
        self
    }

    /// Lets everybody have the answer as long as it holds, from memory too: `PublicRead` with a tag over its bytes.
    #[must_use]
    pub fn public(self, keep: Keep) -> Self {
        let reply = Self { keep: Some(keep), ..self };
        reply.cache(CachePolicy::PublicRead { until: keep.until }).hashed()
    }

    /// Sets the strong tag over the bytes. `If-None-Match` is then answered by the middleware.
    #[must_use]
    pub fn hashed(self) -> Self {
        let tag = content_etag(&self.body);
        self.etag(tag)
    }

    /// Sets a tag that was made before, with its quotes.
    #[must_use]
    pub fn etag(self, tag: impl Into<String>) -> Self {
        self.header(ETAG, tag)
    }

    /// Adds a header. A value that no header can have makes the answer a 500.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Responder for FinishedReply {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::with_body(self.status, BoxBody::new(self.body));
        if let Err(problem) = put_headers(&mut response, self.headers) {
            return HttpResponse::from_error(problem);
        }
        response.extensions_mut().insert(self.cache);
        if let Some(keep) = self.keep {
            response.extensions_mut().insert(keep);
        }
        response
    }
}

/// A JSON reply.
#[derive(Debug, Clone)]
pub struct Reply<T> {
    status: StatusCode,
    body: T,
    cache: CachePolicy,
    keep: Option<Keep>,
    hashed: bool,
    headers: Vec<(HeaderName, String)>,
}

impl<T: Serialize> Reply<T> {
    /// 200 with a body that nobody may keep: the rule of the admin API.
    #[must_use]
    pub fn ok(body: T) -> Self {
        Self {
            status: StatusCode::OK,
            body,
            cache: CachePolicy::default(),
            keep: None,
            hashed: false,
            headers: Vec::new(),
        }
    }

    /// 201 with the address of what was made.
    #[must_use]
    pub fn created(location: impl Into<String>, body: T) -> Self {
        Self { status: StatusCode::CREATED, ..Self::ok(body) }.header(LOCATION, location)
    }

    /// 200 that everybody may have as long as it holds, from memory too: `PublicRead` with a tag over its bytes.
    #[must_use]
    pub fn public(body: T, keep: Keep) -> Self {
        let cache = CachePolicy::PublicRead { until: keep.until };
        Self { cache, keep: Some(keep), hashed: true, ..Self::ok(body) }
    }

    /// 200 of the read API that only its caller may have: `Private`, without a tag.
    #[must_use]
    pub fn private(body: T) -> Self {
        Self { cache: CachePolicy::Private, ..Self::ok(body) }
    }

    /// Sets another status.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Sets who may keep the answer.
    #[must_use]
    pub fn cache(mut self, policy: CachePolicy) -> Self {
        self.cache = policy;
        self
    }

    /// Sets the tag of this version, which a later write sends as `If-Match`.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.hashed = false;
        self.header(ETAG, version_etag(version))
    }

    /// Adds a header, for example `Link`. A value that no header can have makes the answer a 500.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Writes the body as bytes, so that they can be kept in memory.
    ///
    /// # Errors
    /// `internal` when the body cannot be written as JSON.
    pub fn finish(self) -> Result<FinishedReply, Problem> {
        let bytes = serde_json::to_vec(&self.body).map_err(Problem::internal)?;
        let mut finished = FinishedReply::new("application/json", bytes).cache(self.cache);
        finished.status = self.status;
        finished.keep = self.keep;
        finished.headers.extend(self.headers);
        Ok(if self.hashed { finished.hashed() } else { finished })
    }
}

impl<T: Serialize> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, req: &HttpRequest) -> HttpResponse {
        match self.finish() {
            Ok(finished) => finished.respond_to(req),
            Err(problem) => HttpResponse::from_error(problem),
        }
    }
}

/// 204: done, and there is nothing to say.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoContent {
    version: Option<i64>,
}

impl NoContent {
    /// 204 with the tag of the new version.
    #[must_use]
    pub fn version(version: i64) -> Self {
        Self { version: Some(version) }
    }
}

impl Responder for NoContent {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::NoContent();
        if let Some(version) = self.version {
            response.insert_header((ETAG, version_etag(version)));
        }
        response.finish()
    }
}

/// A header that cannot be sent would be a lost promise of the document, so it fails the answer.
fn put_headers(response: &mut HttpResponse, headers: Vec<(HeaderName, String)>) -> Result<(), Problem> {
    for (name, value) in headers {
        let value: HeaderValue = value.try_into_value().map_err(Problem::internal)?;
        if name == LOCATION || name == CONTENT_TYPE || name == ETAG {
            response.headers_mut().insert(name, value);
        } else {
            response.headers_mut().append(name, value);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use actix_web::body::to_bytes;
    use actix_web::test::TestRequest;
    use serde_json::json;
    use std::collections::BTreeMap;

    fn respond(reply: impl Responder<Body = BoxBody>) -> HttpResponse {
        reply.respond_to(&TestRequest::default().to_http_request())
    }

    #[actix_web::test]
    async fn created_has_location_version_and_no_cache() {
        let response = respond(Reply::created("/admin/v1/things/1", json!({"a": 1})).version(4));
        assert_eq!(response.status(), 201);
        assert_eq!(response.headers().get(LOCATION).unwrap(), "/admin/v1/things/1");
        assert_eq!(response.headers().get(ETAG).unwrap(), "\"v4\"");
        assert_eq!(response.headers().get(CONTENT_TYPE).unwrap(), "application/json");
        assert_eq!(CachePolicy::of(&response), CachePolicy::NoStore);
        assert_eq!(to_bytes(response.into_body()).await.unwrap(), r#"{"a":1}"#);
    }

    #[actix_web::test]
    async fn a_public_reply_is_tagged_by_its_bytes() {
        let keep = Keep { taken: Instant::now(), until: None, generation: None };
        let response = respond(Reply::public(json!([1]), keep));
        assert_eq!(response.headers().get(ETAG).unwrap(), content_etag(b"[1]").as_str());
        assert_eq!(CachePolicy::of(&response), CachePolicy::PublicRead { until: None });
    }

    #[actix_web::test]
    async fn what_cannot_be_sent_is_a_500() {
        let bad_header = respond(Reply::ok(1).header(LOCATION, "/a\r\nSet-Cookie: x=1"));
        assert_eq!(bad_header.status(), 500);
        assert!(!bad_header.headers().contains_key(LOCATION));
        let bad_body = respond(Reply::ok(BTreeMap::from([((1, 2), 3)])));
        assert_eq!(bad_body.status(), 500);
    }

    #[test]
    fn nothing_to_say_can_have_a_version() {
        assert_eq!(respond(NoContent::version(2)).headers().get(ETAG).unwrap(), "\"v2\"");
        assert_eq!(respond(NoContent::default()).status(), 204);
    }
}
