//! SQL of searching. At most a thousand documents are ranked, those with the words in their title first: ranking reads the
//! vector of each, and a word may stand in all of them.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use diesel::sql_types::{Array, BigInt, Bool, Float, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};
use uuid::Uuid;

use super::model::{Hit, Near, Rank, Search, swaps};
use crate::delivery::selection::Selection;
use crate::delivery::store::CardRow;
use crate::documents::query::Query;
use crate::platform::db::Prepare;
use crate::platform::problem::Problem;

/// How many documents are ranked.
const CANDIDATES: i64 = 1_000;

/// How many of them are media: whether something public uses each must be looked up.
const MEDIA: i64 = 200;

#[derive(QueryableByName)]
struct WordRow {
    #[diesel(sql_type = Text)]
    word: String,
}

/// Those of these words that nothing public has, in any of the locales: they stand in no dictionary, and nothing has their
/// stem. Words that mean nothing to a language do not count as unknown.
pub(super) async fn unknown(
    found: &mut Selection<'_>,
    words: &BTreeSet<&str>,
) -> Result<Vec<String>, Problem> {
    if words.is_empty() {
        return Ok(Vec::new());
    }
    let query = format!(
        "select a.word from unnest($3) a (word) where not case \
           when (select true from mh.public_words w where w.locale = any ($2) and w.word = a.word limit 1) then true \
           else exists (select from unnest($2) l (locale) cross join lateral ( \
             select plainto_tsquery(mh.search_config(l.locale), a.word) as query offset 0) q \
             where numnode(q.query) = 0 or exists (select from {search} d \
               where d.locale = l.locale and d.search @@ q.query and upper_inf(d.during) and d.during @> $1 and not d.erased)) \
           end",
        search = found.relations.search,
    );
    let rows: Vec<WordRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Array<Text>, _>(words.iter().collect::<Vec<_>>())
        .prepared()
        .load(found.conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.word).collect())
}

#[derive(QueryableByName)]
struct NearRow {
    #[diesel(sql_type = Text)]
    asked: String,
    #[diesel(sql_type = Text)]
    word: String,
    #[diesel(sql_type = BigInt)]
    documents: i64,
    #[diesel(sql_type = Float)]
    similarity: f32,
}

/// For each of these words, those of the dictionary that resemble it. Those that it is but for two letters in the wrong order
/// are asked for by name: of a short word hardly anything is left in common (`teh` and `the`).
pub(super) async fn near(
    found: &mut Selection<'_>,
    words: &[String],
) -> Result<BTreeMap<String, Vec<Near>>, Problem> {
    const QUERY: &str = "select a.word as asked, n.* from unnest($2) a (word) cross join lateral ( \
          select w.word, sum(w.documents)::bigint as documents, similarity(w.word, a.word) as similarity \
          from (select * from mh.public_words where word % a.word offset 0) w where w.locale = any ($1) \
          group by w.word order by similarity desc, documents desc, w.word limit 100) n \
        union all \
        select s.asked, w.word, sum(w.documents)::bigint, similarity(w.word, s.asked) from unnest($3, $4) s (asked, word) \
          join mh.public_words w on w.word = s.word and w.locale = any ($1) group by s.asked, w.word";
    // Swapped letters leave little in common. Who was meant is decided among many.
    sql_query("select set_config('pg_trgm.similarity_threshold', '0.2', true)").execute(found.conn).await?;
    let (asked, swapped): (Vec<&String>, Vec<String>) =
        words.iter().flat_map(|word| swaps(word).into_iter().map(move |other| (word, other))).unzip();
    let rows: Vec<NearRow> = sql_query(QUERY)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Array<Text>, _>(words)
        .bind::<Array<Text>, _>(asked)
        .bind::<Array<Text>, _>(swapped)
        .load(found.conn)
        .await?;
    let mut near: BTreeMap<String, Vec<Near>> = BTreeMap::new();
    for NearRow { asked, word, documents, similarity } in rows {
        near.entry(asked).or_default().push(Near { word, documents, similarity });
    }
    Ok(near)
}

/// Has Postgres look up words in their index until told otherwise, whatever it expects to find soon by walking along another
/// one: reading a vector costs more than it thinks. And has it keep its plans: to make one takes longer than to find a rare
/// word, and no plan depends on the words.
pub(super) async fn prefer_words(found: &mut Selection<'_>, yes: bool) -> Result<(), Problem> {
    const QUERY: &str = "select set_config('enable_indexscan', $1, true), set_config('enable_seqscan', $1, true), \
          set_config('plan_cache_mode', $2, true)";
    let (scans, plans) = if yes { ("off", "force_generic_plan") } else { ("on", "auto") };
    sql_query(QUERY).bind::<Text, _>(scans).bind::<Text, _>(plans).prepared().execute(found.conn).await?;
    Ok(())
}

