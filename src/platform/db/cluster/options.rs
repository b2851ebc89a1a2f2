//! What the callers of the private cluster say and hear.

use std::path::PathBuf;

/// Where the cluster lies and how it is run.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// Masthead's data directory, for example `./.masthead`; made if it is missing.
    pub data_dir: PathBuf,
    /// The folder of the server binaries (`MASTHEAD_POSTGRES_BIN`); searched for when `None`.
    pub bin_dir: Option<PathBuf>,
    /// The user to run Postgres as when we are root; ignored otherwise.
    pub run_as: Option<String>,
    /// The Masthead binary (`std::env::current_exe()`), which must pass [`SUBCOMMAND`](super::SUBCOMMAND) on to [`run_server_child`](super::run_server_child).
    pub executable: PathBuf,
}

/// A role of the cluster. None may create roles or databases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusterRole {
    /// Owns the database and runs migrations.
    Owner,
    /// Reads and writes content, as the grants of the migrations allow.
    Service,
    /// Reads what is public.
    Reader,
}

impl ClusterRole {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Service, Self::Reader];

    /// The name of the role in Postgres.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "masthead_owner",
            Self::Service => "masthead_service",
            Self::Reader => "masthead_reader",
        }
    }
}

/// What [`Cluster::keep_alive`](super::Cluster::keep_alive) found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeptAlive {
    /// The server runs as before.
    Running,
    /// The server was gone and a new one takes connections. It is at the same socket, unless that folder could not be
    /// had again: compare [`Cluster::url`](super::Cluster::url) if pools must know.
    Restarted,
    /// The server is gone or starting, and will be looked at again by the next call.
    Waiting,
}
