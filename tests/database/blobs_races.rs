//! Bytes that come, go and are shown at the same time: never a row without its file, never a file removed that a change
//! relies on. The moments are forced by locks.

use std::time::{Duration, Instant};

use diesel_async::SimpleAsyncConnection;
use masthead::blobs::model::original;
use masthead::blobs::{self, Collected};
use masthead::platform::db::Change;
use tokio::sync::oneshot;

use super::blobs::{Bytes, actor, add, keep, shown};
use crate::support::database::connect;

/// Waits until a session waits for a lock.
async fn until_one_waits(site: &Bytes) {
    let waiting = "select count(*)::text as value from pg_locks where not granted";
    let deadline = Instant::now() + Duration::from_secs(20);
    while site.rows.database.texts(waiting).await == ["0"] {
        assert!(Instant::now() < deadline, "nobody waits");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[actix_web::test]
async fn the_same_bytes_fifty_times_at_once_are_one_row_and_one_file() {
    let site = Bytes::new().await;
    let adding: Vec<_> = (0..50)
        .map(|_| {
            let app = site.app.clone();
            actix_web::rt::spawn(async move {
                let kept = keep(&app, b"the same").await;
                add(&app, &[kept]).await.unwrap().remove(0)
            })
        })
        .collect();
    let mut rows = Vec::new();
    for added in adding {
        rows.push(added.await.unwrap());
    }
    assert!(rows.iter().all(|row| *row == rows[0]));
    assert_eq!(site.with_row().await, [rows[0].sha256.to_string()]);
    assert_eq!(site.kept(), [original(rows[0].sha256).to_string()]);
}

#[actix_web::test]
async fn a_file_that_was_collected_before_its_row_came_is_put_again() {
    let site = Bytes::new().await;
    let kept = keep(&site.app, b"slow").await;
    // The change that is to show it takes longer than the grace.
    site.rows.database.advance("25 hours").await;
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected { rows: 0, files: 1 });
    assert!(!site.kept().contains(&original(kept.sha256()).to_string()));
    add(&site.app, std::slice::from_ref(&kept)).await.unwrap();
    assert!(site.kept().contains(&original(kept.sha256()).to_string()));
}

#[actix_web::test]
async fn a_collector_leaves_alone_what_a_change_is_adding() {
    let mut site = Bytes::new().await;
    let entries = [site.rows.entry().await, site.rows.entry().await];
    // An old row that nothing shows, and an old file without a row.
    let known = keep(&site.app, b"known").await;
    add(&site.app, std::slice::from_ref(&known)).await.unwrap();
    let new = keep(&site.app, b"new").await;
    site.rows.database.advance("25 hours").await;

    let (added, is_added) = oneshot::channel();
    let (go_on, may_go_on) = oneshot::channel::<()>();
    let change = {
        let (app, kept) = (site.app.clone(), [known.clone(), new.clone()]);
        actix_web::rt::spawn(async move {
            let work = async |tx: &mut Change<'_>| {
                let rows = blobs::insert_all(&app, tx, &kept).await?;
                added.send(()).unwrap();
                may_go_on.await.unwrap();
                for (entry, row) in entries.into_iter().zip(rows) {
                    tx.conn().batch_execute(&shown(entry, row.sha256)).await?;
                }
                Ok(tx.nothing_changed(()))
            };
            app.store.change(&actor(), work).await.unwrap();
        })
    };
    is_added.await.unwrap();
    // Its transaction is open. Nobody waits for it, and nothing is taken from it.
    for _ in 0..3 {
        assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected::default());
    }
    go_on.send(()).unwrap();
    change.await.unwrap();
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected::default());
    assert_eq!(site.with_row().await.len(), 2);
    drop((known, new));
    assert_eq!(site.kept().len(), 2);
}

