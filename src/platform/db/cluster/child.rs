//! How Postgres programs are started: through a hidden subcommand of Masthead that starts with our rights, gives them up,
//! ties its life to ours, and only then becomes the program.
//!
//! The order matters: a change of user clears the parent-death signal, and the executable may lie where only root can
//! read it, so neither `Command::uid` nor a signal set before the change would do.

use std::convert::Infallible;
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::sys::stat::{Mode, umask};
use nix::unistd::{Gid, Pid, Uid, getegid, geteuid, getppid, setgid, setuid};

use super::account::Account;
use super::error::ClusterError;

/// The name of the hidden subcommand.
pub const SUBCOMMAND: &str = "__postgres";

/// What the server needs of our environment. The rest stays behind: it may hold secrets, which the server's user could
/// read, and `PG*` variables, which would change what the programs do.
const KEPT_ENVIRONMENT: [&str; 4] = ["PATH", "LD_LIBRARY_PATH", "LOCPATH", "LOCALE_ARCHIVE"];

/// Starts Postgres programs as the cluster's user.
#[derive(Debug)]
pub(super) struct Launcher {
    executable: PathBuf,
    account: Account,
}

impl Launcher {
    /// `executable` is the Masthead binary, which must know the hidden subcommand.
    pub(super) fn new(executable: PathBuf, account: Account) -> Self {
        Self { executable, account }
    }

    /// A command that becomes `program`, without standard input and in a process group of its own, so that Ctrl-C in a
    /// terminal reaches Masthead alone, which then drains before it stops the database.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(&self.executable);
        command.arg(SUBCOMMAND).arg("--parent").arg(std::process::id().to_string());
        if geteuid().is_root() {
            command.arg("--uid").arg(self.account.uid.to_string());
            command.arg("--gid").arg(self.account.gid.to_string());
        }
        command.arg("--").arg(program);
        command.env_clear().env("LC_ALL", "C").env("TZ", "UTC");
        for name in KEPT_ENVIRONMENT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.current_dir("/").process_group(0).stdin(Stdio::null());
        command
    }

    /// The error for a command that could not be started at all.
    pub(super) fn failed(&self) -> impl FnOnce(io::Error) -> ClusterError {
        ClusterError::at("run", &self.executable)
    }
}

