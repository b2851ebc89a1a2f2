//! How long Postgres itself was busy with the statements of the read API, from its own log: the very statements that the
//! program sends, without an instrument in them.

use std::time::Duration;

use super::support::TestDatabase;

/// The log of the server from some byte on.
pub struct ReaderLog<'a> {
    database: &'a TestDatabase,
    start: u64,
}

/// Beside the folder of the cluster, as the program puts it.
const PATH: &str = "regexp_replace(current_setting('data_directory'), '/[^/]+$', '/postgres.log')";

impl<'a> ReaderLog<'a> {
    /// Has every statement of the reader logged with its time, in sessions that begin after this.
    pub async fn begin(database: &TestDatabase) {
        database
            .execute(
                "do $$ begin execute format('alter role masthead_reader in database %I \
                   set log_min_duration_statement = 0', current_database()); end $$",
            )
            .await;
    }

    /// What is logged from now on.
    pub async fn of(database: &'a TestDatabase) -> Self {
        let size = database.texts(&format!("select (pg_stat_file({PATH})).size::text as value")).await;
        Self { database, start: size[0].parse().expect("a size") }
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

/// From `... duration: 0.123 ms  execute ...`.
fn duration(line: &str) -> Option<Duration> {
    let (_, rest) = line.split_once("duration: ")?;
    let (milliseconds, _) = rest.split_once(" ms")?;
    Some(Duration::from_secs_f64(milliseconds.parse::<f64>().ok()? / 1000.0))
}
