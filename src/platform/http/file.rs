//! Files of the storage as answers: whole or one range (RFC 9110, section 14), with a strong tag, read while they are sent.

use std::future::{Ready, ready};
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    HeaderMap, HeaderName, HeaderValue, IF_RANGE, RANGE,
};
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use futures_util::Stream;

use super::cache::CachePolicy;
use super::conditional::names_tag;
use super::encode::AsItIs;
use super::filename::attachment;
use super::request::RequestInfo;
use crate::platform::digest::Digest;
use crate::platform::problem::{Code, Problem};
use crate::platform::storage::{Content, Key, Storage};

/// For what is to be saved and not shown: whatever it is, it may do nothing.
const CSP_SANDBOX: &str =
    "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What a request wants of a file.
#[derive(Debug, Clone)]
pub struct Asked {
    headers: HeaderMap,
    head: bool,
}

impl FromRequest for Asked {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let head = RequestInfo::of(req).is_some_and(|info| info.is_head());
        ready(Ok(Self { headers: req.headers().clone(), head }))
    }
}

impl Asked {
    /// The part of a file that is asked for, if it is one: several parts are answered with the whole, as is a range that
    /// cannot be read, one of another unit, and one for a file that has changed.
    fn range(&self, size: u64, tag: &str) -> Result<Option<Range<u64>>, Problem> {
        let mut lines = self.headers.get_all(RANGE);
        // Ranges are for GET alone.
        let (Some(line), None, false) = (lines.next(), lines.next(), self.head) else { return Ok(None) };
        // A date cannot be compared, because files have none.
        if self.headers.get(IF_RANGE).is_some_and(|known| known.as_bytes() != tag.as_bytes()) {
            return Ok(None);
        }
        match line.to_str().ok().and_then(parse) {
            None => Ok(None),
            Some(asked) => asked.within(size).map(Some).ok_or_else(|| {
                Problem::new(Code::RangeNotSatisfiable)
                    .detail(format!("The file has {size} bytes."))
                    .header("content-range", format!("bytes */{size}"))
            }),
        }
    }
}

/// One range of bytes, as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// From the first to the last, or to the end.
    From(u64, Option<u64>),
    /// So many at the end.
    Last(u64),
}

/// Reads one range; nothing when there are several, or when it is none.
fn parse(text: &str) -> Option<Part> {
    let (unit, ranges) = text.split_once('=')?;
    let (first, last) = ranges.trim().split_once('-')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    // A number that is too large for us is larger than any file.
    let number = |digits: &str| {
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| digits.parse().unwrap_or(u64::MAX))
    };
    match (first, last) {
        ("", last) => number(last).map(Part::Last),
        (first, "") => number(first).map(|first| Part::From(first, None)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Part::From(first, Some(last)))
        }
    }
}

impl Part {
    /// The bytes of a file that it covers, from the first to before the last; nothing when there are none.
    fn within(self, size: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::From(first, last) => first..last.map_or(size, |last| last.saturating_add(1).min(size)),
            Self::Last(bytes) => size.saturating_sub(bytes)..size,
        };
        (range.start < range.end).then_some(range)
    }
}

/// A file that is to be sent.
#[derive(Debug, Clone)]
pub struct FileReply {
    key: Key,
    bytes: u64,
    tag: String,
    cache: CachePolicy,
    headers: Vec<(HeaderName, String)>,
}

impl FileReply {
    /// A file with its length and its media type. `tag` names its bytes, without quotes: another tag, other bytes.
    #[must_use]
    pub fn new(key: Key, bytes: u64, media_type: &str, tag: &str) -> Self {
        let headers = vec![(CONTENT_TYPE, media_type.to_owned())];
        Self { key, bytes, tag: format!("\"{tag}\""), cache: CachePolicy::default(), headers }
    }

    /// A file as it was uploaded, to be saved under a name and not to be shown: browsers run nothing in it.
    #[must_use]
    pub fn download(key: Key, bytes: u64, media_type: &str, sha256: Digest, name: &str) -> Self {
        Self::new(key, bytes, media_type, &sha256.to_string())
            .header(CONTENT_DISPOSITION, attachment(name))
            .header(CONTENT_SECURITY_POLICY, CSP_SANDBOX)
    }

