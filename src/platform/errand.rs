//! For whom work is being done: a request, or a task of the worker. The store names it to Postgres and in the log of slow
//! queries, so that an operator finds the request behind a query. It belongs to the running future and costs nothing where
//! nobody asks for it.

use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

tokio::task_local! {
    static ERRAND: Errand;
}

/// So many bytes of a name Postgres keeps.
const NAME_BYTES: usize = 63;

/// What a piece of work is for.
#[derive(Debug, Clone)]
pub struct Errand {
    request: Option<Rc<str>>,
    operation: Arc<str>,
}

impl Errand {
    /// A request, by its id, for an operation of the documents.
    #[must_use]
    pub fn request(id: Rc<str>, operation: Arc<str>) -> Self {
        Self { request: Some(id), operation }
    }

    /// A task of the worker, by its name.
    #[must_use]
    pub fn task(name: &str) -> Self {
        Self { request: None, operation: name.into() }
    }

    /// Does work for this.
    pub fn during<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        ERRAND.scope(self, work)
    }

    /// What the work that is under way is for.
    #[must_use]
    pub fn current() -> Option<Self> {
        ERRAND.try_with(Clone::clone).ok()
    }

    /// The id of the request.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request.as_deref()
    }

    /// The operation or the task.
    #[must_use]
    pub fn operation(&self) -> &str {
        &self.operation
    }

    /// The name that a connection of the database has meanwhile: `masthead` and the id of the request, or the task. It holds
    /// nothing that would mean something in SQL.
    #[must_use]
    pub fn application_name(&self) -> String {
        let what = self.request.as_deref().unwrap_or(&self.operation);
        let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | ' ');
        let mut name: String = "masthead ".chars().chain(what.chars().filter(|c| safe(*c))).collect();
        name.truncate(NAME_BYTES);
        name
    }
}

impl fmt::Display for Errand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.application_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn work_knows_what_it_is_for_and_other_work_does_not() {
        let errand = Errand::request("7f2c".into(), "get_page".into());
        let name = errand.during(async {
            tokio::task::yield_now().await;
            Errand::current().map(|errand| errand.application_name())
        });
        assert_eq!(name.await.as_deref(), Some("masthead 7f2c"));
        assert!(Errand::current().is_none());
    }

    #[test]
    fn a_name_is_short_and_means_nothing_in_sql() {
        let long = Errand::request("a".repeat(64).into(), "get_page".into());
        assert_eq!(long.application_name().len(), NAME_BYTES);
        let odd = Errand::request("x'; drop table pages; --".into(), "get_page".into());
        assert_eq!(odd.application_name(), "masthead x drop table pages --");
        assert_eq!(Errand::task("count refusals").to_string(), "masthead count refusals");
    }
}
