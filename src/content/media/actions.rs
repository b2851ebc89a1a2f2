//! What is done with media beyond what every document can: reading them with what their bytes are.

use serde_json::Value;

use super::Media;
use crate::app::App;
use crate::blobs::{self, Blob};
use crate::documents::kind::KindSpec;
use crate::documents::model::{Snapshot, State};
use crate::documents::{self, ListWindow, Which};
use crate::platform::access::{Permit, Read};
use crate::platform::digest::Digest;
use crate::platform::problem::{Code, Problem};

/// The functions of the kind.
///
/// # Errors
/// 500 when the registry lacks it.
pub(super) fn spec(app: &App) -> Result<&KindSpec, Problem> {
    app.kinds.get(&super::kind())
}

/// Reads an entry with what its bytes are.
///
/// # Errors
/// 403 without a grant, 404.
pub(super) async fn get(
    app: &App,
    permit: &Permit<Read<Media>>,
    which: Which<'_>,
) -> Result<(Snapshot, Option<Blob>), Problem> {
    let snapshot = documents::get(app, permit, spec(app)?, which).await?;
    let blob = shown(app, &snapshot).await?;
    Ok((snapshot, blob))
}

/// What the bytes of a newest revision are; nothing when it was erased. Bytes never change, so they may be asked for later.
///
/// # Errors
/// When the database is away.
pub(super) async fn shown(app: &App, snapshot: &Snapshot) -> Result<Option<Blob>, Problem> {
    let Some(body) = &snapshot.body else { return Ok(None) };
    let Some(shown) =
        (spec(app)?.derive)(body).map_err(|problem| Problem::internal(problem.to_string()))?.shown
    else {
        return Ok(None);
    };
    app.store.read(async |read| blobs::find(read, shown.sha256).await).await
}

/// What is answered about bytes that a row names and that are not there.
pub(super) fn gone() -> Problem {
    Problem::new(Code::Erased)
        .detail("The content of the newest revision was erased for good. Upload another file to go on.")
}

/// Lists entries, each with what its bytes are.
///
/// # Errors
/// When the database is away.
pub(super) async fn list(
    app: &App,
    permit: &Permit<Read<Media>>,
    locale: Option<&str>,
    window: ListWindow,
) -> Result<Vec<(State, Option<Blob>)>, Problem> {
    let states = documents::list(app, permit, spec(app)?, locale, window).await?;
    let named: Vec<Option<Digest>> =
        states.iter().map(|state| digest(state.header.facets.as_ref())).collect();
    let wanted: Vec<Digest> = named.iter().copied().flatten().collect();
    let blobs = app.store.read(async |read| blobs::find_all(read, &wanted).await).await?;
    let of = |sha256: Option<Digest>| blobs.iter().find(|blob| Some(blob.sha256) == sha256).cloned();
    Ok(states.into_iter().zip(named).map(|(state, sha256)| (state, of(sha256))).collect())
}

fn digest(facets: Option<&Value>) -> Option<Digest> {
    facets?.get("sha256")?.as_str()?.parse().ok()
}
