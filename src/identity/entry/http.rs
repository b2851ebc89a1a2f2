//! `/admin/v1/links` and `/admin/v1/password-resets`: coming in without a password.

use actix_web::http::StatusCode;
use actix_web::{post, web};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::{Chosen, actions};
use crate::app::App;
use crate::identity::sessions::Caller;
use crate::identity::sessions::http::{new_password, signed_in};
use crate::identity::sessions::view::SignedInUser;
use crate::identity::users::{Email, PersonName};
use crate::platform::access::{Public, Require};
use crate::platform::http::{Browser, NoParams, Params, Reply, Valid};
use crate::platform::problem::{
    Code, Conflict, FieldCode, Forbidden, Invalid, Pointer, Problem, RateLimited, Unauthenticated,
};

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
    /// What you are called: needed for the first administrator, by choice with an invitation.
    #[schema(min_length = 1, max_length = 200, example = "Ilse Fictional")]
    name: Option<String>,
    /// What you sign in with: for the first administrator alone.
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
    let opened = actions::redeem(&app, &permit, &Caller::from(&browser), wanted).await?;
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
    let mail = actions::ask_for_reset(&app, &permit, &Caller::from(&browser), &email).await?;
    Ok(Reply::ok(ResetAsked { mail }).status(StatusCode::ACCEPTED))
}

/// Mounts the operations.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(redeem_link).service(ask_for_reset);
}
