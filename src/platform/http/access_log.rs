//! The log of requests: one line for each, and each failure once with all its causes. Queries and headers are never
//! logged, because they may hold secrets.

use std::any::Any;
use std::error::Error;
use std::fmt::Write as _;
use std::time::Duration;

use super::request::RequestInfo;
use crate::platform::problem::{Code, Problem};

/// What a line about a request says.
pub(super) struct Line<'a> {
    pub info: &'a RequestInfo,
    pub method: &'a str,
    pub path: &'a str,
    pub status: u16,
    pub took: Duration,
    pub code: Option<Code>,
}

/// Whether anybody reads the lines of requests.
pub(super) fn is_on() -> bool {
    tracing::enabled!(target: "masthead::access", tracing::Level::INFO)
}

/// Writes the line of a request.
pub(super) fn request(line: &Line<'_>) {
    let actor = line.info.actor();
    tracing::info!(
        target: "masthead::access",
        method = line.method,
        path = line.path,
        status = line.status,
        duration_ms = u64::try_from(line.took.as_millis()).unwrap_or(u64::MAX),
        actor = actor.as_deref(),
        code = line.code.map(Code::slug),
        "request"
    );
}

/// Writes a failure. Server errors are for the operator; of client errors only those with a cause say more than the line
/// of the request does.
pub(super) fn failure(problem: &Problem) {
    let causes = causes(problem);
    if problem.code().status() >= 500 {
        tracing::error!(code = problem.code().slug(), error = %causes, "request failed");
    } else if problem.source().is_some() {
        tracing::debug!(code = problem.code().slug(), error = %causes, "request refused");
    }
}

/// An error and its sources, outermost first.
fn causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        // Writing to a String cannot fail.
        let _ = write!(text, ": {cause}");
        next = cause.source();
    }
    text
}

/// The message of a panic.
pub(super) fn panic_message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("the panic has no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_causes_are_told_in_order() {
        let inner = Problem::internal("disk on fire").detail("inner");
        let outer = Problem::internal(inner).detail("outer");
        assert_eq!(causes(&outer), "internal: outer: internal: inner: disk on fire");
    }

    #[test]
    fn panics_of_each_kind_have_a_message() {
        assert_eq!(panic_message(&"plain"), "plain");
        assert_eq!(panic_message(&String::from("made")), "made");
        assert_eq!(panic_message(&7_u8), "the panic has no message");
    }
}
