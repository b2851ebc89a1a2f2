//! SQL of the limits. What was counted fades: `failures` is what it was at `last_at`, and less by one for each time of
//! forgetting since.

use diesel::sql_types::{Binary, Integer};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::RunQueryDsl;

use super::Pace;
use crate::platform::db::Housekeeping;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct Wait {
    #[diesel(sql_type = Integer)]
    seconds: i32,
}

/// What is left of what was counted; the parts of one count as one. Asked of `l`, with the time of forgetting as $4.
const LEFT: &str = "greatest(l.failures - extract(epoch from mh_now() - l.last_at) / $4, 0)";

/// From when the next attempt may come. Asked of `l`, with the free ones as $2 and the longest wait as $3.
const NEXT: &str = "l.last_at + least(power(2, least(ceil(l.failures) - $2, 20)), $3) * interval '1 second'";

/// More are not counted, so that everything is forgotten some day.
const MOST_COUNTED: i32 = 100;

/// Counts an attempt, unless it comes too early: then gives the seconds to wait.
pub(super) async fn claim(
    work: &mut Housekeeping<'_>,
    key: [u8; 32],
    pace: Pace,
) -> Result<Option<i32>, Problem> {
    let claim = format!(
        "insert into login_limits as l (key, failures, last_at) values ($1, 1, mh_now()) \
         on conflict (key) do update set last_at = mh_now(), failures = least({LEFT}, {MOST_COUNTED}) + 1 \
         where ceil({LEFT}) < $2 or {NEXT} <= mh_now() returning 0 as seconds"
    );
    let wait = format!(
        "select greatest(1, ceil(extract(epoch from {NEXT} - mh_now())))::integer as seconds \
         from login_limits l where key = $1 and $4 > 0"
    );
    let asked = |query: String| {
        sql_query(query)
            .bind::<Binary, _>(key.to_vec())
            .bind::<Integer, _>(pace.free)
            .bind::<Integer, _>(pace.most)
            .bind::<Integer, _>(pace.forgotten)
    };
    let claimed: Option<Wait> = asked(claim).get_result(work.conn()).await.optional()?;
    if claimed.is_some() {
        return Ok(None);
    }
    let wait: Option<Wait> = asked(wait).get_result(work.conn()).await.optional()?;
    Ok(Some(wait.map_or(1, |wait| wait.seconds)))
}

/// Forgets what was counted.
pub(super) async fn forget(work: &mut Housekeeping<'_>, key: [u8; 32]) -> Result<(), Problem> {
    sql_query("delete from login_limits where key = $1")
        .bind::<Binary, _>(key.to_vec())
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Takes one attempt back.
pub(super) async fn take_back(work: &mut Housekeeping<'_>, key: [u8; 32]) -> Result<(), Problem> {
    sql_query("update login_limits set failures = greatest(failures - 1, 0) where key = $1")
        .bind::<Binary, _>(key.to_vec())
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Removes what is forgotten.
pub(super) async fn prune(work: &mut Housekeeping<'_>) -> Result<usize, Problem> {
    // Nothing takes longer than an hour to forget one.
    const PRUNE: &str =
        "delete from login_limits where last_at < mh_now() - greatest(failures, 1) * interval '1 hour'";
    Ok(sql_query(PRUNE).execute(work.conn()).await?)
}
