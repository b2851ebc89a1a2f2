//! Changing the newest revisions of several documents in one change, each by a function of its body: the same edit for a
//! selection, or for an entry in all its locales.

use serde_json::Value;

use super::frame::{self, Seen, Which};
use super::kind::KindSpec;
use super::model::{Header, NewRevision, Origin, Snapshot};
use super::{reach, store, trash};
use crate::app::App;
use crate::platform::access::{KindName, Permit, Write};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::id::EntryId;
use crate::platform::problem::{Code, Problem};

/// Another body in place of one.
pub type Revise<'a> = &'a dyn Fn(Value) -> Result<Value, Problem>;

/// Appends a revision to the document of an entry in every locale, in one change: `before` goes first in it. The version that
/// the caller saw is that of one of them.
///
/// # Errors
/// 403 without a grant for each of them, 404, 409 in the trash, 410 when one was erased, 412, 422.
pub async fn everywhere<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    spec: &KindSpec,
    seen: Seen<'_>,
    before: impl AsyncFnOnce(&mut Change<'_>) -> Result<(), Problem>,
    (note, revise): (Option<String>, Revise<'_>),
) -> Result<Snapshot, Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let locale = frame::locale(tx, seen.locale).await?;
            let keys = trash::store::documents(tx, &[seen.entry.uuid()]).await?;
            // All of them in one order, so that no two changes wait for each other in a circle.
            let headers = store::lock_all(tx, &keys).await?;
            let named =
                headers.iter().find(|header| header.locale == locale && header.kind == spec.kind.as_str());
            let named = named.ok_or_else(super::not_found)?;
            reach::over_all(tx.conn(), permit, &headers).await?;
            named.expect_version(seen.version)?;
            before(tx).await?;
            let mut events = Vec::new();
            for mut header in headers {
                events.extend(one(tx, permit, spec, &mut header, (note.as_deref(), revise)).await?);
            }
            let which = Which { entry: seen.entry, locale: Some(&locale) };
            let snapshot = frame::written(tx, which, spec).await?;
            if events.is_empty() {
                return Ok(tx.nothing_changed(snapshot));
            }
            tx.record_all(events, snapshot).await
        })
        .await
}

/// Appends a revision to each of these documents, or to none when one of them cannot be changed. Gives their versions and
/// newest revisions after, in the order asked.
///
/// # Errors
/// What is wrong with the first that cannot be changed, its place as `/items/<n>`.
pub async fn all<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    spec: &KindSpec,
    items: (&[Seen<'_>], Option<&str>),
    how: (Option<&str>, Revise<'_>),
) -> Result<Vec<(i64, i32)>, Problem> {
    together(app, permit, spec, items, how, super::bulk::at_item).await
}

/// Appends a revision to one document. Gives its version and newest revision after.
///
/// # Errors
/// What is wrong with it, whatever else is changed beside it.
pub async fn single<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    spec: &KindSpec,
    item: Seen<'_>,
    how: (Option<&str>, Revise<'_>),
) -> Result<(i64, i32), Problem> {
    let alone = |problem: Problem, _: usize, _: EntryId| problem;
    let done = together(app, permit, spec, (&[item], item.locale), how, alone).await?;
    done.first().copied().ok_or_else(|| Problem::new(Code::Internal))
}

/// Appends a revision to each of these documents or to none; `at` says of which of them a problem is.
async fn together<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    spec: &KindSpec,
    (items, locale): (&[Seen<'_>], Option<&str>),
    (note, revise): (Option<&str>, Revise<'_>),
    at: impl Fn(Problem, usize, EntryId) -> Problem,
) -> Result<Vec<(i64, i32)>, Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let locale = frame::locale(tx, locale).await?;
            let keys: Vec<_> = items.iter().map(|item| (item.entry.uuid(), locale.clone())).collect();
            let mut found = store::lock_all(tx, &keys).await?;
            let (mut events, mut done) = (Vec::new(), Vec::new());
            for (nth, item) in items.iter().enumerate() {
                let header = found.iter_mut().find(|header| header.entry == item.entry);
                let changed = match header.filter(|header| header.kind == spec.kind.as_str()) {
                    None => Err(super::not_found()),
                    Some(header) => changed(tx, permit, spec, (header, item.version), (note, revise)).await,
                };
                let (event, after) = changed.map_err(|problem| at(problem, nth, item.entry))?;
                events.extend(event);
                done.push(after);
            }
            if events.is_empty() {
                return Ok(tx.nothing_changed(done));
            }
            tx.record_all(events, done).await
        })
        .await
}

async fn changed<K: KindName>(
    tx: &mut Change<'_>,
    permit: &Permit<Write<K>>,
    spec: &KindSpec,
    (header, version): (&mut Header, i64),
    how: (Option<&str>, Revise<'_>),
) -> Result<(Option<Event>, (i64, i32)), Problem> {
    reach::over(tx.conn(), permit, header).await?;
    header.expect_version(version)?;
    let event = one(tx, permit, spec, header, how).await?;
    Ok((event, (header.version, header.head)))
}

async fn one<K: KindName>(
    tx: &mut Change<'_>,
    permit: &Permit<Write<K>>,
    spec: &KindSpec,
    header: &mut Header,
    (note, revise): (Option<&str>, Revise<'_>),
) -> Result<Option<Event>, Problem> {
    header.expect_kept()?;
    let found = store::revision(tx.conn(), spec, header.entry, &header.locale, header.head).await?;
    let (_, body) = found.ok_or_else(|| Problem::new(Code::NotFound))?;
    let new = NewRevision::new(revise(body)?, Origin::Edit).note(note.map(str::to_owned));
    reach::save(tx, permit, spec, header, &new).await
}
