//! The body of a page. Slug and parent are part of it, so that a move is drafted, reviewed, scheduled and restored as
//! any other change is. What is empty is left out of the stored JSON: equal content is an equal body.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{PageDraft, date, position::Position};
use crate::{
    content::{
        blocks::{Block, list::Blocks},
        text::{
            address::Address,
            plain_field::{check_given, check_line, check_lines},
            slug::{Slug, slug_or_home},
            tagging::check_tags,
        },
    },
    documents::body::{Document, Kind, Listing, Problems, References, Route, SearchText, Stage, Weight},
    platform::{
        json::is_default,
        problem::field::{FieldCode, FieldProblem, Pointer, read_json},
    },
};

const MAX_TITLE: usize = 300;
const MAX_SUMMARY: usize = 1_000;

/// The body of a page in one language. Fields that are empty are absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(Page::sample))]
pub struct Page {
    /// The title, at most 300 characters; may be empty in a draft.
    #[schema(max_length = 300, examples("Our history"))]
    pub title: String,
    /// The last segment of the path; empty for the home page alone.
    #[serde(deserialize_with = "slug_or_home")]
    #[schema(value_type = String, max_length = 200, pattern = r"^(?!\.{1,2}$)[^/?#%\\\s\x00-\x1f\x7fA-Z]*$", examples("our-history"))]
    pub slug: Slug,
    /// The page above this one; absent at the top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Uuid>,
    /// The rank among the pages with the same parent.
    #[serde(default)]
    #[schema(required)]
    pub position: Position,
    /// The date that readers are shown, in UTC with at most microseconds; the time of the first publication when
    /// absent.
    #[serde(default, deserialize_with = "date::optional", skip_serializing_if = "Option::is_none")]
    #[schema(examples("2026-03-01T09:00:00Z"))]
    pub date: Option<DateTime<Utc>>,
    /// What lists and search results say of the page, at most 1,000 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 1_000, examples("How a reading group became an alliance."))]
    pub summary: String,
    /// At most 50 tags of 1 to 100 characters, each once, without space around them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50, examples("history"))]
    pub tags: Vec<String>,
    /// The media entry that stands for the page in lists and previews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Uuid>,
    /// What search engines and link previews are told.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seo: Seo,
    /// The content, in order; at most 2,000 blocks, no id twice.
    #[serde(default)]
    #[schema(value_type = Vec<Block>, required, max_items = 2_000)]
    pub blocks: Blocks,
}

/// What search engines and link previews are told of a page. Fields that are empty are absent; the page's own title,
/// summary and image stand in for them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"title": "Our history since 1998", "canonical": "https://example.org/history", "noindex": true})))]
pub struct Seo {
    /// The title for search results, at most 300 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 300, examples("Our history since 1998"))]
    pub title: String,
    /// The description for search results, at most 1,000 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 1_000)]
    pub description: String,
    /// The media entry for link previews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Uuid>,
    /// The address that search engines should take for the page's own: a URL, a path or an entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub canonical: Option<Address>,
    /// Whether search engines should leave the page out; absent means no.
    #[serde(default, skip_serializing_if = "is_default")]
    pub noindex: bool,
}

impl Page {
    /// A page for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Value {
        json!({
            "title": "Our history",
            "slug": "our-history",
            "parent": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41",
            "position": "V",
            "date": "2026-03-01T09:00:00Z",
            "summary": "How a reading group became an alliance.",
            "tags": ["history", "about us"],
            "seo": {"title": "Our history since 1998"},
            "blocks": [
                {"id": "019a3e5c-8a10-7b1e-8f7e-3d5c2b1a0f9e", "type": "rich_text", "markdown": "We began in **1998**."},
                {"id": "019a3e5c-8a10-7b1e-8f7e-3d5c2b1a0f9f", "type": "divider"},
            ],
        })
    }

    /// Checks everything but the blocks.
    pub(super) fn check_fields(&self, stage: Stage, problems: &mut Problems) {
        let at = |name| Pointer::root().field(name);
        check_line(problems, &at("title"), &self.title, MAX_TITLE);
        check_given(problems, stage, &at("title"), &self.title, "a title");
        check_lines(problems, &at("summary"), &self.summary, MAX_SUMMARY);
        if self.slug.is_home() && self.parent.is_some() {
            let detail = "Only the home page has an empty slug, and it has no parent: give a slug, or remove the parent.";
            problems.add(&at("slug"), FieldCode::NotAllowed, detail);
        }
        check_tags(&self.tags, &at("tags"), problems);
        self.seo.check(&at("seo"), problems);
    }
}

