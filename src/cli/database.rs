//! Which database a command works with: the one of `DATABASE_URL`, or the private cluster, which lives as long as this
//! value does.

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Args;
use secrecy::{ExposeSecret, SecretString};
use tokio::signal::unix::{SignalKind, signal};

use super::{Context, Failure, block_on, result, say};
use crate::app::App;
use crate::config::DatabaseConfig;
use crate::content;
use crate::platform::db::cluster::{Cluster, ClusterOptions, ClusterRole, KeptAlive};
use crate::platform::db::connect::Target;
use crate::platform::db::migrate::{self, Roles};
use crate::platform::db::{Store, StoreConfig};
use crate::platform::storage::Storage;

/// How often the private server is looked after.
const LOOK: Duration = Duration::from_millis(250);

/// How long a start goes on trying when the private server is away.
const PATIENCE: Duration = Duration::from_secs(20);

/// The database of this process.
pub(super) struct Database {
    cluster: Option<Cluster>,
    /// The role that migrates.
    pub owner: Target,
    pub service: Target,
    pub reader: Target,
    pub roles: Roles,
    connections: usize,
    wait: Duration,
    slow: Option<Duration>,
}

impl Database {
    /// Finds, and if need be starts, the database. To be called on the main thread.
    pub(super) fn open(config: &DatabaseConfig) -> Result<Self, Failure> {
        let mut database = match &config.database_url {
            Some(url) => Self::existing(config, url)?,
            None => Self::private(config)?,
        };
        database.connections = usize::try_from(config.database_connections).unwrap_or(16);
        database.wait = Duration::from_millis(config.database_wait_ms);
        database.slow = config.slow();
        Ok(database)
    }

    fn existing(config: &DatabaseConfig, url: &SecretString) -> Result<Self, Failure> {
        let service = parse("DATABASE_URL", url)?;
        let owner = config.migrate_url.as_ref().map(|url| parse("MASTHEAD_MIGRATE_URL", url)).transpose()?;
        let reader = config.reader_url.as_ref().map(|url| parse("MASTHEAD_READER_URL", url)).transpose()?;
        let lesser = owner.is_some();
        let roles = Roles {
            service: lesser.then(|| service.config().get_user().map(str::to_owned)).flatten(),
            reader: reader.as_ref().and_then(|target| target.config().get_user().map(str::to_owned)),
        };
        Ok(Self {
            cluster: None,
            owner: owner.unwrap_or_else(|| service.clone()),
            reader: reader.unwrap_or_else(|| service.clone()),
            service,
            roles,
            connections: 0,
            wait: Duration::ZERO,
            slow: None,
        })
    }

    fn private(config: &DatabaseConfig) -> Result<Self, Failure> {
        let cluster = Cluster::open(ClusterOptions {
            data_dir: config.data_dir.clone(),
            bin_dir: config.postgres_bin.clone(),
            run_as: config.postgres_user.clone(),
            executable: std::env::current_exe()?,
        })?;
        let target = |role| Target::parse(&cluster.url(role));
        Ok(Self {
            owner: target(ClusterRole::Owner)?,
            service: target(ClusterRole::Service)?,
            reader: target(ClusterRole::Reader)?,
            roles: Roles {
                service: Some(ClusterRole::Service.name().to_owned()),
                reader: Some(ClusterRole::Reader.name().to_owned()),
            },
            cluster: Some(cluster),
            connections: 0,
            wait: Duration::ZERO,
            slow: None,
        })
    }

    /// The address that `doctor` and `migrate` speak of, without secrets.
    pub(super) fn cluster(&self) -> Option<&Cluster> {
        self.cluster.as_ref()
    }

    /// Brings the schema up to date and puts the services together.
    pub(super) async fn app(&self, storage: Storage) -> Result<App, Failure> {
        migrate::run(&self.owner, &self.roles).await?;
        Ok(App::new(self.store(&self.service)?, storage, content::kinds()).await?)
    }

