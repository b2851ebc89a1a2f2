//! `/admin/v1/documents/{id}/translations`: the languages of an entry.

use actix_web::{get, post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::view::{TranslationView, TranslationsView};
use crate::app::App;
use crate::documents::params::InLocale;
use crate::documents::view::DocumentState;
use crate::documents::{self, Which};
use crate::platform::access::{AnyContent, Read, Require, Write};
use crate::platform::http::{Ids, NoParams, Params, Reply, Valid};
use crate::platform::id::Id;
use crate::platform::problem::{Conflict, Erased, Forbidden, Invalid, NotFound, Problem};

/// Which locale is added, and from which revision.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "locale": "de", "revision": 3 }))]
pub struct TranslateRequest {
    /// The locale of the new document, one of the site's.
    #[schema(max_length = 12)]
    locale: String,
    /// The revision that is to be translated; the newest when it is left out.
    #[schema(minimum = 1)]
    revision: Option<i32>,
}

/// List the languages
///
/// Every locale of the site but those whose document you may not read: whether the entry is missing there, follows the newest revision of what it translates, or no
/// longer does. Save a translation with `source` to say which revision it follows now.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "The entry.")),
    responses(
        (status = 200, description = "The languages.", body = TranslationsView),
        Forbidden, NotFound,
    ),
)]
#[get("/admin/v1/documents/{id}/translations")]
async fn list_translations(
    Require(permit): Require<Read<AnyContent>>,
    Ids(id): Ids,
    _: Params<NoParams>,
    app: web::Data<App>,
) -> Result<Reply<TranslationsView>, Problem> {
    let translations = super::translations(&app, &permit, Id::from_uuid(id)).await?;
    let translations = translations.into_iter().map(TranslationView::from).collect();
    Ok(Reply::ok(TranslationsView { translations }))
}

/// Add a language
///
/// Makes a document in another locale, as a draft, with the content of a revision of this one for a start. Publishing one
/// locale never touches another.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "The entry."), InLocale),
    request_body(content = TranslateRequest, description = "Which locale, from which revision."),
    responses(
        (status = 201, description = "The new document.", body = DocumentState, headers(
            ("ETag" = String, description = "The version, `\"v<version>\"`."),
            ("Location" = String, description = "The address of its history in this API."),
        )),
        Forbidden, NotFound, Conflict, Erased, Invalid,
    ),
)]
#[post("/admin/v1/documents/{id}/translations")]
async fn translate(
    Require(permit): Require<Write<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
    Valid(request): Valid<TranslateRequest>,
) -> Result<Reply<DocumentState>, Problem> {
    let from = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let made = documents::translate(&app, &permit, from, request.revision, &request.locale).await?;
    let version = made.state.header.version;
    let location = format!("/admin/v1/documents/{id}/revisions?locale={}", request.locale);
    Ok(Reply::created(location, DocumentState::from(made.state)).version(version))
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_translations).service(translate);
}
