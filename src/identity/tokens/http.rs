//! `/admin/v1/tokens`: credentials for programs.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, delete, get, post, web};
use chrono::Duration;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_actix_web::service_config::ServiceConfig;

use super::model::{TokenScope, TokenWindow};
use super::view::{CreatedToken, TokenView};
use super::{NewToken, actions};
use crate::app::App;
use crate::platform::access::{InSession, Require, SignedIn};
use crate::platform::http::{
    CursorScope, Ids, NoContent, NoParams, Page, Paging, Params, Reply, StrictParams, Valid,
};
use crate::platform::id::{Id, UserId};
use crate::platform::problem::{Code, FieldCode, Forbidden, Invalid, NotFound, Pointer, Problem};

/// The longest life of a token that ends, in days.
const MOST_DAYS: u32 = 3_650;

/// A token as it is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "build server", "scopes": ["page:read"], "expires_in_days": 90 }))]
pub struct TokenDraft {
    /// What to call it, 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What it may at most do, as `kind:verb`, with `*` for every kind of content. Never more than its user may at the time.
    /// Without any: all that its user may.
    #[serde(default)]
    #[schema(max_items = 50)]
    scopes: Vec<String>,
    /// After how many days it ends; never when it is left out.
    #[schema(minimum = 1, maximum = 3650)]
    expires_in_days: Option<u32>,
}

impl TokenDraft {
    fn parse(self, user: UserId) -> Result<NewToken, Problem> {
        let refused = |pointer: Pointer, detail: String| {
            Problem::new(Code::Invalid).detail(detail.clone()).field(pointer, FieldCode::Invalid, detail)
        };
        let root = Pointer::root;
        if self.scopes.len() > 50 {
            return Err(refused(root().field("scopes"), "A token has at most 50 scopes.".to_owned()));
        }
        let mut scopes = Vec::with_capacity(self.scopes.len());
        for (nth, text) in self.scopes.iter().enumerate() {
            let scope = TokenScope::parse(text);
            scopes.push(scope.map_err(|detail| refused(root().field("scopes").item(nth), detail))?);
        }
        let days = self.expires_in_days;
        if days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
            let detail = format!("A token lives 1 to {MOST_DAYS} days, or for ever when this is left out.");
            return Err(refused(root().field("expires_in_days"), detail));
        }
        let expires_in = days.map(|days| Duration::days(days.into()));
        Ok(NewToken { user, name: self.name, scopes, expires_in })
    }
}

/// Which tokens.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ListTokens {
    /// How many tokens an answer has at most, 1 to 100.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
    /// The cursor `next` of the answer before.
    after: Option<String>,
    /// The cursor `previous` of the answer after.
    before: Option<String>,
    /// Of this user, or `all`: both need the right to read tokens. Your own when it is left out, which a token may only
    /// with that right.
    #[serde(rename = "filter[user]")]
    #[param(example = "all", pattern = "^(all|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$")]
    user: Option<String>,
}

impl StrictParams for ListTokens {
    const ALLOWED: &'static [&'static str] = &["limit", "after", "before", "filter[user]"];
}

impl ListTokens {
    /// Whose tokens: of one user, or of all.
    fn of(&self, own: Option<UserId>) -> Result<Option<UserId>, Problem> {
        match self.user.as_deref() {
            None => Ok(own),
            Some("all") => Ok(None),
            Some(id) => id.parse().map(Some).map_err(|_| {
                let detail = "The query parameter `filter[user]` is the id of a user, or `all`.";
                Problem::new(Code::InvalidParameter).detail(detail).field(
                    "/query/filter[user]",
                    FieldCode::Invalid,
                    detail,
                )
            }),
        }
    }
}

/// List tokens
///
/// Your API tokens, the newest first, revoked and expired ones included. The secrets are kept nowhere.
#[utoipa::path(
    tag = "tokens",
    params(ListTokens),
    responses(
        (status = 200, description = "One page of the list.", body = Page<TokenView>,
         headers(("Link" = String, description = "The next and the previous page of the list (RFC 8288)."))),
        Forbidden,
    ),
)]
#[get("/admin/v1/tokens")]
async fn list_tokens(
    Require(permit): Require<SignedIn>,
    Params(params): Params<ListTokens>,
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<Reply<Page<TokenView>>, Problem> {
    let user = params.of(permit.actor().user())?;
    let paging = Paging::new(params.limit, params.after, params.before)?;
    let query = format!("{user:?}");
    let scope = CursorScope { list: "admin.tokens", query: &query };
    let wanted = TokenWindow { user, window: paging.by_id(&app.cursors, scope)? };
    let tokens = actions::list(&app, &permit, wanted).await?;
    let page = paging.page(tokens, |token| app.cursors.seal(scope, &token.id))?;
    Ok(page.map(TokenView::from).linked(&request, Reply::ok))
}

/// Make a token
///
/// A credential for a program that acts for you. Its rights are, at each request, those that you have then, cut down to its
/// scopes. A token cannot make another one.
#[utoipa::path(
    tag = "tokens",
    security(("session" = [])),
    request_body(content = TokenDraft, description = "The token."),
    responses(
        (status = 201, description = "The token, with its secret, this once.", body = CreatedToken),
        Forbidden, Invalid,
    ),
)]
#[post("/admin/v1/tokens")]
async fn create_token(
    Require(permit): Require<InSession>,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
    Valid(draft): Valid<TokenDraft>,
) -> Result<Reply<CreatedToken>, Problem> {
    let user = permit.actor().user().ok_or_else(|| Problem::new(Code::Unauthenticated))?;
    let (token, secret) = actions::create_own(&app, &permit, draft.parse(user)?).await?;
    let body = CreatedToken { token: token.into(), secret: secret.reveal().to_owned() };
    Ok(Reply::ok(body).status(StatusCode::CREATED))
}

/// Revoke a token
///
/// Ends a token for good; its row stays. One of your own, or with the right to manage tokens that of anybody. A token may
/// always revoke itself.
#[utoipa::path(
    tag = "tokens",
    params(("id" = Uuid, Path, description = "The token.")),
    responses((status = 204, description = "The token is good for nothing."), Forbidden, NotFound),
)]
#[delete("/admin/v1/tokens/{id}")]
async fn revoke_token(
    Require(permit): Require<SignedIn>,
    Ids(id): Ids,
    Params(NoParams {}): Params<NoParams>,
    app: web::Data<App>,
) -> Result<NoContent, Problem> {
    actions::revoke(&app, &permit, Id::from_uuid(id)).await?;
    Ok(NoContent::default())
}

/// Mounts the operations.
pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(list_tokens).service(create_token).service(revoke_token);
}
