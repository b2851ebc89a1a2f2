//! A database full of pages with years of history, from the generator of the benchmark.

use diesel_async::SimpleAsyncConnection;

use super::database::TestDatabase;

/// How much the generator makes; what each number means stands at the head of `fill.sql`.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub pages: u32,
    pub below: u32,
    pub revisions: u32,
}

/// Read when it is needed: a change of it then builds nothing anew.
const FILL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/growth/fill.sql");

/// Fills a migrated, empty database and lets Postgres know what is in it now.
pub async fn fill(database: &TestDatabase, size: Size) {
    let Size { pages, below, revisions } = size;
    let settings =
        format!("set growth.pages = {pages}; set growth.below = {below}; set growth.revisions = {revisions}");
    let sql = std::fs::read_to_string(FILL).expect("the SQL of the generator");
    let mut conn = database.superuser().await;
    // Apart, because VACUUM goes into no transaction, and statements sent together are one.
    for sql in [settings.as_str(), &sql, "vacuum analyze", "checkpoint"] {
        conn.batch_execute(sql).await.expect("the database is filled");
    }
}
