//! SQL of sitemaps.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::delivery::selection::Selection;
use crate::platform::problem::Problem;

/// A document at its address.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub(super) struct Listed {
    #[diesel(sql_type = SqlUuid)]
    pub entry_id: Uuid,
    #[diesel(sql_type = Text)]
    pub locale: String,
    #[diesel(sql_type = Text)]
    pub path: String,
    #[diesel(sql_type = Timestamptz)]
    pub updated_at: DateTime<Utc>,
}

/// What has a path and search engines may know. Those without an end and the few that have one are found by their own indexes.
fn listed(found: &Selection<'_>, which: &str) -> String {
    let arm = |rows: &str| {
        format!(
            "select d.entry_id, d.locale, d.updated_at from {documents} d \
             where d.kind = any ($2) and {rows} and d.during @> $1 and not d.erased and d.slug is not null \
               and d.card -> 'unlisted' is distinct from 'true'::jsonb {which}",
            documents = found.relations.documents,
        )
    };
    format!(
        "({} union all {})",
        arm("upper_inf(d.during)"),
        arm("not upper_inf(d.during) and upper(d.during) > $1")
    )
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many there are.
pub(super) async fn count(found: &mut Selection<'_>, kinds: &[String]) -> Result<i64, Problem> {
    let row: Count = sql_query(format!("select count(*) as count from {} d", listed(found, "")))
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(kinds)
        .get_result(found.conn)
        .await?;
    Ok(row.count)
}

fn with_path(found: &Selection<'_>) -> String {
    format!(
        "cross join lateral (select path from {routes} \
           where entry_id = d.entry_id and locale = d.locale and during @> $1 offset 0) r",
        routes = found.relations.routes,
    )
}

/// So many of them after so many others, in a fixed order.
pub(super) async fn part(
    found: &mut Selection<'_>,
    kinds: &[String],
    (skipped, limit): (i64, i64),
) -> Result<Vec<Listed>, Problem> {
    let query = format!(
        "select d.entry_id, d.locale, r.path, d.updated_at \
         from (select * from {listed} d order by entry_id, locale offset $3 limit $4) d {path} \
         order by d.entry_id, d.locale",
        listed = listed(found, ""),
        path = with_path(found),
    );
    Ok(sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(kinds)
        .bind::<BigInt, _>(skipped)
        .bind::<BigInt, _>(limit)
        .load(found.conn)
        .await?)
}

/// These pages in all their locales.
pub(super) async fn translations(
    found: &mut Selection<'_>,
    kinds: &[String],
    entries: &[Uuid],
) -> Result<Vec<Listed>, Problem> {
    let query = format!(
        "select d.entry_id, d.locale, r.path, d.updated_at from {listed} d {path} order by d.entry_id, d.locale",
        listed = listed(found, "and d.entry_id = any ($3)"),
        path = with_path(found),
    );
    Ok(sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(kinds)
        .bind::<Array<SqlUuid>, _>(entries)
        .load(found.conn)
        .await?)
}
