//! SQL of public media: what documents show, and which bytes an address may give out.

use diesel::sql_types::{Array, BigInt, Binary, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::blobs::{Blob, BlobRow};
use crate::content::media::public::PublicMedia;
use crate::content::media::{self, Focal};
use crate::delivery::selection::Selection;
use crate::platform::db::{Prepare, Read};
use crate::platform::id::UserId;
use crate::platform::problem::Problem;

/// So many public documents that point at an entry are looked up; more than have room in cache tags as a rule.
const MOST_USERS: i64 = 100;

#[derive(QueryableByName)]
struct MediaRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Jsonb)]
    card: Value,
    #[diesel(embed)]
    blob: BlobRow,
}

impl MediaRow {
    fn media(self, signature: Option<&String>) -> Result<PublicMedia, Problem> {
        let blob = self.blob.blob()?;
        let (entry, title, card) = (self.entry_id, self.title, self.card);
        Ok(PublicMedia { entry, title, card, blob, signature: signature.cloned() })
    }
}

/// Those of these entries that are public media, each in its best locale.
pub(in crate::delivery) async fn among(
    found: &mut Selection<'_>,
    entries: &[Uuid],
) -> Result<Vec<PublicMedia>, Problem> {
    // Whether or not there are any: that something points at what is not public is nobody's business.
    found.tags.points_at(&media::kind());
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let query = format!(
        "select distinct on (d.entry_id) d.entry_id, d.title, d.card, f.* from {documents} d \
         cross join lateral (select * from {files} where sha256 = d.blob offset 0) f \
         where d.entry_id = any ($3) and d.locale = any ($2) and d.during @> $1 and not d.erased and d.blob is not null \
         order by d.entry_id, array_position($2, d.locale)",
        documents = found.relations.documents,
        files = found.relations.files,
    );
    let rows: Vec<MediaRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Array<SqlUuid>, _>(entries)
        .prepared()
        .load(found.conn)
        .await?;
    for row in &rows {
        found.tags.shows(&media::kind(), row.entry_id);
    }
    let signature = found.signature.as_ref();
    rows.into_iter().map(|row| row.media(signature)).collect()
}

#[derive(QueryableByName)]
struct ShownRow {
    #[diesel(sql_type = Bool)]
    shown: bool,
}

/// Whether anything public points at an entry.
pub(in crate::delivery) async fn is_shown(found: &mut Selection<'_>, entry: Uuid) -> Result<bool, Problem> {
    let row: ShownRow = sql_query("select mh.is_shown($1, $2) as shown")
        .bind::<SqlUuid, _>(entry)
        .bind::<Timestamptz, _>(found.at)
        .prepared()
        .get_result(found.conn)
        .await?;
    Ok(row.shown)
}

#[derive(QueryableByName)]
struct UserRow {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    entry_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    kind: Option<String>,
}

/// The public documents that point at an entry, each by its kind and entry; nothing when they are too many.
pub(super) async fn shown_by(
    found: &mut Selection<'_>,
    entry: Uuid,
) -> Result<Option<Vec<(String, Uuid)>>, Problem> {
    let rows: Vec<UserRow> = sql_query("select entry_id, kind from mh.shown_by($1, $2, $3)")
        .bind::<SqlUuid, _>(entry)
        .bind::<Timestamptz, _>(found.at)
        .bind::<BigInt, _>(MOST_USERS)
        .prepared()
        .load(found.conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.kind.zip(row.entry_id)).collect())
}

/// Public media that show bytes whose digest begins like this, and that something public uses.
pub(in crate::delivery) async fn shown(
    found: &mut Selection<'_>,
    (from, to): (&[u8], &[u8]),
) -> Result<Vec<PublicMedia>, Problem> {
    let query = format!(
        "select d.entry_id, d.title, d.card, f.* from {documents} d \
         cross join lateral (select * from {files} where sha256 = d.blob offset 0) f \
         where d.blob between $2 and $3 and d.during @> $1 and not d.erased and mh.is_shown(d.entry_id, $1) limit 100",
        documents = found.relations.documents,
        files = found.relations.files,
    );
    let rows: Vec<MediaRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Binary, _>(from)
        .bind::<Binary, _>(to)
        .prepared()
        .load(found.conn)
        .await?;
    let signature = found.signature.as_ref();
    rows.into_iter().map(|row| row.media(signature)).collect()
}

