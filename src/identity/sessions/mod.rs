//! Sessions: browsers that are signed in. The cookie holds a random secret, the database its digest. A session ends by
//! itself, by hand, and whenever the credentials of its user change.

mod actions;
pub mod http;
mod model;
pub(super) mod store;
pub mod view;

pub(super) use actions::ended;
pub use actions::{Opened, end, end_others, list, log_out, open, own, rotate};
pub use model::{Caller, IDLE_HOURS, LIFE_DAYS};
pub use store::known_from;
