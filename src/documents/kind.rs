//! A kind as a value: the functions of its [`Document`] over plain JSON, for the registry of kinds.
//! No function here panics, whatever is stored: a body that does not fit gives problems.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    body::{Document, Kind, Listing, Problems, References, Route, SearchText, Stage, UpgradeError},
    position::Position,
    publishing::Derived,
    slug::Slug,
    wording::Wording,
};
use crate::platform::problem::{
    Problem,
    field::{FieldCode, FieldProblem, Pointer, read_json},
};

/// What the engine can do with the bodies of one kind without knowing their type. Every function takes a body of the
/// current schema version (see [`lift`](KindSpec::lift)); a body of another shape is an error that says where.
#[derive(Debug, Clone)]
pub struct KindSpec {
    /// The name of the kind.
    pub kind: Kind,
    /// The schema version that this program writes.
    pub schema_version: i16,
    /// The title for lists.
    pub title: fn(&Value) -> Result<String, FieldProblem>,
    /// Parent and slug, for kinds that have a path.
    pub route: fn(&Value) -> Result<Option<OwnedRoute>, FieldProblem>,
    /// Every entry that the body points at.
    pub references: fn(&Value) -> Result<References, FieldProblem>,
    /// Every word that a search should find.
    pub search_text: fn(&Value) -> Result<SearchText, FieldProblem>,
    /// All that is wrong with the body at a stage; a body of another shape is one problem.
    pub check: fn(&Value, Stage) -> Problems,
    /// The body as this program would write it: fields that are empty left out, everything else unchanged.
    pub canonical: fn(&Value) -> Result<Value, FieldProblem>,
    /// What a publication keeps of the body for lists.
    pub derive: fn(&Value) -> Result<Derived, FieldProblem>,
    /// The body elsewhere in the tree; nothing for a kind without a place there.
    pub relocate: Relocate,
    /// The body of what a client sends to be saved; all that is wrong with it as a draft.
    pub from_draft: FromDraft,
    upgrade: fn(i16, Value) -> Result<Value, UpgradeError>,
}

/// Puts a body below another parent, under another slug, at another rank.
pub type Relocate = fn(&Value, Option<Uuid>, Option<Slug>, Position) -> Result<Option<Value>, FieldProblem>;

/// Reads a draft; the function gives new ids for its parts.
pub type FromDraft = fn(Value, &mut dyn FnMut() -> Uuid) -> Result<Value, Vec<FieldProblem>>;

/// [`Route`] without a borrow of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnedRoute {
    /// The entry above, or none at the top.
    pub parent: Option<Uuid>,
    /// The last segment of the path; empty for the home page alone.
    pub slug: Slug,
}

impl From<Route<'_>> for OwnedRoute {
    fn from(route: Route<'_>) -> Self {
        Self { parent: route.parent, slug: route.slug.clone() }
    }
}

/// The kinds of content that this program knows.
#[derive(Debug, Clone)]
pub struct Kinds(Arc<[KindSpec]>);

impl Kinds {
    /// A registry of these kinds.
    #[must_use]
    pub fn new(kinds: Vec<KindSpec>) -> Self {
        Self(kinds.into())
    }

    /// The names of all kinds.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.0.iter().map(|spec| spec.kind.as_str()).collect()
    }

    /// The kind of that name.
    ///
    /// # Errors
    /// 500 for a kind that only a newer program knows.
    pub fn get(&self, name: &str) -> Result<&KindSpec, Problem> {
        self.0.iter().find(|spec| spec.kind.as_str() == name).ok_or_else(|| {
            Problem::internal(format!("the database holds the kind {name}, which this program does not know"))
        })
    }
}

impl KindSpec {
    /// The functions of the kind whose body is `D`.
    #[must_use]
    pub fn of<D: Document>() -> Self {
        Self {
            kind: D::KIND,
            schema_version: D::SCHEMA_VERSION,
            title: |body| Ok(read_json::<D>(body)?.title().to_owned()),
            route: |body| Ok(read_json::<D>(body)?.route().map(OwnedRoute::from)),
            references: |body| {
                let mut found = References::default();
                read_json::<D>(body)?.references(&mut found);
                Ok(found)
            },
            search_text: |body| {
                let mut out = SearchText::default();
                read_json::<D>(body)?.search_text(&mut out);
                Ok(out)
            },
            check: check::<D>,
            canonical: canonical::<D>,
            derive: |body| Ok(derive(&read_json::<D>(body)?)),
            relocate: |body, parent, slug, position| {
                read_json::<D>(body)?.relocated(parent, slug, position).map(|body| written(&body)).transpose()
            },
            from_draft: |draft, new_id| {
                written(&D::from_draft(draft, new_id)?).map_err(|problem| vec![problem])
            },
            upgrade: D::upgrade,
        }
    }

    /// The body in the current schema version, given that it was stored in version `from`.
    ///
    /// # Errors
    /// When a newer program wrote it, when there is no such version, or when it is not of that version's shape.
    pub fn lift(&self, from: i16, body: Value) -> Result<Value, UpgradeError> {
        match from {
            _ if from == self.schema_version => Ok(body),
            _ if from > self.schema_version => {
                Err(UpgradeError::Newer { kind: self.kind.clone(), from, known: self.schema_version })
            }
            _ => (self.upgrade)(from, body),
        }
    }
}

fn check<D: Document>(body: &Value, at: Stage) -> Problems {
    match read_json::<D>(body) {
        Ok(document) => {
            let mut problems = Problems::default();
            document.check(at, &mut problems);
            problems
        }
        Err(problem) => problem.into(),
    }
}

fn canonical<D: Document>(body: &Value) -> Result<Value, FieldProblem> {
    written(&read_json::<D>(body)?)
}

fn written<D: Document>(body: &D) -> Result<Value, FieldProblem> {
    serde_json::to_value(body)
        .map_err(|error| FieldProblem::new(Pointer::root(), FieldCode::Invalid, error.to_string()))
}

fn derive<D: Document>(document: &D) -> Derived {
    let Listing { summary, date, tags, position, mut card, shelf, key } = document.listing();
    let route = document.route();
    let parent = route.and_then(|route| route.parent);
    let mut facets = json!({ "tags": tags, "parent": parent });
    if let (Some(facets), Some(more)) =
        (facets.as_object_mut(), shelf.as_ref().and_then(|shelf| shelf.facets.as_object()))
    {
        facets.extend(more.clone());
    }
    card.insert("tags".to_owned(), json!(tags));
    let mut text = SearchText::default();
    document.search_text(&mut text);
    Derived {
        wording: Wording::of(document.title(), &text),
        searched: D::SEARCHED,
        locales: document.locales(),
        title: document.title().to_owned(),
        summary,
        date,
        card: Value::Object(card),
        facets,
        parent,
        slug: route.map(|route| route.slug.as_str().to_owned()),
        position,
        shown: document.shown(),
        shelf,
        key,
    }
}
