//! The sizes in which pictures are shown, and the addresses of bytes. An address names the bytes, the point around which they
//! are cropped and the recipe by which they are made, so it never shows anything else; and it can be read back, so that no
//! table has to know it.

pub mod address;
pub mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

pub use self::address::Asked;
use self::address::{Address, Recipe, format_named, plain};
pub use self::settings::GallerySettings;
use super::image::{Fit, Focal, Format, Plan, Preset, plan};
use super::model::{BlobFacts, Picture};
use crate::platform::digest::Digest;
use crate::platform::public_url::PublicUrl;

/// The widest picture that stands for all others in `src`.
const PLAIN_WIDTH: u32 = 1_024;

/// The presets of an installation, and where its media are served.
#[derive(Debug, Clone)]
pub struct Gallery(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    settings: GallerySettings,
    base: PublicUrl,
    recipes: Vec<Recipe>,
}

/// The addresses of a picture. All of them show the same picture, none larger than it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(Renditions::sample))]
pub struct Renditions {
    /// For `src`: a picture of up to 1,024 pixels in a format that every browser shows.
    #[schema(example = "https://cms.example.org/media/LCwsLCwsLCwsLCwsLCwsLP____9kYmE1/w1024.jpg")]
    pub src: String,
    /// For `srcset`: the whole picture in several widths, the smallest first, each as WebP and in a format that every browser
    /// shows.
    pub srcset: Vec<SizeView>,
    /// The picture as the places of a page want it, by the name of the preset.
    pub presets: BTreeMap<String, PresetView>,
}

/// One size of a picture in one format.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(SizeView::sample))]
pub struct SizeView {
    /// Where it is.
    pub url: String,
    /// Its width in pixels.
    #[schema(minimum = 1, example = 640)]
    pub width: u32,
    /// Its height in pixels.
    #[schema(minimum = 1, example = 427)]
    pub height: u32,
    /// Its media type.
    #[serde(rename = "type")]
    #[schema(example = "image/webp")]
    pub media_type: String,
}

/// A picture as one place of a page wants it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(PresetView::sample))]
pub struct PresetView {
    /// In a format that every browser shows.
    #[schema(example = "https://cms.example.org/media/LCwsLCwsLCwsLCwsLCwsLE4gM4RjYWZl/card.jpg")]
    pub src: String,
    /// As WebP, which is smaller.
    #[schema(example = "https://cms.example.org/media/LCwsLCwsLCwsLCwsLCwsLE4gM4RjYWZl/card.webp")]
    pub webp: String,
    /// Its width in pixels.
    #[schema(minimum = 1, example = 640)]
    pub width: u32,
    /// Its height in pixels.
    #[schema(minimum = 1, example = 480)]
    pub height: u32,
}

impl Renditions {
    /// Those of a picture, made as real ones are; for the examples of the documents.
    #[must_use]
    pub fn sample() -> Self {
        let picture = Picture {
            width: 700,
            height: 467,
            frames: 1,
            alpha: false,
            color: "#a08c74".to_owned(),
            placeholder: Vec::new(),
        };
        Gallery::sample().renditions(Digest::new([0x2c; 32]), &picture, (0.5, 0.33))
    }
}

impl Renditions {
    /// The same with other addresses.
    #[must_use]
    pub fn map_urls(self, change: impl Fn(String) -> String) -> Self {
        let srcset = self.srcset.into_iter().map(|size| SizeView { url: change(size.url), ..size });
        let preset = |view: PresetView| PresetView { src: change(view.src), webp: change(view.webp), ..view };
        Self {
            src: change(self.src),
            srcset: srcset.collect(),
            presets: self.presets.into_iter().map(|(name, view)| (name, preset(view))).collect(),
        }
    }
}

impl SizeView {
    /// The first of the sample.
    #[must_use]
    pub fn sample() -> Option<Self> {
        Renditions::sample().srcset.into_iter().next()
    }
}

impl PresetView {
    /// The first of the sample.
    #[must_use]
    pub fn sample() -> Option<Self> {
        Renditions::sample().presets.into_values().next()
    }
}

/// A rendition that can be made: of which size, from which part, in which format.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// The preset.
    pub preset: Preset,
    /// Size and crop.
    pub plan: Plan,
    /// The format.
    pub format: Format,
    /// Where it lies below the folder of its blob, and what its address ends with.
    pub name: String,
}

impl Gallery {
    /// Presets, served below this address.
    #[must_use]
    pub fn new(settings: GallerySettings, base: PublicUrl) -> Self {
        let recipes = settings.all().map(|preset| Recipe::of(preset, &settings)).collect();
        Self(Arc::new(Inner { settings, base, recipes }))
    }

