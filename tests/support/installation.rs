//! An installation as its operator sees it: a folder, processes of the real binary, signals, files and SQL. For the
//! test binaries that include it by path; everything here is used by each of them.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, User, geteuid};
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// What the binary logs when its database takes connections.
const READY: &str = "the private database is ready";

/// What the binary says when it serves, before the address.
const LISTENS: &str = "Masthead listens on ";

const PATIENCE: Duration = Duration::from_secs(60);

static COUNT: AtomicU32 = AtomicU32::new(0);

/// The binary under test.
pub fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_masthead"))
}

/// A command that inherits no setting of Masthead from the shell that runs the tests.
pub fn clean(program: &Path) -> Command {
    let mut command = Command::new(program);
    command.env_remove("DATABASE_URL").env_remove("NO_COLOR");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("MASTHEAD_")) {
        command.env_remove(name);
    }
    command
}

/// A folder of one test that any user can enter.
pub struct Place(pub PathBuf);

impl Place {
    pub fn new() -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = PathBuf::from(format!("/tmp/masthead-test-{}-{number}", std::process::id()));
        fs::create_dir(&path).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        let place = Self(path);
        // Made here, so that any user can write to them.
        for folder in [place.uploads(), place.uploads().join(".spool")] {
            fs::create_dir(&folder).unwrap();
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        }
        place
    }

    pub fn data_dir(&self) -> PathBuf {
        self.0.join("data")
    }

    pub fn uploads(&self) -> PathBuf {
        self.0.join("uploads")
    }

    /// The cluster folder when it lies in the data directory.
    pub fn cluster(&self) -> PathBuf {
        self.data_dir().join("postgres")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A failed test leaves a server that is on its way out.
        let socket = fs::read_to_string(self.data_dir().join("postgres.socket"));
        let deadline = Instant::now() + Duration::from_secs(5);
        while servers_on(&self.cluster()) > 0 && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(5));
        }
        if let Ok(socket) = socket {
            fs::remove_dir_all(socket.trim()).ok();
        }
        fs::remove_dir_all(&self.0).ok();
    }
}

/// A running `masthead serve`; killed with the test.
pub struct Masthead {
    pub child: Child,
    stderr: PathBuf,
}

impl Masthead {
    pub fn start(place: &Place) -> Self {
        Self::start_with(place, clean(&binary()), &place.data_dir())
    }

    pub fn start_with(place: &Place, mut command: Command, data_dir: &Path) -> Self {
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let stderr = place.0.join(format!("stderr-{number}"));
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--log-format", "text", "--data-dir"])
            .arg(data_dir);
        // Unless the test has said another place.
        if !command.get_envs().any(|(name, value)| name == "MASTHEAD_UPLOADS" && value.is_some()) {
            command.env("MASTHEAD_UPLOADS", place.uploads());
        }
        command.stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(File::create(&stderr).unwrap()).process_group(0);
        Self { child: command.spawn().unwrap(), stderr }
    }

    pub fn said(&self) -> String {
        fs::read_to_string(&self.stderr).unwrap_or_default()
    }

    /// Waits until it says this; gives the time that took.
    pub fn says(&mut self, text: &str) -> Duration {
        let began = Instant::now();
        while !self.said().contains(text) {
            assert!(self.child.try_wait().unwrap().is_none(), "it ended: {}", self.said());
            assert!(began.elapsed() < PATIENCE, "it does not say {text:?}: {}", self.said());
            std::thread::sleep(Duration::from_millis(2));
        }
        began.elapsed()
    }

    /// Waits until the database is ready; gives the time that took.
    pub fn ready(&mut self) -> Duration {
        self.says(READY)
    }

    /// Waits until it serves; gives the address, such as `http://127.0.0.1:3456`.
    pub fn address(&mut self) -> String {
        self.says(LISTENS);
        // The line may be written in parts.
        let mut address = None;
        until("the address is whole", || {
            let said = self.said();
            let line = said.lines().find_map(|line| line.strip_prefix(LISTENS)).map(str::to_owned);
            address = line.filter(|line| said.contains(&format!("{line}\n")));
            address.is_some()
        });
        address.unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), signal).unwrap();
    }

    pub fn stop(mut self) {
        self.signal(Signal::SIGTERM);
        let status = self.wait();
        assert!(status.success(), "{status}: {}", self.said());
    }

    pub fn kill(mut self) {
        self.signal(Signal::SIGKILL);
        self.wait();
    }

    pub fn wait(&mut self) -> ExitStatus {
        let mut status = None;
        until("it ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some()
        });
        status.unwrap()
    }

    /// Waits for the refusal of a start; gives what it said.
    pub fn refused(mut self) -> String {
        let status = self.wait();
        assert_eq!(status.code(), Some(1), "{}", self.said());
        self.said()
    }
}

impl Drop for Masthead {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Waits until something holds, yielding shortly in between.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The process id and the socket folder of a server that is ready.
pub fn server(cluster: &Path) -> Option<(i32, String)> {
    let text = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    let lines: Vec<&str> = text.lines().collect();
    let ready = lines.get(7)?.trim() == "ready";
    ready.then(|| (lines[0].parse().unwrap(), lines[4].to_owned()))
}

/// The servers that work in the folder and are no children of one another: more than one would be a catastrophe.
pub fn servers_on(cluster: &Path) -> usize {
    let name = |pid: &str| fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|folder| folder == cluster);
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let all: Vec<String> =
        processes.filter_map(|entry| entry.file_name().into_string().ok()).filter(|pid| name(pid)).collect();
    // A process that has just ended has no parent any more and does not count.
    let parent = |pid: &String| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (_, after_name) = stat.rsplit_once(')')?;
        after_name.split_whitespace().nth(1).map(str::to_owned)
    };
    all.iter().filter_map(parent).filter(|parent| !all.contains(parent)).count()
}

/// Runs SQL as a role over the socket; gives all values, or the error as text.
pub fn ask(socket: &str, role: &str, database: &str, sql: &str) -> Result<Vec<String>, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let config = format!("host={socket} user={role} dbname={database} connect_timeout=5");
        let (client, connection) =
            tokio_postgres::connect(&config, NoTls).await.map_err(|error| format!("{error:?}"))?;
        let task = tokio::spawn(connection);
        let messages = client.simple_query(sql).await.map_err(|error| format!("{error:?}"))?;
        drop(client);
        task.await.ok();
        let rows = messages.iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        });
        Ok(rows.flat_map(|row| (0..row.len()).map(|i| row.get(i).unwrap_or("NULL").to_owned())).collect())
    })
}

/// Runs SQL as the owner; gives all values.
pub fn as_owner(cluster: &Path, sql: &str) -> Vec<String> {
    let (_, socket) = server(cluster).expect("a server that is ready");
    ask(&socket, "masthead_owner", "masthead", sql).unwrap()
}

/// An ordinary user whom root can become; says why not otherwise.
#[expect(clippy::print_stderr, reason = "a test that is passed over says so")]
pub fn nobody() -> Option<User> {
    let found = User::from_name("nobody").unwrap().filter(|_| geteuid().is_root());
    if found.is_none() {
        eprintln!("passed over: only root can become another user, and there must be one named nobody");
    }
    found
}

/// A command of this binary as another user; a copy of it, since the folder of the build may be closed to others.
pub fn command_of(place: &Place, user: &User) -> Command {
    let copy = place.0.join("masthead");
    if !copy.exists() {
        fs::copy(binary(), &copy).unwrap();
    }
    let mut command = clean(&copy);
    command.uid(user.uid.as_raw()).gid(user.gid.as_raw()).current_dir("/");
    command
}
