//! SQL of lists. Each locale has an arm, which leaves out what a better one has, and each arm two: rows without an end come
//! by the partial indexes, and the few that end are added to them. What hangs below a page is found by walking down.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::model::{Above, Compared, Edge, Filter, KeyValue, Listing, Order, SortKey, Window};
use crate::delivery::model::Card;
use crate::delivery::selection::Selection;
use crate::delivery::store::CardRow;
use crate::platform::problem::Problem;

/// So deep a page may lie; a walk ends there, whatever the rows say.
const MAX_DEPTH: u32 = 32;

/// The value of a key, as the indexes have it.
fn column(key: SortKey) -> &'static str {
    match key {
        SortKey::PublishedAt => "d.published_at",
        SortKey::UpdatedAt => "d.updated_at",
        SortKey::Title => "d.title_sort",
        SortKey::Position => "coalesce(d.position, '')",
        SortKey::Rank => "coalesce(d.facets -> 'ranks' ->> $12, '') collate \"C\"",
    }
}

/// The value of the key number `nth` at the edge. A text parameter has no collation of its own and takes that of the column.
fn parameter(key: SortKey, nth: usize) -> String {
    if key.is_time() { format!("($4::timestamptz[])[{nth}]") } else { format!("($5::text[])[{nth}]") }
}

/// The order of the rows that are loaded; a page backwards turns everything round.
fn order_by(order: &Order, backwards: bool) -> String {
    let direction = |down: bool| if down == backwards { "asc" } else { "desc" };
    let mut keys: Vec<String> =
        order.keys().iter().map(|one| format!("{} {}", column(one.key), direction(one.down))).collect();
    keys.push(format!("d.entry_id {}", direction(!order.ids_ascend())));
    keys.join(", ")
}

/// What holds for the rows beyond the edge. The first key is bounded by itself, so that an index begins there.
fn beyond(order: &Order, window: &Window) -> String {
    if window.edge.is_none() {
        return String::new();
    }
    let after = |down: bool| if down == window.backwards { ">" } else { "<" };
    let mut condition = format!("d.entry_id {} $6", after(!order.ids_ascend()));
    for (at, one) in order.keys().iter().enumerate().rev() {
        let (key, edge, after) = (column(one.key), parameter(one.key, at + 1), after(one.down));
        condition = format!("({key} {after} {edge} or ({key} = {edge} and {condition}))");
        if at == 0 {
            condition = format!("and {key} {after}= {edge} and {condition}");
        }
    }
    condition
}

/// The filters that have an index of their own.
fn selective(filter: &Filter) -> String {
    let parent = match filter.parent {
        None => "",
        Some(Above::Nothing) => "and d.parent is null",
        Some(Above::Entry(_)) => "and d.parent = $9",
    };
    let facets = if filter.facets.is_some() { "and d.facets @> $8" } else { "" };
    format!("{parent} {facets}")
}

/// What a document must be to be listed, wherever it comes from.
fn wanted(filter: &Filter, previewed: bool) -> String {
    let mut conditions = vec![selective(filter)];
    for (nth, bound) in filter.times.iter().enumerate() {
        let key = column(if bound.updated { SortKey::UpdatedAt } else { SortKey::PublishedAt });
        let compared = match bound.compared {
            Compared::Gte => ">=",
            Compared::Gt => ">",
            Compared::Lte => "<=",
            Compared::Lt => "<",
        };
        conditions.push(format!("and {key} {compared} ($11::timestamptz[])[{}]", nth + 1));
    }
    if filter.shown {
        // A preview shows pictures that nothing public points at.
        let own = if previewed { "or d.entry_id = any ($13)" } else { "" };
        conditions.push(format!("and (mh.is_shown(d.entry_id, $1) {own})"));
    }
    conditions.join(" ")
}

/// The two arms of each locale, each a query for `columns` of documents `d` that are public at the instant; `more` holds for
/// all of them, and `end` is the end of each arm. `is true` hides the range from the index of the exclusion constraint, which
/// knows nothing here that the partial indexes do not know better, and costs half a second.
pub(in crate::delivery) fn arms(found: &Selection<'_>, columns: &str, more: &str, end: &str) -> String {
    let documents = found.relations.documents;
    let arm = |nth: usize, rows: &str| {
        let better = match nth {
            1 => String::new(),
            nth => format!(
                "and not exists (select from {documents} b where b.entry_id = d.entry_id \
                   and b.locale = any (($2::text[])[1:{last}]) and b.during @> $1 and not b.erased)",
                last = nth - 1
            ),
        };
        format!(
            "(select {columns} from {documents} d \
              where d.locale = ($2::text[])[{nth}] and {rows} and (d.during @> $1) is true {more} {better} {end})"
        )
    };
    let arms: Vec<String> = (1..=found.locales.len())
        .flat_map(|nth| {
            [arm(nth, "upper_inf(d.during)"), arm(nth, "not upper_inf(d.during) and upper(d.during) > $1")]
        })
        .collect();
    arms.join(" union all ")
}

/// What rows are filtered and ordered by.
const KEYS: &str = "d.entry_id, d.locale, d.kind, d.erased, d.published_at, d.updated_at, d.title_sort, d.position, \
    d.parent, d.facets";

/// So many rows that an index of a filter finds are sorted; of more, the index of the order finds some soon.
const FEW: u32 = 8_000;

