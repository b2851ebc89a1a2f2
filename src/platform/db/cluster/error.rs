//! What can go wrong with the private cluster. Each message says what happened and what to do about it; the
//! command line prints it as it stands.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// Why the private cluster cannot be found, made, started or used.
#[derive(Debug, Error)]
pub enum ClusterError {
    /// A call to the system failed.
    #[error("cannot {doing} {}: {source}. Check that the path exists and that this user may use it.", path.display())]
    Io {
        /// The verb, for example "create".
        doing: &'static str,
        /// The file or folder concerned.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },

    /// No space is left where the cluster lies.
    #[error(
        "the disk that holds {} is full, so the database cannot run ({detail}). Free some space there and start again; \
         nothing that was committed is lost.",
        folder.display()
    )]
    DiskFull {
        /// The folder that could not be written.
        folder: PathBuf,
        /// The line of the system or of the server that says so.
        detail: String,
    },

    /// The cluster was opened from another thread than the main one.
    #[error(
        "the private cluster must be opened and kept on the main thread, because the system ends the server with the \
         thread that started it"
    )]
    NotMainThread,

    /// No server binaries on this machine.
    #[error(
        "no PostgreSQL server (version 15 or newer) was found on this machine{skipped}. Install it: {install}. Or name its \
         folder in MASTHEAD_POSTGRES_BIN, or an existing database in DATABASE_URL."
    )]
    BinariesMissing {
        /// What was found and passed over, empty or starting with a comma.
        skipped: String,
        /// The command for this system.
        install: String,
    },

    /// The folder in `MASTHEAD_POSTGRES_BIN` cannot be used.
    #[error(
        "MASTHEAD_POSTGRES_BIN is {} but {why}. Name the folder that holds `postgres` and `initdb` of PostgreSQL 15 or \
         newer, or unset it to let Masthead search.",
        folder.display()
    )]
    BinDirUnusable {
        /// The value given.
        folder: PathBuf,
        /// What is wrong with it.
        why: String,
    },

    /// The server lacks contrib extensions that the schema needs.
    #[error(
        "PostgreSQL in {} lacks the contrib extensions {names}. Install them: {install}.",
        folder.display()
    )]
    ExtensionsMissing {
        /// The folder of the server binaries.
        folder: PathBuf,
        /// The missing extensions, comma-separated.
        names: String,
        /// The command for this system.
        install: String,
    },

    /// The place of the cluster holds something else.
    #[error(
        "{} is not empty and was not made by Masthead, so it is left alone. Move it away, or choose another data \
         directory with --data-dir (MASTHEAD_DATA_DIR).",
        folder.display()
    )]
    FolderNotOurs {
        /// The folder in the way.
        folder: PathBuf,
    },

    /// The folder was made by a newer Masthead.
    #[error(
        "the cluster in {} has format {format}, but this Masthead knows formats up to {known}. Use the newer Masthead that \
         made it.",
        folder.display()
    )]
    FormatTooNew {
        /// The cluster folder.
        folder: PathBuf,
        /// The format in its marker file.
        format: u64,
        /// The newest format this program knows.
        known: u64,
    },

    /// The folder of a cluster that was there has vanished under a running Masthead.
    #[error(
        "the cluster folder {} is gone. Put it back (from a backup if need be); Masthead does not replace a database that \
         it was serving by an empty one.",
        folder.display()
    )]
    FolderGone {
        /// Where the cluster was.
        folder: PathBuf,
    },

    /// The cluster belongs to another major version of Postgres.
    #[error(
        "the cluster in {} was made by PostgreSQL {folder_major}, but the server found is {found}. Install PostgreSQL \
         {folder_major} beside it (or name it in MASTHEAD_POSTGRES_BIN), or move the data with pg_upgrade or with \
         `masthead export archive` and `masthead import archive`.",
        folder.display()
    )]
    WrongMajor {
        /// The cluster folder.
        folder: PathBuf,
        /// The major version in `PG_VERSION`.
        folder_major: u32,
        /// The version of the server found.
        found: String,
    },

    /// The cluster belongs to another user of the system.
    #[error(
        "the cluster in {} belongs to the user {owner}, and this process would run it as {user}. Run Masthead as {owner} \
         or as root, or choose another --data-dir.",
        folder.display()
    )]
    WrongOwner {
        /// The cluster folder.
        folder: PathBuf,
        /// Who owns it.
        owner: String,
        /// Who would run the server.
        user: String,
    },

    /// A user named in the configuration does not exist.
    #[error(
        "there is no user {name} on this system to run PostgreSQL as. Create it, or name another unprivileged user."
    )]
    UnknownUser {
        /// The name given.
        name: String,
    },

    /// Postgres refuses to run as root, and no other user was found.
    #[error(
        "PostgreSQL refuses to run as root, and none of the users {tried} can be used. Create one of them, for example \
         with `useradd --system masthead`, or start Masthead as an ordinary user."
    )]
    NoServerUser {
        /// The names tried.
        tried: String,
    },

    /// The user has a number but no name, which Postgres cannot work with.
    #[error(
        "the user id {uid} has no name on this system, and PostgreSQL needs one. Add it to /etc/passwd, or start Masthead \
         as a named user."
    )]
    NamelessUser {
        /// The user id.
        uid: u32,
    },

    /// A folder above the cluster shuts out the user that runs Postgres.
    #[error(
        "the user {user} runs PostgreSQL but may not enter {}, which lies above the cluster folder {}. Allow it with \
         `chmod o+x`, or move the data directory.",
        barrier.display(), folder.display()
    )]
    Unreachable {
        /// The folder that cannot be entered.
        barrier: PathBuf,
        /// The cluster folder.
        folder: PathBuf,
        /// Who runs Postgres.
        user: String,
    },

    /// The socket path would not fit into a socket address.
    #[error(
        "the socket path {} is {length} bytes long, but the system allows {limit}. Set TMPDIR to a shorter folder.",
        path.display()
    )]
    SocketPathTooLong {
        /// The path of the socket.
        path: PathBuf,
        /// Its length in bytes.
        length: usize,
        /// The most the system takes.
        limit: usize,
    },

    /// The socket folder exists and is not safe to use.
    #[error(
        "the folder {} for the database socket is not a private folder of the user {user}: {why}. Remove it, or find out \
         who put it there.",
        folder.display()
    )]
    SocketFolderTaken {
        /// The folder in the way.
        folder: PathBuf,
        /// Who should own it.
        user: String,
        /// What is wrong with it.
        why: String,
    },

    /// Making a new cluster failed.
    #[error("PostgreSQL could not make a new cluster in {}: {output}", folder.display())]
    InitFailed {
        /// Where the cluster was to lie.
        folder: PathBuf,
        /// The last lines that `initdb` or the server printed.
        output: String,
    },

    /// The server ended instead of starting.
    #[error("PostgreSQL did not start ({status}). The end of its log {}:\n{tail}", log.display())]
    StartFailed {
        /// How the process ended.
        status: String,
        /// The server's log file.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },

    /// A server holds the folder and neither becomes ready nor ends.
    #[error(
        "the database in {} is in use by another process ({holder}) and was not ready after {seconds} s. Wait until it has \
         started or stopped and try again; its log is {}.",
        folder.display(), log.display()
    )]
    Busy {
        /// The cluster folder.
        folder: PathBuf,
        /// What is known of the process.
        holder: String,
        /// How long we waited.
        seconds: u64,
        /// The server's log file.
        log: PathBuf,
    },

    /// The server did not end in time, even when killed.
    #[error("the database process {pid} did not end within {seconds} s. End it with `kill -QUIT {pid}`.")]
    StopFailed {
        /// The process id of the server.
        pid: u32,
        /// How long we waited.
        seconds: u64,
    },

    /// The hidden subcommand was called in a wrong way.
    #[error("`masthead {subcommand}` is for Masthead's own use: {why}")]
    ChildUsage {
        /// The name of the subcommand.
        subcommand: &'static str,
        /// What was wrong.
        why: String,
    },
}

