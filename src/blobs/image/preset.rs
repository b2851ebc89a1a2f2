//! Presets, and the size and crop that follow from one for a given picture: exact, pure, never larger than the source.

use serde::{Deserialize, Serialize};

use super::error::ImageError;
use super::number::round;

/// The longest side that a preset may ask for.
const SIDE: u32 = 4_096;

/// How a picture is brought to the size of a preset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fit {
    /// The whole size is filled; what does not fit is cut off around the focal point.
    Cover,
    /// The whole picture is kept; it fits inside the size.
    Inside,
}

/// A named size.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// The name in addresses: lower-case letters, digits and hyphens.
    pub name: String,
    /// Width in pixels.
    #[serde(default)]
    pub width: Option<u32>,
    /// Height in pixels.
    #[serde(default)]
    pub height: Option<u32>,
    /// How the picture is brought to that size.
    pub fit: Fit,
}

/// The point of a picture that is kept in view: fractions of its upright width and height, from the top left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Focal {
    /// From 0, the left edge, to 1, the right.
    pub x: f64,
    /// From 0, the upper edge, to 1, the lower.
    pub y: f64,
}

impl Default for Focal {
    fn default() -> Self {
        Self { x: 0.5, y: 0.5 }
    }
}

/// A rectangle in whole pixels of the upright picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Crop {
    /// From the left edge.
    pub x: u32,
    /// From the upper edge.
    pub y: u32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// What a preset means for one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Plan {
    /// Width of the result.
    pub width: u32,
    /// Height of the result.
    pub height: u32,
    /// The part of the upright picture that is shown.
    pub crop: Crop,
}

impl Preset {
    fn built_in(name: &str, width: u32, height: Option<u32>, fit: Fit) -> Self {
        Self { name: name.to_owned(), width: Some(width), height, fit }
    }

    /// The presets that are there without configuration: five for the places of a page, and five widths for `srcset`.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        let mut presets = vec![
            Self::built_in("thumb", 320, Some(320), Fit::Cover),
            Self::built_in("card", 640, Some(480), Fit::Cover),
            Self::built_in("content", 1024, None, Fit::Inside),
            Self::built_in("hero", 1920, Some(1080), Fit::Cover),
            Self::built_in("social", 1200, Some(630), Fit::Cover),
        ];
        let widths = [320, 640, 1024, 1600, 2400];
        presets.extend(widths.map(|width| Self::built_in(&format!("w{width}"), width, None, Fit::Inside)));
        presets
    }

    /// Whether the preset can be used.
    ///
    /// # Errors
    ///
    /// When the name is no part of an address, or the size is missing, zero or larger than 4,096 a side.
    pub fn check(&self) -> Result<(), ImageError> {
        let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || self.name.len() > 40 || !self.name.chars().all(letter) {
            return Err(ImageError::Preset("its name must be 1 to 40 lower-case letters, digits or hyphens"));
        }
        if self.width.is_none() && self.height.is_none() {
            return Err(ImageError::Preset("it needs a width, a height or both"));
        }
        if self.fit == Fit::Cover && (self.width.is_none() || self.height.is_none()) {
            return Err(ImageError::Preset("`cover` needs both a width and a height"));
        }
        if [self.width, self.height].into_iter().flatten().any(|side| !(1..=SIDE).contains(&side)) {
            return Err(ImageError::Preset("a side must be from 1 to 4096 pixels"));
        }
        Ok(())
    }
}

/// The size and the crop of a preset for a picture of this upright size. Nothing is ever enlarged: a picture that is
/// smaller than the preset gives a smaller result of the same shape. A focal point outside the picture is moved to its
/// edge.
#[must_use]
pub fn plan(width: u32, height: u32, preset: &Preset, focal: Focal) -> Plan {
    let (width, height) = (width.max(1), height.max(1));
    match (preset.fit, preset.width, preset.height) {
        (Fit::Cover, Some(w), Some(h)) => cover(width, height, (w.max(1), h.max(1)), focal),
        (_, w, h) => inside(width, height, w, h),
    }
}

fn inside(width: u32, height: u32, limit_width: Option<u32>, limit_height: Option<u32>) -> Plan {
    let ratio = |limit: Option<u32>, side: u32| limit.map_or(1.0, |limit| f64::from(limit) / f64::from(side));
    let scale = ratio(limit_width, width).min(ratio(limit_height, height)).min(1.0);
    let side = |side: u32| round(f64::from(side) * scale).clamp(1, side);
    Plan { width: side(width), height: side(height), crop: Crop { x: 0, y: 0, width, height } }
}

fn cover(width: u32, height: u32, wanted: (u32, u32), focal: Focal) -> Plan {
    let (full_width, full_height) = (f64::from(width), f64::from(height));
    let (wide, high) = (f64::from(wanted.0), f64::from(wanted.1));
    // How much of the source one pixel of the result takes; below one the result would be enlarged.
    let step = (full_width / wide).min(full_height / high);
    let shrink = step.min(1.0);
    let out_width = round(wide * shrink).clamp(1, width);
    let out_height = round(high * shrink).clamp(1, height);
    let crop_width = round(wide * step).clamp(out_width, width);
    let crop_height = round(high * step).clamp(out_height, height);
    Plan {
        width: out_width,
        height: out_height,
        crop: Crop {
            x: start(focal.x, width, crop_width),
            y: start(focal.y, height, crop_height),
            width: crop_width,
            height: crop_height,
        },
    }
}

/// Where a window of this length begins so that the focal point is as near to its middle as the edges allow.
fn start(focal: f64, side: u32, window: u32) -> u32 {
    let focal = if focal.is_finite() { focal.clamp(0.0, 1.0) } else { 0.5 };
    round((focal * f64::from(side) - f64::from(window) / 2.0).max(0.0)).min(side - window)
}
