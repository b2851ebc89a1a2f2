//! Entity tags and conditional requests (RFC 9110, sections 8.8.3 and 13): versions for writes, content tags for reads.

use std::fmt::Write as _;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, IF_MATCH, IF_NONE_MATCH};
use actix_web::{FromRequest, HttpRequest};
use sha2::{Digest, Sha256};

use crate::platform::problem::{Code, Problem};

/// The strong tag of a version, for example `"v3"`.
#[must_use]
pub fn version_etag(version: i64) -> String {
    format!("\"v{version}\"")
}

/// The strong tag of some bytes: the first 128 bits of their SHA-256 in hexadecimal.
#[must_use]
pub fn content_etag(bytes: &[u8]) -> String {
    let mut tag = String::with_capacity(34);
    tag.push('"');
    for byte in Sha256::digest(bytes).iter().take(16) {
        // Writing to a String cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// The version that a write is based on, from `If-Match`. The header is required: `Option<IfMatch>` would take a
/// malformed header for a missing one and must not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(if_match(req.headers()))
    }
}

/// The version that a write is based on, or none, where the body of the request may say it in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaybeIfMatch(pub Option<i64>);

impl FromRequest for MaybeIfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(if req.headers().contains_key(IF_MATCH) {
            if_match(req.headers()).map(|IfMatch(version)| Self(Some(version)))
        } else {
            Ok(Self(None))
        })
    }
}

/// For a thing that a write may make: the version from `If-Match`, or none from `If-None-Match: *`. One of them is
/// required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatchOrNew(pub Option<i64>);

impl FromRequest for IfMatchOrNew {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match (req.headers().get(IF_NONE_MATCH), req.headers().contains_key(IF_MATCH)) {
            (None, true) => if_match(req.headers()).map(|IfMatch(version)| Self(Some(version))),
            (Some(value), false) if value.as_bytes() == b"*" => Ok(Self(None)),
            (None, false) => Err(Problem::new(Code::PreconditionRequired).detail(
                "Send If-None-Match: * to make it, or the ETag of what you read as If-Match to replace it.",
            )),
            _ => Err(Problem::new(Code::InvalidPrecondition).detail(
                "Send either If-None-Match: * or If-Match with one tag, not both and no other form.",
            )),
        })
    }
}

/// What a client has seen of a thing that a write may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// This version, from `If-Match`.
    Version(i64),
    /// That there is none, from `If-None-Match: *`.
    Nothing,
}

/// The same as [`IfMatchOrNew`], or none, where the body of the request may say it in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaybeKnown(pub Option<Known>);

impl FromRequest for MaybeKnown {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = req.headers();
        if !headers.contains_key(IF_MATCH) && !headers.contains_key(IF_NONE_MATCH) {
            return ready(Ok(Self(None)));
        }
        let known = |IfMatchOrNew(version): IfMatchOrNew| version.map_or(Known::Nothing, Known::Version);
        ready(IfMatchOrNew::from_request(req, payload).into_inner().map(|seen| Self(Some(known(seen)))))
    }
}

fn if_match(headers: &HeaderMap) -> Result<IfMatch, Problem> {
    let mut lines = headers.get_all(IF_MATCH);
    let Some(first) = lines.next() else {
        return Err(Problem::new(Code::PreconditionRequired)
            .detail("Send the ETag of what this change is based on, for example If-Match: \"v3\"."));
    };
    let value = first.to_str().unwrap_or_default().trim();
    let fault = if lines.next().is_some() || value.contains(',') {
        "If-Match has more than one tag."
    } else if value == "*" {
        "If-Match is *, which does not say what the change is based on."
    } else if value.starts_with("W/") {
        "If-Match has a weak tag."
    } else if let Some(version) = parse_version(value) {
        return Ok(IfMatch(version));
    } else {
        "If-Match is not the tag of a version."
    };
    Err(Problem::new(Code::InvalidPrecondition).detail(format!(
        "{fault} Send exactly one tag as the ETag of an answer gave it, with its quotes, for example \"v3\"."
    )))
}

