//! `/v1/media`: public media.

use actix_web::http::header::HeaderName;
use actix_web::{HttpRequest, get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::serve::{self, Audience};
use super::view::MediaView;
use crate::app::App;
use crate::content::media;
use crate::content::media::view::FileBytes;
use crate::delivery::http::{reply, tagged};
use crate::delivery::listing::params::{MediaFilters, Reading, Times, Walking};
use crate::delivery::model::{Answer, Cards};
use crate::delivery::{actions, listing};
use crate::platform::access::{Public, Require};
use crate::platform::http::{
    Asked, CachePolicy, Fields, FileAnswer, FileReply, Ids, Page, Params, Reply, Sparse, StrictParams,
};
use crate::platform::problem::{Erased, Forbidden, NotFound, Problem};

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// List media
///
/// Public media that something public uses: pictures with every address, and files to be downloaded. Filters go together: an
/// entry is listed when all of them hold.
#[utoipa::path(
    tag = "media",
    params(Walking, MediaFilters, Times, Reading),
    responses(
        (status = 200, description = "One page of the list.", body = Page<Sparse<MediaView>>),
        Forbidden,
    ),
)]
#[get("/v1/media")]
async fn list_media(
    Require(permit): Require<Public>,
    Params((walking, filters, times, reading)): Params<(Walking, MediaFilters, Times, Reading)>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<Sparse<MediaView>>>, Problem> {
    let asked = actions::asked(&permit, reading.locale, reading.as_of.as_deref())?;
    let listing = filters.listing(&times);
    let asking = (&asked, walking, reading.fields.as_deref());
    let view = |card, cards: &Cards| Ok(MediaView::among(card, &cards.media, &app.gallery));
    listing::http::answer((&app, &permit, &request), asking, &listing, view).await
}

/// Get a media entry
///
/// One public media entry that something public uses.
#[utoipa::path(
    tag = "media",
    params(("id" = Uuid, Path, description = "The entry."), Reading),
    responses(
        (status = 200, description = "The entry.", body = Sparse<MediaView>),
        Forbidden,
        NotFound,
        Erased,
    ),
)]
#[get("/v1/media/{id}")]
async fn get_media(
    Require(permit): Require<Public>,
    Ids(id): Ids,
    Params(reading): Params<Reading>,
    app: web::Data<App>,
) -> Result<Reply<Sparse<MediaView>>, Problem> {
    let asked = actions::asked(&permit, reading.locale, reading.as_of.as_deref())?;
    let fields = Fields::parse::<MediaView>(reading.fields.as_deref())?;
    let Answer { value, about } = actions::get_media(&app, &permit, &asked, &media::kind(), id).await?;
    let (card, media) = value;
    Ok(reply(fields.of(MediaView::new(card, &media, &app.gallery))?, about))
}

/// For whom the address was signed.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct GetBytes {
    /// What a preview has signed the address with; good for an hour or two. Take the address as the preview gives it.
    #[param(max_length = 2048, example = "q83vEjRWeJAAESIzRFVmd1siYSIsMV0")]
    preview: Option<String>,
}

impl StrictParams for GetBytes {
    const ALLOWED: &'static [&'static str] = &["preview"];
}

/// Get the bytes
///
/// A picture in one of its sizes, or a file to be saved. Answers of this API name the addresses; none has to be made. What an
/// address shows never changes, so it may be kept for ever. It is public while something public uses the media entry; with
/// a session or a token, those who may read the entry get it before.
#[utoipa::path(
    tag = "media",
    params(
        ("key" = String, Path, description = "Which bytes, cut around which point, made by which recipe.",
         min_length = 32, max_length = 32, pattern = "^[A-Za-z0-9_-]{32}$", example = "LCwsLCwsLCwsLCwsLCwsLP____9kYmE1"),
        ("name" = String, Path, description = "The size and the format, or the name of the file.", max_length = 255, example = "w640.webp"),
        GetBytes,
    ),
    responses(
        (status = 200, description = "The bytes.", content(
            (FileBytes = "image/webp"),
            (FileBytes = "image/jpeg"),
            (FileBytes = "image/png"),
            (FileBytes = "image/gif"),
            (FileBytes = "application/pdf"),
            (FileBytes = "video/mp4"),
            (FileBytes = "video/webm"),
            (FileBytes = "video/ogg"),
            (FileBytes = "audio/mp4"),
            (FileBytes = "audio/ogg"),
            (FileBytes = "audio/mpeg"),
            (FileBytes = "audio/wav"),
            (FileBytes = "audio/flac"),
            (FileBytes = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
            (FileBytes = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (FileBytes = "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
            (FileBytes = "application/vnd.oasis.opendocument.text"),
            (FileBytes = "application/vnd.oasis.opendocument.spreadsheet"),
            (FileBytes = "application/vnd.oasis.opendocument.presentation"),
            (FileBytes = "application/msword"),
            (FileBytes = "application/vnd.ms-excel"),
            (FileBytes = "application/vnd.ms-powerpoint"),
        ), headers(
            ("ETag" = String, description = "Names the bytes."),
        )),
        (status = 206, description = "A part of the bytes."),
        (status = 416, description = "The range lies outside of the file.", body = crate::platform::problem::ProblemBody, content_type = "application/problem+json"),
        NotFound,
    ),
)]
#[get("/media/{key}/{name}")]
async fn get_bytes(
    Require(permit): Require<Public>,
    path: web::Path<(String, String)>,
    Params(params): Params<GetBytes>,
    app: web::Data<App>,
    asked: Asked,
) -> Result<FileAnswer, Problem> {
    let (key, name) = path.into_inner();
    let found = serve::find(&app, &permit, &key, &name, params.preview.as_deref()).await?;
    let file = match &found.saved_as {
        Some(saved_as) => {
            FileReply::download(found.key, found.bytes, &found.media_type, found.blob.sha256, saved_as)
        }
        None => FileReply::new(found.key, found.bytes, &found.media_type, &format!("{key}-{name}")),
    };
    let file = tagged(found.tags, kept_by(file, found.audience), FileReply::header);
    file.answer(&app.storage, &asked).await
}

/// Says who may keep bytes, and on whose pages they may be shown.
fn kept_by(file: FileReply, audience: Audience) -> FileReply {
    match audience {
        Audience::All => file.cache(CachePolicy::Immutable),
        Audience::Guest => file.cache(CachePolicy::Private),
        Audience::Caller => {
            file.cache(CachePolicy::Private).header(CROSS_ORIGIN_RESOURCE_POLICY, "same-origin")
        }
    }
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_media).service(get_media).service(get_bytes);
}
