//! The audit log: every change, login and credential event, read from the one record of events; and who was turned away,
//! from the counts. Only read here: events are written by the changes themselves.

pub mod http;
mod model;
mod store;
pub mod view;

use crate::app::App;
use crate::platform::access::{Audit, Permit, Read};
use crate::platform::problem::Problem;

pub use model::{Entry, EventFilter, EventWindow};

/// Lists events, the latest first.
///
/// # Errors
/// When the database is away.
pub async fn events(app: &App, _: &Permit<Read<Audit>>, window: &EventWindow) -> Result<Vec<Entry>, Problem> {
    app.store.read(async |read| store::events(read, window).await).await
}

/// The next events of an export in the order in which they were recorded, those after this one. Events of changes that are
/// still open, and those recorded beside them, are left for a later export, so that none is ever skipped.
///
/// # Errors
/// When the database is away.
pub async fn following(
    app: &App,
    _: &Permit<Read<Audit>>,
    filter: &EventFilter,
    (after, most): (i64, i64),
) -> Result<Vec<Entry>, Problem> {
    app.store.read(async |read| store::following(read, filter, after, most).await).await
}
