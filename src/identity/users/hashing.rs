//! Where hashes are computed: in threads of their own, a few at a time, because each costs tens of milliseconds of a core and
//! 19 MiB. Whoever would have to wait too long is turned away.

use std::num::NonZeroUsize;
use std::thread;

use crate::platform::crew::{self, Crew, Size};
use crate::platform::problem::{Code, Problem};

/// How many may wait. The next are turned away at once, so that a storm of logins piles nothing up.
const MOST_WAITING: usize = 64;
/// The most threads, whatever the machine: each keeps the memory of a hash.
const MOST_THREADS: usize = 4;
/// The threads stand back: a tenth of a core is theirs in any case.
const NICENESS: i32 = 10;

/// Bounds how many hashes a process computes at once, and how many are waited for. Clones share the bounds.
#[derive(Debug, Clone)]
pub struct Hashing(Crew);

/// A place among those that wait for a hash. To be taken before anything is looked up, so that a storm of logins costs the
/// database nothing either.
#[derive(Debug)]
pub struct Place(crew::Place);

impl Default for Hashing {
    /// Half of the cores compute hashes, so that a storm of logins leaves the other half to readers.
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = (cores / 2).clamp(1, MOST_THREADS);
        Self(Crew::new("passwords", Size { threads, waiting: MOST_WAITING, niceness: NICENESS }))
    }
}

impl Hashing {
    /// Takes a place.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub fn place(&self) -> Result<Place, Problem> {
        self.0.place().map(Place).ok_or_else(|| {
            Problem::new(Code::Unavailable).detail("Too many people sign in just now. Try again in a moment.")
        })
    }
}

impl Place {
    /// Computes a hash when it is its turn. When nobody waits for it any more by then, it is left.
    pub(super) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let computed = self.0.run(work).await.map_err(Problem::internal)?;
        tracing::debug!("computed a password hash");
        computed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_would_wait_too_long_is_turned_away_at_once() {
        let hashing = Hashing::default();
        let waiting: Vec<Place> = (0..MOST_WAITING).map(|_| hashing.place().unwrap()).collect();
        assert_eq!(hashing.place().unwrap_err().code(), Code::Unavailable);
        drop(waiting);
        hashing.place().unwrap().run(|| Ok(())).await.unwrap();
    }
}
