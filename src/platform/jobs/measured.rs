//! The numbers of background work: how often each task ran, how long, and how often in vain.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::platform::metrics::{Count, Durations, Labels, Measured, Page};

/// What is counted of the runs of a task.
#[derive(Debug)]
pub struct TaskCounts {
    name: &'static str,
    took: Durations,
    failed: Count,
}

impl TaskCounts {
    pub(super) fn of(name: &'static str) -> Self {
        Self { name, took: Durations::default(), failed: Count::default() }
    }

    pub(super) fn ran(&self, took: Duration, failed: bool) {
        self.took.observe(took);
        if failed {
            self.failed.add();
        }
    }
}

impl Measured for Vec<Arc<TaskCounts>> {
    fn write(&self, page: &mut Page<'_>) -> fmt::Result {
        let names: Vec<[(&str, &str); 1]> = self.iter().map(|task| [("task", task.name)]).collect();
        let each = || names.iter().map(|labels| -> Labels<'_> { labels }).zip(self);
        let took: Vec<(Labels<'_>, &Durations)> = each().map(|(labels, task)| (labels, &task.took)).collect();
        page.durations("masthead_job_duration_seconds", "How long a run of a background task took.", &took)?;
        let failed: Vec<(Labels<'_>, u64)> =
            each().map(|(labels, task)| (labels, task.failed.get())).collect();
        page.counters(
            "masthead_job_failures",
            "Runs of background tasks that failed; they are repeated.",
            &failed,
        )
    }
}
