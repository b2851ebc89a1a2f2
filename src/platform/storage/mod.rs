//! Where bytes lie that are too large for the database: a local folder, or a bucket of any S3-compatible store. A file is
//! whole or not there; nothing is ever changed in place. What the files mean is not known here.

mod content;
mod error;
mod key;
mod local;
mod s3;
mod s3_client;
mod settings;
mod spool;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::{ObjectStore, ObjectStoreExt};

use local::Local;
use s3::S3;

use crate::platform::id::Ids;

pub use content::Content;
pub use error::StorageError;
pub use key::Key;
pub use settings::{Place, S3Settings, StorageSettings};
pub use spool::{Spool, SpoolWriter, Spooled};

/// The storage of this installation.
#[derive(Debug, Clone)]
pub struct Storage(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    backend: Backend,
    spool: Spool,
}

#[derive(Debug)]
enum Backend {
    Local(Local),
    S3(Box<S3>),
}

/// A file as a listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it lies.
    pub key: Key,
    /// Its length in bytes.
    pub bytes: u64,
    /// When it was written, by the clock of the storage.
    pub written_at: DateTime<Utc>,
}

impl Storage {
    /// Takes the settings without touching what they name, so that commands which need no files leave none behind.
    ///
    /// # Errors
    /// `Settings`, with what to write instead.
    pub fn new(settings: &StorageSettings) -> Result<Self, StorageError> {
        let (backend, spool) = match &settings.place {
            Place::Folder(folder) => {
                let local = Local::new(folder)?;
                let spool = Spool::new(local.root().join(".spool"));
                (Backend::Local(local), spool)
            }
            Place::Bucket { bucket, prefix } => {
                let s3 = S3::new(bucket, prefix, &settings.s3)?;
                (Backend::S3(Box::new(s3)), Spool::new(settings.spool.clone()))
            }
        };
        Ok(Self(Arc::new(Inner { backend, spool })))
    }

    /// Makes the folders, and asks a bucket whether it lets us in. A bucket that does not answer is no reason not to start:
    /// it may be back sooner than whoever starts us again.
    ///
    /// # Errors
    /// When a folder cannot be made or written, or when the bucket is not there or refuses.
    pub async fn prepare(&self) -> Result<(), StorageError> {
        self.0.spool.prepare().await?;
        match self.check().await {
            Err(error @ StorageError::Away(_)) if matches!(self.0.backend, Backend::S3(_)) => {
                tracing::warn!(%error, "the storage of uploads does not answer; it is asked again when it is needed");
                Ok(())
            }
            outcome => outcome,
        }
    }

    /// Whether the storage answers and lets us in; cheap enough to be asked by a load balancer.
    ///
    /// # Errors
    /// Why not.
    pub async fn check(&self) -> Result<(), StorageError> {
        match &self.0.backend {
            Backend::Local(local) => local.check().await,
            Backend::S3(s3) => s3.check().await,
        }
    }

    /// Writes a file, reads it back and removes it.
    ///
    /// # Errors
    /// The first of these that does not work.
    pub async fn probe(&self) -> Result<(), StorageError> {
        let name = Ids.uuid().simple().to_string();
        let key = Key::top("probe").join(&name).ok_or_else(|| StorageError::away("a name is no key"))?;
        self.put_bytes(&key, Bytes::from(name.clone())).await?;
        let read = self.get(&key, None).await?.bytes().await;
        self.delete(&key).await?;
        if read? == name { Ok(()) } else { Err(StorageError::away("what was written is not what is read")) }
    }

    /// Where it is, for people.
    #[must_use]
    pub fn address(&self) -> String {
        match &self.0.backend {
            Backend::Local(local) => local.root().display().to_string(),
            Backend::S3(s3) => s3.address().to_owned(),
        }
    }

    /// Whether a local folder that nobody has needed yet does not exist.
    #[must_use]
    pub fn is_unmade(&self) -> bool {
        matches!(&self.0.backend, Backend::Local(local) if !local.root().exists())
    }

