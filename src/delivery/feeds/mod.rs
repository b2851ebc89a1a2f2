//! `/v1/feed.atom` and `/v1/feed.json`: the newest pages for readers of feeds, complete, with absolute addresses.

mod actions;
mod atom;
pub mod http;
mod json_feed;
mod model;
