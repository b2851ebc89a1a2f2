//! A local folder. A file comes to its place by a rename within the file system, after it and before its folder is
//! synced, so that a power cut leaves it whole or not there.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use nix::unistd::{AccessFlags, access};
use object_store::local::LocalFileSystem;
use tokio::task::spawn_blocking;

use super::content::{Content, within};
use super::error::StorageError;
use super::key::Key;
use super::spool::{Spool, SpoolFile, Spooled, blocking};
use crate::platform::id::Ids;

/// So many bytes are read at once. What is smaller needs one turn.
const CHUNK: u64 = 256 * 1024;

/// How often a folder may vanish under a file that is on its way into it.
const TRIES: usize = 8;

#[derive(Debug)]
pub(super) struct Local {
    root: Arc<Path>,
    store: OnceLock<LocalFileSystem>,
}

impl Local {
    pub(super) fn new(folder: &Path) -> Result<Self, StorageError> {
        let root = std::path::absolute(folder)
            .map_err(|error| StorageError::Settings(format!("MASTHEAD_UPLOADS: {error}")))?;
        Ok(Self { root: root.into(), store: OnceLock::new() })
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder as `object_store` sees it; made when first asked, because it must exist by then.
    pub(super) fn store(&self) -> Result<&LocalFileSystem, StorageError> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let made = LocalFileSystem::new_with_prefix(&*self.root).map_err(StorageError::away)?;
        Ok(self.store.get_or_init(|| made))
    }

    pub(super) async fn check(&self) -> Result<(), StorageError> {
        let root = self.root.clone();
        blocking(move || {
            fs::metadata(spool_of(&root))?;
            Ok(access(&*root, AccessFlags::W_OK | AccessFlags::X_OK)?)
        })
        .await
    }

    pub(super) async fn put(&self, key: &Key, file: &Spooled, spool: &Spool) -> Result<(), StorageError> {
        let (root, key, file, folder) = (self.root.clone(), key.clone(), file.clone(), spool.folder.clone());
        spool
            .writing(move || {
                // A second name for the same bytes: the received file stays, and is swept by nobody as long as it is held.
                let staged = folder.join(Ids.uuid().simple().to_string());
                if fs::hard_link(file.path(), &staged).is_ok() {
                    let moved = install(&root, &key, &staged);
                    // Two names of one file are not renamed over each other, so the second may still be there.
                    let _ = fs::remove_file(&staged);
                    return moved;
                }
                // A file system without links.
                let copy = SpoolFile::create(&folder)?;
                io::copy(&mut File::open(file.path())?, &mut copy.file())?;
                copy.file().sync_all()?;
                install(&root, &key, copy.path())
            })
            .await
    }

    pub(super) async fn put_bytes(&self, key: &Key, bytes: Bytes, spool: &Spool) -> Result<(), StorageError> {
        let (root, key, folder) = (self.root.clone(), key.clone(), spool.folder.clone());
        spool
            .writing(move || {
                let staged = SpoolFile::create(&folder)?;
                staged.file().write_all(&bytes)?;
                staged.file().sync_all()?;
                install(&root, &key, staged.path())
            })
            .await
    }

    pub(super) async fn get(&self, key: &Key, range: Option<Range<u64>>) -> Result<Content, StorageError> {
        let (root, path) = (self.root.clone(), place(&self.root, key));
        let opened = spawn_blocking(move || open(&root, &path, range)).await.map_err(StorageError::away)?;
        let (file, size, range, first) = opened.map_err(|error| StorageError::of_file(key, error))?;
        if first.len() as u64 == range.end - range.start {
            // Nothing is left to be read, so the file is closed before anybody waits for a slow reader.
            let all = stream::iter((!first.is_empty()).then_some(Ok(first)));
            return Ok(Content::new(size, range, all.boxed()));
        }
        let begun = range.start + first.len() as u64;
        let end = range.end;
        let rest = stream::try_unfold((Arc::new(file), begun), move |(file, at)| async move {
            if at >= end {
                return Ok(None);
            }
            let chunk = (end - at).min(CHUNK);
            let source = file.clone();
            let bytes = blocking(move || read(&source, at, chunk)).await?;
            Ok(Some((bytes, (file, at + chunk))))
        });
        let first = stream::once(async move { Ok(first) });
        Ok(Content::new(size, range, first.chain(rest).boxed()))
    }

