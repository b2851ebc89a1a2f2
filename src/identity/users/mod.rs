//! Users: people who sign in. They are never deleted, only deactivated, since history names them.

mod actions;
mod model;
mod password;
mod store;

pub use actions::{NewAccount, add, administrator_exists};
pub use model::{Email, PersonName};
pub use password::{Password, PasswordHash};
pub use store::find_by_email;
