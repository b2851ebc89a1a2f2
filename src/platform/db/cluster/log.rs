//! The server's log: its standard error, in one file beside the cluster, kept small by the process that started it.

use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::account::Account;
use super::disk;
use super::error::ClusterError;
use super::home::Home;

/// A log longer than this is cut, in bytes.
const LIMIT: u64 = 8 << 20;

/// How much of its end is kept in `postgres.log.1`, and the most that is read for a message, in bytes.
const KEPT: u64 = 1 << 20;

/// How many lines a message quotes.
const QUOTED: usize = 12;

/// The log file of one cluster.
#[derive(Debug)]
pub(super) struct ServerLog {
    path: PathBuf,
    account: Account,
}

impl ServerLog {
    pub(super) fn of(home: &Home) -> Self {
        Self { path: home.log(), account: home.account.clone() }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file for a server about to start, and tells where its output will begin.
    pub(super) fn open(&self) -> Result<(File, u64), ClusterError> {
        let file = disk::open_append(&self.path, &self.account)?;
        let length = file.metadata().map_err(ClusterError::at("look at", &self.path))?.len();
        Ok((file, length))
    }

    /// The last lines written since `start`, in bytes; empty when they cannot be read.
    pub(super) fn tail(&self, start: u64) -> String {
        last_lines(&self.end(start).unwrap_or_default())
    }

    /// Cuts a log that has grown too long. The server appends, so it goes on at the new end.
    pub(super) fn trim(&self) -> Result<(), ClusterError> {
        if fs::metadata(&self.path).map_or(0, |meta| meta.len()) <= LIMIT {
            return Ok(());
        }
        let end = self.end(0).map_err(ClusterError::at("read", &self.path))?;
        let mut old = self.path.clone().into_os_string();
        old.push(".1");
        disk::replace(Path::new(&old), &end, &self.account)?;
        let file = disk::open_append(&self.path, &self.account)?;
        file.set_len(0).map_err(ClusterError::at("cut", &self.path))
    }

    fn end(&self, start: u64) -> std::io::Result<String> {
        let mut file = File::open(&self.path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(start.max(length.saturating_sub(KEPT))))?;
        let mut bytes = Vec::new();
        file.take(KEPT).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// The last lines of a program's output, for a message.
pub(super) fn last_lines(output: &str) -> String {
    let lines: Vec<&str> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    lines.get(lines.len().saturating_sub(QUOTED)..).unwrap_or_default().join("\n")
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use nix::unistd::{getegid, geteuid};

    use super::super::scratch::Scratch;
    use super::*;

    fn log(scratch: &Scratch) -> ServerLog {
        let account = Account { name: "me".into(), uid: geteuid(), gid: getegid() };
        ServerLog { path: scratch.path().join("postgres.log"), account }
    }

    #[test]
    fn the_tail_starts_where_the_server_did() {
        let scratch = Scratch::new();
        let log = log(&scratch);
        assert_eq!(log.tail(0), "");
        let (mut file, start) = log.open().unwrap();
        assert_eq!(start, 0);
        writeln!(file, "old").unwrap();
        let (mut file, start) = log.open().unwrap();
        for number in 0..20 {
            writeln!(file, "line {number}").unwrap();
        }
        let tail = log.tail(start);
        assert_eq!(tail.lines().count(), QUOTED);
        assert!(tail.ends_with("line 19") && !tail.contains("old"), "{tail}");
    }

    #[test]
    fn a_long_log_is_cut_and_its_end_kept() {
        let scratch = Scratch::new();
        let log = log(&scratch);
        let (mut file, _) = log.open().unwrap();
        file.write_all("short\n".as_bytes()).unwrap();
        log.trim().unwrap();
        assert_eq!(log.tail(0), "short");
        file.write_all(&vec![b'x'; usize::try_from(LIMIT).unwrap()]).unwrap();
        file.write_all(b"\nthe end\n").unwrap();
        log.trim().unwrap();
        assert_eq!(fs::metadata(log.path()).unwrap().len(), 0);
        let kept = fs::read_to_string(scratch.path().join("postgres.log.1")).unwrap();
        assert!(kept.ends_with("the end\n") && kept.len() as u64 <= KEPT);
        file.write_all(b"again\n").unwrap();
        assert_eq!(log.tail(0), "again");
    }
}
