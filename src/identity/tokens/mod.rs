//! API tokens: bearer secrets that act for a user. Shown once, kept as a digest, never deleted, only revoked.

mod actions;
mod model;
pub(super) mod store;

pub use actions::{NewToken, create};
pub use model::TokenScope;
