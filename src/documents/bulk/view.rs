//! How the outcome of an action on many documents looks.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Outcome;
use crate::platform::problem::ProblemBody;

/// What became of each document, in the order of the request, or parents first for a subtree.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkResult {
    /// How many were done.
    #[schema(example = 2)]
    pub done: usize,
    /// How many were refused; always 0 when all or nothing was asked for.
    #[schema(example = 0)]
    pub refused: usize,
    /// One for each document.
    pub results: Vec<BulkItem>,
}

/// What became of one document.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkItem {
    /// The entry.
    pub id: Uuid,
    /// 200, or the status that the action alone would have had.
    #[schema(example = 200)]
    pub status: u16,
    /// The version after; absent when it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 4)]
    pub version: Option<i64>,
    /// The newest revision; absent when it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = 3)]
    pub revision: Option<i32>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub problem: Option<ProblemBody>,
}

impl From<Vec<Outcome>> for BulkResult {
    fn from(outcomes: Vec<Outcome>) -> Self {
        let results: Vec<BulkItem> = outcomes.into_iter().map(BulkItem::from).collect();
        let done = results.iter().filter(|item| item.problem.is_none()).count();
        Self { done, refused: results.len() - done, results }
    }
}

impl From<Outcome> for BulkItem {
    fn from(outcome: Outcome) -> Self {
        let id = outcome.entry.uuid();
        match outcome.outcome {
            Ok((version, revision)) => {
                Self { id, status: 200, version: Some(version), revision: Some(revision), problem: None }
            }
            Err(problem) => {
                let body = problem.body(None);
                Self { id, status: body.status, version: None, revision: None, problem: Some(body) }
            }
        }
    }
}
