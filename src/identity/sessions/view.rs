//! How sessions look, and who one is.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::Session;
use crate::identity::roles::GrantView;
use crate::identity::users::User;
use crate::identity::users::view::UserView;
use crate::platform::access::Identity;
use crate::platform::id::{Id, SessionId};

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

/// Who is asking, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    #[serde(flatten)]
    user: UserView,
    /// The rights of this very request: those of the role, cut down to the scopes of the token when one speaks.
    grants: Vec<GrantView>,
    /// The session of this request; `null` when a token speaks.
    #[schema(required)]
    session: Option<Uuid>,
    /// The token of this request; `null` in a session.
    #[schema(required)]
    token: Option<Uuid>,
}

impl Me {
    /// The user behind a request.
    #[must_use]
    pub fn new(user: User, identity: &Identity) -> Self {
        Self {
            user: user.into(),
            grants: identity.grants.iter().map(GrantView::from).collect(),
            session: identity.session.map(Id::uuid),
            token: identity.token.map(Id::uuid),
        }
    }
}

/// Somebody who has just signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedInUser {
    /// The user.
    pub user: UserView,
    /// The session that was opened; its secret is in the cookie.
    pub session: Uuid,
}

/// How many sessions ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndedSessions {
    /// How many.
    #[schema(example = 2)]
    pub ended: usize,
}
