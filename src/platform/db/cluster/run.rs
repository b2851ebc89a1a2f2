//! Starts and ends one server, and reads what it says about itself.
//!
//! The server lock is the server's standard input: every process of Postgres inherits it, so it is held exactly as long
//! as any of them lives, whatever became of Masthead, and across process namespaces. Who takes it knows that none lives.

use std::fs::{self, File};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::child::Launcher;
use super::disk::{self, POLL};
use super::error::ClusterError;
use super::find::Binaries;
use super::home::Home;
use super::log::ServerLog;
use super::settings;
use super::socket;

/// How long the server may take after each signal: a fast shutdown, an immediate one, the end by force.
const STOPS: [(Signal, Duration); 3] = [
    (Signal::SIGINT, Duration::from_secs(8)),
    (Signal::SIGQUIT, Duration::from_secs(3)),
    (Signal::SIGKILL, Duration::from_secs(2)),
];

/// A server that this process has started.
#[derive(Debug)]
pub(super) struct Started {
    child: Child,
    log_start: u64,
}

/// How a server that we started is doing.
pub(super) enum Progress {
    /// It is not ready for connections yet.
    Starting,
    /// It takes connections.
    Ready,
    /// It has ended, as the text says.
    Ended(String),
}

impl Started {
    /// Starts the server. It takes over `lock`, which the caller holds exclusively.
    pub(super) fn spawn(
        home: &Home,
        binaries: &Binaries,
        launcher: &Launcher,
        socket_folder: &Path,
        lock: File,
    ) -> Result<Self, ClusterError> {
        let cluster = home.cluster();
        settings::write_access(&cluster, &home.account)?;
        let (out, log_start) = ServerLog::of(home).open()?;
        let err = out.try_clone().map_err(ClusterError::at("open", &home.log()))?;
        let mut command = launcher.command(&binaries.postgres());
        command.args(settings::arguments(&cluster, socket_folder));
        command.stdin(Stdio::from(lock)).stdout(Stdio::from(out)).stderr(Stdio::from(err));
        let child = command.spawn().map_err(launcher.failed())?;
        Ok(Self { child, log_start })
    }

    /// Looks at the server without waiting, and reaps it if it has ended.
    pub(super) fn progress(&mut self, cluster: &Path) -> Result<Progress, ClusterError> {
        let waited = self.child.try_wait().map_err(ClusterError::at("wait for the server of", cluster))?;
        if let Some(status) = waited {
            return Ok(Progress::Ended(status.to_string()));
        }
        let ready = PidFile::read(cluster).is_some_and(|file| file.pid == self.child.id() && file.ready());
        Ok(if ready { Progress::Ready } else { Progress::Starting })
    }

    /// The error for a server that ended before it was ready.
    pub(super) fn failure(&self, status: String, log: &ServerLog, cluster: &Path) -> ClusterError {
        let tail = log.tail(self.log_start);
        ClusterError::disk_full(cluster, &tail).unwrap_or_else(|| ClusterError::StartFailed {
            status,
            log: log.path().to_path_buf(),
            tail,
        })
    }

    /// Asks the server for a fast shutdown and does not wait.
    pub(super) fn ask_to_stop(&self) {
        send(self.child.id(), Signal::SIGINT);
    }

    /// Ends the server: gently, then less so.
    pub(super) fn stop(&mut self) -> Result<(), ClusterError> {
        let pid = self.child.id();
        for (signal, limit) in STOPS {
            send(pid, signal);
            let deadline = Instant::now() + limit;
            while Instant::now() < deadline {
                // An error means that it is no child of ours any more, so it has been reaped.
                if !matches!(self.child.try_wait(), Ok(None)) {
                    return Ok(());
                }
                std::thread::sleep(POLL);
            }
            tracing::warn!(pid, %signal, "the database did not stop in time");
        }
        Err(stop_failed(pid))
    }
}

/// Ends a server that nobody owns any more: one whose Masthead is gone, on a system without the parent-death signal.
/// The caller holds the users lock exclusively, so nobody is using it.
pub(super) fn stop_orphan(home: &Home) -> Result<(), ClusterError> {
    let path = home.server_lock();
    let lock = disk::open_lock(&path, &home.account)?;
    let Some(file) = PidFile::read(&home.cluster()) else {
        return Ok(());
    };
    for (signal, limit) in STOPS {
        let deadline = Instant::now() + limit;
        let mut sent = false;
        while Instant::now() < deadline {
            if disk::try_exclusive(&lock, &path)? {
                return Ok(());
            }
            if !sent && serves(file.pid, &home.cluster()) {
                send(file.pid, signal);
                sent = true;
            }
            std::thread::sleep(POLL);
        }
    }
    Err(stop_failed(file.pid))
}

fn stop_failed(pid: u32) -> ClusterError {
    let seconds = STOPS.iter().map(|(_, limit)| limit.as_secs()).sum();
    ClusterError::StopFailed { pid, seconds }
}

/// Whether the process is a server of this cluster: a server works in its folder. The number may by now belong to
/// another process, or to another namespace.
#[cfg(target_os = "linux")]
fn serves(pid: u32, cluster: &Path) -> bool {
    fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == cluster)
}

