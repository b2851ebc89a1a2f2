//! What `masthead doctor` asks: whether every row has its file, and whether the file holds the bytes that it is named by.

use futures_util::StreamExt;
use sha2::{Digest as _, Sha256};

use super::model::original;
use super::store;
use crate::platform::db::Store;
use crate::platform::digest::Digest;
use crate::platform::problem::Problem;
use crate::platform::storage::{Storage, StorageError};

/// So many rows are read at once.
const PAGE: usize = 500;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Soundness {
    /// How many rows there are.
    pub blobs: usize,
    /// Rows whose file is missing or has another length.
    pub missing: Vec<String>,
    /// Rows whose file holds other bytes; looked for only when asked.
    pub different: Vec<String>,
}

/// Looks at the file of every row; `deep` reads them all. `told` hears how many have been looked at.
///
/// # Errors
/// When the database or the storage is away.
pub async fn examine(
    store: &Store,
    storage: &Storage,
    deep: bool,
    told: &mut dyn FnMut(usize),
) -> Result<Soundness, Problem> {
    let mut found = Soundness::default();
    let mut last = None;
    loop {
        let page = store.read(async |read| store::page(read.conn(), last, PAGE).await).await?;
        for (sha256, bytes) in &page {
            match storage.size(&original(*sha256)).await? {
                None => found.missing.push(format!("{sha256}: no file")),
                Some(length) if length != *bytes => {
                    found.missing.push(format!("{sha256}: the file has {length} bytes in place of {bytes}"));
                }
                Some(_) if deep && !holds(storage, *sha256).await? => {
                    found.different.push(format!("{sha256}: the file holds other bytes"));
                }
                Some(_) => {}
            }
            found.blobs += 1;
            told(found.blobs);
        }
        last = page.last().map(|(sha256, _)| *sha256);
        if page.len() < PAGE {
            return Ok(found);
        }
    }
}

/// Whether the file holds the bytes that it is named by.
async fn holds(storage: &Storage, sha256: Digest) -> Result<bool, Problem> {
    let mut content = match storage.get(&original(sha256), None).await {
        Err(StorageError::Missing(_)) => return Ok(false),
        content => content?,
    };
    let mut hash = Sha256::new();
    while let Some(chunk) = content.next().await {
        hash.update(&chunk?);
    }
    Ok(Digest::new(hash.finalize().into()) == sha256)
}
