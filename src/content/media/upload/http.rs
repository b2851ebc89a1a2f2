//! Uploads to `/admin/v1/media`, other bytes for an entry, and originals.

use actix_web::http::StatusCode;
use actix_web::{get, post, put, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use super::view::UploadResult;
use crate::app::App;
use crate::blobs::Blob;
use crate::blobs::model::original;
use crate::content::media::view::{FileBytes, MediaDocument};
use crate::content::media::{Folder, Media};
use crate::documents::model::Snapshot;
use crate::documents::params::InLocale;
use crate::documents::{Seen, Which};
use crate::platform::access::{Permit, Read, Require, Write};
use crate::platform::http::{
    Asked, FileAnswer, FileReply, Ids, IfMatch, Params, Received, ReceivedFile, Reply, StrictParams, Upload,
};
use crate::platform::id::Id;
use crate::platform::problem::{
    Code, Conflict, Erased, FieldCode, Forbidden, Invalid, NotFound, PreconditionRequired, Problem, Stale,
};

/// Files to become entries of the library.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes a form, which is read as it comes")]
pub struct UploadForm {
    /// One or more files, each as a part of its own: at most 20, and 50 MiB each unless the installation says otherwise; one
    /// that is larger refuses the whole upload. JPEG, PNG, GIF and WebP are pictures; PDF, film, sound and office documents are
    /// taken as downloads. What a file is, is found out from what it contains; its type and the end of its name do not count.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: Vec<String>,
    /// The folder in which the entries lie.
    #[schema(max_length = 807, example = "talks/2026")]
    folder: Option<String>,
}

/// A file in the place of another.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "describes a form, which is read as it comes")]
pub struct ReplaceForm {
    /// The file; one.
    #[schema(format = Binary, content_media_type = "application/octet-stream")]
    file: String,
    /// What this change is about, for the history; at most 1,000 characters.
    #[schema(max_length = 1000, example = "The retouched picture.")]
    note: Option<String>,
}

/// The only file of a form, and its fields by name; refused when there is anything else.
fn fields<const N: usize>(received: &Received, names: [&str; N]) -> Result<[Option<String>; N], Problem> {
    let mut found = std::array::from_fn(|_| None);
    for (name, value) in &received.fields {
        let known = names.iter().position(|known| known == name);
        let Some(slot) = known.and_then(|at| found.get_mut(at)) else {
            let detail = if name == "file" {
                "The field `file` is text and no file. With curl a `@` goes before the name: -F file=@photo.jpg".to_owned()
            } else {
                format!("The form has the field `{name}`; besides files it takes {}.", names.join(", "))
            };
            return Err(Problem::new(Code::Invalid).detail(detail.clone()).field(
                format!("/{}", name.replace('~', "~0").replace('/', "~1")),
                FieldCode::Unknown,
                detail,
            ));
        };
        if slot.replace(value.clone()).is_some() {
            let detail = format!("The form has the field `{name}` twice.");
            return Err(Problem::new(Code::Invalid).detail(detail.clone()).field(
                format!("/{name}"),
                FieldCode::Duplicate,
                detail,
            ));
        }
    }
    Ok(found)
}

fn read_folder(name: Option<String>) -> Result<Folder, Problem> {
    Folder::try_from(name.unwrap_or_default()).map_err(|error| {
        let detail = format!("The folder cannot be used: {error}.");
        Problem::new(Code::Invalid).detail(detail.clone()).field("/folder", FieldCode::Invalid, detail)
    })
}

/// Upload media
///
/// Makes a draft entry of each file. Each file has a result of its own; when none is taken, the answer is that of the first.
/// Nothing becomes public, and nothing of a file is kept that is refused. The same bytes twice are kept once. A file with more
/// bytes than one may have, or with none, refuses the whole upload, because the rest is not read then: `errors` says which.
#[utoipa::path(
    tag = "media",
    params(InLocale),
    request_body(content = UploadForm, content_type = "multipart/form-data", description = "The files."),
    responses(
        (status = 201, description = "What became of each file; at least one is an entry now.", body = UploadResult),
        Forbidden, Invalid,
    ),
)]
#[post("/admin/v1/media")]
async fn upload_media(
    Require(permit): Require<Write<Media>>,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
    upload: Upload,
) -> Result<Reply<UploadResult>, Problem> {
    let received = upload.receive(app.storage.spool()).await?;
    let results = create(&app, &permit, params.locale.as_deref(), &received).await;
    received.let_go().await;
    Ok(Reply::ok(results?).status(StatusCode::CREATED))
}

