//! What is done with received bytes.

use serde_json::Value;
use tokio::sync::Semaphore;

use super::suggest::{self, Arrived};
use super::view::{UploadResult, UploadedFile, none_taken};
use crate::app::App;
use crate::blobs::{self, Blob, Kept};
use crate::content::media::actions::{self, spec};
use crate::content::media::view::MediaDocument;
use crate::content::media::{Folder, Media};
use crate::documents::model::{Origin, Snapshot};
use crate::documents::{self, Placing, Seen, ShelfFilter, Which, revise, revisions, typed};
use crate::platform::access::{Permit, Read, Write};
use crate::platform::db::Change;
use crate::platform::digest::Digest;
use crate::platform::http::ReceivedFile;
use crate::platform::id::{EntryId, Id};
use crate::platform::problem::{Code, FieldCode, Problem};

/// So many received files become entries at once. Fifty that arrive together would take the connections to the database and
/// the cores from those who read, and would not be done sooner.
static DESK: Semaphore = Semaphore::const_new(2);

/// Finds out what received bytes are and puts them into the storage.
async fn keep(
    app: &App,
    received: &ReceivedFile,
) -> Result<(Arrived, Kept, crate::blobs::image::Fields), Problem> {
    let (facts, fields) = app.studio.look(&received.file, &app.gallery).await?;
    let class = facts.class;
    let kept = blobs::keep(app, &received.file, facts).await?;
    let arrived = Arrived { name: received.name.clone(), sha256: kept.sha256(), class };
    Ok((arrived, kept, fields))
}

/// Makes an entry of a received file, as a draft.
///
/// # Errors
/// 413, 415 or 422 when the file is not taken, 403 without a grant, 507 when there is no room.
async fn create(
    app: &App,
    permit: &Permit<Write<Media>>,
    (locale, folder): (Option<&str>, &Folder),
    received: &ReceivedFile,
) -> Result<(Snapshot, Blob), Problem> {
    let (arrived, kept, fields) = keep(app, received).await?;
    let _desk = DESK.acquire().await.map_err(Problem::internal)?;
    let new = typed::revision(Ok(suggest::body(&arrived, &fields, folder)), Origin::Create, None)?;
    let mut blob = None;
    let made =
        documents::create_after(app, permit, spec(app)?, locale, (new, Placing::AsGiven), async |tx| {
            blob = Some(blobs::insert(app, tx, &kept).await?);
            Ok(())
        });
    let snapshot = made.await?;
    Ok((snapshot, blob.ok_or_else(|| Problem::internal("an upload without bytes"))?))
}

/// Makes an entry of each received file; what is refused leaves the others alone.
///
/// # Errors
/// When none is taken, that of the first; at once for what is no fault of a file.
pub(super) async fn create_all(
    app: &App,
    permit: &Permit<Write<Media>>,
    place: (Option<&str>, &Folder),
    files: &[ReceivedFile],
) -> Result<UploadResult, Problem> {
    let (mut results, mut refused) = (Vec::new(), Vec::new());
    for file in files {
        match create(app, permit, place, file).await {
            Ok((snapshot, blob)) => {
                let entry = snapshot.state.header.entry;
                let same = same(app, permit, place.0, (entry, blob.sha256)).await?;
                let media = MediaDocument::new(snapshot, &blob, &app.gallery)?;
                results.push(UploadedFile::made(
                    file.name.clone(),
                    media,
                    same.into_iter().map(Id::uuid).collect(),
                ));
            }
            Err(problem) if !is_of_the_file(&problem) => return Err(problem),
            Err(problem) => {
                results.push(UploadedFile::refused(file.name.clone(), &problem));
                refused.push((file.name.clone(), problem));
            }
        }
    }
    if refused.len() == results.len() {
        return Err(none_taken(refused));
    }
    Ok(UploadResult::new(results))
}

fn is_of_the_file(problem: &Problem) -> bool {
    matches!(problem.code(), Code::UnsupportedMediaType | Code::TooLarge | Code::Invalid)
}

/// Puts received bytes in the place of those of an entry, in all its locales: a new revision of each.
///
/// # Errors
/// As [`create`], and 404, 409 in the trash, 412, 422 when the bytes are of another class.
pub(super) async fn replace(
    app: &App,
    permit: &Permit<Write<Media>>,
    seen: Seen<'_>,
    received: &ReceivedFile,
    note: Option<String>,
) -> Result<(Snapshot, Blob), Problem> {
    typed::check_note(note.as_deref())?;
    let (arrived, kept, _) = keep(app, received).await?;
    let _desk = DESK.acquire().await.map_err(Problem::internal)?;
    let mut blob = None;
    let before = async |tx: &mut Change<'_>| {
        blob = Some(blobs::insert(app, tx, &kept).await?);
        Ok(())
    };
    let revised = |body: Value| {
        let mut media: Media = serde_json::from_value(body).map_err(Problem::internal)?;
        if media.file.class != arrived.class {
            return Err(other_class(&media, &arrived));
        }
        media.file = arrived.file();
        serde_json::to_value(media).map_err(Problem::internal)
    };
    let snapshot = revise::everywhere(app, permit, spec(app)?, seen, before, (note, &revised)).await?;
    Ok((snapshot, blob.ok_or_else(|| Problem::internal("an upload without bytes"))?))
}

fn other_class(media: &Media, arrived: &Arrived) -> Problem {
    let (was, is) = (media.file.class.as_str(), arrived.class.as_str());
    let detail = format!(
        "The entry is of the class {was} and the file of the class {is}. Upload it as an entry of its own."
    );
    Problem::new(Code::Invalid).detail(detail.clone()).field("/files/0", FieldCode::NotAllowed, detail)
}

/// Other entries of the library that show the same bytes, at most 20.
///
/// # Errors
/// When the database is away.
async fn same(
    app: &App,
    permit: &Permit<Write<Media>>,
    locale: Option<&str>,
    (entry, sha256): (EntryId, Digest),
) -> Result<Vec<EntryId>, Problem> {
    let Ok(reader) = Permit::<Read<Media>>::issue(permit.actor()) else { return Ok(Vec::new()) };
    let shelf =
        ShelfFilter { facets: Some(serde_json::json!({ "sha256": sha256 })), ..ShelfFilter::default() };
    let window = documents::ListWindow { state: None, shelf, edge: None, backwards: false, limit: 21 };
    let states = documents::list(app, &reader, spec(app)?, locale, window).await?;
    Ok(states.into_iter().map(|state| state.header.entry).filter(|other| *other != entry).take(20).collect())
}

/// The bytes of a revision as they were uploaded, and the name that they came with.
///
/// # Errors
/// 403 without a grant, 404, 410 when it was erased.
pub(super) async fn original(
    app: &App,
    permit: &Permit<Read<Media>>,
    which: Which<'_>,
    number: Option<i32>,
) -> Result<(Blob, String), Problem> {
    let snapshot = documents::get(app, permit, spec(app)?, which).await?;
    let media: Media = match number {
        None => typed::body(&snapshot)?,
        Some(number) => {
            let (_, body) = revisions::revision(app, permit, which, number).await?;
            serde_json::from_value(body).map_err(Problem::internal)?
        }
    };
    let blob = app.store.read(async |read| blobs::find(read, media.file.sha256).await).await?;
    Ok((blob.ok_or_else(actions::gone)?, media.file.name))
}
