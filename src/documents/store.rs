//! SQL of entries, documents, revisions and references. Writes take `&mut Change`.

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Binary, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::kind::KindSpec;
use super::model::{Header, NewRevision, Revision, Snapshot, State, StateFilter};
use super::publishing;
use crate::platform::db::{Change, Read};
use crate::platform::id::{EntryId, Id, UserId};
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
pub(super) struct HeaderRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Integer)]
    head: i32,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    created_by: Option<Uuid>,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    trashed_at: Option<DateTime<Utc>>,
}

impl From<HeaderRow> for Header {
    fn from(row: HeaderRow) -> Self {
        Self {
            entry: Id::from_uuid(row.entry_id),
            kind: row.kind,
            locale: row.locale,
            version: row.version,
            head: row.head,
            created_at: row.created_at,
            created_by: row.created_by.map(UserId::from_uuid),
            updated_at: row.updated_at,
            trashed_at: row.trashed_at,
        }
    }
}

#[derive(QueryableByName)]
pub(super) struct RevisionRow {
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    author: Option<Uuid>,
    #[diesel(sql_type = Text)]
    origin: String,
    #[diesel(sql_type = Nullable<Text>)]
    note: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    revised_at: DateTime<Utc>,
}

impl From<RevisionRow> for Revision {
    fn from(row: RevisionRow) -> Self {
        Self {
            number: row.number,
            title: row.title,
            author: row.author.map(UserId::from_uuid),
            origin: row.origin,
            note: row.note,
            created_at: row.revised_at,
        }
    }
}

#[derive(QueryableByName)]
struct BodyRow {
    #[diesel(embed)]
    revision: RevisionRow,
    #[diesel(sql_type = Nullable<Jsonb>)]
    body: Option<Value>,
    #[diesel(sql_type = SmallInt)]
    schema_version: i16,
}

const HEADER: &str = "select d.entry_id, d.kind, d.locale, d.version, d.head, e.created_at, e.created_by, d.updated_at, \
    e.trashed_at from documents d join entries e on e.id = d.entry_id where d.entry_id = $1 and d.locale = $2";

/// The header of a document, its rows locked until the end of the transaction.
///
/// # Errors
/// 503 when somebody else holds the lock for longer than 2 s.
pub async fn lock(tx: &mut Change<'_>, entry: EntryId, locale: &str) -> Result<Option<Header>, Problem> {
    let row: Option<HeaderRow> = sql_query(format!("{HEADER} for update of d, e"))
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .get_result(tx.conn())
        .await
        .optional()?;
    Ok(row.map(Header::from))
}

/// The header of a document.
pub(super) async fn header(
    read: &mut Read<'_>,
    entry: EntryId,
    locale: &str,
) -> Result<Option<Header>, Problem> {
    let row: Option<HeaderRow> = sql_query(HEADER)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .get_result(read.conn())
        .await
        .optional()?;
    Ok(row.map(Header::from))
}

/// One revision with its body in the current schema version.
pub(super) async fn revision(
    conn: &mut AsyncPgConnection,
    spec: &KindSpec,
    entry: EntryId,
    locale: &str,
    number: i32,
) -> Result<Option<(Revision, Value)>, Problem> {
    const QUERY: &str = "select number, title, body, schema_version, author, origin, note, created_at as revised_at \
        from revisions where entry_id = $1 and locale = $2 and number = $3";
    let row: Option<BodyRow> = sql_query(QUERY)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .bind::<Integer, _>(number)
        .get_result(conn)
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let body = row.body.ok_or_else(super::erased)?;
    let body = spec.lift(row.schema_version, body).map_err(Problem::internal)?;
    Ok(Some((row.revision.into(), body)))
}

/// The same within a change.
///
/// # Errors
/// 404 when there is no such revision.
pub async fn revision_in(
    tx: &mut Change<'_>,
    spec: &KindSpec,
    header: &Header,
    number: i32,
) -> Result<(Revision, Value), Problem> {
    let found = revision(tx.conn(), spec, header.entry, &header.locale, number).await?;
    found.ok_or_else(super::not_found)
}

/// The document with its newest revision and what is public of it at `at` or later.
pub(super) async fn snapshot(
    conn: &mut AsyncPgConnection,
    header: Header,
    spec: &KindSpec,
    at: DateTime<Utc>,
) -> Result<Snapshot, Problem> {
    let found = revision(conn, spec, header.entry, &header.locale, header.head).await?;
    let (head, body) = found.ok_or_else(super::not_found)?;
    let planned = publishing::store::planned(conn, &[header.entry.uuid()], &header.locale, at).await?;
    let planned = planned.into_iter().map(|(_, planned)| planned).collect();
    Ok(Snapshot { state: State { header, head, planned, at }, body })
}

/// Adds an entry and its first document, whose first revision must follow.
pub(super) async fn insert_entry(
    tx: &mut Change<'_>,
    entry: EntryId,
    kind: &str,
    locale: &str,
) -> Result<(), Problem> {
    let author = tx.actor().user().map(UserId::uuid);
    sql_query("insert into entries (id, kind, created_by) values ($1, $2, $3)")
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(kind)
        .bind::<Nullable<SqlUuid>, _>(author)
        .execute(tx.conn())
        .await?;
    sql_query("insert into documents (entry_id, locale, kind, head) values ($1, $2, $3, 1)")
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .bind::<Text, _>(kind)
        .execute(tx.conn())
        .await?;
    Ok(())
}

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
        (entry_id, locale, number, title, body, schema_version, sha256, parent, origin, author, note) \
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
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
        .execute(tx.conn())
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Sha {
    #[diesel(sql_type = Binary)]
    sha256: Vec<u8>,
}

