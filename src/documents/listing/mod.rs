//! Lists of documents, as editors see them.

pub(super) mod store;

use super::kind::KindSpec;
use super::model::State;
use super::reach;
use crate::app::App;
use crate::platform::access::{Bounds, KindName, Permit, Reach, Read};
use crate::platform::db::Read as ReadOnly;
use crate::platform::problem::Problem;

pub use store::{ListWindow, ShelfFilter};

/// How many rows are loaded at once at most, when many of them have to be dropped.
const MOST_AT_ONCE: i64 = 1_000;

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
    let backwards = window.backwards;
    let list = app.store.read(async |read| {
        let locale = locale.map_or_else(|| read.locale.clone(), str::to_owned);
        let of = (spec.kind.as_str(), locale.as_str());
        match permit.reach(of.0, of.1) {
            Reach::Everything => store::list(read, of, &window, None).await,
            Reach::Within(bounds) => within(read, permit, of, window, &bounds).await,
        }
    });
    let mut states = list.await?;
    if backwards {
        states.reverse();
    }
    Ok(states)
}

/// The same for an actor who does not see all: what they do not reach is left out, as it is refused when asked for by its
/// id. The bounds leave little to be dropped here, namely what is public elsewhere; for that, more is loaded.
async fn within<K: KindName>(
    read: &mut ReadOnly<'_>,
    permit: &Permit<Read<K>>,
    of: (&str, &str),
    mut window: ListWindow,
    bounds: &Bounds,
) -> Result<Vec<State>, Problem> {
    let wanted = usize::try_from(window.limit).unwrap_or(usize::MAX);
    let mut states = Vec::new();
    while !bounds.is_empty() {
        let found = store::list(read, of, &window, Some(bounds)).await?;
        let last = i64::try_from(found.len()).is_ok_and(|rows| rows < window.limit);
        window.edge = found.last().map(|state| (state.header.updated_at, state.header.entry.uuid()));
        window.limit = (window.limit * 2).min(MOST_AT_ONCE);
        let documents = found.iter().map(|state| reach::of(&state.header));
        let survey = reach::survey(read.conn(), permit, documents).await?;
        states
            .extend(found.into_iter().filter(|state| survey.over(permit, reach::of(&state.header)).is_ok()));
        if last || states.len() >= wanted {
            break;
        }
    }
    states.truncate(wanted);
    Ok(states)
}
