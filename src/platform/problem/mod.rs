//! Problems: the one error that leaves Masthead (RFC 9457). A `Problem` is made from a row of the registry of codes;
//! its cause is kept for the log and never shown; with a status of 500 or more nothing but the title is shown.

mod body;
mod code;
pub mod field;
pub mod http;
mod pages;
mod responses;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use serde_json::Value;
use uuid::Uuid;

pub use body::ProblemBody;
pub use code::{CODES, Code, CodeRow, problem_type_url};
pub use field::{FieldCode, FieldProblem, Pointer};
pub(crate) use responses::refusal;
pub use responses::{
    BadRequest, Conflict, Erased, Forbidden, Internal, Invalid, MethodNotAllowed, NotAcceptable, NotFound,
    OutOfSpace, PreconditionRequired, RangeNotSatisfiable, RateLimited, Refused, Stale, Timeout, TooLarge,
    Unauthenticated, Unavailable, UnsupportedMediaType, UriTooLong, component_responses,
};

type Cause = Box<dyn StdError + Send + Sync + 'static>;

/// A refused or failed request. Boxed inside, so that a `Result` with it stays small.
#[derive(Debug)]
pub struct Problem(Box<Parts>);

#[derive(Debug)]
struct Parts {
    code: Code,
    detail: Option<Cow<'static, str>>,
    errors: Vec<FieldProblem>,
    entries: Vec<Uuid>,
    conflicts: Vec<Value>,
    headers: Vec<(&'static str, String)>,
    cause: Option<Cause>,
}

impl Problem {
    /// A problem with this code and nothing more.
    #[must_use]
    pub fn new(code: Code) -> Self {
        Self(Box::new(Parts {
            code,
            detail: None,
            errors: Vec::new(),
            entries: Vec::new(),
            conflicts: Vec::new(),
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// An unforeseen failure: 500 for the client, the cause for the log.
    #[must_use]
    pub fn internal(cause: impl Into<Cause>) -> Self {
        Self::new(Code::Internal).caused_by(cause)
    }

    /// Says what is wrong in this request and what to do. Not shown when the status is 500 or more.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Puts the name of the thing that it is about before the detail.
    #[must_use]
    pub fn about(mut self, what: &str) -> Self {
        let detail = self.0.detail.take().unwrap_or_else(|| self.0.code.title().into());
        self.0.detail = Some(format!("{what}: {detail}").into());
        self
    }

    /// Adds one place that is wrong.
    #[must_use]
    pub fn field(mut self, pointer: impl Into<Pointer>, code: FieldCode, detail: impl Into<String>) -> Self {
        self.0.errors.push(FieldProblem::new(pointer.into(), code, detail));
        self
    }

    /// The same problem, seen from outside: its places counted from where `outer` is counted.
    #[must_use]
    pub fn inside(mut self, outer: &Pointer) -> Self {
        let errors = std::mem::take(&mut self.0.errors);
        self.0.errors = errors.into_iter().map(|error| error.inside(outer)).collect();
        self
    }

    /// Adds several places that are wrong.
    #[must_use]
    pub fn fields(mut self, errors: impl IntoIterator<Item = FieldProblem>) -> Self {
        self.0.errors.extend(errors);
        self
    }

    /// Names entries that stand in the way; at most [`ProblemBody::MOST_ENTRIES`] are shown.
    #[must_use]
    pub fn entries(mut self, entries: impl IntoIterator<Item = Uuid>) -> Self {
        self.0.entries.extend(entries);
        self
    }

    /// Adds the places at which two edits contradict each other.
    #[must_use]
    pub fn conflicts(mut self, conflicts: impl IntoIterator<Item = Value>) -> Self {
        self.0.conflicts.extend(conflicts);
        self
    }

    /// Adds a header to the answer. A value that no header can have is left out.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.headers.push((name, value.into()));
        self
    }

    /// Says after how many seconds the same request may be sent again.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        self.header("retry-after", seconds.to_string())
    }

    /// Keeps the cause for the log. It is never shown to the client.
    #[must_use]
    pub fn caused_by(mut self, cause: impl Into<Cause>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// What went wrong.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// The places that are wrong.
    #[must_use]
    pub fn errors(&self) -> &[FieldProblem] {
        &self.0.errors
    }

    /// The body for the client, with the id of the request when it is known.
    #[must_use]
    pub fn body(&self, instance: Option<String>) -> ProblemBody {
        let code = self.0.code;
        let shown = code.status() < 500;
        ProblemBody {
            type_url: code.type_url(),
            title: code.title().to_owned(),
            status: code.status(),
            detail: self.0.detail.as_deref().filter(|_| shown).map(str::to_owned),
            instance,
            code: code.slug().to_owned(),
            errors: if shown { self.0.errors.clone() } else { Vec::new() },
            entries: self.0.entries.iter().take(ProblemBody::MOST_ENTRIES).copied().collect(),
            conflicts: self.0.conflicts.clone(),
        }
    }

    /// The headers of the answer: those given, and those that the status demands.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let mut headers = self.0.headers.clone();
        let demanded = match self.0.code {
            Code::Unauthenticated | Code::WrongCredentials => {
                Some(("www-authenticate", r#"Bearer realm="masthead""#))
            }
            Code::InvalidToken => {
                Some(("www-authenticate", r#"Bearer realm="masthead", error="invalid_token""#))
            }
            Code::RateLimited | Code::Unavailable => Some(("retry-after", "1")),
            Code::SchemaNewer => Some(("retry-after", "60")),
            _ => None,
        };
        if let Some((name, value)) = demanded
            && !headers.iter().any(|(given, _)| *given == name)
        {
            headers.push((name, value.to_owned()));
        }
        headers
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.slug())?;
        match &self.0.detail {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl StdError for Problem {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_client_error_shows_detail_and_places() {
        let body = Problem::new(Code::Invalid)
            .detail("One member is wrong.")
            .field("/title", FieldCode::Required, "The member `title` is required.")
            .body(Some("urn:x".into()));
        assert_eq!(
            serde_json::to_value(body).unwrap(),
            json!({
                "type": "/problems/invalid", "title": "The content is not valid", "status": 422,
                "detail": "One member is wrong.", "instance": "urn:x", "code": "invalid",
                "errors": [{"pointer": "/title", "code": "required", "detail": "The member `title` is required."}]
            })
        );
    }

    #[test]
    fn a_server_error_shows_only_title_and_id() {
        let problem = Problem::internal("password=hunter2").detail("relation users does not exist").field(
            "/x",
            FieldCode::Invalid,
            "z",
        );
        assert_eq!(
            serde_json::to_value(problem.body(Some("abc".into()))).unwrap(),
            json!({
                "type": "/problems/internal", "title": "Something went wrong inside", "status": 500,
                "instance": "abc", "code": "internal"
            })
        );
        assert_eq!(problem.source().unwrap().to_string(), "password=hunter2");
    }

    #[test]
    fn demanded_headers_are_added_unless_given() {
        let value = |problem: Problem, name: &str| {
            let headers = problem.headers();
            let found: Vec<_> = headers.into_iter().filter(|(n, _)| *n == name).collect();
            assert_eq!(found.len(), 1);
            found[0].1.clone()
        };
        assert_eq!(value(Code::Unavailable.into(), "retry-after"), "1");
        assert_eq!(value(Problem::new(Code::Unavailable).retry_after(7), "retry-after"), "7");
        assert!(value(Code::InvalidToken.into(), "www-authenticate").contains("invalid_token"));
        assert!(Problem::new(Code::NotFound).headers().is_empty());
    }
}
