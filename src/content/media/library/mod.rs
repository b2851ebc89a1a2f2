//! The library: media in lists with filters, and the same edit for many of them.

pub mod edit;
pub mod http;
mod params;
