//! Putting the page together: what every part has counted, and what waits in the database.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::app::App;
use crate::identity::links;
use crate::platform::http::{Memory, Traffic};
use crate::platform::jobs::TaskCounts;
use crate::platform::metrics::{Form, Measured, Page, Process, render};
use crate::platform::problem::Problem;

/// So long the database may take to tell what waits in it. The page comes without, rather than late: it is wanted most when
/// the database is in trouble.
const PATIENCE: Duration = Duration::from_millis(500);

/// Everything of a process that has numbers.
#[derive(Clone)]
pub struct Watched {
    /// The services.
    pub app: App,
    /// The requests.
    pub traffic: Traffic,
    /// What is kept of the answers of the read API.
    pub memory: Option<Memory>,
    /// The background work of this process.
    pub tasks: Vec<Arc<TaskCounts>>,
    /// The process itself.
    pub process: Process,
}

/// What waits in the database.
#[derive(Debug)]
struct Queue(Option<i64>);

impl Measured for Queue {
    fn write(&self, page: &mut Page<'_>) -> fmt::Result {
        let Some(mails) = self.0.and_then(|mails| u32::try_from(mails).ok()) else { return Ok(()) };
        page.gauges(
            "masthead_jobs_queued",
            "What waits in the database to be done, by any process; absent while the database is away.",
            &[(&[("queue", "mail")], f64::from(mails))],
        )
    }
}

/// The page as it is now.
///
/// # Errors
/// `internal` when it cannot be written.
pub(super) async fn page(watched: &Watched, form: Form) -> Result<String, Problem> {
    let Watched { app, traffic, memory, tasks, process } = watched.clone();
    let queued = tokio::time::timeout(PATIENCE, links::queued(&app)).await;
    let queued = queued.ok().and_then(Result::ok);
    let mut parts: Vec<Arc<dyn Measured>> = vec![
        Arc::new(process),
        Arc::new(traffic),
        Arc::new(app.store),
        Arc::new(tasks),
        Arc::new(Queue(queued)),
        Arc::new(app.refusals),
        Arc::new(app.making),
    ];
    if let Some(memory) = memory {
        parts.push(Arc::new(memory));
    }
    render(form, parts).map_err(Problem::internal)
}
