//! SQL of what blocks list: one query for the pages and one for the people of all blocks of an answer. Lists of pages walk down
//! level by level; of each page the first hundred in the order of the list are met, so that a large tree costs no more.

use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::model::{Asking, Below};
use crate::content::blocks::lists::{PageSort, PeopleWanted};
use crate::delivery::listing::store::arms;
use crate::delivery::model::Card;
use crate::delivery::selection::Selection;
use crate::delivery::store::CardRow;
use crate::platform::db::Prepare;
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
    // Only the index of the tree has an order of its own below each parent. That of dates or titles would lead through the
    // whole site, so that it must not look good: the children come first, and are then sorted.
    let (end, fence) = match sort {
        PageSort::Position => (format!("order by {key}, d.entry_id limit {MOST_OF_ONE}"), ""),
        PageSort::Newest | PageSort::Title => (String::new(), "offset 0"),
    };
    let next = |above: &str| {
        let arms = arms(
            found,
            &format!("d.entry_id, d.locale, {key} as key"),
            &format!("and d.parent = {above} and d.kind = $3 and not d.erased"),
            &end,
        );
        format!(
            "(select * from (select * from ({arms}) u {fence}) u \
              order by u.key {direction}, u.entry_id limit {MOST_OF_ONE})"
        )
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
        .prepared()
        .load(found.conn)
        .await?;
    found.tags.lists(kind);
    let below = |row: BelowRow| {
        let card = found.shown(row.card);
        let (nth, level) = (usize::try_from(row.nth).ok()?, u8::try_from(row.level).ok()?);
        card.path.is_some().then_some(Below { nth, card, what: level })
    };
    Ok(rows.into_iter().filter_map(below).collect())
}

#[derive(QueryableByName)]
struct PersonRow {
    #[diesel(embed)]
    card: CardRow,
    #[diesel(sql_type = Integer)]
    nth: i32,
}

/// Who is in groups, in the order of each: by rank, then by name. Then those who were named.
fn people_query(found: &Selection<'_>) -> String {
    const RANK: &str = "coalesce(d.facets -> 'ranks' ->> a.name, '') collate \"C\"";
    let members = arms(
        found,
        &format!("d.entry_id, d.locale, d.title_sort, {RANK} as rank"),
        "and d.kind = $3 and not d.erased \
         and d.facets @> jsonb_build_object('groups', jsonb_build_array(a.name))",
        &format!("order by {RANK}, d.title_sort, d.entry_id limit {MOST_OF_ONE}"),
    );
    format!(
        "with groups as ( \
           select a.nth, c.entry_id, c.locale, \
             row_number() over (partition by a.nth order by c.rank, c.title_sort, c.entry_id) as place \
           from unnest($4::integer[], $5::text[]) a (nth, name) cross join lateral (select * from ({members}) u \
             order by u.rank, u.title_sort, u.entry_id limit {MOST_OF_ONE}) c \
           where a.name is not null), \
         named as ( \
           select a.nth, d.entry_id, d.locale, a.place from unnest($6::integer[], $7::uuid[]) with ordinality a (nth, id, place) \
           cross join lateral {best} d where d.kind = $3 and not d.erased) \
         select {card}, f.nth from \
           (select * from (select * from groups union all select * from named) f order by place, nth limit {MOST_TOGETHER}) f \
         cross join lateral (select * from {documents} \
           where entry_id = f.entry_id and locale = f.locale and during @> $1 offset 0) d \
         order by f.nth, f.place",
        best = found.best("a.id"),
        card = found.card(),
        documents = found.relations.documents,
    )
}

/// The people of lists: which list, and who.
pub(super) async fn people(
    found: &mut Selection<'_>,
    kind: &str,
    wanted: &[PeopleWanted],
) -> Result<Vec<(usize, Card)>, Problem> {
    let groups = wanted.iter().map(|wanted| match wanted {
        PeopleWanted::Group(name) => Some(name.as_str()),
        PeopleWanted::These(_) => None,
    });
    let named = (0_i32..).zip(wanted).flat_map(|(nth, wanted)| {
        let these = if let PeopleWanted::These(these) = wanted { these.as_slice() } else { &[] };
        these.iter().map(move |id| (nth, *id))
    });
    let (of, ids): (Vec<i32>, Vec<Uuid>) = named.unzip();
    let rows: Vec<PersonRow> = sql_query(people_query(found))
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Text, _>(kind)
        .bind::<Array<Integer>, _>((0_i32..).take(wanted.len()).collect::<Vec<i32>>())
        .bind::<Array<Nullable<Text>>, _>(groups.collect::<Vec<Option<&str>>>())
        .bind::<Array<Integer>, _>(of)
        .bind::<Array<SqlUuid>, _>(ids)
        .prepared()
        .load(found.conn)
        .await?;
    found.tags.lists(kind);
    let person = |row: PersonRow| Some((usize::try_from(row.nth).ok()?, found.shown(row.card)));
    Ok(rows.into_iter().filter_map(person).collect())
}
