//! How bytes come and are found.

use super::model::{Blob, BlobFacts, Kept, original};
use super::store;
use crate::app::App;
use crate::platform::db::{Change, Read};
use crate::platform::digest::Digest;
use crate::platform::problem::{Code, Problem};
use crate::platform::storage::Spooled;

/// Puts received bytes into the storage, before the change that shows them begins. Bytes that no change shows are collected
/// later.
///
/// # Errors
/// When the storage is full or away.
pub async fn keep(app: &App, file: &Spooled, facts: BlobFacts) -> Result<Kept, Problem> {
    app.storage.put(&original(file.sha256()), file).await?;
    Ok(Kept { file: file.clone(), facts })
}

/// Adds the row of kept bytes, in the change that shows them; bytes that are known already stay as they are. Until the change
/// ends no collector takes the file away. A change that adds several uses [`insert_all`].
///
/// # Errors
/// When the database or the storage is away.
pub async fn insert(app: &App, tx: &mut Change<'_>, kept: &Kept) -> Result<Blob, Problem> {
    let sha256 = kept.sha256();
    store::lock(&mut tx.housekeeping(), sha256).await?;
    let key = original(sha256);
    // From here on nobody else decides about this file. It may have been collected since it was put.
    if app.storage.size(&key).await? != Some(kept.file.bytes()) {
        app.storage.put(&key, &kept.file).await?;
    }
    store::insert(tx, sha256, kept.file.bytes(), &kept.facts).await?;
    store::find_one(tx.conn(), sha256)
        .await?
        .ok_or_else(|| Problem::internal("a blob has no row after it was added"))
}

/// The same for several, which are locked in an order of their own, so that no two changes wait for each other. Gives the
/// rows in the order asked.
///
/// # Errors
/// As [`insert`].
pub async fn insert_all(app: &App, tx: &mut Change<'_>, kept: &[Kept]) -> Result<Vec<Blob>, Problem> {
    let mut order: Vec<usize> = (0..kept.len()).collect();
    order.sort_by_key(|index| kept[*index].sha256());
    let mut blobs = vec![None; kept.len()];
    for index in order {
        blobs[index] = Some(insert(app, tx, &kept[index]).await?);
    }
    Ok(blobs.into_iter().flatten().collect())
}

/// What is known of these bytes, if they are kept.
///
/// # Errors
/// When the database is away.
pub async fn find(read: &mut Read<'_>, sha256: Digest) -> Result<Option<Blob>, Problem> {
    store::find_one(read.conn(), sha256).await
}

/// What is known of each of these; those that are not kept are left out.
///
/// # Errors
/// When the database is away.
pub async fn find_all(read: &mut Read<'_>, sha256: &[Digest]) -> Result<Vec<Blob>, Problem> {
    store::find(read.conn(), sha256).await
}

/// What is known of these bytes.
///
/// # Errors
/// 404 when they are not kept.
pub async fn get(read: &mut Read<'_>, sha256: Digest) -> Result<Blob, Problem> {
    find(read, sha256).await?.ok_or_else(|| Problem::new(Code::NotFound).detail("No such bytes are kept."))
}
