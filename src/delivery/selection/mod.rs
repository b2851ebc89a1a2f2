//! Which of all that was ever public an answer shows.

mod store;

pub(super) use store::{Selection, is_final};
