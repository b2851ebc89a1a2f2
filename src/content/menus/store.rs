//! SQL of what the entries of a menu are to readers at an instant.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Bool, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::platform::db::Read;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct TargetRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Bool)]
    leads: bool,
}

/// Those of these entries that are public at an instant, in a locale or one that stands in for it, and whether they have an
/// address: a path, or that of a file. The read API shows pictures and does not link to them.
pub(super) async fn public(
    read: &mut Read<'_>,
    entries: &[Uuid],
    locale: &str,
    at: DateTime<Utc>,
) -> Result<HashMap<Uuid, bool>, Problem> {
    const QUERY: &str = "with recursive chain as ( \
          select tag, fallback, 1 as nth from locales where tag = $2 \
          union all \
          select l.tag, l.fallback, c.nth + 1 from chain c join locales l on l.tag = c.fallback where c.nth < 32) \
        select t.id as entry_id, coalesce(r.path is not null or b.class <> 'image', false) as leads \
        from unnest($1) t (id) \
        cross join lateral (select p.* from chain c cross join lateral ( \
            select entry_id, locale, blob from publications \
            where entry_id = t.id and locale = c.tag and during @> $3 and erased_at is null offset 0) p \
          order by c.nth limit 1) p \
        left join lateral (select path from routes \
          where entry_id = p.entry_id and locale = p.locale and during @> $3 offset 0) r on true \
        left join lateral (select class from blobs where sha256 = p.blob offset 0) b on true";
    if entries.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<TargetRow> = sql_query(QUERY)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Text, _>(locale)
        .bind::<Timestamptz, _>(at)
        .load(read.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (row.entry_id, row.leads)).collect())
}
