//! Several pictures together.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BlockData,
    id::BlockId,
    part::check_list,
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

const MAX_IMAGES: usize = 100;

/// Several pictures together, at most 100.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GalleryBlock {
    /// The pictures in order; at least one to publish.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_items = 100)]
    pub images: Vec<GalleryItem>,
    /// How they are laid out.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub layout: GalleryLayout,
}

/// A picture of a gallery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"image": "019a3e5c-7f00-7a11-8b22-9c330d440e55", "caption": "The first meeting"})))]
pub struct GalleryItem {
    /// The media entry of the picture.
    pub image: Uuid,
    /// What readers are told below it here; without, the site shows the caption of the media entry.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub caption: Markdown,
}

/// How the pictures of a gallery are laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(examples("grid"))]
pub enum GalleryLayout {
    /// Side by side.
    #[default]
    Grid,
    /// One after the other, to be leafed through.
    Carousel,
}

impl Variant for GalleryBlock {
    const TYPE: &'static str = "gallery";
    const SCHEMA: &'static str = "GalleryBlock";

    fn samples() -> Vec<Self> {
        let image = Uuid::from_u128(0x019a_3e5c_7f00_7a11_8b22_9c33_0d44_0e55);
        vec![Self {
            images: vec![GalleryItem { image, caption: Markdown::sample() }],
            layout: GalleryLayout::Carousel,
        }]
    }
}

impl BlockData for GalleryBlock {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_list(problems, stage, &at.field("images"), (self.images.len(), MAX_IMAGES), "pictures");
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        let images = at.field("images");
        for (index, item) in self.images.iter().enumerate() {
            let at = images.item(index);
            found.add(&at.field("image"), item.image, false);
            add_references(&at.field("caption"), &item.caption, found);
        }
    }

    fn search_text(&self, out: &mut SearchText) {
        for item in &self.images {
            out.add(Weight::Body, &item.caption.to_text());
        }
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        let view = |(index, item): (usize, &GalleryItem)| {
            let image = reader.images.image(item.image)?;
            let scope = format!("{id}-{index}");
            let caption = Text::unless_blank(&item.caption, reader.forms, &scope, reader.links);
            Some(GalleryItemView { image, caption })
        };
        ContentView::Gallery(GalleryBlockView {
            images: self.images.iter().enumerate().filter_map(view).collect(),
            layout: self.layout,
        })
    }
}

/// Several pictures together.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct GalleryBlockView {
    /// The pictures that are public, in order; there may be none.
    #[schema(max_items = 100)]
    pub images: Vec<GalleryItemView>,
    /// How they are laid out.
    pub layout: GalleryLayout,
}

/// A picture of a gallery.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(json!({"image": ImageView::sample()})))]
pub struct GalleryItemView {
    /// The picture.
    pub image: ImageView,
    /// What readers are told below it here; when it is absent, show the caption of the picture, if that has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub caption: Option<Text>,
}

impl Variant for GalleryBlockView {
    const TYPE: &'static str = "gallery";
    const SCHEMA: &'static str = "GalleryBlockView";

    fn samples() -> Vec<Self> {
        let item = GalleryItemView { image: ImageView::sample(), caption: Some(Text::sample()) };
        vec![Self { images: vec![item], layout: GalleryLayout::Grid }]
    }
}
