//! Coming in by a one-time link: the first administrator, who was invited, and who forgot a password. Whoever holds the
//! link chooses a password and is signed in.

mod actions;
pub mod http;

pub use actions::{Chosen, ask_for_reset, redeem};