    /// What the examples of the documents show.
    #[must_use]
    pub fn sample() -> Self {
        let base = PublicUrl::parse("https://cms.example.org").unwrap_or_default();
        Self::new(GallerySettings::default(), base)
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &GallerySettings {
        &self.0.settings
    }

    /// The recipes of the presets.
    #[must_use]
    pub fn recipes(&self) -> &[Recipe] {
        &self.0.recipes
    }

    fn presets(&self) -> impl Iterator<Item = (&Preset, Recipe)> {
        self.0.settings.all().zip(self.0.recipes.iter().copied())
    }

    fn url(&self, sha256: Digest, focal: Option<Focal>, recipe: Recipe, name: &str) -> String {
        let address = Address::new(sha256, focal, recipe);
        format!("{}/media/{address}/{name}", self.0.base.origin())
    }

    /// Every address of a picture, around a point in fractions of its width and height.
    #[must_use]
    pub fn renditions(&self, sha256: Digest, picture: &Picture, (x, y): (f64, f64)) -> Renditions {
        let focal = Focal { x, y };
        let size = |preset: &Preset| plan(picture.width, picture.height, preset, focal);
        let at = |preset: &Preset, recipe, format: Format| {
            let focal = (preset.fit == Fit::Cover).then_some(focal);
            self.url(sha256, focal, recipe, &format!("{}.{}", preset.name, format.extension()))
        };
        let plain = plain(picture.alpha, picture.frames);
        let (mut srcset, mut src, mut presets) = (Vec::new(), None, BTreeMap::new());
        for (preset, recipe) in self.presets() {
            let Plan { width, height, .. } = size(preset);
            if !self.0.settings.is_width(preset) {
                let view = PresetView {
                    src: at(preset, recipe, plain),
                    webp: at(preset, recipe, Format::Webp),
                    width,
                    height,
                };
                presets.insert(preset.name.clone(), view);
                continue;
            }
            // Wider ones than the picture all show it as it is: the first of them does.
            if srcset.last().is_some_and(|last: &SizeView| last.width == width) {
                continue;
            }
            if src.is_none() || width <= PLAIN_WIDTH {
                src = Some(at(preset, recipe, plain));
            }
            srcset.extend([Format::Webp, plain].map(|format| SizeView {
                url: at(preset, recipe, format),
                width,
                height,
                media_type: format.media_type().to_owned(),
            }));
        }
        Renditions { src: src.unwrap_or_default(), srcset, presets }
    }

    /// The address of a file that is no picture.
    #[must_use]
    pub fn download(&self, sha256: Digest, name: &str) -> String {
        let name = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC)
            .to_string()
            .replace("%2E", ".")
            .replace("%2D", "-")
            .replace("%5F", "_");
        self.url(sha256, None, Recipe::ORIGINAL, &name)
    }

    /// The name under which a file is saved: the one that it came with, but with the end that says what it is.
    #[must_use]
    pub fn file_name(&self, name: &str, facts: &BlobFacts) -> String {
        let is_end =
            |end: &str| (1..=8).contains(&end.len()) && end.chars().all(|c| c.is_ascii_alphanumeric());
        let stem = name.rsplit_once('.').filter(|(_, end)| is_end(end)).map_or(name, |(stem, _)| stem);
        let stem: String =
            stem.chars().filter(|c| !c.is_control() && !r#"/\:*?"<>|%"#.contains(*c)).take(120).collect();
        let stem = stem.trim_matches(['.', ' ']);
        let stem = if stem.is_empty() { "file" } else { stem };
        format!("{stem}.{}", facts.extension)
    }

    /// What an address asks for: its key and what follows it. Nothing when no address of this installation is like that.
    #[must_use]
    pub fn read(&self, key: &str, name: &str) -> Option<Asked> {
        let address: Address = key.parse().ok()?;
        if address.recipe() == Recipe::ORIGINAL {
            return Some(Asked::Original { address });
        }
        let (preset, extension) = name.rsplit_once('.')?;
        let format = format_named(extension)?;
        let found =
            self.presets().find(|(known, recipe)| known.name == preset && *recipe == address.recipe());
        Some(Asked::Rendition {
            address,
            format,
            preset: found.map(|(preset, _)| preset.clone()),
            name: name.to_owned(),
        })
    }

    /// The sizes in which a picture of this size is shown.
    pub fn plans(&self, width: u32, height: u32) -> impl Iterator<Item = Plan> {
        self.0.settings.all().map(move |preset| plan(width, height, preset, Focal::default()))
    }

    /// Everything that is shown of a picture around a point, each once.
    #[must_use]
    pub fn everything(
        &self,
        sha256: Digest,
        picture: &Picture,
        (x, y): (f64, f64),
    ) -> Vec<(Address, Wanted)> {
        let focal = Focal { x, y };
        let plain = plain(picture.alpha, picture.frames);
        let mut all = Vec::new();
        let mut widest = 0;
        for (preset, recipe) in self.presets() {
            let cut = plan(picture.width, picture.height, preset, focal);
            if self.0.settings.is_width(preset) {
                if widest == cut.width {
                    continue;
                }
                widest = cut.width;
            }
            let address = Address::new(sha256, (preset.fit == Fit::Cover).then_some(focal), recipe);
            for format in [Format::Webp, plain] {
                all.push((address, Wanted::new(preset.clone(), cut, format)));
            }
        }
        all
    }
}

impl Wanted {
    /// A preset of a size in a format.
    #[must_use]
    pub fn new(preset: Preset, plan: Plan, format: Format) -> Self {
        let name = format!("{}.{}", preset.name, format.extension());
        Self { preset, plan, format, name }
    }
}
