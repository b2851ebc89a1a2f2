//! How long Postgres itself was busy with the statements of the read API, from its own log: the very statements that the
//! program sends, without an instrument in them. Writing the log takes longer than many a statement, so it ends with the
//! measurement.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;

use super::support::TestDatabase;

/// The log of the server from some byte on.
pub struct StatementLog<'a> {
    database: &'a TestDatabase,
    start: u64,
}

/// Beside the folder of the cluster, as the program puts it.
const PATH: &str = "regexp_replace(current_setting('data_directory'), '/[^/]+$', '/postgres.log')";

impl<'a> StatementLog<'a> {
    /// Has every statement logged with its time from now on: each session learns of it before its next statement or soon after.
    pub async fn begin(database: &'a TestDatabase) -> Self {
        let size = database.texts(&format!("select (pg_stat_file({PATH})).size::text as value")).await;
        set(database, "alter system set log_min_duration_statement = 0").await;
        Self { database, start: size[0].parse().expect("a size") }
    }

    /// Has nothing logged any more.
    pub async fn end(self) {
        set(self.database, "alter system reset log_min_duration_statement").await;
    }

    /// How long statements took that contain this: to be planned, and to be executed.
    pub async fn times(&self, part: &str) -> (Vec<Duration>, Vec<Duration>) {
        let sql = format!(
            "select line as value from regexp_split_to_table(pg_read_file({PATH}, {}, 100000000), '\\n') line \
             where line like '%{part}%' and line like '%duration: %'",
            self.start
        );
        let lines = self.database.texts(&sql).await;
        let of = |phase: &str| -> Vec<Duration> {
            lines.iter().filter(|line| line.contains(phase)).filter_map(|line| duration(line)).collect()
        };
        // With parameters, Postgres plans when they are bound.
        (of(" ms  bind "), of(" ms  execute "))
    }
}

async fn set(database: &TestDatabase, sql: &str) {
    let mut conn = database.superuser().await;
    for sql in [sql, "select pg_reload_conf()"] {
        conn.batch_execute(sql).await.expect("a setting of the server");
    }
}

/// From `... duration: 0.123 ms  execute ...`.
fn duration(line: &str) -> Option<Duration> {
    let (_, rest) = line.split_once("duration: ")?;
    let (milliseconds, _) = rest.split_once(" ms")?;
    Some(Duration::from_secs_f64(milliseconds.parse::<f64>().ok()? / 1000.0))
}
