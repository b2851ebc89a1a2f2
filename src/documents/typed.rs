//! What the endpoints of the kinds share, although each has a body of its own type: what a save is based on, and how what a
//! client sent becomes a revision.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::actions::Basis;
use super::model::{NewRevision, Origin, Snapshot};
use crate::platform::problem::{Code, FieldCode, FieldProblem, Pointer, Problem};

/// What a save is based on: `If-Match` or `base`.
///
/// # Errors
/// 428 without either, 400 with both.
pub fn basis(version: Option<i64>, base: Option<i32>) -> Result<Basis, Problem> {
    match (version, base) {
        (Some(version), None) => Ok(Basis::Version(version)),
        (None, Some(base)) => Ok(Basis::Revision(base)),
        (Some(_), Some(_)) => Err(Problem::new(Code::InvalidPrecondition).detail(
            "Send If-Match for a strict save or `base` for a merging one, not both.",
        )),
        (None, None) => Err(Problem::new(Code::PreconditionRequired).detail(
            "Say what this save is based on: the ETag that was read as If-Match, or the number of the revision as `base`.",
        )),
    }
}

/// What the client sent, as a revision.
///
/// # Errors
/// 422 with every fault of the body or the note.
pub fn revision<B: Serialize>(
    body: Result<B, Vec<FieldProblem>>,
    origin: Origin,
    note: Option<String>,
) -> Result<NewRevision, Problem> {
    check_note(note.as_deref())?;
    let body = body.map_err(|problems| {
        inside_body(
            Problem::new(Code::Invalid)
                .detail(
                    "The content breaks the rules named in `errors`; each names its place by a JSON pointer.",
                )
                .fields(problems),
        )
    })?;
    let body = serde_json::to_value(body).map_err(Problem::internal)?;
    Ok(NewRevision::new(body, origin).note(note))
}

/// Refuses a note that is too long.
///
/// # Errors
/// 422.
pub fn check_note(note: Option<&str>) -> Result<(), Problem> {
    if note.is_some_and(|note| note.chars().count() > 1000) {
        return Err(Problem::new(Code::Invalid).field(
            "/note",
            FieldCode::TooLong,
            "A note has at most 1,000 characters.",
        ));
    }
    Ok(())
}

/// What is wrong with the content, counted from the body of the request; `base` stands there itself.
#[must_use]
pub fn inside_body(problem: Problem) -> Problem {
    let beside = |place: &str| place == "/base" || place.starts_with("/source/");
    if problem.errors().iter().any(|error| beside(error.pointer.as_str())) {
        return problem;
    }
    problem.inside(&Pointer::root().field("body"))
}

/// The content of the newest revision.
///
/// # Errors
/// 410 when it was erased, with the version on which the next save is based.
pub fn body<B: DeserializeOwned>(snapshot: &Snapshot) -> Result<B, Problem> {
    let version = snapshot.state.header.version;
    // What is saved next is based on this version, so it is told although there is no content.
    let body = snapshot.body.clone().ok_or_else(|| {
        Problem::new(Code::Erased)
            .detail("The content of the newest revision was erased for good. Save new content to go on.")
            .header("etag", format!("\"v{version}\""))
    })?;
    serde_json::from_value(body).map_err(Problem::internal)
}
