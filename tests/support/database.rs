//! One database per test, copied from a template that is migrated once per process and has a clock that tests move.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::sql_query;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use masthead::platform::db::connect::{Target, establish};
use masthead::platform::db::migrate::{self, Roles};
use tokio::sync::{Mutex, OnceCell};

use super::cluster::cluster;

/// The clock of tests: the real one, moved by what `test_clock` says.
const CLOCK: &str = "
    create table test_clock (shift interval not null);
    insert into test_clock values ('0');
    grant select on test_clock to public;
    create or replace function mh_now() returns timestamptz language sql volatile parallel safe
      as $$ select clock_timestamp() + (select shift from test_clock) $$;";

/// A database of one test. It is dropped with the value.
pub struct TestDatabase {
    name: String,
    /// The superuser's connection of the last question, because a test asks many.
    idle: Mutex<Option<AsyncPgConnection>>,
}

impl TestDatabase {
    /// A migrated, empty database.
    pub async fn migrated() -> Self {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let template = TEMPLATE.get_or_init(make_template).await;
        Self::create(&format!("template {template}")).await
    }

    /// A database without any schema.
    pub async fn bare() -> Self {
        Self::create("").await
    }

    async fn create(how: &str) -> Self {
        let name = unique_name("t");
        superuser(&format!("create database {name} owner masthead_owner {how}")).await;
        Self { name, idle: Mutex::new(None) }
    }

    /// Another database with the same content, down to ids, instants and keys. Ends every session of this one.
    pub async fn copy(&self) -> Self {
        self.idle.lock().await.take();
        let sessions =
            format!("select pg_terminate_backend(pid) from pg_stat_activity where datname = '{}'", self.name);
        superuser(&sessions).await;
        Self::create(&format!("template {}", self.name)).await
    }

    pub fn owner(&self) -> Target {
        target(&cluster().owner, &self.name)
    }

    pub fn service(&self) -> Target {
        target(&cluster().service, &self.name)
    }

    pub fn reader(&self) -> Target {
        target(&cluster().reader, &self.name)
    }

    /// The address as libpq tools take it, as the owner.
    pub fn owner_url(&self) -> String {
        renamed(&cluster().owner, &self.name)
    }

    /// A connection as the superuser, who is bound by no grant (but by every trigger).
    pub async fn superuser(&self) -> AsyncPgConnection {
        connect(&target(&cluster().superuser, &self.name)).await
    }

    /// Moves the clock of this database forward.
    pub async fn advance(&self, interval: &str) {
        let mut conn = self.superuser().await;
        sql_query(format!("update test_clock set shift = shift + interval '{interval}'"))
            .execute(&mut conn)
            .await
            .expect("the clock moves");
    }

    /// Runs statements as the superuser, in one transaction.
    pub async fn execute(&self, sql: &str) {
        let sql = format!("begin; {sql}; commit");
        self.superuser().await.batch_execute(&sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The rows of a query that gives one column of text named `value`.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let mut idle = self.idle.lock().await;
        let mut conn = match idle.take() {
            Some(conn) => conn,
            None => self.superuser().await,
        };
        // A test may have ended every session.
        if conn.batch_execute("select 1").await.is_err() {
            conn = self.superuser().await;
        }
        let rows: Vec<TextRow> =
            sql_query(sql).load(&mut conn).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        *idle = Some(conn);
        rows.into_iter().map(|row| row.value).collect()
    }

    /// What every table holds, a line each, to tell whether anything changed. Left out is what may change without a
    /// fact: when a token or a session was used last, what is counted of wrong passwords and refusals, and the clock of the
    /// test.
    pub async fn fingerprint(&self) -> String {
        let tables = "select table_name::text as value from information_schema.tables \
            where table_schema = 'public' and table_type = 'BASE TABLE' \
            and table_name not in ('test_clock', 'login_limits', 'refusals') order by 1";
        let lines: Vec<String> = self
            .texts(tables)
            .await
            .into_iter()
            .map(|table| {
                format!(
                    "select '{table}: ' || count(*) || ' ' || md5(coalesce(string_agg(row, chr(10) order by row), '')) \
                       as value from (select (to_jsonb(t) - '{{last_used_at,last_seen_at}}'::text[])::text as row from public.{table} t) rows"
                )
            })
            .collect();
        self.texts(&lines.join(" union all ")).await.join("\n")
    }
}

#[derive(diesel::QueryableByName)]
struct TextRow {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = self.name.clone();
        // A thread of its own: a test's runtime may be ending.
        let dropped = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().expect("runtime");
            runtime.block_on(superuser(&format!("drop database if exists {name} with (force)")));
        });
        dropped.join().expect("the database is dropped");
    }
}

/// The roles that the private cluster has.
pub fn roles() -> Roles {
    Roles { service: Some("masthead_service".into()), reader: Some("masthead_reader".into()) }
}

/// A connection to a target.
pub async fn connect(target: &Target) -> AsyncPgConnection {
    establish(target).await.expect("the test database takes connections")
}

async fn make_template() -> String {
    let name = unique_name("template");
    superuser(&format!("create database {name} owner masthead_owner")).await;
    let owner = target(&cluster().owner, &name);
    migrate::run(&owner, &roles()).await.expect("migrations run");
    connect(&owner).await.batch_execute(CLOCK).await.expect("the test clock");
    name
}

/// Unique among the tests of this process and of those before it that died without cleaning up.
fn unique_name(prefix: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let started = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    format!(
        "{prefix}_{}_{}_{}",
        std::process::id(),
        started.as_millis(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

async fn superuser(sql: &str) {
    let mut conn = connect(&Target::parse(&cluster().superuser).expect("address")).await;
    // A template may have a connection of the last copy for a moment longer.
    conn.batch_execute(sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

fn target(url: &str, database: &str) -> Target {
    Target::parse(&renamed(url, database)).expect("address")
}

fn renamed(url: &str, database: &str) -> String {
    let (server, _) = url.rsplit_once('/').expect("a database in the address");
    format!("{server}/{database}")
}