#[cfg(not(target_os = "linux"))]
fn serves(pid: u32, _cluster: &Path) -> bool {
    i32::try_from(pid).is_ok_and(|pid| kill(Pid::from_raw(pid), None).is_ok())
}

fn send(pid: u32, signal: Signal) {
    // The only failure is that the process is gone, which is what the signal is for.
    if let Ok(pid) = i32::try_from(pid) {
        kill(Pid::from_raw(pid), signal).ok();
    }
}

/// What `postmaster.pid` says: one fact a line, the status on the eighth (`src/include/utils/pidfile.h` of Postgres).
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: u32,
    port: u16,
    pub(super) socket_folder: PathBuf,
    pub(super) status: String,
}

impl PidFile {
    /// The file of this cluster, if it is there and complete.
    pub(super) fn read(cluster: &Path) -> Option<Self> {
        Self::parse(&fs::read_to_string(cluster.join("postmaster.pid")).ok()?)
    }

    fn parse(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.lines().collect();
        Some(Self {
            pid: lines.first()?.trim().parse().ok()?,
            port: lines.get(3)?.trim().parse().ok()?,
            socket_folder: PathBuf::from(lines.get(4)?),
            status: lines.get(7)?.trim().to_owned(),
        })
    }

    fn ready(&self) -> bool {
        self.status == "ready"
    }

    /// Whether the server says it is ready and its socket answers.
    pub(super) fn answers(&self) -> bool {
        self.ready() && UnixStream::connect(socket::file(&self.socket_folder, self.port)).is_ok()
    }
}

/// The server of this cluster that somebody started by hand, without our lock, if there is one. The caller holds the
/// server lock.
///
/// A pid file whose number is taken by something that is no server of ours is removed: the new server would take that for
/// an older server and refuse to start. It may be a zombie that its parent has not reaped yet, or, after a restart of a
/// container, where numbers repeat, any process.
pub(super) fn started_by_hand(cluster: &Path) -> Result<Option<PidFile>, ClusterError> {
    let Some(file) = PidFile::read(cluster) else {
        return Ok(None);
    };
    if serves(file.pid, cluster) {
        return Ok(Some(file));
    }
    if misleads(file.pid) {
        let path = cluster.join("postmaster.pid");
        tracing::info!(pid = file.pid, "removing the pid file of a server that is dead");
        fs::remove_file(&path).map_err(ClusterError::at("remove", &path))?;
    }
    Ok(None)
}

/// Whether the number, known not to be that of a server, is taken all the same. Where we may not look, neither may the
/// server, and it takes such a number for a dead one.
fn misleads(pid: u32) -> bool {
    let elsewhere = fs::read_link(format!("/proc/{pid}/cwd")).is_ok();
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The state follows the name, which stands in parentheses and may itself hold some (proc(5)).
    let state = stat.rsplit(')').next().unwrap_or_default().trim_start();
    elsewhere || state.starts_with('Z') || state.starts_with('X')
}

#[cfg(test)]
mod tests {
    use super::super::scratch::Scratch;
    use super::*;

    #[test]
    fn the_pid_file_is_read_by_lines() {
        let text = "4711\n/srv/pg\n1795462729\n5432\n/run/sock\n\n 10010721 9\nready   \n";
        let file = PidFile::parse(text).unwrap();
        assert_eq!((file.pid, file.port, file.socket_folder.as_path()), (4711, 5432, Path::new("/run/sock")));
        assert!(file.ready());
        assert!(!file.answers(), "nobody listens there");
        assert!(!PidFile::parse(&text.replace("ready", "stopping")).unwrap().ready());
        // While it starts, the server has not written all lines.
        assert_eq!(PidFile::parse("4711\n/srv/pg\n1795462729\n5432\n/run/sock\n"), None);
        assert_eq!(PidFile::parse(""), None);
    }

    #[test]
    fn a_pid_file_that_would_mislead_the_server_is_removed() {
        let scratch = Scratch::new();
        let path = scratch.path().join("postmaster.pid");
        let content = |pid: u32| format!("{pid}\n/x\n1\n5432\n/run/sock\n\n1 1\nready\n");
        // Our own number: alive, but no server of that folder.
        fs::write(&path, content(std::process::id())).unwrap();
        assert_eq!(started_by_hand(scratch.path()).unwrap(), None);
        assert_eq!(path.exists(), cfg!(not(target_os = "linux")));
        // A zombie: ended, and not yet waited for.
        let mut zombie = std::process::Command::new("true").spawn().unwrap();
        let ended = || fs::read_link(format!("/proc/{}/cwd", zombie.id())).is_err();
        let deadline = Instant::now() + Duration::from_secs(5);
        while !ended() && Instant::now() < deadline {
            std::thread::sleep(POLL);
        }
        fs::write(&path, content(zombie.id())).unwrap();
        assert_eq!(started_by_hand(scratch.path()).unwrap(), None);
        assert_eq!(path.exists(), cfg!(not(target_os = "linux")));
        zombie.wait().unwrap();
        // A number nobody has: Postgres sees for itself that the file is stale.
        fs::write(&path, content(999_999_999)).unwrap();
        assert_eq!(started_by_hand(scratch.path()).unwrap(), None);
        assert!(path.exists());
    }
}
