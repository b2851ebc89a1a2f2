//! How bytes come in and go out: uploads become entries or take the place of the bytes of one, and originals go to those who
//! may read them.

mod actions;
pub mod http;
mod suggest;
mod view;
