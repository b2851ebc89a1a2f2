//! `/admin/v1/session` and `/admin/v1/sessions`: the browsers in which people are signed in.

use actix_web::http::header::SET_COOKIE;
use actix_web::{HttpRequest, delete, get, web};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::actions;
use super::model::{Caller, SessionWindow};
use super::view::{EndedSessions, SessionView};
use crate::app::App;
use crate::platform::access::{InSession, Require, SignedIn};
use crate::platform::http::{
    Browser, CursorScope, Ids, NoContent, NoParams, Page, Paging, Params, Reply, StrictParams,
};
use crate::platform::id::Id;
use crate::platform::problem::{Code, Forbidden, NotFound, Problem};

impl From<&Browser> for Caller {
    fn from(browser: &Browser) -> Self {
        Self {
            address: browser.address.clone(),
            network: browser.network.clone(),
            user_agent: browser.user_agent.clone(),
            request_id: Some(browser.request_id.clone()),
        }
    }
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
    config.service(log_out).service(list_sessions).service(end_session).service(end_other_sessions);
}
