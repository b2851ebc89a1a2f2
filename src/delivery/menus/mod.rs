//! Public menus.

mod actions;
pub mod http;
mod model;
mod view;
