//! `/admin/v1/roles`: what people may do.

use actix_web::{delete, get, post, put, web};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::NewRole;
use super::view::{GrantView, RoleList, RoleView};
use crate::app::App;
use crate::platform::access::{Manage, Read, Require, Roles};
use crate::platform::http::{Ids, IfMatch, NoContent, NoParams, Params, Reply, Valid};
use crate::platform::id::Id;
use crate::platform::problem::{
    Conflict, Forbidden, Invalid, NotFound, PreconditionRequired, Problem, Stale,
};

/// A role as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "news_desk", "description": "Writes below News.",
    "grants": [{ "kind": "page", "verb": "read" }, { "kind": "page", "verb": "write", "scope": { "type": "own" } }]
}))]
pub struct RoleDraft {
    /// The name: lower case letters, digits, `-` and `_`, beginning with a letter.
    #[schema(min_length = 1, max_length = 63, pattern = "^[a-z][a-z0-9_-]*$")]
    name: String,
    /// What it is for.
    #[serde(default)]
    #[schema(max_length = 500)]
    description: String,
    /// What it allows; what is not granted is refused. None may go beyond what you may do yourself.
    #[schema(max_items = 100)]
    grants: Vec<GrantView>,
}

impl From<RoleDraft> for NewRole {
    fn from(draft: RoleDraft) -> Self {
        let grants = draft.grants.into_iter().map(Into::into).collect();
        Self { name: draft.name, description: draft.description.trim().to_owned(), grants }
    }
}

/// List roles
///
/// All roles with what they allow, by name: those that came with Masthead and the site's own.
#[utoipa::path(
    tag = "roles",
    responses((status = 200, description = "All roles.", body = RoleList), Forbidden),
)]
#[get("/admin/v1/roles")]
async fn list_roles(
    Require(permit): Require<Read<Roles>>,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
) -> Result<Reply<RoleList>, Problem> {
    let roles = super::list(&app, &permit).await?;
    Ok(Reply::ok(RoleList { data: roles.into_iter().map(RoleView::from).collect() }))
}

/// Make a role
///
/// A set of grants of the site's own. You can grant only what you may do yourself.
#[utoipa::path(
    tag = "roles",
    request_body(content = RoleDraft, description = "The role."),
    responses(
        (status = 201, description = "The role that was made.", body = RoleView, headers(
            ("ETag" = String, description = "The version, `\"v<version>\"`."),
            ("Location" = String, description = "The address of the role in this API."),
        )),
        Forbidden, Conflict, Invalid,
    ),
)]
#[post("/admin/v1/roles")]
async fn create_role(
    Require(permit): Require<Manage<Roles>>,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
    Valid(draft): Valid<RoleDraft>,
) -> Result<Reply<RoleView>, Problem> {
    let role = super::create(&app, &permit, draft.into()).await?;
    let (location, version) = (format!("/admin/v1/roles/{}", role.id), role.version);
    Ok(Reply::created(location, RoleView::from(role)).version(version))
}

/// Get a role
#[utoipa::path(
    tag = "roles",
    description = "A role with what it allows, and its version.",
    params(("id" = Uuid, Path, description = "The role.")),
    responses(
        (status = 200, description = "The role.", body = RoleView,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound,
    ),
)]
#[get("/admin/v1/roles/{id}")]
async fn get_role(
    Require(permit): Require<Read<Roles>>,
    Ids(id): Ids,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
) -> Result<Reply<RoleView>, Problem> {
    let role = super::get(&app, &permit, Id::from_uuid(id)).await?;
    let version = role.version;
    Ok(Reply::ok(RoleView::from(role)).version(version))
}

/// Change a role
///
/// The whole role. It acts on the next request of everybody who has it. You can change only what lies within your own
/// rights, before and after. The roles that came with Masthead stay as they are.
#[utoipa::path(
    tag = "roles",
    params(
        ("id" = Uuid, Path, description = "The role."),
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = RoleDraft, description = "The whole role."),
    responses(
        (status = 200, description = "The role as it is now.", body = RoleView,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[put("/admin/v1/roles/{id}")]
async fn update_role(
    Require(permit): Require<Manage<Roles>>,
    Ids(id): Ids,
    Params(NoParams {}): Params<NoParams>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    Valid(draft): Valid<RoleDraft>,
) -> Result<Reply<RoleView>, Problem> {
    let role = super::update(&app, &permit, (Id::from_uuid(id), version), draft.into()).await?;
    let version = role.version;
    Ok(Reply::ok(RoleView::from(role)).version(version))
}

/// Remove a role
///
/// Removes a role that nobody has.
#[utoipa::path(
    tag = "roles",
    params(
        ("id" = Uuid, Path, description = "The role."),
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    responses(
        (status = 204, description = "The role is gone."),
        Forbidden, NotFound, Conflict, Stale, PreconditionRequired,
    ),
)]
#[delete("/admin/v1/roles/{id}")]
async fn delete_role(
    Require(permit): Require<Manage<Roles>>,
    Ids(id): Ids,
    Params(NoParams {}): Params<NoParams>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
) -> Result<NoContent, Problem> {
    super::delete(&app, &permit, (Id::from_uuid(id), version)).await?;
    Ok(NoContent::default())
}

/// Mounts the operations.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_roles)
        .service(create_role)
        .service(get_role)
        .service(update_role)
        .service(delete_role);
}
