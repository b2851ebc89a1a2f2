//! What is public of the settings: for readers who ask for them, and for all answers that need the name or the address of the
//! site.

mod actions;
pub mod http;
pub(in crate::delivery) mod model;
pub(in crate::delivery) mod store;
mod view;

pub(in crate::delivery) use model::{AboutSite, SiteSaid};
