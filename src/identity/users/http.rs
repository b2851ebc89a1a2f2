//! `/admin/v1/users`: the people who sign in.

use actix_web::{HttpRequest, get, post, put, web};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{Email, PersonName, User, UserState, UserWindow};
use super::view::{InvitedUser, SentLink, UserView};
use super::{Profile, actions};
use crate::app::App;
use crate::platform::access::{Manage, Read, Require, Users};
use crate::platform::http::{
    CursorScope, Ids, IfMatch, NoParams, Page, Paging, Params, Reply, StrictParams, Valid,
};
use crate::platform::id::Id;
use crate::platform::problem::{
    Code, Conflict, FieldCode, Forbidden, Invalid, NotFound, Pointer, PreconditionRequired, Problem, Stale,
};

/// A user as they are to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "ilse@example.org", "name": "Ilse Fictional", "role": "editor" }))]
pub struct UserDraft {
    /// What they sign in with, and where mail goes. Letter case makes no difference.
    #[schema(min_length = 3, max_length = 254, format = "email")]
    email: String,
    /// What they are called.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The name of their role. You can give only a role that lies within your own rights.
    #[schema(min_length = 1, max_length = 63)]
    role: String,
}

impl UserDraft {
    fn parse(self) -> Result<Profile, Problem> {
        let mut problem =
            Problem::new(Code::Invalid).detail("The user breaks a rule; errors names each place.");
        let email = Email::parse(&self.email);
        let name = PersonName::parse(&self.name);
        for (field, error) in [("email", email.as_ref().err()), ("name", name.as_ref().err())] {
            if let Some(detail) = error {
                problem = problem.field(Pointer::root().field(field), FieldCode::Invalid, detail.clone());
            }
        }
        match (email, name) {
            (Ok(email), Ok(name)) => Ok(Profile { email, name, role: self.role }),
            _ => Err(problem),
        }
    }
}

/// Which users.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListUsers {
    /// How many users an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
    /// Only users in this state.
    #[serde(rename = "filter[state]")]
    #[param(inline)]
    state: Option<UserState>,
    /// Only users of the role with this name.
    #[serde(rename = "filter[role]")]
    #[param(example = "editor")]
    role: Option<String>,
    /// Only the user with this address, whatever its letter case.
    #[serde(rename = "filter[email]")]
    #[param(example = "ilse@example.org")]
    email: Option<String>,
}

impl StrictParams for ListUsers {
    const ALLOWED: &'static [&'static str] =
        &["limit", "after", "before", "filter[state]", "filter[role]", "filter[email]"];
}

/// List users
///
/// Who can sign in, who is invited and who was deactivated, the newest first.
#[utoipa::path(
    tag = "users",
    params(ListUsers),
    responses(
        (status = 200, description = "One page of the list.", body = Page<UserView>,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden,
    ),
)]
#[get("/admin/v1/users")]
async fn list_users(
    Require(permit): Require<Read<Users>>,
    Params(params): Params<ListUsers>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<UserView>>, Problem> {
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let email = params.email.map(|email| email.trim().to_lowercase());
    let query = format!("{:?} {:?} {email:?}", params.state, params.role);
    let scope = CursorScope { list: "admin.users", query: &query };
    let window = paging.by_id(&app.cursors, scope)?;
    let wanted = UserWindow { state: params.state, role: params.role, email, window };
    let users = actions::list(&app, &permit, &wanted).await?;
    let page = paging.page(users, |user| app.cursors.seal(scope, &user.id))?;
    Ok(page.map(UserView::from).linked(&request, Reply::ok))
}

/// Invite a user
///
/// Adds somebody who then chooses a password by a link that lets in once, within 72 hours. The link goes to them by mail;
/// an installation without mail gives it to you in the answer.
#[utoipa::path(
    tag = "users",
    request_body(content = UserDraft, description = "Who it is."),
    responses(
        (status = 201, description = "The user who was invited.", body = InvitedUser, headers(
            ("ETag" = String, description = "The version, `\"v<version>\"`."),
            ("Location" = String, description = "The address of the user in this API."),
        )),
        Forbidden, Conflict, Invalid,
    ),
)]
#[post("/admin/v1/users")]
async fn invite_user(
    Require(permit): Require<Manage<Users>>,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
    Valid(draft): Valid<UserDraft>,
) -> Result<Reply<InvitedUser>, Problem> {
    let (user, invited) = actions::invite(&app, &permit, draft.parse()?).await?;
    let (location, version) = (format!("/admin/v1/users/{}", user.id), user.version);
    let body = InvitedUser { user: user.into(), invitation: invited.into() };
    Ok(Reply::created(location, body).version(version))
}

