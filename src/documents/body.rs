//! What the engine must know of a kind's body: the [`Document`] trait and the collectors that it fills.
//! The engine knows no kind; a kind knows nothing of storage, time or requests.

use std::{borrow::Cow, collections::HashMap, fmt};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use super::position::Position;
use super::shown::{Shelf, Shown};
use super::slug::Slug;
use crate::platform::problem::field::{FieldCode, FieldProblem, Pointer, read_json};

/// The body of one kind of content. Everything here is a pure function of the body.
pub trait Document: Serialize + DeserializeOwned + ToSchema + Send + 'static {
    /// The name of the kind.
    const KIND: Kind;
    /// The version of the body's shape that [`Serialize`] writes; raised with every change that old readers or old
    /// bodies cannot follow.
    const SCHEMA_VERSION: i16;

    /// The title for lists of documents; may be empty in a draft.
    fn title(&self) -> &str;

    /// What lists show and sort by.
    fn listing(&self) -> Listing;

    /// Parent and slug, for kinds that have a path.
    fn route(&self) -> Option<Route<'_>> {
        None
    }

    /// Adds every entry that the body points at, wherever it does.
    fn references(&self, found: &mut References) {
        let _ = found;
    }

    /// Adds every word that a search should find.
    fn search_text(&self, out: &mut SearchText);

    /// Whether readers find it by searching; what only holds other content together they do not.
    const SEARCHED: bool = true;

    /// The languages that the body names for the whole site, for the kind that does.
    fn locales(&self) -> Option<SiteLocales> {
        None
    }

    /// The bytes that the body shows, for kinds that show any.
    fn shown(&self) -> Option<Shown> {
        None
    }

    /// Adds all that is wrong with the body at this stage, not only the first.
    fn check(&self, at: Stage, problems: &mut Problems);

    /// Puts the body elsewhere in the tree; the slug stays when none is given. Gives nothing for a kind without a place
    /// there.
    #[must_use]
    fn relocated(self, parent: Option<Uuid>, slug: Option<Slug>, position: Position) -> Option<Self> {
        let _ = (parent, slug, position);
        None
    }

    /// The body of what a client sends to be saved, with ids for the parts that have none; the body itself, unless a kind has
    /// something to make of it.
    ///
    /// # Errors
    /// Everything that is wrong with it as a draft.
    fn from_draft(draft: Value, new_id: &mut dyn FnMut() -> Uuid) -> Result<Self, Vec<FieldProblem>> {
        let _ = new_id;
        read_json(&draft).map_err(|problem| vec![problem])
    }

    /// Lifts a stored body of version `from` to [`SCHEMA_VERSION`](Self::SCHEMA_VERSION).
    ///
    /// # Errors
    /// When no such version was ever written, as none was before the first, or the body is not of that version's shape.
    fn upgrade(from: i16, body: Value) -> Result<Value, UpgradeError> {
        let _ = body;
        Err(UpgradeError::NoSuchVersion { kind: Self::KIND, from })
    }
}

/// The name of a kind: 1 to 63 of `a-z`, `0-9` and `_`, starting with a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z][a-z0-9_]{0,62}$", min_length = 1, max_length = 63, examples("page"))]
pub struct Kind(Cow<'static, str>);

impl Kind {
    /// The kind of this name, for constants.
    ///
    /// # Panics
    /// When the name is not a kind's name. In a constant, as meant, the compiler reports it.
    #[must_use]
    pub const fn named(name: &'static str) -> Self {
        assert!(is_kind(name), "not the name of a kind");
        Self(Cow::Borrowed(name))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is not the name of a kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a kind is 1 to 63 of a-z, 0-9 and _, starting with a letter, such as `page`")]
pub struct KindError;

impl TryFrom<String> for Kind {
    type Error = KindError;

    fn try_from(name: String) -> Result<Self, KindError> {
        if is_kind(&name) { Ok(Self(Cow::Owned(name))) } else { Err(KindError) }
    }
}

impl From<Kind> for String {
    fn from(kind: Kind) -> Self {
        kind.0.into_owned()
    }
}

const fn is_kind(name: &str) -> bool {
    let bytes = name.as_bytes();
    if bytes.is_empty() || bytes.len() > 63 || !bytes[0].is_ascii_lowercase() {
        return false;
    }
    let mut at = 1;
    while at < bytes.len() {
        if !(bytes[at].is_ascii_lowercase() || bytes[at].is_ascii_digit() || bytes[at] == b'_') {
            return false;
        }
        at += 1;
    }
    true
}

/// When a body is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A save of a draft: anything that is well formed and within the limits passes, however unfinished.
    Save,
    /// A publication: what readers need must be there.
    Publish,
}

/// Where a document hangs in the tree of the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route<'a> {
    /// The entry above, or none at the top.
    pub parent: Option<Uuid>,
    /// The last segment of the path; empty for the home page alone.
    pub slug: &'a Slug,
}

/// The languages of the site, as a body names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteLocales {
    /// In order; what stands in for another stands before it.
    pub named: Vec<NamedLocale>,
    /// The one that is meant when none is named; as it is, when none is given.
    pub default: Option<String>,
}