impl Page {
    /// What a publication keeps for lists. A page that search engines should not take for itself stands in no sitemap.
    fn card(&self) -> Map<String, Value> {
        let image = self.image.map(|image| ("image".to_owned(), json!(image)));
        let unlisted = self.seo.is_unlisted().then(|| ("unlisted".to_owned(), json!(true)));
        image.into_iter().chain(unlisted).collect()
    }
}

impl Seo {
    /// Whether sitemaps leave it out.
    #[must_use]
    pub fn is_unlisted(&self) -> bool {
        self.noindex || self.canonical.is_some()
    }

    /// Adds what it points at.
    pub fn references(&self, at: &Pointer, found: &mut References) {
        if let Some(image) = self.image {
            found.add(&at.field("image"), image, false);
        }
        if let Some(target) = self.canonical.as_ref().and_then(Address::entry) {
            found.add(&at.field("canonical"), target, false);
        }
    }

    /// Adds all that is wrong with it.
    pub fn check(&self, at: &Pointer, problems: &mut Problems) {
        check_line(problems, &at.field("title"), &self.title, MAX_TITLE);
        check_lines(problems, &at.field("description"), &self.description, MAX_SUMMARY);
        if self.canonical.as_ref().is_some_and(|address| !address.is_page()) {
            let detail = "The canonical address is that of a page: https://, http://, /path or entry:<id>.";
            problems.add(&at.field("canonical"), FieldCode::NotAllowed, detail);
        }
    }
}

impl Document for Page {
    const KIND: Kind = Kind::named("page");
    const SCHEMA_VERSION: i16 = 1;

    fn title(&self) -> &str {
        &self.title
    }

    fn listing(&self) -> Listing {
        Listing {
            summary: Some(self.summary.clone()).filter(|summary| !summary.is_empty()),
            date: self.date,
            tags: self.tags.clone(),
            position: Some(self.position.to_string()),
            card: self.card(),
            ..Listing::default()
        }
    }

    fn route(&self) -> Option<Route<'_>> {
        Some(Route { parent: self.parent, slug: &self.slug })
    }

    fn references(&self, found: &mut References) {
        let at = |name| Pointer::root().field(name);
        if let Some(parent) = self.parent {
            found.add(&at("parent"), parent, true);
        }
        if let Some(image) = self.image {
            found.add(&at("image"), image, false);
        }
        self.seo.references(&at("seo"), found);
        self.blocks.references(&at("blocks"), found);
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Title, &self.title);
        out.add(Weight::Summary, &self.summary);
        for tag in &self.tags {
            out.add(Weight::Summary, tag);
        }
        self.blocks.search_text(out);
    }

    fn check(&self, stage: Stage, problems: &mut Problems) {
        self.check_fields(stage, problems);
        self.blocks.check(stage, &Pointer::root().field("blocks"), problems);
    }

    fn relocated(self, parent: Option<Uuid>, slug: Option<Slug>, position: Position) -> Option<Self> {
        Some(Self { parent, slug: slug.unwrap_or(self.slug), position, ..self })
    }

    fn from_draft(draft: Value, new_id: &mut dyn FnMut() -> Uuid) -> Result<Self, Vec<FieldProblem>> {
        read_json::<PageDraft>(&draft).map_err(|problem| vec![problem])?.into_page(new_id)
    }
}

/// Every word of a page as plain text, a line for each part: title, summary, tags, then the blocks in order.
#[must_use]
pub fn text_form(page: &Page) -> String {
    let mut text = SearchText::default();
    page.search_text(&mut text);
    text.all()
}
