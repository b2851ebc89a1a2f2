//! The read API: what is public, and nothing else. It reads through views that show public rows alone, as a role that
//! can see no others, in one snapshot per answer.

mod actions;
pub mod http;
mod model;
mod store;
mod view;

pub use model::PageOrder;
