//! The worker's part: removes bytes that nothing has shown for a while. A row and its file go in two transactions, each under
//! the lock of the digest, so that a change which adds the same bytes meanwhile finds out and puts the file again.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;

use super::model::{ORIGINALS, RENDITIONS, original, owner, renditions};
use super::store;
use crate::app::App;
use crate::platform::digest::Digest;
use crate::platform::problem::{Code, Problem};
use crate::platform::storage::Key;

/// So many rows or files are looked at in one question to the database.
const PAGE: usize = 500;

/// What was removed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Collected {
    /// Rows of bytes that nothing shows.
    pub rows: usize,
    /// Files without a row.
    pub files: usize,
}

/// Removes what nothing has shown for so many hours, and files without a row that are as old. What somebody is working with
/// right now is left for the next time, so any number of processes may collect at once.
///
/// # Errors
/// When the database or the storage is away; what is left is found again.
pub async fn collect(app: &App, hours: u32) -> Result<Collected, Problem> {
    let before = app.store.now().await? - TimeDelta::hours(i64::from(hours));
    let mut done = Collected::default();
    let mut last = None;
    loop {
        let unused =
            app.store.read(async |read| store::unused(read.conn(), before, last, PAGE).await).await?;
        for sha256 in &unused {
            if remove_row(app, *sha256, before).await? {
                done.rows += 1;
                done.files += remove_files(app, *sha256).await?;
            }
        }
        last = unused.last().copied();
        if unused.len() < PAGE {
            break;
        }
    }
    for folder in [ORIGINALS, RENDITIONS] {
        done.files += sweep(app, folder, before).await?;
    }
    Ok(done)
}

/// The first step: the row goes, unless something shows it after all.
async fn remove_row(app: &App, sha256: Digest, before: DateTime<Utc>) -> Result<bool, Problem> {
    let removed = app.store.housekeep(async |work| {
        if !store::try_lock(work, sha256).await? {
            return Ok(false);
        }
        store::delete_unused(work, sha256, before).await
    });
    match removed.await {
        // A change that shows it was faster.
        Err(problem) if problem.code() == Code::InUse => Ok(false),
        removed => removed,
    }
}

/// The second step: the files go, unless there is a row again.
async fn remove_files(app: &App, sha256: Digest) -> Result<usize, Problem> {
    app.store
        .housekeep(async |work| {
            if !store::try_lock(work, sha256).await? || store::exists(work.conn(), sha256).await? {
                return Ok(0);
            }
            let original = original(sha256);
            let there = app.storage.size(&original).await?.is_some();
            app.storage.delete(&original).await?;
            Ok(app.storage.delete_below(&renditions(sha256)).await? + usize::from(there))
        })
        .await
}

/// Removes files that have no row, such as those of a process that was killed between the two.
async fn sweep(app: &App, folder: &'static str, before: DateTime<Utc>) -> Result<usize, Problem> {
    let mut files = app.storage.list(&Key::top(folder));
    let mut removed = 0;
    let mut page = BTreeSet::new();
    loop {
        let file = files.try_next().await?;
        let ended = file.is_none();
        if let Some(owner) = file.filter(|file| file.written_at < before).and_then(|file| owner(&file.key)) {
            page.insert(owner);
        }
        if page.len() >= PAGE || (ended && !page.is_empty()) {
            let asked: Vec<Digest> = std::mem::take(&mut page).into_iter().collect();
            for sha256 in app.store.read(async |read| store::without_row(read.conn(), &asked).await).await? {
                removed += remove_files(app, sha256).await?;
            }
        }
        if ended {
            return Ok(removed);
        }
    }
}