    /// Where files are received before they have a key.
    #[must_use]
    pub fn spool(&self) -> &Spool {
        &self.0.spool
    }

    /// Puts a received file under a key, in place of what may be there. The received file stays as it is, so that it can
    /// be put again. Once begun it is done even if nobody waits any more.
    ///
    /// # Errors
    /// When the storage is full, away or refuses; then what was under the key is still there.
    pub async fn put(&self, key: &Key, file: &Spooled) -> Result<(), StorageError> {
        match &self.0.backend {
            Backend::Local(local) => local.put(key, file, &self.0.spool).await,
            Backend::S3(s3) => s3.put(key, file).await,
        }
    }

    /// Puts a few bytes under a key, in place of what may be there.
    ///
    /// # Errors
    /// As [`put`](Self::put).
    pub async fn put_bytes(&self, key: &Key, bytes: Bytes) -> Result<(), StorageError> {
        match &self.0.backend {
            Backend::Local(local) => local.put_bytes(key, bytes, &self.0.spool).await,
            Backend::S3(s3) => s3.put_bytes(key, bytes).await,
        }
    }

    /// Opens a file, whole or from the first to before the last byte of a range, which is cut to the file's length.
    ///
    /// # Errors
    /// `Missing` when there is no file, or that the storage is away.
    pub async fn get(&self, key: &Key, range: Option<std::ops::Range<u64>>) -> Result<Content, StorageError> {
        match &self.0.backend {
            Backend::Local(local) => local.get(key, range).await,
            Backend::S3(s3) => s3.get(key, range).await,
        }
    }

    /// The length of a file in bytes, if it is there.
    ///
    /// # Errors
    /// When the storage is away.
    pub async fn size(&self, key: &Key) -> Result<Option<u64>, StorageError> {
        match &self.0.backend {
            Backend::Local(local) => local.size(key).await,
            Backend::S3(s3) => s3.size(key).await,
        }
    }

    /// Removes a file. That it was not there is no fault.
    ///
    /// # Errors
    /// When the storage is away or refuses.
    pub async fn delete(&self, key: &Key) -> Result<(), StorageError> {
        let deleted = match &self.0.backend {
            Backend::Local(local) => local.store()?.delete(key.path()).await,
            Backend::S3(s3) => return s3.delete(key).await,
        };
        match deleted.map_err(|error| StorageError::of_store(key, error)) {
            Ok(()) | Err(StorageError::Missing(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// All files below a key, in no order. What appears or goes meanwhile may be listed or not.
    ///
    /// # Errors
    /// In the stream, when the storage is away.
    #[must_use]
    pub fn list(&self, below: &Key) -> BoxStream<'static, Result<Listed, StorageError>> {
        let store: &dyn ObjectStore = match &self.0.backend {
            Backend::Local(local) => match local.store() {
                Ok(store) => store,
                Err(error) => return futures_util::stream::once(async { Err(error) }).boxed(),
            },
            Backend::S3(s3) => s3.store(),
        };
        let key = below.clone();
        store
            .list(Some(below.path()))
            .map_err(move |error| StorageError::of_store(&key, error))
            .try_filter_map(|found| async move {
                // What is not named as we name files is not ours.
                Ok(Key::parse(found.location.as_ref()).map(|key| Listed {
                    key,
                    bytes: found.size,
                    written_at: found.last_modified,
                }))
            })
            .boxed()
    }

    /// Removes all files below a key, and gives how many there were.
    ///
    /// # Errors
    /// When the storage is away or refuses; some may be gone then.
    pub async fn delete_below(&self, below: &Key) -> Result<usize, StorageError> {
        let found: Vec<Listed> = self.list(below).try_collect().await?;
        for file in &found {
            self.delete(&file.key).await?;
        }
        if let Backend::Local(local) = &self.0.backend {
            local.forget_folder(below).await;
        }
        Ok(found.len())
    }
}
