//! Where hashes are computed: in threads of their own, a few at a time, because each costs tens of milliseconds of a core and
//! 19 MiB. The threads give way to whatever else wants to run, and whoever would have to wait too long is turned away.

use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use crate::platform::problem::{Code, Problem};

/// How many may wait. The next are turned away at once, so that a storm of logins piles nothing up.
const MOST_WAITING: usize = 64;
/// The most threads, whatever the machine: each keeps the memory of a hash.
const MOST_THREADS: usize = 4;
/// How far the threads stand back behind the others of the machine (nice): a tenth of a core is theirs in any case.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

type Job = Box<dyn FnOnce() + Send>;

/// Bounds how many hashes a process computes at once, and how many are waited for. Clones share the bounds. The threads start
/// with the first hash and end with the last clone.
#[derive(Debug, Clone)]
pub struct Hashing(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    threads: usize,
    jobs: OnceLock<Sender<Job>>,
    places: Arc<Semaphore>,
}

/// A place among those that wait for a hash. To be taken before anything is looked up, so that a storm of logins costs the
/// database nothing either.
#[derive(Debug)]
pub struct Place {
    hashing: Hashing,
    place: OwnedSemaphorePermit,
}

impl Default for Hashing {
    /// Half of the cores compute hashes, so that a storm of logins leaves the other half to readers.
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
        Self::new((cores / 2).clamp(1, MOST_THREADS), MOST_WAITING)
    }
}

impl Hashing {
    fn new(threads: usize, waiting: usize) -> Self {
        Self(Arc::new(Pool { threads, jobs: OnceLock::new(), places: Arc::new(Semaphore::new(waiting)) }))
    }

    /// Takes a place.
    ///
    /// # Errors
    /// 503 when too many wait.
    pub fn place(&self) -> Result<Place, Problem> {
        let place = self.0.places.clone().try_acquire_owned().map_err(|_| {
            Problem::new(Code::Unavailable).detail("Too many people sign in just now. Try again in a moment.")
        })?;
        Ok(Place { hashing: self.clone(), place })
    }

    fn jobs(&self) -> &Sender<Job> {
        self.0.jobs.get_or_init(|| {
            let (jobs, waiting) = channel();
            let waiting = Arc::new(Mutex::new(waiting));
            for _ in 0..self.0.threads {
                let waiting = waiting.clone();
                let started =
                    thread::Builder::new().name("passwords".to_owned()).spawn(move || serve(&waiting));
                if let Err(error) = started {
                    tracing::error!(%error, "a thread that computes password hashes could not be started");
                }
            }
            jobs
        })
    }
}

/// The life of a thread.
fn serve(waiting: &Mutex<Receiver<Job>>) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "the threads that compute password hashes do not give way to others");
    }
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Whoever waits is told by the channel that was dropped.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

impl Place {
    /// Computes a hash when it is its turn. When nobody waits for it any more by then, it is left.
    pub(super) async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
    ) -> Result<T, Problem> {
        let (answer, computed) = oneshot::channel();
        let place = self.place;
        let job: Job = Box::new(move || {
            drop(place);
            if !answer.is_closed() {
                answer.send(work()).ok();
            }
        });
        let none = || Problem::internal("no thread computes password hashes");
        self.hashing.jobs().send(job).map_err(|_| none())?;
        let computed = computed.await.map_err(Problem::internal)?;
        tracing::debug!("computed a password hash");
        computed
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

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

    async fn until_begun(begun: &AtomicUsize) {
        while begun.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn whoever_goes_away_lets_nobody_else_begin_and_is_not_worked_for() {
        let (hashing, begun) = (Hashing::new(1, 8), Arc::new(AtomicUsize::new(0)));
        let (end, first) = work(&begun);
        let running = tokio::spawn(hashing.place().unwrap().run(first));
        until_begun(&begun).await;
        running.abort();
        for gone in 1..=7 {
            let (_end, next) = work(&begun);
            assert!(hashing.place().unwrap().run(next).now_or_never().is_none());
            assert_eq!(hashing.0.places.available_permits(), 8 - gone, "it still stands in the queue");
        }
        drop(end);
        hashing.place().unwrap().run(|| Ok(())).await.unwrap();
        assert_eq!(begun.load(Ordering::SeqCst), 1, "those that waited and went away never began");
        assert_eq!(hashing.0.places.available_permits(), 8);
    }

    #[tokio::test]
    async fn who_would_wait_too_long_is_turned_away_at_once() {
        let (hashing, begun) = (Hashing::new(1, 3), Arc::new(AtomicUsize::new(0)));
        let (end, first) = work(&begun);
        let running = tokio::spawn(hashing.place().unwrap().run(first));
        until_begun(&begun).await;
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
        assert_eq!(hashing.0.places.available_permits(), 3);
    }

    #[tokio::test]
    async fn work_that_fails_leaves_the_thread_to_others() {
        let hashing = Hashing::new(1, 3);
        let lost: Result<(), Problem> = hashing.place().unwrap().run(|| panic!("of the test")).await;
        assert_eq!(lost.unwrap_err().code(), Code::Internal);
        hashing.place().unwrap().run(|| Ok(())).await.unwrap();
    }
}
