//! Questions and answers, or other texts of which readers open those that they want.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    BlockData,
    id::BlockId,
    part::{check_heading, check_list, check_needed_heading, given},
    rich_text::add_references,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::text::{forms::Text, plain_field::check_given, rich_text::Markdown},
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::{
        json::{is_default, null_is_default},
        problem::field::Pointer,
    },
};

const MAX_ITEMS: usize = 200;

/// Texts under headings, of which readers open those that they want; at most 200.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Accordion {
    /// The heading above them, at most 300 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 300, examples("Questions that we are asked"))]
    pub heading: String,
    /// The texts in order; at least one to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_items = 200)]
    pub items: Vec<AccordionItem>,
}

/// A text under a heading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"heading": "Who can join?", "text": "Every school."})))]
pub struct AccordionItem {
    /// The heading, which is always shown; at most 300 characters, needed to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_length = 300, examples("Who can join?"))]
    pub heading: String,
    /// The text, which is shown when it was opened; needed to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable)]
    pub text: Markdown,
}

impl Variant for Accordion {
    const TYPE: &'static str = "accordion";
    const SCHEMA: &'static str = "AccordionBlock";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: "Questions that we are asked".into(),
            items: vec![AccordionItem { heading: "Who can join?".into(), text: Markdown::sample() }],
        }]
    }
}

impl BlockData for Accordion {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_heading(problems, at, &self.heading);
        let items = at.field("items");
        check_list(problems, stage, &items, (self.items.len(), MAX_ITEMS), "texts");
        for (index, item) in self.items.iter().enumerate() {
            let at = items.item(index);
            check_needed_heading(problems, stage, &at, &item.heading);
            check_given(problems, stage, &at.field("text"), item.text.as_str(), "a text");
        }
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        let items = at.field("items");
        for (index, item) in self.items.iter().enumerate() {
            add_references(&items.item(index).field("text"), &item.text, found);
        }
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Summary, &self.heading);
        for item in &self.items {
            out.add(Weight::Body, &item.heading);
            out.add(Weight::Body, &item.text.to_text());
        }
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        let item = |(index, item): (usize, &AccordionItem)| AccordionItemView {
            heading: item.heading.clone(),
            text: Text::of(&item.text, reader.forms, &format!("{id}-{index}"), reader.links),
        };
        ContentView::Accordion(AccordionView {
            heading: given(&self.heading),
            items: self.items.iter().enumerate().map(item).collect(),
        })
    }
}

/// Texts under headings, of which readers open those that they want.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AccordionView {
    /// The heading above them; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("Questions that we are asked"))]
    pub heading: Option<String>,
    /// The texts in order.
    #[schema(max_items = 200)]
    pub items: Vec<AccordionItemView>,
}

/// A text under a heading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({"heading": "Who can join?", "text": {"html": "<p>Every school.</p>\n"}})))]
pub struct AccordionItemView {
    /// The heading, for `<summary>`.
    #[schema(examples("Who can join?"))]
    pub heading: String,
    /// The text, to be shown when it was opened.
    pub text: Text,
}

impl Variant for AccordionView {
    const TYPE: &'static str = "accordion";
    const SCHEMA: &'static str = "AccordionBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: Some("Questions that we are asked".into()),
            items: vec![AccordionItemView { heading: "Who can join?".into(), text: Text::sample() }],
        }]
    }
}
