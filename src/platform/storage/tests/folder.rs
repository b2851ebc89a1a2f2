//! What holds of a folder alone.

use std::fs;

use super::*;
use crate::platform::problem::{Code, Problem};

fn storage(folder: &Folder) -> Storage {
    let settings = StorageSettings {
        place: Place::Folder(folder.0.join("uploads")),
        s3: S3Settings::default(),
        spool: folder.0.join("unused"),
    };
    Storage::new(&settings).unwrap()
}

async fn prepared(folder: &Folder) -> Storage {
    let storage = storage(folder);
    storage.prepare().await.unwrap();
    storage
}

#[tokio::test]
async fn a_folder_keeps_its_promises_and_nothing_is_left_over() {
    let folder = Folder::new();
    let storage = prepared(&folder).await;
    keeps_its_promises(&storage).await;
    assert_eq!(folder.names(), ["uploads/blobs/b/c", "uploads/renditions/xy/card.webp"]);
    assert!(!folder.0.join("uploads/renditions/x").exists(), "a folder goes with its last file");
}

#[tokio::test]
async fn nothing_is_made_before_it_is_needed() {
    let folder = Folder::new();
    let storage = storage(&folder);
    assert!(storage.is_unmade());
    assert!(matches!(storage.check().await, Err(StorageError::Away(_))));
    assert!(matches!(storage.size(&key("a")).await, Err(StorageError::Away(_))));
    assert!(matches!(
        storage.put_bytes(&key("a"), Bytes::from_static(b"a")).await,
        Err(StorageError::Away(_))
    ));
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 0);
    storage.prepare().await.unwrap();
    assert!(!storage.is_unmade());
}

#[tokio::test]
async fn what_a_stopped_process_left_is_swept_and_what_is_held_is_not() {
    let folder = Folder::new();
    let storage = prepared(&folder).await;
    let spool = folder.0.join("uploads/.spool");
    fs::write(spool.join("left-over"), b"half of a fi").unwrap();
    let mut writing = storage.spool().create().await.unwrap();
    writing.write(b"half").await.unwrap();
    let finished = received(&storage, b"whole").await;
    assert_eq!(storage.spool().sweep().await.unwrap(), 1);
    assert_eq!(fs::read_dir(&spool).unwrap().count(), 2);
    assert_eq!(fs::read(finished.path()).unwrap(), b"whole");
    writing.write(b" and half").await.unwrap();
    assert_eq!(fs::read(writing.finish().await.unwrap().path()).unwrap(), b"half and half");
    drop(finished);
    assert_eq!(fs::read_dir(&spool).unwrap().count(), 0);
    // The next start sweeps too.
    fs::write(spool.join("left-over"), b"half of a fi").unwrap();
    storage.prepare().await.unwrap();
    assert_eq!(fs::read_dir(&spool).unwrap().count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn files_are_made_while_others_sweep() {
    let folder = Folder::new();
    let storage = prepared(&folder).await;
    let sweeping = {
        let storage = storage.clone();
        tokio::spawn(async move {
            for _ in 0..300 {
                storage.spool().sweep().await.unwrap();
            }
        })
    };
    for number in 0..300_u32 {
        let bytes = number.to_be_bytes();
        let file = received(&storage, &bytes).await;
        assert_eq!(fs::read(file.path()).unwrap(), bytes);
        storage.put(&key("a/b"), &file).await.unwrap();
    }
    sweeping.await.unwrap();
    assert_eq!(read(&storage, "a/b", None).await, 299_u32.to_be_bytes().as_slice());
    assert_eq!(folder.names(), ["uploads/a/b"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_is_seen_whole_or_not_at_all() {
    let folder = Folder::new();
    let storage = prepared(&folder).await;
    let bytes = pattern(700_000);
    let file = received(&storage, &bytes).await;
    let writers: Vec<_> = (0..4)
        .map(|_| {
            let (storage, file) = (storage.clone(), file.clone());
            tokio::spawn(async move {
                for _ in 0..40 {
                    storage.put(&key("x/a"), &file).await.unwrap();
                    storage.delete_below(&key("x")).await.unwrap();
                }
            })
        })
        .collect();
    let mut seen = 0;
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) {
        match storage.get(&key("x/a"), None).await {
            Ok(content) => {
                assert!(content.bytes().await.unwrap() == bytes);
                seen += 1;
            }
            Err(error) => assert!(matches!(error, StorageError::Missing(_)), "{error}"),
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert!(seen > 0);
    drop(file);
    assert_eq!(folder.names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_folder_that_goes_away_is_no_empty_one() {
    let folder = Folder::new();
    let storage = prepared(&folder).await;
    storage.put_bytes(&key("a"), Bytes::from_static(b"a")).await.unwrap();
    // As when its disk is not mounted any more.
    fs::rename(folder.0.join("uploads"), folder.0.join("elsewhere")).unwrap();
    fs::create_dir(folder.0.join("uploads")).unwrap();
    let code = |error: StorageError| Problem::from(error).code();
    assert_eq!(code(storage.get(&key("a"), None).await.unwrap_err()), Code::Unavailable);
    assert_eq!(code(storage.size(&key("a")).await.unwrap_err()), Code::Unavailable);
    assert_eq!(code(storage.spool().create().await.unwrap_err()), Code::Unavailable);
    assert_eq!(code(storage.check().await.unwrap_err()), Code::Unavailable);
    fs::remove_dir(folder.0.join("uploads")).unwrap();
    fs::rename(folder.0.join("elsewhere"), folder.0.join("uploads")).unwrap();
    assert_eq!(read(&storage, "a", None).await, "a");
    storage.check().await.unwrap();
}

#[tokio::test]
async fn a_file_that_is_cut_short_while_it_is_read_is_an_error() {
    let folder = Folder::new();
    let storage = prepared(&folder).await;
    storage.put_bytes(&key("a"), pattern(600_000).into()).await.unwrap();
    let content = storage.get(&key("a"), None).await.unwrap();
    fs::OpenOptions::new().write(true).open(folder.0.join("uploads/a")).unwrap().set_len(400_000).unwrap();
    assert!(content.bytes().await.is_err());
}

#[tokio::test]
async fn a_place_that_is_no_folder_is_told() {
    let folder = Folder::new();
    fs::write(folder.0.join("uploads"), b"a file").unwrap();
    let error = storage(&folder).prepare().await.unwrap_err().to_string();
    assert!(error.contains("MASTHEAD_UPLOADS") && error.contains("uploads/.spool"), "{error}");
}
