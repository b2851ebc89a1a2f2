//! What a preview link is.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::platform::access::Sees;
use crate::platform::http::IdWindow;
use crate::platform::id::{EntryId, UserId};
use crate::platform::secret::Secret;

/// A link without its secret.
#[derive(Debug, Clone)]
pub(super) struct PreviewLink {
    pub id: Uuid,
    pub sees: Sees,
    pub made_by: UserId,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    /// In so many minutes it was opened.
    pub opened: i64,
    pub last_opened_at: Option<DateTime<Utc>>,
}

/// A link that was just made. This is the one time that its secret can be seen.
#[derive(Debug)]
pub(super) struct MadeLink {
    pub link: PreviewLink,
    pub secret: Secret,
    /// The path that it leads to, and its locale.
    pub path: Option<String>,
}

/// Which links: those to a document, or those to the site.
#[derive(Debug, Clone, Copy)]
pub(super) struct LinkWindow<'a> {
    pub of: Option<(EntryId, &'a str)>,
    pub window: IdWindow,
}
