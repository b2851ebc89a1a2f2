//! How what editors find looks.

use serde::Serialize;
use utoipa::ToSchema;

use crate::documents::model::State;
use crate::documents::query::Query;
use crate::documents::view::DocumentState;
use crate::platform::http::{Page, PageInfo};

/// One page of what was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundDocuments {
    /// The best first.
    data: Vec<FoundDocument>,
    /// Where this page lies in the list.
    page: PageInfo,
    /// How the query was taken.
    query: AskedQuery,
}

impl FoundDocuments {
    pub(super) fn new(page: Page<(State, i64)>, query: &Query, limited: bool) -> Self {
        let data = page.data.into_iter().map(FoundDocument::from).collect();
        Self { data, page: page.page, query: AskedQuery { text: query.plain(), candidates_limited: limited } }
    }

    pub(super) fn page(&self) -> &PageInfo {
        &self.page
    }
}

/// A document that was found.
#[derive(Debug, Serialize, ToSchema)]
pub struct FoundDocument {
    #[serde(flatten)]
    state: DocumentState,
    /// How well its newest revision fits, more than 0; to be compared within an answer.
    #[schema(example = 0.607_927)]
    score: f64,
}

/// How a query was taken.
#[derive(Debug, Serialize, ToSchema)]
pub struct AskedQuery {
    /// The query as it was understood: words in lower case, phrases in quotes.
    #[schema(example = "lant \"reading room\" -closed")]
    text: String,
    /// Whether so many documents have the words that only 1,000 of them were ranked.
    candidates_limited: bool,
}

impl From<(State, i64)> for FoundDocument {
    fn from((state, score): (State, i64)) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "millionths of a small number")]
        let score = score as f64 / 1_000_000.0;
        Self { state: state.into(), score }
    }
}
