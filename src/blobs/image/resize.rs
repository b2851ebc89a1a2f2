//! Reducing: Lanczos with three lobes over the samples as they are, as sharp and most others do.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::error::ImageError;
use super::pixels::Pixels;

/// A rectangle in fractions of pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Window {
    pub(crate) fn whole(pixels: &Pixels) -> Self {
        Self { x: 0.0, y: 0.0, width: f64::from(pixels.width), height: f64::from(pixels.height) }
    }

    /// Cut at the edges of the picture: rounding may have put it a hair outside.
    fn inside(self, pixels: &Pixels) -> Self {
        let (right, lower) = (f64::from(pixels.width), f64::from(pixels.height));
        let (x, y) = (self.x.clamp(0.0, right - 0.5), self.y.clamp(0.0, lower - 0.5));
        Self { x, y, width: self.width.min(right - x), height: self.height.min(lower - y) }
    }
}

/// The window at another size.
pub(crate) fn resize(from: &Pixels, window: Window, width: u32, height: u32) -> Result<Pixels, ImageError> {
    let broken = |error: &dyn std::fmt::Display| ImageError::encode("a smaller picture", error);
    let kind = if from.has_alpha() { PixelType::U8x4 } else { PixelType::U8x3 };
    let source = ImageRef::new(from.width, from.height, &from.data, kind).map_err(|error| broken(&error))?;
    let mut target = Image::new(width, height, kind);
    let window = window.inside(from);
    let options = ResizeOptions::new()
        .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
        .crop(window.x, window.y, window.width, window.height)
        .use_alpha(true);
    Resizer::new().resize(&source, &mut target, &options).map_err(|error| broken(&error))?;
    Ok(Pixels { width, height, channels: from.channels, data: target.into_vec() })
}
