//! Who was turned away, counted: by minute, reason, address and account, never one row an attempt, so that nobody can fill
//! the history from outside. Counted in memory and written every few seconds; only an account at which many passwords were
//! tried gets an event.

mod store;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;
use uuid::Uuid;

use crate::app::App;
use crate::platform::access::{Audit, Permit, Read};
use crate::platform::event::Event;
use crate::platform::id::{Id, UserId};
use crate::platform::metrics::{Labels, Measured, Page};
use crate::platform::problem::Problem;

pub use store::{Refusal, RefusalWindow};

/// So many different places are told apart between two writes; those beyond are counted as one.
const MOST_PLACES: usize = 10_000;
/// The place of those beyond.
const ELSEWHERE: &str = "elsewhere";
/// So many wrong passwords for an account within an hour are an event, once an hour.
pub const MANY: i64 = 20;

/// Why, from where, at which account.
type Place = (&'static str, String, Option<Uuid>);

/// The counters of this process.
#[derive(Debug, Clone, Default)]
pub struct Refusals(Arc<Mutex<Counted>>);

#[derive(Debug, Default)]
struct Counted {
    /// Since they were written last.
    places: HashMap<Place, i64>,
    /// Since the process started, by the reason alone.
    ever: BTreeMap<&'static str, u64>,
}

impl Refusals {
    /// Counts one.
    pub fn count(&self, kind: &'static str, network: &str, user: Option<UserId>) {
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counted.ever.entry(kind).or_default() += 1;
        let counts = &mut counted.places;
        let place = (kind, network.to_owned(), user.map(Id::uuid));
        let full = counts.len() >= MOST_PLACES && !counts.contains_key(&place);
        let place = if full { (kind, ELSEWHERE.to_owned(), None) } else { place };
        *counts.entry(place).or_default() += 1;
    }

    fn take(&self) -> Vec<(Place, i64)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).places.drain().collect()
    }
}

impl Measured for Refusals {
    fn write(&self, page: &mut Page<'_>) -> std::fmt::Result {
        let ever = self.0.lock().unwrap_or_else(PoisonError::into_inner).ever.clone();
        // Wrong passwords from the beginning, so that the first one shows.
        let ever: BTreeMap<&str, u64> = [("login", 0)].into_iter().chain(ever).collect();
        let reasons: Vec<_> = ever.into_iter().map(|(reason, count)| ([("reason", reason)], count)).collect();
        let series: Vec<(Labels<'_>, u64)> =
            reasons.iter().map(|(labels, count)| (labels.as_slice(), *count)).collect();
        page.counters("masthead_refusals", "Who was turned away; `login` is a wrong password.", &series)
    }
}

/// Writes what was counted since, and an event for each account at which many passwords were tried.
///
/// # Errors
/// When the database is away; then the counts of these few seconds are lost.
pub async fn write(app: &App, permit: &Permit<Read<Audit>>) -> Result<usize, Problem> {
    let counted = app.refusals.take();
    if counted.is_empty() {
        return Ok(0);
    }
    let tried: Vec<Uuid> = counted
        .iter()
        .filter(|((kind, _, _), _)| *kind == "login")
        .filter_map(|((_, _, user), _)| *user)
        .collect();
    app.store.housekeep(async |work| store::add(work, &counted).await).await?;
    if !tried.is_empty() {
        app.store
            .change(permit.actor(), async |tx| {
                let many = store::newly_many(tx, &tried, MANY).await?;
                if many.is_empty() {
                    return Ok(tx.nothing_changed(()));
                }
                let event = |(user, count): (Uuid, i64)| {
                    Event::new("user", "login_refused_often", user).with(json!({ "count": count }))
                };
                tx.record_all(many.into_iter().map(event).collect(), ()).await
            })
            .await?;
    }
    Ok(counted.len())
}

/// Removes counts after 90 days.
///
/// # Errors
/// When the database is away.
pub async fn prune(app: &App) -> Result<usize, Problem> {
    app.store.housekeep(async |work| store::prune(work).await).await
}

/// Lists what was counted, the latest first.
///
/// # Errors
/// When the database is away.
pub async fn list(
    app: &App,
    _: &Permit<Read<Audit>>,
    window: &RefusalWindow,
) -> Result<Vec<Refusal>, Problem> {
    app.store.read(async |read| store::list(read, window).await).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_between_two_writes_is_bounded() {
        let refusals = Refusals::default();
        for nth in 0..MOST_PLACES + 500 {
            refusals.count("login", &format!("192.0.2.{nth}"), None);
        }
        refusals.count("login", "192.0.2.7", None);
        let mut counted = refusals.take();
        counted.sort_by_key(|(_, count)| -count);
        assert_eq!(counted.len(), MOST_PLACES + 1);
        assert_eq!(counted[0], (("login", ELSEWHERE.to_owned(), None), 500));
        assert_eq!(counted[1], (("login", "192.0.2.7".to_owned(), None), 2));
        assert!(refusals.take().is_empty());
    }
}
