//! Coming in: by a password, or by a one-time link, for the first administrator, who was invited, and who forgot a password.
//! Whoever holds a link chooses a password and is signed in.

pub mod http;
mod links;
mod passwords;
pub mod view;

pub use links::{Chosen, ask_for_reset, redeem};
pub use passwords::{change_password, log_in};
