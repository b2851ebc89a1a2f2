//! A kept answer: its finished bytes, plain and, made when first asked for, compressed, each with its own strong tag.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::{self, Bytes};
use actix_web::{Error, HttpResponse};

use crate::platform::db::Keep;
use crate::platform::http::accept::is_acceptable;
use crate::platform::http::cache::CachePolicy;
use crate::platform::http::conditional::names_tag;
use crate::platform::http::encode::{self, Coding};
use crate::platform::http::registry::OperationNumber;
use crate::platform::problem::Problem;

/// What an entry takes beside its bytes, about.
const OVERHEAD: usize = 1024;

/// An answer of the read API.
pub(super) struct Entry {
    keep: Keep,
    operation: Option<OperationNumber>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// Its media type.
    produces: [String; 1],
    plain: Body,
    packed: Option<[Packed; 2]>,
}

struct Body {
    tag: HeaderValue,
    bytes: Bytes,
}

struct Packed {
    coding: Coding,
    tag: HeaderValue,
    bytes: OnceLock<Bytes>,
}

impl Entry {
    /// An answer as it comes from its handler.
    ///
    /// # Errors
    /// The answer itself, when it is none that may be kept.
    pub fn of(response: HttpResponse, operation: Option<OperationNumber>) -> Result<Self, Box<HttpResponse>> {
        let keep = response.extensions().get::<Keep>().copied();
        let public = matches!(CachePolicy::of(&response), CachePolicy::PublicRead { .. });
        let whole =
            response.status() == StatusCode::OK && matches!(response.body().size(), BodySize::Sized(_));
        let tag = response.headers().get(ETAG).cloned();
        let (Some(keep), true, true, Some(tag)) = (keep, public, whole, tag) else {
            return Err(response.into());
        };
        let packed = encode::is_compressible(&response).then(|| packed(&tag)).flatten();
        let media = response.headers().get(CONTENT_TYPE).and_then(|media| media.to_str().ok());
        let produces = [media.unwrap_or_default().to_owned()];
        let (head, body) = response.into_parts();
        let bytes = match body.try_into_bytes() {
            Ok(bytes) => bytes,
            Err(body) => return Err(head.set_body(body).into()),
        };
        let headers = head.headers().iter().filter(|(name, _)| *name != ETAG);
        let headers = headers.map(|(name, value)| (name.clone(), value.clone())).collect();
        Ok(Self { keep, operation, headers, produces, plain: Body { tag, bytes }, packed })
    }

    /// How much memory it takes, about.
    pub fn weight(&self, key: &str) -> u32 {
        let packed = self.packed.iter().flatten().filter_map(|packed| packed.bytes.get()).map(Bytes::len);
        let bytes = OVERHEAD + key.len() + self.plain.bytes.len() + packed.sum::<usize>();
        u32::try_from(bytes).unwrap_or(u32::MAX)
    }

    /// Whether it can be given to others later.
    pub fn is_kept(&self) -> bool {
        self.keep.generation.is_some()
    }

    /// Whether it is of this generation, and has not ended by itself.
    pub fn holds(&self, generation: u64, now: Instant) -> bool {
        self.keep.generation == Some(generation) && !self.ended(now)
    }

    /// Whether it is good for a request that arrived then: taken at most so long before, and not ended.
    pub fn suits(&self, arrived: Instant, before: Duration) -> bool {
        !self.ended(arrived) && arrived.saturating_duration_since(self.keep.taken) <= before
    }

    fn ended(&self, now: Instant) -> bool {
        self.keep.until.is_some_and(|until| until <= now)
    }

    /// Whether it has other forms than the plain one.
    pub fn is_compressible(&self) -> bool {
        self.packed.is_some()
    }

    /// Whether the client has it already, in whichever coding.
    pub fn is_known(&self, request: &HeaderMap) -> bool {
        self.plain.tag.to_str().is_ok_and(|tag| names_tag(request, tag))
    }

    fn packed(&self, coding: Option<Coding>) -> Option<&Packed> {
        self.packed.iter().flatten().find(|packed| Some(packed.coding) == coding)
    }

    /// The answer without its body.
    pub fn head(&self, coding: Option<Coding>) -> HttpResponse {
        let mut response = HttpResponse::new(StatusCode::OK);
        self.write_head(coding, true, response.headers_mut());
        response.extensions_mut().insert(self.policy());
        response
    }

    /// Writes the headers of the answer: with its body, or of 304, which has none about the body itself.
    pub fn write_head(&self, coding: Option<Coding>, whole: bool, headers: &mut HeaderMap) {
        for (name, value) in self.headers.iter().filter(|(name, _)| whole || *name != CONTENT_TYPE) {
            headers.append(name.clone(), value.clone());
        }
        let packed = self.packed(coding);
        headers.insert(ETAG, packed.map_or(&self.plain.tag, |packed| &packed.tag).clone());
        if let Some(packed) = packed.filter(|_| whole) {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(packed.coding.name()));
        }
    }

    /// Which operation made it.
    pub fn operation(&self) -> Option<OperationNumber> {
        self.operation
    }

    /// Who else may keep it, and for how long.
    pub fn policy(&self) -> CachePolicy {
        CachePolicy::PublicRead { until: self.keep.until }
    }

    /// Whether the client takes what it is.
    pub fn is_acceptable(&self, request: &HeaderMap) -> bool {
        is_acceptable(request, &self.produces)
    }

    /// The bytes in a coding, when nothing is left to be done for them.
    pub fn made(&self, coding: Option<Coding>) -> Option<Bytes> {
        self.packed(coding).map_or(Some(&self.plain.bytes), |packed| packed.bytes.get()).cloned()
    }

    /// The bytes in a coding, and whether they were made just now.
    pub async fn body(self: &Arc<Self>, coding: Option<Coding>) -> Result<(Bytes, bool), Error> {
        let Some(packed) = self.packed(coding) else { return Ok((self.plain.bytes.clone(), false)) };
        if let Some(bytes) = packed.bytes.get() {
            return Ok((bytes.clone(), false));
        }
        if self.plain.bytes.len() < encode::OFF_THREAD_BYTES {
            return Ok((self.pack(coding)?, true));
        }
        let entry = self.clone();
        Ok((web::block(move || entry.pack(coding)).await??, true))
    }

    fn pack(&self, coding: Option<Coding>) -> Result<Bytes, Problem> {
        let Some(packed) = self.packed(coding) else { return Ok(self.plain.bytes.clone()) };
        let bytes = encode::pack(&self.plain.bytes, packed.coding).map_err(Problem::internal)?;
        Ok(packed.bytes.get_or_init(|| bytes.into()).clone())
    }
}

fn packed(tag: &HeaderValue) -> Option<[Packed; 2]> {
    let tag = tag.to_str().ok()?;
    let form = |coding| {
        let tag = HeaderValue::from_str(&encode::coded_tag(tag, coding)).ok()?;
        Some(Packed { coding, tag, bytes: OnceLock::new() })
    };
    Some([form(Coding::Gzip)?, form(Coding::Brotli)?])
}
