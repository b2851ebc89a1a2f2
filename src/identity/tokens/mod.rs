//! API tokens: bearer secrets that act for a user. Shown once, kept as a digest, never deleted, only revoked.

mod actions;
pub mod http;
mod model;
pub(super) mod store;
pub mod view;

pub use actions::{NewToken, create, create_own, list, revoke};
pub use model::{Token, TokenScope, TokenWindow};
