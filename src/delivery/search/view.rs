//! How hits look in the read API.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{Hit, Marked};
use crate::documents::query::Query;
use crate::platform::http::{Page, PageInfo};

/// One page of what was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchResults {
    /// The best first.
    data: Vec<SearchHit>,
    /// Where this page lies in the list.
    page: PageInfo,
    /// How the query was taken.
    query: QueryView,
}

impl SearchResults {
    /// A page with the query that was asked, the one that was answered, and whether more was found than is ranked.
    pub(super) fn new(page: Page<Hit>, (asked, mended, limited): (&Query, Option<&Query>, bool)) -> Self {
        let query = QueryView {
            text: asked.plain(),
            corrected_query: mended.map(Query::plain),
            candidates_limited: limited,
        };
        Self { data: page.data.into_iter().map(SearchHit::from).collect(), page: page.page, query }
    }

    /// Where this page lies in the list.
    #[must_use]
    pub fn page(&self) -> &PageInfo {
        &self.page
    }
}

/// How a query was taken.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QueryView {
    /// The query as it was understood: words in lower case, phrases in quotes.
    #[schema(example = "lantren \"reading room\" -closed")]
    text: String,
    /// The query that was answered in its place, because nothing public has some of the words; `null` when all of them are
    /// known, or nothing resembles them. Words in quotes are never corrected.
    #[schema(required, example = "lantern \"reading room\" -closed")]
    corrected_query: Option<String>,
    /// Whether so many documents have the words that only some of them were ranked: 1,000, those with the words in their
    /// title first.
    candidates_limited: bool,
}

/// A public document that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SearchHit {
    /// The entry.
    id: Uuid,
    /// The kind.
    #[schema(example = "page")]
    kind: String,
    /// The locale, a BCP 47 tag.
    #[schema(example = "en")]
    locale: String,
    /// The locale that was asked for, or the site's default.
    #[schema(example = "en")]
    requested_locale: String,
    /// Whether `locale` stands in for `requested_locale`, in which there is no such document.
    fallback: bool,
    /// The title.
    #[schema(example = "Lantern festival")]
    title: String,
    /// The path on the public site; `null` for kinds without paths, such as media.
    #[schema(required, example = "/festival")]
    path: Option<String>,
    /// The date that readers are shown.
    published_at: DateTime<Utc>,
    /// When the present content became public.
    updated_at: DateTime<Utc>,
    /// How well it fits, more than 0; to be compared within an answer.
    #[schema(example = 0.607_927)]
    score: f64,
    /// The title with what was found in it.
    title_highlight: Highlighted,
    /// A part of the text, or of the summary, where what was found stands: about 240 characters.
    excerpt: Highlighted,
}

/// A text with what was found in it, in two forms.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(example = json!({
    "html": "The <mark>lantern</mark> &amp; the sea", "text": "The lantern & the sea", "highlights": [{ "start": 4, "end": 11 }]
}))]
pub struct Highlighted {
    /// As HTML that is safe to insert: everything is escaped, and the only element is `<mark>`, without attributes.
    html: String,
    /// As plain text.
    text: String,
    /// The places in `text`, in order.
    highlights: Vec<HighlightSpan>,
}

/// A place in a text, counted in Unicode code points (not in bytes, and not in the UTF-16 units of JavaScript).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HighlightSpan {
    /// The first character.
    #[schema(example = 4, minimum = 0)]
    start: usize,
    /// After the last character.
    #[schema(example = 11, minimum = 1)]
    end: usize,
}

impl From<Marked> for Highlighted {
    fn from(marked: Marked) -> Self {
        let html = marked.html();
        let span = |(start, end)| HighlightSpan { start, end };
        Self { html, highlights: marked.highlights.into_iter().map(span).collect(), text: marked.text }
    }
}

impl From<Hit> for SearchHit {
    fn from(hit: Hit) -> Self {
        let (title_highlight, excerpt) = (hit.title().into(), hit.excerpt().into());
        let card = hit.card;
        #[expect(clippy::cast_precision_loss, reason = "millionths of a small number")]
        let score = hit.score as f64 / 1_000_000.0;
        Self {
            id: card.entry,
            kind: card.kind,
            fallback: card.locale != card.requested_locale,
            locale: card.locale,
            requested_locale: card.requested_locale,
            title: card.title,
            path: card.path,
            published_at: card.published_at,
            updated_at: card.updated_at,
            score,
            title_highlight,
            excerpt,
        }
    }
}
