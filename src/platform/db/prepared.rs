//! Statements that a connection keeps prepared. Postgres parses and describes such a statement once for each connection, in a
//! round trip of its own, and need not plan it each time; diesel keeps no text of SQL so, because it cannot know how
//! many different ones there will be.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Untyped;

/// A statement in SQL that is kept with its connection.
#[derive(Debug, Clone)]
#[must_use = "a statement does nothing until it is asked"]
pub struct Prepared<Q>(Q);

/// Makes a [`Prepared`] of what `sql_query` gives.
pub trait Prepare: Query<SqlType = Untyped> + Sized {
    /// Keeps the statement with each connection that asks it, for as long as that is open. For texts of which there are
    /// few only: what a request brings belongs into parameters, and a text that is put together from what
    /// it asks for (filters, orders) is one of thousands. After five times Postgres may plan for any values, and then a function of
    /// parameters alone is computed again for each row that it is compared with: such a value belongs into a `with ... as
    /// materialized` (searching was ten times as slow before it was).
    fn prepared(self) -> Prepared<Self> {
        Prepared(self)
    }
}

impl<Q: Query<SqlType = Untyped>> Prepare for Q {}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Prepared<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }

    fn is_safe_to_cache_prepared(&self, _: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

/// The text itself is what it is found by.
impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Prepared<Q> {
    type SqlType = Untyped;
}
