//! The history of a document: its revisions, what differs between two of them, and its time in public.

pub mod http;
mod store;
pub mod view;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::diff;
use super::frame::{Which, no_revision};
use super::kind::KindSpec;
use super::model::{Header, Revision};
use super::reach;
use crate::app::App;
use crate::platform::access::{KindName, Permit, Read as ReadPermission};
use crate::platform::db::Read;
use crate::platform::id::UserId;
use crate::platform::problem::Problem;

pub use store::Ended;

/// Which revisions of a document a list shows, the newest first.
#[derive(Debug, Clone)]
pub struct RevisionWindow {
    /// Only those of this author.
    pub author: Option<UserId>,
    /// Only those written at this instant or later.
    pub since: Option<DateTime<Utc>>,
    /// Only those written before this instant.
    pub before: Option<DateTime<Utc>>,
    /// The number at the edge of the page.
    pub edge: Option<i32>,
    /// Whether the page lies before the edge and not after it.
    pub backwards: bool,
    /// How many rows.
    pub limit: i64,
}

/// A publication of a document, past, present or planned.
#[derive(Debug, Clone)]
pub struct Period {
    /// What and when.
    pub planned: super::model::Planned,
    /// The end that was planned, which may lie after the real one.
    pub until: Option<DateTime<Utc>>,
    /// Why it ended or will end.
    pub ended: Option<Ended>,
    /// Whether its content was erased.
    pub erased: bool,
}

/// The revisions of a document, the newest first.
///
/// # Errors
/// 403 without a grant, 404.
pub async fn revisions<K: KindName>(
    app: &App,
    permit: &Permit<ReadPermission<K>>,
    which: Which<'_>,
    window: &RevisionWindow,
) -> Result<Vec<Revision>, Problem> {
    app.store
        .read(async |read| {
            let (header, _) = find(app, permit, read, which).await?;
            let mut revisions = store::revisions(read.conn(), &header, window).await?;
            if window.backwards {
                revisions.reverse();
            }
            Ok(revisions)
        })
        .await
}

/// One revision with its body, in the current form of its kind.
///
/// # Errors
/// 403 without a grant, 404, 410 when it was erased.
pub async fn revision<K: KindName>(
    app: &App,
    permit: &Permit<ReadPermission<K>>,
    which: Which<'_>,
    number: i32,
) -> Result<(Revision, Value), Problem> {
    app.store
        .read(async |read| {
            let (header, spec) = find(app, permit, read, which).await?;
            let found =
                super::store::revision(read.conn(), spec, header.entry, &header.locale, number).await?;
            found.ok_or_else(super::not_found)
        })
        .await
}

/// What differs between two revisions.
///
/// # Errors
/// 403 without a grant, 404, 410 when one was erased, 422 when there is no such revision.
pub async fn compare<K: KindName>(
    app: &App,
    permit: &Permit<ReadPermission<K>>,
    which: Which<'_>,
    (from, to): (i32, Option<i32>),
) -> Result<(i32, Vec<diff::Difference>), Problem> {
    app.store
        .read(async |read| {
            let (header, spec) = find(app, permit, read, which).await?;
            let to = to.unwrap_or(header.head);
            let mut bodies = Vec::with_capacity(2);
            for number in [from, to] {
                let found =
                    super::store::revision(read.conn(), spec, header.entry, &header.locale, number).await?;
                let (_, body) = found.ok_or_else(|| no_revision(number, header.head))?;
                let body =
                    (spec.canonical)(&body).map_err(|problem| Problem::internal(problem.to_string()))?;
                bodies.push(body);
            }
            Ok((to, diff::compare(&bodies[0], &bodies[1])))
        })
        .await
}

/// When a document was public, is and will be, the latest first.
///
/// # Errors
/// 403 without a grant, 404.
pub async fn timeline<K: KindName>(
    app: &App,
    permit: &Permit<ReadPermission<K>>,
    which: Which<'_>,
    (edge, backwards, limit): (Option<DateTime<Utc>>, bool, i64),
) -> Result<(DateTime<Utc>, Vec<Period>), Problem> {
    app.store
        .read(async |read| {
            let at = read.at.instant;
            let (header, _) = find(app, permit, read, which).await?;
            let mut periods = store::timeline(read.conn(), &header, (edge, backwards, limit)).await?;
            if backwards {
                periods.reverse();
            }
            Ok((at, periods))
        })
        .await
}

async fn find<'a, K: KindName>(
    app: &'a App,
    permit: &Permit<ReadPermission<K>>,
    read: &mut Read<'_>,
    which: Which<'_>,
) -> Result<(Header, &'a KindSpec), Problem> {
    let locale = which.locale.map_or_else(|| read.locale.clone(), str::to_owned);
    let header = super::store::header(read.conn(), which.entry, &locale).await?;
    let header = header.ok_or_else(super::not_found)?;
    reach::over(read.conn(), permit, &header).await?;
    let spec = app.kinds.get(&header.kind)?;
    Ok((header, spec))
}