/// What the system and the server print when the disk is full (the server runs with `lc_messages=C`).
const FULL: [&str; 2] = ["No space left on device", "Disk quota exceeded"];

impl ClusterError {
    /// Gives a closure for `map_err` that names what was done to which path, and knows a full disk.
    pub(super) fn at(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::DiskFull { folder: path, detail: source.to_string() }
            }
            _ => Self::Io { doing, path, source },
        }
    }

    /// A full disk, when the server's output tells of one.
    pub(super) fn disk_full(folder: &Path, output: &str) -> Option<Self> {
        let line = output.lines().find(|line| FULL.iter().any(|full| line.contains(full)))?;
        Some(Self::DiskFull { folder: folder.to_path_buf(), detail: line.trim().to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_known_by_error_kind_and_by_output() {
        let folder = Path::new("/srv/data");
        let error = ClusterError::at("write", folder)(io::Error::from(io::ErrorKind::StorageFull));
        assert!(matches!(error, ClusterError::DiskFull { .. }), "{error}");
        let error = ClusterError::at("write", folder)(io::Error::from(io::ErrorKind::NotFound));
        assert!(matches!(error, ClusterError::Io { .. }), "{error}");

        let output = "LOG:  starting\nPANIC:  could not write: No space left on device\n";
        let message = ClusterError::disk_full(folder, output).map(|error| error.to_string());
        assert!(message.is_some_and(|text| text.contains("/srv/data") && text.contains("PANIC")));
        assert!(ClusterError::disk_full(folder, "FATAL: other").is_none());
    }
}
