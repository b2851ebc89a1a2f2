//! A draft as it would be public: the rows that stand for it in a preview, with its pictures that are drafts too. Nothing of
//! any other draft is in them.

mod store;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use self::store::Connection;
use super::frame::no_revision;
use super::kind::KindSpec;
use super::model::Header;
use super::publishing::actions::derive;
use super::publishing::store::{row, timed};
use super::reach;
use super::span::Span;
use super::timeline::Opening;
use crate::app::App;
use crate::platform::access::{AnyContent, Permission, Permit, Read as ReadPermission};
use crate::platform::db::{Change, Read};
use crate::platform::id::{EntryId, Id};
use crate::platform::problem::{Code, Problem};

/// How many of the entries that a draft points at are looked at for pictures.
const MOST_PICTURES: usize = 200;

/// Which draft: the entry, the locale, and the revision unless it is the newest.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The entry.
    pub entry: EntryId,
    /// The locale.
    pub locale: &'a str,
    /// The revision.
    pub revision: Option<i32>,
}

/// A draft as it would be public.
#[derive(Debug)]
pub struct Drafted {
    /// Publications that stand for it and its pictures, as JSON with the names of the columns, and its `path`.
    pub rows: Value,
    /// Itself and what it points at.
    pub shows: Vec<Uuid>,
}

/// A draft as it would be public now.
///
/// # Errors
/// 403 when the permit does not reach it, 404, 409 when it lies in the trash, 410 when it was erased.
pub async fn drafted(
    app: &App,
    read: &mut Read<'_>,
    permit: &Permit<ReadPermission<AnyContent>>,
    draft: Draft<'_>,
) -> Result<Drafted, Problem> {
    let (at, default) = (read.at.instant, read.locale.clone());
    let conn = read.conn();
    let header = header(conn, permit, draft).await?;
    let spec = app.kinds.get(&header.kind)?;
    let (mut own, targets) = public_row(conn, spec, &header, draft.revision, at).await?;
    own["path"] = json!(path(conn, &header, &own, at).await?);
    let mut rows = vec![own];
    let public = store::public_among(conn, &targets, at).await?;
    for target in targets.iter().filter(|target| !public.contains(target)).take(MOST_PICTURES) {
        for locale in [draft.locale, &default] {
            let picture = Draft { entry: Id::from_uuid(*target), locale, revision: None };
            if let Some(row) = picture_row(app, conn, permit, picture, at).await? {
                rows.push(row);
                break;
            }
        }
    }
    let shows = std::iter::once(header.entry.uuid()).chain(targets).collect();
    Ok(Drafted { rows: Value::Array(rows), shows })
}

/// Checks that a draft can be shown to somebody else, and gives its header and the path that it would have.
///
/// # Errors
/// 403 when the permit does not reach it, 404, 409 when it lies in the trash, 410 when it was erased, 422 when there is no
/// such revision.
pub async fn previewable<P: Permission>(
    app: &App,
    tx: &mut Change<'_>,
    permit: &Permit<P>,
    draft: Draft<'_>,
) -> Result<(Header, Option<String>), Problem> {
    let at = tx.now().await?;
    super::store::lock(tx, draft.entry, draft.locale).await?.ok_or_else(super::not_found)?;
    let header = header(tx.conn(), permit, draft).await?;
    let spec = app.kinds.get(&header.kind)?;
    let (own, _) = public_row(tx.conn(), spec, &header, draft.revision, at).await?;
    let path = path(tx.conn(), &header, &own, at).await?;
    Ok((header, path))
}

/// Checks that a draft is there to be shown.
///
/// # Errors
/// 403 when the permit does not reach it, 404, 409 when it lies in the trash, 410 when it was erased.
pub async fn expect_visible(
    app: &App,
    read: &mut Read<'_>,
    permit: &Permit<ReadPermission<AnyContent>>,
    draft: Draft<'_>,
) -> Result<(), Problem> {
    let at = read.at.instant;
    let header = header(read.conn(), permit, draft).await?;
    let spec = app.kinds.get(&header.kind)?;
    public_row(read.conn(), spec, &header, draft.revision, at).await.map(drop)
}

/// Checks that the permit reaches a document, in the trash or not.
///
/// # Errors
/// 403, 404.
pub async fn expect_reached<P: Permission>(
    conn: &mut Connection,
    permit: &Permit<P>,
    draft: Draft<'_>,
) -> Result<Header, Problem> {
    let header = super::store::header(conn, draft.entry, draft.locale).await?;
    let header = header.ok_or_else(super::not_found)?;
    reach::over(conn, permit, &header).await?;
    Ok(header)
}

async fn header<P: Permission>(
    conn: &mut Connection,
    permit: &Permit<P>,
    draft: Draft<'_>,
) -> Result<Header, Problem> {
    let header = expect_reached(conn, permit, draft).await?;
    header.expect_kept()?;
    Ok(header)
}

/// The row that a revision would have if it were public from this instant on, and the entries that it points at.
async fn public_row(
    conn: &mut Connection,
    spec: &KindSpec,
    header: &Header,
    revision: Option<i32>,
    at: DateTime<Utc>,
) -> Result<(Value, BTreeSet<Uuid>), Problem> {
    let number = revision.unwrap_or(header.head);
    let found = super::store::revision(conn, spec, header.entry, &header.locale, number).await?;
    let (_, body) = found.ok_or_else(|| no_revision(number, header.head))?;
    let derived = derive(spec, &body)?;
    let mut row = row(Uuid::nil(), header, number, &derived);
    let during = Span { from: at, until: None };
    timed(&mut row, &Opening { moved: None, number, during, until: None }, at);
    let first = store::first_public(conn, header, at).await?.unwrap_or(at);
    row["first_published_at"] = json!(first);
    row["published_at"] = json!(derived.date.unwrap_or(first));
    let references = (spec.references)(&body).map_err(|problem| Problem::internal(problem.to_string()))?;
    Ok((row, references.iter().map(|reference| reference.target).collect()))
}

/// The path of a draft: below where its parent is public. Below one that is not it stands at the top, because where that is
/// drafted is nobody's business.
async fn path(
    conn: &mut Connection,
    header: &Header,
    row: &Value,
    at: DateTime<Utc>,
) -> Result<Option<String>, Problem> {
    let Some(slug) = row["slug"].as_str() else { return Ok(None) };
    let parent = row["parent"].as_str().and_then(|id| id.parse().ok());
    let above = match parent {
        Some(parent) => store::public_path(conn, parent, &header.locale, at).await?,
        None => None,
    };
    Ok(Some(format!("{}/{slug}", above.unwrap_or_default().trim_end_matches('/'))))
}

/// The row of a media entry that is a draft, for whoever may read it; nothing for anything else.
async fn picture_row(
    app: &App,
    conn: &mut Connection,
    permit: &Permit<ReadPermission<AnyContent>>,
    draft: Draft<'_>,
    at: DateTime<Utc>,
) -> Result<Option<Value>, Problem> {
    let header = match header(conn, permit, draft).await {
        Ok(header) => header,
        Err(problem) if matches!(problem.code(), Code::Internal | Code::Unavailable) => return Err(problem),
        Err(_) => return Ok(None),
    };
    // What shows bytes keeps facets of its newest revision; not all that keeps some shows any.
    if header.facets.is_none() {
        return Ok(None);
    }
    let (row, _) = public_row(conn, app.kinds.get(&header.kind)?, &header, None, at).await?;
    Ok(Some(row).filter(|row| !row["blob"].is_null()))
}