/// A language of the site, as a body names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedLocale {
    /// Its tag.
    pub tag: String,
    /// The one that stands in for it.
    pub fallback: Option<String>,
}

/// What lists show of a document besides its title.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// The summary.
    pub summary: Option<String>,
    /// The date that readers are shown, when it is not that of the first publication.
    pub date: Option<DateTime<Utc>>,
    /// The tags.
    pub tags: Vec<String>,
    /// The rank among its siblings.
    pub position: Option<String>,
    /// What a card in a list shows besides, by name.
    pub card: Map<String, Value>,
    /// What the lists of editors filter by and search, for kinds that have such lists.
    pub shelf: Option<Shelf>,
    /// By what readers name it, for kinds in which no two public documents of a locale have the same name.
    pub key: Option<String>,
}

/// One place in a body that points at an entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Where in the body.
    pub pointer: Pointer,
    /// The entry that is pointed at.
    pub target: Uuid,
    /// Whether the body may not be published without the target.
    pub required: bool,
}

/// Every entry that a body points at. A pair of place and target occurs once, however often a text repeats the link.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    found: Vec<Reference>,
    index: HashMap<(Pointer, Uuid), usize>,
}

impl References {
    /// Adds a reference; one that is there already becomes required if either is.
    pub fn add(&mut self, pointer: &Pointer, target: Uuid, required: bool) {
        let next = self.found.len();
        let at = *self.index.entry((pointer.clone(), target)).or_insert(next);
        match self.found.get_mut(at) {
            Some(known) => known.required |= required,
            None => self.found.push(Reference { pointer: pointer.clone(), target, required }),
        }
    }

    /// The references in the order in which they stand in the body.
    pub fn iter(&self) -> impl Iterator<Item = &Reference> {
        self.found.iter()
    }

    /// The references as a list.
    #[must_use]
    pub fn into_vec(self) -> Vec<Reference> {
        self.found
    }
}

/// How much a word counts in a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Titles and headings.
    Title,
    /// Summaries and tags.
    Summary,
    /// Everything else.
    Body,
}

/// The words of a body, by weight, in the order in which they stand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchText(Vec<(Weight, String)>);

impl SearchText {
    /// Adds a piece of text; blank pieces are left out.
    pub fn add(&mut self, weight: Weight, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.0.push((weight, text.to_owned()));
        }
    }

    /// The pieces in order.
    pub fn iter(&self) -> impl Iterator<Item = (Weight, &str)> {
        self.0.iter().map(|(weight, text)| (*weight, text.as_str()))
    }

    /// All text of one weight, a line for each piece.
    #[must_use]
    pub fn of(&self, weight: Weight) -> String {
        self.join(|known| known == weight)
    }

    /// All text of all weights, a line for each piece.
    #[must_use]
    pub fn all(&self) -> String {
        self.join(|_| true)
    }

    fn join(&self, wanted: impl Fn(Weight) -> bool) -> String {
        let pieces: Vec<&str> =
            self.iter().filter(|(weight, _)| wanted(*weight)).map(|(_, text)| text).collect();
        pieces.join("\n")
    }
}

/// All that is wrong with a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<FieldProblem>);

impl Problems {
    /// Adds a problem with the field at `pointer`.
    pub fn add(&mut self, pointer: &Pointer, code: FieldCode, detail: impl Into<String>) {
        self.push(FieldProblem::new(pointer.clone(), code, detail));
    }

    /// Adds a problem.
    pub fn push(&mut self, problem: FieldProblem) {
        self.0.push(problem);
    }

    /// The value, or none after its error was added as a problem with the field at `pointer`.
    pub fn keep<T, E: fmt::Display>(&mut self, pointer: &Pointer, result: Result<T, E>) -> Option<T> {
        result.map_err(|error| self.add(pointer, FieldCode::Invalid, error.to_string())).ok()
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The problems in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &FieldProblem> {
        self.0.iter()
    }

    /// The problems as a list, for the `errors` of an answer.
    #[must_use]
    pub fn into_vec(self) -> Vec<FieldProblem> {
        self.0
    }
}

impl From<FieldProblem> for Problems {
    fn from(problem: FieldProblem) -> Self {
        Self(vec![problem])
    }
}

/// A stored body cannot be lifted to the version that this program writes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpgradeError {
    /// A newer program wrote it.
    #[error("the {kind} has schema version {from}, this program knows up to {known}: use the newer program")]
    Newer {
        /// The kind of the body.
        kind: Kind,
        /// The version of the body.
        from: i16,
        /// The newest version that this program knows.
        known: i16,
    },
    /// No program ever wrote that version.
    #[error("there is no schema version {from} of a {kind}")]
    NoSuchVersion {
        /// The kind of the body.
        kind: Kind,
        /// The version of the body.
        from: i16,
    },
    /// The body is not of its version's shape.
    #[error("the {kind} is not of schema version {from}: {problem}")]
    Malformed {
        /// The kind of the body.
        kind: Kind,
        /// The version of the body.
        from: i16,
        /// What does not fit, and where.
        problem: FieldProblem,
    },
}

#[cfg(test)]
#[path = "body_tests.rs"]
mod tests;
