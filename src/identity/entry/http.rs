//! `/admin/v1/session`, `/admin/v1/me`, `/admin/v1/links` and `/admin/v1/password-resets`: coming in.

use actix_web::http::StatusCode;
use actix_web::http::header::SET_COOKIE;
use actix_web::{get, post, put, web};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::Chosen;
use super::view::{Me, SignedInUser};
use crate::app::App;
use crate::identity::sessions::{Caller, LIFE_DAYS, Opened};
use crate::identity::users::{self, Email, Password, PersonName};
use crate::platform::access::{InSession, Public, Require, SignedIn};
use crate::platform::http::{Browser, NoParams, Params, Reply, Valid};
use crate::platform::problem::{
    Code, Conflict, FieldCode, Forbidden, Invalid, Pointer, Problem, RateLimited, Unauthenticated,
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

/// A link that is used, and what its holder chooses.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "secret": "mhl_...", "password": "violet harbour lantern" }))]
pub struct RedeemLink {
    /// The secret: what stands behind `#invitation=`, `#reset=` or `#setup=` in the link.
    #[schema(value_type = String, format = Password, min_length = 1, max_length = 100)]
    secret: SecretString,
    /// The password that is to hold: 12 to 1,024 bytes, none of those that everybody tries first. No other rules.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 1024)]
    password: SecretString,
    /// What you are called: needed for the first administrator, by choice with an invitation, refused with a reset.
    #[schema(min_length = 1, max_length = 200, example = "Ilse Fictional")]
    name: Option<String>,
    /// What you sign in with: needed for the first administrator, refused otherwise.
    #[schema(min_length = 3, max_length = 254, format = "email", example = "ilse@example.org")]
    email: Option<String>,
}

impl RedeemLink {
    fn chosen(&self) -> Result<Chosen, Problem> {
        let password = new_password(self.password.expose_secret(), "/password")?;
        let name = self.name.as_deref().map(PersonName::parse).transpose();
        let email = self.email.as_deref().map(Email::parse).transpose();
        Ok(Chosen { password, name: name.map_err(refused("name"))?, email: email.map_err(refused("email"))? })
    }
}

fn refused(field: &'static str) -> impl Fn(String) -> Problem {
    move |detail| {
        let pointer = Pointer::root().field(field);
        Problem::new(Code::Invalid).detail(detail.clone()).field(pointer, FieldCode::Invalid, detail)
    }
}

/// Whose password is to be reset.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "email": "ilse@example.org" }))]
pub struct AskForReset {
    /// The address of the account; letter case makes no difference.
    #[schema(min_length = 3, max_length = 254, format = "email")]
    email: String,
}

/// What becomes of the wish for a password reset.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResetAsked {
    /// Whether this installation sends mail. Without it an administrator has to send you the link.
    mail: bool,
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
    let opened = super::log_in(&app, &permit, &Caller::from(&browser), credentials).await?;
    signed_in(&app, &browser, opened).await
}

/// The answer to somebody who has just signed in, with the cookie.
async fn signed_in(app: &App, browser: &Browser, opened: Opened) -> Result<Reply<SignedInUser>, Problem> {
    let user = users::signed_in(app, opened.user).await?;
    let cookie = browser.set_cookie(opened.secret.reveal(), COOKIE_SECONDS)?;
    let body = SignedInUser { user: user.into(), session: opened.session.uuid() };
    Ok(Reply::ok(body).status(StatusCode::CREATED).header(SET_COOKIE, cookie))
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
    let opened = super::change_password(&app, &permit, &Caller::from(&browser), passwords).await?;
    signed_in(&app, &browser, opened).await
}

/// A text that is to become a password.
fn new_password(text: &str, pointer: &'static str) -> Result<Password, Problem> {
    Password::parse(text).map_err(|detail| {
        Problem::new(Code::Invalid).detail(format!("The new password is refused: {detail}.")).field(
            pointer,
            FieldCode::Invalid,
            detail,
        )
    })
}

/// Use a link
///
/// Whoever holds an invitation, a password reset or the link of the first start chooses a password with it and is signed in.
/// A link lets in once. All other sessions of the account end.
#[utoipa::path(
    tag = "session",
    security(()),
    request_body(content = RedeemLink, description = "The link's secret and the password."),
    responses(
        (status = 201, description = "Signed in.", body = SignedInUser,
         headers(("Set-Cookie" = String, description = "The session."))),
        Unauthenticated, Forbidden, Conflict, Invalid, RateLimited,
    ),
)]
#[post("/admin/v1/links/redeem")]
async fn redeem_link(
    Require(permit): Require<Public>,
    Params(NoParams {}): Params<NoParams>,
    browser: Browser,
    app: web::Data<App>,
    Valid(request): Valid<RedeemLink>,
) -> Result<Reply<SignedInUser>, Problem> {
    // Before the link is used up: where no cookie can be set, it would be lost.
    browser.set_cookie("", 0)?;
    let wanted = (request.secret.expose_secret(), request.chosen()?);
    let opened = super::redeem(&app, &permit, &Caller::from(&browser), wanted).await?;
    signed_in(&app, &browser, opened).await
}

/// Ask for a password reset
///
/// Sends a link to the address, if somebody signs in with it; the answer does not tell.
#[utoipa::path(
    tag = "session",
    security(()),
    request_body(content = AskForReset, description = "Whose."),
    responses(
        (status = 202, description = "It was noted.", body = ResetAsked),
        Forbidden, Invalid, RateLimited,
    ),
)]
#[post("/admin/v1/password-resets")]
async fn ask_for_reset(
    Require(permit): Require<Public>,
    Params(NoParams {}): Params<NoParams>,
    browser: Browser,
    app: web::Data<App>,
    Valid(request): Valid<AskForReset>,
) -> Result<Reply<ResetAsked>, Problem> {
    let email = Email::parse(&request.email).map_err(refused("email"))?;
    let mail = super::ask_for_reset(&app, &permit, &Caller::from(&browser), &email).await?;
    Ok(Reply::ok(ResetAsked { mail }).status(StatusCode::ACCEPTED))
}

/// Mounts the operations.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(log_in)
        .service(get_me)
        .service(change_password)
        .service(redeem_link)
        .service(ask_for_reset);
}
