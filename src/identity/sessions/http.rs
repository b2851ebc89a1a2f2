//! `/admin/v1/session`, `/admin/v1/sessions`, `/admin/v1/me`: signing in and out, and what is one's own.

use actix_web::http::StatusCode;
use actix_web::http::header::SET_COOKIE;
use actix_web::{HttpRequest, delete, get, post, put, web};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::model::{Caller, LIFE_DAYS, SessionWindow};
use super::view::{EndedSessions, Me, SessionView, SignedInUser};
use super::{Opened, actions};
use crate::app::App;
use crate::identity::users::{self, Password};
use crate::platform::access::{InSession, Public, Require, SignedIn};
use crate::platform::http::{
    Browser, CursorScope, Ids, NoContent, NoParams, Page, Paging, Params, Reply, StrictParams, Valid,
};
use crate::platform::id::Id;
use crate::platform::problem::{
    Code, Conflict, FieldCode, Forbidden, Invalid, NotFound, Problem, RateLimited, Unauthenticated,
};

/// How long a browser keeps the cookie, in seconds.
const COOKIE_SECONDS: i64 = LIFE_DAYS * 24 * 60 * 60;

/// What one signs in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "ilse@example.org", "password": "violet harbour lantern" }))]
pub struct LogIn {
    /// The address of the account; letter case makes no difference.
    #[schema(max_length = 254)]
    email: String,
    /// The password.
    #[schema(value_type = String, format = Password, max_length = 1024)]
    password: SecretString,
}

/// A new password in place of the present one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "current": "violet harbour lantern", "new": "amber tide over quiet stones" }))]
pub struct ChangePassword {
    /// The present password.
    #[schema(value_type = String, format = Password, max_length = 1024)]
    current: SecretString,
    /// The new one: 12 to 1,024 bytes, none of those that everybody tries first. No other rules.
    #[schema(format = Password, min_length = 12, max_length = 1024)]
    new: String,
}

impl From<&Browser> for Caller {
    fn from(browser: &Browser) -> Self {
        Self {
            address: browser.address.clone(),
            network: browser.network.clone(),
            user_agent: browser.user_agent.clone(),
        }
    }
}

/// Log in
///
/// Opens a session: the answer sets a cookie, `__Host-masthead` over https or `masthead_session` on plain http from the
/// machine itself, that scripts cannot read. It ends after 12 hours without use, 7 days at the latest. Wrong passwords in a
/// row make the next try wait, ever longer, up to a minute; nobody is locked out. Programs better use an API token.
#[utoipa::path(
    tag = "session",
    security(()),
    request_body(content = LogIn, description = "Address and password."),
    responses(
        (status = 201, description = "Signed in.", body = SignedInUser,
         headers(("Set-Cookie" = String, description = "The session."))),
        Unauthenticated, Forbidden, Conflict, RateLimited,
    ),
)]
#[post("/admin/v1/session")]
async fn log_in(
    Require(permit): Require<Public>,
    Params(NoParams {}): Params<NoParams>,
    browser: Browser,
    app: web::Data<App>,
    Valid(request): Valid<LogIn>,
) -> Result<Reply<SignedInUser>, Problem> {
    // Before the password is looked at: where no cookie can be set, none is worth anything.
    browser.set_cookie("", 0)?;
    let credentials = (request.email.as_str(), request.password);
    let opened = actions::log_in(&app, &permit, &Caller::from(&browser), credentials).await?;
    signed_in(&app, &browser, opened).await
}

/// The answer to somebody who has just signed in, with the cookie.
pub(in crate::identity) async fn signed_in(
    app: &App,
    browser: &Browser,
    opened: Opened,
) -> Result<Reply<SignedInUser>, Problem> {
    let user = users::signed_in(app, opened.user).await?;
    let cookie = browser.set_cookie(opened.secret.reveal(), COOKIE_SECONDS)?;
    let body = SignedInUser { user: user.into(), session: opened.session.uuid() };
    Ok(Reply::ok(body).status(StatusCode::CREATED).header(SET_COOKIE, cookie))
}

/// Log out
///
/// Ends the session of this request, at once and everywhere, and takes the cookie away.
#[utoipa::path(
    tag = "session",
    security(("session" = [])),
    responses(
        (status = 200, description = "Signed out.", body = EndedSessions,
         headers(("Set-Cookie" = String, description = "Takes the cookie away."))),
        Forbidden,
    ),
)]
#[delete("/admin/v1/session")]
async fn log_out(
    Require(permit): Require<InSession>,
    Params(NoParams {}): Params<NoParams>,
    browser: Browser,
    app: web::Data<App>,
) -> Result<Reply<EndedSessions>, Problem> {
    actions::log_out(&app, &permit).await?;
    Ok(Reply::ok(EndedSessions { ended: 1 }).header(SET_COOKIE, browser.set_cookie("", 0)?))
}