/// The version in `"v<version>"`: a positive number without leading zeros.
fn parse_version(tag: &str) -> Option<i64> {
    let digits = tag.strip_prefix("\"v")?.strip_suffix('"')?;
    let plain = !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|_| plain)
}

/// Whether `If-None-Match` names this tag, by weak comparison. `*` names everything that exists. A tag of another
/// encoding of the same content (`"x-gzip"` for `"x"`) counts, because the content is the same.
pub(super) fn names_tag(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(IF_NONE_MATCH)
        .filter_map(|line| line.to_str().ok())
        // What nearly everybody sends is the tag as it was given.
        .any(|line| {
            line == tag || line.trim() == "*" || tags(line).any(|known| content_of(known) == content_of(tag))
        })
}

/// The opaque parts of a list of tags, without quotes and weakness. Stops at the first thing that is no tag.
fn tags(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        let (tag, after) = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?.split_once('"')?;
        rest = after;
        Some(tag)
    })
}

/// A tag without its quotes and without the name of an encoding.
fn content_of(tag: &str) -> &str {
    let tag = tag.trim_matches('"');
    tag.strip_suffix("-gzip").or_else(|| tag.strip_suffix("-br")).unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::{HeaderName, HeaderValue};

    fn headers(name: &HeaderName, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    #[test]
    fn a_version_tag_comes_back() {
        for version in [1, 9, 1_234_567, i64::MAX] {
            let found = if_match(&headers(&IF_MATCH, &[&version_etag(version)])).unwrap();
            assert_eq!(found, IfMatch(version));
        }
    }

    #[test]
    fn a_missing_precondition_is_428() {
        let problem = if_match(&HeaderMap::new()).unwrap_err();
        assert_eq!(problem.code(), Code::PreconditionRequired);
    }

    #[test]
    fn anything_but_one_strong_version_is_400() {
        for values in [
            &["*"][..],
            &["W/\"v3\""],
            &["\"v3\", \"v4\""],
            &["\"v3\"", "\"v4\""],
            &["v3"],
            &["\"3\""],
            &["\"v\""],
            &["\"v03\""],
            &["\"v-3\""],
            &["\"v+3\""],
            &["\"v0\""],
            &["\"v9223372036854775808\""],
            &[""],
            &["\"v3\"x"],
        ] {
            let problem = if_match(&headers(&IF_MATCH, values)).unwrap_err();
            assert_eq!(problem.code(), Code::InvalidPrecondition, "{values:?}");
            assert!(problem.to_string().contains("for example \"v3\""));
        }
    }

    #[test]
    fn weak_comparison_over_lists_and_encodings() {
        let names = |values: &[&str]| names_tag(&headers(&IF_NONE_MATCH, values), "\"abc\"");
        for yes in [
            &["\"abc\""][..],
            &["W/\"abc\""],
            &["\"x\", \"abc\""],
            &["\"x\",W/\"abc-gzip\""],
            &["\"abc-br\""],
            &["\"x\"", "\"abc\""],
            &["*"],
            &["\"a,b\" , \"abc\""],
        ] {
            assert!(names(yes), "{yes:?}");
        }
        for no in [
            &["\"abcd\""][..],
            &["abc"],
            &["\"x\""],
            &[""],
            &["\"abc"],
            &["\"abc-zstd\""],
            &["\"x\" garbage \"abc\""],
        ] {
            assert!(!names(no), "{no:?}");
        }
    }

    #[test]
    fn content_tags_are_strong_and_differ() {
        // The SHA-256 of nothing is known.
        assert_eq!(content_etag(b""), "\"e3b0c44298fc1c149afbf4c8996fb924\"");
        assert_ne!(content_etag(b"a"), content_etag(b"b"));
    }
}
