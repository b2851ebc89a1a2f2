//! Work that costs cores and memory by the piece, such as passwords, pictures and uploads: done by a few threads of its own,
//! so that what one piece leaves behind in the allocator the next one uses, and not by whichever of a hundred threads is free.
//! The threads give way to whatever else wants to run; few may wait, and what nobody waits for any more is left undone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

type Job = Box<dyn FnOnce() + Send>;

/// How large a crew is.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// The threads, each of which does one piece at a time.
    pub threads: usize,
    /// How many may wait for one.
    pub waiting: usize,
    /// How far the threads stand back behind the others of the machine (nice): 10 leaves them a tenth of a core in any case,
    /// 5 a quarter. On Linux alone, where it is counted by threads.
    pub niceness: i32,
}

/// Threads for one sort of work. Clones share them. They start with the first piece and end with the last clone.
#[derive(Debug, Clone)]
pub struct Crew(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: &'static str,
    size: Size,
    jobs: OnceLock<Sender<Job>>,
    places: Arc<Semaphore>,
}

/// A place among those that wait for a thread. To be taken before anything is prepared, so that a storm costs nothing else
/// either.
#[derive(Debug)]
pub struct Place {
    crew: Crew,
    place: OwnedSemaphorePermit,
}

/// The work was begun and not ended, or there is no thread for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the threads `{0}` did not do a piece of work")]
pub struct Undone(&'static str);

impl Crew {
    /// A crew; its name is that of its threads, at most 15 bytes.
    #[must_use]
    pub fn new(name: &'static str, size: Size) -> Self {
        Self(Arc::new(Inner {
            name,
            size,
            jobs: OnceLock::new(),
            places: Arc::new(Semaphore::new(size.waiting)),
        }))
    }

    /// Takes a place; nothing when too many wait.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        let place = self.0.places.clone().try_acquire_owned().ok()?;
        Some(Place { crew: self.clone(), place })
    }

    /// How many more may wait.
    #[must_use]
    pub fn places(&self) -> usize {
        self.0.places.available_permits()
    }

    fn jobs(&self) -> &Sender<Job> {
        self.0.jobs.get_or_init(|| {
            let (jobs, waiting) = channel();
            let waiting = Arc::new(Mutex::new(waiting));
            let Inner { name, size, .. } = *self.0;
            for _ in 0..size.threads {
                let waiting = waiting.clone();
                let started = thread::Builder::new()
                    .name(name.to_owned())
                    .spawn(move || serve(&waiting, name, size.niceness));
                if let Err(error) = started {
                    tracing::error!(%error, crew = name, "a thread could not be started");
                }
            }
            jobs
        })
    }
}

/// The life of a thread.
fn serve(waiting: &Mutex<Receiver<Job>>, name: &'static str, niceness: i32) {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(niceness) {
        tracing::debug!(%error, crew = name, "the threads do not give way to others");
    }
    #[cfg(not(target_os = "linux"))]
    let _ = (name, niceness);
    loop {
        let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Whoever waits is told by the channel that was dropped.
        let _ = catch_unwind(AssertUnwindSafe(job));
        // Otherwise the next piece goes on where this one ends, and whoever was woken meanwhile waits for the next tick of
        // the scheduler, which may be 4 ms away.
        thread::yield_now();
    }
}

impl Place {
    /// Does a piece of work when it is its turn. When nobody waits for it any more by then, it is left.
    ///
    /// # Errors
    /// When it panicked, or when no thread could be started.
    pub async fn run<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Undone> {
        self.begin(work)?.end().await
    }

    /// The same, and gives what to wait for; meanwhile something else can be done.
    ///
    /// # Errors
    /// When no thread could be started.
    pub fn begin<T: Send + 'static>(
        self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Begun<T>, Undone> {
        let (answer, done) = oneshot::channel();
        let Self { crew, place } = self;
        let job: Job = Box::new(move || {
            drop(place);
            if !answer.is_closed() {
                answer.send(work()).ok();
            }
        });
        let undone = Undone(crew.0.name);
        crew.jobs().send(job).map_err(|_| undone)?;
        Ok(Begun { done, undone })
    }
}

/// A piece of work that waits for its turn or is being done.
#[derive(Debug)]
pub struct Begun<T> {
    done: oneshot::Receiver<T>,
    undone: Undone,
}

impl<T> Begun<T> {
    /// Waits until it is done.
    ///
    /// # Errors
    /// When it panicked.
    pub async fn end(self) -> Result<T, Undone> {
        self.done.await.map_err(|_| self.undone)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::{Receiver, Sender, channel};

    use futures_util::FutureExt;

    use super::*;

    fn crew(waiting: usize) -> Crew {
        Crew::new("of a test", Size { threads: 1, waiting, niceness: 0 })
    }

    /// Work that says that it has begun, and ends when the sender does.
    fn work(begun: &Arc<AtomicUsize>) -> (Sender<()>, impl FnOnce() + Send + 'static + use<>) {
        let (end, ended): (Sender<()>, Receiver<()>) = channel();
        let begun = begun.clone();
        let work = move || {
            begun.fetch_add(1, Ordering::SeqCst);
            ended.recv().ok();
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
        let (crew, begun) = (crew(8), Arc::new(AtomicUsize::new(0)));
        let (end, first) = work(&begun);
        let running = tokio::spawn(crew.place().unwrap().run(first));
        until_begun(&begun).await;
        running.abort();
        for gone in 1..=7 {
            let (_end, next) = work(&begun);
            assert!(crew.place().unwrap().run(next).now_or_never().is_none());
            assert_eq!(crew.places(), 8 - gone, "it still stands in the queue");
        }
        drop(end);
        crew.place().unwrap().run(|| ()).await.unwrap();
        assert_eq!(begun.load(Ordering::SeqCst), 1, "those that waited and went away never began");
        assert_eq!(crew.places(), 8);
    }

    #[tokio::test]
    async fn there_is_no_place_for_who_would_wait_too_long() {
        let (crew, begun) = (crew(3), Arc::new(AtomicUsize::new(0)));
        let (end, first) = work(&begun);
        let running = tokio::spawn(crew.place().unwrap().run(first));
        until_begun(&begun).await;
        let mut waiting: Vec<Place> = (0..3).map(|_| crew.place().unwrap()).collect();
        assert!(crew.place().is_none());
        // Whoever turns away before the work begins gives the place back.
        waiting.pop();
        waiting.push(crew.place().unwrap());
        drop(end);
        running.await.unwrap().unwrap();
        for place in waiting {
            place.run(|| ()).await.unwrap();
        }
        assert_eq!(crew.places(), 3);
    }

    #[tokio::test]
    async fn work_that_fails_leaves_the_thread_to_others() {
        let crew = crew(3);
        let lost: Result<(), Undone> = crew.place().unwrap().run(|| panic!("of the test")).await;
        assert_eq!(lost.unwrap_err(), Undone("of a test"));
        assert_eq!(crew.place().unwrap().run(|| 7).await.unwrap(), 7);
    }
}
