//! Files and locks of the cluster's home. As root we write in folders of an unprivileged user, so nothing here follows a
//! symbolic link, and what root makes is given to that user at once.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, fchown, lchown};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use nix::fcntl::OFlag;
use nix::unistd::geteuid;

use super::account::Account;
use super::error::ClusterError;

/// How often a state that belongs to another process is looked at again.
pub(super) const POLL: Duration = Duration::from_millis(5);

/// Opens a lock file, private to `account`, and makes it if it is missing.
pub(super) fn open_lock(path: &Path, account: &Account) -> Result<File, ClusterError> {
    open_private(OpenOptions::new().read(true).write(true), path, account)
}

/// Opens a file for appending, private to `account`, and makes it if it is missing.
pub(super) fn open_append(path: &Path, account: &Account) -> Result<File, ClusterError> {
    open_private(OpenOptions::new().append(true), path, account)
}

/// A file that is there must be a plain one of the account's own: the folder may be the account's too, and a hard link
/// in it could name any file.
fn open_private(options: &mut OpenOptions, path: &Path, account: &Account) -> Result<File, ClusterError> {
    let mut made = options.clone();
    match made.create_new(true).mode(0o600).open(path) {
        Ok(file) => {
            give(&file, account).map_err(ClusterError::at("change the owner of", path))?;
            return Ok(file);
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(ClusterError::at("create", path)(error)),
    }
    let open = ClusterError::at("open", path);
    let file = options.custom_flags(OFlag::O_NOFOLLOW.bits()).open(path).map_err(open)?;
    let meta = file.metadata().map_err(ClusterError::at("look at", path))?;
    // Another process of root's may be between making it and giving it away.
    let owned = meta.uid() == account.uid.as_raw() || meta.uid() == geteuid().as_raw();
    if meta.is_file() && meta.nlink() == 1 && owned {
        return Ok(file);
    }
    let what = format!("it is not a plain file of the user {}; remove it if no Masthead runs", account.name);
    Err(ClusterError::at("use", path)(io::Error::new(io::ErrorKind::InvalidData, what)))
}

/// Takes the exclusive lock if nobody holds any; true when it was taken.
pub(super) fn try_exclusive(file: &File, path: &Path) -> Result<bool, ClusterError> {
    taken(file.try_lock(), path)
}

/// Takes a shared lock within `limit`; true when it was taken.
pub(super) fn shared_within(file: &File, path: &Path, limit: Duration) -> Result<bool, ClusterError> {
    let deadline = Instant::now() + limit;
    loop {
        if taken(file.try_lock_shared(), path)? {
            return Ok(true);
        }
        if Instant::now() >= deadline {
            return Ok(false);
        }
        std::thread::sleep(POLL);
    }
}

fn taken(outcome: Result<(), TryLockError>, path: &Path) -> Result<bool, ClusterError> {
    match outcome {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(source)) => Err(ClusterError::at("lock", path)(source)),
    }
}

/// Replaces a file in one step by one with this content that only `account` can read.
pub(super) fn replace(path: &Path, content: &str, account: &Account) -> Result<(), ClusterError> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let fresh = PathBuf::from(fresh);
    // A crash may have left it; `create_new` below must not follow what somebody else put there.
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(ClusterError::at("remove", &fresh)(error));
        }
        _ => {}
    }
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
        file.write_all(content.as_bytes())?;
        give(&file, account)?;
        file.sync_all()?;
        fs::rename(&fresh, path)
    };
    write().map_err(|error| {
        // The name of the temporary file would only confuse; it is gone or will be replaced.
        fs::remove_file(&fresh).ok();
        ClusterError::at("write", path)(error)
    })
}

/// Makes a new private folder for `account`; fails if the name is taken.
pub(super) fn create_private(path: &Path, account: &Account) -> io::Result<()> {
    DirBuilder::new().mode(0o700).create(path)?;
    if geteuid().is_root() {
        lchown(path, Some(account.uid.as_raw()), Some(account.gid.as_raw()))?;
    }
    Ok(())
}

/// Makes a folder and those above it. What root makes can be passed through by others, because the server's user must
/// reach the cluster inside, but not listed.
pub(super) fn create_home(path: &Path) -> Result<(), ClusterError> {
    let mode = if geteuid().is_root() { 0o711 } else { 0o700 };
    DirBuilder::new().recursive(true).mode(mode).create(path).map_err(ClusterError::at("create", path))
}

/// Makes changes of names in a folder durable.
pub(super) fn sync_folder(path: &Path) -> Result<(), ClusterError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(ClusterError::at("sync", path))
}

/// Hands a file that root opened to the account.
fn give(file: &File, account: &Account) -> io::Result<()> {
    if geteuid().is_root() {
        fchown(file, Some(account.uid.as_raw()), Some(account.gid.as_raw()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use nix::unistd::getegid;

    use super::super::scratch::Scratch;
    use super::*;

    fn me() -> Account {
        Account { name: "me".into(), uid: geteuid(), gid: getegid() }
    }

    #[test]
    fn links_in_place_of_our_files_are_refused() {
        let scratch = Scratch::new();
        let target = scratch.path().join("target");
        fs::write(&target, "").unwrap();
        let (soft, hard) = (scratch.path().join("soft"), scratch.path().join("hard"));
        symlink(&target, &soft).unwrap();
        fs::hard_link(&target, &hard).unwrap();
        assert!(open_lock(&soft, &me()).is_err());
        let message = open_append(&hard, &me()).unwrap_err().to_string();
        assert!(message.contains("not a plain file"), "{message}");
        open_lock(&scratch.path().join("fresh"), &me()).unwrap();
        open_lock(&scratch.path().join("fresh"), &me()).unwrap();
    }

    #[test]
    fn a_lock_is_exclusive_and_waits_are_bounded() {
        let scratch = Scratch::new();
        let path = scratch.path().join("lock");
        let first = open_lock(&path, &me()).unwrap();
        let second = open_lock(&path, &me()).unwrap();
        assert!(try_exclusive(&first, &path).unwrap());
        assert!(!try_exclusive(&second, &path).unwrap());
        assert!(!shared_within(&second, &path, Duration::from_millis(20)).unwrap());
        drop(first);
        assert!(shared_within(&second, &path, Duration::from_millis(20)).unwrap());
    }

    #[test]
    fn replacing_does_not_follow_what_lies_in_the_way() {
        let scratch = Scratch::new();
        let target = scratch.path().join("target");
        fs::write(&target, "untouched").unwrap();
        let path = scratch.path().join("file");
        symlink(&target, scratch.path().join("file.new")).unwrap();
        replace(&path, "content", &me()).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "content");
        assert_eq!(fs::read_to_string(&target).unwrap(), "untouched");
    }
}
