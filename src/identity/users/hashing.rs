//! Where hashes are computed: off the async threads, a few at a time, because each costs tens of milliseconds of a core and
//! 19 MiB. Whoever would have to wait too long is turned away.

use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::platform::problem::{Code, Problem};

/// How many may wait. The next are turned away at once, so that a storm of logins piles nothing up.
const MOST_WAITING: usize = 64;

/// Bounds how many hashes a process computes at once, and how many are waited for. Clones share the bounds.
#[derive(Debug, Clone)]
pub struct Hashing {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// A place among those that wait for a hash. To be taken before anything is looked up, so that a storm of logins costs the
/// database nothing either.
#[derive(Debug)]
pub struct Place {
    turns: Arc<Semaphore>,
    place: OwnedSemaphorePermit,
}

impl Default for Hashing {
    /// Half of the cores compute hashes, so that a storm of logins leaves the other half to readers.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self::new((cores / 2).max(1), MOST_WAITING)
    }
}

impl Hashing {
    fn new(at_once: usize, waiting: usize) -> Self {
        Self { turns: Arc::new(Semaphore::new(at_once)), places: Arc::new(Semaphore::new(waiting)) }
    }

    /// Takes a place.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub fn place(&self) -> Result<Place, Problem> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| {
            Problem::new(Code::Unavailable).detail("Too many people sign in just now. Try again in a moment.")
        })?;
        Ok(Place { turns: self.turns.clone(), place })
    }
}

impl Place {
    /// Computes a hash when it is its turn.
    pub(super) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let turn = self.turns.acquire_owned().await.map_err(Problem::internal)?;
        drop(self.place);
        let computed = tokio::task::spawn_blocking(move || {
            // Held by the work and not by who asked for it: a client that goes away does not end the work, and must not let
            // more of it begin.
            let _turn = turn;
            work()
        });
        let computed = computed.await.map_err(Problem::internal)?;
        tracing::debug!("computed a password hash");
        computed
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{Receiver, Sender, channel};

    use futures_util::FutureExt;

    use super::*;

    /// Work that says that it has begun, and ends when the sender does.
    fn work(
        begun: &Arc<AtomicUsize>,
    ) -> (Sender<()>, impl FnOnce() -> Result<(), Problem> + Send + 'static + use<>) {
        let (end, ended): (Sender<()>, Receiver<()>) = channel();
        let begun = begun.clone();
        let work = move || {
            begun.fetch_add(1, Ordering::SeqCst);
            ended.recv().ok();
            Ok(())
        };
        (end, work)
    }

    #[tokio::test]
    async fn whoever_goes_away_lets_nobody_else_begin() {
        let (hashing, begun) = (Hashing::new(1, 8), Arc::new(AtomicUsize::new(0)));
        let (end, first) = work(&begun);
        let place = hashing.place().unwrap();
        assert!(place.run(first).now_or_never().is_none(), "it has begun, and its client is gone");
        for _ in 0..20 {
            let (_end, next) = work(&begun);
            assert!(hashing.place().unwrap().run(next).now_or_never().is_none());
            assert_eq!(hashing.turns.available_permits(), 0);
        }
        drop(end);
        hashing.place().unwrap().run(|| Ok(())).await.unwrap();
        assert_eq!(begun.load(Ordering::SeqCst), 1, "those that waited and went away never began");
        assert_eq!(hashing.places.available_permits(), 8);
    }

    #[tokio::test]
    async fn who_would_wait_too_long_is_turned_away_at_once() {
        let (hashing, begun) = (Hashing::new(1, 3), Arc::new(AtomicUsize::new(0)));
        let (end, first) = work(&begun);
        let running = tokio::spawn(hashing.place().unwrap().run(first));
        while begun.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        let mut waiting: Vec<Place> = (0..3).map(|_| hashing.place().unwrap()).collect();
        let Err(refused) = hashing.place() else { panic!("there is no place") };
        assert_eq!(refused.code(), Code::Unavailable);
        // Whoever is refused before a hash is computed gives the place back.
        waiting.pop();
        waiting.push(hashing.place().unwrap());
        drop(end);
        running.await.unwrap().unwrap();
        for place in waiting {
            place.run(|| Ok(())).await.unwrap();
        }
        assert_eq!(hashing.places.available_permits(), 3);
    }
}
