//! How sessions look.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Session;
use crate::platform::id::SessionId;

/// A browser that is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionView {
    /// The id, which is no secret.
    id: Uuid,
    /// Whose it is.
    user: Uuid,
    /// Whether it is the one of this request.
    current: bool,
    /// When it was opened.
    created_at: DateTime<Utc>,
    /// When it was last used, to the minute. Unused for 12 hours, it ends.
    last_seen_at: DateTime<Utc>,
    /// When it ends at the latest, 7 days after it was opened.
    expires_at: DateTime<Utc>,
    /// The address from which it was opened.
    #[schema(example = "192.0.2.7")]
    address: String,
    /// What the browser called itself.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")]
    user_agent: String,
}

impl SessionView {
    /// A session, seen from this one.
    #[must_use]
    pub fn new(session: Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.uuid(),
            user: session.user.uuid(),
            current: current == Some(session.id),
            created_at: session.created_at,
            last_seen_at: session.last_seen_at,
            expires_at: session.expires_at,
            address: session.address,
            user_agent: session.user_agent,
        }
    }
}

/// How many sessions ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndedSessions {
    /// How many.
    #[schema(example = 2)]
    pub ended: usize,
}
