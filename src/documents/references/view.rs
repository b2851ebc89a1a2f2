//! How references look in the admin API.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Target, Use};

/// Where an entry is used, and what it points at.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferencesView {
    /// The places that use the entry, in newest revisions and in what is public or planned; at most 1,000.
    #[schema(max_items = 1000)]
    pub used_by: Vec<UseView>,
    /// What the newest revision of the document points at; at most 1,000.
    #[schema(max_items = 1000)]
    pub uses: Vec<TargetView>,
}

/// A place that uses an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct UseView {
    /// The entry whose document uses it.
    pub id: Uuid,
    /// The kind of that entry.
    #[schema(example = "page")]
    pub kind: String,
    /// The locale of that document.
    #[schema(example = "en")]
    pub locale: String,
    /// The title of its newest revision.
    #[schema(example = "Our history")]
    pub title: String,
    /// Where in the body, as a JSON pointer (RFC 6901).
    #[schema(example = "/blocks/2/markdown")]
    pub pointer: String,
    /// Whether the newest revision uses it.
    pub in_newest: bool,
    /// Whether a revision that is public or planned uses it.
    pub in_public: bool,
}

/// What a document points at.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetView {
    /// The entry that is pointed at.
    pub id: Uuid,
    /// Its kind.
    #[schema(example = "page")]
    pub kind: String,
    /// The title of its newest revision; `null` when it has no document in this locale, or none that you may read.
    #[schema(example = "Principles")]
    pub title: Option<String>,
    /// Where in the body, as a JSON pointer (RFC 6901).
    #[schema(example = "/parent")]
    pub pointer: String,
    /// Whether it is public now, in this locale.
    pub public: bool,
}

impl ReferencesView {
    /// From what was found.
    #[must_use]
    pub fn new(uses: Vec<Use>, targets: Vec<Target>) -> Self {
        let used_by = uses.into_iter().map(|used| UseView {
            id: used.by,
            kind: used.kind,
            locale: used.locale,
            title: used.title,
            pointer: used.pointer,
            in_newest: used.in_head,
            in_public: used.in_public,
        });
        let uses = targets.into_iter().map(|target| TargetView {
            id: target.entry,
            kind: target.kind,
            title: target.title,
            pointer: target.pointer,
            public: target.public,
        });
        Self { used_by: used_by.collect(), uses: uses.collect() }
    }
}
