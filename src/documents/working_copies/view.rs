//! How unsaved work looks in the admin API.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::WorkingCopy;

/// What an author has typed and not saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkingCopyView {
    /// The revision that it began from.
    #[schema(example = 2, minimum = 1)]
    pub base: i32,
    /// The content as the client keeps it: what the save of its kind takes as `body`, finished or not.
    #[schema(value_type = Object, example = json!({ "title": "Our histo", "blocks": [] }))]
    pub body: Value,
    /// When it was last kept.
    pub updated_at: DateTime<Utc>,
}

impl From<WorkingCopy> for WorkingCopyView {
    fn from(copy: WorkingCopy) -> Self {
        Self { base: copy.base, body: copy.body, updated_at: copy.updated_at }
    }
}