/// The arms of the search in one locale, the best first; each leaves out what a better locale has. Rows without an end come
/// by the partial indexes, and the few that end are added to them. What stands before `offset 0` is looked up by indexes, and
/// nothing else is: Postgres would read those of all times and locales beside them. What is looked for comes from `terms`, where
/// it was computed once: in a plan for any values it would be computed again for each row that needs a second look.
fn arms(found: &Selection<'_>, search: &Search, nth: usize) -> [String; 4] {
    let documents = found.relations.search;
    let query = format!("(select query from terms where nth = {nth})");
    let better = match nth {
        1 => String::new(),
        nth => format!(
            "and not exists (select from {documents} b where b.entry_id = d.entry_id \
               and b.locale = any (($2::text[])[1:{last}]) and b.during @> $1 and not b.erased)",
            last = nth - 1
        ),
    };
    let kind = if search.kind.is_some() { "and d.kind = $7" } else { "" };
    let facets = if search.tag.is_some() { "and facets @> $8" } else { "" };
    let arm = |priority: i64, looked_up: &str, more: &str, limit: &str| {
        format!(
            "select d.entry_id, d.locale, d.search, {priority} as priority \
             from (select * from {documents} where {looked_up} {facets} offset 0) d \
             where d.locale = ($2::text[])[{nth}] and d.during @> $1 and not d.erased \
               {more} {kind} {better} limit {limit}"
        )
    };
    let titles = format!("ts_filter(search, '{{a}}') @@ {query} and upper_inf(during)");
    let texts = format!("search @@ {query} and upper_inf(during)");
    let media = format!("{texts} and blob is not null");
    let ends = format!("and d.search @@ {query} and (d.blob is null or mh.is_shown(d.entry_id, $1))");
    let all = (CANDIDATES + 1).to_string();
    // When there are more titles than are ranked, nothing else is looked at.
    let rest = format!("case when (select count(*) from titles_{nth}) > {CANDIDATES} then 0 else {all} end");
    [
        arm(1, &titles, "and d.blob is null", &all),
        arm(2, &media, "", &(MEDIA + 1).to_string()),
        arm(3, "not upper_inf(during) and upper(during) > $1", &ends, &all),
        arm(4, &texts, "and d.blob is null", &rest),
    ]
}

/// How Postgres weighs words (D, C, B, A).
const WEIGHTS: &str = "'{0.1, 0.2, 0.4, 1}'";

/// The query of a page of hits. What counts is where the words that are to be found stand, each for itself: Postgres ranks
/// neither words that stand far apart nor one beside what is left out. Words that stand near each other make up to twice as
/// much of it, which brings no text before a title; a single word stands near none. What is found by none of them, because they
/// mean nothing to the language, has the least score.
fn rank_query(found: &Selection<'_>, query: &Query, search: &Search) -> String {
    // What is ranked twice is read once: without a word that no text has, a vector is what it was, but no longer in its place.
    let (near, vector) = if query.is_one_word() {
        (String::new(), "f.search")
    } else {
        (format!("* (1 + ts_rank({WEIGHTS}, c.search, c.query))"), "ts_delete(f.search, '') as search")
    };
    let (after, order) = if search.backwards { (">", "asc") } else { ("<", "desc") };
    let mut named = Vec::new();
    let mut parts = Vec::new();
    let mut media = Vec::new();
    for nth in 1..=found.locales.len() {
        for (arm, name) in arms(found, search, nth).into_iter().zip(["titles", "media", "ends", "texts"]) {
            let shown = if name == "media" { " where mh.is_shown(entry_id, $1)" } else { "" };
            parts.push(format!("select * from {name}_{nth}{shown}"));
            named.push(format!("{name}_{nth} as materialized ({arm})"));
        }
        media.push(format!("(select count(*) from media_{nth}) > {MEDIA}"));
    }
    format!(
        "with terms as materialized (select l.nth, l.locale, websearch_to_tsquery(mh.search_config(l.locale), $3) as query, \
           to_tsquery(mh.search_config(l.locale), $9) as wanted from unnest($2::text[]) with ordinality l (locale, nth)), \
         {named}, \
         once as (select distinct on (entry_id) * from ({parts}) a order by entry_id, priority), \
         candidates as materialized (select * from once order by priority, entry_id desc limit {CANDIDATES} + 1), \
         ranked as materialized ( \
           select c.entry_id, c.locale, greatest(1, ( \
             ts_rank({WEIGHTS}, c.search, c.wanted, 1) {near} * 1000000)::bigint) as score \
           from (select f.entry_id, f.locale, {vector}, t.wanted, t.query from ( \
               select * from candidates order by priority, entry_id desc limit {CANDIDATES}) f \
             join terms t on t.locale = f.locale offset 0) c) \
         select entry_id, locale, score, (select count(*) from candidates) > {CANDIDATES} or {media} as limited from ranked \
         where $4::bigint is null or score {after} $4 or (score = $4 and entry_id {after} $5) \
         order by score {order}, entry_id {order} limit $6",
        named = named.join(", "),
        parts = parts.join(" union all "),
        media = media.join(" or "),
    )
}