    /// Sets who may keep the answer.
    #[must_use]
    pub fn cache(mut self, policy: CachePolicy) -> Self {
        self.cache = policy;
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Opens as much of the file as the request needs.
    ///
    /// # Errors
    /// 416 for a range outside of the file, 500 when the file is missing or has another length, 503 when the storage is
    /// away.
    pub async fn answer(self, storage: &Storage, asked: &Asked) -> Result<FileAnswer, Problem> {
        if names_tag(&asked.headers, &self.tag) {
            // The middleware makes 304 of it; the file need not be opened.
            return Ok(FileAnswer { file: self, range: None, content: None });
        }
        let range = asked.range(self.bytes, &self.tag)?;
        let (size, content) = if asked.head {
            (storage.size(&self.key).await?, None)
        } else {
            let content = storage.get(&self.key, range.clone()).await?;
            (Some(content.size()), Some(content))
        };
        if size != Some(self.bytes) {
            let found = size.map_or("no file".to_owned(), |size| format!("a file of {size} bytes"));
            let cause = format!("{} should have {} bytes, and there is {found}", self.key, self.bytes);
            return Err(Problem::new(Code::FileMissing).caused_by(cause));
        }
        Ok(FileAnswer { file: self, range, content })
    }
}

/// A file that is open.
#[derive(Debug)]
pub struct FileAnswer {
    file: FileReply,
    range: Option<Range<u64>>,
    content: Option<Content>,
}

impl Responder for FileAnswer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let Self { file, range, content } = self;
        let sent = range.as_ref().map_or(file.bytes, |range| range.end - range.start);
        let status = if range.is_some() { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
        let mut response = HttpResponse::with_body(status, BoxBody::new(FileBody { bytes: sent, content }));
        let mut headers = file.headers;
        headers.push((ETAG, file.tag));
        headers.push((ACCEPT_RANGES, "bytes".to_owned()));
        if let Some(range) = range {
            let value = format!("bytes {}-{}/{}", range.start, range.end - 1, file.bytes);
            headers.push((CONTENT_RANGE, value));
        }
        for (name, value) in headers {
            match HeaderValue::from_str(&value) {
                Ok(value) => response.headers_mut().insert(name, value),
                Err(error) => return HttpResponse::from_error(Problem::internal(error)),
            };
        }
        response.extensions_mut().insert(file.cache);
        response.extensions_mut().insert(AsItIs);
        response
    }
}

/// The bytes of a file on their way. Without content nobody asks for the bytes, only for their number.
struct FileBody {
    bytes: u64,
    content: Option<Content>,
}

impl MessageBody for FileBody {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.bytes)
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let Some(content) = &mut self.content else { return Poll::Ready(None) };
        Pin::new(content).poll_next(cx).map_err(|error| {
            // The head is sent; all that can be done is to end the connection before the end of the file.
            tracing::error!(%error, "a file could not be sent to its end");
            error.into()
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A range of the file, none when it lies outside, or that there is nothing to be read as one.
    fn range(text: &str, size: u64) -> Result<Option<Range<u64>>, ()> {
        parse(text).map(|part| part.within(size)).ok_or(())
    }

    #[test]
    fn one_range_is_understood() {
        for (text, expected) in [
            ("bytes=0-0", 0..1),
            ("bytes=0-99", 0..10),
            ("Bytes = 2-5", 2..6),
            ("bytes=2-", 2..10),
            ("bytes=-3", 7..10),
            ("bytes=-99", 0..10),
            ("bytes=9-99999999999999999999999", 9..10),
        ] {
            assert_eq!(range(text, 10), Ok(Some(expected)), "{text}");
        }
        for text in ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=99999999999999999999999-"] {
            assert_eq!(range(text, 10), Ok(None), "{text}");
        }
        assert_eq!(range("bytes=0-", 0), Ok(None));
    }

    #[test]
    fn anything_else_is_the_whole_file() {
        for text in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=0-1,3-4",
            "lines=0-1",
            "bytes=a-b",
            "bytes=+1-2",
            "bytes=1--2",
        ] {
            assert_eq!(range(text, 10), Err(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_range_lies_within_the_file(text in "bytes=[0-9]{0,20}-[0-9]{0,20}", size in 0..u64::MAX) {
            if let Ok(Some(range)) = range(&text, size) {
                prop_assert!(range.start < range.end && range.end <= size);
            }
        }
    }
}
