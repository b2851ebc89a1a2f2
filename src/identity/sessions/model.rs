//! What a session is. Pure.

use chrono::{DateTime, Utc};

use crate::platform::access::{Actor, Identity};
use crate::platform::id::{SessionId, UserId};

/// A session that nobody uses ends after this many hours.
pub const IDLE_HOURS: i64 = 12;
/// A session ends after this many days, used or not.
pub const LIFE_DAYS: i64 = 7;

/// Where a request comes from, as far as sessions note it.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The address of the client.
    pub address: String,
    /// What limits count by: the address, or for IPv6 its network of 64 bits.
    pub network: String,
    /// What the browser calls itself, at most 400 characters.
    pub user_agent: String,
    /// The id of the request, for the events.
    pub request_id: Option<String>,
}

impl Caller {
    /// The user as the actor of what is done while signing in.
    #[must_use]
    pub fn signs_in_as(&self, user: UserId) -> Actor {
        let request_id = self.request_id.clone();
        Actor::Identified(Identity { user, token: None, session: None, grants: Vec::new(), request_id })
    }
}

/// A session that has not ended.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id, which is no secret.
    pub id: SessionId,
    /// Who is signed in.
    pub user: UserId,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends at the latest.
    pub expires_at: DateTime<Utc>,
    /// The address from which it was opened.
    pub address: String,
    /// What the browser called itself.
    pub user_agent: String,
}

/// Which sessions a list shows, the newest first.
#[derive(Debug, Clone, Copy)]
pub struct SessionWindow {
    /// Of this user.
    pub user: UserId,
    /// Where the page lies.
    pub window: crate::platform::http::IdWindow,
}
