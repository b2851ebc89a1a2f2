//! SQL of publications and routes. Writes take `&mut Change`, and Postgres guards the timeline.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, SecondsFormat, Utc};
use diesel::sql_types::{Array, Bool, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Derived;
use crate::documents::model::{Header, Planned};
use crate::documents::span::Span;
use crate::documents::timeline::{End, Opening, Publication};
use crate::platform::db::Change;
use crate::platform::problem::Problem;

/// The version of the code that derives columns from a body; `masthead reindex` derives those of an older one anew. 2: search.
pub(in crate::documents) const DERIVED_BY: i16 = 2;

/// How many publications a statement opens at most, so that none comes near the limit of a statement's time.
const OPENED_AT_ONCE: usize = 250;

#[derive(QueryableByName)]
struct PublicationRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Timestamptz)]
    starts: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    ends: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    path: Option<String>,
}

impl PublicationRow {
    fn during(&self) -> Span {
        Span { from: self.starts, until: self.ends }
    }
}

/// A document: its entry and its locale.
pub(in crate::documents) type Key = (Uuid, String);

// The ranges are asked for by their operator, which the index of the exclusion constraint knows; `offset 0` keeps Postgres to
// one look into that index for each document, whatever it expects.
const PLANNED: &str = "select p.id, p.entry_id, p.locale, p.number, lower(p.during) as starts, upper(p.during) as ends, \
      p.until, r.path \
    from unnest($1, $2) k (entry_id, locale) \
    cross join lateral (select * from publications where entry_id = k.entry_id and locale = k.locale \
      and during && tstzrange($3, null) offset 0) p \
    left join lateral (select path from routes where entry_id = p.entry_id and locale = p.locale \
      and during @> lower(p.during) offset 0) r on true \
    order by p.entry_id, p.locale, lower(p.during)";

async fn planned_rows(
    conn: &mut AsyncPgConnection,
    documents: &[Key],
    at: DateTime<Utc>,
) -> Result<Vec<PublicationRow>, Problem> {
    let (entries, locales): (Vec<Uuid>, Vec<String>) = documents.iter().cloned().unzip();
    Ok(sql_query(PLANNED)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Array<Text>, _>(locales)
        .bind::<Timestamptz, _>(at)
        .load(conn)
        .await?)
}

/// What is public at `at` or later, of several documents, each with its document.
pub(in crate::documents) async fn planned(
    conn: &mut AsyncPgConnection,
    documents: &[Key],
    at: DateTime<Utc>,
) -> Result<Vec<(Key, Planned)>, Problem> {
    let rows = planned_rows(conn, documents, at).await?;
    let planned = |row: PublicationRow| {
        let planned = Planned { id: row.id, number: row.number, during: row.during(), path: row.path };
        ((row.entry_id, row.locale), planned)
    };
    Ok(rows.into_iter().map(planned).collect())
}

/// The same as the timeline wants it.
pub(super) async fn timelines(
    tx: &mut Change<'_>,
    documents: &[Key],
    at: DateTime<Utc>,
) -> Result<HashMap<Key, Vec<Publication>>, Problem> {
    let mut timelines: HashMap<Key, Vec<Publication>> = HashMap::new();
    for row in planned_rows(tx.conn(), documents, at).await? {
        let publication =
            Publication { id: row.id, number: row.number, during: row.during(), until: row.until };
        timelines.entry((row.entry_id, row.locale)).or_default().push(publication);
    }
    Ok(timelines)
}

#[derive(QueryableByName)]
struct RemovedRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = Bool)]
    begins_now: bool,
    #[diesel(sql_type = Jsonb)]
    whole: Value,
}

/// Takes back publications that have not been public yet; gives the rows, so that they can come back at another time.
pub(super) async fn remove(
    tx: &mut Change<'_>,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Value>, Problem> {
    const QUERY: &str = "delete from publications p where id = any ($1) \
        returning id, entry_id, locale, lower(during) = $2 as begins_now, to_jsonb(p.*) as whole";
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<RemovedRow> =
        sql_query(QUERY).bind::<Array<SqlUuid>, _>(ids).bind::<Timestamptz, _>(now).load(tx.conn()).await?;
    let begun = rows.iter().filter(|row| row.begins_now);
    let begun: Vec<Key> = begun.map(|row| (row.entry_id, row.locale.clone())).collect();
    end_by_hand(tx, begun, now).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.whole)).collect())
}

