//! The head of a page: a large heading with an image and calls to action.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BlockData,
    action::{self, Action, ActionView},
    id::BlockId,
    part::{add_entry, check_needed_heading},
    rich_text::add_references,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::media::public::ImageView,
    content::text::{forms::Text, rich_text::Markdown},
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::{
        json::{is_default, null_is_default},
        problem::field::Pointer,
    },
};

/// The head of a page: a large heading, optionally with text, an image and up to four calls to action.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Hero {
    /// The heading, at most 300 characters; needed to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_length = 300, examples("Fair chances in every school"))]
    pub heading: String,
    /// Text under the heading.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub text: Markdown,
    /// The media entry that is shown as the background or beside the text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Uuid>,
    /// What readers can do next, the most important first; at most four.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable, max_items = 4)]
    pub actions: Vec<Action>,
}

impl Variant for Hero {
    const TYPE: &'static str = "hero";
    const SCHEMA: &'static str = "HeroBlock";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: "Fair chances in every school".into(),
            text: Markdown::sample(),
            image: Some(Uuid::from_u128(0x019a_3e5c_7f00_7a11_8b22_9c33_0d44_0e55)),
            actions: vec![Action::sample()],
        }]
    }
}

impl BlockData for Hero {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_needed_heading(problems, stage, at, &self.heading);
        action::check(problems, stage, &at.field("actions"), &self.actions);
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        add_references(&at.field("text"), &self.text, found);
        add_entry(&at.field("image"), self.image, found);
        action::references(&at.field("actions"), &self.actions, found);
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Title, &self.heading);
        out.add(Weight::Body, &self.text.to_text());
        action::search_text(&self.actions, out);
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        ContentView::Hero(HeroView {
            heading: self.heading.clone(),
            text: Text::unless_blank(&self.text, reader.forms, id.as_str(), reader.links),
            image: self.image.and_then(|image| reader.images.image(image)),
            actions: action::view(&self.actions, reader),
        })
    }
}

/// The head of a page.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct HeroView {
    /// The heading.
    pub heading: String,
    /// Text under the heading; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<Text>,
    /// The image; null when there is none that is public.
    #[schema(required)]
    pub image: Option<ImageView>,
    /// What readers can do next, the most important first.
    #[schema(max_items = 4)]
    pub actions: Vec<ActionView>,
}

impl Variant for HeroView {
    const TYPE: &'static str = "hero";
    const SCHEMA: &'static str = "HeroBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: "Fair chances in every school".into(),
            text: Some(Text::sample()),
            image: None,
            actions: ActionView::samples(),
        }]
    }
}
