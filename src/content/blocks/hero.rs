//! The head of a page: a large heading with an image and calls to action.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BlockData,
    id::BlockId,
    rich_text::add_references,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::media::public::ImageView,
    content::text::{
        address::Address,
        forms::Text,
        links::LinkView,
        plain_field::{check_given, check_line},
        rich_text::Markdown,
    },
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::{
        json::{is_default, null_is_default},
        problem::field::{FieldCode, Pointer},
    },
};

const MAX_HEADING: usize = 300;
const MAX_LABEL: usize = 100;
const MAX_ACTIONS: usize = 4;

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
    pub actions: Vec<HeroAction>,
}

/// A call to action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"label": "Read our history", "link": "entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41"})))]
pub struct HeroAction {
    /// What the button says, at most 100 characters; needed to publish.
    #[schema(max_length = 100, examples("Read our history"))]
    pub label: String,
    /// Where it leads.
    pub link: Address,
}

impl Variant for Hero {
    const TYPE: &'static str = "hero";
    const SCHEMA: &'static str = "HeroBlock";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: "Fair chances in every school".into(),
            text: Markdown::sample(),
            image: Some(Uuid::from_u128(0x019a_3e5c_7f00_7a11_8b22_9c33_0d44_0e55)),
            actions: vec![HeroAction {
                label: "Read our history".into(),
                link: Address::of_entry(Uuid::from_u128(0x019a_3e5c_7d1f_7c3a_9b52_1f0d_6c2e_8a41)),
            }],
        }]
    }
}

impl BlockData for Hero {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        let heading = at.field("heading");
        check_line(problems, &heading, &self.heading, MAX_HEADING);
        check_given(problems, stage, &heading, &self.heading, "a heading");
        let actions = at.field("actions");
        if self.actions.len() > MAX_ACTIONS {
            let detail = format!("There are {} actions; there may be {MAX_ACTIONS}.", self.actions.len());
            problems.add(&actions, FieldCode::TooMany, detail);
        }
        for (index, action) in self.actions.iter().enumerate() {
            let label = actions.item(index).field("label");
            check_line(problems, &label, &action.label, MAX_LABEL);
            check_given(problems, stage, &label, &action.label, "a label");
        }
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        add_references(&at.field("text"), &self.text, found);
        if let Some(image) = self.image {
            found.add(&at.field("image"), image, false);
        }
        let actions = at.field("actions");
        for (index, action) in self.actions.iter().enumerate() {
            if let Some(target) = action.link.entry() {
                found.add(&actions.item(index).field("link"), target, false);
            }
        }
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Title, &self.heading);
        out.add(Weight::Body, &self.text.to_text());
        for action in &self.actions {
            out.add(Weight::Body, &action.label);
        }
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        ContentView::Hero(HeroView {
            heading: self.heading.clone(),
            text: Text::unless_blank(&self.text, reader.forms, id.as_str(), reader.links),
            image: self.image.and_then(|image| reader.images.image(image)),
            actions: self
                .actions
                .iter()
                .map(|action| HeroActionView {
                    label: action.label.clone(),
                    link: action.link.resolve(reader.links),
                })
                .collect(),
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
    pub actions: Vec<HeroActionView>,
}

/// A call to action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({"label": "Call us", "link": {"url": "tel:+1-202-555-0100"}})))]
pub struct HeroActionView {
    /// What the button says.
    pub label: String,
    /// Where it leads; null when its target is not public: show the label without a link, or nothing.
    #[schema(required)]
    pub link: Option<LinkView>,
}

impl Variant for HeroView {
    const TYPE: &'static str = "hero";
    const SCHEMA: &'static str = "HeroBlockView";

    fn samples() -> Vec<Self> {
        let action = |label: &str, link| HeroActionView { label: label.into(), link };
        vec![Self {
            heading: "Fair chances in every school".into(),
            text: Some(Text::sample()),
            image: None,
            actions: vec![
                action("Call us", Some(LinkView { url: "tel:+1-202-555-0100".into(), entry: None })),
                action("Coming soon", None),
            ],
        }]
    }
}