/// Who am I
///
/// The user behind this request, with the rights that it has.
#[utoipa::path(
    tag = "session",
    responses((status = 200, description = "The user.", body = Me)),
)]
#[get("/admin/v1/me")]
async fn get_me(
    Require(permit): Require<SignedIn>,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
) -> Result<Reply<Me>, Problem> {
    let user = users::me(&app, &permit).await?;
    let identity = permit.actor().identity().ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    Ok(Reply::ok(Me::new(user, identity)))
}

/// Change my password
///
/// Needs the present one. All other sessions end, and this one gets a new cookie. Tokens stay; revoke those that you no
/// longer trust.
#[utoipa::path(
    tag = "session",
    security(("session" = [])),
    request_body(content = ChangePassword, description = "The present password and the new one."),
    responses(
        (status = 201, description = "Changed; the session goes on under a new cookie.", body = SignedInUser,
         headers(("Set-Cookie" = String, description = "The session."))),
        Forbidden, Conflict, Invalid, RateLimited,
    ),
)]
#[put("/admin/v1/me/password")]
async fn change_password(
    Require(permit): Require<InSession>,
    Params(NoParams {}): Params<NoParams>,
    browser: Browser,
    app: web::Data<App>,
    Valid(request): Valid<ChangePassword>,
) -> Result<Reply<SignedInUser>, Problem> {
    let new = new_password(&request.new, "/new")?;
    let passwords = (request.current, new);
    let opened = actions::change_password(&app, &permit, &Caller::from(&browser), passwords).await?;
    signed_in(&app, &browser, opened).await
}

/// A text that is to become a password.
pub(in crate::identity) fn new_password(text: &str, pointer: &'static str) -> Result<Password, Problem> {
    Password::parse(text).map_err(|detail| {
        Problem::new(Code::Invalid).detail(format!("The new password is refused: {detail}.")).field(
            pointer,
            FieldCode::Invalid,
            detail,
        )
    })
}

/// Which sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListSessions {
    /// How many sessions an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
    /// Of this user, which needs the right to manage users; your own when it is left out, which a token may only with
    /// that right.
    #[serde(rename = "filter[user]")]
    user: Option<Uuid>,
}

impl StrictParams for ListSessions {
    const ALLOWED: &'static [&'static str] = &["limit", "after", "before", "filter[user]"];
}

/// List sessions
///
/// The browsers in which you are signed in, the newest first.
#[utoipa::path(
    tag = "session",
    params(ListSessions),
    responses(
        (status = 200, description = "One page of the list.", body = Page<SessionView>,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden,
    ),
)]
#[get("/admin/v1/sessions")]
async fn list_sessions(
    Require(permit): Require<SignedIn>,
    Params(params): Params<ListSessions>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<SessionView>>, Problem> {
    let identity = permit.actor().identity().ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    let user = params.user.map_or(identity.user, Id::from_uuid);
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let query = user.to_string();
    let scope = CursorScope { list: "admin.sessions", query: &query };
    let wanted = SessionWindow { user, window: paging.by_id(&app.cursors, scope)? };
    let sessions = actions::list(&app, &permit, wanted).await?;
    let page = paging.page(sessions, |session| app.cursors.seal(scope, &session.id))?;
    Ok(page.map(|session| SessionView::new(session, identity.session)).linked(&request, Reply::ok))
}

/// End a session
///
/// Signs a browser out: one of your own, or with the right to manage users that of anybody.
#[utoipa::path(
    tag = "session",
    params(("id" = Uuid, Path, description = "The session.")),
    responses((status = 204, description = "The session has ended."), Forbidden, NotFound),
)]
#[delete("/admin/v1/sessions/{id}")]
async fn end_session(
    Require(permit): Require<SignedIn>,
    Ids(id): Ids,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
) -> Result<NoContent, Problem> {
    actions::end(&app, &permit, Id::from_uuid(id)).await?;
    Ok(NoContent::default())
}

/// End all other sessions
///
/// Signs you out everywhere but here.
#[utoipa::path(
    tag = "session",
    security(("session" = [])),
    responses((status = 200, description = "How many ended.", body = EndedSessions), Forbidden),
)]
#[delete("/admin/v1/sessions")]
async fn end_other_sessions(
    Require(permit): Require<InSession>,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
) -> Result<Reply<EndedSessions>, Problem> {
    Ok(Reply::ok(EndedSessions { ended: actions::end_others(&app, &permit).await? }))
}

/// Mounts the operations.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(log_in)
        .service(log_out)
        .service(get_me)
        .service(change_password)
        .service(list_sessions)
        .service(end_session)
        .service(end_other_sessions);
}
