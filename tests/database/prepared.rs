//! Statements that connections keep, on a pool of one connection.

use std::time::Duration;

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use masthead::platform::db::{Prepare, Store, StoreConfig};
use masthead::platform::problem::{Code, Problem};

use crate::support::TestDatabase;

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn store(database: &TestDatabase) -> Store {
    let store = Store::new(&StoreConfig {
        service: database.service(),
        reader: database.reader(),
        connections: 1,
        wait: Duration::from_secs(5),
        slow: None,
    });
    store.expect("pools")
}

async fn word(store: &Store, word: &str) -> Result<String, Problem> {
    let read = store.read(async |read| {
        let row: Word = sql_query("select word from shelf where word = $1")
            .bind::<Text, _>(word)
            .prepared()
            .get_result(read.conn())
            .await?;
        Ok(row.word)
    });
    read.await
}

async fn kept(store: &Store, part: &str) -> i64 {
    let read = store.read(async |read| {
        let count: Count =
            sql_query("select count(*) from pg_prepared_statements where position($1 in statement) > 0")
                .bind::<Text, _>(part)
                .get_result(read.conn())
                .await?;
        Ok(count.count)
    });
    read.await.expect("what is kept")
}

async fn shelf() -> (TestDatabase, Store) {
    let database = TestDatabase::migrated().await;
    TestDatabase::execute(&database, "create table shelf (word text)").await;
    TestDatabase::execute(&database, "insert into shelf values ('one'), ('two')").await;
    TestDatabase::execute(&database, "grant select on shelf to public").await;
    let store = store(&database);
    (database, store)
}

#[actix_web::test]
async fn a_statement_is_kept_once_whatever_its_values() {
    let (_database, store) = shelf().await;
    assert_eq!(kept(&store, "from shelf").await, 0);
    for wanted in ["one", "two", "one"] {
        assert_eq!(word(&store, wanted).await.expect("a word"), wanted);
    }
    assert_eq!(kept(&store, "from shelf").await, 1);
    let missing = word(&store, "three").await.expect_err("no such word");
    assert_eq!(missing.code(), Code::NotFound);
    assert_eq!(kept(&store, "from shelf").await, 1, "the connection is the same after a refusal");
}

/// Postgres refuses a prepared statement whose columns have other types than before: a newer process has migrated.
#[actix_web::test]
async fn a_statement_with_other_columns_since_a_migration_fails_once() {
    let (database, store) = shelf().await;
    assert_eq!(word(&store, "one").await.expect("a word"), "one");
    TestDatabase::execute(&database, "alter table shelf alter column word type varchar(9)").await;
    let failed = word(&store, "one").await.expect_err("another type");
    assert_eq!(failed.code(), Code::Internal);
    assert_eq!(word(&store, "one").await.expect("a word of a new connection"), "one");
}
