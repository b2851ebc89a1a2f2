//! Renditions: made when they are first asked for, or ahead when something becomes public, and kept in the storage below the
//! folder of their blob. However many ask for one at the same time, a process makes it once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use tokio::sync::Mutex as AsyncMutex;

use super::gallery::Wanted;
use super::gallery::address::Address;
use super::image::Target;
use super::model::{Blob, original, renditions};
use crate::app::App;
use crate::platform::digest::Digest;
use crate::platform::metrics::{Count, Durations, Labels, Measured, Page};
use crate::platform::problem::{Code, Problem};
use crate::platform::storage::{Key, StorageError};

/// What is being made, so that it is made once.
#[derive(Debug, Clone, Default)]
pub struct Making(Arc<Made>);

#[derive(Debug, Default)]
struct Made {
    turns: Mutex<HashMap<Digest, Arc<AsyncMutex<()>>>>,
    renditions: Count,
    took: Durations,
}

impl Making {
    fn turn(&self, sha256: Digest) -> Arc<AsyncMutex<()>> {
        let mut all = self.0.turns.lock().unwrap_or_else(PoisonError::into_inner);
        // Those that nobody waits for any more.
        all.retain(|_, turn| Arc::strong_count(turn) > 1);
        all.entry(sha256).or_default().clone()
    }
}

impl Measured for Making {
    fn write(&self, page: &mut Page<'_>) -> std::fmt::Result {
        let made = self.0.renditions.get();
        page.counters("masthead_renditions", "Sizes of pictures that were made.", &[(&[], made)])?;
        let took: [(Labels<'_>, &Durations); 1] = [(&[], &self.0.took)];
        page.durations(
            "masthead_rendering_duration_seconds",
            "How long it took to make the missing sizes of a picture, the wait for its turn included.",
            &took,
        )
    }
}

/// Where a rendition lies.
///
/// # Errors
/// 500 when its name is none.
pub fn place(sha256: Digest, address: &Address, name: &str) -> Result<Key, Problem> {
    renditions(sha256)
        .join(&address.folder())
        .and_then(|folder| folder.join(name))
        .ok_or_else(|| Problem::internal("a rendition without a name"))
}

/// Whether a rendition is there already; its length.
///
/// # Errors
/// When the storage is away.
pub async fn there(app: &App, key: &Key) -> Result<Option<u64>, Problem> {
    Ok(app.storage.size(key).await?)
}

/// Makes those of these renditions that are not there yet, from one decoding.
///
/// # Errors
/// 404 when the file of the original is not there, 503 when too much is being made or the storage is away.
pub async fn make(app: &App, blob: &Blob, wanted: &[(Address, Wanted)]) -> Result<usize, Problem> {
    let turn = app.making.turn(blob.sha256);
    let _turn = turn.lock().await;
    let (mut keys, mut targets) = (Vec::new(), Vec::new());
    for (address, rendition) in wanted {
        let key = place(blob.sha256, address, &rendition.name)?;
        if there(app, &key).await?.is_none() {
            keys.push(key);
            targets.push(target(app, rendition));
        }
    }
    if keys.is_empty() {
        return Ok(0);
    }
    let began = Instant::now();
    let made = app.studio.render(original_bytes(app, blob), targets).await?;
    let count = made.len();
    app.making.0.took.observe(began.elapsed());
    app.making.0.renditions.add_many(u64::try_from(count).unwrap_or_default());
    for (key, rendition) in keys.iter().zip(made) {
        app.storage.put_bytes(key, rendition.bytes.into()).await?;
    }
    Ok(count)
}

async fn original_bytes(app: &App, blob: &Blob) -> Result<Bytes, Problem> {
    match app.storage.get(&original(blob.sha256), None).await {
        Ok(content) => Ok(content.bytes().await?),
        Err(StorageError::Missing(key)) => {
            tracing::error!(%key, "the file of a blob is missing; `masthead doctor` lists all that are");
            Err(Problem::new(Code::NotFound).detail("The file of this picture is missing."))
        }
        Err(error) => Err(error.into()),
    }
}

fn target(app: &App, rendition: &Wanted) -> Target {
    let settings = app.gallery.settings();
    let quality = match rendition.format {
        super::image::Format::Webp => settings.webp_quality,
        _ => settings.jpeg_quality,
    };
    Target { plan: rendition.plan, format: rendition.format, quality }
}
