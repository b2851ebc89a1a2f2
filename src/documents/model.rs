//! The header of a document and what is known of its head and its time in public. Pure.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::span::Span;
use crate::platform::access::Subject;
use crate::platform::id::{EntryId, UserId};
use crate::platform::problem::{Code, Problem};

/// What stands beside the body of every document.
#[derive(Debug, Clone)]
pub struct Header {
    /// The entry.
    pub entry: EntryId,
    /// The kind of the entry.
    pub kind: String,
    /// The locale of this document.
    pub locale: String,
    /// Moves with every change of the document; its `ETag`.
    pub version: i64,
    /// The number of the newest revision.
    pub head: i32,
    /// When the entry was created.
    pub created_at: DateTime<Utc>,
    /// Who created it; nobody when the command line did.
    pub created_by: Option<UserId>,
    /// When the document last changed in any way.
    pub updated_at: DateTime<Utc>,
    /// When the entry was put into the trash, if it lies there.
    pub trashed_at: Option<DateTime<Utc>>,
    /// The entry above, as the newest revision has it.
    pub parent: Option<EntryId>,
    /// What lists filter the newest revision by, for kinds that have such lists.
    pub facets: Option<Value>,
}

impl Header {
    /// The document: its entry and its locale.
    #[must_use]
    pub fn key(&self) -> (Uuid, String) {
        (self.entry.uuid(), self.locale.clone())
    }

    /// What grants are checked against.
    #[must_use]
    pub fn subject(&self) -> Subject<'_> {
        Subject { kind: &self.kind, created_by: self.created_by, locale: &self.locale }
    }

    /// Refuses a write that was based on another version.
    ///
    /// # Errors
    /// 412 with the version that is now.
    pub fn expect_version(&self, version: i64) -> Result<(), Problem> {
        if self.version == version {
            return Ok(());
        }
        Err(Problem::new(Code::Stale).detail(format!(
            "The document is at version {}, you sent \"v{version}\". Read it again, carry your change over, and send \
             the new ETag.",
            self.version
        )))
    }

    /// Refuses to work on what lies in the trash.
    ///
    /// # Errors
    /// 409.
    pub fn expect_kept(&self) -> Result<(), Problem> {
        match self.trashed_at {
            None => Ok(()),
            Some(_) => Err(Problem::new(Code::Trashed)
                .detail("The entry lies in the trash. Restore it before you change or publish it.")),
        }
    }
}

/// How a revision came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The first revision of a new document.
    Create,
    /// A save.
    Edit,
    /// An import.
    Import,
    /// A merge of a save with what others had saved meanwhile.
    Merge,
    /// The body of an older revision, brought back.
    Restore,
    /// A move in the tree.
    Move,
    /// The first revision of a document, from that of another entry.
    Duplicate,
    /// The first revision of a document, from that of another locale.
    Translate,
    /// References to an entry that went into the trash were removed or replaced.
    Unlink,
}

impl Origin {
    /// As it stands in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Edit => "edit",
            Self::Import => "import",
            Self::Merge => "merge",
            Self::Restore => "restore",
            Self::Move => "move",
            Self::Duplicate => "duplicate",
            Self::Translate => "translate",
            Self::Unlink => "unlink",
        }
    }
}

/// What a save brings.
#[derive(Debug, Clone)]
pub struct NewRevision {
    /// The body, in the form that its kind writes.
    pub body: Value,
    /// What the author says about the change, at most 1,000 characters.
    pub note: Option<String>,
    /// How it came about.
    pub origin: Origin,
    /// The revision of another locale that it translates; that of the revision before when not given.
    pub source: Option<Source>,
}

impl NewRevision {
    /// A revision with this body and nothing more to say.
    #[must_use]
    pub fn new(body: Value, origin: Origin) -> Self {
        Self { body, note: None, origin, source: None }
    }

    /// The same with what the author says about it.
    #[must_use]
    pub fn note(self, note: Option<String>) -> Self {
        Self { note, ..self }
    }
}

/// The revision of another locale that a translation follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The locale, a BCP 47 tag.
    #[schema(example = "en", max_length = 12)]
    pub locale: String,
    /// The number of the revision.
    #[schema(example = 3, minimum = 1)]
    pub revision: i32,
}

/// What stands beside the body of a revision.
#[derive(Debug, Clone)]
pub struct Revision {
    /// Counts from 1 without gaps.
    pub number: i32,
    /// The title at that time.
    pub title: String,
    /// Who wrote it; nobody when the command line did.
    pub author: Option<UserId>,
    /// How it came about.
    pub origin: String,
    /// What the author said about it.
    pub note: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// The revision of another locale that it translates.
    pub source: Option<Source>,
}

/// What an author has typed and not saved, without the text.
#[derive(Debug, Clone)]
pub struct Unsaved {
    /// Whose it is.
    pub author: UserId,
    /// The revision that it began from.
    pub base: i32,
    /// When it was last kept.
    pub updated_at: DateTime<Utc>,
}

/// A publication that is public now or will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Its row.
    pub id: Uuid,
    /// The revision.
    pub number: i32,
    /// When.
    pub during: Span,
    /// The path at its beginning, for kinds that have one.
    pub path: Option<String>,
}

/// How a document stands: header, newest revision, and what is public or planned.
#[derive(Debug, Clone)]
pub struct State {
    /// Beside the body.
    pub header: Header,
    /// The newest revision.
    pub head: Revision,
    /// Public now and later, in order of time.
    pub planned: Vec<Planned>,
    /// Whose unsaved work there is.
    pub unsaved: Vec<Unsaved>,
    /// The instant at which this was true.
    pub at: DateTime<Utc>,
}

impl State {
    /// What is public now.
    #[must_use]
    pub fn live(&self) -> Option<&Planned> {
        self.planned.iter().find(|planned| planned.during.contains(self.at))
    }
}

/// A document as editors see it: its state and the body of its newest revision, in the current schema version.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// How it stands.
    pub state: State,
    /// The body of the newest revision; none when it was erased.
    pub body: Option<Value>,
}

/// What editors filter lists by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StateFilter {
    /// Nothing is public.
    Draft,
    /// Something is public now.
    Live,
    /// Public, and the newest revision is another one.
    Changed,
    /// Something becomes public later.
    Scheduled,
    /// In the trash.
    Trashed,
}

impl StateFilter {
    /// As the SQL of lists has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Live => "live",
            Self::Changed => "changed",
            Self::Scheduled => "scheduled",
            Self::Trashed => "trashed",
        }
    }
}
