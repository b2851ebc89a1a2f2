//! What can be done with a document of any kind. Each action takes a permit, loads the document under a lock, checks
//! the permit against it and the version that the caller saw, and records one event.

use serde_json::{Value, json};

use super::body::Stage;
use super::kind::KindSpec;
use super::model::{Header, NewRevision, Planned, Snapshot, State};
use super::publishing::{self, Going};
use super::store::{self, ListWindow};
use super::write;
use crate::app::App;
use crate::platform::access::{
    Delete, KindName, Permission, Permit, Publish, Read as ReadPermission, Subject, Write,
};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::id::EntryId;
use crate::platform::problem::{Code, FieldCode, Problem};

/// Which document, and the version of it that the caller saw.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// The entry.
    pub entry: EntryId,
    /// From `If-Match`.
    pub version: i64,
}

/// Creates an entry with its first revision, as a draft.
///
/// # Errors
/// 403 without a grant, 422 when the body breaks a rule.
pub async fn create<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    spec: &KindSpec,
    new: NewRevision,
) -> Result<Snapshot, Problem> {
    let entry: EntryId = app.ids.id();
    app.store
        .change(permit.actor(), async |tx| {
            let locale = tx.default_locale().await?;
            let subject =
                Subject { kind: spec.kind.as_str(), created_by: tx.actor().user(), locale: &locale };
            permit.over(subject)?;
            let event = write::create(tx, spec, entry, &locale, &new).await?;
            let header = lock(tx, entry, Some(spec)).await?;
            let snapshot = written(tx, header, spec).await?;
            tx.record(event, snapshot).await
        })
        .await
}

/// Appends a revision to the version that the caller saw. An identical body changes nothing.
///
/// # Errors
/// 403 without a grant, 404, 409 in the trash, 412 when it has changed since, 422 when the body breaks a rule.
pub async fn save<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    spec: &KindSpec,
    seen: Seen,
    new: NewRevision,
) -> Result<Snapshot, Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let mut header = lock(tx, seen.entry, Some(spec)).await?;
            permit.over(header.subject())?;
            header.expect_version(seen.version)?;
            header.expect_kept()?;
            let event = write::save(tx, spec, &mut header, &new).await?;
            let snapshot = written(tx, header, spec).await?;
            match event {
                Some(event) => tx.record(event, snapshot).await,
                None => Ok(tx.nothing_changed(snapshot)),
            }
        })
        .await
}

/// Reads a document as editors see it.
///
/// # Errors
/// 403 without a grant, 404.
pub async fn get<K: KindName>(
    app: &App,
    permit: &Permit<ReadPermission<K>>,
    spec: &KindSpec,
    entry: EntryId,
) -> Result<Snapshot, Problem> {
    app.store
        .read(async |read| {
            let locale = read.locale.clone();
            let header = store::header(read, entry, &locale).await?;
            let header =
                header.filter(|header| header.kind == spec.kind.as_str()).ok_or_else(super::not_found)?;
            permit.over(header.subject())?;
            let at = read.at.instant;
            store::snapshot(read.conn(), header, spec, at).await
        })
        .await
}

/// Lists documents of a kind, those that changed last first. A page backwards comes in that same order.
///
/// # Errors
/// When the database is away.
pub async fn list<K: KindName>(
    app: &App,
    permit: &Permit<ReadPermission<K>>,
    spec: &KindSpec,
    window: ListWindow,
) -> Result<Vec<State>, Problem> {
    let mut states = app.store.read(async |read| store::list(read, spec.kind.as_str(), window).await).await?;
    if window.backwards {
        states.reverse();
    }
    // What a grant does not reach is left out, as it is refused when asked for by its id.
    states.retain(|state| permit.over(state.header.subject()).is_ok());
    Ok(states)
}

/// Makes a revision public now. A revision that is public already changes nothing.
///
/// # Errors
/// 403 without a grant, 404, 409 when a path is taken or the parent is not public, 412, 422 when it is not ready.
pub async fn publish<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    seen: Seen,
    number: i32,
) -> Result<Snapshot, Problem> {
    act(app, permit, seen, async |tx, header, spec| {
        header.expect_kept()?;
        let found = store::revision(tx.conn(), spec, header.entry, &header.locale, number).await?;
        let (_, body) = found.ok_or_else(|| no_revision(number, header.head))?;
        write::check(spec, &body, Stage::Publish)?;
        if live(tx, header).await?.is_some_and(|live| live.number == number) {
            return Ok(None);
        }
        publishing::publish(tx, app.ids, &[Going { header, spec, number, body: &body, from: None }]).await?;
        Ok(Some(event(header, "published", json!({ "locale": header.locale, "revision": number }))))
    })
    .await
}

