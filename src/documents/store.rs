//! SQL of entries, documents, revisions and references. Writes take `&mut Change`.

use chrono::{DateTime, Utc};
use diesel::sql_types::{
    Array, BigInt, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use super::kind::KindSpec;
use super::model::{Header, Revision, Snapshot, Source, State};
use super::publishing;
use super::publishing::store::{DERIVED_BY, Key};
use super::shown::{Shelf, Shown};
use super::wording::Wording;
use super::working_copies;
use crate::platform::db::Change;
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
    #[diesel(sql_type = Nullable<SqlUuid>)]
    parent: Option<Uuid>,
    #[diesel(sql_type = Nullable<Jsonb>)]
    facets: Option<Value>,
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
            parent: row.parent.map(Id::from_uuid),
            facets: row.facets,
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
    #[diesel(sql_type = Nullable<Text>)]
    source_locale: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    source_number: Option<i32>,
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
            source: row
                .source_locale
                .zip(row.source_number)
                .map(|(locale, revision)| Source { locale, revision }),
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

/// The columns of a header, from `documents d` and `entries e`.
pub(super) const HEADER: &str = "d.entry_id, d.kind, d.locale, d.version, d.head, e.created_at, e.created_by, \
    d.updated_at, e.trashed_at, d.parent, d.facets";

/// The columns of a revision `r` without its body.
pub(super) const REVISION: &str = "r.number, r.title, r.author, r.origin, r.note, r.created_at as revised_at, r.source_locale, r.source_number";

/// The header of a document, its rows locked until the end of the transaction.
///
/// # Errors
/// 503 when somebody else holds the lock for longer than 2 s.
pub async fn lock(tx: &mut Change<'_>, entry: EntryId, locale: &str) -> Result<Option<Header>, Problem> {
    Ok(lock_all(tx, &[(entry.uuid(), locale.to_owned())]).await?.pop())
}

/// The headers of documents, their rows locked in one order, so that two requests never wait for each other in a circle.
/// Documents that do not exist are left out.
pub(super) async fn lock_all(tx: &mut Change<'_>, documents: &[Key]) -> Result<Vec<Header>, Problem> {
    let query = format!(
        "select {HEADER} from unnest($1, $2) k (entry_id, locale) \
         join documents d on d.entry_id = k.entry_id and d.locale = k.locale join entries e on e.id = d.entry_id \
         order by d.entry_id, d.locale for update of d, e"
    );
    let (entries, locales): (Vec<Uuid>, Vec<String>) = documents.iter().cloned().unzip();
    let rows: Vec<HeaderRow> = sql_query(query)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Array<Text>, _>(locales)
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(Header::from).collect())
}

/// The header of a document.
pub(super) async fn header(
    conn: &mut AsyncPgConnection,
    entry: EntryId,
    locale: &str,
) -> Result<Option<Header>, Problem> {
    let query = format!(
        "select {HEADER} from documents d join entries e on e.id = d.entry_id where d.entry_id = $1 and d.locale = $2"
    );
    let row: Option<HeaderRow> = sql_query(query)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(Header::from))
}

/// One revision with its body in the current schema version, if it still has one.
async fn perhaps_erased(
    conn: &mut AsyncPgConnection,
    spec: &KindSpec,
    entry: EntryId,
    locale: &str,
    number: i32,
) -> Result<Option<(Revision, Option<Value>)>, Problem> {
    let query = format!(
        "select {REVISION}, r.body, r.schema_version from revisions r \
         where r.entry_id = $1 and r.locale = $2 and r.number = $3"
    );
    let row: Option<BodyRow> = sql_query(query)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .bind::<Integer, _>(number)
        .get_result(conn)
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let lift = |body| spec.lift(row.schema_version, body).map_err(Problem::internal);
    Ok(Some((row.revision.into(), row.body.map(lift).transpose()?)))
}

/// One revision with its body in the current schema version.
///
/// # Errors
/// 410 when it was erased.
pub(super) async fn revision(
    conn: &mut AsyncPgConnection,
    spec: &KindSpec,
    entry: EntryId,
    locale: &str,
    number: i32,
) -> Result<Option<(Revision, Value)>, Problem> {
    match perhaps_erased(conn, spec, entry, locale, number).await? {
        Some((revision, Some(body))) => Ok(Some((revision, body))),
        Some((_, None)) => Err(super::erased()),
        None => Ok(None),
    }
}