/// The arguments of the hidden subcommand:
/// `__postgres --parent PID [--uid N --gid N] -- PROGRAM [ARGUMENT]...`.
#[derive(Debug, PartialEq, Eq)]
pub struct ServerChild {
    parent: i32,
    user: Option<(u32, u32)>,
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl ServerChild {
    /// Reads the arguments that follow the name of the subcommand.
    ///
    /// # Errors
    /// [`ClusterError::ChildUsage`] when they are not as [`ServerChild`] says.
    pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, ClusterError> {
        let mut arguments = arguments.into_iter();
        let (mut parent, mut uid, mut gid) = (None, None, None);
        loop {
            let flag = arguments.next().ok_or_else(|| usage("`--` is missing"))?;
            match flag.to_str() {
                Some("--") => break,
                Some("--parent") => parent = Some(number(arguments.next().as_deref())?),
                Some("--uid") => uid = Some(number(arguments.next().as_deref())?),
                Some("--gid") => gid = Some(number(arguments.next().as_deref())?),
                _ => {
                    return Err(usage("only --parent, --uid and --gid may stand before `--`"));
                }
            }
        }
        let user = match (uid, gid) {
            (Some(uid), Some(gid)) => Some((uid, gid)),
            (None, None) => None,
            _ => return Err(usage("--uid and --gid go together")),
        };
        let parent = parent.ok_or_else(|| usage("--parent is missing"))?;
        let program = arguments.next().ok_or_else(|| usage("the program is missing"))?;
        Ok(Self { parent, user, program: program.into(), arguments: arguments.collect() })
    }
}

fn number<T: std::str::FromStr>(argument: Option<&OsStr>) -> Result<T, ClusterError> {
    let parsed = argument.and_then(OsStr::to_str).and_then(|text| text.parse().ok());
    parsed.ok_or_else(|| usage("a flag needs a number"))
}

fn usage(why: &str) -> ClusterError {
    ClusterError::ChildUsage { subcommand: SUBCOMMAND, why: why.to_owned() }
}

/// The body of the hidden subcommand: gives up root, asks to be ended with the parent, becomes the program. To be called
/// first thing in `main`, on the main thread, before any other thread exists.
///
/// # Errors
/// It returns only if it fails; the caller prints the error to standard error, which is the server's log, and exits 1.
pub fn run_server_child(child: &ServerChild) -> Result<Infallible, ClusterError> {
    let system = |doing| {
        let failed = ClusterError::at(doing, &child.program);
        move |errno: nix::Error| failed(errno.into())
    };
    if let Some((uid, gid)) = child.user {
        drop_root(Uid::from_raw(uid), Gid::from_raw(gid)).map_err(system("give up root before running"))?;
    }
    end_with_parent().map_err(system("ask for the parent-death signal before running"))?;
    // If the parent died before the signal was set, nobody would send it any more.
    if getppid() != Pid::from_raw(child.parent) {
        return Err(usage("the process that started it is gone"));
    }
    umask(Mode::from_bits_truncate(0o077));
    let error = Command::new(&child.program).args(&child.arguments).exec();
    Err(ClusterError::at("run", &child.program)(error))
}

/// Groups first, while we still may.
fn drop_root(uid: Uid, gid: Gid) -> nix::Result<()> {
    if geteuid() == uid && getegid() == gid {
        return Ok(());
    }
    #[cfg(not(target_vendor = "apple"))]
    nix::unistd::setgroups(&[gid])?;
    setgid(gid)?;
    setuid(uid)
}

/// SIGINT is Postgres' fast shutdown. Systems without the signal leave the server running, and the next start adopts it.
#[cfg(target_os = "linux")]
fn end_with_parent() -> nix::Result<()> {
    nix::sys::prctl::set_pdeathsig(nix::sys::signal::Signal::SIGINT)
}

#[cfg(not(target_os = "linux"))]
fn end_with_parent() -> nix::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<ServerChild, ClusterError> {
        ServerChild::parse(line.split_whitespace().map(OsString::from))
    }

    #[test]
    fn arguments_are_read_up_to_the_program() {
        let child = parse("--parent 42 --uid 7 --gid 8 -- /bin/prog -D --uid").unwrap();
        assert_eq!((child.parent, child.user), (42, Some((7, 8))));
        assert_eq!(child.program, Path::new("/bin/prog"));
        assert_eq!(child.arguments, ["-D", "--uid"]);
        assert_eq!(parse("--parent 42 -- prog").unwrap().user, None);
    }

    #[test]
    fn wrong_arguments_are_refused() {
        for line in [
            "",
            "--parent 1",
            "--parent x -- p",
            "-- p",
            "--parent 1 --uid 3 -- p",
            "--parent 1 --",
            "--other -- p",
        ] {
            assert!(matches!(parse(line), Err(ClusterError::ChildUsage { .. })), "{line}");
        }
    }

    #[test]
    fn a_child_of_another_parent_does_not_run() {
        let child = parse("--parent 1000000000 -- /bin/true").unwrap();
        assert!(run_server_child(&child).unwrap_err().to_string().contains("is gone"));
    }

    #[test]
    fn secrets_in_the_environment_stay_behind() {
        let me = Account { name: "me".into(), uid: geteuid(), gid: getegid() };
        let launcher = Launcher::new(PathBuf::from("/usr/bin/masthead"), me);
        let command = launcher.command(Path::new("/bin/true"));
        let names: Vec<_> = command.get_envs().filter_map(|(name, _)| name.to_str()).collect();
        assert!(
            names.iter().all(|name| ["LC_ALL", "TZ"].contains(name) || KEPT_ENVIRONMENT.contains(name)),
            "{names:?}"
        );
    }
}
