//! `/v1/changes`: what a site that is built from this one has to build anew. It is the difference between two public states:
//! the one that the caller knows and the present one, in the order in which things happened.

mod actions;
pub mod http;
mod model;
mod store;
mod view;
