//! Where files are received. Each is locked by the process that receives it and is removed when it is let go, whatever
//! happens; what a killed process left has no lock any more and is swept away.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

use super::error::StorageError;
use crate::platform::crew::{Begun, Crew, Size};
use crate::platform::digest::Digest;
use crate::platform::id::Ids;

/// So many bytes are hashed and written at once, while the next are being received.
const CHUNK: usize = 128 * 1024;

/// Where a file system knows no locks, a file that nobody has written to for so long is left over.
const LEFT_OVER: Duration = Duration::from_secs(24 * 60 * 60);

/// The most threads that hash and write what comes, whatever the machine.
const MOST_THREADS: usize = 4;

/// They stand back, so that many uploads at once leave the cores to those who read.
const NICENESS: i32 = 10;

/// So many threads make files last: they wait for the disk and not for a core. More would not make the disk faster, and
/// when fifty wait at once, each takes the core from those who answer when its turn has come.
const DISK_THREADS: usize = 4;

/// Somebody waits for what they do, often for a picture.
const DISK_NICENESS: i32 = 5;

/// The folder in which files are received, and the threads that do it.
#[derive(Debug, Clone)]
pub struct Spool {
    pub(super) folder: Arc<Path>,
    crew: Crew,
    disk: Crew,
}

impl Spool {
    pub(super) fn new(folder: PathBuf) -> Self {
        let threads =
            std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MOST_THREADS);
        // Each file that is received has one piece of work at most, so that nobody has to be turned away.
        let waiting = Semaphore::MAX_PERMITS;
        let crew = Crew::new("uploads", Size { threads, waiting, niceness: NICENESS });
        let disk = Crew::new("disk", Size { threads: DISK_THREADS, waiting, niceness: DISK_NICENESS });
        Self { folder: folder.into(), crew, disk }
    }

    /// Does work that waits until the disk has written something.
    pub(super) async fn writing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<T, StorageError> {
        on(&self.disk, work).await
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes the folder, finds out whether it can be written, and removes what killed processes left in it.
    pub(super) async fn prepare(&self) -> Result<(), StorageError> {
        let folder = self.folder.clone();
        let made = blocking(move || {
            // Above it may lie what other users have to reach, such as the server of the private database.
            fs::create_dir_all(folder.parent().unwrap_or(&folder))?;
            fs::DirBuilder::new().recursive(true).mode(0o750).create(&folder)?;
            SpoolFile::create(&folder).map(drop)
        });
        match made.await {
            Ok(()) => {}
            Err(error @ StorageError::Full(_)) => tracing::error!(%error, "nothing can be uploaded"),
            Err(error) => {
                let folder = self.folder.display();
                return Err(StorageError::Settings(format!(
                    "MASTHEAD_UPLOADS: the folder {folder} cannot be used: {error}"
                )));
            }
        }
        let removed = self.sweep().await?;
        if removed > 0 {
            tracing::info!(removed, "removed files of uploads that a stopped process left half-way");
        }
        Ok(())
    }

    /// Begins a file.
    ///
    /// # Errors
    /// When the folder is full or away.
    pub async fn create(&self) -> Result<SpoolWriter, StorageError> {
        let folder = self.folder.clone();
        let file = self.writing(move || SpoolFile::create(&folder)).await?;
        Ok(SpoolWriter {
            file: Arc::new(file),
            crew: self.crew.clone(),
            disk: self.disk.clone(),
            hash: Some(Sha256::new()),
            writing: None,
            buffer: BytesMut::new(),
            bytes: 0,
        })
    }

    /// Removes files that no process holds, and gives how many.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn sweep(&self) -> Result<usize, StorageError> {
        let folder = self.folder.clone();
        blocking(move || {
            let mut removed = 0;
            for entry in fs::read_dir(&folder)? {
                removed += usize::from(sweep_file(&entry?.path())?);
            }
            Ok(removed)
        })
        .await
    }
}

/// Removes a file if nobody holds it; gives whether it did. Who comes second finds it gone.
fn sweep_file(path: &Path) -> io::Result<bool> {
    let gone =
        |error: io::Error| if error.kind() == io::ErrorKind::NotFound { Ok(false) } else { Err(error) };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return gone(error),
    };
    let found = file.metadata()?;
    let left_over = found.is_file()
        && match file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(_)) => found.modified()?.elapsed().is_ok_and(|idle| idle > LEFT_OVER),
        };
    if !left_over {
        return Ok(false);
    }
    fs::remove_file(path).map(|()| true).or_else(gone)
}

