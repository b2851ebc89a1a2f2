//! The folder of the server's socket: short, because socket addresses are, and private to the user that runs the server.
//! Its path is remembered beside the cluster, so a server that is started again answers where the pools look for it.

use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, lchown};
use std::path::{Path, PathBuf};

use nix::unistd::geteuid;

use super::disk;
use super::error::ClusterError;
use super::home::{Home, read_path, short_hash};

/// The port that names the socket file. The folder is ours alone, so it need not vary.
pub(super) const PORT: u16 = 5432;

/// The longest path of a socket, in bytes: `sun_path` less its final NUL.
const LIMIT: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// The path of the socket in a folder.
pub(super) fn file(folder: &Path, port: u16) -> PathBuf {
    folder.join(format!(".s.PGSQL.{port}"))
}

/// Makes the socket folder ready: the remembered one if it can still be used, else a new one, which is then remembered.
pub(super) fn prepare(home: &Home) -> Result<PathBuf, ClusterError> {
    let record = home.socket_record();
    let remembered = read_path(&record)?;
    let mut places = places(home);
    if let Some(folder) = &remembered {
        if let Some(position) = places.iter().position(|place| place == folder) {
            places.swap(0, position);
        } else if accept(folder, home).is_ok() {
            // Not a place that we would make now. The record is not root's alone to write, so it makes nothing there.
            return Ok(folder.clone());
        }
    }
    let mut refusal = None;
    for folder in places {
        match make_private(&folder, home) {
            Ok(()) if remembered.as_ref() == Some(&folder) => return Ok(folder),
            Ok(()) => {
                disk::replace(&record, &format!("{}\n", folder.display()), &home.account)?;
                return Ok(folder);
            }
            Err(error) => refusal = Some(error),
        }
    }
    Err(refusal.unwrap_or_else(|| {
        let error =
            io::Error::new(io::ErrorKind::NotFound, "no temporary folder that the server's user can enter");
        ClusterError::at("make a socket folder in", Path::new("/tmp"))(error)
    }))
}

