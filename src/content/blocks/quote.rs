//! What somebody said, with who said it and where.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BlockData,
    id::BlockId,
    part::{add_entry, add_link, given},
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
        problem::field::Pointer,
    },
};

const MAX_LINE: usize = 300;

/// What somebody said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// What was said, without quotation marks around it; needed to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable)]
    pub text: Markdown,
    /// Who said it, at most 300 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 300, examples("Ada Example"))]
    pub attribution: String,
    /// What they are, at most 300 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 300, examples("Teacher in Sampletown"))]
    pub role: String,
    /// Where it was said or can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Address>,
    /// The media entry of a picture of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Uuid>,
}

impl Variant for Quote {
    const TYPE: &'static str = "quote";
    const SCHEMA: &'static str = "QuoteBlock";

    fn samples() -> Vec<Self> {
        vec![Self {
            text: Markdown::sample(),
            attribution: "Ada Example".into(),
            role: "Teacher in Sampletown".into(),
            source: Some(Address::of_entry(Uuid::from_u128(0x019a_3e5c_7d1f_7c3a_9b52_1f0d_6c2e_8a41))),
            image: Some(Uuid::from_u128(0x019a_3e5c_7f00_7a11_8b22_9c33_0d44_0e55)),
        }]
    }
}

impl BlockData for Quote {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_given(problems, stage, &at.field("text"), self.text.as_str(), "the words that were said");
        check_line(problems, &at.field("attribution"), &self.attribution, MAX_LINE);
        check_line(problems, &at.field("role"), &self.role, MAX_LINE);
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        add_references(&at.field("text"), &self.text, found);
        add_link(&at.field("source"), self.source.as_ref(), found);
        add_entry(&at.field("image"), self.image, found);
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Body, &self.text.to_text());
        out.add(Weight::Body, &self.attribution);
        out.add(Weight::Body, &self.role);
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        ContentView::Quote(QuoteView {
            text: Text::of(&self.text, reader.forms, id.as_str(), reader.links),
            attribution: given(&self.attribution),
            role: given(&self.role),
            source: self.source.as_ref().and_then(|source| source.resolve(reader.links)),
            image: self.image.and_then(|image| reader.images.image(image)),
        })
    }
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QuoteView {
    /// What was said, without quotation marks around it.
    pub text: Text,
    /// Who said it; absent when it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("Ada Example"))]
    pub attribution: Option<String>,
    /// What they are; absent when it does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("Teacher in Sampletown"))]
    pub role: Option<String>,
    /// Where it was said or can be read; null when there is no such place that is public.
    #[schema(required)]
    pub source: Option<LinkView>,
    /// A picture of them; null when there is none that is public.
    #[schema(required)]
    pub image: Option<ImageView>,
}

impl Variant for QuoteView {
    const TYPE: &'static str = "quote";
    const SCHEMA: &'static str = "QuoteBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {
            text: Text::sample(),
            attribution: Some("Ada Example".into()),
            role: Some("Teacher in Sampletown".into()),
            source: Some(LinkView { url: "https://example.org/talks/1".into(), entry: None }),
            image: None,
        }]
    }
}
