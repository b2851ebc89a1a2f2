//! Writing revisions, within a transaction: the part of creating and saving that imports share with editors.

mod store;

use serde_json::json;
use sha2::{Digest, Sha256};

use super::body::{Reference, Stage};
use super::kind::KindSpec;
use super::model::{Header, NewRevision};
use super::shown::Shown;
use super::store::{self as documents, Place};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::id::EntryId;
use crate::platform::problem::{Code, FieldCode, FieldProblem, Pointer, Problem};

/// The digest by which two bodies are the same: SHA-256 over the form of RFC 8785 (JSON Canonicalization Scheme).
///
/// # Errors
/// 500 when the body cannot be written as JSON.
pub fn digest(body: &serde_json::Value) -> Result<[u8; 32], Problem> {
    let canonical = serde_json_canonicalizer::to_vec(body).map_err(Problem::internal)?;
    Ok(Sha256::digest(canonical).into())
}

/// Adds an entry with its first revision. The event must be recorded.
///
/// # Errors
/// 422 when the body breaks a rule for drafts or points at an entry that does not exist.
pub async fn create(
    tx: &mut Change<'_>,
    spec: &KindSpec,
    entry: EntryId,
    locale: &str,
    new: &NewRevision,
) -> Result<Event, Problem> {
    documents::insert_entry(tx, entry, spec.kind.as_str()).await?;
    add_locale(tx, spec, entry, locale, new).await?;
    Ok(Event::new(spec.kind.as_str(), "created", entry.uuid())
        .with(json!({ "locale": locale, "revision": 1 })))
}

/// Adds a document of an entry that is there, with its first revision. An event must be recorded.
///
/// # Errors
/// As [`create`].
pub(super) async fn add_locale(
    tx: &mut Change<'_>,
    spec: &KindSpec,
    entry: EntryId,
    locale: &str,
    new: &NewRevision,
) -> Result<(), Problem> {
    check(spec, &new.body, Stage::Save)?;
    let references = references(tx, spec, &new.body).await?;
    let place = place(spec, &new.body)?;
    documents::insert_document(tx, entry, spec.kind.as_str(), locale, &place).await?;
    let ready = Ready { new, sha256: digest(&new.body)?, references, shown: place.shown, parent: None };
    append(tx, spec, (entry, locale), ready).await
}

/// Appends a revision to a locked document. An identical body makes none: then there is no event either.
///
/// # Errors
/// 422 when the body breaks a rule for drafts or points at an entry that does not exist.
pub async fn save(
    tx: &mut Change<'_>,
    spec: &KindSpec,
    header: &mut Header,
    new: &NewRevision,
) -> Result<Option<Event>, Problem> {
    check(spec, &new.body, Stage::Save)?;
    let (entry, locale) = (header.entry, header.locale.clone());
    let sha256 = digest(&new.body)?;
    if store::sha256(tx, entry, &locale, header.head).await? == sha256 && new.source.is_none() {
        return Ok(None);
    }
    let references = references(tx, spec, &new.body).await?;
    let place = place(spec, &new.body)?;
    let ready = Ready { new, sha256, references, shown: place.shown.clone(), parent: Some(header.head) };
    append(tx, spec, (entry, &locale), ready).await?;
    documents::advance(tx, header, place).await?;
    let data = json!({ "locale": locale, "revision": header.head, "origin": new.origin.as_str() });
    Ok(Some(Event::new(spec.kind.as_str(), "saved", entry.uuid()).with(data)))
}

/// Refuses a body that shows bytes which its entry never had. A digest is a name that others can know: whoever puts it into an
/// entry of their own would read what they may not.
///
/// # Errors
/// 422.
pub(super) async fn expect_own_bytes(
    tx: &mut Change<'_>,
    spec: &KindSpec,
    entry: EntryId,
    body: &serde_json::Value,
) -> Result<(), Problem> {
    let Some(shown) = place(spec, body)?.shown else { return Ok(()) };
    if store::has_shown(tx, entry, shown.sha256).await? {
        return Ok(());
    }
    let detail = "The entry never had a file with this digest. Another file comes by an upload.";
    let problem = FieldProblem::new(
        Pointer::root().field("file").field("sha256"),
        FieldCode::NotFound,
        detail.to_owned(),
    );
    Err(invalid(vec![problem]))
}