/// A file in the spool, locked as long as it is held and removed when it is let go.
#[derive(Debug)]
pub(super) struct SpoolFile {
    path: PathBuf,
    file: File,
}

impl SpoolFile {
    /// Makes an empty file.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        loop {
            let path = folder.join(Ids.uuid().simple().to_string());
            let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o640).open(&path)?;
            let made = Self { path, file };
            match made.file.lock() {
                // A sweep may have come between the making and the lock: then the file has no name any more.
                Ok(()) if made.file.metadata()?.nlink() == 0 => {}
                Ok(()) => return Ok(made),
                Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(made),
                Err(error) => return Err(error),
            }
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for SpoolFile {
    fn drop(&mut self) {
        // It may have been moved to its place. Otherwise the next sweep tries again.
        let _ = fs::remove_file(&self.path);
    }
}

/// A file that is being received. What is received goes through a bounded buffer to a thread that hashes and writes it, so
/// a slow disk slows the senders down and nobody else.
#[derive(Debug)]
pub struct SpoolWriter {
    file: Arc<SpoolFile>,
    crew: Crew,
    disk: Crew,
    /// Of what is written; travels with the work.
    hash: Option<Sha256>,
    writing: Option<Begun<io::Result<Sha256>>>,
    buffer: BytesMut,
    bytes: u64,
}

impl SpoolWriter {
    /// Takes the next bytes. After an error the file is of no use.
    ///
    /// # Errors
    /// When the disk is full or away.
    pub async fn write(&mut self, chunk: &[u8]) -> Result<(), StorageError> {
        self.buffer.extend_from_slice(chunk);
        self.bytes += chunk.len() as u64;
        if self.buffer.len() >= CHUNK {
            let mut hash = self.idle().await?;
            let (file, chunk) = (self.file.clone(), self.buffer.split());
            self.begin(move || {
                hash.update(&chunk);
                file.file().write_all(&chunk)?;
                Ok(hash)
            })?;
        }
        Ok(())
    }

    fn begin(
        &mut self,
        work: impl FnOnce() -> io::Result<Sha256> + Send + 'static,
    ) -> Result<(), StorageError> {
        let place = self.crew.place().ok_or_else(|| StorageError::away("too much is being received"))?;
        self.writing = Some(place.begin(work).map_err(StorageError::away)?);
        Ok(())
    }

    /// How many bytes were taken.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Waits until the file lies on the disk, whole and safe.
    ///
    /// # Errors
    /// When the disk is full or away.
    pub async fn finish(mut self) -> Result<Spooled, StorageError> {
        let mut hash = self.idle().await?;
        let (file, last) = (self.file.clone(), self.buffer.split());
        self.begin(move || {
            hash.update(&last);
            file.file().write_all(&last)?;
            Ok(hash)
        })?;
        let hash = self.idle().await?;
        let file = self.file.clone();
        on(&self.disk, move || file.file().sync_all()).await?;
        let sha256 = Digest::new(hash.finalize().into());
        Ok(Spooled { sha256, file: self.file, bytes: self.bytes, disk: self.disk })
    }

    /// Waits until nothing is being written.
    async fn idle(&mut self) -> Result<Sha256, StorageError> {
        match self.writing.take() {
            Some(writing) => writing.end().await.map_err(StorageError::away)?.map_err(StorageError::of_io),
            None => self.hash.take().ok_or_else(|| StorageError::away("an earlier write failed")),
        }
    }
}

/// A file that was received whole and lies on the disk. It is removed with the last of its clones; put into the storage, it
/// stays there.
#[derive(Debug, Clone)]
pub struct Spooled {
    pub(super) file: Arc<SpoolFile>,
    bytes: u64,
    sha256: Digest,
    disk: Crew,
}

impl Spooled {
    /// Lets the file go. Where many are being written a file is removed slowly, and a thread that answers others would wait.
    pub async fn let_go(self) {
        let Self { file, disk, .. } = self;
        let removed = on(&disk, move || {
            drop(file);
            Ok(())
        });
        // It is let go in any case.
        let _ = removed.await;
    }

    /// Where it lies, for those who read it.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    /// Its length in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The SHA-256 of its bytes.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        self.sha256
    }
}

/// Does work on a thread of this crew.
async fn on<T: Send + 'static>(
    crew: &Crew,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StorageError> {
    let place = crew.place().ok_or_else(|| StorageError::away("too much is being written"))?;
    place.run(work).await.map_err(StorageError::away)?.map_err(StorageError::of_io)
}

/// Does work that waits for the disk on a thread that may wait.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, StorageError> {
    spawn_blocking(work).await.map_err(StorageError::away)?.map_err(StorageError::of_io)
}
