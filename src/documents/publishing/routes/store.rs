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

/// Everything below the changed entries, from now on, and the parents of all of it.
const PLACEMENTS: &str = "with recursive \
    down as ( \
      select unnest($1) as entry_id \
      union \
      select p.entry_id from publications p join down on p.parent = down.entry_id and p.locale = $2 \
      where upper_inf(p.during) or upper(p.during) > $3), \
    up as ( \
      select entry_id from down \
      union \
      select p.parent from publications p join up on p.entry_id = up.entry_id and p.locale = $2 \
      where p.parent is not null and (upper_inf(p.during) or upper(p.during) > $3)) \
    select p.entry_id, p.parent, p.slug, greatest(lower(p.during), $3) as starts, upper(p.during) as ends, \
      exists (select from down where down.entry_id = p.entry_id) as affected \
    from publications p join up on up.entry_id = p.entry_id \
    where p.locale = $2 and p.slug is not null and (upper_inf(p.during) or upper(p.during) > $3)";

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
    const QUERY: &str = "select id, entry_id, path, lower(during) as starts, upper(during) as ends from routes \
        where entry_id = any ($1) and locale = $2 and during && tstzrange($3, null)";
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
