//! `/admin/v1/media`: what is said about media. How bytes come and go out stands in `upload`, the list in `library`.

use actix_web::{delete, get, put, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions::{self, spec};
use super::view::{MediaDocument, SavedMedia};
use super::{Media, MediaDraft, library, upload};
use crate::app::App;
use crate::documents::model::{NewRevision, Origin, Source};
use crate::documents::params::{InLocale, TrashParams};
use crate::documents::{self, Seen, Which, typed};
use crate::platform::access::{Delete, Read, Require, Write};
use crate::platform::http::{Ids, IfMatch, MaybeIfMatch, NoContent, Params, Reply, Valid};
use crate::platform::id::Id;
use crate::platform::problem::{
    Conflict, Erased, Forbidden, Invalid, NotFound, PreconditionRequired, Problem, Stale,
};

/// A media entry to be saved.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveMedia {
    /// The whole content. What is left out is emptied.
    body: MediaDraft,
    /// What this change is about, for the history; at most 1,000 characters.
    #[schema(max_length = 1000, example = "A better description.")]
    note: Option<String>,
    /// The revision that was edited, in place of `If-Match`: then what others have saved since is merged with this save,
    /// and contradictions are refused (409) with both sides.
    #[schema(minimum = 1, example = 2)]
    base: Option<i32>,
    /// For a translation: the revision of another locale that it follows from now on. As before when it is left out.
    source: Option<Source>,
}

/// Get a media entry
///
/// The newest revision, whether it is public or not, with how the entry stands and what its bytes are.
#[utoipa::path(
    tag = "media",
    params(("id" = Uuid, Path, description = "The entry."), InLocale),
    responses(
        (status = 200, description = "The entry.", body = MediaDocument,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Erased,
    ),
)]
#[get("/admin/v1/media/{id}")]
async fn get_media(
    Require(permit): Require<Read<Media>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
) -> Result<Reply<MediaDocument>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let (snapshot, blob) = actions::get(&app, &permit, which).await?;
    let version = snapshot.state.header.version;
    let blob = blob.ok_or_else(actions::gone)?;
    Ok(Reply::ok(MediaDocument::new(snapshot, &blob, &app.gallery)?).version(version))
}

/// Save a media entry
///
/// Appends a revision of what is said about it. What is public stays as it is until a revision is published. `file` is sent
/// back as it was read; other bytes come by `/admin/v1/media/{id}/file`.
///
/// A save says what it is based on: with `If-Match` it is strict, with `base` in the body it merges, as for pages.
#[utoipa::path(
    tag = "media",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read, such as `\"v3\"`; or send `base`.", example = "\"v3\""),
    ),
    request_body(content = SaveMedia, description = "The whole content."),
    responses(
        (status = 200, description = "The entry as it is now.", body = SavedMedia,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[put("/admin/v1/media/{id}")]
async fn save_media(
    Require(permit): Require<Write<Media>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    MaybeIfMatch(version): MaybeIfMatch,
    app: web::Data<App>,
    Valid(save): Valid<SaveMedia>,
) -> Result<Reply<SavedMedia>, Problem> {
    let basis = typed::basis(version, save.base)?;
    let new = typed::revision(save.body.into_media(), Origin::Edit, save.note)?;
    let new = NewRevision { source: save.source, ..new };
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let saved = documents::save(&app, &permit, spec(&app)?, which, basis, new).await;
    let saved = saved.map_err(typed::inside_body)?;
    let version = saved.snapshot.state.header.version;
    let blob = actions::shown(&app, &saved.snapshot).await?.ok_or_else(actions::gone)?;
    let media = MediaDocument::new(saved.snapshot, &blob, &app.gallery)?;
    Ok(Reply::ok(media.saved(saved.merged)).version(version))
}

/// Trash a media entry
///
/// Puts the entry into the trash, in all its locales. What is public of it ends now and what is scheduled is taken back, for
/// which the right to publish is needed too. Nothing is deleted: every revision stays, and so do the bytes. Refused while
/// anything uses it, unless the request decides what becomes of these places.
#[utoipa::path(
    tag = "media",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        TrashParams,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    responses(
        (status = 204, description = "The entry lies in the trash."),
        Forbidden, NotFound, Conflict, Stale, PreconditionRequired,
    ),
)]
#[delete("/admin/v1/media/{id}")]
async fn trash_media(
    Require(permit): Require<Delete<Media>>,
    Ids(id): Ids,
    Params(params): Params<TrashParams>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
) -> Result<NoContent, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    documents::trash(&app, &permit, spec(&app)?, seen, params.decision()?).await?;
    Ok(NoContent::default())
}

/// Mounts the endpoints. The fixed paths come before the one of an id.
pub fn configure(config: &mut ServiceConfig<'_>) {
    library::http::configure(config);
    upload::http::configure(config);
    config.service(get_media).service(save_media).service(trash_media);
}
