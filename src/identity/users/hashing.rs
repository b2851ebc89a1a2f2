//! Where hashes are computed: off the async threads, a few at a time, because each costs tens of milliseconds of a core and
//! 19 MiB. Whoever would have to wait too long is turned away.

use std::num::NonZeroUsize;
use std::sync::{Arc, LazyLock};

use tokio::sync::Semaphore;

use crate::platform::problem::{Code, Problem};

/// How many may wait. The next are turned away at once, so that a storm of logins piles nothing up.
const MOST_WAITING: usize = 64;

/// Those of this process: half of the cores, so that a storm of logins leaves the other half to readers.
pub(super) static HASHING: LazyLock<Hashing> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    Hashing::new((cores / 2).max(1), MOST_WAITING)
});

/// Bounds how many hashes are computed and how many are waited for.
pub(super) struct Hashing {
    at_once: Arc<Semaphore>,
    waiting: Semaphore,
}

impl Hashing {
    fn new(at_once: usize, waiting: usize) -> Self {
        Self { at_once: Arc::new(Semaphore::new(at_once)), waiting: Semaphore::new(waiting) }
    }

    /// Computes a hash when it is its turn.
    ///
    /// # Errors
    /// 503 when too many wait, and what the work itself refuses.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let waiting = self.waiting.try_acquire().map_err(|_| {
            Problem::new(Code::Unavailable).detail("Too many people sign in just now. Try again in a moment.")
        })?;
        let turn = self.at_once.clone().acquire_owned().await.map_err(Problem::internal)?;
        drop(waiting);
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
        assert!(hashing.run(first).now_or_never().is_none(), "it has begun, and its client is gone");
        for _ in 0..20 {
            let (_end, next) = work(&begun);
            assert!(hashing.run(next).now_or_never().is_none());
            assert_eq!(hashing.at_once.available_permits(), 0);
        }
        drop(end);
        hashing.run(|| Ok(())).await.unwrap();
        assert_eq!(begun.load(Ordering::SeqCst), 1, "those that waited and went away never began");
        assert_eq!(hashing.waiting.available_permits(), 8);
    }

    #[tokio::test]
    async fn who_would_wait_too_long_is_turned_away_at_once() {
        let (hashing, begun) = (Arc::new(Hashing::new(1, 2)), Arc::new(AtomicUsize::new(0)));
        let (end, first) = work(&begun);
        let mut all = Vec::new();
        let running = hashing.clone();
        all.push(tokio::spawn(async move { running.run(first).await }));
        for _ in 0..2 {
            let waiting = hashing.clone();
            all.push(tokio::spawn(async move { waiting.run(|| Ok(())).await }));
        }
        while hashing.waiting.available_permits() > 0 || hashing.at_once.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        let refused = hashing.run(|| Ok(())).now_or_never().expect("at once").unwrap_err();
        assert_eq!(refused.code(), Code::Unavailable);
        drop(end);
        for one in all {
            one.await.unwrap().unwrap();
        }
        hashing.run(|| Ok(())).await.unwrap();
    }
}
