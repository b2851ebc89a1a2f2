//! Lists of documents, as editors see them.

mod store;

use super::kind::KindSpec;
use super::model::State;
use crate::app::App;
use crate::platform::access::{KindName, Permit, Read};
use crate::platform::problem::Problem;

pub use store::ListWindow;

/// Lists documents of a kind in a locale (the site's when none is given), those that changed last first. A page
/// backwards comes in that same order.
///
/// # Errors
/// When the database is away.
pub async fn list<K: KindName>(
    app: &App,
    permit: &Permit<Read<K>>,
    spec: &KindSpec,
    locale: Option<&str>,
    window: ListWindow,
) -> Result<Vec<State>, Problem> {
    let list = app.store.read(async |read| {
        let locale = locale.map_or_else(|| read.locale.clone(), str::to_owned);
        store::list(read, spec.kind.as_str(), &locale, window).await
    });
    let mut states = list.await?;
    if window.backwards {
        states.reverse();
    }
    // What a grant does not reach is left out, as it is refused when asked for by its id.
    states.retain(|state| permit.over(state.header.subject()).is_ok());
    Ok(states)
}
