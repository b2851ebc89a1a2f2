//! One-time links: they let the first administrator, an invited person or one who forgot the password in once, and choose
//! a password. With them the queue of the mail that carries them; the secret is made when a mail is sent.

mod actions;
mod delivery;
mod letter;
mod model;
mod store;

pub use actions::{enqueue, find, forget, issue, queued, redeem, revoke, setup};
pub use delivery::deliver;
pub use model::{Letter, Link, Purpose, Redeemed};
