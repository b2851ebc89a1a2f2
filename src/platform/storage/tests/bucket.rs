//! What holds of a bucket alone: credentials, and a store that goes away and comes back.

use std::time::{Duration, Instant};

use super::server::{BUCKET, KEY, SECRET, Server};
use super::*;
use crate::platform::problem::{Code, Problem};

fn storage(folder: &Folder, server: &Server, place: &str, secret: &str) -> Storage {
    let settings = StorageSettings {
        place: place.parse().unwrap(),
        s3: S3Settings {
            endpoint: Some(format!("http://{}", server.address)),
            region: Some("eu-test-1".to_owned()),
            credentials: Some((KEY.to_owned(), secret.to_owned().into())),
        },
        spool: folder.0.join("spool"),
    };
    Storage::new(&settings).unwrap()
}

#[tokio::test]
async fn a_bucket_keeps_its_promises() {
    let folder = Folder::new();
    let server = Server::start(&folder.0.join("s3")).await;
    for place in ["s3://media", "s3://media/sites/one"] {
        let storage = storage(&folder, &server, place, SECRET);
        storage.prepare().await.unwrap();
        assert_eq!(storage.address(), place);
        keeps_its_promises(&storage).await;
    }
    let names = folder.names();
    for name in ["blobs/b/c", "renditions/xy/card.webp"] {
        for prefix in ["s3/media", "s3/media/sites/one"] {
            assert!(names.contains(&format!("{prefix}/{name}")), "{names:?}");
        }
    }
    assert!(!names.iter().any(|name| name.starts_with("spool/") || name.contains(".upload")), "{names:?}");
}

#[tokio::test]
async fn wrong_credentials_and_a_bucket_that_is_not_there_are_told_at_the_start() {
    let folder = Folder::new();
    let server = Server::start(&folder.0.join("s3")).await;
    let wrong = storage(&folder, &server, "s3://media", "another-secret");
    let error = wrong.prepare().await.unwrap_err();
    assert!(matches!(error, StorageError::Refused(_)), "{error}");
    assert!(!error.to_string().contains("another-secret"), "{error}");
    let error = wrong.put_bytes(&key("a"), Bytes::from_static(b"a")).await.unwrap_err();
    assert_eq!(Problem::from(error).code(), Code::Unavailable);
    let error = storage(&folder, &server, "s3://elsewhere", SECRET).prepare().await.unwrap_err();
    assert!(matches!(error, StorageError::Refused(_)), "{error}");
}

#[tokio::test]
async fn a_store_that_goes_away_is_unavailable_until_it_is_back() {
    let folder = Folder::new();
    let server = Server::start(&folder.0.join("s3")).await;
    let address = server.address;
    let storage = storage(&folder, &server, &format!("s3://{BUCKET}"), SECRET);
    storage.put_bytes(&key("a"), Bytes::from_static(b"kept")).await.unwrap();
    assert_eq!(read(&storage, "a", None).await, "kept");
    server.stop().await;

    let began = Instant::now();
    // It may be back sooner than whoever starts us again.
    storage.prepare().await.unwrap();
    let file = received(&storage, &pattern(9 * 1024 * 1024)).await;
    for error in [
        storage.check().await.unwrap_err(),
        storage.size(&key("a")).await.unwrap_err(),
        storage.get(&key("a"), None).await.unwrap_err(),
        storage.put(&key("b"), &file).await.unwrap_err(),
        storage.delete(&key("a")).await.unwrap_err(),
        storage.list(&key("a")).try_collect::<Vec<_>>().await.unwrap_err(),
    ] {
        assert!(matches!(error, StorageError::Away(_)), "{error}");
        assert_eq!(Problem::from(error).code(), Code::Unavailable);
    }
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());

    let server = Server::at(&folder.0.join("s3"), address).await;
    assert_eq!(read(&storage, "a", None).await, "kept");
    storage.put(&key("b"), &file).await.unwrap();
    assert_eq!(storage.size(&key("b")).await.unwrap(), Some(9 * 1024 * 1024));
    server.stop().await;
}
