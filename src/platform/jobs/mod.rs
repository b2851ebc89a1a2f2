//! Background work of a process: named tasks that run again and again until the process stops. A task must bear to be
//! run by several processes at once and to be cut off at any moment; what it does lies in the database.

mod failures;
mod measured;
#[cfg(test)]
mod tests;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use crate::platform::problem::Problem;

pub use measured::TaskCounts;
pub use worker::Worker;

/// When a task wants to run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// After its usual pause.
    Usual,
    /// Sooner: after this long. A longer time than the usual pause is cut down to it.
    Within(Duration),
}

type Run = Box<dyn FnMut() -> LocalBoxFuture<'static, Result<Next, Problem>>>;

/// A piece of work that is done again and again.
pub struct Task {
    name: &'static str,
    every: Duration,
    run: Run,
    counts: Arc<TaskCounts>,
}

impl Task {
    /// A task with its name for the log, and its usual pause between the end of a run and the next, after a failure too.
    pub fn new<F>(name: &'static str, every: Duration, mut run: impl FnMut() -> F + 'static) -> Self
    where
        F: Future<Output = Result<Next, Problem>> + 'static,
    {
        let counts = Arc::new(TaskCounts::of(name));
        Self { name, every, run: Box::new(move || run().boxed_local()), counts }
    }

    /// What is counted of its runs.
    #[must_use]
    pub fn counts(&self) -> Arc<TaskCounts> {
        self.counts.clone()
    }
}
