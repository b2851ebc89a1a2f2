//! SQL of what comes along: the children of pages, and pages by their ids, at the instant and in the locales of the answer.

use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::model::{Child, MOST_CHILDREN};
use crate::delivery::listing::store::arms;
use crate::delivery::model::Card;
use crate::delivery::selection::Selection;
use crate::delivery::store::CardRow;
use crate::platform::db::Prepare;
use crate::platform::problem::Problem;

/// So many children of all pages together come along at most: the first ones of each, fairly.
const MOST_TOGETHER: i64 = 1_000;

#[derive(QueryableByName)]
struct ChildRow {
    #[diesel(embed)]
    card: CardRow,
    #[diesel(sql_type = SqlUuid)]
    above: Uuid,
    #[diesel(sql_type = BigInt)]
    many: i64,
}

/// The first children of each of these pages, in their order.
pub(super) async fn children(
    found: &mut Selection<'_>,
    kind: &str,
    parents: &[Uuid],
) -> Result<Vec<Child>, Problem> {
    if parents.is_empty() {
        return Ok(Vec::new());
    }
    let query = format!(
        "with found as ( \
           select c.*, a.id as above, row_number() over (partition by a.id order by c.rank, c.entry_id) as nth, \
             count(*) over (partition by a.id) as many \
           from unnest($3::uuid[]) a (id) cross join lateral (select * from ({arms}) u \
             order by u.rank, u.entry_id limit {MOST_CHILDREN} + 1) c) \
         select {card}, f.above, f.many from \
           (select * from found where nth <= {MOST_CHILDREN} order by nth, above limit {MOST_TOGETHER}) f \
         cross join lateral (select * from {documents} \
           where entry_id = f.entry_id and locale = f.locale and during @> $1 offset 0) d \
         order by f.above, f.nth",
        arms = arms(
            found,
            "d.entry_id, d.locale, coalesce(d.position, '') as rank",
            "and d.parent = a.id and d.kind = $4 and not d.erased",
            &format!("order by coalesce(d.position, ''), d.entry_id limit {MOST_CHILDREN} + 1"),
        ),
        card = found.card(),
        documents = found.relations.documents,
    );
    let rows: Vec<ChildRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Array<SqlUuid>, _>(parents)
        .bind::<Text, _>(kind)
        .prepared()
        .load(found.conn)
        .await?;
    found.tags.lists(kind);
    let child = |row: ChildRow| Child { above: row.above, many: row.many, card: found.shown(row.card) };
    Ok(rows.into_iter().map(child).collect())
}

/// Those of these entries that are public, each in its best locale.
pub(super) async fn cards(
    found: &mut Selection<'_>,
    kind: &str,
    entries: &[Uuid],
) -> Result<Vec<Card>, Problem> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let query = format!(
        "select {card} from unnest($3::uuid[]) a (id) cross join lateral {best} d \
         where d.kind = $4 and not d.erased",
        card = found.card(),
        best = found.best("a.id"),
    );
    let rows: Vec<CardRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Text, _>(kind)
        .prepared()
        .load(found.conn)
        .await?;
    Ok(rows.into_iter().map(|row| found.shown(row)).collect())
}
