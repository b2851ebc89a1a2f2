//! `/admin/v1/.../previews`: preview links.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, delete, get, post, web};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::actions;
use super::model::{MadeLink, PreviewLink};
use super::view::{MadePreview, PreviewView};
use crate::app::App;
use crate::content::settings;
use crate::delivery::History;
use crate::documents::Which;
use crate::documents::params::InLocale;
use crate::platform::access::{AnyContent, Read, Require, Sees, SignedIn, Write};
use crate::platform::http::{
    CursorScope, Ids, NoContent, NoParams, Page, Paging, Params, Reply, StrictParams, Valid, ValidOrDefault,
    time,
};
use crate::platform::id::Id;
use crate::platform::problem::{Code, Conflict, Erased, FieldCode, Forbidden, Invalid, NotFound, Problem};

/// How many days a link lives at most, and when nothing is said.
const MOST_DAYS: i32 = 90;
const DAYS: i32 = 7;

/// A link to a draft.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "revision": 2, "expires_in_days": 7 }))]
pub struct PreviewDraft {
    /// The revision that it shows. Without one it shows the newest, whichever that is then.
    #[serde(default)]
    #[schema(minimum = 1)]
    revision: Option<i32>,
    /// After how many days it ends; 7 when it is left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 90)]
    expires_in_days: Option<i32>,
}

/// A link to the site as of an instant.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "as_of": "2026-03-01T09:00:00Z", "expires_in_days": 7 }))]
pub struct SitePreviewDraft {
    /// The instant, past or future, RFC 3339.
    #[serde(deserialize_with = "time")]
    #[schema(value_type = DateTime<Utc>)]
    as_of: Option<DateTime<Utc>>,
    /// After how many days it ends; 7 when it is left out.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 90)]
    expires_in_days: Option<i32>,
}

/// Which links of a document.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListPreviews {
    /// The locale of the document, a BCP 47 tag; the site's default when it is left out.
    #[param(max_length = 12, example = "en")]
    locale: Option<String>,
    /// How many links an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
}

impl StrictParams for ListPreviews {
    const ALLOWED: &'static [&'static str] = &["locale", "limit", "after", "before"];
}

/// Which links to the site.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListSitePreviews {
    /// How many links an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
}

impl StrictParams for ListSitePreviews {
    const ALLOWED: &'static [&'static str] = &["limit", "after", "before"];
}

/// Make a preview link
///
/// A link by which whoever has it sees the draft on the public site: at the path that it would have, with its pictures, and
/// everything else as it is public. It has your right to read the document and ends with it, with the trash and with erasure.
/// The answer is the one time that the link is shown.
#[utoipa::path(
    tag = "previews",
    params(("id" = Uuid, Path, description = "The entry."), InLocale),
    request_body(content = Option<PreviewDraft>, description = "Which revision, and until when."),
    responses(
        (status = 201, description = "The link.", body = MadePreview),
        Forbidden, NotFound, Conflict, Erased, Invalid,
    ),
)]
#[post("/admin/v1/documents/{id}/previews")]
async fn make_preview(
    Require(permit): Require<Write<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
    ValidOrDefault(draft): ValidOrDefault<PreviewDraft>,
) -> Result<Reply<MadePreview>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let wanted = (draft.revision, days(draft.expires_in_days)?);
    let made = actions::make_for_document(&app, &permit, which, wanted).await?;
    answer(&app, made).await
}

/// List preview links
///
/// The links to a document that were ever made, the newest first.
#[utoipa::path(
    tag = "previews",
    params(("id" = Uuid, Path, description = "The entry."), ListPreviews),
    responses(
        (status = 200, description = "One page of the list.", body = Page<PreviewView>,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden, NotFound,
    ),
)]
#[get("/admin/v1/documents/{id}/previews")]
async fn list_previews(
    Require(permit): Require<Read<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<ListPreviews>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<PreviewView>>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let query = format!("{id} {:?}", params.locale);
    let scope = CursorScope { list: "admin.previews", query: &query };
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let window = paging.by_id(&app.cursors, scope)?;
    let links = actions::list_of_document(&app, &permit, which, window).await?;
    let page = paging.page(links, |link: &PreviewLink| app.cursors.seal(scope, &link.id))?;
    Ok(page.map(PreviewView::from).linked(&request, Reply::ok))
}

