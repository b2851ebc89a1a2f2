//! The database: one store with three ways in (read, change, housekeep), a private cluster when no database is given,
//! migrations under a lock, and one place that turns refusals of Postgres into problems.

mod change;
pub mod cluster;
pub mod connect;
mod constraints;
pub mod examine;
pub mod invariants;
mod listen;
mod measured;
pub mod migrate;
mod pool;
mod prepared;
mod queries;
pub mod seal;
mod store;
mod transaction;
mod watch;

pub use change::{Change, Housekeeping, Recorded, SiteState};
pub use listen::Listener;
pub use prepared::{Prepare, Prepared};
pub use store::{PublicRead, Read, Store, StoreConfig};
pub use watch::{Keep, Look, SiteWatch, Standing};
