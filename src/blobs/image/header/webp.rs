//! WebP: the chunks of the RIFF container; frames are counted by their chunks.

use std::io::{Read, Seek};

use super::{Colours, Header};
use crate::blobs::image::bytes::Scan;
use crate::blobs::image::error::ImageError;
use crate::blobs::image::metadata::{ICC_BYTES, Segments, TEXT_BYTES};
use crate::blobs::image::probe::Format;

const CHUNKS: u32 = 200_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Coding {
    Lossy,
    Lossless,
}

#[derive(Default)]
struct Found {
    size: Option<(u32, u32)>,
    alpha: bool,
    extended: bool,
    frames: u32,
    still: Option<Coding>,
}

pub(super) fn read<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Result<Header, ImageError> {
    scan.skip(4)?;
    let length = u64::from(scan.u32_le()?);
    if length + 8 > scan.length() + 1 {
        return Err(damaged("it is shorter than it says"));
    }
    scan.skip(4)?;
    let (mut found, mut segments) = (Found::default(), Segments::default());
    for number in 0..CHUNKS {
        match chunk(scan, &mut found, &mut segments) {
            Ok(()) => {}
            // The end, or a chunk that is cut off: the decoder tells them apart.
            Err(ImageError::Io(_)) if number > 0 && found.size.is_some() => break,
            Err(error) => return Err(error),
        }
        if !found.extended && found.still.is_some() {
            break;
        }
    }
    let Some((width, height)) = found.size else { return Err(damaged("it has no picture")) };
    let frames = if found.frames > 0 { found.frames } else { u32::from(found.still.is_some()) };
    Ok(Header {
        format: Format::Webp,
        width,
        height,
        frames,
        alpha: found.alpha,
        colours: Colours::Rgb,
        depth: 1,
        interlaced: false,
        density: found.density(),
        segments,
    })
}

fn damaged(reason: &str) -> ImageError {
    ImageError::corrupt(Format::Webp.name(), reason)
}

impl Found {
    /// Bytes that the decoder holds for a pixel, in hundredths: the samples of the format and those that it gives; coded
    /// transparency passes through a picture of its own.
    fn density(&self) -> u32 {
        match (self.frames > 0, self.still == Some(Coding::Lossless), self.alpha) {
            (true, _, _) => 1_500,
            (false, true, true) => 500,
            (false, true, false) => 700,
            (false, false, true) => 1_050,
            (false, false, false) => 450,
        }
    }

    /// The decoder takes memory for the size of the frame, so a canvas that says otherwise is a lie.
    fn still(&mut self, coding: Coding, size: (u32, u32)) -> Result<(), ImageError> {
        if *self.size.get_or_insert(size) != size {
            return Err(damaged("its frame and its canvas differ in size"));
        }
        self.still = Some(coding);
        Ok(())
    }
}

fn three([a, b, c]: [u8; 3]) -> u32 {
    u32::from_le_bytes([a, b, c, 0])
}

/// A frame of an animation: it lies inside the canvas, and its picture is as large as it says.
fn frame<R: Read + Seek>(scan: &mut Scan<'_, R>, found: &Found, end: u64) -> Result<(), ImageError> {
    let [x, y, width, height] = [scan.array()?, scan.array()?, scan.array()?, scan.array()?].map(three);
    let size = (width + 1, height + 1);
    let (across, down) = found.size.ok_or_else(|| damaged("it has a frame before its canvas"))?;
    if x * 2 + size.0 > across || y * 2 + size.1 > down {
        return Err(damaged("a frame lies outside the canvas"));
    }
    scan.skip(4)?;
    while scan.position() + 8 < end {
        let name: [u8; 4] = scan.array()?;
        let length = u64::from(scan.u32_le()?);
        let next = scan.position() + length + (length & 1);
        let stored = match &name {
            b"VP8 " => lossy(scan)?,
            b"VP8L" => lossless(scan)?.0,
            _ => size,
        };
        if stored != size {
            return Err(damaged("a frame is not as large as it says"));
        }
        scan.skip(next.saturating_sub(scan.position()))?;
    }
    Ok(())
}

fn lossy<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Result<(u32, u32), ImageError> {
    let [_, _, _, s0, s1, s2, w0, w1, h0, h1] = scan.array()?;
    if [s0, s1, s2] != [0x9D, 0x01, 0x2A] {
        return Err(damaged("its frame has no start code"));
    }
    let side = |a, b| u32::from(u16::from_le_bytes([a, b]) & 0x3FFF);
    Ok((side(w0, w1), side(h0, h1)))
}

/// The size, and whether there is alpha.
fn lossless<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Result<((u32, u32), bool), ImageError> {
    if scan.u8()? != 0x2F {
        return Err(damaged("its lossless frame has no signature"));
    }
    let bits = scan.u32_le()?;
    Ok((((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), bits >> 28 & 1 == 1))
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
            found.size = Some((three([w0, w1, w2]) + 1, three([h0, h1, h2]) + 1));
            found.alpha = flags & 0x10 != 0;
            found.extended = true;
        }
        b"VP8 " if found.still.is_none() && found.frames == 0 => {
            let size = lossy(scan)?;
            found.still(Coding::Lossy, size)?;
        }
        b"VP8L" if found.still.is_none() && found.frames == 0 => {
            let (size, alpha) = lossless(scan)?;
            found.alpha |= !found.extended && alpha;
            found.still(Coding::Lossless, size)?;
        }
        b"ANMF" => {
            frame(scan, found, end)?;
            found.frames += 1;
        }
        b"ICCP" if length <= ICC_BYTES => segments.set_icc(&scan.read(length)?),
        b"EXIF" if length <= TEXT_BYTES => segments.set_exif(&scan.read(length)?),
        b"XMP " if length <= TEXT_BYTES => segments.set_xmp(&scan.read(length)?),
        _ => {}
    }
    let left = end.saturating_sub(scan.position());
    scan.skip(left.min(scan.left()))?;
    Ok(())
}
