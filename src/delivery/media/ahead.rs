//! Renditions ahead: what becomes public is made before anybody asks for it, all sizes of a picture from one decoding. That it
//! is done is no promise: what is missing is made when it is asked for.

use uuid::Uuid;

use super::store;
use crate::app::App;
use crate::blobs::renditions;
use crate::content::media::public::PublicMedia;
use crate::delivery::actions::select;
use crate::delivery::model::Asked;
use crate::platform::problem::Problem;

/// So many events are looked at in one run.
const MOST: i64 = 1_000;

/// How far a process has looked; what happened before it began counts as seen.
#[derive(Debug, Default)]
pub struct Progress(Option<i64>);

/// Makes the renditions of what has become public since. Gives how many.
///
/// # Errors
/// When the database or the storage is away. A picture that cannot be made is told in the log and passed over.
pub async fn make(app: &App, progress: &mut Progress) -> Result<usize, Problem> {
    let (last, entries) = app.store.read(async |read| store::happened(read, progress.0, MOST).await).await?;
    let before = progress.0.replace(last);
    if before.is_none() || entries.is_empty() {
        return Ok(0);
    }
    let mut made = 0;
    for media in shown(app, &entries).await? {
        let Some(picture) = &media.blob.facts.picture else { continue };
        let all = app.gallery.everything(media.blob.sha256, picture, media.focal().point());
        match renditions::make(app, &media.blob, &all).await {
            Ok(count) => made += count,
            Err(problem) => {
                tracing::warn!(%problem, entry = %media.entry, "the sizes of a picture could not be made ahead");
            }
        }
    }
    Ok(made)
}

/// The public media among these entries and among what they point at, that something public uses.
async fn shown(app: &App, entries: &[Uuid]) -> Result<Vec<PublicMedia>, Problem> {
    let now = Asked::default();
    let found = select(app, &now, async |found| {
        let mut shown = Vec::new();
        for media in store::among(found, entries).await? {
            if store::is_shown(found, media.entry).await? {
                shown.push(media);
            }
        }
        Ok(shown)
    });
    Ok(found.await?.value)
}
