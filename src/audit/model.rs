//! What an audit entry is. Pure.

use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

/// One event with the name of who made it happen.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Grows with time; not without gaps.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// `user`, `token` or `system`.
    pub actor_kind: String,
    /// The user, when there was one.
    pub actor: Option<Uuid>,
    /// What the user is called now.
    pub actor_name: Option<String>,
    /// The token that spoke for the user.
    pub token: Option<Uuid>,
    /// Why the system acted.
    pub reason: Option<String>,
    /// What happened, such as `page.published`.
    pub action: String,
    /// What kind of thing changed.
    pub subject_kind: String,
    /// Which thing changed.
    pub subject: Uuid,
    /// Details; none when they were erased.
    pub data: Option<Value>,
    /// The request in which it happened.
    pub request: Option<String>,
}

/// Which events.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Only those that this user made happen, also through tokens.
    pub actor: Option<Uuid>,
    /// Only those about this entry, user, role, token or session.
    pub subject: Option<Uuid>,
    /// Only those with this action.
    pub action: Option<String>,
    /// Only those about this kind of thing.
    pub kind: Option<String>,
    /// Only those at this instant or later.
    pub since: Option<DateTime<Utc>>,
    /// Only those before this instant.
    pub until: Option<DateTime<Utc>>,
}

/// Which page of the list of events.
#[derive(Debug, Clone)]
pub struct EventWindow {
    /// Which events.
    pub filter: EventFilter,
    /// The event at the edge.
    pub edge: Option<i64>,
    /// Whether the page lies before the edge and not after it.
    pub backwards: bool,
    /// How many rows.
    pub limit: i64,
}
