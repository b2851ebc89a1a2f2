//! How the audit log looks.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Entry;
use crate::identity::refusals::Refusal;

/// The record of one change, login or credential event.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// The id; grows with time, not without gaps.
    #[schema(example = 4711)]
    id: i64,
    /// When it happened.
    at: DateTime<Utc>,
    /// Who made it happen.
    actor: AuditActor,
    /// What happened, in the past tense.
    #[schema(example = "page.published")]
    action: String,
    /// What it happened to.
    subject: AuditSubject,
    /// Details as ids and numbers, never content, names or addresses; `null` when there are none or they were erased.
    #[schema(required, value_type = Option<Object>, example = json!({ "locale": "en", "revision": 2 }))]
    data: Option<Value>,
    /// The id of the request in which it happened; `null` for the command line and background work.
    #[schema(required)]
    request: Option<String>,
}

/// Who made something happen.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditActor {
    /// `user`, `token` (of that user), or `system`: the command line and background work.
    #[schema(example = "user")]
    kind: String,
    /// The user; `null` for the system.
    #[schema(required)]
    id: Option<Uuid>,
    /// What the user is called now; `null` for the system.
    #[schema(required, example = "Ilse Fictional")]
    name: Option<String>,
    /// The token that spoke for the user.
    #[schema(required)]
    token: Option<Uuid>,
    /// Why the system acted without a user.
    #[schema(required, example = "masthead import wordpress")]
    reason: Option<String>,
}

/// What something happened to.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditSubject {
    /// A kind of content, or `user`, `role`, `token`, `session`, `locale`, `redirect`.
    #[schema(example = "page")]
    kind: String,
    /// Its id.
    id: Uuid,
}

impl From<Entry> for AuditEntry {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            at: entry.at,
            actor: AuditActor {
                kind: entry.actor_kind,
                id: entry.actor,
                name: entry.actor_name,
                token: entry.token,
                reason: entry.reason,
            },
            action: entry.action,
            subject: AuditSubject { kind: entry.subject_kind, id: entry.subject },
            data: entry.data,
            request: entry.request,
        }
    }
}

/// How often somebody was turned away within a minute.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusalCount {
    /// The beginning of the minute.
    minute: DateTime<Utc>,
    /// Why: `login` and `password` for wrong passwords, otherwise the code of the problem, such as `forbidden`.
    #[schema(example = "login")]
    kind: String,
    /// From which address, or for IPv6 which network of 64 bits. `elsewhere` sums up what was too much to tell apart.
    #[schema(example = "192.0.2.7")]
    address: String,
    /// At which account, when one is known.
    #[schema(required)]
    user: Option<Uuid>,
    /// How often.
    #[schema(example = 12)]
    count: i64,
}

impl From<Refusal> for RefusalCount {
    fn from(refusal: Refusal) -> Self {
        Self {
            minute: refusal.minute,
            kind: refusal.kind,
            address: refusal.address,
            user: Some(refusal.user_id).filter(|id| !id.is_nil()),
            count: refusal.count,
        }
    }
}
