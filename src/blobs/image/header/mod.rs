//! What the header of a picture says, read before any pixel is decoded and without trusting a single length in it.

mod gif;
mod jpeg;
mod png;
mod webp;

use std::io::{ErrorKind, Read, Seek};

use super::bytes::Scan;
use super::error::ImageError;
use super::metadata::Segments;
use super::probe::Format;

/// How the samples of a picture are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colours {
    /// One channel of grey, with or without alpha.
    Grey,
    /// Red, green and blue, a palette of them, or their luma and chroma.
    Rgb,
    /// Four inks of a print.
    Inks {
        /// Stored the wrong way round, as Adobe does.
        inverted: bool,
    },
}

/// The header of a picture.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    pub format: Format,
    /// As stored, before the orientation is applied.
    pub width: u32,
    /// As stored, before the orientation is applied.
    pub height: u32,
    pub frames: u32,
    pub alpha: bool,
    pub colours: Colours,
    /// Bytes of one sample.
    pub depth: u32,
    /// A progressive JPEG or an interlaced PNG: it cannot be decoded line by line.
    pub interlaced: bool,
    /// What the decoder holds for a pixel, in hundredths of a sample (of a byte for WebP).
    pub density: u32,
    pub segments: Segments,
}

/// Reads the header of a picture whose format is known from its first bytes.
pub(crate) fn read<R: Read + Seek>(scan: &mut Scan<'_, R>, format: Format) -> Result<Header, ImageError> {
    scan.jump(0)?;
    let header = match format {
        Format::Jpeg => jpeg::read(scan),
        Format::Png => png::read(scan),
        Format::Gif => gif::read(scan),
        Format::Webp => webp::read(scan),
    };
    let header = header.map_err(|error| match error {
        ImageError::Io(error) if error.kind() == ErrorKind::UnexpectedEof => {
            ImageError::corrupt(format.name(), "it ends in the middle of its header")
        }
        other => other,
    })?;
    if header.width == 0 || header.height == 0 || header.frames == 0 {
        return Err(ImageError::corrupt(format.name(), "it has no pixels"));
    }
    Ok(header)
}
