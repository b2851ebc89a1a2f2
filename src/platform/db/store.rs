//! The store: the three ways to the database (read, change, housekeep) and the pools behind them.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::change::{Change, Housekeeping, Recorded, SiteState, now};
use super::connect::Target;
use super::pool::{Pool, PoolSettings};
use super::prepared::Prepare;
use super::transaction::Transaction;
use super::watch::{Keep, Look, SiteWatch};
use crate::platform::access::Actor;
use crate::platform::problem::Problem;

const READ: &str = "begin isolation level repeatable read read only";
const WRITE: &str = "begin isolation level read committed read write";

/// Where the store connects, and how many connections it may hold.
#[derive(Debug, Clone)]
pub struct StoreConfig {
    /// The role that reads and writes everything that editors work with.
    pub service: Target,
    /// The role of the read API, which sees public rows alone. The same as `service` where no such role exists.
    pub reader: Target,
    /// Connections of the service pool; the reader has as many.
    pub connections: usize,
    /// How long a request waits for a connection before it is answered 503.
    pub wait: Duration,
    /// Statements that take so long or longer are told in the log; none when there is no such limit.
    pub slow: Option<Duration>,
}

/// The only way to the database.
#[derive(Debug, Clone)]
pub struct Store {
    pub(super) service: Pool,
    pub(super) reader: Pool,
    pub(super) watch: SiteWatch,
}

/// An open read-only snapshot for an answer of the admin API: drafts included.
pub struct Read<'a> {
    conn: &'a mut AsyncPgConnection,
    /// The instant and site version that this snapshot shows.
    pub at: SiteState,
    /// The site's default locale.
    pub locale: String,
}

/// An open read-only snapshot for an answer of the read API: its role cannot see what is not public.
pub struct PublicRead<'a> {
    conn: &'a mut AsyncPgConnection,
    /// The instant and site version that this snapshot shows.
    pub at: SiteState,
    /// The site's default locale.
    pub locale: String,
    /// How an answer from this snapshot can be kept.
    pub keep: Keep,
}

#[derive(QueryableByName)]
struct SiteRow {
    #[diesel(embed)]
    at: SiteState,
    #[diesel(sql_type = sql_types::Text)]
    default_locale: String,
}

#[derive(QueryableByName)]
struct PublicSiteRow {
    #[diesel(embed)]
    site: SiteRow,
    #[diesel(sql_type = sql_types::Nullable<sql_types::Timestamptz>)]
    next: Option<DateTime<Utc>>,
}

const SITE: &str = "select greatest(mh_now(), changed_at) as instant, version, default_locale from site";

/// The inner query is a fence: instant and boundary come from one look at the clock.
const PUBLIC_SITE: &str = "select s.instant, s.version, s.default_locale, mh.next_boundary(s.instant) as next \
    from (select instant, version, default_locale from mh.public_site offset 0) s";

impl Read<'_> {
    /// The connection, for the SQL of `store.rs` files.
    pub fn conn(&mut self) -> &mut AsyncPgConnection {
        self.conn
    }
}

impl PublicRead<'_> {
    /// The connection, for the SQL of `store.rs` files.
    pub fn conn(&mut self) -> &mut AsyncPgConnection {
        self.conn
    }
}

impl Store {
    /// Makes the pools; connects when first asked.
    ///
    /// # Errors
    /// When a pool cannot be built.
    pub fn new(config: &StoreConfig) -> Result<Self, Problem> {
        let StoreConfig { connections, wait, slow, .. } = *config;
        let settings = PoolSettings { connections, wait, slow };
        Ok(Self {
            service: Pool::new(&config.service, settings)?,
            reader: Pool::new(&config.reader, settings)?,
            watch: SiteWatch::default(),
        })
    }

    /// What this process knows of the state of everything public. Its own changes and reads keep it up to date; of those of
    /// others it learns by a [`Listener`](super::Listener).
    #[must_use]
    pub fn watch(&self) -> &SiteWatch {
        &self.watch
    }