/// Where a body puts its document.
pub(super) fn place(spec: &KindSpec, body: &serde_json::Value) -> Result<Place, Problem> {
    let derived = (spec.derive)(body).map_err(|problem| invalid(vec![problem]))?;
    Ok(Place {
        parent: derived.parent,
        position: derived.position,
        shelf: derived.shelf,
        shown: derived.shown,
        wording: derived.wording,
    })
}

/// The entry below which a body puts its document; none at the top of the tree.
///
/// # Errors
/// 422 when it is no body of its kind.
pub(super) fn parent(spec: &KindSpec, body: &serde_json::Value) -> Result<Option<uuid::Uuid>, Problem> {
    Ok(place(spec, body)?.parent)
}

/// What a body points at; refused when an entry of it does not exist.
async fn references(
    tx: &mut Change<'_>,
    spec: &KindSpec,
    body: &serde_json::Value,
) -> Result<Vec<Reference>, Problem> {
    let references = (spec.references)(body).map_err(|problem| invalid(vec![problem]))?.into_vec();
    let targets: Vec<uuid::Uuid> = references.iter().map(|reference| reference.target).collect();
    let missing = store::missing(tx, &targets).await?;
    if missing.is_empty() {
        return Ok(references);
    }
    let mut problem = Problem::new(Code::ReferenceNotFound).detail(
        "The content points at entries that do not exist. Remove these links or create the entries first.",
    );
    for reference in missing.into_iter().filter_map(|at| references.get(at)) {
        problem = problem.field(
            reference.pointer.as_str(),
            FieldCode::NotFound,
            format!("There is no entry {}.", reference.target),
        );
    }
    Err(problem)
}

/// A revision that has been checked.
struct Ready<'a> {
    new: &'a NewRevision,
    sha256: [u8; 32],
    references: Vec<Reference>,
    shown: Option<Shown>,
    parent: Option<i32>,
}

async fn append(
    tx: &mut Change<'_>,
    spec: &KindSpec,
    (entry, locale): (EntryId, &str),
    ready: Ready<'_>,
) -> Result<(), Problem> {
    let Ready { new, sha256, references, shown, parent } = ready;
    let number = parent.map_or(1, |parent| parent + 1);
    let title = (spec.title)(&new.body).map_err(|problem| invalid(vec![problem]))?;
    let stored =
        store::Stored { number, parent, sha256, schema_version: spec.schema_version, title: &title, new };
    store::insert_revision(tx, entry, locale, stored).await?;
    if let Some(shown) = shown {
        store::insert_shown(tx, entry, locale, number, &shown).await?;
    }
    let mut columns: (Vec<String>, Vec<uuid::Uuid>) = Default::default();
    for (nth, reference) in references.iter().enumerate() {
        // One place in a text may link to several entries, and the pointer is the key: further ones are numbered.
        let twin = references.iter().take(nth).filter(|other| other.pointer == reference.pointer).count();
        let suffix = if twin == 0 { String::new() } else { format!("#{}", twin + 1) };
        columns.0.push(format!("{}{suffix}", reference.pointer.as_str()));
        columns.1.push(reference.target);
    }
    if columns.0.is_empty() {
        return Ok(());
    }
    store::insert_references(tx, entry, locale, number, columns).await
}

/// All problems of a body at a stage, as one answer.
///
/// # Errors
/// 422 with every pointer.
pub fn check(spec: &KindSpec, body: &serde_json::Value, at: Stage) -> Result<(), Problem> {
    let problems = (spec.check)(body, at);
    if problems.is_empty() {
        return Ok(());
    }
    Err(invalid(problems.into_vec()))
}

pub(super) fn invalid(problems: Vec<FieldProblem>) -> Problem {
    Problem::new(Code::Invalid)
        .detail("The content breaks the rules named in `errors`; each names its place by a JSON pointer.")
        .fields(problems)
}
