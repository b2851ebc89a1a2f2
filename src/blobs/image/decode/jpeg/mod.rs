//! JPEG at 1/1, 1/2, 1/4 or 1/8: the reduced picture comes out of the first coefficients of each block. The usual kind,
//! one scan of luma and chroma, has a decoder of our own that works on two threads; the rest is left to `jpeg-decoder`.

mod bits;
mod convert;
mod fallback;
mod huffman;
mod idct;
mod parse;
mod scan;

#[cfg(test)]
mod tests;

use super::Decoded;
use crate::blobs::image::error::ImageError;
use crate::blobs::image::probe::{Format, Picture};

/// Scans of a progressive file. Encoders write about ten; each costs a pass over the whole picture.
const SCANS: usize = 64;

fn corrupt(error: impl std::fmt::Display) -> ImageError {
    ImageError::corrupt(Format::Jpeg.name(), error)
}

/// Eighths at which the picture is decoded.
fn eighths(scale: f64) -> u32 {
    [1, 2, 4].into_iter().find(|eighths| f64::from(*eighths) / 8.0 >= scale).unwrap_or(8)
}

pub(super) fn cost(picture: &Picture, scale: f64) -> u64 {
    let pixels = u64::from(picture.width) * u64::from(picture.height);
    let eighths = u64::from(eighths(scale));
    let reduced = pixels * eighths * eighths / 64;
    let samples = |pixels: u64| pixels * u64::from(picture.density) / 100;
    let coefficients = if picture.interlaced { samples(pixels) * 2 } else { 0 };
    // The file again, without its stuffing.
    picture.bytes + coefficients + samples(reduced) + reduced * u64::from(super::channels(picture))
}

pub(super) fn decode(
    bytes: &[u8],
    picture: &Picture,
    scale: f64,
    threads: usize,
) -> Result<Decoded, ImageError> {
    let eighths = eighths(scale);
    let ratio = f64::from(eighths) / 8.0;
    let pixels = match parse::frame(bytes) {
        Some(frame) if (frame.width, frame.height) == picture.stored() => {
            scan::decode(&frame, eighths, threads)?
        }
        _ => fallback::decode(bytes, picture, eighths)?,
    };
    Ok(Decoded { pixels, ratio })
}
