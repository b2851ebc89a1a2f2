//! SQL of the limits. The wait after n wrong ones beyond the free ones is 2^n seconds, at most 60; a day without one
//! makes all good.

use diesel::sql_types::{Binary, Integer};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::RunQueryDsl;

use crate::platform::db::Housekeeping;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct Wait {
    #[diesel(sql_type = Integer)]
    seconds: i32,
}

/// Counts an attempt, unless it comes too early: then gives the seconds to wait.
pub(super) async fn claim(
    work: &mut Housekeeping<'_>,
    key: [u8; 32],
    free: i32,
) -> Result<Option<i32>, Problem> {
    const CLAIM: &str = "insert into login_limits as l (key, failures, last_at) values ($1, 1, mh_now()) \
        on conflict (key) do update set last_at = mh_now(), \
          failures = case when l.last_at < mh_now() - interval '1 day' then 1 else least(l.failures, 1000000) + 1 end \
        where l.failures < $2 or l.last_at < mh_now() - interval '1 day' \
          or l.last_at + least(power(2, least(l.failures - $2, 6)), 60) * interval '1 second' <= mh_now() \
        returning 0 as seconds";
    const WAIT: &str = "select greatest(1, ceil(extract(epoch from \
          last_at + least(power(2, least(failures - $2, 6)), 60) * interval '1 second' - mh_now())))::integer as seconds \
        from login_limits where key = $1";
    let claimed: Option<Wait> = sql_query(CLAIM)
        .bind::<Binary, _>(key.to_vec())
        .bind::<Integer, _>(free)
        .get_result(work.conn())
        .await
        .optional()?;
    if claimed.is_some() {
        return Ok(None);
    }
    let wait: Option<Wait> = sql_query(WAIT)
        .bind::<Binary, _>(key.to_vec())
        .bind::<Integer, _>(free)
        .get_result(work.conn())
        .await
        .optional()?;
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

/// Removes what has been quiet for a day, or for an hour where it made nobody wait.
pub(super) async fn prune(work: &mut Housekeeping<'_>) -> Result<usize, Problem> {
    const PRUNE: &str = "delete from login_limits where last_at < mh_now() - interval '1 day' \
        or last_at < mh_now() - interval '1 hour' and failures < 5";
    Ok(sql_query(PRUNE).execute(work.conn()).await?)
}