/// What ended at this instant because another publication began, which is then taken back, has ended by hand: its planned
/// end will not come.
async fn end_by_hand(tx: &mut Change<'_>, documents: Vec<Key>, now: DateTime<Utc>) -> Result<(), Problem> {
    const QUERY: &str = "update publications p set until = null from unnest($1, $2) k (entry_id, locale) \
        where p.entry_id = k.entry_id and p.locale = k.locale and upper(p.during) = $3 and p.until > $3";
    if documents.is_empty() {
        return Ok(());
    }
    let (entries, locales): (Vec<Uuid>, Vec<String>) = documents.into_iter().unzip();
    sql_query(QUERY)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Array<Text>, _>(locales)
        .bind::<Timestamptz, _>(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Ends publications, and keeps what was planned.
pub(super) async fn set_ends(tx: &mut Change<'_>, ends: &[End]) -> Result<(), Problem> {
    const QUERY: &str = "update publications p set during = tstzrange(lower(p.during), c.ends), until = c.until \
        from unnest($1, $2, $3) c (id, ends, until) where p.id = c.id";
    if ends.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = ends.iter().map(|end| end.id).collect();
    let at: Vec<Option<DateTime<Utc>>> = ends.iter().map(|end| end.at).collect();
    let until: Vec<Option<DateTime<Utc>>> = ends.iter().map(|end| end.until).collect();
    sql_query(QUERY)
        .bind::<Array<SqlUuid>, _>(ids)
        .bind::<Array<Nullable<Timestamptz>>, _>(at)
        .bind::<Array<Nullable<Timestamptz>>, _>(until)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The row of a publication of this revision, as JSON with the names of the columns.
pub(in crate::documents) fn row(id: Uuid, header: &Header, number: i32, derived: &Derived) -> Value {
    let wording = derived.public_wording();
    json!({
        "id": id,
        "entry_id": header.entry.uuid(),
        "locale": header.locale,
        "number": number,
        "kind": header.kind,
        "date": derived.date,
        "title": derived.title,
        "title_sort": derived.title,
        "summary": derived.summary,
        "card": derived.card,
        "facets": derived.facets,
        "parent": derived.parent,
        "slug": derived.slug,
        "position": derived.position,
        "key": derived.key,
        "blob": derived.shown.as_ref().map(|shown| format!("\\x{}", shown.sha256)),
        "words": wording.words(),
        "search_text": wording.text,
        "derived_by": DERIVED_BY,
    })
}

/// Puts a row into its time.
pub(in crate::documents) fn timed(row: &mut Value, opening: &Opening, now: DateTime<Utc>) {
    row["opened_at"] = json!(now);
    row["until"] = json!(opening.until);
    row["first_published_at"] = json!(opening.during.from);
    // As the database would have it; then a document that is public for the first time need not be touched again.
    row["published_at"] =
        if row["date"].is_null() { json!(opening.during.from) } else { row["date"].clone() };
    let instant = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let end = opening.during.until.map(instant).unwrap_or_default();
    row["during"] = json!(format!("[{},{end})", instant(opening.during.from)));
}

/// Opens publications, and gives all that have not begun, or begin now, the date of the first of their document.
pub(super) async fn open(tx: &mut Change<'_>, rows: Vec<Value>, documents: &[Key]) -> Result<(), Problem> {
    // What comes back at another time brings its vector along; that of a new row is made from its words.
    const OPEN: &str = "insert into publications \
        select p.* from unnest($1) r (whole) cross join lateral jsonb_populate_record(null::publications, \
          case when r.whole ? 'words' then r.whole || jsonb_build_object( \
            'search', mh.search_vector(mh.search_config(r.whole ->> 'locale'), r.whole -> 'words')) else r.whole end) p";
    const DATE: &str = "update publications p set first_published_at = f.first, published_at = coalesce(p.date, f.first) \
        from (select k.entry_id, k.locale, q.first from unnest($1, $2) k (entry_id, locale) cross join lateral ( \
                select min(lower(during)) as first from publications \
                where entry_id = k.entry_id and locale = k.locale offset 0) q) f \
        where p.entry_id = f.entry_id and p.locale = f.locale and p.during && tstzrange($3, null) \
          and lower(p.during) >= $3 and (p.first_published_at, p.published_at) is distinct from (f.first, coalesce(p.date, f.first))";
    for some in rows.chunks(OPENED_AT_ONCE) {
        sql_query(OPEN).bind::<Array<Jsonb>, _>(some).execute(tx.conn()).await?;
    }
    let now = tx.public_change().await?;
    let (entries, locales): (Vec<Uuid>, Vec<String>) = documents.iter().cloned().unzip();
    sql_query(DATE)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Array<Text>, _>(locales)
        .bind::<Timestamptz, _>(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct EntryRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
}

/// Of these entries, those that are public in some locale at an instant.
pub(super) async fn public_among(
    tx: &mut Change<'_>,
    entries: &[Uuid],
    at: DateTime<Utc>,
) -> Result<HashSet<Uuid>, Problem> {
    const QUERY: &str = "select k.entry_id from unnest($1) k (entry_id) cross join lateral ( \
          select from publications where entry_id = k.entry_id and during @> $2 limit 1) p";
    if entries.is_empty() {
        return Ok(HashSet::new());
    }
    let rows: Vec<EntryRow> = sql_query(QUERY)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Timestamptz, _>(at)
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| row.entry_id).collect())
}

/// The entries that are or will be public below another one.
pub(in crate::documents) async fn descendants(
    tx: &mut Change<'_>,
    entry: Uuid,
    locale: &str,
    at: DateTime<Utc>,
) -> Result<Vec<Uuid>, Problem> {
    const QUERY: &str = "with recursive down as ( \
          select $1::uuid as entry_id \
          union \
          select p.entry_id from down cross join lateral ( \
            select c.entry_id from publications c \
            where c.parent = down.entry_id and c.locale = $2 and c.during && tstzrange($3, null) offset 0) p) \
        select entry_id from down where entry_id <> $1 order by entry_id";
    let rows: Vec<EntryRow> = sql_query(QUERY)
        .bind::<SqlUuid, _>(entry)
        .bind::<Text, _>(locale)
        .bind::<Timestamptz, _>(at)
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| row.entry_id).collect())
}
