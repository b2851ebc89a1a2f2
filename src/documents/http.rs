//! `/admin/v1/documents/{id}/...`: actions on a document of whatever kind.

use actix_web::{post, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::view::DocumentState;
use super::{Seen, actions};
use crate::app::App;
use crate::platform::access::{AnyContent, Publish, Require};
use crate::platform::http::{Ids, IfMatch, NoParams, Params, Reply, Valid};
use crate::platform::id::Id;
use crate::platform::problem::{
    Conflict, Forbidden, Invalid, NotFound, PreconditionRequired, Problem, Stale,
};

/// Which revision becomes public.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "revision": 2 }))]
pub struct PublishRequest {
    /// The number of the revision. Naming it keeps a save of somebody else from slipping into the publication.
    #[schema(minimum = 1)]
    revision: i32,
}

/// Publish
///
/// Makes a revision public now, in place of what is public. A publication that is scheduled for later stays. Publishing
/// the revision that is public already changes nothing. The page must be complete, its path free and its parent public.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = PublishRequest, description = "Which revision."),
    responses(
        (status = 200, description = "The document as it stands now.", body = DocumentState,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[post("/admin/v1/documents/{id}/publish")]
async fn publish(
    Require(permit): Require<Publish<AnyContent>>,
    Ids(id): Ids,
    _: Params<NoParams>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    Valid(request): Valid<PublishRequest>,
) -> Result<Reply<DocumentState>, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), version };
    let snapshot = actions::publish(&app, &permit, seen, request.revision).await?;
    Ok(answer(snapshot))
}

/// Unpublish
///
/// Ends what is public of a document, now. What is scheduled for later stays. Refused while pages below it are public.
#[utoipa::path(
    tag = "documents",
    params(
        ("id" = Uuid, Path, description = "The entry."),
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    responses(
        (status = 200, description = "The document as it stands now.", body = DocumentState,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, PreconditionRequired,
    ),
)]
#[post("/admin/v1/documents/{id}/unpublish")]
async fn unpublish(
    Require(permit): Require<Publish<AnyContent>>,
    Ids(id): Ids,
    _: Params<NoParams>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
) -> Result<Reply<DocumentState>, Problem> {
    let seen = Seen { entry: Id::from_uuid(id), version };
    let snapshot = actions::unpublish(&app, &permit, seen).await?;
    Ok(answer(snapshot))
}

/// Mounts the actions.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(publish).service(unpublish);
}

fn answer(snapshot: super::model::Snapshot) -> Reply<DocumentState> {
    let version = snapshot.state.header.version;
    Reply::ok(DocumentState::from(snapshot.state)).version(version)
}
