//! How long statements take. A slow one is told in the log with the request that it was for: the statement with its
//! placeholders, never with its values, because those are content.

use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};

use crate::platform::errand::Errand;
use crate::platform::metrics::{Count, Durations};

/// The longest part of a statement that is told.
const MOST_CHARACTERS: usize = 4_000;

/// What is counted of statements.
#[derive(Debug, Default)]
pub(super) struct Queries {
    pub took: Durations,
    pub failed: Count,
    pub slow: Count,
}

/// Watches one connection, on which one statement runs at a time.
pub(super) struct Watched {
    queries: Arc<Queries>,
    slow: Option<Duration>,
    began: Option<Instant>,
}

impl Watched {
    pub fn new(queries: Arc<Queries>, slow: Option<Duration>) -> Self {
        Self { queries, slow, began: None }
    }

    fn ended(&mut self, failed: bool, statement: &dyn std::fmt::Display) {
        let Some(took) = self.began.take().map(|began| began.elapsed()) else { return };
        self.queries.took.observe(took);
        if failed {
            self.queries.failed.add();
        }
        if self.slow.is_some_and(|slow| took >= slow) {
            self.queries.slow.add();
            tell(took, failed, &shown(&statement.to_string()));
        }
    }
}

impl Instrumentation for Watched {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.began = Some(Instant::now()),
            InstrumentationEvent::FinishQuery { query, error, .. } => self.ended(error.is_some(), query),
            _ => {}
        }
    }
}

fn tell(took: Duration, failed: bool, statement: &str) {
    let errand = Errand::current();
    tracing::warn!(
        target: "masthead::slow_query",
        request_id = errand.as_ref().and_then(Errand::request_id),
        operation = errand.as_ref().map(Errand::operation),
        duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        failed,
        statement,
        "slow query"
    );
}

/// A statement on one line, without the values that `diesel` may write behind it.
fn shown(statement: &str) -> String {
    let statement = statement.split(" -- binds:").next().unwrap_or_default();
    let words: Vec<&str> = statement.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(MOST_CHARACTERS) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn values_are_never_shown() {
        let statement = "select *\n  from users where email = $1 -- binds: [\"ada@example.org\"]";
        assert_eq!(shown(statement), "select * from users where email = $1");
        assert_eq!(shown(&"é".repeat(5_000)).chars().count(), 4_003);
    }
}
