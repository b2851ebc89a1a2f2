//! SQL of the sample.

use diesel::sql_types::Bool;
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::platform::db::Change;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// Whether nothing was ever written.
pub(super) async fn is_empty(conn: &mut AsyncPgConnection) -> Result<bool, Problem> {
    let row: Found = sql_query("select exists (select from entries) as found").get_result(conn).await?;
    Ok(!row.found)
}

/// Two processes do not load at once: the second waits here, and then finds content.
pub(super) async fn wait_for_others(tx: &mut Change<'_>) -> Result<(), Problem> {
    sql_query("select pg_advisory_xact_lock(hashtextextended('masthead.sample', 0))")
        .execute(tx.conn())
        .await?;
    Ok(())
}
