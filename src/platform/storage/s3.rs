//! A bucket of an S3-compatible store.

use std::fs::File;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, BoxStream};
use futures_util::{StreamExt, TryStreamExt};
use object_store::aws::{AmazonS3, AmazonS3Builder, AmazonS3ConfigKey as Setting};
use object_store::prefix::PrefixStore;
use object_store::{GetOptions, MultipartUpload, ObjectStore, ObjectStoreExt, PutPayload, RetryConfig};
use secrecy::ExposeSecret;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::content::Content;
use super::error::StorageError;
use super::key::Key;
use super::s3_client::Connector;
use super::settings::{S3Settings, endpoint};
use super::spool::{Spooled, blocking};

/// A larger file is sent in parts of this size, in bytes.
const PART: u64 = 8 * 1024 * 1024;

/// So many files are sent at once; each holds a part in memory.
const PUTS: usize = 4;

/// How long a request without much of a body may take. Some are made within a transaction, which may idle for 10 s.
const QUICK: Duration = Duration::from_secs(5);

/// How long sending a part may take.
const SLOW: Duration = Duration::from_secs(120);

/// How long the next bytes of a file may take to come.
const CHUNK: Duration = Duration::from_secs(30);

type Store = PrefixStore<AmazonS3>;

#[derive(Debug)]
pub(super) struct S3 {
    store: Arc<Store>,
    address: String,
    puts: Arc<Semaphore>,
}

impl S3 {
    pub(super) fn new(bucket: &str, prefix: &str, settings: &S3Settings) -> Result<Self, StorageError> {
        let wrong = |error: object_store::Error| StorageError::Settings(format!("MASTHEAD_UPLOADS: {error}"));
        let retry = RetryConfig { max_retries: 2, retry_timeout: QUICK, ..RetryConfig::default() };
        // Credentials, and what else AWS_* variables say.
        let mut builder = AmazonS3Builder::from_env()
            .with_bucket_name(bucket)
            .with_disable_bulk_delete(true)
            .with_retry(retry)
            .with_http_connector(Connector::new()?);
        let named = |key| builder.get_config_value(&key);
        let found = settings.endpoint.clone();
        let found = found.or_else(|| named(Setting::S3Endpoint)).or_else(|| named(Setting::Endpoint));
        if let Some(text) = found {
            builder = builder.with_config(Setting::S3Endpoint, endpoint(&text)?);
        }
        if let Some((id, secret)) = &settings.credentials {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret.expose_secret());
        }
        if let Some(region) = &settings.region {
            builder = builder.with_region(region);
        }
        let store = PrefixStore::new(builder.build().map_err(wrong)?, prefix);
        let address = format!("s3://{bucket}/{prefix}").trim_end_matches('/').to_owned();
        Ok(Self { store: Arc::new(store), address, puts: Arc::new(Semaphore::new(PUTS)) })
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// By a listing, because a bucket that is not there answers a question about one file as if only that were missing.
    pub(super) async fn check(&self) -> Result<(), StorageError> {
        let nothing = object_store::path::Path::from("check");
        let Some(key) = Key::parse("check") else { return Ok(()) };
        let listed = timeout(QUICK, self.store.list_with_delimiter(Some(&nothing))).await;
        match listed.map_err(StorageError::away)?.map_err(|error| StorageError::of_store(&key, error)) {
            Ok(_) | Err(StorageError::Missing(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// In a task of its own: a sender that goes away must not leave parts behind that somebody pays for.
    pub(super) async fn put(&self, key: &Key, file: &Spooled) -> Result<(), StorageError> {
        let (store, puts) = (self.store.clone(), self.puts.clone());
        let (key, file) = (key.clone(), file.clone());
        let sent = tokio::spawn(async move {
            let _turn = puts.acquire_owned().await.map_err(StorageError::away)?;
            send(&store, &key, &file).await
        });
        sent.await.map_err(StorageError::away)?
    }

    pub(super) async fn put_bytes(&self, key: &Key, bytes: Bytes) -> Result<(), StorageError> {
        within(SLOW, key, self.store.put(key.path(), PutPayload::from_bytes(bytes))).await.map(|_| ())
    }

    pub(super) async fn get(&self, key: &Key, range: Option<Range<u64>>) -> Result<Content, StorageError> {
        if range.as_ref().is_some_and(Range::is_empty) {
            let size = self.size(key).await?.ok_or_else(|| StorageError::Missing(key.to_string()))?;
            return Ok(Content::new(size, 0..0, stream::empty().boxed()));
        }
        let options = GetOptions { range: range.map(Into::into), ..GetOptions::default() };
        let found = within(QUICK, key, self.store.get_opts(key.path(), options)).await?;
        let (size, range, name) = (found.meta.size, found.range.clone(), key.clone());
        let bytes = found.into_stream().map_err(move |error| StorageError::of_store(&name, error));
        Ok(Content::new(size, range, patient(bytes.boxed())))
    }

    pub(super) async fn size(&self, key: &Key) -> Result<Option<u64>, StorageError> {
        match within(QUICK, key, self.store.head(key.path())).await {
            Ok(found) => Ok(Some(found.size)),
            Err(StorageError::Missing(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn delete(&self, key: &Key) -> Result<(), StorageError> {
        match within(QUICK, key, self.store.delete(key.path())).await {
            Ok(()) | Err(StorageError::Missing(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

async fn within<T>(
    limit: Duration,
    key: &Key,
    work: impl Future<Output = object_store::Result<T>>,
) -> Result<T, StorageError> {
    let done = timeout(limit, work).await.map_err(StorageError::away)?;
    done.map_err(|error| StorageError::of_store(key, error))
}

/// A stream that ends with an error when it stands still.
fn patient(
    bytes: BoxStream<'static, Result<Bytes, StorageError>>,
) -> BoxStream<'static, Result<Bytes, StorageError>> {
    stream::try_unfold(bytes, |mut bytes| async {
        match timeout(CHUNK, bytes.next()).await.map_err(StorageError::away)? {
            Some(chunk) => Ok(Some((chunk?, bytes))),
            None => Ok(None),
        }
    })
    .boxed()
}

async fn send(store: &Store, key: &Key, file: &Spooled) -> Result<(), StorageError> {
    let (source, length) = (file.clone(), file.bytes());
    let source = Arc::new(blocking(move || File::open(source.path())).await?);
    if length <= PART {
        let payload = part(&source, 0, length).await?;
        return within(SLOW, key, store.put(key.path(), payload)).await.map(|_| ());
    }
    let mut upload = within(QUICK, key, store.put_multipart(key.path())).await?;
    let sent = send_parts(key, &mut *upload, &source, length).await;
    if sent.is_err() {
        // The store removes parts that are never completed only when it was told to.
        let _ = timeout(QUICK, upload.abort()).await;
    }
    sent
}

async fn send_parts(
    key: &Key,
    upload: &mut dyn MultipartUpload,
    source: &Arc<File>,
    length: u64,
) -> Result<(), StorageError> {
    let mut at = 0;
    while at < length {
        let bytes = (length - at).min(PART);
        let payload = part(source, at, bytes).await?;
        within(SLOW, key, upload.put_part(payload)).await?;
        at += bytes;
    }
    within(SLOW, key, upload.complete()).await.map(|_| ())
}

async fn part(source: &Arc<File>, at: u64, bytes: u64) -> Result<PutPayload, StorageError> {
    let source = source.clone();
    blocking(move || {
        let mut buffer = vec![0; usize::try_from(bytes).map_err(std::io::Error::other)?];
        source.read_exact_at(&mut buffer, at)?;
        Ok(PutPayload::from(buffer))
    })
    .await
}
