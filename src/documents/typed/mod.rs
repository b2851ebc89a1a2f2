//! What the endpoints of the kinds share, although each has a body of its own type: the endpoints themselves, what a save is
//! based on, and how what a client sent becomes a revision.

mod http;
mod operations;
mod view;

use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub use self::http::configure;
pub use self::view::{Create, Save, Saved, TypedDocument};

use super::actions::{Basis, Placing};
use super::body::Document;
use super::listing::ShelfFilter;
use super::model::{NewRevision, Origin, Snapshot};
use crate::platform::access::KindName;
use crate::platform::http::{NoParams, QueryParams};
use crate::platform::problem::{Code, FieldCode, FieldProblem, Pointer, Problem};

/// A kind whose drafts are created, read, listed, saved and trashed at `/admin/v1/<many>` like those of every other:
/// [`configure`] mounts that.
pub trait TypedKind: Document + KindName {
    /// What a client sends; the body itself where nothing has to be made of it.
    type Draft: IntoBody<Self>;
    /// What the list of editors is filtered by beside the state; [`NoParams`] for nothing.
    type Filters: ShelfFilters;
    /// What it is called.
    const WORDS: Words;

    /// Where a new one stands among its siblings.
    fn placing(_draft: &Self::Draft) -> Placing {
        Placing::AsGiven
    }
}

/// What a client sends of a kind.
pub trait IntoBody<D>: DeserializeOwned + ToSchema + 'static {
    /// The body, with ids for the parts that have none.
    ///
    /// # Errors
    /// Everything that is wrong with it as a draft.
    fn into_body(self, new_id: &mut dyn FnMut() -> Uuid) -> Result<D, Vec<FieldProblem>>;
}

impl<D: Document> IntoBody<D> for D {
    fn into_body(self, _new_id: &mut dyn FnMut() -> Uuid) -> Result<D, Vec<FieldProblem>> {
        Ok(self)
    }
}

/// What a kind is called in the API.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// One of it with its article, as in sentences: `a person`.
    pub a: &'static str,
    /// One of it, as in the names of operations: `person`.
    pub one: &'static str,
    /// Many of it, as in addresses: `people`.
    pub many: &'static str,
    /// As in the names of schemas: `Person`.
    pub schema: &'static str,
}

/// What the list of editors of a kind is filtered by.
pub trait ShelfFilters: QueryParams + IntoParams + 'static {
    /// The filter.
    fn filter(&self) -> ShelfFilter;

    /// What a cursor is bound to.
    fn bound(&self) -> String;
}

impl ShelfFilters for NoParams {
    fn filter(&self) -> ShelfFilter {
        ShelfFilter::default()
    }

    fn bound(&self) -> String {
        String::new()
    }
}

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
