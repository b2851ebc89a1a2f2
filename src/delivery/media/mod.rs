//! Media in the read API: what is said about them, and their bytes. Both are public only while something public uses them.

pub mod ahead;
pub mod http;
mod serve;
pub(in crate::delivery) mod store;
mod view;
