//! Preview links: whoever has one sees a draft, or the site as of an instant, through the read API. A link is scoped, ends,
//! can be revoked, and shows no more than its maker may read when it is opened.

mod actions;
pub mod http;
mod model;
mod store;
mod view;

pub use actions::{open, reopen, signature};
