//! SQL of the dictionary. Every condition on the time of publications is written as the index that serves it has it, with
//! its bound from a subquery of its own, so that Postgres begins there and not at the beginning of time.

use chrono::{DateTime, Utc};
use diesel::prelude::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Counts;
use crate::platform::db::{Housekeeping, Read};
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct Due {
    #[diesel(sql_type = Bool)]
    due: bool,
}

/// Whether something public has changed since. Takes no lock.
pub(super) async fn is_due(read: &mut Read<'_>) -> Result<bool, Problem> {
    const QUERY: &str =
        "select s.begun < t.changed_at or s.ended < t.changed_at as due from search_progress s, site t";
    let row: Due = sql_query(QUERY).get_result(read.conn()).await?;
    Ok(row.due)
}

#[derive(QueryableByName)]
struct Until {
    #[diesel(sql_type = Timestamptz)]
    changed_at: DateTime<Utc>,
}

/// The last change that is committed; nothing while another process is at it. Changes come in the order of their instants,
/// so whatever begins or ends up to there is seen by the statements that follow, and stays.
pub(super) async fn begin(work: &mut Housekeeping<'_>) -> Result<Option<DateTime<Utc>>, Problem> {
    const QUERY: &str = "select t.changed_at from search_progress s, site t for update of s skip locked";
    let row: Option<Until> = sql_query(QUERY).get_result(work.conn()).await.optional()?;
    Ok(row.map(|row| row.changed_at))
}

/// What a publication says.
#[derive(QueryableByName)]
pub(super) struct Spoken {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub locale: String,
    #[diesel(sql_type = Text)]
    pub text: String,
    /// Whether its words are in the dictionary.
    #[diesel(sql_type = Bool)]
    pub counted: bool,
}

const SPOKEN: &str = "select p.id, p.locale, \
    concat_ws(' ', p.title, p.summary, p.facets ->> 'tags', p.search_text) as text, \
    (lower(p.during), p.id) <= (s.begun, s.begun_id) as counted from publications p, search_progress s";

/// Publications that have ended and are not taken out yet, in the order of their ends.
pub(super) async fn ended(
    work: &mut Housekeeping<'_>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Spoken>, Problem> {
    let query = format!(
        "{SPOKEN} where not upper_inf(p.during) and upper(p.during) >= (select ended from search_progress) and upper(p.during) <= $1 \
           and (upper(p.during), p.id) > (s.ended, s.ended_id) order by upper(p.during), p.id limit $2"
    );
    let query = sql_query(query).bind::<Timestamptz, _>(until).bind::<BigInt, _>(limit);
    Ok(query.load(work.conn()).await?)
}

/// Publications that have begun and are not taken in yet, in the order of their beginnings. Those whose end was passed
/// before are left out.
pub(super) async fn begun(
    work: &mut Housekeeping<'_>,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Spoken>, Problem> {
    let query = format!(
        "{SPOKEN} where lower(p.during) >= (select begun from search_progress) and lower(p.during) <= $1 \
           and (lower(p.during), p.id) > (s.begun, s.begun_id) \
           and (upper_inf(p.during) or (upper(p.during), p.id) > (s.ended, s.ended_id)) \
         order by lower(p.during), p.id limit $2"
    );
    let query = sql_query(query).bind::<Timestamptz, _>(until).bind::<BigInt, _>(limit);
    Ok(query.load(work.conn()).await?)
}

/// The ends are taken in up to that of a publication, or all up to an instant.
pub(super) async fn ended_up_to(
    work: &mut Housekeeping<'_>,
    last: Option<Uuid>,
    until: DateTime<Utc>,
) -> Result<(), Problem> {
    const QUERY: &str = "update search_progress set (ended, ended_id) = ( \
        select coalesce(upper(p.during), $2), coalesce(p.id, 'ffffffff-ffff-ffff-ffff-ffffffffffff') \
        from (select) one left join publications p on p.id = $1)";
    move_to(work, QUERY, last, until).await
}

/// The same of the beginnings.
pub(super) async fn begun_up_to(
    work: &mut Housekeeping<'_>,
    last: Option<Uuid>,
    until: DateTime<Utc>,
) -> Result<(), Problem> {
    const QUERY: &str = "update search_progress set (begun, begun_id) = ( \
        select coalesce(lower(p.during), $2), coalesce(p.id, 'ffffffff-ffff-ffff-ffff-ffffffffffff') \
        from (select) one left join publications p on p.id = $1)";
    move_to(work, QUERY, last, until).await
}

async fn move_to(
    work: &mut Housekeeping<'_>,
    query: &'static str,
    last: Option<Uuid>,
    until: DateTime<Utc>,
) -> Result<(), Problem> {
    sql_query(query)
        .bind::<Nullable<SqlUuid>, _>(last)
        .bind::<Timestamptz, _>(until)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Those of these publications whose words are in the dictionary, which stays as it is until the end of the transaction.
pub(super) async fn counted(work: &mut Housekeeping<'_>, ids: &[Uuid]) -> Result<Vec<Spoken>, Problem> {
    let query = format!(
        "{SPOKEN} where p.id = any ($1) and (lower(p.during), p.id) <= (s.begun, s.begun_id) \
           and (upper_inf(p.during) or (upper(p.during), p.id) > (s.ended, s.ended_id)) order by p.id"
    );
    sql_query("select id from search_progress for update").execute(work.conn()).await?;
    Ok(sql_query(query).bind::<Array<SqlUuid>, _>(ids).load(work.conn()).await?)
}

fn columns(counts: &Counts) -> (Vec<&str>, Vec<&str>, Vec<i32>) {
    let mut columns = (Vec::new(), Vec::new(), Vec::new());
    for ((locale, word), count) in counts {
        columns.0.push(locale.as_str());
        columns.1.push(word.as_str());
        columns.2.push(*count);
    }
    columns
}

/// So many more documents have these words.
pub(super) async fn add(work: &mut Housekeeping<'_>, counts: &Counts) -> Result<(), Problem> {
    const QUERY: &str = "insert into search_words as w (locale, word, documents) select * from unnest($1, $2, $3) \
        on conflict (locale, word) do update set documents = w.documents + excluded.documents";
    let (locales, words, counts) = columns(counts);
    sql_query(QUERY)
        .bind::<Array<Text>, _>(locales)
        .bind::<Array<Text>, _>(words)
        .bind::<Array<Integer>, _>(counts)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// So many fewer documents have these words; those that none has are forgotten.
pub(super) async fn take(work: &mut Housekeeping<'_>, counts: &Counts) -> Result<(), Problem> {
    const FORGET: &str = "delete from search_words w using unnest($1, $2, $3) c (locale, word, count) \
        where w.locale = c.locale and w.word = c.word and w.documents <= c.count";
    const FEWER: &str = "update search_words w set documents = w.documents - c.count \
        from unnest($1, $2, $3) c (locale, word, count) where w.locale = c.locale and w.word = c.word";
    let (locales, words, counts) = columns(counts);
    for query in [FORGET, FEWER] {
        sql_query(query)
            .bind::<Array<Text>, _>(&locales)
            .bind::<Array<Text>, _>(&words)
            .bind::<Array<Integer>, _>(&counts)
            .execute(work.conn())
            .await?;
    }
    Ok(())
}