    pub(super) async fn size(&self, key: &Key) -> Result<Option<u64>, StorageError> {
        let (root, path) = (self.root.clone(), place(&self.root, key));
        let found = spawn_blocking(move || stat(&root, &path)).await.map_err(StorageError::away)?;
        match found.map_err(|error| StorageError::of_file(key, error)) {
            Ok(size) => Ok(Some(size)),
            Err(StorageError::Missing(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Removes a folder in which no file is left. That there is one again is no fault.
    pub(super) async fn forget_folder(&self, key: &Key) {
        let folder = place(&self.root, key);
        let _ = blocking(move || remove_folder(&folder)).await;
    }
}

/// Removes a folder with the folders in it, but no file.
fn remove_folder(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_folder(&entry.path())?;
        }
    }
    fs::remove_dir(folder)
}

fn spool_of(root: &Path) -> PathBuf {
    root.join(".spool")
}

fn place(root: &Path, key: &Key) -> PathBuf {
    key.segments().fold(root.to_owned(), |path, segment| path.join(segment))
}

/// Nothing is missing in a folder that is itself not there, such as that of a disk which is not mounted: it is away.
fn missing_or_away(root: &Path, error: io::Error) -> io::Error {
    let away = error.kind() == ErrorKind::NotFound && !spool_of(root).exists();
    if away { io::Error::other(format!("the folder {} is not there", root.display())) } else { error }
}

fn stat(root: &Path, path: &Path) -> io::Result<u64> {
    let found = fs::metadata(path).map_err(|error| missing_or_away(root, error))?;
    if found.is_file() { Ok(found.len()) } else { Err(ErrorKind::NotFound.into()) }
}

/// Opens a file and reads the first bytes of the range.
fn open(root: &Path, path: &Path, range: Option<Range<u64>>) -> io::Result<(File, u64, Range<u64>, Bytes)> {
    let file = File::open(path).map_err(|error| missing_or_away(root, error))?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(ErrorKind::NotFound.into());
    }
    let range = within(range, found.len());
    let first = read(&file, range.start, (range.end - range.start).min(CHUNK))?;
    Ok((file, found.len(), range, first))
}

fn read(file: &File, at: u64, bytes: u64) -> io::Result<Bytes> {
    let mut buffer = vec![0; usize::try_from(bytes).map_err(io::Error::other)?];
    file.read_exact_at(&mut buffer, at)?;
    Ok(buffer.into())
}

/// Moves a synced file to its place, and makes the folders on the way.
fn install(root: &Path, key: &Key, staged: &Path) -> io::Result<()> {
    let target = place(root, key);
    let folder = target.parent().unwrap_or(root);
    let mut tries = 0;
    loop {
        match make_folders(root, key).and_then(|()| fs::rename(staged, &target)) {
            Ok(()) => break,
            // Who removes the last file of a folder removes the folder too.
            Err(error) if error.kind() == ErrorKind::NotFound && tries < TRIES => tries += 1,
            Err(error) => return Err(error),
        }
    }
    match sync(folder) {
        // It was there, and somebody has removed it since.
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        synced => synced,
    }
}

/// Makes the folders above a key, but never the root: when that is gone, its disk is.
fn make_folders(root: &Path, key: &Key) -> io::Result<()> {
    let mut above = root.to_owned();
    let mut folders: Vec<&str> = key.segments().collect();
    folders.pop();
    for name in folders {
        let folder = above.join(name);
        match fs::create_dir(&folder) {
            Ok(()) => sync(&above)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(missing_or_away(root, error)),
        }
        above = folder;
    }
    Ok(())
}

fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
