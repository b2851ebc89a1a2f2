//! What is planned, made by bare SQL with a clock that tests move, and the announcer over it.

use std::time::{Duration, Instant};

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use masthead::app::App;
use masthead::content;
use masthead::documents::announce::{Announced, announce};
use masthead::platform::access::Permit;
use masthead::platform::db::{Store, StoreConfig};
use masthead::platform::problem::Problem;
use uuid::Uuid;

use super::rows::{CHANGE, INSTANT, Rows, event};
use crate::support::TestFiles;

/// What the announcer writes into its events.
pub const REASON: &str = "worker: test";

/// A database with plans, and the services of a process that announces.
pub struct Plans {
    pub rows: Rows,
    pub app: App,
}

impl Plans {
    pub async fn new() -> Self {
        let rows = Rows::new().await;
        let store = Store::new(&StoreConfig {
            service: rows.database.service(),
            reader: rows.database.reader(),
            connections: 10,
            wait: Duration::from_secs(5),
            slow: None,
        })
        .expect("pools");
        let app = App::new(store, TestFiles::new().storage(), content::kinds()).await.expect("services");
        Self { rows, app }
    }

    /// A new entry that is planned to be public from so long after now, perhaps until so long after now.
    pub async fn plan(&mut self, from: &str, until: Option<&str>) -> Uuid {
        let entry = self.rows.entry().await;
        self.rows.commit(&planned(entry, 1, from, until)).await;
        entry
    }

    /// One run of the announcer.
    pub async fn attempt(&self) -> Result<Announced, Problem> {
        announce(&self.app, &Permit::system(REASON)).await
    }

    /// One run that must succeed; gives how many events it wrote.
    pub async fn run(&self) -> usize {
        self.attempt().await.expect("announced").events
    }

    /// A run that has nothing to do and so changes nothing.
    pub async fn run_in_vain(&self) -> Announced {
        let before = self.rows.database.fingerprint().await;
        let done = self.attempt().await.expect("a look");
        assert_eq!(done.events, 0);
        assert_eq!(self.rows.database.fingerprint().await, before, "nothing was due and something changed");
        done
    }

    /// What was announced so far, in order: the verb, the entry and the revision.
    pub async fn told(&self) -> Vec<String> {
        let query = "select substr(action, 6) || ' ' || subject_id || ' ' || (data ->> 'revision') as value \
            from events where action in ('page.went_live', 'page.expired') order by id";
        self.rows.database.texts(query).await
    }

    pub async fn version(&self) -> i64 {
        self.text("select version::text as value from site").await.parse().expect("a number")
    }

    /// The one value of a query.
    pub async fn text(&self, query: &str) -> String {
        let rows = self.rows.database.texts(query).await;
        assert_eq!(rows.len(), 1, "{query}: {rows:?}");
        rows[0].clone()
    }

    /// Waits until a session of this database waits for a lock; gives its process id.
    pub async fn somebody_waits(&self) -> String {
        let query = "select pid::text as value from pg_stat_activity \
            where datname = current_database() and wait_event_type = 'Lock'";
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            if let Some(pid) = self.rows.database.texts(query).await.into_iter().next() {
                return pid;
            }
            assert!(Instant::now() < deadline, "nobody waits for a lock");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

pub fn began(entry: Uuid, number: i32) -> String {
    format!("went_live {entry} {number}")
}

pub fn expired(entry: Uuid, number: i32) -> String {
    format!("expired {entry} {number}")
}

/// A change that plans a revision; both times are intervals from its instant.
pub fn planned(entry: Uuid, number: i32, from: &str, until: Option<&str>) -> String {
    format!("{CHANGE}; {}", opening(entry, number, from, until))
}

/// The same within a change that has begun.
pub fn opening(entry: Uuid, number: i32, from: &str, until: Option<&str>) -> String {
    let from = format!("{INSTANT} + interval '{from}'");
    let until = until.map_or("null".to_owned(), |until| format!("{INSTANT} + interval '{until}'"));
    format!(
        "insert into publications (id, entry_id, locale, number, kind, during, first_published_at, published_at, title, \
           title_sort, card, facets, derived_by, opened_at, until) \
         values (gen_random_uuid(), '{entry}', 'en', {number}, 'page', tstzrange({from}, {until}), mh_now(), mh_now(), \
           'Lantern', 'Lantern', '{{}}', '{{}}', 1, {INSTANT}, {until}); {}",
        event(entry)
    )
}

/// Opens a transaction, runs statements and leaves it open.
pub async fn hold(conn: &mut AsyncPgConnection, sql: &str) {
    conn.batch_execute(&format!("begin; {sql}")).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
}

pub async fn end(conn: &mut AsyncPgConnection, how: &str) {
    conn.batch_execute(how).await.unwrap_or_else(|error| panic!("{how}: {error}"));
}
