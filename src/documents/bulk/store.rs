//! SQL of subtrees, for actions on all of them.

use diesel::sql_types::{BigInt, Integer, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Item;
use crate::platform::id::{EntryId, Id};
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct ItemRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Integer)]
    head: i32,
}

/// The documents of a branch of the drafted tree, parents first, each with its newest revision; what lies in the trash is
/// left out with all below it.
pub(super) async fn subtree(
    conn: &mut AsyncPgConnection,
    root: EntryId,
    locale: &str,
    most: usize,
) -> Result<Vec<Item>, Problem> {
    const QUERY: &str = "with recursive down as ( \
          select $1::uuid as entry_id, 0 as depth \
          union \
          select d.entry_id, down.depth + 1 from down cross join lateral ( \
            select entry_id from documents where parent = down.entry_id and locale = $2 offset 0) d \
          cross join lateral (select trashed_at from entries where id = d.entry_id offset 0) e \
          where e.trashed_at is null and down.depth < 64) \
        select d.entry_id, d.version, d.head from (select entry_id, min(depth) as depth from down group by 1) t \
        cross join lateral (select * from documents where entry_id = t.entry_id and locale = $2 offset 0) d \
        order by t.depth, d.position, d.entry_id limit $3";
    let rows: Vec<ItemRow> = sql_query(QUERY)
        .bind::<SqlUuid, _>(root.uuid())
        .bind::<Text, _>(locale)
        .bind::<BigInt, _>(i64::try_from(most).unwrap_or(i64::MAX))
        .load(conn)
        .await?;
    let item =
        |row: ItemRow| Item { entry: Id::from_uuid(row.entry_id), version: row.version, number: row.head };
    Ok(rows.into_iter().map(item).collect())
}
