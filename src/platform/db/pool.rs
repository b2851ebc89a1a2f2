//! Connections of one role, kept ready: who waits for one, what is asked on it, and what is slow.

use std::fmt;
use std::time::{Duration, Instant};

use diesel::ConnectionError;
use diesel_async::pooled_connection::deadpool::{Object, Pool as Deadpool};
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;

use super::connect::{self, Target};
use super::queries::{Queries, Watched};
use crate::platform::metrics::{Count, Durations};
use crate::platform::problem::{Code, Problem};
use std::sync::Arc;

/// Limits of a session, set on every connection: a statement 5 s, a lock 2 s, idle in a transaction 10 s. No statement here
/// runs long enough to be worth compiling, or helpers that have to be started.
const SESSION: &str = "set statement_timeout = '5s'; set lock_timeout = '2s'; \
    set idle_in_transaction_session_timeout = '10s'; set synchronous_commit = on; set timezone = 'UTC'; \
    set jit = off; set max_parallel_workers_per_gather = 0";

/// How the pools of a store are made.
#[derive(Debug, Clone, Copy)]
pub(super) struct PoolSettings {
    /// Connections at most.
    pub connections: usize,
    /// How long somebody waits for one.
    pub wait: Duration,
    /// What takes so long or longer is told in the log; nothing when there is no such limit.
    pub slow: Option<Duration>,
}

/// The connections of one role. Clones share them.
#[derive(Clone)]
pub(super) struct Pool {
    connections: Deadpool<AsyncPgConnection>,
    counted: Arc<Counted>,
}

/// What happened in a pool so far.
#[derive(Debug, Default)]
struct Counted {
    waits: Durations,
    refused: Count,
    queries: Arc<Queries>,
}

/// The state of a pool at a moment.
#[derive(Debug, Clone, Copy)]
pub(super) struct PoolState {
    pub most: usize,
    pub in_use: usize,
    pub idle: usize,
    pub waiting: usize,
}

impl Pool {
    /// Connects when first asked.
    ///
    /// # Errors
    /// When the pool cannot be built.
    pub fn new(target: &Target, settings: PoolSettings) -> Result<Self, Problem> {
        let counted = Arc::new(Counted::default());
        let (target, queries) = (target.clone(), counted.queries.clone());
        let mut manager = ManagerConfig::default();
        manager.recycling_method = RecyclingMethod::Fast;
        manager.custom_setup = Box::new(move |_| {
            let (target, watched) = (target.clone(), Watched::new(queries.clone(), settings.slow));
            async move { connect_session(&target, watched).await }.boxed()
        });
        let connections = Deadpool::builder(AsyncDieselConnectionManager::new_with_config("", manager))
            .max_size(settings.connections)
            .wait_timeout(Some(settings.wait))
            .create_timeout(Some(settings.wait))
            .recycle_timeout(Some(settings.wait))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .map_err(Problem::internal)?;
        Ok(Self { connections, counted })
    }

    /// A connection, as soon as one is free.
    ///
    /// # Errors
    /// 503 when none becomes free in time, or the database is away.
    pub async fn get(&self) -> Result<Object<AsyncPgConnection>, Problem> {
        let began = Instant::now();
        let got = self.connections.get().await;
        self.counted.waits.observe(began.elapsed());
        got.map_err(|error| {
            self.counted.refused.add();
            Problem::new(Code::Unavailable)
                .detail("The database does not answer. Nothing was changed; try again.")
                .caused_by(error)
        })
    }

    /// Closes all connections; those in use end with their work.
    pub fn close(&self) {
        self.connections.close();
    }

    pub fn state(&self) -> PoolState {
        let status = self.connections.status();
        PoolState {
            most: status.max_size,
            in_use: status.size.saturating_sub(status.available),
            idle: status.available,
            waiting: status.waiting,
        }
    }

    pub fn waits(&self) -> &Durations {
        &self.counted.waits
    }

    pub fn refused(&self) -> u64 {
        self.counted.refused.get()
    }

    pub fn queries(&self) -> &Queries {
        &self.counted.queries
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("state", &self.state()).finish_non_exhaustive()
    }
}

async fn connect_session(target: &Target, watched: Watched) -> diesel::ConnectionResult<AsyncPgConnection> {
    let mut conn = connect::establish(target)
        .await
        .map_err(|error| ConnectionError::BadConnection(error.to_string()))?;
    conn.batch_execute(SESSION).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    conn.set_instrumentation(watched);
    Ok(conn)
}
