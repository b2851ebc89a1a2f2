//! WebP: the chunks of the RIFF container; frames are counted by their chunks.

use std::io::{Read, Seek};

use super::{Colours, Header};
use crate::blobs::image::bytes::Scan;
use crate::blobs::image::error::ImageError;
use crate::blobs::image::metadata::{ICC_BYTES, Segments, TEXT_BYTES};
use crate::blobs::image::probe::Format;

const CHUNKS: u32 = 200_000;

#[derive(Default)]
struct Found {
    size: Option<(u32, u32)>,
    alpha: bool,
    extended: bool,
    frames: u32,
    still: bool,
}

pub(super) fn read<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Result<Header, ImageError> {
    scan.skip(12)?;
    let (mut found, mut segments) = (Found::default(), Segments::default());
    for number in 0..CHUNKS {
        match chunk(scan, &mut found, &mut segments) {
            Ok(()) => {}
            // The end, or a chunk that is cut off: the decoder tells them apart.
            Err(_) if number > 0 && found.size.is_some() => break,
            Err(error) => return Err(error),
        }
        if !found.extended && found.still {
            break;
        }
    }
    let Some((width, height)) = found.size else { return Err(damaged("it has no picture")) };
    let frames = if found.frames > 0 { found.frames } else { u32::from(found.still) };
    Ok(Header {
        format: Format::Webp,
        width,
        height,
        frames,
        alpha: found.alpha,
        colours: Colours::Rgb,
        depth: 1,
        interlaced: false,
        density: if found.alpha { 400 } else { 300 },
        segments,
    })
}

fn damaged(reason: &str) -> ImageError {
    ImageError::corrupt(Format::Webp.name(), reason)
}

fn chunk<R: Read + Seek>(
    scan: &mut Scan<'_, R>,
    found: &mut Found,
    segments: &mut Segments,
) -> Result<(), ImageError> {
    let name: [u8; 4] = scan.array()?;
    let length = u64::from(scan.u32_le()?);
    let end = scan.position() + length + (length & 1);
    match &name {
        b"VP8X" => {
            let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = scan.array()?;
            let side = |a, b, c| u32::from_le_bytes([a, b, c, 0]) + 1;
            found.size = Some((side(w0, w1, w2), side(h0, h1, h2)));
            found.alpha = flags & 0x10 != 0;
            found.extended = true;
        }
        b"VP8 " if !found.still => {
            let [_, _, _, s0, s1, s2, w0, w1, h0, h1] = scan.array()?;
            if [s0, s1, s2] != [0x9D, 0x01, 0x2A] {
                return Err(damaged("its frame has no start code"));
            }
            let side = |a, b| u32::from(u16::from_le_bytes([a, b]) & 0x3FFF);
            found.size = found.size.or(Some((side(w0, w1), side(h0, h1))));
            found.still = true;
        }
        b"VP8L" if !found.still => {
            if scan.u8()? != 0x2F {
                return Err(damaged("its lossless frame has no signature"));
            }
            let bits = scan.u32_le()?;
            found.size = found.size.or(Some(((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)));
            found.alpha |= !found.extended && bits >> 28 & 1 == 1;
            found.still = true;
        }
        b"ANMF" => found.frames += 1,
        b"ICCP" if length <= ICC_BYTES => segments.set_icc(&scan.read(length)?),
        b"EXIF" if length <= TEXT_BYTES => segments.set_exif(&scan.read(length)?),
        b"XMP " if length <= TEXT_BYTES => segments.set_xmp(&scan.read(length)?),
        _ => {}
    }
    let left = end.saturating_sub(scan.position());
    scan.skip(left.min(scan.left()))?;
    Ok(())
}
