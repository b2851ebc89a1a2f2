//! Other origins (the Fetch standard's CORS): the read API is open to all of them without credentials, everything else
//! is closed, which means that no CORS header is sent at all.

use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, HeaderMap,
    HeaderValue,
};

use super::area::Area;

/// Headers that a script of another origin may send. `Authorization` is not among them: tokens do not belong in pages.
/// A viewer of PDF or film reads files in parts.
const ALLOWED_HEADERS: &str =
    "Accept, Accept-Language, If-None-Match, If-Range, Masthead-Preview, Range, X-Request-Id";

/// Headers that a script of another origin may read.
const EXPOSED_HEADERS: &str = "Accept-Ranges, Allow, Content-Length, Content-Range, ETag, Link, Location, Masthead-As-Of, \
    Masthead-Final, Masthead-Stale, Retry-After, X-Request-Id";

/// Seconds that a browser may remember a preflight; browsers cap it at two hours.
const MAX_AGE: &str = "7200";

/// Adds the headers of an ordinary answer.
pub(super) fn open(headers: &mut HeaderMap, area: Area) {
    if area == Area::Read {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED_HEADERS));
    }
}

/// Adds the headers of the answer to a preflight, when the request is one and the area is open.
pub(super) fn preflight(request: &HeaderMap, answer: &mut HeaderMap, area: Area) {
    if area == Area::Read && request.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        answer.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, OPTIONS"));
        answer.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(ALLOWED_HEADERS));
        answer.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    }
}