/// The digest of a revision's body.
pub(super) async fn sha256(
    tx: &mut Change<'_>,
    entry: EntryId,
    locale: &str,
    number: i32,
) -> Result<Vec<u8>, Problem> {
    let row: Sha =
        sql_query("select sha256 from revisions where entry_id = $1 and locale = $2 and number = $3")
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

/// Moves the version of a document by one, and its head to what the header says; the header learns the rest.
pub(super) async fn bump(tx: &mut Change<'_>, header: &mut Header) -> Result<(), Problem> {
    #[derive(QueryableByName)]
    struct Moved {
        #[diesel(sql_type = BigInt)]
        version: i64,
        #[diesel(sql_type = Timestamptz)]
        updated_at: DateTime<Utc>,
    }
    const QUERY: &str = "update documents set version = version + 1, head = $3, updated_at = mh_now() \
        where entry_id = $1 and locale = $2 returning version, updated_at";
    let moved: Moved = sql_query(QUERY)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<Integer, _>(header.head)
        .get_result(tx.conn())
        .await?;
    (header.version, header.updated_at) = (moved.version, moved.updated_at);
    Ok(())
}

/// Marks an entry as lying in the trash.
pub(super) async fn trash(tx: &mut Change<'_>, entry: EntryId) -> Result<(), Problem> {
    let by = tx.actor().user().map(UserId::uuid);
    sql_query("update entries set trashed_at = mh_now(), trashed_by = $2 where id = $1")
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Nullable<SqlUuid>, _>(by)
        .execute(tx.conn())
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct StateRow {
    #[diesel(embed)]
    header: HeaderRow,
    #[diesel(embed)]
    revision: RevisionRow,
}

/// Where a page of a list begins and how long it is.
#[derive(Debug, Clone, Copy)]
pub struct ListWindow {
    /// Only documents in this state; without one, all that are not in the trash.
    pub state: Option<StateFilter>,
    /// The row at the edge, by time of change and entry.
    pub edge: Option<(DateTime<Utc>, Uuid)>,
    /// Whether the page lies before the edge and not after it.
    pub backwards: bool,
    /// How many rows.
    pub limit: i64,
}

/// Documents of a kind, those that changed last first; backwards, in the opposite order. No body is read. `offset 0` has
/// Postgres walk along the order of the list and look at each document, where it might join whole tables.
pub(super) async fn list(read: &mut Read<'_>, kind: &str, window: ListWindow) -> Result<Vec<State>, Problem> {
    let (after, id_after, order) = if window.backwards {
        (">", "<", "d.updated_at asc, d.entry_id desc")
    } else {
        ("<", ">", "d.updated_at desc, d.entry_id asc")
    };
    let query = format!(
        "select d.entry_id, d.kind, d.locale, d.version, d.head, e.created_at, e.created_by, d.updated_at, e.trashed_at, \
           r.number, r.title, r.author, r.origin, r.note, r.created_at as revised_at \
         from documents d \
           cross join lateral (select * from entries where id = d.entry_id offset 0) e \
           cross join lateral (select * from revisions where entry_id = d.entry_id and locale = d.locale \
             and number = d.head offset 0) r \
           left join lateral (select * from publications where entry_id = d.entry_id and locale = d.locale \
             and during @> $7 offset 0) p on true \
         where d.kind = $1 and d.locale = $2 and (e.trashed_at is not null) = ($3 is not distinct from 'trashed') \
           and case $3 when 'draft' then p.id is null when 'live' then p.id is not null \
                 when 'changed' then p.number <> d.head \
                 when 'scheduled' then exists (select from publications s where s.entry_id = d.entry_id \
                   and s.locale = d.locale and s.during >> tstzrange($7, $7, '[]')) \
                 else true end \
           and ($4 is null or d.updated_at {after} $4 or (d.updated_at = $4 and d.entry_id {id_after} $5)) \
         order by {order} limit $6"
    );
    let (at, locale) = (read.at.instant, read.locale.clone());
    let rows: Vec<StateRow> = sql_query(query)
        .bind::<Text, _>(kind)
        .bind::<Text, _>(&locale)
        .bind::<Nullable<Text>, _>(window.state.map(StateFilter::as_str))
        .bind::<Nullable<Timestamptz>, _>(window.edge.map(|edge| edge.0))
        .bind::<Nullable<SqlUuid>, _>(window.edge.map(|edge| edge.1))
        .bind::<BigInt, _>(window.limit)
        .bind::<Timestamptz, _>(at)
        .load(read.conn())
        .await?;
    let mut states: Vec<State> = rows
        .into_iter()
        .map(|row| State { header: row.header.into(), head: row.revision.into(), planned: Vec::new(), at })
        .collect();
    let entries: Vec<Uuid> = states.iter().map(|state| state.header.entry.uuid()).collect();
    for (entry, planned) in publishing::store::planned(read.conn(), &entries, &locale, at).await? {
        if let Some(state) = states.iter_mut().find(|state| state.header.entry.uuid() == entry) {
            state.planned.push(planned);
        }
    }
    Ok(states)
}
