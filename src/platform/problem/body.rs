//! The body of a problem as it goes over the wire (RFC 9457), and as the OpenAPI documents describe it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::FieldProblem;

/// What went wrong, as `application/problem+json` (RFC 9457). Every answer with a status of 400 or more has this body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(example = json!({
    "type": "/problems/invalid",
    "title": "The content is not valid",
    "status": 422,
    "detail": "The body has a member that is missing.",
    "instance": "urn:uuid:0197f2a4-8c1e-7d52-9b3a-2f6c1d0e4a5b",
    "code": "invalid",
    "errors": [{"pointer": "/title", "code": "required", "detail": "The member `title` is required."}]
}))]
pub struct ProblemBody {
    /// Address of a page about this code, relative to the server. Stable, and served by Masthead itself.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid")]
    pub type_url: String,
    /// The same short sentence for every problem with this code.
    pub title: String,
    /// The HTTP status, repeated.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What is wrong in this request and what to do. Absent for statuses of 500 and more.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub detail: Option<String>,
    /// The id of the request, as in `X-Request-Id`; a UUID has the form `urn:uuid:...`. Quote it when asking for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub instance: Option<String>,
    /// What is wrong, for programs. The list of codes is at `/problems`.
    pub code: String,
    /// One entry for each place of the request that is wrong. Absent when the problem has no place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldProblem>,
    /// Entries that stand in the way, at most 1,000; absent when there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 1000)]
    pub entries: Vec<Uuid>,
    /// With the code `edit_conflict`: every place at which two edits contradict each other, as `{pointer, base, theirs,
    /// mine}`. Absent otherwise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub conflicts: Vec<Value>,
}

impl ProblemBody {
    /// How many entries a problem names at most.
    pub const MOST_ENTRIES: usize = 1_000;
}
