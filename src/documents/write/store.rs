//! SQL of writing revisions: what they are, what they point at and which bytes they show.

use diesel::sql_types::{
    Array, BigInt, Binary, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Uuid as SqlUuid,
};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::documents::model::NewRevision;
use crate::documents::shown::Shown;
use crate::platform::db::Change;
use crate::platform::digest::Digest;
use crate::platform::id::{EntryId, UserId};
use crate::platform::problem::Problem;

/// What a revision is stored as, apart from where.
pub(super) struct Stored<'a> {
    pub number: i32,
    pub parent: Option<i32>,
    pub sha256: [u8; 32],
    pub schema_version: i16,
    pub title: &'a str,
    pub new: &'a NewRevision,
}

/// Appends a revision.
pub(super) async fn insert_revision(
    tx: &mut Change<'_>,
    entry: EntryId,
    locale: &str,
    stored: Stored<'_>,
) -> Result<(), Problem> {
    const QUERY: &str = "insert into revisions \
        (entry_id, locale, number, title, body, schema_version, sha256, parent, origin, author, note, \
         source_locale, source_number) \
        select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, coalesce($12, p.source_locale), coalesce($13, p.source_number) \
        from (select) one left join revisions p on p.entry_id = $1 and p.locale = $2 and p.number = $8";
    let author = tx.actor().user().map(UserId::uuid);
    sql_query(QUERY)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .bind::<Integer, _>(stored.number)
        .bind::<Text, _>(stored.title)
        .bind::<Jsonb, _>(&stored.new.body)
        .bind::<SmallInt, _>(stored.schema_version)
        .bind::<Binary, _>(stored.sha256.to_vec())
        .bind::<Nullable<Integer>, _>(stored.parent)
        .bind::<Text, _>(stored.new.origin.as_str())
        .bind::<Nullable<SqlUuid>, _>(author)
        .bind::<Nullable<Text>, _>(stored.new.note.as_deref())
        .bind::<Nullable<Text>, _>(stored.new.source.as_ref().map(|source| source.locale.as_str()))
        .bind::<Nullable<Integer>, _>(stored.new.source.as_ref().map(|source| source.revision))
        .execute(tx.conn())
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Sha {
    #[diesel(sql_type = Binary)]
    sha256: Vec<u8>,
}

/// The digest of a revision's body; empty when it was erased.
pub(super) async fn sha256(
    tx: &mut Change<'_>,
    entry: EntryId,
    locale: &str,
    number: i32,
) -> Result<Vec<u8>, Problem> {
    // No body equals one that was erased.
    const QUERY: &str = "select case when body is null then ''::bytea else sha256 end as sha256 from revisions \
        where entry_id = $1 and locale = $2 and number = $3";
    let row: Sha = sql_query(QUERY)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .bind::<Integer, _>(number)
        .get_result(tx.conn())
        .await?;
    Ok(row.sha256)
}

#[derive(QueryableByName)]
struct Position {
    #[diesel(sql_type = BigInt)]
    position: i64,
}

/// The positions, from 0, of those targets that are no entries.
pub(super) async fn missing(tx: &mut Change<'_>, targets: &[Uuid]) -> Result<Vec<usize>, Problem> {
    const QUERY: &str = "select t.n - 1 as position from unnest($1) with ordinality t (id, n) \
        where not exists (select from entries e where e.id = t.id) order by t.n";
    let rows: Vec<Position> = sql_query(QUERY).bind::<Array<SqlUuid>, _>(targets).load(tx.conn()).await?;
    Ok(rows.into_iter().filter_map(|row| usize::try_from(row.position).ok()).collect())
}

/// Notes what a revision points at.
pub(super) async fn insert_references(
    tx: &mut Change<'_>,
    entry: EntryId,
    locale: &str,
    number: i32,
    references: (Vec<String>, Vec<Uuid>),
) -> Result<(), Problem> {
    const QUERY: &str = "insert into revision_refs (entry_id, locale, number, pointer, target) \
        select $1, $2, $3, pointer, target from unnest($4, $5) r (pointer, target)";
    sql_query(QUERY)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .bind::<Integer, _>(number)
        .bind::<Array<Text>, _>(references.0)
        .bind::<Array<SqlUuid>, _>(references.1)
        .execute(tx.conn())
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Bool)]
    known: bool,
}

/// Whether a revision of an entry, in whichever locale, shows these bytes.
pub(super) async fn has_shown(tx: &mut Change<'_>, entry: EntryId, bytes: Digest) -> Result<bool, Problem> {
    const QUERY: &str =
        "select exists (select from revision_blobs where entry_id = $1 and sha256 = $2) as known";
    let row: Known = sql_query(QUERY)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Binary, _>(bytes.bytes().as_slice())
        .get_result(tx.conn())
        .await?;
    Ok(row.known)
}

/// Notes which bytes a revision shows.
///
/// # Errors
/// 422 when they are not there, or of another class than the body says.
pub(super) async fn insert_shown(
    tx: &mut Change<'_>,
    entry: EntryId,
    locale: &str,
    number: i32,
    shown: &Shown,
) -> Result<(), Problem> {
    const QUERY: &str =
        "insert into revision_blobs (entry_id, locale, number, sha256, class) values ($1, $2, $3, $4, $5)";
    sql_query(QUERY)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .bind::<Integer, _>(number)
        .bind::<Binary, _>(shown.sha256.bytes().as_slice())
        .bind::<Text, _>(shown.class.as_str())
        .execute(tx.conn())
        .await?;
    Ok(())
}
