//! What can be done with tokens.

use chrono::Duration;

use super::model::TokenScope;
use super::store;
use crate::app::App;
use crate::platform::access::{Manage, Permit, Users};
use crate::platform::event::Event;
use crate::platform::id::{TokenId, UserId};
use crate::platform::problem::{Code, Problem};
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
    let name = new.name.trim();
    if !(1..=200).contains(&name.chars().count()) {
        return Err(Problem::new(Code::Invalid).detail("The name of a token has 1 to 200 characters."));
    }
    let secret = Secret::generate(Prefix::Token)?;
    let id: TokenId = app.ids.id();
    app.store
        .change(permit.actor(), async |tx| {
            let expires_at = match new.expires_in {
                Some(life) => tx.now().await?.checked_add_signed(life),
                None => None,
            };
            store::insert(tx, (id, new.user), name, &secret, &new.scopes, expires_at).await?;
            let data = serde_json::json!({ "user": new.user });
            tx.record(Event::new("token", "created", id.uuid()).with(data), ()).await
        })
        .await?;
    Ok(secret)
}
