//! From the Authorization header or the session's cookie to an actor. A bad token is never taken for an anonymous visitor;
//! a browser whose session has ended is nobody, and is told so where somebody is needed.

use chrono::Duration;

use super::tokens::TokenScope;
use super::tokens::store::TokenGrant;
use super::{sessions, tokens};
use crate::app::App;
use crate::platform::access::{Actor, Grant, Identity};
use crate::platform::id::Id;
use crate::platform::problem::{Code, Problem};
use crate::platform::secret::{Prefix, Secret};

/// `last_used_at` is worth a write this often.
const TOUCH_EVERY: Duration = Duration::minutes(1);

/// What a request shows to say who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential<'a> {
    /// Nothing.
    None,
    /// The value of `Authorization`.
    Header(&'a str),
    /// The secret in the cookie of a session.
    Cookie(&'a str),
}

/// Finds out who asks.
///
/// # Errors
/// 401 when a token is malformed, unknown, revoked, expired or its user is deactivated; the answer does not say which.
/// 503 when the database is away.
pub async fn authenticate(
    app: &App,
    credential: Credential<'_>,
    request_id: Option<String>,
) -> Result<Actor, Problem> {
    let identity = match credential {
        Credential::None => return Ok(Actor::Anonymous),
        Credential::Header(header) => Some(by_token(app, header).await?),
        Credential::Cookie(secret) => by_session(app, secret).await?,
    };
    Ok(identity.map_or(Actor::SignedOut, |identity| Actor::Identified(Identity { request_id, ..identity })))
}

async fn by_token(app: &App, header: &str) -> Result<Identity, Problem> {
    let secret = header
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .and_then(|(_, token)| Secret::parse(Prefix::Token, token.trim()))
        .ok_or_else(invalid)?;
    let digest = secret.digest();
    let (rows, now) = app
        .store
        .read(async |read| Ok((tokens::store::grants_of(read, digest).await?, read.at.instant)))
        .await?;
    let first = rows.first().ok_or_else(invalid)?;
    if first.last_used_at.is_none_or(|last| now - last > TOUCH_EVERY) {
        let token = first.token_id;
        // Bookkeeping must not stand in the way of an answer.
        let noted = app.store.housekeep(async |work| tokens::store::touch(work, token, now).await).await;
        if let Err(problem) = noted {
            tracing::warn!(%problem, "the last use of a token could not be noted");
        }
    }
    Ok(Identity {
        user: Id::from_uuid(first.user_id),
        token: Some(Id::from_uuid(first.token_id)),
        session: None,
        grants: rights(&rows),
        request_id: None,
    })
}

async fn by_session(app: &App, secret: &str) -> Result<Option<Identity>, Problem> {
    let Some(secret) = Secret::parse(Prefix::Session, secret) else { return Ok(None) };
    let digest = secret.digest();
    let rows = app.store.read(async |read| sessions::store::grants_of(read, digest).await).await?;
    let Some(first) = rows.first() else { return Ok(None) };
    if first.touch {
        let session = first.id;
        let noted = app.store.housekeep(async |work| sessions::store::touch(work, session).await).await;
        if let Err(problem) = noted {
            tracing::warn!(%problem, "the last use of a session could not be noted");
        }
    }
    Ok(Some(Identity {
        user: Id::from_uuid(first.user_id),
        token: None,
        session: Some(Id::from_uuid(first.id)),
        grants: rows.iter().filter_map(|row| row.grant.grant()).collect(),
        request_id: None,
    }))
}

/// The grants of the role, cut down to the scopes of the token. No scopes: everything that the user may.
fn rights(rows: &[TokenGrant]) -> Vec<Grant> {
    let grants = rows.iter().filter_map(|row| row.grant.grant());
    let scopes: Vec<&String> = rows.first().map(|row| row.scopes.iter().collect()).unwrap_or_default();
    if scopes.is_empty() {
        return grants.collect();
    }
    // A scope that this version does not understand allows nothing.
    let scopes: Vec<TokenScope> = scopes.iter().filter_map(|text| TokenScope::parse(text).ok()).collect();
    grants.flat_map(|grant| scopes.iter().filter_map(|scope| scope.cut(&grant)).collect::<Vec<_>>()).collect()
}

fn invalid() -> Problem {
    Problem::new(Code::InvalidToken).detail(
        "The Authorization header holds no token that is good now. Send `Bearer mh_...`, \
         or leave the header out to read what is public.",
    )
}
