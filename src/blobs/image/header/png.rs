//! PNG: every chunk is walked, the data chunks are skipped.

use std::io::{Read, Seek};

use super::{Colours, Header};
use crate::blobs::image::bytes::Scan;
use crate::blobs::image::error::ImageError;
use crate::blobs::image::metadata::{Segments, TEXT_BYTES};
use crate::blobs::image::probe::Format;

const CHUNKS: u32 = 200_000;

pub(super) fn read<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Result<Header, ImageError> {
    scan.skip(8)?;
    if scan.u32()? != 13 || scan.array()? != *b"IHDR" {
        return Err(damaged("it does not start with its header"));
    }
    let (width, height) = (scan.u32()?, scan.u32()?);
    let [bits, kind, _, _, interlace] = scan.array()?;
    scan.skip(4)?;
    let (colours, channels, mut alpha) = match kind {
        0 => (Colours::Grey, 1, false),
        2 | 3 => (Colours::Rgb, 3, false),
        4 => (Colours::Grey, 2, true),
        6 => (Colours::Rgb, 4, true),
        _ => return Err(damaged("its colour type is wrong")),
    };
    if !matches!((kind, bits), (0, 1 | 2 | 4 | 8 | 16) | (3, 1 | 2 | 4 | 8) | (2 | 4 | 6, 8 | 16)) {
        return Err(damaged("its bit depth is wrong"));
    }
    let mut segments = Segments::default();
    let (found, data) = chunks(scan, &mut segments)?;
    alpha |= found;
    if !data {
        return Err(damaged("it has no picture data"));
    }
    let depth = if bits == 16 { 2 } else { 1 };
    let density = (channels + u32::from(found)) * 100;
    let interlaced = interlace != 0;
    let format = Format::Png;
    Ok(Header { format, width, height, frames: 1, alpha, colours, depth, interlaced, density, segments })
}

/// Walks to the end. A file that ends early is found out when it is decoded, so what comes after the first data chunk
/// is read only as far as it goes. Says whether there is transparency by palette or key, and whether there is data.
fn chunks<R: Read + Seek>(
    scan: &mut Scan<'_, R>,
    segments: &mut Segments,
) -> Result<(bool, bool), ImageError> {
    let (mut transparent, mut data) = (false, false);
    for _ in 0..CHUNKS {
        let result = chunk(scan, segments);
        match result {
            Ok(name) if &name == b"IEND" => return Ok((transparent, data)),
            Ok(name) => {
                transparent |= &name == b"tRNS" && !data;
                data |= &name == b"IDAT";
            }
            Err(_) if data => return Ok((transparent, data)),
            Err(error) => return Err(error),
        }
    }
    Err(damaged("it has too many chunks"))
}

fn chunk<R: Read + Seek>(scan: &mut Scan<'_, R>, segments: &mut Segments) -> Result<[u8; 4], ImageError> {
    let length = u64::from(scan.u32()?);
    let name = scan.array()?;
    let wanted = matches!(&name, b"iCCP" | b"eXIf" | b"iTXt" | b"tEXt" | b"zTXt");
    if wanted && length <= TEXT_BYTES {
        segments.add_png(name, &scan.read(length)?);
        scan.skip(4)?;
    } else {
        scan.skip(length + 4)?;
    }
    Ok(name)
}

fn damaged(reason: &str) -> ImageError {
    ImageError::corrupt(Format::Png.name(), reason)
}
