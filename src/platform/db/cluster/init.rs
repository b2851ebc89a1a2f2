//! Makes a new cluster: beside its place, and renamed into it when whole and on disk, so that a half-made cluster never
//! counts. The caller holds the server lock.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::child::Launcher;
use super::disk;
use super::error::ClusterError;
use super::find::Binaries;
use super::home::Home;
use super::log::last_lines;
use super::marker;
use super::settings;

/// How long programs of an earlier attempt that was killed may still write into its folder.
const LEFTOVER_LIMIT: Duration = Duration::from_secs(5);

/// The locale of the cluster, and the one for systems without it.
const LOCALES: [&str; 2] = ["C.UTF-8", "C"];

/// Makes the cluster in its place.
pub(super) fn make(
    home: &Home,
    binaries: &Binaries,
    launcher: &Launcher,
    lock: &File,
) -> Result<(), ClusterError> {
    let began = Instant::now();
    let fresh = home.unfinished();
    let outcome = build(&fresh, home, binaries, launcher, lock);
    if let Err(error) = outcome {
        // Above all on a full disk: leave nothing behind.
        fs::remove_dir_all(&fresh).ok();
        return Err(error);
    }
    fs::rename(&fresh, home.cluster())
        .map_err(ClusterError::at("put the new cluster at", &home.cluster()))?;
    disk::sync_folder(home.folder())?;
    let milliseconds = began.elapsed().as_millis();
    tracing::info!(folder = %home.cluster().display(), version = %binaries.version, milliseconds, "made a new cluster");
    Ok(())
}

fn build(
    fresh: &Path,
    home: &Home,
    binaries: &Binaries,
    launcher: &Launcher,
    lock: &File,
) -> Result<(), ClusterError> {
    initdb(fresh, home, binaries, launcher, lock)?;
    settings::write_sizes(fresh, &home.account)?;
    settings::write_access(fresh, &home.account)?;
    found(fresh, binaries, launcher)?;
    marker::write(fresh, &home.account)?;
    // Everything so far was written without waiting for the disk; this waits once for all of it.
    let mut sync = launcher.command(&binaries.initdb());
    sync.arg("--sync-only").arg("-D").arg(fresh);
    run(&mut sync, None, fresh, launcher).and_then(|output| output.success(fresh))
}

/// Runs `initdb`, in the second locale if this system lacks the first. It holds the lock too: after a SIGKILL of ours it
/// works on for a moment and then empties the folder, which the next attempt must not have begun to fill.
fn initdb(
    fresh: &Path,
    home: &Home,
    binaries: &Binaries,
    launcher: &Launcher,
    lock: &File,
) -> Result<(), ClusterError> {
    let mut last = Ok(());
    for locale in LOCALES {
        remove_leftover(fresh)?;
        disk::create_private(fresh, &home.account).map_err(ClusterError::at("create", fresh))?;
        let mut command = launcher.command(&binaries.initdb());
        command.args(["--data-checksums", "--encoding=UTF8", "--no-sync", "--no-instructions"]);
        command.args(["--auth-local=peer", "--auth-host=reject", "-U", settings::SUPERUSER]);
        command.arg(format!("--locale={locale}")).arg("-D").arg(fresh);
        let held = lock.try_clone().map_err(ClusterError::at("hold the lock for", fresh))?;
        let output = run(command.stdin(Stdio::from(held)), None, fresh, launcher)?;
        let lacks_locale = !output.succeeded && output.text.contains("invalid locale");
        last = output.success(fresh);
        if !lacks_locale {
            break;
        }
    }
    last
}

/// Makes roles and database in single-user mode, which needs neither a socket nor a wait.
fn found(fresh: &Path, binaries: &Binaries, launcher: &Launcher) -> Result<(), ClusterError> {
    let mut command = launcher.command(&binaries.postgres());
    command.args(["--single", "-j", "-D"]).arg(fresh);
    command.args([
        "-c",
        "exit_on_error=on",
        "-c",
        "fsync=off",
        "-c",
        "log_checkpoints=off",
        settings::SUPERUSER,
    ]);
    // With -j a statement ends at a semicolon and an empty line.
    let statements = settings::founding_statements().join(";\n\n") + ";\n\n";
    run(command.stdin(Stdio::piped()), Some(&statements), fresh, launcher)?.success(fresh)
}

/// Removes what an attempt that was killed has left. Its programs end by themselves, but may write until then.
fn remove_leftover(fresh: &Path) -> Result<(), ClusterError> {
    let deadline = Instant::now() + LEFTOVER_LIMIT;
    loop {
        match fs::remove_dir_all(fresh) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) if Instant::now() >= deadline => {
                return Err(ClusterError::at("remove", fresh)(error));
            }
            Err(_) => std::thread::sleep(disk::POLL),
        }
    }
}

/// What a program said and how it ended.
struct Output {
    succeeded: bool,
    text: String,
}

impl Output {
    fn success(self, fresh: &Path) -> Result<(), ClusterError> {
        if self.succeeded {
            return Ok(());
        }
        let full = ClusterError::disk_full(fresh, &self.text);
        Err(full.unwrap_or_else(|| ClusterError::InitFailed {
            folder: fresh.to_path_buf(),
            output: last_lines(&self.text),
        }))
    }
}

/// Runs a program to its end, with this input if its standard input is a pipe.
fn run(
    command: &mut Command,
    input: Option<&str>,
    fresh: &Path,
    launcher: &Launcher,
) -> Result<Output, ClusterError> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(launcher.failed())?;
    if let (Some(mut stdin), Some(input)) = (child.stdin.take(), input) {
        match stdin.write_all(input.as_bytes()) {
            // It has ended already; its output will say why.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                return Err(ClusterError::at("make a cluster in", fresh)(error));
            }
            _ => {}
        }
    }
    let output = child.wait_with_output().map_err(launcher.failed())?;
    let text = [output.stdout, output.stderr].concat();
    Ok(Output { succeeded: output.status.success(), text: String::from_utf8_lossy(&text).into_owned() })
}