/// Make a preview link to the site
///
/// A link by which whoever has it sees the whole site as of an instant, past or future: what was withdrawn, and what is
/// planned. It has your right to read history and ends with it. The answer is the one time that the link is shown.
#[utoipa::path(
    tag = "previews",
    request_body(content = SitePreviewDraft, description = "The instant, and until when the link is good."),
    responses((status = 201, description = "The link.", body = MadePreview), Forbidden, Invalid),
)]
#[post("/admin/v1/previews")]
async fn make_site_preview(
    Require(permit): Require<Read<History>>,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
    Valid(draft): Valid<SitePreviewDraft>,
) -> Result<Reply<MadePreview>, Problem> {
    let at = draft.as_of.ok_or_else(no_instant)?;
    let made = actions::make_for_site(&app, &permit, at, days(draft.expires_in_days)?).await?;
    answer(&app, made).await
}

/// List preview links to the site
///
/// The links to the site as of an instant that were ever made, the newest first.
#[utoipa::path(
    tag = "previews",
    params(ListSitePreviews),
    responses(
        (status = 200, description = "One page of the list.", body = Page<PreviewView>,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden,
    ),
)]
#[get("/admin/v1/previews")]
async fn list_site_previews(
    Require(permit): Require<Read<History>>,
    Params(params): Params<ListSitePreviews>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<PreviewView>>, Problem> {
    let scope = CursorScope { list: "admin.site_previews", query: "" };
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let window = paging.by_id(&app.cursors, scope)?;
    let links = actions::list_of_site(&app, &permit, window).await?;
    let page = paging.page(links, |link: &PreviewLink| app.cursors.seal(scope, &link.id))?;
    Ok(page.map(PreviewView::from).linked(&request, Reply::ok))
}

/// Revoke a preview link
///
/// Ends a link at once and for good; its row stays. Its maker may, whoever may change the document, and for the site whoever
/// may read its history.
#[utoipa::path(
    tag = "previews",
    params(("id" = Uuid, Path, description = "The link.")),
    responses((status = 204, description = "The link is good for nothing."), Forbidden, NotFound),
)]
#[delete("/admin/v1/previews/{id}")]
async fn revoke_preview(
    Require(permit): Require<SignedIn>,
    Ids(id): Ids,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
) -> Result<NoContent, Problem> {
    actions::revoke(&app, &permit, id).await?;
    Ok(NoContent::default())
}

fn days(asked: Option<i32>) -> Result<i32, Problem> {
    let days = asked.unwrap_or(DAYS);
    if (1..=MOST_DAYS).contains(&days) {
        return Ok(days);
    }
    let detail = format!("A preview link lives 1 to {MOST_DAYS} days, or {DAYS} when this is left out.");
    Err(Problem::new(Code::Invalid).detail(detail.clone()).field(
        "/expires_in_days",
        FieldCode::Invalid,
        detail,
    ))
}

fn no_instant() -> Problem {
    let detail = "Say as of which instant the site is to be shown, RFC 3339.";
    Problem::new(Code::Invalid).detail(detail).field("/as_of", FieldCode::Required, detail)
}

async fn answer(app: &App, made: MadeLink) -> Result<Reply<MadePreview>, Problem> {
    let (site, default) = app
        .store
        .read(async |read| {
            let default = read.locale.clone();
            Ok((settings::site(app, read).await?, default))
        })
        .await?;
    let locale = match &made.link.sees {
        Sees::Draft { locale, .. } => locale,
        Sees::Site { .. } => &default,
    };
    let address = site.address(&default, locale, made.path.as_deref().unwrap_or("/"));
    let url = format!("{address}#masthead-preview={}", made.secret.reveal());
    Ok(Reply::ok(MadePreview { preview: made.link.into(), url }).status(StatusCode::CREATED))
}

/// Mounts the operations.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(make_preview)
        .service(list_previews)
        .service(make_site_preview)
        .service(list_site_previews)
        .service(revoke_preview);
}
