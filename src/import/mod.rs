//! Bringing content in: sources are planned without a database (`wordpress`), then applied here in one transaction: all
//! or nothing, and safe to repeat.

mod actions;
mod model;
mod store;
pub mod wordpress;
mod wordpress_items;

pub use actions::{Options, apply};
pub use model::{Applied, Item, ItemOutcome, Outcome, Redirect, Visibility};
pub use wordpress_items::{items, kept_as_text};