/// Removes the socket and its lock file that a killed server has left. The folder serves one cluster and the caller holds
/// the server lock, so no server uses them; but the number in the lock file may be taken by something else, which the new
/// server would take for an older server.
pub(super) fn clear(folder: &Path) -> Result<(), ClusterError> {
    let socket = file(folder, PORT);
    let mut lock = socket.clone().into_os_string();
    lock.push(".lock");
    for path in [PathBuf::from(lock), socket] {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(ClusterError::at("remove", &path)(error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// The folders that may be made for this cluster, best first.
fn places(home: &Home) -> Vec<PathBuf> {
    let name = format!("masthead-{}-{}", home.account.uid, short_hash(&home.cluster()));
    let reachable = bases().into_iter().filter(|base| home.account.barrier(base).is_none());
    reachable.map(|base| base.join(&name)).collect()
}

/// Where the folder may be made, best first. Root's environment is not that of the server's user, and nobody can squat
/// names in `/run`.
fn bases() -> Vec<PathBuf> {
    let variables: &[&str] = if geteuid().is_root() { &[] } else { &["XDG_RUNTIME_DIR", "TMPDIR"] };
    let system: &[&str] = if geteuid().is_root() { &["/run", "/tmp"] } else { &["/tmp"] };
    let named = variables.iter().filter_map(std::env::var_os).map(PathBuf::from);
    named
        .chain(system.iter().map(PathBuf::from))
        .filter(|base| base.is_absolute() && base.to_str().is_some())
        .collect()
}

/// Makes the folder, or accepts one that is there if it is a private folder of the server's user.
fn make_private(folder: &Path, home: &Home) -> Result<(), ClusterError> {
    require_short(folder)?;
    match disk::create_private(folder, &home.account) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            // Root may have died between making it and giving it away; nobody else can have made a folder of root's.
            let (uid, gid) = (home.account.uid.as_raw(), home.account.gid.as_raw());
            let half_made = fs::symlink_metadata(folder).is_ok_and(|meta| meta.is_dir() && meta.uid() == 0);
            if half_made && geteuid().is_root() {
                lchown(folder, Some(uid), Some(gid))
                    .map_err(ClusterError::at("change the owner of", folder))?;
            }
            accept(folder, home)
        }
        outcome => outcome.map_err(ClusterError::at("create", folder)),
    }
}

/// Temporary folders are open to all, so a folder of that name may be another's trap.
fn accept(folder: &Path, home: &Home) -> Result<(), ClusterError> {
    require_short(folder)?;
    let meta = fs::symlink_metadata(folder).map_err(ClusterError::at("look at", folder))?;
    let mode = meta.permissions().mode() & 0o777;
    let why = if !meta.is_dir() {
        "it is not a folder".to_owned()
    } else if meta.uid() != home.account.uid.as_raw() {
        format!("it belongs to user id {}", meta.uid())
    } else if mode & 0o077 != 0 {
        format!("its mode is {mode:03o}, not 700")
    } else {
        return Ok(());
    };
    Err(ClusterError::SocketFolderTaken {
        folder: folder.to_path_buf(),
        user: home.account.name.clone(),
        why,
    })
}

fn require_short(folder: &Path) -> Result<(), ClusterError> {
    let path = file(folder, PORT);
    let length = path.as_os_str().as_bytes().len();
    if length > LIMIT {
        return Err(ClusterError::SocketPathTooLong { path, length, limit: LIMIT });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::super::scratch::Scratch;
    use super::*;

    fn home(scratch: &Scratch) -> Home {
        fs::set_permissions(scratch.path(), fs::Permissions::from_mode(0o755)).unwrap();
        Home::locate(&scratch.path().join("data"), None).unwrap()
    }

    #[test]
    fn a_private_folder_is_made_once_and_accepted_again() {
        let scratch = Scratch::new();
        let home = home(&scratch);
        let folder = scratch.path().join("socket");
        make_private(&folder, &home).unwrap();
        let meta = fs::metadata(&folder).unwrap();
        assert_eq!((meta.uid(), meta.mode() & 0o777), (home.account.uid.as_raw(), 0o700));
        make_private(&folder, &home).unwrap();
    }

    #[test]
    fn what_a_killed_server_left_is_cleared() {
        let scratch = Scratch::new();
        for name in [".s.PGSQL.5432", ".s.PGSQL.5432.lock", "other"] {
            fs::write(scratch.path().join(name), "").unwrap();
        }
        clear(scratch.path()).unwrap();
        clear(scratch.path()).unwrap();
        let left = fs::read_dir(scratch.path()).unwrap();
        let left: Vec<_> = left.map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["other"]);
    }

    #[test]
    fn traps_are_refused() {
        let scratch = Scratch::new();
        let home = home(&scratch);
        let open = scratch.path().join("open");
        make_private(&open, &home).unwrap();
        fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
        let link = scratch.path().join("link");
        symlink(scratch.path(), &link).unwrap();
        let file = scratch.path().join("file");
        fs::write(&file, "").unwrap();
        for (folder, part) in [(open, "mode is 755"), (link, "not a folder"), (file, "not a folder")] {
            let message = make_private(&folder, &home).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn another_users_folder_is_refused() {
        if !geteuid().is_root() {
            return;
        }
        let scratch = Scratch::new();
        let home = home(&scratch);
        let folder = scratch.path().join("squatted");
        make_private(&folder, &home).unwrap();
        lchown(&folder, Some(54_321), None).unwrap();
        let message = make_private(&folder, &home).unwrap_err().to_string();
        assert!(message.contains("54321"), "{message}");
    }

    #[test]
    fn a_path_that_does_not_fit_is_refused_before_it_is_made() {
        let scratch = Scratch::new();
        let home = home(&scratch);
        let folder = scratch.path().join("x".repeat(LIMIT));
        let error = make_private(&folder, &home).unwrap_err();
        assert!(matches!(error, ClusterError::SocketPathTooLong { .. }), "{error}");
        assert!(!folder.exists());
    }

    #[test]
    fn the_folder_is_remembered() {
        let scratch = Scratch::new();
        let home = home(&scratch);
        let chosen = scratch.path().join("chosen");
        make_private(&chosen, &home).unwrap();
        fs::write(home.socket_record(), chosen.to_str().unwrap()).unwrap();
        assert_eq!(prepare(&home).unwrap(), chosen);
        // A remembered folder that cannot be had again gives way to a new one.
        fs::write(home.socket_record(), "/no/such/parent/folder\n").unwrap();
        let other = prepare(&home).unwrap();
        assert_eq!(read_path(&home.socket_record()).unwrap(), Some(other.clone()));
        fs::remove_dir(other).unwrap();
    }
}
