//! A picture in the text.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BlockData,
    id::BlockId,
    part::{add_entry, add_link, check_chosen},
    rich_text::add_references,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::media::public::ImageView,
    content::text::{address::Address, forms::Text, links::LinkView, rich_text::Markdown},
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::{
        json::{is_default, null_is_default},
        problem::field::Pointer,
    },
};

/// A picture in the text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageBlock {
    /// The media entry of the picture; needed to publish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Uuid>,
    /// What readers are told below it here; without, the site shows the caption of the media entry.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub caption: Markdown,
    /// How much room it takes.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub size: ImageSize,
    /// Where a click on it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<Address>,
}

/// How much room a picture takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(examples("wide"))]
pub enum ImageSize {
    /// As wide as the text.
    #[default]
    Normal,
    /// Wider than the text.
    Wide,
    /// From edge to edge.
    Full,
}

impl Variant for ImageBlock {
    const TYPE: &'static str = "image";
    const SCHEMA: &'static str = "ImageBlock";

    fn samples() -> Vec<Self> {
        vec![Self {
            image: Some(Uuid::from_u128(0x019a_3e5c_7f00_7a11_8b22_9c33_0d44_0e55)),
            caption: Markdown::sample(),
            size: ImageSize::Wide,
            link: Some(Address::of_entry(Uuid::from_u128(0x019a_3e5c_7d1f_7c3a_9b52_1f0d_6c2e_8a41))),
        }]
    }
}

impl BlockData for ImageBlock {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_chosen(problems, stage, &at.field("image"), self.image, "a picture");
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        add_entry(&at.field("image"), self.image, found);
        add_references(&at.field("caption"), &self.caption, found);
        add_link(&at.field("link"), self.link.as_ref(), found);
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Body, &self.caption.to_text());
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        let image = self.image.and_then(|image| reader.images.image(image));
        // Words about a picture that nobody sees say nothing.
        let shown = image.as_ref();
        let caption =
            shown.and_then(|_| Text::unless_blank(&self.caption, reader.forms, id.as_str(), reader.links));
        ContentView::Image(ImageBlockView {
            caption,
            size: self.size,
            link: shown.and(self.link.as_ref()).and_then(|link| link.resolve(reader.links)),
            image,
        })
    }
}

/// A picture in the text.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImageBlockView {
    /// The picture; null when it is not public: show nothing.
    #[schema(required)]
    pub image: Option<ImageView>,
    /// What readers are told below it here; when it is absent, show the caption of the picture, if that has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub caption: Option<Text>,
    /// How much room it takes.
    pub size: ImageSize,
    /// Where a click on it leads; null when it leads nowhere.
    #[schema(required)]
    pub link: Option<LinkView>,
}

impl Variant for ImageBlockView {
    const TYPE: &'static str = "image";
    const SCHEMA: &'static str = "ImageBlockView";

    fn samples() -> Vec<Self> {
        let link = LinkView { url: "https://example.org/photographs".into(), entry: None };
        vec![Self {
            image: Some(ImageView::sample()),
            caption: Some(Text::sample()),
            size: ImageSize::Wide,
            link: Some(link),
        }]
    }
}