#[derive(QueryableByName)]
struct DraftedRow {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    owner: Option<Uuid>,
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = Jsonb)]
    facets: Value,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(embed)]
    blob: BlobRow,
}

/// A newest revision that shows bytes, and whose it is.
pub(super) struct Drafted {
    pub created_by: Option<UserId>,
    pub locale: String,
    pub focal: Focal,
    pub name: String,
    pub blob: Blob,
}

/// The newest revisions that show bytes whose digest begins like this, of what does not lie in the trash.
pub(super) async fn drafted(
    read: &mut Read<'_>,
    (from, to): (&[u8], &[u8]),
) -> Result<Vec<Drafted>, Problem> {
    const QUERY: &str = "select e.created_by as owner, d.locale, d.facets, r.body #>> '{file,name}' as name, b.* \
        from revision_blobs s \
        cross join lateral (select entry_id, locale, head, facets from documents \
          where entry_id = s.entry_id and locale = s.locale and head = s.number and facets is not null offset 0) d \
        cross join lateral (select created_by, trashed_at from entries where id = s.entry_id offset 0) e \
        cross join lateral (select body from revisions \
          where entry_id = s.entry_id and locale = s.locale and number = s.number offset 0) r \
        cross join lateral (select * from blobs where sha256 = s.sha256 offset 0) b \
        where s.sha256 between $1 and $2 and e.trashed_at is null and r.body is not null limit 100";
    let rows: Vec<DraftedRow> =
        sql_query(QUERY).bind::<Binary, _>(from).bind::<Binary, _>(to).prepared().load(read.conn()).await?;
    let drafted = |row: DraftedRow| {
        let focal = row.facets.get("focal").and_then(|focal| serde_json::from_value(focal.clone()).ok());
        Ok(Drafted {
            created_by: row.owner.map(UserId::from_uuid),
            locale: row.locale,
            focal: focal.unwrap_or_default(),
            name: row.name,
            blob: row.blob.blob()?,
        })
    };
    rows.into_iter().map(drafted).collect()
}

#[derive(QueryableByName)]
struct LastRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

#[derive(QueryableByName)]
struct EntryRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
}

/// The last event up to which was looked, and the entries that have become public since an earlier one, with all that they
/// point at. Without an earlier one nothing has.
pub(super) async fn happened(
    read: &mut Read<'_>,
    since: Option<i64>,
    most: i64,
) -> Result<(i64, Vec<Uuid>), Problem> {
    const LAST: &str = "select coalesce(max(id), coalesce($1, 0)) as id from ( \
        select id from events where $1 is null or id > $1 order by case when $1 is null then -id else id end limit $2) e";
    const ENTRIES: &str = "with subjects as ( \
          select distinct subject_id as entry_id from events \
          where id > $1 and id <= $2 and (action like '%.published' or action like '%.went_live')) \
        select entry_id from subjects \
        union \
        select f.target from subjects s \
          cross join lateral (select locale, number from publications \
            where entry_id = s.entry_id and during @> $3 offset 0) p \
          cross join lateral (select target from revision_refs \
            where entry_id = s.entry_id and locale = p.locale and number = p.number offset 0) f \
        limit 1000";
    let last: LastRow = sql_query(LAST)
        .bind::<Nullable<BigInt>, _>(since)
        .bind::<BigInt, _>(most)
        .get_result(read.conn())
        .await?;
    let Some(since) = since.filter(|since| *since < last.id) else { return Ok((last.id, Vec::new())) };
    let at = read.at.instant;
    let rows: Vec<EntryRow> = sql_query(ENTRIES)
        .bind::<BigInt, _>(since)
        .bind::<BigInt, _>(last.id)
        .bind::<Timestamptz, _>(at)
        .load(read.conn())
        .await?;
    Ok((last.id, rows.into_iter().map(|row| row.entry_id).collect()))
}