/// Get a user
///
/// Who somebody is and how the account stands.
#[utoipa::path(
    tag = "users",
    params(("id" = Uuid, Path, description = "The user.")),
    responses(
        (status = 200, description = "The user.", body = UserView,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound,
    ),
)]
#[get("/admin/v1/users/{id}")]
async fn get_user(
    Require(permit): Require<Read<Users>>,
    Ids(id): Ids,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
) -> Result<Reply<UserView>, Problem> {
    Ok(answer(actions::get(&app, &permit, Id::from_uuid(id)).await?))
}

/// Change a user
///
/// Name, address and role. A new role acts on the next request. A new address ends the links that are about: send another
/// one to somebody who is invited. You can change only users whose rights lie within your own, and the last administrator
/// stays one.
#[utoipa::path(
    tag = "users",
    params(
        ("id" = Uuid, Path, description = "The user."),
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    request_body(content = UserDraft, description = "Who they are to be."),
    responses(
        (status = 200, description = "The user as they are now.", body = UserView,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, Invalid, PreconditionRequired,
    ),
)]
#[put("/admin/v1/users/{id}")]
async fn update_user(
    Require(permit): Require<Manage<Users>>,
    Ids(id): Ids,
    Params(NoParams {}): Params<NoParams>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
    Valid(draft): Valid<UserDraft>,
) -> Result<Reply<UserView>, Problem> {
    let seen = (Id::from_uuid(id), version);
    Ok(answer(actions::update(&app, &permit, seen, draft.parse()?).await?))
}

/// Deactivate a user
///
/// They can no longer sign in: all sessions end, links and tokens are refused. What they did stays under their name.
#[utoipa::path(
    tag = "users",
    params(
        ("id" = Uuid, Path, description = "The user."),
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    responses(
        (status = 200, description = "The user as they are now.", body = UserView,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, PreconditionRequired,
    ),
)]
#[post("/admin/v1/users/{id}/deactivate")]
async fn deactivate_user(
    Require(permit): Require<Manage<Users>>,
    Ids(id): Ids,
    Params(NoParams {}): Params<NoParams>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
) -> Result<Reply<UserView>, Problem> {
    Ok(answer(actions::deactivate(&app, &permit, (Id::from_uuid(id), version)).await?))
}

/// Reactivate a user
///
/// Lets somebody who was deactivated sign in again, with the password and the role that they had.
#[utoipa::path(
    tag = "users",
    params(
        ("id" = Uuid, Path, description = "The user."),
        ("If-Match" = String, Header, description = "The `ETag` that was read, such as `\"v3\"`.", example = "\"v3\""),
    ),
    responses(
        (status = 200, description = "The user as they are now.", body = UserView,
         headers(("ETag" = String, description = "The version, `\"v<version>\"`."))),
        Forbidden, NotFound, Conflict, Stale, PreconditionRequired,
    ),
)]
#[post("/admin/v1/users/{id}/reactivate")]
async fn reactivate_user(
    Require(permit): Require<Manage<Users>>,
    Ids(id): Ids,
    Params(NoParams {}): Params<NoParams>,
    IfMatch(version): IfMatch,
    app: web::Data<App>,
) -> Result<Reply<UserView>, Problem> {
    Ok(answer(actions::reactivate(&app, &permit, (Id::from_uuid(id), version)).await?))
}

/// Send a user a link
///
/// A new invitation to somebody who has not accepted yet, a password reset to somebody who has. Earlier links end.
#[utoipa::path(
    tag = "users",
    params(("id" = Uuid, Path, description = "The user.")),
    responses(
        (status = 200, description = "How the link reaches the user.", body = SentLink),
        Forbidden, NotFound, Conflict,
    ),
)]
#[post("/admin/v1/users/{id}/link")]
async fn send_link(
    Require(permit): Require<Manage<Users>>,
    Ids(id): Ids,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
) -> Result<Reply<SentLink>, Problem> {
    Ok(Reply::ok(actions::send_link(&app, &permit, Id::from_uuid(id)).await?.into()))
}

/// Mounts the operations.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(list_users)
        .service(invite_user)
        .service(get_user)
        .service(update_user)
        .service(deactivate_user)
        .service(reactivate_user)
        .service(send_link);
}

fn answer(user: User) -> Reply<UserView> {
    let version = user.version;
    Reply::ok(UserView::from(user)).version(version)
}
