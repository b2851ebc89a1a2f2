//! What can be done with tokens.

use chrono::Duration;

use super::model::{Token, TokenScope, TokenWindow};
use super::store;
use crate::app::App;
use crate::identity::roles;
use crate::platform::access::{Actor, InSession, Manage, Permit, Read, SignedIn, Tokens, Users};
use crate::platform::event::Event;
use crate::platform::id::{TokenId, UserId};
use crate::platform::problem::{Code, FieldCode, Problem};
use crate::platform::secret::{Prefix, Secret};

/// What makes a token.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// For whom it acts.
    pub user: UserId,
    /// What people call it, 1 to 200 characters.
    pub name: String,
    /// What it may at most do; empty for everything that its user may.
    pub scopes: Vec<TokenScope>,
    /// How long it lives; `None` until it is revoked.
    pub expires_in: Option<Duration>,
}

/// Makes a token. This is the one time that it can be seen.
///
/// # Errors
/// 422 when the name is empty or too long.
pub async fn create(app: &App, permit: &Permit<Manage<Users>>, new: NewToken) -> Result<Secret, Problem> {
    make(app, permit.actor(), new).await.map(|(_, secret)| secret)
}

/// Makes a token for the caller. This is the one time that it can be seen.
///
/// # Errors
/// 422 when the name is empty or too long.
pub async fn create_own(
    app: &App,
    permit: &Permit<InSession>,
    new: NewToken,
) -> Result<(Token, Secret), Problem> {
    make(app, permit.actor(), new).await
}

async fn make(app: &App, actor: &Actor, new: NewToken) -> Result<(Token, Secret), Problem> {
    let name = new.name.trim();
    if !(1..=200).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        let detail = "The name of a token has 1 to 200 characters and no control characters.";
        return Err(Problem::new(Code::Invalid).detail(detail).field("/name", FieldCode::Invalid, detail));
    }
    let secret = Secret::generate(Prefix::Token)?;
    let id: TokenId = app.ids.id();
    app.store
        .change(actor, async |tx| {
            let expires_at = match new.expires_in {
                Some(life) => tx.now().await?.checked_add_signed(life),
                None => None,
            };
            store::insert(tx, (id, new.user), name, &secret, &new.scopes, expires_at).await?;
            let token = store::find(tx.conn(), id).await?.ok_or_else(not_found)?;
            let data = serde_json::json!({ "user": new.user });
            tx.record(Event::new("token", "created", id.uuid()).with(data), (token, secret)).await
        })
        .await
}

/// Lists tokens, the newest first: one's own, or with the right to read tokens those of anybody.
///
/// # Errors
/// 403 for those of somebody else without that right, and for a token without it.
pub async fn list(app: &App, permit: &Permit<SignedIn>, wanted: TokenWindow) -> Result<Vec<Token>, Problem> {
    if !is_own(permit.actor(), wanted.user) {
        Permit::<Read<Tokens>>::issue(permit.actor())?;
    }
    app.store.read(async |read| store::list(read, wanted).await).await
}

/// Revokes a token for good: one's own, or with the right to manage tokens that of anybody whose rights lie within one's
/// own. Revoking it again changes nothing.
///
/// # Errors
/// 403, 404 when there is none that the caller may know of.
pub async fn revoke(app: &App, permit: &Permit<SignedIn>, id: TokenId) -> Result<(), Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let token = store::find(tx.conn(), id).await?.ok_or_else(not_found)?;
            // Whoever holds a token may end that one, for instance when it has leaked.
            let itself = permit.actor().token() == Some(id);
            if !itself && !is_own(permit.actor(), Some(token.user)) {
                Permit::<Manage<Tokens>>::issue(permit.actor()).map_err(|_| not_found())?;
                roles::expect_within_of(tx, token.user).await?;
            }
            if !store::revoke(tx, id).await? {
                return Ok(tx.nothing_changed(()));
            }
            tx.record(Event::new("token", "revoked", id.uuid()), ()).await
        })
        .await
}

/// Whether somebody signed in asks about what is their own. A token does not: it cannot see the others of its user.
fn is_own(actor: &Actor, user: Option<UserId>) -> bool {
    actor.identity().is_some_and(|identity| identity.session.is_some() && Some(identity.user) == user)
}

fn not_found() -> Problem {
    Problem::new(Code::NotFound).detail("There is no token with this id that you may know of.")
}
