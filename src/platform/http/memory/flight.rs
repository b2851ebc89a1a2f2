//! One computation for many who ask the same: the first computes, the others wait for it. When the first goes away without
//! an answer, one of those who wait takes its place.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::entry::Entry;

/// What came of a computation.
#[derive(Clone)]
pub(super) enum Landing {
    /// An answer for everybody.
    With(Arc<Entry>),
    /// Nothing that everybody may have.
    Empty,
}

type Key = (u64, Arc<str>);
type Waiting = watch::Receiver<Option<Landing>>;

/// The computations under way, each of one state and one request.
#[derive(Clone, Default)]
pub(super) struct Flights(Arc<Mutex<HashMap<Key, Waiting>>>);

/// Who somebody is in a computation.
pub(super) enum Seat {
    /// Whoever computes.
    Pilot(Flight),
    /// Whoever waits.
    Passenger(Passenger),
}

/// A computation under way; dropped, it is given up.
pub(super) struct Flight {
    flights: Flights,
    key: Key,
    landed: watch::Sender<Option<Landing>>,
}

/// A place among those who wait.
pub(super) struct Passenger(Waiting);

impl Flights {
    /// Joins the computation for a request in a state, or begins it.
    pub fn board(&self, generation: u64, key: &str) -> Seat {
        let key: Key = (generation, key.into());
        let mut under_way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = under_way.get(&key) {
            return Seat::Passenger(Passenger(waiting.clone()));
        }
        let (landed, waiting) = watch::channel(None);
        under_way.insert(key.clone(), waiting);
        Seat::Pilot(Flight { flights: self.clone(), key, landed })
    }
}

impl Flight {
    /// Ends the computation for all who wait.
    pub fn land(self, landing: Landing) {
        self.landed.send_replace(Some(landing));
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        // Before those who wait are woken by the end of the channel: they must find no computation that nobody does.
        self.flights.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

impl Passenger {
    /// What came of it; nothing when whoever computed has gone away.
    pub async fn landing(&mut self) -> Option<Landing> {
        self.0.wait_for(Option::is_some).await.ok().and_then(|landing| landing.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pilot(seat: Seat) -> Flight {
        match seat {
            Seat::Pilot(flight) => flight,
            Seat::Passenger(_) => panic!("somebody computes already"),
        }
    }

    fn passenger(seat: Seat) -> Passenger {
        match seat {
            Seat::Passenger(passenger) => passenger,
            Seat::Pilot(_) => panic!("nobody computes"),
        }
    }

    #[tokio::test]
    async fn the_first_computes_and_the_others_wait() {
        let flights = Flights::default();
        let flight = pilot(flights.board(1, "/v1/pages"));
        let mut waiting = passenger(flights.board(1, "/v1/pages"));
        drop(pilot(flights.board(2, "/v1/pages")));
        drop(pilot(flights.board(1, "/v1/media")));
        flight.land(Landing::Empty);
        assert!(matches!(waiting.landing().await, Some(Landing::Empty)));
        drop(pilot(flights.board(1, "/v1/pages")));
    }

    #[tokio::test]
    async fn whoever_computes_and_goes_away_leaves_it_to_another() {
        let flights = Flights::default();
        let flight = pilot(flights.board(1, "/v1/pages"));
        let mut waiting = passenger(flights.board(1, "/v1/pages"));
        drop(flight);
        assert!(waiting.landing().await.is_none());
        let next = pilot(flights.board(1, "/v1/pages"));
        assert!(matches!(flights.board(1, "/v1/pages"), Seat::Passenger(_)));
        drop(next);
    }
}
