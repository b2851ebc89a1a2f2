//! PNG, line by line where the file allows it.

use std::io::Cursor;

use png::{ColorType, DecodeOptions, Decoder, Limits, Transformations};

use super::Decoded;
use super::shrink::Shrink;
use crate::blobs::image::error::ImageError;
use crate::blobs::image::number::size;
use crate::blobs::image::probe::{Format, Picture};

/// Memory of the decoder beside the pixels: lines and window.
const BUFFERS: usize = 16 * 1024 * 1024;

fn corrupt(error: impl std::fmt::Display) -> ImageError {
    ImageError::corrupt(Format::Png.name(), error)
}

pub(super) fn decode(bytes: &[u8], picture: &Picture, by: u32) -> Result<Decoded, ImageError> {
    let mut options = DecodeOptions::default();
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    decoder.set_limits(Limits { bytes: BUFFERS });
    decoder.set_transformations(Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(corrupt)?;
    let (width, height) = picture.stored();
    if reader.info().size() != (width, height) {
        return Err(corrupt("its size changed while it was read"));
    }
    let (kind, _) = reader.output_color_type();
    let channels = if matches!(kind, ColorType::GrayscaleAlpha | ColorType::Rgba) { 4 } else { 3 };
    let mut shrink = Shrink::new(width, height, channels, by);
    let mut line = vec![0; size(width) * channels];
    if reader.info().interlaced {
        let length = reader.output_buffer_size().ok_or_else(|| corrupt("it is too large"))?;
        let mut all = vec![0; length];
        let info = reader.next_frame(&mut all).map_err(corrupt)?;
        for row in all.chunks_exact(info.line_size).take(size(height)) {
            expand(kind, row, &mut line);
            shrink.push(&line);
        }
    } else {
        let mut row = vec![0; reader.output_line_size(width).ok_or_else(|| corrupt("it is too large"))?];
        for _ in 0..height {
            reader.read_row(&mut row).map_err(corrupt)?.ok_or_else(|| corrupt("lines are missing"))?;
            expand(kind, &row, &mut line);
            shrink.push(&line);
        }
    }
    Ok(shrink.finish())
}

/// Grey becomes three equal channels.
fn expand(kind: ColorType, row: &[u8], line: &mut [u8]) {
    match kind {
        ColorType::Grayscale => {
            line.as_chunks_mut::<3>().0.iter_mut().zip(row).for_each(|(pixel, grey)| *pixel = [*grey; 3]);
        }
        ColorType::GrayscaleAlpha => {
            let pairs = row.as_chunks::<2>().0;
            line.as_chunks_mut::<4>()
                .0
                .iter_mut()
                .zip(pairs)
                .for_each(|(pixel, [g, a])| *pixel = [*g, *g, *g, *a]);
        }
        _ => line.iter_mut().zip(row).for_each(|(to, from)| *to = *from),
    }
}
