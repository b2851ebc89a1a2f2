//! The presets of an installation: built in, or read from a file.

use serde::Deserialize;

use crate::blobs::image::{Fit, Preset};

/// The sizes in which pictures are shown, and how well. From a file, what is left out is as it is built in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GallerySettings {
    /// Named sizes for the places of a page.
    pub presets: Vec<Preset>,
    /// Widths of the whole picture for `srcset`, in pixels.
    #[serde(deserialize_with = "widths")]
    pub widths: Vec<Preset>,
    /// From 1 to 100.
    pub jpeg_quality: u8,
    /// From 1 to 100.
    pub webp_quality: u8,
}

impl Default for GallerySettings {
    fn default() -> Self {
        let cover = |name: &str, width, height| Preset {
            name: name.to_owned(),
            width: Some(width),
            height: Some(height),
            fit: Fit::Cover,
        };
        let content =
            Preset { name: "content".to_owned(), width: Some(1024), height: None, fit: Fit::Inside };
        Self {
            presets: vec![
                cover("thumb", 320, 320),
                cover("card", 640, 480),
                content,
                cover("hero", 1920, 1080),
                cover("social", 1200, 630),
            ],
            widths: [320, 640, 1024, 1600, 2400].map(width).into(),
            jpeg_quality: 80,
            webp_quality: 80,
        }
    }
}

fn width(width: u32) -> Preset {
    Preset { name: format!("w{width}"), width: Some(width), height: None, fit: Fit::Inside }
}

fn widths<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Preset>, D::Error> {
    let mut widths: Vec<u32> = Vec::deserialize(deserializer)?;
    widths.sort_unstable();
    widths.dedup();
    Ok(widths.into_iter().map(width).collect())
}

impl GallerySettings {
    /// Reads settings from JSON.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let settings: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), String> {
        if self.widths.is_empty() || self.widths.len() > 12 || self.presets.len() > 20 {
            return Err("there are 1 to 12 widths and at most 20 presets".to_owned());
        }
        if ![self.jpeg_quality, self.webp_quality].iter().all(|quality| (1..=100).contains(quality)) {
            return Err("a quality is from 1 to 100".to_owned());
        }
        for (nth, preset) in self.all().enumerate() {
            preset.check().map_err(|error| format!("the preset `{}`: {error}", preset.name))?;
            if self.all().take(nth).any(|other| other.name == preset.name) {
                return Err(format!("the preset `{}` is there twice", preset.name));
            }
        }
        Ok(())
    }

    /// All sizes: the named ones, then the widths, the smallest first.
    pub fn all(&self) -> impl Iterator<Item = &Preset> {
        self.presets.iter().chain(&self.widths)
    }

    /// Whether a preset is one of the widths.
    #[must_use]
    pub fn is_width(&self, preset: &Preset) -> bool {
        self.widths.iter().any(|width| width.name == preset.name)
    }
}
