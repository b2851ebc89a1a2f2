//! Still WebP. The format has no reduced decoding, so the picture is decoded whole and averaged afterwards.

use std::io::Cursor;

use image_webp::WebPDecoder;

use super::Decoded;
use super::shrink::Shrink;
use crate::blobs::image::error::ImageError;
use crate::blobs::image::number::size;
use crate::blobs::image::pixels::Pixels;
use crate::blobs::image::probe::{Format, Picture};

fn corrupt(error: impl std::fmt::Display) -> ImageError {
    ImageError::corrupt(Format::Webp.name(), error)
}

pub(super) fn decode(bytes: &[u8], picture: &Picture, by: u32) -> Result<Decoded, ImageError> {
    let mut decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(corrupt)?;
    let (width, height) = picture.stored();
    if decoder.dimensions() != (width, height) {
        return Err(corrupt("its size changed while it was read"));
    }
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    let mut pixels = Pixels::new(width, height, channels);
    decoder.read_image(&mut pixels.data).map_err(corrupt)?;
    if by == 1 {
        return Ok(Decoded { pixels, ratio: 1.0 });
    }
    let mut shrink = Shrink::new(width, height, channels, by);
    pixels.data.chunks_exact(size(width) * channels).for_each(|row| shrink.push(row));
    Ok(shrink.finish())
}
