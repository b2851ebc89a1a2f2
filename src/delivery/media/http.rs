//! `/v1/media`: public media.

use actix_web::http::header::HeaderName;
use actix_web::{HttpRequest, get, web};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use super::serve::{self, Audience};
use super::view::MediaView;
use crate::app::App;
use crate::content::media;
use crate::content::media::view::FileBytes;
use crate::delivery::actions;
use crate::delivery::http::reply;
use crate::delivery::model::{Answer, Card, PageOrder};
use crate::delivery::store::{Edge, Window};
use crate::documents::shown::Class;
use crate::platform::access::{Public, Require};
use crate::platform::http::{
    Asked, CachePolicy, CursorScope, FileAnswer, FileReply, Ids, Page, Paging, Params, Reply, StrictParams,
};
use crate::platform::problem::{Erased, Forbidden, NotFound, Problem};

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Which page of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListMedia {
    /// How many entries an answer has at most.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    limit: Option<u32>,
    /// The cursor `page.next` of the answer before.
    #[param(max_length = 2048)]
    after: Option<String>,
    /// The cursor `page.previous` of the answer after.
    #[param(max_length = 2048)]
    before: Option<String>,
    /// The order: newest first (the default), or by title.
    #[param(inline)]
    sort: Option<PageOrder>,
    /// Only what is of this class.
    #[serde(rename = "filter[class]")]
    #[param(inline)]
    class: Option<Class>,
    /// Only what has this tag.
    #[serde(rename = "filter[tag]")]
    #[param(min_length = 1, max_length = 100, example = "history")]
    tag: Option<String>,
    /// The locale to read in, a BCP 47 tag of the site; its default when absent. What is missing in it is answered in the
    /// locale that stands in for it, and says so.
    #[param(example = "en", max_length = 35)]
    locale: Option<String>,
    /// The instant to read at, past or future, instead of now. Needs a token with `history:read`.
    #[param(format = DateTime, example = "2026-03-01T09:00:00Z")]
    as_of: Option<String>,
}

impl StrictParams for ListMedia {
    const ALLOWED: &'static [&'static str] =
        &["limit", "after", "before", "sort", "filter[class]", "filter[tag]", "locale", "as_of"];
}

impl ListMedia {
    /// What the facets of an entry must contain.
    fn facets(&self) -> Option<Value> {
        let mut facets = json!({});
        if let Some(class) = self.class {
            facets["class"] = json!(class);
        }
        if let Some(tag) = &self.tag {
            facets["tags"] = json!([tag]);
        }
        Some(facets).filter(|facets| *facets != json!({}))
    }
}

/// List media
///
/// Public media that something public uses: pictures with every address, and files to be downloaded.
#[utoipa::path(
    tag = "media",
    params(ListMedia),
    responses(
        (status = 200, description = "One page of the list.", body = Page<MediaView>, headers(
            ("ETag" = String, description = "Changes whenever the answer does. Not with `as_of`."),
            ("Link" = String, description = "The next and the previous page of the list (RFC 8288)."),
            ("Masthead-As-Of" = String, description = "With `as_of`: the instant that the answer is about."),
            ("Masthead-Final" = bool, description = "With `as_of`: whether no later change can make this answer another one."),
        )),
        Forbidden,
    ),
)]
#[get("/v1/media")]
async fn list_media(
    Require(permit): Require<Public>,
    Params(params): Params<ListMedia>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<MediaView>>, Problem> {
    let facets = params.facets();
    let asked = actions::asked(&permit, params.locale, params.as_of.as_deref())?;
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let order = params.sort.unwrap_or(PageOrder::Newest);
    let bound = json!([facets, asked.bound(order)]).to_string();
    let scope = CursorScope { list: "media", query: &bound };
    let edge: Option<Edge> = paging.cursor().map(|cursor| app.cursors.open(scope, cursor)).transpose()?;
    let (backwards, limit) = (paging.is_backwards(), paging.rows());
    let window = Window { order, edge, backwards, limit, facets, shown: true };
    let Answer { value, past } = actions::list_media(&app, &permit, &asked, &media::kind(), &window).await?;
    let page = paging.page(value.cards, |card: &Card| app.cursors.seal(scope, &Edge::of(order, card)))?;
    let page = page.filter_map(|card| MediaView::among(card, &value.media, &app.gallery));
    Ok(page.linked(&request, |page| reply(page, past)))
}

/// Which locale and instant.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct GetMedia {
    /// The locale to read in, a BCP 47 tag of the site; its default when absent. What is missing in it is answered in the
    /// locale that stands in for it, and says so.
    #[param(example = "en", max_length = 35)]
    locale: Option<String>,
    /// The instant to read at, past or future, instead of now. Needs a token with `history:read`.
    #[param(format = DateTime, example = "2026-03-01T09:00:00Z")]
    as_of: Option<String>,
}

impl StrictParams for GetMedia {
    const ALLOWED: &'static [&'static str] = &["locale", "as_of"];
}

/// Get a media entry
///
/// One public media entry that something public uses.
#[utoipa::path(
    tag = "media",
    params(("id" = Uuid, Path, description = "The entry."), GetMedia),
    responses(
        (status = 200, description = "The entry.", body = MediaView,
         headers(
            ("ETag" = String, description = "Changes whenever the answer does. Not with `as_of`."),
            ("Masthead-As-Of" = String, description = "With `as_of`: the instant that the answer is about."),
            ("Masthead-Final" = bool, description = "With `as_of`: whether no later change can make this answer another one."),
        )),
        Forbidden,
        NotFound,
        Erased,
    ),
)]
#[get("/v1/media/{id}")]
async fn get_media(
    Require(permit): Require<Public>,
    Ids(id): Ids,
    Params(params): Params<GetMedia>,
    app: web::Data<App>,
) -> Result<Reply<MediaView>, Problem> {
    let asked = actions::asked(&permit, params.locale, params.as_of.as_deref())?;
    let Answer { value, past } = actions::get_media(&app, &permit, &asked, &media::kind(), id).await?;
    let (card, media) = value;
    Ok(reply(MediaView::new(card, &media, &app.gallery), past))
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
        (status = 206, description = "A part of the bytes.", content(
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
        )),
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
    kept_by(file, found.audience).answer(&app.storage, &asked).await
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
