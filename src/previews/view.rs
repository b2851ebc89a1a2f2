//! Preview links as editors see them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::PreviewLink;
use crate::platform::access::Sees;

/// A preview link, without its secret.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PreviewView {
    /// Names the link.
    pub id: Uuid,
    /// The entry of the draft that it shows; `null` when it shows the site.
    pub entry: Option<Uuid>,
    /// The locale of the draft.
    #[schema(example = "en")]
    pub locale: Option<String>,
    /// The revision that it shows; `null` when it shows the newest.
    #[schema(minimum = 1)]
    pub revision: Option<i32>,
    /// The instant as of which it shows the site; `null` when it shows a draft.
    pub as_of: Option<DateTime<Utc>>,
    /// The user who made it, whose rights it has.
    pub made_by: Uuid,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was ended before; `null` when it was not.
    pub revoked_at: Option<DateTime<Utc>>,
    /// How often it was opened; what happens within a minute counts once.
    #[schema(minimum = 0)]
    pub opened: i64,
    /// When it was last opened, to the minute; `null` when it never was.
    pub last_opened_at: Option<DateTime<Utc>>,
}

impl From<PreviewLink> for PreviewView {
    fn from(link: PreviewLink) -> Self {
        let (entry, locale, revision, as_of) = match link.sees {
            Sees::Draft { entry, locale, revision } => (Some(entry.uuid()), Some(locale), revision, None),
            Sees::Site { at } => (None, None, None, Some(at)),
        };
        Self {
            id: link.id,
            entry,
            locale,
            revision,
            as_of,
            made_by: link.made_by.uuid(),
            created_at: link.created_at,
            expires_at: link.expires_at,
            revoked_at: link.revoked_at,
            opened: link.opened,
            last_opened_at: link.last_opened_at,
        }
    }
}

/// A preview link that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadePreview {
    /// The link.
    pub preview: PreviewView,
    /// The address to hand on, on the public site. This is the one time that it is shown. The site takes what follows
    /// `#masthead-preview=` out of it, which browsers send to no server, and sends that as the header `Masthead-Preview` to
    /// the read API.
    #[schema(example = "https://www.example.org/about/history#masthead-preview=mhp_...")]
    pub url: String,
}
