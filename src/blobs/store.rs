//! SQL of blobs.

use chrono::{DateTime, Utc};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Jsonb, Nullable, Text, Timestamptz};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::image::Focal;
use super::model::{Blob, BlobFacts, Picture};
use crate::documents::shown::Class;
use crate::platform::db::{Change, Housekeeping};
use crate::platform::digest::Digest;
use crate::platform::problem::{Code, Problem};

/// The key of the lock of a digest: its first 64 bits. That two have the same would only make them wait for each other.
fn lock_key(sha256: Digest) -> i64 {
    i64::from_be_bytes(std::array::from_fn(|index| sha256.bytes()[index]))
}

/// Waits until no other transaction decides about these bytes, and keeps the others waiting until this one ends.
pub(super) async fn lock(work: &mut Housekeeping<'_>, sha256: Digest) -> Result<(), Problem> {
    sql_query("select pg_advisory_xact_lock($1)")
        .bind::<BigInt, _>(lock_key(sha256))
        .execute(work.conn())
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// The same without waiting; gives whether it is ours.
pub(super) async fn try_lock(work: &mut Housekeeping<'_>, sha256: Digest) -> Result<bool, Problem> {
    let answer: Answer = sql_query("select pg_try_advisory_xact_lock($1) as yes")
        .bind::<BigInt, _>(lock_key(sha256))
        .get_result(work.conn())
        .await?;
    Ok(answer.yes)
}

/// Whether there is a row.
pub(super) async fn exists(conn: &mut AsyncPgConnection, sha256: Digest) -> Result<bool, Problem> {
    let answer: Answer = sql_query("select exists (select from blobs where sha256 = $1) as yes")
        .bind::<Binary, _>(sha256.bytes().to_vec())
        .get_result(conn)
        .await?;
    Ok(answer.yes)
}

/// Adds a row if there is none. The caller holds the lock.
pub(super) async fn insert(
    tx: &mut Change<'_>,
    sha256: Digest,
    bytes: u64,
    facts: &BlobFacts,
) -> Result<(), Problem> {
    let picture = facts.picture.as_ref();
    let number = |value: u32| i32::try_from(value).map_err(Problem::internal);
    sql_query(
        "insert into blobs (sha256, class, media_type, extension, bytes, width, height, frames, alpha, color, placeholder) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (sha256) do nothing",
    )
    .bind::<Binary, _>(sha256.bytes().to_vec())
    .bind::<Text, _>(facts.class.as_str())
    .bind::<Text, _>(&facts.media_type)
    .bind::<Text, _>(&facts.extension)
    .bind::<BigInt, _>(i64::try_from(bytes).map_err(Problem::internal)?)
    .bind::<Nullable<Integer>, _>(picture.map(|picture| number(picture.width)).transpose()?)
    .bind::<Nullable<Integer>, _>(picture.map(|picture| number(picture.height)).transpose()?)
    .bind::<Nullable<Integer>, _>(picture.map(|picture| number(picture.frames)).transpose()?)
    .bind::<Nullable<Bool>, _>(picture.map(|picture| picture.alpha))
    .bind::<Nullable<Text>, _>(picture.map(|picture| picture.color.as_str()))
    .bind::<Nullable<Binary>, _>(picture.map(|picture| picture.placeholder.as_slice()))
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A row of blobs, or of a view with the same columns.
#[derive(QueryableByName)]
pub struct BlobRow {
    #[diesel(sql_type = Binary)]
    sha256: Vec<u8>,
    #[diesel(sql_type = Text)]
    class: String,
    #[diesel(sql_type = Text)]
    media_type: String,
    #[diesel(sql_type = Text)]
    extension: String,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
    #[diesel(sql_type = Nullable<Integer>)]
    width: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    height: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    frames: Option<i32>,
    #[diesel(sql_type = Nullable<Bool>)]
    alpha: Option<bool>,
    #[diesel(sql_type = Nullable<Text>)]
    color: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    placeholder: Option<Vec<u8>>,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
}

impl BlobRow {
    /// What the row says.
    ///
    /// # Errors
    /// 500 when it says what no row can.
    pub fn blob(self) -> Result<Blob, Problem> {
        let number = |value: i32| u32::try_from(value).ok();
        let picture = match (self.width, self.height, self.frames, self.alpha, self.color, self.placeholder) {
            (Some(width), Some(height), Some(frames), Some(alpha), Some(color), Some(placeholder)) => {
                number(width).zip(number(height)).zip(number(frames)).map(|((width, height), frames)| {
                    Picture { width, height, frames, alpha, color, placeholder }
                })
            }
            _ => None,
        };
        let class = Class::named(&self.class)
            .ok_or_else(|| Problem::internal(format!("a blob has the class {}", self.class)))?;
        Ok(Blob {
            sha256: digest(&self.sha256)?,
            bytes: u64::try_from(self.bytes).map_err(Problem::internal)?,
            facts: BlobFacts { class, media_type: self.media_type, extension: self.extension, picture },
            created_at: self.created_at,
        })
    }
}

fn digest(bytes: &[u8]) -> Result<Digest, Problem> {
    Digest::try_from(bytes).map_err(Problem::internal)
}

fn all_bytes(sha256: &[Digest]) -> Vec<Vec<u8>> {
    sha256.iter().map(|digest| digest.bytes().to_vec()).collect()
}

/// The rows of these.
pub(super) async fn find(conn: &mut AsyncPgConnection, sha256: &[Digest]) -> Result<Vec<Blob>, Problem> {
    let rows: Vec<BlobRow> = sql_query("select * from blobs where sha256 = any ($1)")
        .bind::<Array<Binary>, _>(all_bytes(sha256))
        .load(conn)
        .await?;
    rows.into_iter().map(BlobRow::blob).collect()
}

/// The row of this one.
pub(super) async fn find_one(conn: &mut AsyncPgConnection, sha256: Digest) -> Result<Option<Blob>, Problem> {
    let row: Option<BlobRow> = sql_query("select * from blobs where sha256 = $1")
        .bind::<Binary, _>(sha256.bytes().to_vec())
        .get_result(conn)
        .await
        .optional()?;
    row.map(BlobRow::blob).transpose()
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Binary)]
    sha256: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

/// Some rows after this one, in the order of their digests, with their lengths.
pub(super) async fn page(
    conn: &mut AsyncPgConnection,
    after: Option<Digest>,
    rows: usize,
) -> Result<Vec<(Digest, u64)>, Problem> {
    let rows: Vec<Named> =
        sql_query("select sha256, bytes from blobs where $1 is null or sha256 > $1 order by sha256 limit $2")
            .bind::<Nullable<Binary>, _>(after.map(|digest| digest.bytes().to_vec()))
            .bind::<BigInt, _>(i64::try_from(rows).map_err(Problem::internal)?)
            .load(conn)
            .await?;
    rows.into_iter()
        .map(|row| Ok((digest(&row.sha256)?, u64::try_from(row.bytes).map_err(Problem::internal)?)))
        .collect()
}

/// Some rows after this one that are older than an instant and that nothing shows.
pub(super) async fn unused(
    conn: &mut AsyncPgConnection,
    before: DateTime<Utc>,
    after: Option<Digest>,
    rows: usize,
) -> Result<Vec<Digest>, Problem> {
    let rows: Vec<Named> = sql_query(
        "select sha256, bytes from blobs b where created_at < $1 and ($2 is null or sha256 > $2) \
           and not exists (select from revision_blobs r where r.sha256 = b.sha256) \
           and not exists (select from publications p where p.blob = b.sha256) \
         order by sha256 limit $3",
    )
    .bind::<Timestamptz, _>(before)
    .bind::<Nullable<Binary>, _>(after.map(|digest| digest.bytes().to_vec()))
    .bind::<BigInt, _>(i64::try_from(rows).map_err(Problem::internal)?)
    .load(conn)
    .await?;
    rows.into_iter().map(|row| digest(&row.sha256)).collect()
}

/// Removes a row that is older than an instant and that nothing shows; gives whether it did. `in_use` when a change showed it
/// in the same moment.
pub(super) async fn delete_unused(
    work: &mut Housekeeping<'_>,
    sha256: Digest,
    before: DateTime<Utc>,
) -> Result<bool, Problem> {
    let deleted = sql_query(
        "delete from blobs b where sha256 = $1 and created_at < $2 \
           and not exists (select from revision_blobs r where r.sha256 = b.sha256) \
           and not exists (select from publications p where p.blob = b.sha256)",
    )
    .bind::<Binary, _>(sha256.bytes().to_vec())
    .bind::<Timestamptz, _>(before)
    .execute(work.conn())
    .await;
    match deleted {
        Ok(rows) => Ok(rows > 0),
        Err(error @ Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => {
            Err(Problem::new(Code::InUse).caused_by(error))
        }
        Err(error) => Err(error.into()),
    }
}

/// Those of these that have no row.
pub(super) async fn without_row(
    conn: &mut AsyncPgConnection,
    sha256: &[Digest],
) -> Result<Vec<Digest>, Problem> {
    #[derive(QueryableByName)]
    struct Missing {
        #[diesel(sql_type = Binary)]
        sha256: Vec<u8>,
    }
    let rows: Vec<Missing> = sql_query(
        "select asked.sha256 from unnest($1) asked (sha256) \
         where not exists (select from blobs b where b.sha256 = asked.sha256)",
    )
    .bind::<Array<Binary>, _>(all_bytes(sha256))
    .load(conn)
    .await?;
    rows.into_iter().map(|row| digest(&row.sha256)).collect()
}

/// Around which points pictures of these bytes are cut now: those of the newest revisions, and of all that are public or will be.
pub(super) async fn points(
    conn: &mut AsyncPgConnection,
    sha256: &[Digest],
    at: DateTime<Utc>,
) -> Result<Vec<(Digest, Focal)>, Problem> {
    #[derive(QueryableByName)]
    struct Point {
        #[diesel(sql_type = Binary)]
        sha256: Vec<u8>,
        #[diesel(sql_type = Nullable<Jsonb>)]
        focal: Option<serde_json::Value>,
    }
    let rows: Vec<Point> = sql_query(
        "select distinct s.sha256, v.focal from ( \
           select b.sha256, b.entry_id, b.locale, b.number from revision_blobs b where b.sha256 = any ($1) \
             and (exists (select from documents d where d.entry_id = b.entry_id and d.locale = b.locale and d.head = b.number) \
               or exists (select from publications p where p.entry_id = b.entry_id and p.locale = b.locale \
                 and p.number = b.number and (upper_inf(p.during) or upper(p.during) > $2))) offset 0) s \
         cross join lateral (select body -> 'focal' as focal from revisions r \
           where r.entry_id = s.entry_id and r.locale = s.locale and r.number = s.number offset 0) v",
    )
    .bind::<Array<Binary>, _>(all_bytes(sha256))
    .bind::<Timestamptz, _>(at)
    .load(conn)
    .await?;
    // A body without one means the middle.
    let focal = |value: Option<serde_json::Value>| value.and_then(|value| serde_json::from_value(value).ok());
    rows.into_iter().map(|row| Ok((digest(&row.sha256)?, focal(row.focal).unwrap_or_default()))).collect()
}
