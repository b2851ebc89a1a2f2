//! What changed, as a site that is built from this one is told.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Changed, Step, What};

/// A document that is another one to the public than before.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangeView {
    /// The entry.
    pub id: Uuid,
    /// The kind, such as `page`, `person`, `media` or `menu`.
    #[schema(example = "page")]
    pub kind: String,
    /// The locale of the document. It also shows wherever it stands in for a locale in which there is none.
    #[schema(example = "en")]
    pub locale: String,
    /// What became of it.
    pub change: What,
    /// Where it is now; `null` when it is gone or of a kind without a path.
    #[schema(required, example = "/about/history")]
    pub path: Option<String>,
    /// Where it was; `null` when it was not public or of a kind without a path.
    #[schema(required, example = "/history")]
    pub previous_path: Option<String>,
    /// When the last of it happened.
    pub at: DateTime<Utc>,
}

impl ChangeView {
    pub(super) fn new(change: What, changed: Changed) -> Self {
        let Changed { step: Step(at, id, locale), before, after } = changed;
        let kind = after.as_ref().or(before.as_ref()).map(|state| state.kind.clone());
        Self {
            id,
            kind: kind.unwrap_or_default(),
            locale,
            change,
            path: after.and_then(|state| state.path),
            previous_path: before.and_then(|state| state.path),
            at,
        }
    }
}

/// What changed, and from where to go on.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Changes {
    /// In the order in which it happened; each document once.
    pub data: Vec<ChangeView>,
    /// The cursor to send as `after` the next time. It is there when nothing changed, too.
    #[schema(example = "q83vEjRWeJAAESIzRFVmd1siYSIsMV0")]
    pub next: String,
    /// Whether there is more at once.
    pub more: bool,
}
