//! A passage that stands out: a note, a tip, a warning, something important.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    BlockData,
    id::BlockId,
    part::{check_heading, given},
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

/// A passage that stands out from the text around it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Callout {
    /// Why it stands out; `note` when it is left out.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable)]
    pub tone: Tone,
    /// The heading, at most 300 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 300, examples("Applications are open"))]
    pub heading: String,
    /// What it says; needed to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable)]
    pub text: Markdown,
}

/// Why a passage stands out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(examples("tip"))]
pub enum Tone {
    /// It is worth knowing.
    #[default]
    Note,
    /// It helps.
    Tip,
    /// Something can go wrong.
    Warning,
    /// Nobody should miss it.
    Important,
}

impl Variant for Callout {
    const TYPE: &'static str = "callout";
    const SCHEMA: &'static str = "CalloutBlock";

    fn samples() -> Vec<Self> {
        vec![Self { tone: Tone::Tip, heading: "Applications are open".into(), text: Markdown::sample() }]
    }
}

impl BlockData for Callout {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_heading(problems, at, &self.heading);
        check_given(problems, stage, &at.field("text"), self.text.as_str(), "a text");
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        add_references(&at.field("text"), &self.text, found);
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Summary, &self.heading);
        out.add(Weight::Body, &self.text.to_text());
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        ContentView::Callout(CalloutView {
            tone: self.tone,
            heading: given(&self.heading),
            text: Text::of(&self.text, reader.forms, id.as_str(), reader.links),
        })
    }
}

/// A passage that stands out from the text around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CalloutView {
    /// Why it stands out. Say it in words too: a colour alone tells it to few.
    pub tone: Tone,
    /// The heading; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("Applications are open"))]
    pub heading: Option<String>,
    /// What it says.
    pub text: Text,
}

impl Variant for CalloutView {
    const TYPE: &'static str = "callout";
    const SCHEMA: &'static str = "CalloutBlockView";

    fn samples() -> Vec<Self> {
        vec![Self { tone: Tone::Tip, heading: Some("Applications are open".into()), text: Text::sample() }]
    }
}
