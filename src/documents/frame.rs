//! The frame of every action on a document: lock it, check the permit and the version that the caller saw, do the work,
//! move the version, record the events, and answer with how the document stands when the change ends.

use serde_json::{Value, json};

use super::kind::KindSpec;
use super::model::{Header, Snapshot};
use super::publishing::store::Key;
use super::{reach, store};
use crate::app::App;
use crate::platform::access::{Permission, Permit};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::id::EntryId;
use crate::platform::problem::{Code, FieldCode, Problem};

/// Which document.
#[derive(Debug, Clone, Copy)]
pub struct Which<'a> {
    /// The entry.
    pub entry: EntryId,
    /// The locale; the site's when none is given.
    pub locale: Option<&'a str>,
}

impl Which<'_> {
    /// The document in the site's locale.
    #[must_use]
    pub fn entry(entry: EntryId) -> Self {
        Self { entry, locale: None }
    }
}

/// Which document, and the version of it that the caller saw.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The entry.
    pub entry: EntryId,
    /// The locale; the site's when none is given.
    pub locale: Option<&'a str>,
    /// From `If-Match`.
    pub version: i64,
}

impl<'a> Seen<'a> {
    /// The document in the site's locale.
    #[must_use]
    pub fn new(entry: EntryId, version: i64) -> Self {
        Self { entry, locale: None, version }
    }

    /// Without the version.
    #[must_use]
    pub fn which(self) -> Which<'a> {
        Which { entry: self.entry, locale: self.locale }
    }
}

/// A document that is being changed.
pub(super) struct Edited<'a> {
    pub header: Header,
    pub spec: &'a KindSpec,
    /// Others that this change touches too; their versions move with it.
    pub touched: Vec<Key>,
    pub events: Vec<Event>,
}

impl Edited<'_> {
    /// Notes what happened to the document.
    pub fn happened(&mut self, verb: &str, data: Value) {
        self.events.push(event(&self.header, verb, data));
    }
}

/// Changes one document. The work notes events; without any nothing has changed.
pub(super) async fn change<'s, P: Permission>(
    app: &'s App,
    permit: &Permit<P>,
    seen: Seen<'_>,
    work: impl AsyncFnOnce(&mut Change<'_>, &mut Edited<'s>) -> Result<(), Problem>,
) -> Result<Snapshot, Problem> {
    change_with(app, permit, seen.which(), Some(seen.version), work).await.map(|(snapshot, ())| snapshot)
}

/// The same with a value beside the document, and without a version when the work itself sees to conflicts.
pub(super) async fn change_with<'s, P: Permission, T>(
    app: &'s App,
    permit: &Permit<P>,
    which: Which<'_>,
    version: Option<i64>,
    work: impl AsyncFnOnce(&mut Change<'_>, &mut Edited<'s>) -> Result<T, Problem>,
) -> Result<(Snapshot, T), Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let header = lock(tx, which).await?;
            reach::over(tx.conn(), permit, &header).await?;
            if let Some(version) = version {
                header.expect_version(version)?;
            }
            let spec = app.kinds.get(&header.kind)?;
            let before = header.version;
            let mut edited = Edited { header, spec, touched: Vec::new(), events: Vec::new() };
            let value = work(tx, &mut edited).await?;
            let Edited { header, touched, events, .. } = edited;
            let mut keys = touched;
            let happened = events.iter().any(|event| event.subject_id == header.entry.uuid());
            if happened && header.version == before {
                keys.push(header.key());
            }
            if !keys.is_empty() {
                store::bump(tx, &keys).await?;
            }
            // The change may have made another locale the site's.
            let own = Which { entry: header.entry, locale: Some(&header.locale) };
            let snapshot = written(tx, own, spec).await?;
            if events.is_empty() {
                return Ok(tx.nothing_changed((snapshot, value)));
            }
            tx.record_all(events, (snapshot, value)).await
        })
        .await
}

/// The document as this change leaves it, read before the commit: a later writer cannot slip into the answer.
pub(super) async fn written(
    tx: &mut Change<'_>,
    which: Which<'_>,
    spec: &KindSpec,
) -> Result<Snapshot, Problem> {
    let locale = locale(tx, which.locale).await?;
    let at = tx.now().await?;
    let header = store::header(tx.conn(), which.entry, &locale).await?.ok_or_else(super::not_found)?;
    store::snapshot(tx.conn(), header, spec, at).await
}

/// Locks a document.
pub(super) async fn lock(tx: &mut Change<'_>, which: Which<'_>) -> Result<Header, Problem> {
    let locale = locale(tx, which.locale).await?;
    store::lock(tx, which.entry, &locale).await?.ok_or_else(super::not_found)
}

/// The locale that was asked for, or the site's.
pub(super) async fn locale(tx: &mut Change<'_>, asked: Option<&str>) -> Result<String, Problem> {
    match asked {
        Some(locale) => Ok(locale.to_owned()),
        None => tx.default_locale().await,
    }
}

pub(super) fn event(header: &Header, verb: &str, data: Value) -> Event {
    let mut data = data;
    if let Some(data) = data.as_object_mut() {
        data.insert("locale".to_owned(), json!(header.locale));
    }
    Event::new(&header.kind, verb, header.entry.uuid()).with(data)
}

pub(super) fn no_revision(number: i32, head: i32) -> Problem {
    Problem::new(Code::Invalid).detail(format!("There is no revision {number}; the newest is {head}.")).field(
        "/revision",
        FieldCode::NotFound,
        format!("Send a number from 1 to {head}."),
    )
}
