//! Creating, reading and saving a document of any kind. Each action takes a permit, loads the document under a lock,
//! checks the permit against it and the version that the caller saw, and records what happened.

use serde_json::{Value, json};

use super::frame::{self, Seen, Which, no_revision};
use super::kind::KindSpec;
use super::merge;
use super::model::{Header, NewRevision, Origin, Snapshot, Source};
use super::{reach, store, tree, write};
use crate::app::App;
use crate::platform::access::{AnyContent, KindName, Permit, Read as ReadPermission, Subject, Write};
use crate::platform::db::Change;
use crate::platform::id::EntryId;
use crate::platform::problem::{Code, FieldCode, Pointer, Problem};

/// What a save is based on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The version that `If-Match` names: whatever has happened since is a reason to refuse.
    Version(i64),
    /// A revision: what others have saved since is merged with the save.
    Revision(i32),
}

/// Where a new document stands among its siblings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placing {
    /// Where its body says.
    AsGiven,
    /// As the last of them.
    Last,
}

/// How a save went.
#[derive(Debug, Clone)]
pub struct Saved {
    /// The document as it is now.
    pub snapshot: Snapshot,
    /// Whether others had saved meanwhile and the body is a merge of both.
    pub merged: bool,
}

/// Creates an entry with its first revision, as a draft, in a locale (the site's when none is given).
///
/// # Errors
/// 403 without a grant, 422 when the body breaks a rule.
pub async fn create<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    spec: &KindSpec,
    locale: Option<&str>,
    new: (NewRevision, Placing),
) -> Result<Snapshot, Problem> {
    create_after(app, permit, spec, locale, new, async |_| Ok(())).await
}

/// The same after what `before` does, in one change.
///
/// # Errors
/// As [`create`], and what `before` gives.
pub async fn create_after<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    spec: &KindSpec,
    locale: Option<&str>,
    (mut new, placing): (NewRevision, Placing),
    before: impl AsyncFnOnce(&mut Change<'_>) -> Result<(), Problem>,
) -> Result<Snapshot, Problem> {
    let entry: EntryId = app.ids.id();
    app.store
        .change(permit.actor(), async |tx| {
            let locale = frame::locale(tx, locale).await?;
            let subject =
                Subject { kind: spec.kind.as_str(), created_by: tx.actor().user(), locale: &locale };
            reach::create(tx, permit, spec, subject, &new.body).await?;
            before(tx).await?;
            if placing == Placing::Last
                && let Some(body) = tree::last(tx, spec, &locale, &new.body).await?
            {
                new.body = body;
            }
            let event = write::create(tx, spec, entry, &locale, &new).await?;
            let which = Which { entry, locale: Some(&locale) };
            let snapshot = frame::written(tx, which, spec).await?;
            tx.record(event, snapshot).await
        })
        .await
}

/// Appends a revision. An identical body changes nothing.
///
/// # Errors
/// 403 without a grant, 404, 409 in the trash or when two edits contradict each other, 412 when a strict save comes too
/// late, 422 when the body breaks a rule.
pub async fn save<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    spec: &KindSpec,
    which: Which<'_>,
    basis: Basis,
    new: NewRevision,
) -> Result<Saved, Problem> {
    let version = match basis {
        Basis::Version(version) => Some(version),
        Basis::Revision(_) => None,
    };
    let saved = frame::change_with(app, permit, which, version, async |tx, edited| {
        if edited.header.kind != spec.kind.as_str() {
            return Err(super::not_found());
        }
        edited.header.expect_kept()?;
        check_source(tx, &edited.header, new.source.as_ref()).await?;
        let (new, merged) = match basis {
            Basis::Version(_) => (new, false),
            Basis::Revision(base) => merge(tx, spec, &edited.header, base, new).await?,
        };
        write::expect_own_bytes(tx, spec, edited.header.entry, &new.body).await?;
        edited.events.extend(reach::save(tx, permit, spec, &mut edited.header, &new).await?);
        Ok(merged)
    });
    let (snapshot, merged) = saved.await?;
    Ok(Saved { snapshot, merged })
}

