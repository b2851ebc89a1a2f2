//! `/admin/v1/documents/{id}/working-copy`: autosave. Each user sees and changes their own.

use actix_web::{delete, get, post, put, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::view::WorkingCopyView;
use super::{SeenCopy, WorkingCopy};
use crate::app::App;
use crate::documents::Which;
use crate::documents::life::http::noted;
use crate::documents::params::InLocale;
use crate::documents::view::DocumentState;
use crate::platform::access::{AnyContent, Require, Write};
use crate::platform::http::{Ids, IfMatch, IfMatchOrNew, NoContent, Params, Reply, Valid, ValidOrDefault};
use crate::platform::id::Id;
use crate::platform::problem::{
    Conflict, Forbidden, Invalid, NotFound, PreconditionRequired, Problem, Stale,
};

/// What is kept.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "base": 2, "body": { "title": "Our histo", "blocks": [] } }))]
pub struct KeepRequest {
    /// The revision that the editing began from.
    #[schema(minimum = 1)]
    base: i32,
    /// The content, finished or not: an object, of which nothing else is checked until it is saved.
    #[schema(value_type = Object)]
    body: Map<String, Value>,
}

/// What a save of unsaved work says about itself.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "note": "Corrected the year of the founding." }))]
pub struct PromoteRequest {
    /// What this change is about, for the history; at most 1,000 characters.
    #[schema(max_length = 1000)]
    note: Option<String>,
}

/// A document whose newest revision is what was unsaved work.
#[derive(Debug, Serialize, ToSchema)]
pub struct PromotedDocument {
    #[serde(flatten)]
    state: DocumentState,
    /// Whether others had saved meanwhile, and the newest revision holds the changes of both.
    merged: bool,
}

/// Get your unsaved work
///
/// What you have typed on this document and not saved.
#[utoipa::path(
    tag = "documents",
    params(("id" = Uuid, Path, description = "The entry."), InLocale),
    responses(
        (status = 200, description = "Your unsaved work.", body = WorkingCopyView,
         headers(("ETag" = String, description = "The version of the unsaved work, `\"v<version>\"`."))),
        Forbidden, NotFound,
    ),
)]
#[get("/admin/v1/documents/{id}/working-copy")]
async fn get_working_copy(
    Require(permit): Require<Write<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    app: web::Data<App>,
) -> Result<Reply<WorkingCopyView>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    Ok(answer(super::get(&app, &permit, which).await?))
}

/// Keep your unsaved work
///
/// Autosave: keeps what you have typed, without a revision and without checking it. Send `If-None-Match: *` the first time and
/// the `ETag` as `If-Match` from then on, so that two windows never overwrite each other.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = Option<String>, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
        ("If-None-Match" = Option<String>, Header, description = "`*`, when there is no unsaved work yet.", example = "*"),
    ),
    request_body(content = KeepRequest, description = "What you have typed, and the revision that you began from."),
    responses(
        (status = 200, description = "It is kept.", body = WorkingCopyView,
         headers(("ETag" = String, description = "The version of the unsaved work, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[put("/admin/v1/documents/{id}/working-copy")]
async fn keep_working_copy(
    Require(permit): Require<Write<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    IfMatchOrNew(seen): IfMatchOrNew,
    app: web::Data<App>,
    Valid(request): Valid<KeepRequest>,
) -> Result<Reply<WorkingCopyView>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let seen: SeenCopy = seen;
    let typed = (request.base, Value::Object(request.body));
    Ok(answer(super::put(&app, &permit, which, seen, typed).await?))
}

/// Throw your unsaved work away
///
/// The document stays as it is.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    responses(
        (status = 204, description = "It is gone."),
        Forbidden, NotFound, Conflict, Stale, PreconditionRequired,
    ),
)]
#[delete("/admin/v1/documents/{id}/working-copy")]
async fn discard_working_copy(
    Require(permit): Require<Write<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
) -> Result<NoContent, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    super::discard(&app, &permit, which, version).await?;
    Ok(NoContent::default())
}

/// Save your unsaved work
///
/// Turns it into a revision, as a save on its base: what others have saved since is merged, and contradictions are named
/// (409). Then it is no longer unsaved.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        InLocale,
        ("If-Match" = String, Header, description = "The `ETag` of the unsaved work, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = Option<PromoteRequest>, description = "What the change is about."),
    responses(
        (status = 200, description = "The document as it is now.", body = PromotedDocument,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[post("/admin/v1/documents/{id}/working-copy/save")]
async fn save_working_copy(
    Require(permit): Require<Write<AnyContent>>,
    Ids(id): Ids,
    Params(params): Params<InLocale>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    ValidOrDefault(request): ValidOrDefault<PromoteRequest>,
) -> Result<Reply<PromotedDocument>, Problem> {
    let which = Which { entry: Id::from_uuid(id), locale: params.locale.as_deref() };
    let saved = super::promote(&app, &permit, which, version, noted(request.note)?).await?;
    let version = saved.snapshot.state.header.version;
    let state = DocumentState::from(saved.snapshot.state);
    Ok(Reply::ok(PromotedDocument { state, merged: saved.merged }).version(version))
}

/// Mounts the endpoints.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(get_working_copy)
        .service(keep_working_copy)
        .service(discard_working_copy)
        .service(save_working_copy);
}

fn answer(copy: WorkingCopy) -> Reply<WorkingCopyView> {
    let version = copy.version;
    Reply::ok(WorkingCopyView::from(copy)).version(version)
}
