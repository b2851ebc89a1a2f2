//! An open transaction, and how it ends.

use diesel_async::pooled_connection::deadpool::Object;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager};

use super::pool::Pool;
use crate::platform::errand::Errand;
use crate::platform::problem::{Code, Problem};

/// A connection with an open transaction. Dropped before its end (the client went away, the handler panicked), it is
/// closed and not pooled, so that Postgres rolls back at once and no lock outlives the request.
pub(super) struct Transaction(Option<Object<AsyncPgConnection>>);

impl Transaction {
    pub async fn begin(pool: &Pool, how: &str) -> Result<Self, Problem> {
        let mut transaction = Self(Some(pool.get().await?));
        let begin = named(how, Errand::current().as_ref());
        AnsiTransactionManager::begin_transaction_sql(transaction.conn()?, &begin).await?;
        Ok(transaction)
    }

    pub fn conn(&mut self) -> Result<&mut AsyncPgConnection, Problem> {
        match self.0.as_mut() {
            Some(object) => Ok(object),
            None => Err(Problem::new(Code::Internal)),
        }
    }

    async fn commit(mut self) -> Result<(), Problem> {
        AnsiTransactionManager::commit_transaction(self.conn()?).await?;
        drop(self.0.take());
        Ok(())
    }

    async fn roll_back(mut self) {
        let rolled_back = match self.conn() {
            Ok(conn) => AnsiTransactionManager::rollback_transaction(conn).await.is_ok(),
            Err(_) => false,
        };
        if rolled_back {
            drop(self.0.take());
        }
    }

    /// Commits when the work succeeded, rolls back when it did not. After what nobody expected the connection is closed: a
    /// statement that it keeps prepared may be the reason, which gives another type since a migration.
    pub async fn end<T>(self, outcome: Result<T, Problem>) -> Result<T, Problem> {
        match outcome {
            Ok(value) => self.commit().await.map(|()| value),
            Err(problem) if problem.code() == Code::Internal => {
                drop(self);
                Err(problem)
            }
            Err(problem) => {
                self.roll_back().await;
                Err(problem)
            }
        }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if let Some(object) = self.0.take() {
            drop(Object::take(object));
        }
    }
}

/// What begins a transaction and names to Postgres for whom it is, until it ends, in one round trip. In the statements
/// themselves a name would make each another one, and none would be prepared twice.
fn named(how: &str, errand: Option<&Errand>) -> String {
    match errand {
        Some(errand) => format!("{how}; set local application_name = '{}'", errand.application_name()),
        None => how.to_owned(),
    }
}