/// What a translation follows is a revision of the same entry in another locale.
async fn check_source(tx: &mut Change<'_>, header: &Header, source: Option<&Source>) -> Result<(), Problem> {
    let Some(Source { locale, revision }) = source else { return Ok(()) };
    let refuse = |field: &str, code, detail: String| {
        let pointer = Pointer::root().field("source").field(field);
        Err(Problem::new(Code::Invalid).detail(detail.clone()).field(pointer, code, detail))
    };
    if *locale == header.locale {
        let detail = format!("A document in {locale} follows one in another locale, never its own.");
        return refuse("locale", FieldCode::NotAllowed, detail);
    }
    match store::header(tx.conn(), header.entry, locale).await? {
        None => refuse("locale", FieldCode::NotFound, format!("The entry has no document in `{locale}`.")),
        Some(other) if !(1..=other.head).contains(revision) => {
            let detail =
                format!("There is no revision {revision} in {locale}; the newest is {}.", other.head);
            refuse("revision", FieldCode::NotFound, detail)
        }
        Some(_) => Ok(()),
    }
}

/// What becomes of a save that is based on an older revision: one that holds the changes of both sides.
pub(super) async fn merge(
    tx: &mut Change<'_>,
    spec: &KindSpec,
    header: &Header,
    base: i32,
    new: NewRevision,
) -> Result<(NewRevision, bool), Problem> {
    if base == header.head {
        return Ok((new, false));
    }
    let older = canonical(tx, spec, header, base).await?.ok_or_else(|| no_base(base, header.head))?;
    let theirs = canonical(tx, spec, header, header.head).await?.ok_or_else(|| no_base(base, header.head))?;
    if older == theirs || new.body == theirs {
        return Ok((new, false));
    }
    let body = merge::merge(&older, &theirs, &new.body).map_err(|conflicts| {
        let shown = conflicts.iter().filter_map(|conflict| serde_json::to_value(conflict).ok());
        Problem::new(Code::EditConflict)
            .detail(format!(
                "Revision {} changed the same places as this save, which is based on revision {base}. Settle each of \
                 `conflicts`, then save again with base {}.",
                header.head, header.head
            ))
            .conflicts(shown)
    })?;
    // What nobody changed against the newest revision is no merge.
    let body = (spec.canonical)(&body).map_err(|problem| Problem::new(Code::Invalid).fields([problem]))?;
    Ok((NewRevision { body, origin: Origin::Merge, ..new }, true))
}

/// A revision's body as this program would write it, so that two bodies differ only in what was edited.
async fn canonical(
    tx: &mut Change<'_>,
    spec: &KindSpec,
    header: &Header,
    number: i32,
) -> Result<Option<Value>, Problem> {
    let found = store::revision(tx.conn(), spec, header.entry, &header.locale, number).await?;
    let Some((_, body)) = found else { return Ok(None) };
    (spec.canonical)(&body).map(Some).map_err(|problem| Problem::internal(problem.to_string()))
}

pub(super) fn no_base(base: i32, head: i32) -> Problem {
    Problem::new(Code::Invalid).detail(format!("There is no revision {base}; the newest is {head}.")).field(
        "/base",
        FieldCode::NotFound,
        format!("Send the number of the revision that was edited, from 1 to {head}."),
    )
}

/// Reads a document as editors see it.
///
/// # Errors
/// 403 without a grant, 404.
pub async fn get<K: KindName>(
    app: &App,
    permit: &Permit<ReadPermission<K>>,
    spec: &KindSpec,
    which: Which<'_>,
) -> Result<Snapshot, Problem> {
    app.store
        .read(async |read| {
            let locale = which.locale.map_or_else(|| read.locale.clone(), str::to_owned);
            let header = store::header(read.conn(), which.entry, &locale).await?;
            let header =
                header.filter(|header| header.kind == spec.kind.as_str()).ok_or_else(super::not_found)?;
            reach::over(read.conn(), permit, &header).await?;
            let at = read.at.instant;
            store::snapshot(read.conn(), header, spec, at).await
        })
        .await
}

