//! The private Postgres cluster, for when no `DATABASE_URL` is given: found, made, started or adopted, kept alive, stopped.
//! Synchronous, and to be driven from the main thread, because the system ends the server together with the thread that
//! started it.
//!
//! One lock decides everything: the server lock, which the server's processes inherit (see `run`). Who gets it may make and
//! start the cluster; who does not waits until the server answers, and adopts it.

mod account;
mod child;
mod disk;
mod error;
mod find;
mod home;
mod init;
mod install;
mod log;
mod marker;
mod memory;
mod options;
mod run;
#[cfg(test)]
mod scratch;
mod settings;
mod socket;
mod step;

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, Instant};

pub use child::{SUBCOMMAND, ServerChild, run_server_child};
pub use error::ClusterError;
pub use options::{ClusterOptions, ClusterRole, KeptAlive};

use child::Launcher;
use find::Binaries;
use home::Home;
use marker::FolderState;
use run::{PidFile, Started};

/// How long [`Cluster::open`] waits for a server to be ready: ours or another process's, crash recovery included.
const START_LIMIT: Duration = Duration::from_secs(120);

/// After this time of waiting the operator is told what we wait for.
const TELL_AFTER: Duration = Duration::from_secs(3);

/// How long one [`Cluster::keep_alive`] stays with a server that it has started; most are ready in a tenth of that.
const SETTLE: Duration = Duration::from_secs(1);

/// How long attempts to start the server again pause after a failure: doubled each time, within these bounds.
const PAUSES: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(2));

/// How long opening waits for a process that is ending an orphaned server.
const USERS_LIMIT: Duration = Duration::from_secs(30);

/// A running private cluster. Dropping it stops the server as [`Cluster::stop`] does.
#[derive(Debug)]
pub struct Cluster {
    home: Home,
    binaries: Binaries,
    launcher: Launcher,
    socket_folder: PathBuf,
    server: Server,
    /// Shared with all Masthead processes that use the cluster, for as long as they do.
    users: File,
    /// Counts the servers seen ready, to tell a restart from a quiet time.
    seen: u64,
    pause: Duration,
    retry_at: Instant,
}

#[derive(Debug)]
enum Server {
    Away,
    Starting(Started),
    Running(Started),
    Adopted,
}

impl Cluster {
    /// Finds or makes the cluster and starts its server, or adopts one that runs. Waits until it takes connections.
    ///
    /// # Errors
    /// [`ClusterError`]: each variant is one reason. [`ClusterError::NotMainThread`] when called from another thread.
    pub fn open(options: ClusterOptions) -> Result<Self, ClusterError> {
        require_main_thread()?;
        let home = Home::locate(&options.data_dir, options.run_as.as_deref())?;
        let wanted = match marker::inspect(&home.cluster())? {
            FolderState::Absent => None,
            FolderState::Made { major } => Some(major),
        };
        let binaries = find::find(options.bin_dir.as_deref(), wanted)?;
        require_major(&home, &binaries, wanted)?;
        binaries.require_extensions()?;
        let launcher = Launcher::new(options.executable, home.account.clone());
        let users = join_users(&home)?;
        let (server, socket_folder) = (Server::Away, PathBuf::new());
        let (pause, retry_at) = (PAUSES.0, Instant::now());
        let mut cluster =
            Self { home, binaries, launcher, socket_folder, server, users, seen: 0, pause, retry_at };
        cluster.wait_until_up()?;
        Ok(cluster)
    }

    /// The connection address of the content database for a role: a URI for libpq and tokio-postgres, with the socket
    /// folder percent-encoded as its host.
    #[must_use]
    pub fn url(&self, role: ClusterRole) -> String {
        self.address(role.name(), settings::DATABASE)
    }

    /// The connection address of any database of the cluster as its superuser, for `doctor` and for tests.
    #[must_use]
    pub fn superuser_url(&self, database: &str) -> String {
        self.address(settings::SUPERUSER, database)
    }

    fn address(&self, role: &str, database: &str) -> String {
        let host = percent_encoded(&self.socket_folder.display().to_string());
        format!("postgresql://{role}@{host}:{}/{}", socket::PORT, percent_encoded(database))
    }

    /// Whether another process started the server.
    #[must_use]
    pub fn adopted(&self) -> bool {
        matches!(self.server, Server::Adopted)
    }

