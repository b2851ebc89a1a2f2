//! SQL of working copies: housekeeping, but for the end of one that becomes a revision.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::{SeenCopy, WorkingCopy};
use crate::documents::model::{Header, Unsaved};
use crate::platform::db::{Change, Housekeeping};
use crate::platform::id::{Id, UserId};
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct CopyRow {
    #[diesel(sql_type = Integer)]
    base: i32,
    #[diesel(sql_type = Jsonb)]
    body: Value,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
}

impl From<CopyRow> for WorkingCopy {
    fn from(row: CopyRow) -> Self {
        Self { base: row.base, body: row.body, version: row.version, updated_at: row.updated_at }
    }
}

/// What this author has not saved.
pub(super) async fn get(
    conn: &mut AsyncPgConnection,
    header: &Header,
    author: UserId,
) -> Result<Option<WorkingCopy>, Problem> {
    const QUERY: &str = "select base, body, version, updated_at from working_copies \
        where entry_id = $1 and locale = $2 and author = $3";
    let row: Option<CopyRow> = sql_query(QUERY)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<SqlUuid, _>(author.uuid())
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(WorkingCopy::from))
}

/// Keeps a working copy in place of the one that was seen; gives nothing when it is another one by now. Versions go on
/// counting from the time, so that a copy made after one was saved is never taken for that.
pub(super) async fn put(
    work: &mut Housekeeping<'_>,
    header: &Header,
    author: UserId,
    seen: SeenCopy,
    (base, body): (i32, &Value),
) -> Result<Option<WorkingCopy>, Problem> {
    const INSERT: &str = "insert into working_copies (entry_id, locale, author, base, body, version) \
        select $1, $2, $3, $4, $5, (extract(epoch from mh_now()) * 1000000)::bigint where $6 is null \
        on conflict do nothing returning base, body, version, updated_at";
    const UPDATE: &str = "update working_copies set base = $4, body = $5, version = version + 1, updated_at = mh_now() \
        where entry_id = $1 and locale = $2 and author = $3 and version = $6 returning base, body, version, updated_at";
    let row: Option<CopyRow> = sql_query(if seen.is_some() { UPDATE } else { INSERT })
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<SqlUuid, _>(author.uuid())
        .bind::<Integer, _>(base)
        .bind::<Jsonb, _>(body)
        .bind::<Nullable<BigInt>, _>(seen)
        .get_result(work.conn())
        .await
        .optional()?;
    Ok(row.map(WorkingCopy::from))
}

const DELETE: &str =
    "delete from working_copies where entry_id = $1 and locale = $2 and author = $3 and version = $4";

/// Throws a working copy away; gives whether it was the one that was seen.
pub(super) async fn discard(
    work: &mut Housekeeping<'_>,
    header: &Header,
    author: UserId,
    version: i64,
) -> Result<bool, Problem> {
    let gone = sql_query(DELETE)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<SqlUuid, _>(author.uuid())
        .bind::<BigInt, _>(version)
        .execute(work.conn())
        .await?;
    Ok(gone == 1)
}

/// Ends a working copy whose text is a revision now; gives whether it was still the one that was seen.
pub(super) async fn promoted(
    tx: &mut Change<'_>,
    header: &Header,
    author: UserId,
    version: i64,
) -> Result<bool, Problem> {
    let gone = sql_query(DELETE)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<SqlUuid, _>(author.uuid())
        .bind::<BigInt, _>(version)
        .execute(tx.conn())
        .await?;
    Ok(gone == 1)
}

#[derive(QueryableByName)]
struct UnsavedRow {
    #[diesel(sql_type = SqlUuid)]
    author: Uuid,
    #[diesel(sql_type = Integer)]
    base: i32,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
}

/// Whose unsaved work a document has, the newest first.
pub(in crate::documents) async fn unsaved(
    conn: &mut AsyncPgConnection,
    header: &Header,
) -> Result<Vec<Unsaved>, Problem> {
    const QUERY: &str = "select author, base, updated_at from working_copies \
        where entry_id = $1 and locale = $2 order by updated_at desc, author";
    let rows: Vec<UnsavedRow> = sql_query(QUERY)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .load(conn)
        .await?;
    let unsaved = |row: UnsavedRow| Unsaved {
        author: Id::from_uuid(row.author),
        base: row.base,
        updated_at: row.updated_at,
    };
    Ok(rows.into_iter().map(unsaved).collect())
}