#[actix_web::test]
async fn who_shows_known_bytes_while_they_are_collected_wins() {
    let mut site = Bytes::new().await;
    let entry = site.rows.entry().await;
    let kept = keep(&site.app, b"restored").await;
    add(&site.app, std::slice::from_ref(&kept)).await.unwrap();
    let sha256 = kept.sha256();
    drop(kept);
    site.rows.database.advance("25 hours").await;

    // A revision is restored, which takes no lock of ours: only the foreign key stands in the way.
    let mut restoring = connect(&site.rows.database.service()).await;
    restoring.batch_execute(&format!("begin; {}", shown(entry, sha256))).await.unwrap();
    let collecting = {
        let app = site.app.clone();
        actix_web::rt::spawn(async move { blobs::collect(&app, 24).await.unwrap() })
    };
    until_one_waits(&site).await;
    restoring.batch_execute("commit").await.unwrap();
    assert_eq!(collecting.await.unwrap(), Collected::default());
    assert_eq!(site.with_row().await, [sha256.to_string()]);
    assert_eq!(site.kept(), [original(sha256).to_string()]);
}

#[actix_web::test]
async fn who_comes_too_late_to_show_known_bytes_is_refused() {
    let mut site = Bytes::new().await;
    let entry = site.rows.entry().await;
    let kept = keep(&site.app, b"gone").await;
    add(&site.app, std::slice::from_ref(&kept)).await.unwrap();
    site.rows.database.advance("25 hours").await;
    assert_eq!(blobs::collect(&site.app, 24).await.unwrap(), Collected { rows: 1, files: 1 });
    site.rows.refused("revision_blobs_blob", &shown(entry, kept.sha256())).await;
}

/// Asks under the lock of the bytes, so that nobody is between the two steps of coming or of going.
async fn row_and_file(site: &Bytes, sha256: masthead::platform::digest::Digest) -> (bool, bool) {
    let mut conn = connect(&site.rows.database.service()).await;
    let key = i64::from_be_bytes(sha256.bytes()[..8].try_into().unwrap());
    conn.batch_execute(&format!(
        "begin; set local lock_timeout = '20s'; select pg_advisory_xact_lock({key})"
    ))
    .await
    .unwrap();
    let row = site.with_row().await.contains(&sha256.to_string());
    let file = site.kept().contains(&original(sha256).to_string());
    conn.batch_execute("commit").await.unwrap();
    (row, file)
}

#[actix_web::test]
async fn many_who_add_and_collect_never_leave_a_row_without_its_file() {
    let site = Bytes::new().await;
    let contents: [&[u8]; 3] = [b"one", b"two", b"three"];
    let digests: Vec<_> = {
        let mut digests = Vec::new();
        for bytes in contents {
            digests.push(keep(&site.app, bytes).await.sha256());
        }
        digests
    };
    let until = Instant::now() + Duration::from_secs(4);
    let mut tasks = Vec::new();
    for nth in 0..4 {
        let app = site.app.clone();
        tasks.push(actix_web::rt::spawn(async move {
            let mut done = 0_usize;
            while Instant::now() < until {
                let kept = [keep(&app, contents[nth % 3]).await, keep(&app, contents[(nth + 1) % 3]).await];
                let work = async |tx: &mut Change<'_>| {
                    let rows = blobs::insert_all(&app, tx, &kept).await?;
                    for row in &rows {
                        // As long as the change is open, the file is there.
                        assert_eq!(app.storage.size(&original(row.sha256)).await?, Some(row.bytes));
                    }
                    Ok(tx.nothing_changed(()))
                };
                app.store.change(&actor(), work).await.unwrap();
                done += 1;
            }
            done
        }));
    }
    for _ in 0..2 {
        let app = site.app.clone();
        tasks.push(actix_web::rt::spawn(async move {
            let mut done = 0;
            while Instant::now() < until {
                let collected = blobs::collect(&app, 0).await.unwrap();
                done += collected.rows + collected.files;
            }
            done
        }));
    }
    let mut looked = 0;
    while Instant::now() < until {
        for sha256 in &digests {
            let (row, file) = row_and_file(&site, *sha256).await;
            assert!(file || !row, "a row without its file");
            looked += 1;
        }
    }
    for task in tasks {
        assert!(task.await.unwrap() > 10, "one of them did next to nothing");
    }
    assert!(looked > 30, "{looked}");
    site.rows.database.advance("1 second").await;
    blobs::collect(&site.app, 0).await.unwrap();
    assert!(site.with_row().await.is_empty() && site.kept().is_empty(), "{:?}", site.kept());
}