async fn create(
    app: &App,
    permit: &Permit<Write<Media>>,
    locale: Option<&str>,
    received: &Received,
) -> Result<UploadResult, Problem> {
    let [folder] = fields(received, ["folder"])?;
    let folder = read_folder(folder)?;
    actions::create_all(app, permit, (locale, &folder), &received.files).await
}

/// Replace the file
///
/// Puts another file in the place of the one that an entry shows, in all its locales: a new revision of each. What is said
/// about it stays. What is public stays until the new revision is published, and the file before comes back with `restore`.
#[utoipa::path(
    tag = "media",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = ReplaceForm, content_type = "multipart/form-data", description = "The file."),
    responses(
        (status = 200, description = "The entry as it is now.", body = MediaDocument,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Erased, Stale, Invalid, PreconditionRequired,
    ),
)]
#[put("/admin/v1/media/{id}/file")]
async fn replace_file(
    Require(permit): Require<Write<Media>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    upload: Upload,
) -> Result<Reply<MediaDocument>, Problem> {
    let received = upload.receive(app.storage.spool()).await?;
    let seen = Seen { entry: Id::from_uuid(id), locale: params.locale.as_deref(), version };
    let replaced = replace(&app, &permit, seen, &received).await;
    received.let_go().await;
    let (snapshot, blob) = replaced?;
    let version = snapshot.state.header.version;
    Ok(Reply::ok(MediaDocument::new(snapshot, &blob, &app.gallery)?).version(version))
}

async fn replace(
    app: &App,
    permit: &Permit<Write<Media>>,
    seen: Seen<'_>,
    received: &Received,
) -> Result<(Snapshot, Blob), Problem> {
    let [note] = fields(received, ["note"])?;
    actions::replace(app, permit, seen, only(&received.files)?, note).await
}

fn only(files: &[ReceivedFile]) -> Result<&ReceivedFile, Problem> {
    let [file] = files else {
        let detail = format!("The form has {} files; it takes one.", files.len());
        return Err(Problem::new(Code::Invalid).detail(detail.clone()).field(
            "/files",
            FieldCode::Invalid,
            detail,
        ));
    };
    Ok(file)
}

/// Which bytes.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct GetOriginal {
    /// The locale of the document, a BCP 47 tag; the site's default when it is left out.
    #[param(max_length = 12, example = "en")]
    locale: Option<String>,
    /// The revision whose bytes are wanted; the newest when it is left out.
    #[param(minimum = 1, example = 1)]
    revision: Option<i32>,
}

impl StrictParams for GetOriginal {
    const ALLOWED: &'static [&'static str] = &["locale", "revision"];
}

/// Get the original
///
/// The bytes as they were uploaded, with everything that they contain, to be saved. `Range` gives a part of them.
#[utoipa::path(
    tag = "media",
    params(("id" = Uuid, Path, description = "The entry."), GetOriginal),
    responses(
        (status = 200, description = "The bytes.", content_type = "application/octet-stream", body = FileBytes),
        (status = 206, description = "A part of the bytes.", content_type = "application/octet-stream", body = FileBytes),
        (status = 416, description = "The range lies outside of the file.", body = crate::platform::problem::ProblemBody, content_type = "application/problem+json"),
        Forbidden, NotFound, Erased,
    ),
)]
#[get("/admin/v1/media/{id}/original")]
async fn get_original(
    Require(permit): Require<Read<Media>>,
    Ids(id): Ids,
    Params(params): Params<GetOriginal>,
    app: web::Data<App>,
    asked: Asked,
) -> Result<FileAnswer, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let (blob, name) = actions::original(&app, &permit, which, params.revision).await?;
    let name = app.gallery.file_name(&name, &blob.facts);
    // Whatever it is: this address is for saving it.
    let file = FileReply::download(
        original(blob.sha256),
        blob.bytes,
        "application/octet-stream",
        blob.sha256,
        &name,
    );
    file.answer(&app.storage, &asked).await
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(upload_media).service(replace_file).service(get_original);
}
