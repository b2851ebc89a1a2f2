//! SQL of searching the newest revisions. No body is read: their words lie beside them, by weight.

use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::{CANDIDATES as MOST, Rank, Search};
use crate::documents::listing::store::{CANDIDATES, IN_STATE, OF_CANDIDATES};
use crate::documents::model::{Header, StateFilter};
use crate::documents::query::Query;
use crate::documents::store::{HEADER, HeaderRow};
use crate::platform::access::Bounds;
use crate::platform::db::Read;
use crate::platform::id::UserId;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct CandidateRow {
    #[diesel(embed)]
    header: HeaderRow,
    #[diesel(sql_type = BigInt)]
    score: i64,
}

/// A document that has the words.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub header: Header,
    pub score: i64,
}

impl Candidate {
    pub(super) fn rank(&self) -> Rank {
        (self.score, self.header.entry.uuid())
    }
}

/// How Postgres weighs words (D, C, B, A), and by how much long texts count less. As in the search of readers, what counts is
/// where each of the words stands that are to be found, and up to twice as much where they stand near each other: Postgres
/// ranks neither words that stand far apart nor one beside what is left out.
const RANK: &str = "greatest(1, round((ts_rank('{0.1, 0.2, 0.4, 1}', d.words, q.wanted, $6) \
    * (1 + ts_rank('{0.1, 0.2, 0.4, 1}', d.words, q.query)))::numeric * 1000000)::bigint)";

/// Any of the words that are to be found, each a beginning, as `to_tsquery` takes it. There are no spaces in words.
fn any_beginning(query: &Query) -> String {
    format!("{}:*", query.any().replace(" | ", ":* | "))
}

fn query(bounded: bool) -> String {
    let (candidates, documents) = if bounded { (CANDIDATES, OF_CANDIDATES) } else { ("", "documents d") };
    format!(
        "{candidates}select {HEADER}, {RANK} as score \
         from (select to_tsquery('public.search_simple', $4) as query, to_tsquery('public.search_simple', $11) as wanted) q, \
           {documents} \
           cross join lateral (select * from entries where id = d.entry_id offset 0) e \
           left join lateral (select * from publications where entry_id = d.entry_id and locale = d.locale \
             and during @> $7 offset 0) p on true \
         where d.words @@ q.query and d.kind = any ($1) and d.locale = $2 and {IN_STATE} limit $5"
    )
}

/// Documents of these kinds in a locale that have the words: one more than are ranked, when there are as many. With bounds,
/// only candidates for them, and at the cost of all candidates.
pub(super) async fn candidates(
    read: &mut Read<'_>,
    (kinds, locale): (&[&str], &str),
    search: &Search,
    bounds: Option<&Bounds>,
) -> Result<Vec<Candidate>, Problem> {
    // Postgres thinks that reading the words of a document costs nothing; they are looked up in their index.
    sql_query("select set_config('enable_seqscan', 'off', true)").execute(read.conn()).await?;
    let at = read.at.instant;
    let below: Vec<Uuid> = bounds.iter().flat_map(|bounds| &bounds.below).map(|root| root.uuid()).collect();
    let rows: Vec<CandidateRow> = sql_query(query(bounds.is_some()))
        .bind::<Array<Text>, _>(kinds)
        .bind::<Text, _>(locale)
        .bind::<Nullable<Text>, _>(search.state.map(StateFilter::as_str))
        .bind::<Text, _>(search.query.beginnings())
        .bind::<BigInt, _>(MOST + 1)
        .bind::<Integer, _>(1)
        .bind::<Timestamptz, _>(at)
        // What a query does not name is bound all the same.
        .bind::<Nullable<SqlUuid>, _>(bounds.and_then(|bounds| bounds.created_by).map(UserId::uuid))
        .bind::<Array<SqlUuid>, _>(below)
        .bind::<Text, _>(read.locale.clone())
        .bind::<Text, _>(any_beginning(&search.query))
        .load(read.conn())
        .await?;
    sql_query("select set_config('enable_seqscan', 'on', true)").execute(read.conn()).await?;
    Ok(rows.into_iter().map(|row| Candidate { header: row.header.into(), score: row.score }).collect())
}
