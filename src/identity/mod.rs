//! Who people are, what lets them in and what they may do: users, sessions, one-time links, API tokens, roles, and the
//! limits on guessing.

pub mod authenticate;
pub mod entrance;
pub mod entry;
pub mod http;
pub mod limits;
pub mod links;
pub mod refusals;
pub mod roles;
pub mod sessions;
pub mod tokens;
pub mod users;

pub use authenticate::{Credential, authenticate};

use crate::app::App;
use crate::platform::problem::Problem;

/// Removes sessions, links, mail, limits and counts that are long past. Gives how many rows.
///
/// # Errors
/// When the database is away.
pub async fn prune(app: &App) -> Result<usize, Problem> {
    let sessions = app.store.housekeep(async |work| sessions::store::prune(work).await).await?;
    Ok(sessions + links::forget(app).await? + limits::prune(app).await? + refusals::prune(app).await?)
}
