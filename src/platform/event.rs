//! Events: the record of one change each. Their data holds ids, never names, addresses or content.

use serde_json::Value;
use uuid::Uuid;

/// What happened to which subject; written by [`Change::record`](super::db::Change::record) alone.
#[derive(Debug, Clone)]
pub struct Event {
    /// Past tense and dotted, for instance `page.published`.
    pub action: String,
    /// What kind of thing the subject is: a content kind, `user`, `token`, `role`, `redirect`.
    pub subject_kind: String,
    /// The entry, user, token, role or redirect that changed.
    pub subject_id: Uuid,
    /// Details as ids and numbers.
    pub data: Option<Value>,
}

impl Event {
    /// An event `subject_kind.verb` about one subject.
    #[must_use]
    pub fn new(subject_kind: &str, verb: &str, subject_id: Uuid) -> Self {
        Self {
            action: format!("{subject_kind}.{verb}"),
            subject_kind: subject_kind.to_owned(),
            subject_id,
            data: None,
        }
    }

    /// The same event with details.
    #[must_use]
    pub fn with(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }
}
