//! SQL of the counts.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::Place;
use crate::platform::db::{Change, Housekeeping, Read};
use crate::platform::problem::Problem;

/// How often somebody was turned away within a minute.
#[derive(Debug, Clone, QueryableByName)]
pub struct Refusal {
    /// The beginning of the minute.
    #[diesel(sql_type = Timestamptz)]
    pub minute: DateTime<Utc>,
    /// Why.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// From which address, or for IPv6 which network of 64 bits.
    #[diesel(sql_type = Text)]
    pub address: String,
    /// The account; the nil id when none was known.
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    /// How often.
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// Which counts a list shows.
#[derive(Debug, Clone)]
pub struct RefusalWindow {
    /// Only for this reason.
    pub kind: Option<String>,
    /// Only at this account.
    pub user: Option<Uuid>,
    /// The row at the edge: minute, reason, address and account.
    pub edge: Option<(DateTime<Utc>, String, String, Uuid)>,
    /// Whether the page lies before the edge and not after it.
    pub backwards: bool,
    /// How many rows.
    pub limit: i64,
}

/// Adds to the counts of this minute.
pub(super) async fn add(work: &mut Housekeeping<'_>, counted: &[(Place, i64)]) -> Result<(), Problem> {
    const ADD: &str = "insert into refusals as r (minute, kind, address, user_id, count) \
        select date_trunc('minute', mh_now()), kind, address, user_id, count \
        from unnest($1, $2, $3, $4) c (kind, address, user_id, count) \
        on conflict (minute, kind, address, user_id) do update set count = r.count + excluded.count";
    let (mut kinds, mut addresses, mut users, mut counts) = (vec![], vec![], vec![], vec![]);
    for ((kind, address, user), count) in counted {
        kinds.push(*kind);
        addresses.push(address.as_str());
        users.push(user.unwrap_or_else(Uuid::nil));
        counts.push(*count);
    }
    sql_query(ADD)
        .bind::<Array<Text>, _>(kinds)
        .bind::<Array<Text>, _>(addresses)
        .bind::<Array<SqlUuid>, _>(users)
        .bind::<Array<BigInt>, _>(counts)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Of these accounts, those at which this many wrong passwords were tried within an hour and of which no event has told
/// within that hour.
pub(super) async fn newly_many(
    tx: &mut Change<'_>,
    users: &[Uuid],
    many: i64,
) -> Result<Vec<(Uuid, i64)>, Problem> {
    const QUERY: &str = "select user_id, sum(count)::bigint as count from refusals \
        where kind = 'login' and user_id = any($1) and minute > mh_now() - interval '1 hour' \
          and not exists (select from events e where e.subject_id = refusals.user_id \
            and e.action = 'user.login_refused_often' and e.at > mh_now() - interval '1 hour') \
        group by user_id having sum(count) >= $2 order by user_id";
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        user_id: Uuid,
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    // One process at a time, or two would tell of the same hour.
    sql_query("select pg_advisory_xact_lock(hashtext('masthead.refusals'))").execute(tx.conn()).await?;
    let rows: Vec<Row> =
        sql_query(QUERY).bind::<Array<SqlUuid>, _>(users).bind::<BigInt, _>(many).load(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| (row.user_id, row.count)).collect())
}

/// Removes what is older than 90 days.
pub(super) async fn prune(work: &mut Housekeeping<'_>) -> Result<usize, Problem> {
    Ok(sql_query("delete from refusals where minute < mh_now() - interval '90 days'")
        .execute(work.conn())
        .await?)
}

/// A page of the counts.
pub(super) async fn list(read: &mut Read<'_>, window: &RefusalWindow) -> Result<Vec<Refusal>, Problem> {
    let (beyond, order) = if window.backwards { (">", "asc") } else { ("<", "desc") };
    let query = format!(
        "select minute, kind, address, user_id, count from refusals \
         where ($1 is null or kind = $1) and ($2 is null or user_id = $2) \
           and ($3 is null or (minute, kind, address, user_id) {beyond} ($3, $4, $5, $6)) \
         order by minute {order}, kind {order}, address {order}, user_id {order} limit $7"
    );
    let edge = window.edge.as_ref();
    let mut rows: Vec<Refusal> = sql_query(query)
        .bind::<Nullable<Text>, _>(window.kind.as_deref())
        .bind::<Nullable<SqlUuid>, _>(window.user)
        .bind::<Nullable<Timestamptz>, _>(edge.map(|edge| edge.0))
        .bind::<Nullable<Text>, _>(edge.map(|edge| edge.1.as_str()))
        .bind::<Nullable<Text>, _>(edge.map(|edge| edge.2.as_str()))
        .bind::<Nullable<SqlUuid>, _>(edge.map(|edge| edge.3))
        .bind::<BigInt, _>(window.limit)
        .load(read.conn())
        .await?;
    if window.backwards {
        rows.reverse();
    }
    Ok(rows)
}
