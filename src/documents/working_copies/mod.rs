//! Autosave: what an author has typed and not saved, kept as the client sent it, one for each author and document. It is no
//! fact: it has no event, and breaks no rule until it is saved. A deliberate save turns it into a revision.

pub mod http;
mod store;
pub mod view;

use chrono::{DateTime, Utc};
use serde_json::Value;

pub(super) use store::unsaved;

use super::actions::{Saved, merge};
use super::frame::{self, Which};
use super::model::{Header, NewRevision, Origin};
use super::{reach, write};
use crate::app::App;
use crate::platform::access::{KindName, Permit, Write};
use crate::platform::id::UserId;
use crate::platform::problem::{Code, Problem};

/// What an author has typed and not saved.
#[derive(Debug, Clone)]
pub struct WorkingCopy {
    /// The revision that it began from.
    pub base: i32,
    /// What the client keeps, as the save of its kind takes it.
    pub body: Value,
    /// Moves with every change; its `ETag`.
    pub version: i64,
    /// When it was last kept.
    pub updated_at: DateTime<Utc>,
}

/// The version that a client saw of its working copy; none when it saw that there is none.
pub type SeenCopy = Option<i64>;

/// The working copy of the user who asks.
///
/// # Errors
/// 403 without a grant, 404 when there is none.
pub async fn get<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    which: Which<'_>,
) -> Result<WorkingCopy, Problem> {
    let author = author(permit)?;
    app.store
        .read(async |read| {
            let locale = which.locale.map_or_else(|| read.locale.clone(), str::to_owned);
            let header = super::store::header(read.conn(), which.entry, &locale).await?;
            let header = header.ok_or_else(super::not_found)?;
            reach::over(read.conn(), permit, &header).await?;
            store::get(read.conn(), &header, author).await?.ok_or_else(none)
        })
        .await
}

/// Keeps what an author has typed. Only that it is an object is checked, so that nothing typed is ever refused.
///
/// # Errors
/// 403 without a grant, 404, 409 in the trash, 412 when another window of the same author was faster, 422 when `base` is no
/// revision.
pub async fn put<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    which: Which<'_>,
    seen: SeenCopy,
    (base, body): (i32, Value),
) -> Result<WorkingCopy, Problem> {
    let author = author(permit)?;
    let header = kept(app, permit, which).await?;
    if base < 1 || base > header.head {
        return Err(super::actions::no_base(base, header.head));
    }
    let outcome = app
        .store
        .housekeep(async |work| store::put(work, &header, author, seen, (base, &body)).await)
        .await?;
    outcome.ok_or_else(|| stale(seen))
}

/// Throws a working copy away.
///
/// # Errors
/// 403 without a grant, 404 when there is none, 412 when it has changed since.
pub async fn discard<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    which: Which<'_>,
    version: i64,
) -> Result<(), Problem> {
    let author = author(permit)?;
    get(app, permit, which).await?;
    let header = kept(app, permit, which).await?;
    let gone = app.store.housekeep(async |work| store::discard(work, &header, author, version).await).await?;
    if gone { Ok(()) } else { Err(stale(Some(version))) }
}

/// Saves a working copy: merged with what others have saved since its base, as any save on a base is.
///
/// # Errors
/// As a save, with pointers into the working copy; 404 when there is none, 412 when it has changed since.
pub async fn promote<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    which: Which<'_>,
    version: i64,
    note: Option<String>,
) -> Result<Saved, Problem> {
    let author = author(permit)?;
    let saved = frame::change_with(app, permit, which, None, async |tx, edited| {
        edited.header.expect_kept()?;
        let copy = store::get(tx.conn(), &edited.header, author).await?.ok_or_else(none)?;
        if copy.version != version {
            return Err(stale(Some(version)));
        }
        let spec = edited.spec;
        let body = (spec.from_draft)(copy.body, &mut || app.ids.uuid()).map_err(write::invalid)?;
        let new = NewRevision::new(body, Origin::Edit).note(note);
        let (new, merged) = merge(tx, spec, &edited.header, copy.base, new).await?;
        write::expect_own_bytes(tx, spec, edited.header.entry, &new.body).await?;
        edited.events.extend(reach::save(tx, permit, spec, &mut edited.header, &new).await?);
        // Another window of the same author may have kept more in the meantime; that must not go.
        if !store::promoted(tx, &edited.header, author, version).await? {
            return Err(stale(Some(version)));
        }
        Ok(merged)
    });
    let (snapshot, merged) = saved.await?;
    Ok(Saved { snapshot, merged })
}

async fn kept<K: KindName>(
    app: &App,
    permit: &Permit<Write<K>>,
    which: Which<'_>,
) -> Result<Header, Problem> {
    app.store
        .read(async |read| {
            let locale = which.locale.map_or_else(|| read.locale.clone(), str::to_owned);
            let header = super::store::header(read.conn(), which.entry, &locale).await?;
            let header = header.ok_or_else(super::not_found)?;
            reach::over(read.conn(), permit, &header).await?;
            header.expect_kept()?;
            Ok(header)
        })
        .await
}

fn author<K: KindName>(permit: &Permit<Write<K>>) -> Result<UserId, Problem> {
    permit.actor().user().ok_or_else(|| Problem::internal("a working copy belongs to a user"))
}

fn none() -> Problem {
    Problem::new(Code::NotFound).detail("You have no unsaved work on this document.")
}

fn stale(seen: SeenCopy) -> Problem {
    Problem::new(Code::Stale).detail(match seen {
        Some(version) => format!(
            "Your unsaved work is not at version \"v{version}\" any more: another window has kept or saved it. Read it \
             again and carry your change over."
        ),
        None => "You have unsaved work on this document already. Read it, then send its ETag as If-Match.".to_owned(),
    })
}
