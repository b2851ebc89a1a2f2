//! How a document of whatever kind looks in the admin API, apart from its body.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Planned, Revision, Source, State, Unsaved};
use crate::platform::id::UserId;

/// How a document stands: its version, its newest revision, and what is public of it now and later.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DocumentState {
    /// The entry.
    pub id: Uuid,
    /// The kind of the entry.
    #[schema(example = "page")]
    pub kind: String,
    /// The locale of this document, a BCP 47 tag.
    #[schema(example = "en")]
    pub locale: String,
    /// The title of the newest revision; may be empty in a draft.
    #[schema(example = "Our history")]
    pub title: String,
    /// Moves with every change of the document, publishing included. `ETag` carries it as `"v<version>"`.
    #[schema(example = 3, minimum = 1)]
    pub version: i64,
    /// The newest revision.
    pub revision: RevisionInfo,
    /// What is public now; `null` when nothing is.
    pub live: Option<PublicationInfo>,
    /// What will become public, in order of time.
    pub scheduled: Vec<PublicationInfo>,
    /// Whose unsaved work there is, the newest first. Empty in lists.
    pub unsaved: Vec<UnsavedInfo>,
    /// When the entry was created.
    pub created_at: DateTime<Utc>,
    /// The user who created it; `null` when an import or the command line did.
    pub created_by: Option<Uuid>,
    /// When the document last changed in any way.
    pub updated_at: DateTime<Utc>,
    /// When it was put into the trash; `null` when it does not lie there.
    pub trashed_at: Option<DateTime<Utc>>,
}

/// Who wrote a revision, when and how.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RevisionInfo {
    /// Counts from 1 without gaps.
    #[schema(example = 2, minimum = 1)]
    pub number: i32,
    /// The user who wrote it; `null` when an import or the command line did.
    pub author: Option<Uuid>,
    /// How it came about: `create`, `edit`, `merge`, `move`, `restore`, `duplicate`, `translate`, `unlink`, `import`.
    #[schema(example = "edit")]
    pub origin: String,
    /// What the author said about the change.
    #[schema(example = "Corrected the year of the founding.")]
    pub note: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// The revision of another locale that it translates; `null` for an original.
    pub source: Option<Source>,
}

/// What an author has typed and not saved.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnsavedInfo {
    /// The user whose work it is.
    pub author: Uuid,
    /// The revision that it began from.
    #[schema(example = 2, minimum = 1)]
    pub base: i32,
    /// When it was last kept.
    pub updated_at: DateTime<Utc>,
}

impl From<Unsaved> for UnsavedInfo {
    fn from(unsaved: Unsaved) -> Self {
        Self { author: unsaved.author.uuid(), base: unsaved.base, updated_at: unsaved.updated_at }
    }
}

impl From<Revision> for RevisionInfo {
    fn from(revision: Revision) -> Self {
        Self {
            number: revision.number,
            author: revision.author.map(UserId::uuid),
            origin: revision.origin,
            note: revision.note,
            created_at: revision.created_at,
            source: revision.source,
        }
    }
}

/// A revision that is public during a range of time.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PublicationInfo {
    /// Names the publication to `cancel`, `reschedule` and `expire`.
    pub id: Uuid,
    /// The number of the revision.
    #[schema(example = 2, minimum = 1)]
    pub revision: i32,
    /// The instant from which it is public.
    pub from: DateTime<Utc>,
    /// The instant at which that ends; `null` when no end is planned.
    pub until: Option<DateTime<Utc>>,
    /// The path on the public site when it begins; `null` for kinds without paths.
    #[schema(example = "/about/history")]
    pub path: Option<String>,
}

impl From<&Planned> for PublicationInfo {
    fn from(planned: &Planned) -> Self {
        Self {
            id: planned.id,
            revision: planned.number,
            from: planned.during.from,
            until: planned.during.until,
            path: planned.path.clone(),
        }
    }
}

impl From<State> for DocumentState {
    fn from(state: State) -> Self {
        let live = state.live().map(PublicationInfo::from);
        let scheduled = state
            .planned
            .iter()
            .filter(|planned| planned.during.from > state.at)
            .map(PublicationInfo::from)
            .collect();
        let (header, head) = (state.header, state.head);
        Self {
            id: header.entry.uuid(),
            kind: header.kind,
            locale: header.locale,
            title: head.title.clone(),
            version: header.version,
            revision: head.into(),
            live,
            scheduled,
            unsaved: state.unsaved.into_iter().map(UnsavedInfo::from).collect(),
            created_at: header.created_at,
            created_by: header.created_by.map(UserId::uuid),
            updated_at: header.updated_at,
            trashed_at: header.trashed_at,
        }
    }
}
