//! The system user that runs Postgres. Postgres refuses root, so root picks an unprivileged user; anyone else runs it as
//! themselves.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::unistd::{Gid, Uid, User, geteuid};

use super::error::ClusterError;

/// Whom root runs the server as when nothing else decides, in this order.
const FALLBACKS: [&str; 3] = ["masthead", "postgres", "nobody"];

/// A named user of the system.
#[derive(Debug, Clone)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) uid: Uid,
    pub(super) gid: Gid,
}

impl Account {
    /// Decides who runs the server: ourselves, or for root `run_as`, the owner of the cluster, or a usual user.
    pub(super) fn choose(run_as: Option<&str>, owner: Option<u32>) -> Result<Self, ClusterError> {
        let me = geteuid();
        if !me.is_root() {
            return Self::with_uid(me);
        }
        if let Some(name) = run_as {
            let account = find(name).ok_or_else(|| ClusterError::UnknownUser { name: name.to_owned() })?;
            return if account.uid.is_root() { Err(no_user(name)) } else { Ok(account) };
        }
        match owner {
            Some(uid) if uid != 0 => Self::with_uid(Uid::from_raw(uid)),
            _ => FALLBACKS
                .iter()
                .filter_map(|name| find(name))
                .find(|account| !account.uid.is_root())
                .ok_or_else(|| no_user(&FALLBACKS.join(", "))),
        }
    }

    fn with_uid(uid: Uid) -> Result<Self, ClusterError> {
        let user = User::from_uid(uid).ok().flatten();
        user.map(Self::from).ok_or(ClusterError::NamelessUser { uid: uid.as_raw() })
    }

    /// The first folder on the way to `path` (itself included) that this user may not enter. Judged by mode bits for the
    /// user and its primary group, which is all that the server keeps; access lists are not looked at.
    pub(super) fn barrier(&self, path: &Path) -> Option<PathBuf> {
        let mut folders: Vec<&Path> =
            path.ancestors().filter(|folder| !folder.as_os_str().is_empty()).collect();
        folders.reverse();
        folders.into_iter().find(|folder| !self.may_enter(folder)).map(Path::to_path_buf)
    }

    fn may_enter(&self, folder: &Path) -> bool {
        let Ok(meta) = folder.metadata() else {
            return false;
        };
        let bit = if meta.uid() == self.uid.as_raw() {
            0o100
        } else if meta.gid() == self.gid.as_raw() {
            0o010
        } else {
            0o001
        };
        meta.is_dir() && meta.mode() & bit != 0
    }
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        Self { name: user.name, uid: user.uid, gid: user.gid }
    }
}

/// The name of a user id for messages and for `pg_ident.conf`, if it has one.
pub(super) fn name_of(uid: u32) -> Option<String> {
    User::from_uid(Uid::from_raw(uid)).ok().flatten().map(|user| user.name)
}

fn find(name: &str) -> Option<Account> {
    User::from_name(name).ok().flatten().map(Account::from)
}

fn no_user(tried: &str) -> ClusterError {
    ClusterError::NoServerUser { tried: tried.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::super::scratch::Scratch;
    use super::*;

    #[test]
    fn the_barrier_is_the_first_folder_without_passage() {
        let scratch = Scratch::new();
        let inner = scratch.path().join("closed/inner");
        fs::create_dir_all(&inner).unwrap();
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let stranger =
            Account { name: "stranger".into(), uid: Uid::from_raw(54_321), gid: Gid::from_raw(54_321) };

        fs::set_permissions(scratch.path().join("closed"), fs::Permissions::from_mode(0o711)).unwrap();
        assert_eq!(stranger.barrier(&inner), None);
        fs::set_permissions(scratch.path().join("closed"), fs::Permissions::from_mode(0o700)).unwrap();
        assert_eq!(stranger.barrier(&inner), Some(scratch.path().join("closed")));
        assert_eq!(stranger.barrier(&inner.join("missing")), Some(scratch.path().join("closed")));
    }

    #[test]
    fn an_unknown_user_is_named_in_the_error_for_root() {
        if !geteuid().is_root() {
            return;
        }
        let message = Account::choose(Some("no-such-user-here"), None).unwrap_err().to_string();
        assert!(message.contains("no-such-user-here"), "{message}");
        let error = Account::choose(Some("root"), None).unwrap_err();
        assert!(matches!(error, ClusterError::NoServerUser { .. }), "{error}");
    }
}
