//! Where the cluster lies. It lies in the data directory, except when root's data directory cannot be entered by the user
//! that runs Postgres: then it lies below `/var/lib/masthead`, and a pointer file in the data directory says where.
//!
//! A home holds `postgres/` (the cluster), `postgres.lock`, `postgres.users`, `postgres.log` and `postgres.socket`.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;
use sha2::{Digest, Sha256};

use super::account::{Account, name_of};
use super::disk;
use super::error::ClusterError;
use super::marker::{self, FolderState};

/// Where clusters of unreachable data directories lie.
const ELSEWHERE: &str = "/var/lib/masthead";

/// The file in such a data directory that holds the path of its home.
const POINTER: &str = "postgres.location";

/// The folder that holds a cluster and its locks, and the user that runs it.
#[derive(Debug)]
pub(super) struct Home {
    folder: PathBuf,
    pub(super) account: Account,
}

impl Home {
    /// Finds or chooses the home of this data directory, and makes the folders above the cluster.
    pub(super) fn locate(data_dir: &Path, run_as: Option<&str>) -> Result<Self, ClusterError> {
        disk::create_home(data_dir)?;
        let data_dir = data_dir.canonicalize().map_err(ClusterError::at("resolve", data_dir))?;
        let pointer = data_dir.join(POINTER);
        let redirect = read_path(&pointer)?;
        let folder = redirect.clone().unwrap_or_else(|| data_dir.clone());
        let cluster = folder.join("postgres");
        let owner = owner_of(&cluster)?;
        let me = geteuid();
        if let Some(owner) = owner.filter(|owner| !me.is_root() && *owner != me.as_raw()) {
            // Asked before looking inside, which such a user may not.
            return Err(wrong_owner(cluster, owner, Account::choose(None, None)?));
        }
        let state = marker::inspect(&cluster)?;
        let owner = owner.filter(|_| state != FolderState::Absent);
        let account = Account::choose(run_as, owner)?;
        if let Some(owner) = owner.filter(|owner| *owner != account.uid.as_raw()) {
            return Err(wrong_owner(cluster, owner, account));
        }
        let home = Self { folder, account };
        let Some(barrier) = home.account.barrier(&home.folder) else {
            return Ok(home);
        };
        if owner.is_none() && redirect.is_none() && geteuid().is_root() {
            return home.moved_elsewhere(&pointer);
        }
        Err(ClusterError::Unreachable { barrier, folder: home.cluster(), user: home.account.name })
    }

    /// The same data directory, with its cluster where the server's user can reach it.
    fn moved_elsewhere(self, pointer: &Path) -> Result<Self, ClusterError> {
        let folder = Path::new(ELSEWHERE).join(short_hash(&self.folder));
        disk::create_home(&folder)?;
        let home = Self { folder, account: self.account };
        if let Some(barrier) = home.account.barrier(&home.folder) {
            return Err(ClusterError::Unreachable {
                barrier,
                folder: home.cluster(),
                user: home.account.name,
            });
        }
        tracing::info!(
            data_dir = %self.folder.display(), cluster = %home.cluster().display(), user = %home.account.name,
            "the user that runs PostgreSQL cannot enter the data directory, so the cluster lies elsewhere"
        );
        // The pointer is for us, root, alone; it must not be the server user's to change.
        let root = Account { name: "root".to_owned(), uid: geteuid(), gid: nix::unistd::getegid() };
        disk::replace(pointer, &format!("{}\n", home.folder.display()), &root)?;
        Ok(home)
    }

    /// The cluster folder, the data directory of Postgres.
    pub(super) fn cluster(&self) -> PathBuf {
        self.folder.join("postgres")
    }

    /// Where a new cluster is made before it gets its name.
    pub(super) fn unfinished(&self) -> PathBuf {
        self.folder.join("postgres.new")
    }

    /// The lock that the server's processes hold for as long as they live.
    pub(super) fn server_lock(&self) -> PathBuf {
        self.folder.join("postgres.lock")
    }

    /// The lock that every Masthead process using the cluster shares.
    pub(super) fn users_lock(&self) -> PathBuf {
        self.folder.join("postgres.users")
    }

    /// The server's log file.
    pub(super) fn log(&self) -> PathBuf {
        self.folder.join("postgres.log")
    }

    /// The file that remembers the socket folder.
    pub(super) fn socket_record(&self) -> PathBuf {
        self.folder.join("postgres.socket")
    }

    /// The folder that holds all of these.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }
}

/// An absolute path from a one-line file; `None` when there is no such file.
pub(super) fn read_path(file: &Path) -> Result<Option<PathBuf>, ClusterError> {
    match fs::read_to_string(file) {
        Ok(text) if text.trim().starts_with('/') => Ok(Some(PathBuf::from(text.trim()))),
        Ok(_) => {
            let error = io::Error::new(io::ErrorKind::InvalidData, "it does not hold an absolute path");
            Err(ClusterError::at("read", file)(error))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ClusterError::at("read", file)(error)),
    }
}

/// Who owns the folder; `None` when it is missing.
fn owner_of(folder: &Path) -> Result<Option<u32>, ClusterError> {
    match fs::metadata(folder) {
        Ok(meta) => Ok(Some(meta.uid())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ClusterError::at("look at", folder)(error)),
    }
}

fn wrong_owner(folder: PathBuf, owner: u32, account: Account) -> ClusterError {
    let owner = name_of(owner).unwrap_or_else(|| owner.to_string());
    ClusterError::WrongOwner { folder, owner, user: account.name }
}

/// Sixteen hexadecimal digits (64 bits of SHA-256) that stand for a path in short names.
pub(super) fn short_hash(path: &Path) -> String {
    let digest = Sha256::digest(path.as_os_str().as_bytes());
    let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    format!("{number:016x}")
}

#[cfg(test)]
mod tests {
    use super::super::scratch::Scratch;
    use super::*;

    #[test]
    fn the_hash_is_short_stable_and_differs() {
        assert_eq!(short_hash(Path::new("/srv/one")), short_hash(Path::new("/srv/one")));
        assert_ne!(short_hash(Path::new("/srv/one")), short_hash(Path::new("/srv/two")));
        assert_eq!(short_hash(Path::new("/")), "8a5edab282632443");
    }

    #[test]
    fn a_pointer_must_hold_an_absolute_path() {
        let scratch = Scratch::new();
        let file = scratch.path().join("pointer");
        assert!(read_path(&file).unwrap().is_none());
        fs::write(&file, "/srv/elsewhere\n").unwrap();
        assert_eq!(read_path(&file).unwrap(), Some(PathBuf::from("/srv/elsewhere")));
        fs::write(&file, "\n").unwrap();
        assert!(read_path(&file).unwrap_err().to_string().contains("absolute path"));
    }

    #[test]
    fn a_fresh_data_directory_is_made_and_is_its_own_home_or_pointed_elsewhere() {
        let scratch = Scratch::new();
        let data_dir = scratch.path().join("a/b");
        match Home::locate(&data_dir, None) {
            Ok(home) => assert!(home.folder() == data_dir || home.folder().starts_with(ELSEWHERE)),
            Err(error) => assert!(matches!(error, ClusterError::NoServerUser { .. }), "{error}"),
        }
        assert!(data_dir.is_dir());
    }
}