    /// A store that works as this role.
    pub(super) fn store(&self, service: &Target) -> Result<Store, Failure> {
        Ok(Store::new(&StoreConfig {
            service: service.clone(),
            reader: self.reader.clone(),
            connections: self.connections,
            wait: self.wait,
            slow: self.slow,
        })?)
    }

    /// Does the work of a start, again when the private server went away meanwhile: the process that ran it may have
    /// been stopped, and then one of those that are starting takes over. The work must bear to be repeated.
    pub(super) async fn prepare<T>(
        &mut self,
        work: impl AsyncFn(&Self) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let deadline = Instant::now() + PATIENCE;
        let mut running = false;
        loop {
            let failure = match work(self).await {
                Ok(done) => return Ok(done),
                Err(failure) => failure,
            };
            // What fails twice beside a running server has another cause.
            let was_running = std::mem::replace(&mut running, self.look_after());
            if self.cluster.is_none() || (was_running && running) || Instant::now() > deadline {
                return Err(failure);
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Looks after the private server until the other work is done.
    pub(super) async fn alive_during<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        let mut tick = tokio::time::interval(LOOK);
        loop {
            tokio::select! {
                done = &mut work => return done,
                _ = tick.tick() => { self.look_after(); }
            }
        }
    }

    /// Starts the private server again when it is gone. Gives whether it was running already.
    fn look_after(&mut self) -> bool {
        let Some(cluster) = &mut self.cluster else { return true };
        match cluster.keep_alive() {
            Ok(KeptAlive::Running) => return true,
            Ok(KeptAlive::Waiting) => {}
            Ok(KeptAlive::Restarted) => tracing::warn!("the private Postgres was gone and runs again"),
            Err(error) => tracing::error!(%error, "the private Postgres cannot be started again"),
        }
        false
    }

    /// Stops the private server if this process runs it.
    pub(super) fn stop(self) -> Result<(), Failure> {
        match self.cluster {
            Some(cluster) => Ok(cluster.stop()?),
            None => Ok(()),
        }
    }
}

fn parse(variable: &str, url: &SecretString) -> Result<Target, Failure> {
    Target::parse(url.expose_secret()).map_err(|error| Failure::new(format!("{variable}: {error}")))
}

/// Does a short piece of work with the database and the services, then lets go of both.
pub(super) fn with_app<T>(
    context: &Context,
    work: impl AsyncFnOnce(&App) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let storage = context.storage()?;
    let mut database = Database::open(&context.database)?;
    let done = block_on(async {
        let app = database.app(storage).await?;
        let done = database.alive_during(work(&app)).await;
        app.store.close();
        done
    });
    database.stop()?;
    done
}

/// `masthead database`.
#[derive(Debug, Args)]
pub(super) struct Run {
    /// End when standard input is closed, as it is when the program that started this one ends.
    #[arg(long)]
    until_stdin_closes: bool,
}

impl Run {
    pub(super) fn run(self, context: &Context) -> Result<ExitCode, Failure> {
        let mut database = Database::open(&context.database)?;
        let Some(cluster) = database.cluster() else {
            return Err(Failure::new(
                "DATABASE_URL names a database that Masthead does not run; connect to it directly",
            ));
        };
        result(&cluster.url(ClusterRole::Owner))?;
        result(&cluster.url(ClusterRole::Service))?;
        result(&cluster.url(ClusterRole::Reader))?;
        result(&cluster.superuser_url("postgres"))?;
        say("Addresses of the owner, the service, the reader and the superuser. Ctrl-C ends the database.");
        block_on(async {
            let (mut term, mut int) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
            let closed = stdin_closes(self.until_stdin_closes);
            let end = async {
                tokio::select! { _ = term.recv() => (), _ = int.recv() => (), () = closed => () }
            };
            database.alive_during(end).await;
            Ok::<_, Failure>(())
        })?;
        database.stop()?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Waits for the end of standard input, or for ever. On a thread that is left behind: a read cannot be called off.
async fn stdin_closes(wanted: bool) {
    if !wanted {
        return std::future::pending().await;
    }
    let (ended, end) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let read = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        // Nobody listens any more when a signal was faster.
        let _ = ended.send(read);
    });
    let _ = end.await;
}
