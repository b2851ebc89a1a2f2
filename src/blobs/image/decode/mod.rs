//! From bytes to pixels in sRGB, at the smallest scale that still gives what is asked for.

mod jpeg;
mod png;
mod shrink;
mod webp;

use super::animate;
use super::colour;
use super::error::ImageError;
use super::header::Colours;
use super::limits::packed_bytes;
use super::number::round;
use super::pixels::Pixels;
use super::probe::{Format, Picture};

/// Pictures that take more than this at full size are reduced as far as possible and not only as far as is free of any
/// loss.
const LARGE: u64 = 96 * 1024 * 1024;

/// A picture as stored, not yet upright, perhaps reduced.
pub(crate) struct Decoded {
    pub pixels: Pixels,
    /// Decoded pixels per stored pixel, at most 1.
    pub ratio: f64,
}

/// Decodes the first frame so that a result of `scale` (result pixels per stored pixel) loses nothing.
pub(crate) fn still(
    bytes: &[u8],
    picture: &Picture,
    scale: f64,
    threads: usize,
) -> Result<Decoded, ImageError> {
    let mut decoded = match picture.format {
        Format::Jpeg => jpeg::decode(bytes, picture, scale, threads)?,
        Format::Png => png::decode(bytes, picture, shrink(picture, scale))?,
        Format::Webp if !picture.is_animated() => webp::decode(bytes, picture, shrink(picture, scale))?,
        Format::Gif | Format::Webp => {
            let pixels = animate::first(bytes, picture)?;
            Decoded { pixels, ratio: 1.0 }
        }
    };
    colour::to_srgb(&mut decoded.pixels, picture.colours, picture.icc.as_deref());
    Ok(decoded)
}

/// The bytes that [`still`] takes at its peak, for the file and the pixels.
pub(crate) fn cost(picture: &Picture, scale: f64) -> u64 {
    let pixels = u64::from(picture.width) * u64::from(picture.height);
    let channels = u64::from(channels(picture));
    let out = match picture.format {
        Format::Jpeg => jpeg::cost(picture, scale),
        Format::Png => {
            let by = u64::from(shrink(picture, scale));
            let full = pixels * u64::from(picture.density) / 100 * u64::from(picture.depth);
            pixels * channels / (by * by) + if picture.interlaced { full } else { 0 }
        }
        Format::Webp => {
            let by = u64::from(shrink(picture, scale));
            pixels * u64::from(picture.density) / 100 + pixels * channels / (by * by)
        }
        // The canvas and a copy of it, the indices of a frame, and the frame as it was packed.
        Format::Gif => pixels * 9 + picture.bytes.min(packed_bytes(picture.width, picture.height)),
    };
    picture.bytes + out
}

fn channels(picture: &Picture) -> u32 {
    if picture.has_alpha || matches!(picture.colours, Colours::Inks { .. }) { 4 } else { 3 }
}

/// By how much lines and columns are averaged while decoding. What remains to be reduced by a better filter is at least
/// 1.5; for large pictures only that nothing is enlarged again.
fn shrink(picture: &Picture, scale: f64) -> u32 {
    let full = u64::from(picture.width) * u64::from(picture.height) * u64::from(channels(picture));
    let rest = if full > LARGE { 1.0 } else { 1.5 };
    round((1.0 / scale.max(1e-6) / rest).floor()).clamp(1, shrink::MOST)
}
