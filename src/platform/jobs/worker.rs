//! The worker: each task in a loop of its own, so that one that waits does not hold up the others.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::sync::watch;
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{Instant, sleep, timeout_at};

use super::failures::{Failure, Failures};
use super::{Next, Task};
use crate::platform::errand::Errand;

/// The shortest pause, so that a task that is always due leaves time for requests.
const BREATH: Duration = Duration::from_millis(5);

/// How long runs under way may go on when the process stops. Then they are cut off, and Postgres takes them back.
const LAST_RUN: Duration = Duration::from_secs(2);

/// The tasks of a process at work.
#[must_use = "tasks end with their worker"]
pub struct Worker {
    stop: watch::Sender<bool>,
    running: Vec<JoinHandle<()>>,
}

impl Worker {
    /// Starts the tasks; each runs at once. Must be called on a runtime that runs local tasks, as actix's does.
    pub fn start(tasks: Vec<Task>) -> Self {
        let (stop, stopped) = watch::channel(false);
        let running = tasks.into_iter().map(|task| spawn_local(repeat(task, stopped.clone()))).collect();
        Self { stop, running }
    }

    /// Lets the runs under way finish, for 2 s at most, and ends all tasks. To be called before the store closes.
    pub async fn stop(self) {
        self.stop.send_replace(true);
        let deadline = Instant::now() + LAST_RUN;
        for mut task in self.running {
            if timeout_at(deadline, &mut task).await.is_err() {
                task.abort();
                // Nothing is left of it only when this returns; that it was cut off is no news.
                let _ = task.await;
            }
        }
    }
}

async fn repeat(mut task: Task, mut stopped: watch::Receiver<bool>) {
    let mut failures = Failures::of(task.name);
    loop {
        let pause = match run(&mut task).await {
            Ok(next) => {
                failures.over();
                pause(next, task.every)
            }
            Err(failure) => {
                failures.tell(&failure);
                task.every
            }
        };
        tokio::select! {
            // Said, or nobody is left who could.
            _ = stopped.wait_for(|stopped| *stopped) => return,
            () = sleep(pause) => (),
        }
    }
}

/// One run. A panic is a failure of the run and not of the process.
async fn run(task: &mut Task) -> Result<Next, Failure> {
    let began = Instant::now();
    let work = Errand::task(task.name).during(async { (task.run)().await });
    let outcome = match AssertUnwindSafe(work).catch_unwind().await {
        Ok(outcome) => outcome.map_err(Failure::Problem),
        Err(_) => Err(Failure::Panic),
    };
    task.counts.ran(began.elapsed(), outcome.is_err());
    outcome
}

fn pause(next: Next, usual: Duration) -> Duration {
    match next {
        Next::Usual => usual,
        Next::Within(time) => time.max(BREATH).min(usual),
    }
}
