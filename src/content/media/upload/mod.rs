//! How bytes come in and go out.

pub mod http;
