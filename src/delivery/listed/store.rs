//! SQL of what blocks list: one query for all blocks of an answer. Each walks down from its page, level by level; of each page
//! the first hundred in the order of the list are met, so that an index leads to them and a large tree costs no more.

use diesel::sql_types::{Array, Integer, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::model::{Asking, Below};
use crate::content::blocks::lists::PageSort;
use crate::delivery::listing::store::arms;
use crate::delivery::model::Card;
use crate::delivery::selection::Selection;
use crate::delivery::store::CardRow;
use crate::platform::problem::Problem;

/// So many pages below one are met.
const MOST_OF_ONE: u32 = 100;
/// So many pages are met for all blocks with one order together.
const MOST_MET: u32 = 5_000;
/// So many pages all blocks of an answer list together: the first ones of each, fairly.
const MOST_TOGETHER: u32 = 1_000;

const SORTS: [PageSort; 3] = [PageSort::Position, PageSort::Newest, PageSort::Title];

#[derive(QueryableByName)]
struct BelowRow {
    #[diesel(embed)]
    card: CardRow,
    #[diesel(sql_type = Integer)]
    nth: i32,
    #[diesel(sql_type = Integer)]
    level: i32,
}

/// How a list is ordered: the name of its order, the key of a document `d`, and the direction.
fn order(sort: PageSort) -> (&'static str, &'static str, &'static str) {
    match sort {
        PageSort::Position => ("by_position", "coalesce(d.position, '')", "asc"),
        PageSort::Newest => ("by_newest", "d.published_at", "desc"),
        PageSort::Title => ("by_title", "d.title_sort", "asc"),
    }
}

/// The walk down for all blocks with one order: `nth`, `place`, `level` and the document.
fn walk(found: &Selection<'_>, sort: PageSort) -> (String, String) {
    let (name, key, direction) = order(sort);
    let next = |above: &str| {
        let arms = arms(
            found,
            &format!("d.entry_id, d.locale, {key} as key"),
            &format!("and d.parent = {above} and d.kind = $3 and not d.erased"),
            &format!("order by {key} {direction}, d.entry_id limit {MOST_OF_ONE}"),
        );
        format!("(select * from ({arms}) u order by u.key {direction}, u.entry_id limit {MOST_OF_ONE})")
    };
    // In the tree a level is ordered by all that is above it; the other orders look at the page alone.
    let (step, rank) = match sort {
        PageSort::Position => {
            (r#"array[c.key collate "C", c.entry_id::text collate "C"]"#, "level, ranks".to_owned())
        }
        PageSort::Newest | PageSort::Title => ("null::text[]", format!("key {direction}, entry_id")),
    };
    let with = format!(
        "{name} as ( \
           select a.nth, a.depth, a.most, 1 as level, c.entry_id, c.locale, c.key, {step} as ranks \
           from asked a cross join lateral {first} c where a.sort = '{name}' \
           union all \
           select w.nth, w.depth, w.most, w.level + 1, c.entry_id, c.locale, c.key, w.ranks || {step} \
           from {name} w cross join lateral {below} c where w.level < w.depth)",
        first = next("a.page"),
        below = next("w.entry_id"),
    );
    let rows = format!(
        "select nth, most, level, entry_id, locale, row_number() over (partition by nth order by {rank}) as place \
         from (select * from {name} limit {MOST_MET}) w"
    );
    (with, rows)
}

fn query(found: &Selection<'_>, asking: &[Asking]) -> String {
    let sorts = SORTS.into_iter().filter(|sort| asking.iter().any(|asking| asking.wanted.sort == *sort));
    let (with, rows): (Vec<String>, Vec<String>) = sorts.map(|sort| walk(found, sort)).unzip();
    format!(
        "with recursive asked as ( \
           select * from unnest($4::integer[], $5::uuid[], $6::integer[], $7::integer[], $8::text[]) \
             a (nth, page, depth, most, sort)), {with} \
         select {card}, f.nth, f.level from \
           (select * from ({rows}) p where place <= most order by place, nth limit {MOST_TOGETHER}) f \
         cross join lateral (select * from {documents} \
           where entry_id = f.entry_id and locale = f.locale and during @> $1 offset 0) d \
         order by f.nth, f.place",
        with = with.join(", "),
        card = found.card(),
        rows = rows.join(" union all "),
        documents = found.relations.documents,
    )
}

/// The pages that blocks list, each list in its order.
pub(super) async fn below(
    found: &mut Selection<'_>,
    kind: &str,
    asking: &[Asking],
) -> Result<Vec<Below>, Problem> {
    let query = query(found, asking);
    let nths = (0_i32..).take(asking.len());
    let pages = asking.iter().map(|asking| asking.wanted.of.unwrap_or(asking.page));
    let depths = asking.iter().map(|asking| i32::from(asking.wanted.depth));
    let limits = asking.iter().map(|asking| i32::from(asking.wanted.limit));
    let sorts = asking.iter().map(|asking| order(asking.wanted.sort).0);
    let rows: Vec<BelowRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Text, _>(kind)
        .bind::<Array<Integer>, _>(nths.collect::<Vec<i32>>())
        .bind::<Array<SqlUuid>, _>(pages.collect::<Vec<Uuid>>())
        .bind::<Array<Integer>, _>(depths.collect::<Vec<i32>>())
        .bind::<Array<Integer>, _>(limits.collect::<Vec<i32>>())
        .bind::<Array<Text>, _>(sorts.collect::<Vec<&str>>())
        .load(found.conn)
        .await?;
    let below = |row: BelowRow| {
        let card = Card::from(row.card);
        let (nth, level) = (usize::try_from(row.nth).ok()?, u8::try_from(row.level).ok()?);
        card.path.is_some().then_some(Below { nth, level, card })
    };
    Ok(rows.into_iter().filter_map(below).collect())
}
