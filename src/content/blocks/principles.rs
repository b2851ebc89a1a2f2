//! A list of principles, aims or steps: short sentences, each with more to say where that helps.

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
    content::text::{forms::Text, rich_text::Markdown},
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::{
        json::{is_default, null_is_default},
        problem::field::Pointer,
    },
};

const MAX_ITEMS: usize = 200;

/// A list of principles, aims or steps, at most 200.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Principles {
    /// The heading above the list, at most 300 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 300, examples("What we stand for"))]
    pub heading: String,
    /// Text between the heading and the list.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub text: Markdown,
    /// Whether they are numbered.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub ordered: bool,
    /// The principles in order; at least one to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_items = 200)]
    pub items: Vec<Principle>,
}

/// A principle.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"heading": "Ask first", "text": "Nobody decides for others."})))]
pub struct Principle {
    /// The principle in a few words or a sentence, at most 300 characters; needed to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_length = 300, examples("Ask first"))]
    pub heading: String,
    /// More about it.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub text: Markdown,
}

impl Variant for Principles {
    const TYPE: &'static str = "principles";
    const SCHEMA: &'static str = "PrinciplesBlock";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: "What we stand for".into(),
            text: Markdown::sample(),
            ordered: true,
            items: vec![
                Principle { heading: "Ask first".into(), text: Markdown::sample() },
                Principle { heading: "Share what works".into(), text: Markdown::default() },
            ],
        }]
    }
}

impl BlockData for Principles {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_heading(problems, at, &self.heading);
        let items = at.field("items");
        check_list(problems, stage, &items, (self.items.len(), MAX_ITEMS), "principles");
        for (index, item) in self.items.iter().enumerate() {
            check_needed_heading(problems, stage, &items.item(index), &item.heading);
        }
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        add_references(&at.field("text"), &self.text, found);
        let items = at.field("items");
        for (index, item) in self.items.iter().enumerate() {
            add_references(&items.item(index).field("text"), &item.text, found);
        }
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Summary, &self.heading);
        out.add(Weight::Body, &self.text.to_text());
        for item in &self.items {
            out.add(Weight::Body, &item.heading);
            out.add(Weight::Body, &item.text.to_text());
        }
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        let text =
            |source: &Markdown, scope: &str| Text::unless_blank(source, reader.forms, scope, reader.links);
        let item = |(index, item): (usize, &Principle)| PrincipleView {
            heading: item.heading.clone(),
            text: text(&item.text, &format!("{id}-{index}")),
        };
        ContentView::Principles(PrinciplesView {
            heading: given(&self.heading),
            text: text(&self.text, id.as_str()),
            ordered: self.ordered,
            items: self.items.iter().enumerate().map(item).collect(),
        })
    }
}

/// A list of principles, aims or steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PrinciplesView {
    /// The heading above the list; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("What we stand for"))]
    pub heading: Option<String>,
    /// Text between the heading and the list; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<Text>,
    /// Whether they are numbered.
    pub ordered: bool,
    /// The principles in order.
    #[schema(max_items = 200)]
    pub items: Vec<PrincipleView>,
}

/// A principle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({"heading": "Ask first", "text": {"html": "<p>Nobody decides for others.</p>\n"}})))]
pub struct PrincipleView {
    /// The principle in a few words or a sentence.
    #[schema(examples("Ask first"))]
    pub heading: String,
    /// More about it; absent when there is nothing more to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<Text>,
}

impl Variant for PrinciplesView {
    const TYPE: &'static str = "principles";
    const SCHEMA: &'static str = "PrinciplesBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: Some("What we stand for".into()),
            text: Some(Text::sample()),
            ordered: true,
            items: vec![PrincipleView { heading: "Ask first".into(), text: Some(Text::sample()) }],
        }]
    }
}
