//! The steps of the cluster from one state to the next. None waits for the server; callers repeat them.

use std::fs::File;

use super::error::ClusterError;
use super::log::ServerLog;
use super::marker::{self, FolderState};
use super::run::{self, PidFile, Progress, Started};
use super::{Cluster, Server, disk, init, require_major, socket};

impl Cluster {
    /// One step towards a server that takes connections, without waiting for it. `may_make` allows a new cluster.
    pub(super) fn advance(&mut self, may_make: bool) -> Result<(), ClusterError> {
        match std::mem::replace(&mut self.server, Server::Away) {
            Server::Away => self.begin(may_make, false),
            Server::Adopted => self.begin(may_make, true),
            Server::Starting(mut started) => {
                match started.progress(&self.home.cluster())? {
                    Progress::Ended(status) => {
                        return Err(started.failure(
                            status,
                            &ServerLog::of(&self.home),
                            &self.home.cluster(),
                        ));
                    }
                    Progress::Starting => self.server = Server::Starting(started),
                    Progress::Ready => self.now_up(Server::Running(started)),
                }
                Ok(())
            }
            Server::Running(mut started) => {
                if let Progress::Ended(status) = started.progress(&self.home.cluster())? {
                    tracing::warn!(%status, "the database server has ended; starting it again");
                    return self.begin(may_make, false);
                }
                self.look_after(&started);
                self.server = Server::Running(started);
                Ok(())
            }
        }
    }

    /// Takes the server lock and starts the server, or adopts the one that holds it. `adopted` tells that we use that one
    /// already, so that it need not prove itself each time.
    fn begin(&mut self, may_make: bool, adopted: bool) -> Result<(), ClusterError> {
        let cluster = self.home.cluster();
        let path = self.home.server_lock();
        let lock = disk::open_lock(&path, &self.home.account)?;
        let held = !disk::try_exclusive(&lock, &path)?;
        if held && adopted {
            self.server = Server::Adopted;
            return Ok(());
        }
        let other = if held { PidFile::read(&cluster) } else { run::started_by_hand(&cluster)? };
        if held || other.is_some() {
            if let Some(file) = other.filter(PidFile::answers) {
                self.socket_folder = file.socket_folder;
                if adopted {
                    self.server = Server::Adopted;
                } else {
                    self.now_up(Server::Adopted);
                }
            }
            return Ok(());
        }
        self.require_folder(may_make, &lock)?;
        self.socket_folder = socket::prepare(&self.home)?;
        socket::clear(&self.socket_folder)?;
        let started = Started::spawn(&self.home, &self.binaries, &self.launcher, &self.socket_folder, lock)?;
        self.server = Server::Starting(started);
        Ok(())
    }

    /// Makes sure that there is a cluster of our version to start.
    fn require_folder(&self, may_make: bool, lock: &File) -> Result<(), ClusterError> {
        match marker::inspect(&self.home.cluster())? {
            FolderState::Made { major } => require_major(&self.home, &self.binaries, Some(major)),
            FolderState::Absent if may_make => init::make(&self.home, &self.binaries, &self.launcher, lock),
            FolderState::Absent => Err(ClusterError::FolderGone { folder: self.home.cluster() }),
        }
    }

    fn now_up(&mut self, server: Server) {
        self.server = server;
        self.seen += 1;
        tracing::info!(
            folder = %self.home.cluster().display(), version = %self.binaries.version, adopted = self.adopted(),
            "the private database is ready"
        );
    }

    /// Keeps the log small, and ends a server whose socket somebody has removed: it would answer no new connection.
    fn look_after(&self, started: &Started) {
        if let Err(error) = ServerLog::of(&self.home).trim() {
            tracing::debug!(%error, "the server's log was not cut");
        }
        if !socket::file(&self.socket_folder, socket::PORT).exists() {
            tracing::warn!(folder = %self.socket_folder.display(), "the database socket is gone; restarting the server");
            started.ask_to_stop();
        }
    }
}
