//! From the Authorization header to an actor. A bad credential is never taken for an anonymous visitor.

use chrono::Duration;

use super::tokens::TokenScope;
use super::tokens::store::{self, TokenGrant};
use crate::app::App;
use crate::platform::access::{Actor, Grant, Identity, Scope, Verb};
use crate::platform::id::Id;
use crate::platform::problem::{Code, Problem};
use crate::platform::secret::{Prefix, Secret};

/// `last_used_at` is worth a write this often.
const TOUCH_EVERY: Duration = Duration::minutes(1);

/// Finds out who asks. `header` is the value of `Authorization`, if one was sent.
///
/// # Errors
/// 401 when the credential is malformed, unknown, revoked, expired or its user is deactivated; the answer does not say
/// which. 503 when the database is away.
pub async fn authenticate(
    app: &App,
    header: Option<&str>,
    request_id: Option<String>,
) -> Result<Actor, Problem> {
    let Some(header) = header else { return Ok(Actor::Anonymous) };
    let secret = header
        .split_once(' ')
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .and_then(|(_, token)| Secret::parse(Prefix::Token, token.trim()))
        .ok_or_else(invalid)?;
    let digest = secret.digest();
    let (rows, now) =
        app.store.read(async |read| Ok((store::grants_of(read, digest).await?, read.at.instant))).await?;
    let first = rows.first().ok_or_else(invalid)?;
    if first.last_used_at.is_none_or(|last| now - last > TOUCH_EVERY) {
        let token = first.token_id;
        // Bookkeeping must not stand in the way of an answer.
        if let Err(problem) = app.store.housekeep(async |work| store::touch(work, token, now).await).await {
            tracing::warn!(%problem, "the last use of a token could not be noted");
        }
    }
    Ok(Actor::Identified(Identity {
        user: Id::from_uuid(first.user_id),
        token: Some(Id::from_uuid(first.token_id)),
        session: None,
        grants: rights(&rows),
        request_id,
    }))
}

/// The grants of the role, cut down to the scopes of the token. No scopes: everything that the user may.
fn rights(rows: &[TokenGrant]) -> Vec<Grant> {
    let grants = rows.iter().filter_map(grant);
    let scopes: Vec<&String> = rows.first().map(|row| row.scopes.iter().collect()).unwrap_or_default();
    if scopes.is_empty() {
        return grants.collect();
    }
    // A scope that this version does not understand allows nothing.
    let scopes: Vec<TokenScope> = scopes.iter().filter_map(|text| TokenScope::parse(text).ok()).collect();
    grants.flat_map(|grant| scopes.iter().filter_map(|scope| scope.cut(&grant)).collect::<Vec<_>>()).collect()
}

fn grant(row: &TokenGrant) -> Option<Grant> {
    let scope = match row.scope.as_deref()? {
        "everything" => Scope::Everything,
        "own" => Scope::Own,
        "subtree" => Scope::Subtree(Id::from_uuid(row.scope_entry?)),
        "locale" => Scope::Locale(row.scope_locale.clone()?),
        _ => return None,
    };
    Some(Grant { kind: row.kind.clone()?, verb: Verb::parse(row.verb.as_deref()?)?, scope })
}

fn invalid() -> Problem {
    Problem::new(Code::InvalidToken).detail(
        "The Authorization header holds no token that is good now. Send `Bearer mh_...`, \
         or leave the header out to read what is public.",
    )
}
