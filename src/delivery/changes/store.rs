//! SQL of what changed in public. It goes by when publications and routes began and ended, never by events, so what time alone
//! changed is there though nobody announced it.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::model::{Changed, Known, State, Step};
use crate::delivery::selection::Selection;
use crate::platform::problem::Problem;

/// How many steps an answer looks at, most of which lead somewhere.
pub(super) const LOOKED_AT: usize = 1_000;

#[derive(QueryableByName)]
pub(super) struct Settled {
    /// The instant of the last change.
    #[diesel(sql_type = Timestamptz)]
    pub changed_at: DateTime<Utc>,
    /// Up to where nothing can be added that this snapshot does not see.
    #[diesel(sql_type = Timestamptz)]
    pub until: DateTime<Utc>,
}

/// How far the past of this snapshot is settled. Changes come in the order of their instants, so all up to the last one are
/// there. What time alone changed since counts when no change can still come before it: one takes 20 s at most, and ten more
/// are for what lies between that check and the sight of its commit.
pub(super) async fn settled(found: &mut Selection<'_>) -> Result<Settled, Problem> {
    const QUERY: &str = "select changed_at, greatest(changed_at, $1::timestamptz - interval '30 seconds') as until \
        from mh.public_site";
    Ok(sql_query(QUERY).bind::<Timestamptz, _>(found.at).get_result(found.conn).await?)
}

#[derive(QueryableByName)]
struct StepRow {
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = Nullable<Text>)]
    kind_before: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    began_before: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    path_before: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    kind_after: Option<String>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    began_after: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    path_after: Option<String>,
}

fn state(kind: Option<String>, began: Option<DateTime<Utc>>, path: Option<String>) -> Option<State> {
    Some(State { kind: kind?, began: began?, path })
}

impl From<StepRow> for Changed {
    fn from(row: StepRow) -> Self {
        Self {
            step: Step(row.at, row.entry_id, row.locale),
            before: state(row.kind_before, row.began_before, row.path_before),
            after: state(row.kind_after, row.began_after, row.path_after),
        }
    }
}

/// The last step of each document between a place ($3, $4, $5) and an instant ($2), with what was public of it at the instant
/// that the caller knows ($1) and at that one.
fn steps_query() -> String {
    let arm = |view: &str, at: &str, has: &str| {
        format!(
            "(select entry_id, locale, {at} as at from {view} \
              where {has} {at} >= $3 and {at} <= $2 and ({at}, entry_id, locale) > ($3, $4, $5) \
              order by {at}, entry_id, locale limit $6)"
        )
    };
    let ends = "not upper_inf(during) and";
    let arms = [
        arm("mh.public_spans", "lower(during)", ""),
        arm("mh.public_spans", "upper(during)", ends),
        arm("mh.public_spans", "erased_at", "erased_at is not null and"),
        arm("mh.public_paths", "lower(during)", ""),
        arm("mh.public_paths", "upper(during)", ends),
    ]
    .join(" union all ");
    // What media show is public only while something public shows them.
    let public = |at: &str| {
        format!(
            "(select s.kind, lower(s.during) as began, \
                (select r.path from mh.public_paths r \
                 where r.entry_id = c.entry_id and r.locale = c.locale and r.during @> {at}) as path \
              from mh.public_spans s \
              where s.entry_id = c.entry_id and s.locale = c.locale and s.during @> {at} \
                and (s.erased_at is null or s.erased_at > {at}) \
                and (s.kind <> $7 or mh.is_shown(s.entry_id, {at})))"
        )
    };
    let later = |view: &str, more: &str| {
        format!(
            "not exists (select from {view} l where l.entry_id = c.entry_id and l.locale = c.locale and ( \
               l.during && tstzrange(c.at, $2, '[]') \
               and (lower(l.during) > c.at and lower(l.during) <= $2 or upper(l.during) > c.at and upper(l.during) <= $2) \
               {more}))"
        )
    };
    format!(
        "with candidates as ( \
           select distinct at, entry_id, locale from ({arms}) s order by at, entry_id, locale limit $6) \
         select c.at, c.entry_id, c.locale, b.kind as kind_before, b.began as began_before, b.path as path_before, \
           a.kind as kind_after, a.began as began_after, a.path as path_after \
         from candidates c left join lateral {before} b on {no_later_span} and {no_later_path} \
         left join lateral {after} a on {no_later_span} and {no_later_path} \
         order by c.at, c.entry_id, c.locale",
        before = public("$1"),
        after = public("$2"),
        no_later_span = later("mh.public_spans", "or l.erased_at > c.at and l.erased_at <= $2"),
        no_later_path = later("mh.public_paths", ""),
    )
}

/// The next steps from a state that the caller knows to a later one.
pub(super) async fn steps(
    found: &mut Selection<'_>,
    known: &Known,
    until: DateTime<Utc>,
    media: &str,
) -> Result<Vec<Changed>, Problem> {
    let Step(at, entry, locale) = known.step();
    let rows: Vec<StepRow> = sql_query(steps_query())
        .bind::<Timestamptz, _>(known.since)
        .bind::<Timestamptz, _>(until)
        .bind::<Timestamptz, _>(at)
        .bind::<SqlUuid, _>(entry)
        .bind::<Text, _>(locale)
        .bind::<BigInt, _>(i64::try_from(LOOKED_AT).unwrap_or(i64::MAX))
        .bind::<Text, _>(media)
        .load(found.conn)
        .await?;
    Ok(rows.into_iter().map(Changed::from).collect())
}
