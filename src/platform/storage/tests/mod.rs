//! The storage against a real folder and against a server of the S3 protocol.

mod bucket;
mod folder;
mod server;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use futures_util::TryStreamExt;

use super::*;
use crate::platform::digest::Digest;

/// A folder of one test.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("masthead-storage-{}-{number}", std::process::id()));
        std::fs::remove_dir_all(&path).ok();
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// The names of all files below the folder.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = below(&self.0).iter().map(|path| name(&self.0, path)).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

fn name(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap().to_str().unwrap().to_owned()
}

fn key(text: &str) -> Key {
    Key::parse(text).unwrap()
}

/// Bytes that differ from their neighbours.
fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|index| u8::try_from((index / 251 + index) % 256).unwrap()).collect()
}

async fn received(storage: &Storage, bytes: &[u8]) -> Spooled {
    let mut writer = storage.spool().create().await.unwrap();
    for chunk in bytes.chunks(30_000) {
        writer.write(chunk).await.unwrap();
    }
    writer.finish().await.unwrap()
}

async fn read(storage: &Storage, name: &str, range: Option<std::ops::Range<u64>>) -> Bytes {
    storage.get(&key(name), range).await.unwrap().bytes().await.unwrap()
}

async fn listed(storage: &Storage, name: &str) -> Vec<(String, u64)> {
    let files: Vec<Listed> = storage.list(&key(name)).try_collect().await.unwrap();
    let mut files: Vec<_> = files.into_iter().map(|file| (file.key.to_string(), file.bytes)).collect();
    files.sort();
    files
}

/// What holds of every storage.
async fn keeps_its_promises(storage: &Storage) {
    // Larger than a part, and no multiple of it.
    let bytes = pattern(20 * 1024 * 1024 + 77);
    let file = received(storage, &bytes).await;
    assert_eq!(file.bytes(), bytes.len() as u64);
    let digest: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(&bytes).into();
    assert_eq!(file.sha256(), Digest::new(digest));
    assert_eq!(std::fs::read(file.path()).unwrap(), bytes);

    assert_eq!(storage.size(&key("blobs/a")).await.unwrap(), None);
    assert!(matches!(storage.get(&key("blobs/a"), None).await, Err(StorageError::Missing(_))));
    // Twice, as when somebody else was faster.
    storage.put(&key("blobs/a"), &file).await.unwrap();
    storage.put(&key("blobs/a"), &file).await.unwrap();
    storage.put(&key("blobs/b/c"), &received(storage, b"small").await).await.unwrap();
    storage.put_bytes(&key("renditions/x/card.webp"), Bytes::from_static(b"card")).await.unwrap();
    storage.put_bytes(&key("renditions/x/1/hero.webp"), Bytes::from_static(b"hero")).await.unwrap();
    storage.put_bytes(&key("renditions/xy/card.webp"), Bytes::from_static(b"another")).await.unwrap();
    let path = file.path().to_owned();
    drop(file);
    assert!(!path.exists(), "a received file goes with who received it");

    let length = bytes.len() as u64;
    assert_eq!(storage.size(&key("blobs/a")).await.unwrap(), Some(length));
    assert!(read(storage, "blobs/a", None).await == bytes);
    for range in [0..1, 5..300_000, length - 7..length, length - 7..length + 100, 3..3] {
        let expected =
            &bytes[usize::try_from(range.start).unwrap()..usize::try_from(range.end.min(length)).unwrap()];
        let content = storage.get(&key("blobs/a"), Some(range.clone())).await.unwrap();
        assert_eq!(content.size(), length, "{range:?}");
        assert!(content.bytes().await.unwrap() == expected, "{range:?}");
    }

    assert_eq!(listed(storage, "blobs").await, [("blobs/a".to_owned(), length), ("blobs/b/c".to_owned(), 5)]);
    assert_eq!(listed(storage, "nothing").await, []);
    assert_eq!(storage.delete_below(&key("renditions/x")).await.unwrap(), 2);
    assert_eq!(listed(storage, "renditions").await, [("renditions/xy/card.webp".to_owned(), 7)]);
    for _ in 0..2 {
        storage.delete(&key("blobs/a")).await.unwrap();
        assert_eq!(storage.size(&key("blobs/a")).await.unwrap(), None);
    }
    storage.put_bytes(&key("blobs/b/c"), Bytes::from_static(b"in its place")).await.unwrap();
    assert_eq!(read(storage, "blobs/b/c", None).await, "in its place");
    storage.probe().await.unwrap();
    storage.check().await.unwrap();
    assert_eq!(listed(storage, "probe").await, []);
}
