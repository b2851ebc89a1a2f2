//! An invitation to do something next, in the text or at its end.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    BlockData,
    action::{self, Action, ActionView},
    id::BlockId,
    part::check_needed_heading,
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

/// An invitation to do something next: a heading, optionally text, and up to four calls to action.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallToAction {
    /// The heading, at most 300 characters; needed to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_length = 300, examples("Join the alliance"))]
    pub heading: String,
    /// Text under the heading.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub text: Markdown,
    /// What readers can do next, the most important first; at most four.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable, max_items = 4)]
    pub actions: Vec<Action>,
}

impl Variant for CallToAction {
    const TYPE: &'static str = "call_to_action";
    const SCHEMA: &'static str = "CallToActionBlock";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: "Join the alliance".into(),
            text: Markdown::sample(),
            actions: vec![Action::sample()],
        }]
    }
}

impl BlockData for CallToAction {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_needed_heading(problems, stage, at, &self.heading);
        action::check(problems, stage, &at.field("actions"), &self.actions);
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        add_references(&at.field("text"), &self.text, found);
        action::references(&at.field("actions"), &self.actions, found);
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Summary, &self.heading);
        out.add(Weight::Body, &self.text.to_text());
        action::search_text(&self.actions, out);
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        ContentView::CallToAction(CallToActionView {
            heading: self.heading.clone(),
            text: Text::unless_blank(&self.text, reader.forms, id.as_str(), reader.links),
            actions: action::view(&self.actions, reader),
        })
    }
}

/// An invitation to do something next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallToActionView {
    /// The heading.
    #[schema(examples("Join the alliance"))]
    pub heading: String,
    /// Text under the heading; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<Text>,
    /// What readers can do next, the most important first.
    #[schema(max_items = 4)]
    pub actions: Vec<ActionView>,
}

impl Variant for CallToActionView {
    const TYPE: &'static str = "call_to_action";
    const SCHEMA: &'static str = "CallToActionBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: "Join the alliance".into(),
            text: Some(Text::sample()),
            actions: ActionView::samples(),
        }]
    }
}
