//! Keeps a process informed of the state of everything public: each change is told by the database, and four times a second
//! it is asked, because what is told can be lost.

use std::future::poll_fn;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::DateTime;
use futures_util::FutureExt;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client, Statement};

use super::connect::{self, ConnectError, Link, Target};
use super::watch::{Look, SiteWatch};

/// How often the database is asked.
const EVERY: Duration = Duration::from_millis(250);

/// What takes longer than this is away. With the pause before it an answer is so never older than a second unmarked.
const PATIENCE: Duration = Duration::from_millis(700);

/// How long until it is tried again to reach a database that is away.
const PAUSE: Duration = Duration::from_millis(200);

/// Instants as whole microseconds, which is how far the database tells them apart. The inner query is a fence, so that
/// both come from one look at the clock.
const LOOK: &str = "select s.version, (extract(epoch from s.instant) * 1000000)::bigint, \
      (extract(epoch from mh.next_boundary(s.instant)) * 1000000)::bigint \
    from (select version, instant from mh.public_site offset 0) s";

/// A task that watches the site.
#[must_use = "it ends when it is dropped"]
pub struct Listener(JoinHandle<()>);

impl Listener {
    /// Starts watching as the role of the read API. Must be called on a tokio runtime.
    pub fn start(target: Target, watch: SiteWatch) -> Self {
        Self(tokio::spawn(async move {
            loop {
                let error = listen(&target, &watch).await;
                watch.away();
                tracing::debug!(%error, "the state of the site is not known; trying again");
                sleep(PAUSE).await;
            }
        }))
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error(transparent)]
    Connect(#[from] ConnectError),
    #[error(transparent)]
    Driver(#[from] tokio_postgres::Error),
    #[error("the database does not answer in time")]
    Slow(#[from] tokio::time::error::Elapsed),
    #[error("the database gave an instant that no clock has")]
    Instant,
}

/// Watches over one connection until it fails.
async fn listen(target: &Target, watch: &SiteWatch) -> Lost {
    let (client, link) = match timeout(PATIENCE, connect::connect(target)).await {
        Ok(Ok(connection)) => connection,
        Ok(Err(error)) => return error.into(),
        Err(slow) => return slow.into(),
    };
    let told = Arc::new(Notify::new());
    let receiving = receive(link, watch.clone(), told.clone());
    let asking = ask(&client, watch, &told);
    tokio::select! {
        error = receiving => error.into(),
        error = asking => error,
    }
}

/// Drives the connection, and takes in what the database tells.
async fn receive(mut link: Link, watch: SiteWatch, told: Arc<Notify>) -> tokio_postgres::Error {
    loop {
        match poll_fn(|cx| link.poll_message(cx)).await {
            Some(Ok(AsyncMessage::Notification(note))) => {
                match note.payload().parse() {
                    Ok(version) => watch.has_version(version),
                    Err(_) => watch.changed(),
                }
                told.notify_one();
            }
            Some(Ok(_)) => {}
            Some(Err(error)) => return error,
            // The end of the stream without an error: whoever asks next learns that the connection is closed.
            None => std::future::pending().await,
        }
    }
}

async fn ask(client: &Client, watch: &SiteWatch, told: &Notify) -> Lost {
    let statement = match timeout(PATIENCE, begin(client)).await {
        Ok(Ok(statement)) => statement,
        Ok(Err(error)) => return error.into(),
        Err(slow) => return slow.into(),
    };
    loop {
        match timeout(PATIENCE, look(client, &statement)).await {
            Ok(Ok(look)) => {
                watch.saw(look);
            }
            Ok(Err(lost)) => return lost,
            Err(slow) => return slow.into(),
        }
        tokio::select! {
            () = told.notified() => (),
            () = sleep(EVERY) => (),
        }
    }
}

async fn begin(client: &Client) -> Result<Statement, tokio_postgres::Error> {
    client.batch_execute("set timezone = 'UTC'; set jit = off; listen masthead_site").await?;
    client.prepare(LOOK).await
}

async fn look(client: &Client, statement: &Statement) -> Result<Look, Lost> {
    let began = Instant::now();
    let row = client.query_one(statement, &[]).boxed().await?;
    let instant = DateTime::from_timestamp_micros(row.get(1)).ok_or(Lost::Instant)?;
    let next: Option<i64> = row.get(2);
    Ok(Look { version: row.get(0), instant, next: next.and_then(DateTime::from_timestamp_micros), began })
}