/// The document with its newest revision and what is public of it at `at` or later.
pub(super) async fn snapshot(
    conn: &mut AsyncPgConnection,
    header: Header,
    spec: &KindSpec,
    at: DateTime<Utc>,
) -> Result<Snapshot, Problem> {
    let found = perhaps_erased(conn, spec, header.entry, &header.locale, header.head).await?;
    let (head, body) = found.ok_or_else(super::not_found)?;
    let planned = publishing::store::planned(conn, &[header.key()], at).await?;
    let planned = planned.into_iter().map(|(_, planned)| planned).collect();
    let unsaved = working_copies::unsaved(conn, &header).await?;
    Ok(Snapshot { state: State { header, head, planned, unsaved, at }, body })
}

/// Adds an entry.
pub(super) async fn insert_entry(tx: &mut Change<'_>, entry: EntryId, kind: &str) -> Result<(), Problem> {
    let author = tx.actor().user().map(UserId::uuid);
    sql_query("insert into entries (id, kind, created_by) values ($1, $2, $3)")
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(kind)
        .bind::<Nullable<SqlUuid>, _>(author)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Adds a document, whose first revision must follow.
pub(super) async fn insert_document(
    tx: &mut Change<'_>,
    entry: EntryId,
    kind: &str,
    locale: &str,
    place: &Place,
) -> Result<(), Problem> {
    const QUERY: &str = "insert into documents \
        (entry_id, locale, kind, head, parent, position, facets, words, derived_by) \
        values ($1, $2, $3, 1, $4, $5, $6, mh.search_vector('public.search_simple', $7), $8)";
    sql_query(QUERY)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .bind::<Text, _>(kind)
        .bind::<Nullable<SqlUuid>, _>(place.parent)
        .bind::<Nullable<Text>, _>(place.position.as_deref())
        .bind::<Nullable<Jsonb>, _>(place.facets())
        .bind::<Jsonb, _>(place.words())
        .bind::<SmallInt, _>(DERIVED_BY)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Where a body puts its document in the tree.
pub(super) struct Place {
    pub parent: Option<Uuid>,
    pub position: Option<String>,
    pub shelf: Option<Shelf>,
    pub shown: Option<Shown>,
    pub wording: Wording,
}

impl Place {
    /// What lists filter by.
    pub fn facets(&self) -> Option<&Value> {
        self.shelf.as_ref().map(|shelf| &shelf.facets)
    }

    /// The words that editors search, by weight.
    pub fn words(&self) -> Value {
        let more = self.shelf.as_ref().map(|shelf| shelf.words.as_str()).unwrap_or_default();
        self.wording.clone().with(more).words()
    }
}

#[derive(QueryableByName)]
struct Moved {
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
}

/// Moves the head of a document to its next revision, and its version; the header learns it.
pub(super) async fn advance(tx: &mut Change<'_>, header: &mut Header, place: Place) -> Result<(), Problem> {
    const QUERY: &str = "update documents set version = version + 1, head = head + 1, parent = $3, position = $4, \
        facets = $5, words = mh.search_vector('public.search_simple', $6), derived_by = $7, updated_at = mh_now() \
        where entry_id = $1 and locale = $2 returning version, updated_at";
    header.parent = place.parent.map(Id::from_uuid);
    let moved: Moved = sql_query(QUERY)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<Nullable<SqlUuid>, _>(place.parent)
        .bind::<Nullable<Text>, _>(place.position.as_deref())
        .bind::<Nullable<Jsonb>, _>(place.facets())
        .bind::<Jsonb, _>(place.words())
        .bind::<SmallInt, _>(DERIVED_BY)
        .get_result(tx.conn())
        .await?;
    (header.head, header.version, header.updated_at) = (header.head + 1, moved.version, moved.updated_at);
    Ok(())
}

/// Moves the versions of documents by one.
pub(super) async fn bump(tx: &mut Change<'_>, documents: &[Key]) -> Result<(), Problem> {
    const QUERY: &str = "update documents d set version = version + 1, updated_at = mh_now() \
        from unnest($1, $2) k (entry_id, locale) where d.entry_id = k.entry_id and d.locale = k.locale";
    let (entries, locales): (Vec<Uuid>, Vec<String>) = documents.iter().cloned().unzip();
    sql_query(QUERY)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Array<Text>, _>(locales)
        .execute(tx.conn())
        .await?;
    Ok(())
}