    /// The version of the server binaries, for example `15.18`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.binaries.version
    }

    /// The cluster folder, the data directory of Postgres.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.home.cluster()
    }

    /// The server's log file.
    #[must_use]
    pub fn log_file(&self) -> PathBuf {
        self.home.log()
    }

    /// Looks after the server: starts it again if it is gone, whoever had started it. To be called every 250 ms or so from
    /// the main thread; returns within about a second.
    ///
    /// # Errors
    /// The reason why the server could not be started, once for each attempt; attempts pause for up to 2 s, during which
    /// the answer is [`KeptAlive::Waiting`].
    pub fn keep_alive(&mut self) -> Result<KeptAlive, ClusterError> {
        require_main_thread()?;
        if matches!(self.server, Server::Away) && Instant::now() < self.retry_at {
            return Ok(KeptAlive::Waiting);
        }
        let seen = self.seen;
        if let Err(error) = self.advance_and_settle() {
            self.retry_at = Instant::now() + self.pause;
            self.pause = (self.pause * 2).min(PAUSES.1);
            return Err(error);
        }
        Ok(match self.server {
            Server::Away | Server::Starting(_) => KeptAlive::Waiting,
            Server::Running(_) | Server::Adopted if self.seen == seen => KeptAlive::Running,
            Server::Running(_) | Server::Adopted => {
                self.pause = PAUSES.0;
                KeptAlive::Restarted
            }
        })
    }

    fn advance_and_settle(&mut self) -> Result<(), ClusterError> {
        let deadline = Instant::now() + SETTLE;
        self.advance(false)?;
        while matches!(self.server, Server::Starting(_)) && Instant::now() < deadline {
            std::thread::sleep(disk::POLL);
            self.advance(false)?;
        }
        Ok(())
    }

    /// Stops the server if this process started it: fast shutdown first, harder after 8 s. Other Masthead processes that
    /// use it start it again. A server that another process started keeps running, unless nobody is left to stop it.
    ///
    /// # Errors
    /// [`ClusterError::StopFailed`] when the server does not even end by force within 13 s.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        self.shut_down()
    }

    fn shut_down(&mut self) -> Result<(), ClusterError> {
        let server = std::mem::replace(&mut self.server, Server::Away);
        let alone = disk::try_exclusive(&self.users, &self.home.users_lock()).unwrap_or(false);
        match server {
            Server::Adopted if alone => run::stop_orphan(&self.home),
            Server::Away | Server::Adopted => Ok(()),
            Server::Starting(mut started) | Server::Running(mut started) => {
                if !alone {
                    tracing::info!(
                        "other Masthead processes use the database; one of them will start it again"
                    );
                }
                started.stop()?;
                self.remove_socket_folder();
                Ok(())
            }
        }
    }

    /// Tidies up, unless another process has begun to start the server again.
    fn remove_socket_folder(&self) {
        let path = self.home.server_lock();
        let Ok(lock) = disk::open_lock(&path, &self.home.account) else {
            return;
        };
        if disk::try_exclusive(&lock, &path).unwrap_or(false) {
            fs::remove_dir(&self.socket_folder).ok();
        }
    }

    fn wait_until_up(&mut self) -> Result<(), ClusterError> {
        let began = Instant::now();
        let mut told = false;
        loop {
            self.advance(true)?;
            if matches!(self.server, Server::Running(_) | Server::Adopted) {
                return Ok(());
            }
            if began.elapsed() >= START_LIMIT {
                return Err(self.not_ready());
            }
            if !told && began.elapsed() >= TELL_AFTER {
                told = true;
                let status = PidFile::read(&self.home.cluster()).map(|file| file.status);
                tracing::info!(?status, "waiting for the database; after a crash it recovers first");
            }
            std::thread::sleep(disk::POLL);
        }
    }

    fn not_ready(&self) -> ClusterError {
        let holder = PidFile::read(&self.home.cluster()).map_or_else(
            || "still making the cluster, or ending".to_owned(),
            |file| {
                format!("process {}, {}, socket in {}", file.pid, file.status, file.socket_folder.display())
            },
        );
        ClusterError::Busy {
            folder: self.home.cluster(),
            holder,
            seconds: START_LIMIT.as_secs(),
            log: self.home.log(),
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.shut_down() {
            tracing::error!(%error, "the private database was not stopped");
        }
    }
}

/// Shares the users lock. Whoever ends an orphaned server holds it alone, and only until that has ended.
fn join_users(home: &Home) -> Result<File, ClusterError> {
    let path = home.users_lock();
    let users = disk::open_lock(&path, &home.account)?;
    if disk::shared_within(&users, &path, USERS_LIMIT)? {
        return Ok(users);
    }
    Err(ClusterError::Busy {
        folder: home.cluster(),
        holder: "a Masthead process that is stopping it".to_owned(),
        seconds: USERS_LIMIT.as_secs(),
        log: home.log(),
    })
}

fn require_major(home: &Home, binaries: &Binaries, wanted: Option<u32>) -> Result<(), ClusterError> {
    match wanted {
        Some(folder_major) if folder_major != binaries.major => Err(ClusterError::WrongMajor {
            folder: home.cluster(),
            folder_major,
            found: binaries.version.clone(),
        }),
        _ => Ok(()),
    }
}

/// Only Linux ties a child to a thread of its parent.
#[cfg(target_os = "linux")]
fn require_main_thread() -> Result<(), ClusterError> {
    if nix::unistd::gettid() == nix::unistd::getpid() { Ok(()) } else { Err(ClusterError::NotMainThread) }
}

#[cfg(not(target_os = "linux"))]
fn require_main_thread() -> Result<(), ClusterError> {
    Ok(())
}

/// Leaves only the unreserved characters of RFC 3986 as they are.
fn percent_encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(encode).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_percent_encoded() {
        assert_eq!(percent_encoded("/tmp/a-b_c d"), "%2Ftmp%2Fa-b_c%20d");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn another_thread_than_the_main_one_is_refused() {
        let options = ClusterOptions {
            data_dir: PathBuf::from("/nonexistent"),
            bin_dir: None,
            run_as: None,
            executable: PathBuf::from("/nonexistent"),
        };
        let outcome = std::thread::spawn(|| Cluster::open(options).map(drop)).join().unwrap();
        assert!(matches!(outcome, Err(ClusterError::NotMainThread)));
    }
}
