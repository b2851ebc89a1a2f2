//! Who a request is: its id, and what the log should know of it. The id is the client's when it is a sane token, so that
//! a trace goes through from the caller's log to ours.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::header::{HeaderMap, HeaderName};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use uuid::Uuid;

use super::client::Origin;
use super::registry::OperationNumber;
use crate::platform::problem::Problem;

/// The header with the id of a request, in both directions.
pub(super) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest id that is taken over from a client.
const MAX_ID_BYTES: usize = 64;

/// The id of a request: 1 to 64 characters of `A-Z a-z 0-9 . _ -`. In handlers it is an extractor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(Rc<str>);

impl RequestId {
    /// The client's id when there is exactly one and it is a token, a new one otherwise.
    pub(super) fn of(headers: &HeaderMap, new: impl FnOnce() -> Uuid) -> Self {
        let mut given = headers.get_all(X_REQUEST_ID);
        match (given.next().and_then(|id| id.to_str().ok()), given.next()) {
            (Some(id), None) if is_token(id) => Self(id.into()),
            _ => Self((&*new().hyphenated().encode_lower(&mut Uuid::encode_buffer())).into()),
        }
    }

    /// The id as it stands in the header and in the log.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same text, to be kept.
    pub(super) fn shared(&self) -> Rc<str> {
        self.0.clone()
    }

    /// The id as a URI reference, for `instance` of a problem: `urn:uuid:...` when it is a UUID.
    #[must_use]
    pub fn instance(&self) -> String {
        match Uuid::try_parse(&self.0) {
            Ok(id) if self.0.len() == 36 => id.urn().to_string(),
            _ => self.0.to_string(),
        }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_token(text: &str) -> bool {
    (1..=MAX_ID_BYTES).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// What the middleware know of a request. It is in the request's extensions; the outermost middleware keeps a copy, so
/// that it is there for the log when a handler panics.
#[derive(Debug, Clone)]
pub struct RequestInfo(Rc<Facts>);

#[derive(Debug)]
struct Facts {
    id: RequestId,
    origin: Origin,
    actor: RefCell<Option<String>>,
    is_head: Cell<bool>,
    operation: Cell<Option<OperationNumber>>,
}

impl RequestInfo {
    pub(super) fn new(id: RequestId, origin: Origin) -> Self {
        Self(Rc::new(Facts {
            id,
            origin,
            actor: RefCell::new(None),
            is_head: Cell::new(false),
            operation: Cell::new(None),
        }))
    }

    /// What is known of this request; nothing outside the middleware.
    #[must_use]
    pub fn of(req: &impl HttpMessage) -> Option<Self> {
        req.extensions().get::<Self>().cloned()
    }

    /// The id of the request.
    #[must_use]
    pub fn id(&self) -> &RequestId {
        &self.0.id
    }

    /// Where it comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// Notes who is asking, for the log: an id, never a name or an address. For the authenticating middleware.
    pub fn set_actor(&self, id: impl fmt::Display) {
        self.0.actor.replace(Some(id.to_string()));
    }

    /// Who is asking, when known.
    #[must_use]
    pub fn actor(&self) -> Option<String> {
        self.0.actor.borrow().clone()
    }

    /// Notes that the client sent HEAD and the handler sees GET.
    pub(super) fn set_head(&self) {
        self.0.is_head.set(true);
    }

    /// Whether the client sent HEAD. Handlers see GET.
    #[must_use]
    pub fn is_head(&self) -> bool {
        self.0.is_head.get()
    }
}

impl RequestInfo {
    /// Notes which operation it is for.
    pub(super) fn set_operation(&self, operation: OperationNumber) {
        self.0.operation.set(Some(operation));
    }

    /// Which operation it is for; none when there is none, or it was refused before that was known.
    pub(super) fn operation(&self) -> Option<OperationNumber> {
        self.0.operation.get()
    }
}

impl FromRequest for RequestId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            RequestInfo::of(req)
                .map(|info| info.id().clone())
                .ok_or_else(|| Problem::internal("the route is served outside the middleware stack")),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn id_for(values: &[&'static str]) -> RequestId {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(X_REQUEST_ID, HeaderValue::from_static(value));
        }
        RequestId::of(&headers, || Uuid::from_u128(7))
    }

    #[test]
    fn a_sane_token_is_taken_over() {
        assert_eq!(id_for(&["build-42_a.b"]).as_str(), "build-42_a.b");
        assert_eq!(id_for(&["build-42_a.b"]).instance(), "build-42_a.b");
        let uuid = "0197f2a4-8c1e-7d52-9b3a-2f6c1d0e4a5b";
        assert_eq!(id_for(&[uuid]).instance(), format!("urn:uuid:{uuid}"));
    }

    #[test]
    fn anything_else_gets_a_new_id() {
        let long: &'static str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
        assert_eq!(long.len(), 65);
        for values in [&["a b"][..], &[""], &["<script>"], &["a\tb"], &[long], &["a", "b"], &[]] {
            let id = id_for(values);
            assert_eq!(id.as_str(), Uuid::from_u128(7).to_string(), "{values:?}");
        }
    }
}
