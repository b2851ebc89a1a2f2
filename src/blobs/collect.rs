//! The worker's part: removes bytes that nothing has shown for a while. A row and its file go in two transactions, each under
//! the lock of the digest, so that a change which adds the same bytes meanwhile finds out and puts the file again. What was
//! made of bytes goes with them, or before when nothing would be made like it any more.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::TryStreamExt;

use super::model::{ORIGINALS, RENDITIONS, original, owner, renditions};
use super::outdated::Recipes;
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
    /// Files: those of these rows, without a row, or outdated.
    pub files: usize,
}

/// Removes what nothing has shown for so many hours, files without a row that are as old, and outdated renditions. What somebody is working with
/// right now is left for the next time, so any number of processes may collect at once.
///
/// # Errors
/// When the database or the storage is away; what is left is found again.
pub async fn collect(app: &App, hours: u32) -> Result<Collected, Problem> {
    let now = app.store.now().await?;
    let before = now - TimeDelta::hours(i64::from(hours));
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
    let mut recipes = Recipes::learn(app, now).await?;
    for folder in [ORIGINALS, RENDITIONS] {
        done.files += sweep(app, folder, before, &mut recipes).await?;
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

/// Removes files that have no row, such as those of a process that was killed between the two, and renditions that are
/// outdated.
async fn sweep(
    app: &App,
    folder: &'static str,
    before: DateTime<Utc>,
    recipes: &mut Recipes,
) -> Result<usize, Problem> {
    let mut files = app.storage.list(&Key::top(folder));
    let mut removed = 0;
    let (mut page, mut held) = (BTreeMap::<Digest, Vec<Key>>::new(), 0);
    loop {
        let file = files.try_next().await?;
        let ended = file.is_none();
        if let Some(file) = file.filter(|file| file.written_at < before)
            && let Some(owner) = owner(&file.key)
        {
            page.entry(owner).or_default().push(file.key);
            held += 1;
        }
        if held >= PAGE || ended {
            removed += sweep_page(app, std::mem::take(&mut page), recipes).await?;
            held = 0;
        }
        if ended {
            return Ok(removed);
        }
    }
}

async fn sweep_page(
    app: &App,
    mut files: BTreeMap<Digest, Vec<Key>>,
    recipes: &mut Recipes,
) -> Result<usize, Problem> {
    if files.is_empty() {
        return Ok(0);
    }
    let asked: Vec<Digest> = files.keys().copied().collect();
    let lost = app.store.read(async |read| store::without_row(read.conn(), &asked).await).await?;
    let mut removed = 0;
    for sha256 in BTreeSet::from_iter(lost) {
        removed += remove_files(app, sha256).await?;
        files.remove(&sha256);
    }
    files.retain(|_, keys| {
        keys.retain(|key| key.segments().next() == Some(RENDITIONS));
        !keys.is_empty()
    });
    if !files.is_empty() {
        removed += recipes.remove_outdated(app, &files).await?;
    }
    Ok(removed)
}