/// Everything below a page ($10): a walk down from parent to child, through what was erased. `offset 0` keeps Postgres to one
/// look into an index for each page, whatever it expects.
fn below(found: &Selection<'_>) -> String {
    let first = arms(found, KEYS, "and d.parent = $10", "");
    let next = arms(found, KEYS, "and d.parent = above.entry_id", "");
    format!(
        "with recursive below as ( \
           select d.*, 1 as depth from ({first}) d \
           union all \
           select d.*, above.depth + 1 from below above \
           cross join lateral (select * from ({next}) n offset 0) d where above.depth < {MAX_DEPTH}) "
    )
}

/// The rows of one page of a list.
fn list_query(found: &Selection<'_>, listing: &Listing, window: &Window) -> String {
    let Listing { order, filter, .. } = listing;
    let order_by = order_by(order, window.backwards);
    let end = format!("order by {order_by} limit $7");
    let selective = selective(filter);
    let rows = format!(
        "and d.kind = $3 and not d.erased {} {}",
        wanted(filter, !found.shows.is_empty()),
        beyond(order, window)
    );
    let (with, keys) = if filter.ancestor.is_some() {
        (below(found), format!("select {KEYS} from below d where true {rows} {end}"))
    } else if selective.trim().is_empty() || filter.shown {
        // The index of the order leads from row to row.
        return format!("select {} from ({}) d {end}", found.card(), arms(found, "d.*", &rows, &end));
    } else {
        // Which index is the better one Postgres cannot know: what the filter lets through may all lie at the end.
        let few = arms(found, KEYS, &format!("and d.kind = $3 {selective}"), &format!("limit {FEW} + 1"));
        let walked = arms(found, KEYS, &format!("{rows} and (select count(*) from few) > {FEW}"), &end);
        (
            format!("with few as materialized (select * from ({few}) f limit {FEW} + 1) "),
            format!(
                "(select {KEYS} from few d where (select count(*) from few) <= {FEW} {rows} {end}) \
                 union all {walked}"
            ),
        )
    };
    format!(
        "{with} select {card} from (select d.entry_id, d.locale from ({keys}) d {end}) k \
         cross join lateral (select * from {documents} \
           where entry_id = k.entry_id and locale = k.locale and during @> $1 offset 0) d \
         order by {order_by}",
        card = found.card(),
        documents = found.relations.documents,
    )
}

/// How many rows the whole list has.
fn count_query(found: &Selection<'_>, filter: &Filter) -> String {
    let conditions = format!("and d.kind = $3 and not d.erased {}", wanted(filter, !found.shows.is_empty()));
    if filter.ancestor.is_some() {
        return format!("{} select count(*) as count from below d where true {conditions}", below(found));
    }
    format!("select count(*) as count from ({}) d", arms(found, "1", &conditions, ""))
}

/// Times, texts and the entry at an edge.
type EdgeValues<'a> = (Vec<Option<DateTime<Utc>>>, Vec<Option<&'a str>>, Option<Uuid>);

/// The values at the edge, each where the key of its type looks for it.
fn edge_values(edge: Option<&Edge>) -> EdgeValues<'_> {
    let values = edge.map_or(&[][..], |edge| edge.0.as_slice());
    let times = values.iter().map(|value| match value {
        KeyValue::Time(time) => Some(*time),
        KeyValue::Text(_) => None,
    });
    let texts = values.iter().map(|value| match value {
        KeyValue::Text(text) => Some(text.as_str()),
        KeyValue::Time(_) => None,
    });
    (times.collect(), texts.collect(), edge.map(|edge| edge.1))
}

/// Asks a query of this file: all of them take their parameters in the same places.
async fn load<R>(
    found: &mut Selection<'_>,
    query: String,
    listing: &Listing,
    window: &Window,
) -> Result<Vec<R>, Problem>
where
    R: QueryableByName<diesel::pg::Pg> + Send + 'static,
{
    let filter = &listing.filter;
    let (times, texts, id) = edge_values(window.edge.as_ref());
    let parent = match filter.parent {
        Some(Above::Entry(entry)) => Some(entry),
        _ => None,
    };
    let bounds: Vec<DateTime<Utc>> = filter.times.iter().map(|bound| bound.instant).collect();
    Ok(sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Text, _>(&listing.kind)
        .bind::<Array<Nullable<Timestamptz>>, _>(times)
        .bind::<Array<Nullable<Text>>, _>(texts)
        .bind::<Nullable<SqlUuid>, _>(id)
        .bind::<BigInt, _>(window.limit)
        .bind::<Nullable<Jsonb>, _>(filter.facets.as_ref())
        .bind::<Nullable<SqlUuid>, _>(parent)
        .bind::<Nullable<SqlUuid>, _>(filter.ancestor)
        .bind::<Array<Timestamptz>, _>(bounds)
        .bind::<Nullable<Text>, _>(filter.group.as_deref())
        .bind::<Array<SqlUuid>, _>(&found.shows)
        .load(found.conn)
        .await?)
}

/// One page of a list, one document for each entry, in the order in which they are met from the edge on.
pub(in crate::delivery) async fn list(
    found: &mut Selection<'_>,
    listing: &Listing,
    window: &Window,
) -> Result<Vec<Card>, Problem> {
    let query = list_query(found, listing, window);
    let rows: Vec<CardRow> = load(found, query, listing, window).await?;
    found.tags.lists(&listing.kind);
    Ok(rows.into_iter().map(|row| found.shown(row)).collect())
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// How many entries a list has.
pub(in crate::delivery) async fn count(
    found: &mut Selection<'_>,
    listing: &Listing,
    window: &Window,
) -> Result<u64, Problem> {
    let query = count_query(found, &listing.filter);
    let rows: Vec<CountRow> = load(found, query, listing, window).await?;
    Ok(rows.into_iter().next().map_or(0, |row| row.count.unsigned_abs()))
}
