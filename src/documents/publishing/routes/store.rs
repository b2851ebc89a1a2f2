//! SQL of routes. Writes take `&mut Change`, and Postgres guards the timeline.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::documents::routing::{Difference, Lead, Placement, Standing};
use crate::documents::span::Span;
use crate::platform::db::Change;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct PlacementRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    parent: Option<Uuid>,
    #[diesel(sql_type = Text)]
    slug: String,
    #[diesel(sql_type = Timestamptz)]
    starts: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    ends: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    affected: bool,
}

/// Everything below the changed entries, from now on, and the parents of all of it. `offset 0` keeps Postgres to one look
/// into an index for each entry: it cannot know how many a walk finds, and would rather read the whole table.
const PLACEMENTS: &str = "with recursive \
    down as ( \
      select unnest($1) as entry_id \
      union \
      select p.entry_id from down cross join lateral ( \
        select c.entry_id from publications c \
        where c.parent = down.entry_id and c.locale = $2 and c.during && tstzrange($3, null) offset 0) p), \
    placed as ( \
      select p.* from down cross join lateral ( \
        select c.entry_id, c.parent, c.slug, c.during from publications c \
        where c.entry_id = down.entry_id and c.locale = $2 and c.slug is not null and c.during && tstzrange($3, null) \
        offset 0) p \
      union \
      select p.* from (select distinct parent from placed where parent is not null) above cross join lateral ( \
        select c.entry_id, c.parent, c.slug, c.during from publications c \
        where c.entry_id = above.parent and c.locale = $2 and c.slug is not null and c.during && tstzrange($3, null) \
        offset 0) p) \
    select entry_id, parent, slug, greatest(lower(during), $3) as starts, upper(during) as ends, \
      entry_id in (select entry_id from down) as affected \
    from placed";

/// Where the affected part of the tree lies from `at` on, and whether each placement is of an affected entry.
pub(super) async fn placements(
    tx: &mut Change<'_>,
    changed: &[Uuid],
    locale: &str,
    at: DateTime<Utc>,
) -> Result<Vec<(Placement, bool)>, Problem> {
    let rows: Vec<PlacementRow> = sql_query(PLACEMENTS)
        .bind::<Array<SqlUuid>, _>(changed)
        .bind::<Text, _>(locale)
        .bind::<Timestamptz, _>(at)
        .load(tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let during = Span { from: row.starts, until: row.ends };
            (Placement { entry: row.entry_id, parent: row.parent, slug: row.slug, during }, row.affected)
        })
        .collect())
}

#[derive(QueryableByName)]
struct RouteRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    path: String,
    #[diesel(sql_type = Timestamptz)]
    starts: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    ends: Option<DateTime<Utc>>,
}

/// The routes of these entries that stand at `at` or later.
pub(super) async fn standing(
    tx: &mut Change<'_>,
    entries: &[Uuid],
    locale: &str,
    at: DateTime<Utc>,
) -> Result<Vec<Standing>, Problem> {
    const QUERY: &str = "select r.id, r.entry_id, r.path, lower(r.during) as starts, upper(r.during) as ends \
        from unnest($1) e (id) cross join lateral ( \
          select * from routes where entry_id = e.id and locale = $2 and during && tstzrange($3, null) offset 0) r";
    let rows: Vec<RouteRow> = sql_query(QUERY)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Text, _>(locale)
        .bind::<Timestamptz, _>(at)
        .load(tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let during = Span { from: row.starts, until: row.ends };
            Standing { id: row.id, lead: Lead { entry: row.entry_id, path: row.path, during } }
        })
        .collect())
}

/// Applies a difference: all endings first, then all openings.
pub(super) async fn apply(tx: &mut Change<'_>, locale: &str, steps: Difference) -> Result<(), Problem> {
    if !steps.remove.is_empty() {
        sql_query("delete from routes where id = any ($1)")
            .bind::<Array<BigInt>, _>(steps.remove)
            .execute(tx.conn())
            .await?;
    }
    set_ends(tx, steps.shorten).await?;
    set_ends(tx, steps.extend).await?;
    open_routes(tx, locale, steps.open).await
}

async fn set_ends(tx: &mut Change<'_>, ends: Vec<(i64, Option<DateTime<Utc>>)>) -> Result<(), Problem> {
    const QUERY: &str = "update routes r set during = tstzrange(lower(r.during), c.ends) \
        from unnest($1, $2) c (id, ends) where r.id = c.id";
    if ends.is_empty() {
        return Ok(());
    }
    let (ids, ends): (Vec<i64>, Vec<Option<DateTime<Utc>>>) = ends.into_iter().unzip();
    sql_query(QUERY)
        .bind::<Array<BigInt>, _>(ids)
        .bind::<Array<Nullable<Timestamptz>>, _>(ends)
        .execute(tx.conn())
        .await?;
    Ok(())
}

async fn open_routes(tx: &mut Change<'_>, locale: &str, leads: Vec<Lead>) -> Result<(), Problem> {
    const QUERY: &str = "insert into routes (entry_id, locale, path, during) \
        select l.entry_id, $1, l.path, tstzrange(l.starts, l.ends) \
        from unnest($2, $3, $4, $5) l (entry_id, path, starts, ends)";
    if leads.is_empty() {
        return Ok(());
    }
    let spans: Vec<Span> = leads.iter().map(|lead| lead.during).collect();
    let entries: Vec<Uuid> = leads.iter().map(|lead| lead.entry).collect();
    let paths: Vec<String> = leads.into_iter().map(|lead| lead.path).collect();
    let starts: Vec<DateTime<Utc>> = spans.iter().map(|span| span.from).collect();
    let ends: Vec<Option<DateTime<Utc>>> = spans.iter().map(|span| span.until).collect();
    sql_query(QUERY)
        .bind::<Text, _>(locale)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Array<Text>, _>(paths)
        .bind::<Array<Timestamptz>, _>(starts)
        .bind::<Array<Nullable<Timestamptz>>, _>(ends)
        .execute(tx.conn())
        .await?;
    Ok(())
}