/// Ends what is public of a document, now. What is planned for later stays.
///
/// # Errors
/// 403 without a grant, 404, 409 when it is not public or something below it is, 412.
pub async fn unpublish<K: KindName>(
    app: &App,
    permit: &Permit<Publish<K>>,
    seen: Seen,
) -> Result<Snapshot, Problem> {
    act(app, permit, seen, async |tx, header, _| {
        if live(tx, header).await?.is_none() {
            return Err(
                Problem::new(Code::NotLive).detail("The document is not public, so there is nothing to end.")
            );
        }
        publishing::unpublish(tx, header).await?;
        Ok(Some(event(header, "unpublished", json!({ "locale": header.locale }))))
    })
    .await
}

/// Puts an entry into the trash and ends what is public or planned of it; ending needs the right to publish too.
///
/// # Errors
/// 403 without a grant, 404, 409 when it lies there already or something below it is public, 412.
pub async fn trash<K: KindName>(
    app: &App,
    permit: &Permit<Delete<K>>,
    spec: &KindSpec,
    seen: Seen,
) -> Result<(), Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let mut header = lock(tx, seen.entry, Some(spec)).await?;
            permit.over(header.subject())?;
            header.expect_version(seen.version)?;
            header.expect_kept()?;
            let now = tx.now().await?;
            let planned =
                publishing::store::planned(tx.conn(), &[seen.entry.uuid()], &header.locale, now).await?;
            if !planned.is_empty() {
                Permit::<Publish<K>>::issue(permit.actor())?.over(header.subject())?;
                publishing::withdraw(tx, &header).await?;
            }
            store::trash(tx, header.entry).await?;
            store::bump(tx, &mut header).await?;
            tx.record(event(&header, "trashed", json!({ "locale": header.locale })), ()).await
        })
        .await
}

/// The frame of an action on a document of whatever kind: lock, permit, version, work, event, answer. The work gives
/// no event when there was nothing to do.
async fn act<P: Permission>(
    app: &App,
    permit: &Permit<P>,
    seen: Seen,
    work: impl AsyncFnOnce(&mut Change<'_>, &Header, &KindSpec) -> Result<Option<Event>, Problem>,
) -> Result<Snapshot, Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let mut header = lock(tx, seen.entry, None).await?;
            permit.over(header.subject())?;
            header.expect_version(seen.version)?;
            let spec = app.kinds.get(&header.kind)?;
            let event = work(tx, &header, spec).await?;
            if event.is_some() {
                store::bump(tx, &mut header).await?;
            }
            let snapshot = written(tx, header, spec).await?;
            match event {
                Some(event) => tx.record(event, snapshot).await,
                None => Ok(tx.nothing_changed(snapshot)),
            }
        })
        .await
}

/// What is public of a document now.
async fn live(tx: &mut Change<'_>, header: &Header) -> Result<Option<Planned>, Problem> {
    let now = tx.now().await?;
    let planned = publishing::store::planned(tx.conn(), &[header.entry.uuid()], &header.locale, now).await?;
    Ok(planned.into_iter().map(|(_, planned)| planned).find(|planned| planned.during.contains(now)))
}

/// The document as this change leaves it, read before the commit: a later writer cannot slip into the answer.
async fn written(tx: &mut Change<'_>, header: Header, spec: &KindSpec) -> Result<Snapshot, Problem> {
    let at = tx.now().await?;
    store::snapshot(tx.conn(), header, spec, at).await
}

async fn lock(tx: &mut Change<'_>, entry: EntryId, spec: Option<&KindSpec>) -> Result<Header, Problem> {
    let locale = tx.default_locale().await?;
    let header = store::lock(tx, entry, &locale).await?;
    header
        .filter(|header| spec.is_none_or(|spec| header.kind == spec.kind.as_str()))
        .ok_or_else(super::not_found)
}

fn event(header: &Header, verb: &str, data: Value) -> Event {
    Event::new(&header.kind, verb, header.entry.uuid()).with(data)
}

fn no_revision(number: i32, head: i32) -> Problem {
    Problem::new(Code::Invalid).detail(format!("There is no revision {number}; the newest is {head}.")).field(
        "/revision",
        FieldCode::NotFound,
        format!("Send a number from 1 to {head}."),
    )
}