/// Brings an older revision back as the newest one. What is public stays.
///
/// # Errors
/// 403 without a grant, 404, 409 in the trash, 410 when it was erased, 412, 422.
pub async fn restore<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    seen: Seen<'_>,
    number: i32,
    note: Option<String>,
) -> Result<Snapshot, Problem> {
    frame::change(app, permit, seen, async |tx, edited| {
        edited.header.expect_kept()?;
        let (header, spec) = (&edited.header, edited.spec);
        let found = store::revision(tx.conn(), spec, header.entry, &header.locale, number).await?;
        let (revision, body) = found.ok_or_else(|| no_revision(number, header.head))?;
        let new = NewRevision { body, note, origin: Origin::Restore, source: revision.source };
        let mut event = reach::save(tx, permit, spec, &mut edited.header, &new).await?;
        if let Some(data) = event.as_mut().and_then(|event| event.data.as_mut()) {
            data["restored"] = json!(number);
        }
        edited.events.extend(event);
        Ok(())
    })
    .await
}

/// Makes a new entry with the body of a revision of this one, as a draft in the same place of the tree. Its slug is
/// changed by whoever publishes it.
///
/// # Errors
/// 403 without a grant, 404, 410 when the revision was erased.
pub async fn duplicate<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    which: Which<'_>,
    number: Option<i32>,
) -> Result<Snapshot, Problem> {
    let entry: EntryId = app.ids.id();
    app.store
        .change(permit.actor(), async |tx| {
            let header = frame::lock(tx, which).await?;
            reach::over(tx.conn(), permit, &header).await?;
            let spec = app.kinds.get(&header.kind)?;
            let number = number.unwrap_or(header.head);
            let found = store::revision(tx.conn(), spec, header.entry, &header.locale, number).await?;
            let (_, body) = found.ok_or_else(|| no_revision(number, header.head))?;
            let subject = Subject { created_by: tx.actor().user(), ..header.subject() };
            reach::create(tx, permit, spec, subject, &body).await?;
            let new = NewRevision::new(body, Origin::Duplicate);
            let mut event = write::create(tx, spec, entry, &header.locale, &new).await?;
            if let Some(data) = event.data.as_mut() {
                data["of"] = json!({ "entry": header.entry, "revision": number });
            }
            let made = Which { entry, locale: Some(&header.locale) };
            let snapshot = frame::written(tx, made, spec).await?;
            tx.record(event, snapshot).await
        })
        .await
}

/// Refuses to copy from a document that the actor may neither write nor read.
async fn expect_shown<K: KindName>(
    tx: &mut Change<'_>,
    permit: &Permit<Write<K>>,
    header: &Header,
) -> Result<(), Problem> {
    if reach::over(tx.conn(), permit, header).await.is_ok() {
        return Ok(());
    }
    let reader = Permit::<ReadPermission<AnyContent>>::issue(permit.actor())?;
    reach::over(tx.conn(), &reader, header).await
}

/// Adds a document in another locale, whose first revision is that of a revision of this one, to be translated.
///
/// # Errors
/// 403 without a grant, 404, 409 when the entry has that locale already or lies in the trash, 422 for a locale that the
/// site does not have.
pub async fn translate<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    from: Which<'_>,
    number: Option<i32>,
    to: &str,
) -> Result<Snapshot, Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let header = frame::lock(tx, from).await?;
            let source = (header.key(), Subject { locale: to, ..header.subject() });
            reach::survey(tx.conn(), permit, [source.clone()]).await?.over(permit, source)?;
            expect_shown(tx, permit, &header).await?;
            header.expect_kept()?;
            let spec = app.kinds.get(&header.kind)?;
            if store::header(tx.conn(), header.entry, to).await?.is_some() {
                return Err(Problem::new(Code::Conflict).detail(format!(
                    "The entry has a document in {to} already. Save that one, with `source` to say what it follows."
                )));
            }
            let number = number.unwrap_or(header.head);
            let found = store::revision(tx.conn(), spec, header.entry, &header.locale, number).await?;
            let (_, body) = found.ok_or_else(|| no_revision(number, header.head))?;
            let source = Source { locale: header.locale.clone(), revision: number };
            reach::translate(tx, permit, spec, (&header, to), &body).await?;
            let new = NewRevision { body, note: None, origin: Origin::Translate, source: Some(source) };
            write::add_locale(tx, spec, header.entry, to, &new).await?;
            let which = Which { entry: header.entry, locale: Some(to) };
            let snapshot = frame::written(tx, which, spec).await?;
            let data = json!({ "locale": to, "source": { "locale": header.locale, "revision": number } });
            tx.record(frame::event(&snapshot.state.header, "translated", data), snapshot).await
        })
        .await
}
