//! Running text.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    BlockData,
    id::BlockId,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::text::{forms::Text, rich_text::Markdown},
    documents::body::{References, SearchText, Weight},
    platform::problem::field::Pointer,
};

/// Running text with headings, lists, quotes, tables, footnotes and links.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RichText {
    /// The text.
    pub markdown: Markdown,
}

impl Variant for RichText {
    const TYPE: &'static str = "rich_text";
    const SCHEMA: &'static str = "RichTextBlock";

    fn samples() -> Vec<Self> {
        vec![Self { markdown: Markdown::sample() }]
    }
}

impl BlockData for RichText {
    fn references(&self, at: &Pointer, found: &mut References) {
        add_references(&at.field("markdown"), &self.markdown, found);
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Body, &self.markdown.to_text());
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        ContentView::RichText(RichTextView {
            text: Text::of(&self.markdown, reader.forms, id.as_str(), reader.links),
        })
    }
}

/// Adds the entries that a rich text links to.
pub(super) fn add_references(at: &Pointer, text: &Markdown, found: &mut References) {
    for link in text.references() {
        found.add(at, link.target, false);
    }
}

/// Running text with headings, lists, quotes, tables, footnotes and links.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RichTextView {
    /// The text.
    pub text: Text,
}

impl Variant for RichTextView {
    const TYPE: &'static str = "rich_text";
    const SCHEMA: &'static str = "RichTextBlockView";

    fn samples() -> Vec<Self> {
        vec![Self { text: Text::sample() }]
    }
}