/// A hit in its place.
#[derive(QueryableByName)]
pub(super) struct RankedRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = BigInt)]
    score: i64,
    #[diesel(sql_type = Bool)]
    limited: bool,
}

/// A page of hits, one for each entry, the best first (backwards, the worst), and whether more was found than is ranked.
pub(super) async fn rank(
    found: &mut Selection<'_>,
    query: &Query,
    search: &Search,
) -> Result<(Vec<RankedRow>, bool), Problem> {
    let tag: Option<Value> = search.tag.as_ref().map(|tag| json!({ "tags": [tag] }));
    let (score, entry) = search.edge.map(|Rank(score, entry)| (score, entry)).unzip();
    let sql = rank_query(found, query, search);
    let rows: Vec<RankedRow> = sql_query(sql)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Text, _>(query.websearch())
        .bind::<Nullable<BigInt>, _>(score)
        .bind::<Nullable<SqlUuid>, _>(entry)
        .bind::<BigInt, _>(search.limit)
        // What a query does not name is bound all the same.
        .bind::<Nullable<Text>, _>(search.kind.as_deref())
        .bind::<Nullable<Jsonb>, _>(tag)
        .bind::<Text, _>(query.any())
        .prepared()
        .load(found.conn)
        .await?;
    let limited = rows.iter().any(|row| row.limited);
    Ok((rows, limited))
}

#[derive(QueryableByName)]
struct HitRow {
    #[diesel(embed)]
    card: CardRow,
    #[diesel(sql_type = BigInt)]
    score: i64,
    #[diesel(sql_type = Nullable<Text>)]
    search_text: Option<String>,
}

/// What hits show, in the same order.
pub(super) async fn load(found: &mut Selection<'_>, ranked: &[RankedRow]) -> Result<Vec<Hit>, Problem> {
    if ranked.is_empty() {
        return Ok(Vec::new());
    }
    let query = format!(
        "select {card}, d.search_text, k.score \
         from unnest($3, $4, $5) with ordinality k (entry_id, locale, score, nth) \
         cross join lateral (select * from {search} where entry_id = k.entry_id and locale = k.locale and during @> $1 offset 0) d \
         order by k.nth",
        card = found.card(),
        search = found.relations.search,
    );
    let rows: Vec<HitRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Array<SqlUuid>, _>(ranked.iter().map(|row| row.entry_id).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(ranked.iter().map(|row| row.locale.as_str()).collect::<Vec<_>>())
        .bind::<Array<BigInt>, _>(ranked.iter().map(|row| row.score).collect::<Vec<_>>())
        .prepared()
        .load(found.conn)
        .await?;
    let hit = |row: HitRow| Hit {
        card: found.shown(row.card),
        score: row.score,
        text: row.search_text.unwrap_or_default(),
        words: HashSet::new(),
    };
    Ok(rows.into_iter().map(hit).collect())
}

/// Those of these words of a locale that a query looks for.
pub(super) async fn matching(
    found: &mut Selection<'_>,
    locale: &str,
    words: BTreeSet<String>,
    query: &Query,
) -> Result<HashSet<String>, Problem> {
    // What is the same for all words is found out once.
    const QUERY: &str = "with asked as materialized ( \
          select mh.search_config($2) as config, to_tsquery(mh.search_config($2), $3) as query) \
        select a.word from asked q, unnest($1) a (word) where to_tsvector(q.config, a.word) @@ q.query";
    let rows: Vec<WordRow> = sql_query(QUERY)
        .bind::<Array<Text>, _>(words.into_iter().collect::<Vec<_>>())
        .bind::<Text, _>(locale)
        .bind::<Text, _>(query.any())
        .prepared()
        .load(found.conn)
        .await?;
    Ok(rows.into_iter().map(|row| row.word).collect())
}
