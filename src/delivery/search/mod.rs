//! `GET /v1/search`: what is public, found by its words.

mod actions;
pub(super) mod http;
mod model;
mod store;
mod view;
