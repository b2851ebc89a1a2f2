//! What can be done with users.

use serde_json::json;

use super::model::{Email, PersonName};
use super::password::Password;
use super::store;
use crate::app::App;
use crate::platform::access::{Manage, Permit, Users};
use crate::platform::event::Event;
use crate::platform::id::UserId;
use crate::platform::problem::{Code, Problem};

/// What makes an account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What the person signs in with.
    pub email: Email,
    /// What the person is called.
    pub name: PersonName,
    /// The name of a role: `admin`, `editor`, `author`, or one of the site's own.
    pub role: String,
    /// The password.
    pub password: Password,
}

/// Adds a user.
///
/// # Errors
/// 409 when the address is taken, 422 when there is no such role.
pub async fn add(app: &App, permit: &Permit<Manage<Users>>, account: NewAccount) -> Result<UserId, Problem> {
    // Hashed before the transaction: it takes longer than everything in it.
    let hash = account.password.hash().await?;
    let id: UserId = app.ids.id();
    app.store
        .change(permit.actor(), async |tx| {
            let Some(role) = store::find_role(tx, &account.role).await? else {
                let names = store::role_names(tx).await?.join(", ");
                return Err(Problem::new(Code::Invalid)
                    .detail(format!("There is no role {:?}; there are {names}.", account.role)));
            };
            store::insert(tx, id, (&account.email, &account.name), role, &hash).await?;
            let event = Event::new("user", "added", id.uuid()).with(json!({ "role": role }));
            tx.record(event, id).await
        })
        .await
}

/// Whether someone can let others in.
///
/// # Errors
/// When the database is away.
pub async fn administrator_exists(app: &App) -> Result<bool, Problem> {
    app.store.read(async |read| store::administrator_exists(read).await).await
}
