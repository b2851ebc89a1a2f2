//! Whoever has opened a preview link: nobody in particular, who sees what the link is for, as far as its maker may.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::actor::Identity;
use crate::platform::id::EntryId;

/// Somebody with a preview link.
#[derive(Debug, Clone)]
pub struct Guest {
    /// The link.
    pub link: Uuid,
    /// What it is for.
    pub sees: Sees,
    /// Who made it, with the rights that they have now.
    pub maker: Identity,
}

/// What a preview link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sees {
    /// A draft of a document, in the place of what is public of it.
    Draft {
        /// The entry.
        entry: EntryId,
        /// The locale.
        locale: String,
        /// The revision; the newest when none is named.
        revision: Option<i32>,
    },
    /// What was or will be public at an instant.
    Site {
        /// The instant.
        at: DateTime<Utc>,
    },
}