    /// Reads for the admin API in one snapshot.
    ///
    /// # Errors
    /// What the closure gives, or that the database is away.
    pub async fn read<T>(
        &self,
        work: impl AsyncFnOnce(&mut Read<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut transaction = Transaction::begin(&self.service, READ).await?;
        let conn = transaction.conn()?;
        let site: Result<SiteRow, _> = sql_query(SITE).prepared().get_result(conn).await;
        let outcome = match site {
            Ok(row) => work(&mut Read { conn, at: row.at, locale: row.default_locale }).await,
            Err(error) => Err(error.into()),
        };
        transaction.end(outcome).await
    }

    /// Reads for the read API in one snapshot, as the role that sees public rows alone. The instant and the site version
    /// are read first, so an answer never mixes two states.
    ///
    /// # Errors
    /// What the closure gives, or that the database is away.
    pub async fn read_public<T>(
        &self,
        work: impl AsyncFnOnce(&mut PublicRead<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut transaction = Transaction::begin(&self.reader, READ).await?;
        let conn = transaction.conn()?;
        let began = Instant::now();
        let row: Result<PublicSiteRow, _> = sql_query(PUBLIC_SITE).prepared().get_result(conn).await;
        let outcome = match row {
            Ok(PublicSiteRow { site: SiteRow { at, default_locale }, next }) => {
                let look = Look { version: at.version, instant: at.instant, next, began };
                let keep = self.watch.saw(look);
                work(&mut PublicRead { conn, at, locale: default_locale, keep }).await
            }
            Err(error) => Err(error.into()),
        };
        transaction.end(outcome).await
    }

    /// Changes facts in one transaction that must record what happened.
    ///
    /// # Errors
    /// What the closure gives, what Postgres refuses, or that the database is away. Then nothing has changed.
    pub async fn change<T>(
        &self,
        actor: &Actor,
        work: impl AsyncFnOnce(&mut Change<'_>) -> Result<Recorded<T>, Problem>,
    ) -> Result<T, Problem> {
        let mut transaction = Transaction::begin(&self.service, WRITE).await?;
        let mut change = Change { conn: transaction.conn()?, actor, instant: None };
        let outcome = work(&mut change).await.map(|recorded| recorded.0);
        let public = change.instant.is_some();
        let ended = transaction.end(outcome).await;
        if public {
            // Whatever became of it: whoever made it reads on what it made.
            self.watch.changed();
        }
        ended
    }

    /// Does bookkeeping that is no fact.
    ///
    /// # Errors
    /// What the closure gives, or that the database is away.
    pub async fn housekeep<T>(
        &self,
        work: impl AsyncFnOnce(&mut Housekeeping<'_>) -> Result<T, Problem>,
    ) -> Result<T, Problem> {
        let mut transaction = Transaction::begin(&self.service, WRITE).await?;
        let outcome = work(&mut Housekeeping { conn: transaction.conn()? }).await;
        transaction.end(outcome).await
    }

    /// The database's time; also the cheapest proof that it answers.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn now(&self) -> Result<DateTime<Utc>, Problem> {
        let mut conn = self.service.get().await?;
        now(&mut conn).await
    }

    /// A secret that all processes of the installation share.
    ///
    /// # Errors
    /// When the database is away, or has no such key.
    pub async fn key(&self, name: &str) -> Result<[u8; 32], Problem> {
        #[derive(QueryableByName)]
        struct Key {
            #[diesel(sql_type = sql_types::Binary)]
            secret: Vec<u8>,
        }
        let mut conn = self.service.get().await?;
        let row: Key = sql_query("select secret from keys where name = $1")
            .bind::<sql_types::Text, _>(name)
            .get_result(&mut conn)
            .await?;
        row.secret.try_into().map_err(|_| Problem::internal("a key of the database has not 32 bytes"))
    }

    /// Closes all connections; those in use end with their work.
    pub fn close(&self) {
        self.service.close();
        self.reader.close();
    }
}
