//! The numbers of a process for whoever watches over it, on an address of their own: `GET /metrics`. They are no part of the
//! public address, because they tell how an installation is used.

mod actions;
pub mod http;

pub use actions::Watched;
