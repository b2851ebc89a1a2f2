//! What is counted of requests: by operation, method and class of status, and how long their answers took. Operations are
//! those of the documents and not addresses, so their number is bounded.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::Method;

use super::registry::{Named, OperationNumber, Registry};
use crate::platform::metrics::{Count, Durations, Labels, Measured, Page};

/// The classes of status.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The operation of what has none: unknown addresses, OPTIONS, what was refused before its operation was known.
const NO_OPERATION: &str = "none";

/// The methods that are told apart where there is no operation; others are the last.
const METHODS: [&str; 8] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"];

type Classes = [Count; CLASSES.len()];

/// The counts of a process. Clones share them.
#[derive(Debug, Clone)]
pub struct Traffic(Arc<Counted>);

#[derive(Debug)]
struct Counted {
    operations: Vec<Operation>,
    others: [Classes; METHODS.len()],
    others_took: Durations,
}

#[derive(Debug)]
struct Operation {
    named: Named,
    own: Classes,
    /// Of HEAD, which every GET answers as well.
    head: Classes,
    took: Durations,
}

/// A request that has been answered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answered<'a> {
    pub operation: Option<OperationNumber>,
    /// As the client sent it.
    pub method: &'a str,
    pub status: u16,
    pub took: Duration,
}

impl Traffic {
    /// Counts for these routes.
    pub(super) fn new(registry: &Registry) -> Self {
        let operation = |named: &Named| Operation {
            named: named.clone(),
            own: Classes::default(),
            head: Classes::default(),
            took: Durations::default(),
        };
        Self(Arc::new(Counted {
            operations: registry.names().iter().map(operation).collect(),
            others: Default::default(),
            others_took: Durations::default(),
        }))
    }

    /// Takes in an answer.
    pub(super) fn count(&self, answered: Answered<'_>) {
        let operation = answered.operation.and_then(|number| self.0.operations.get(usize::from(number.0)));
        let (classes, took) = match operation {
            Some(operation) if answered.method == "HEAD" => (&operation.head, &operation.took),
            Some(operation) => (&operation.own, &operation.took),
            None => {
                let last = METHODS.len() - 1;
                let method = METHODS.iter().position(|method| *method == answered.method).unwrap_or(last);
                (&self.0.others[method], &self.0.others_took)
            }
        };
        let class = usize::from(answered.status / 100).clamp(1, CLASSES.len()) - 1;
        classes[class].add();
        took.observe(answered.took);
    }
}

/// The labels of an operation and the class of a status.
type OfRequests<'a> = [(&'a str, &'a str); 4];

/// The labels of an operation.
type OfOperation<'a> = [(&'a str, &'a str); 3];

impl Counted {
    /// All that has been counted at least once: most operations of most processes are never asked for.
    fn requests(&self) -> Vec<(OfRequests<'_>, u64)> {
        let operations = self.operations.iter().flat_map(|operation| {
            let Named { api, id, method } = &operation.named;
            let own = (*api, &**id, method.as_str(), &operation.own);
            let head = (*method == Method::GET).then_some((*api, &**id, "HEAD", &operation.head));
            [Some(own), head].into_iter().flatten()
        });
        let others = METHODS.iter().zip(&self.others);
        let others = others.map(|(method, classes)| (NO_OPERATION, NO_OPERATION, *method, classes));
        let series = operations.chain(others).flat_map(|(api, id, method, classes)| {
            CLASSES.iter().zip(classes).map(move |(class, count)| {
                let labels = [("api", api), ("operation", id), ("method", method), ("status", *class)];
                (labels, count.get())
            })
        });
        series.filter(|(_, count)| *count > 0).collect()
    }

    fn took(&self) -> Vec<(OfOperation<'_>, &Durations)> {
        let labels = |api, id, method| [("api", api), ("operation", id), ("method", method)];
        let operations = self.operations.iter().map(|operation| {
            let Named { api, id, method } = &operation.named;
            (labels(*api, &**id, method.as_str()), &operation.took)
        });
        let others = [(labels(NO_OPERATION, NO_OPERATION, "any"), &self.others_took)];
        operations.chain(others).filter(|(_, took)| took.count() > 0).collect()
    }
}

impl Measured for Traffic {
    fn write(&self, page: &mut Page<'_>) -> fmt::Result {
        let requests = self.0.requests();
        let requests: Vec<(Labels<'_>, u64)> =
            requests.iter().map(|(labels, count)| (labels.as_slice(), *count)).collect();
        page.counters("masthead_http_requests", "Requests that were answered.", &requests)?;
        let took = self.0.took();
        let took: Vec<(Labels<'_>, &Durations)> =
            took.iter().map(|(labels, took)| (labels.as_slice(), *took)).collect();
        page.durations(
            "masthead_http_request_duration_seconds",
            "How long it took until the answer was there, without the sending of its body.",
            &took,
        )
    }
}
