//! What a task says of its failures: each kind once until it works again, and not every second while Postgres is away.

use std::error::Error as _;

use crate::platform::problem::{Code, Problem};

/// How a run failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// It was refused, or the database is away.
    Problem(Problem),
    /// It panicked; what it said stands in the log already.
    Panic,
}

impl Failure {
    /// Failures with the same code are of one kind; a panic has none.
    fn kind(&self) -> Option<Code> {
        match self {
            Self::Problem(problem) => Some(problem.code()),
            Self::Panic => None,
        }
    }
}

/// The failures of a task since it worked last.
pub(super) struct Failures {
    task: &'static str,
    told: Vec<Option<Code>>,
}

impl Failures {
    pub(super) fn of(task: &'static str) -> Self {
        Self { task, told: Vec::new() }
    }

    /// Logs a failure of a kind that was not told yet. Gives whether it did.
    pub(super) fn tell(&mut self, failure: &Failure) -> bool {
        let kind = failure.kind();
        if self.told.contains(&kind) {
            return false;
        }
        self.told.push(kind);
        match failure {
            Failure::Problem(problem) => {
                let cause = problem.source().map(ToString::to_string);
                let cause = cause.as_deref().unwrap_or("none");
                tracing::warn!(task = self.task, %problem, cause, "background work failed and is tried again");
            }
            Failure::Panic => {
                tracing::error!(task = self.task, "background work panicked and is tried again");
            }
        }
        true
    }

    /// It works. Gives whether it had failed before.
    pub(super) fn over(&mut self) -> bool {
        if self.told.is_empty() {
            return false;
        }
        self.told.clear();
        tracing::info!(task = self.task, "background work goes on");
        true
    }
}
