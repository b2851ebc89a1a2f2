//! Writing an animated WebP: each frame is a still of the part that changed, wrapped in the chunks of the container.

use super::{Plays, changed, cut};
use crate::blobs::image::encode;
use crate::blobs::image::error::ImageError;
use crate::blobs::image::number::{count, wide};
use crate::blobs::image::pixels::Pixels;

/// The effort of libwebp for one of many frames.
const EFFORT: i32 = 2;
/// After so many pixels it hurries: whoever asks for the largest animation first waits for all of it.
const HURRY_AFTER: u64 = 16 << 20;
/// A duration has 24 bits.
const LONGEST: u32 = 0x00FF_FFFF;

/// Collects the frames.
pub(super) struct Writer {
    width: u32,
    height: u32,
    quality: u8,
    plays: Plays,
    alpha: bool,
    shown: Option<Pixels>,
    frames: Vec<Written>,
    /// Of all parts so far.
    pixels: u64,
}

struct Written {
    area: [u32; 4],
    milliseconds: u32,
    chunks: Vec<u8>,
}

impl Writer {
    pub(super) fn new(width: u32, height: u32, quality: u8) -> Self {
        Self { width, height, quality, plays: None, alpha: false, shown: None, frames: Vec::new(), pixels: 0 }
    }

    pub(super) fn add(&mut self, frame: Pixels, milliseconds: u32, plays: Plays) -> Result<(), ImageError> {
        self.plays = plays;
        let area = match &self.shown {
            None => Some([0, 0, self.width, self.height]),
            Some(shown) => changed(shown, &frame).map(even),
        };
        match (area, self.frames.last_mut()) {
            (None, Some(last)) if last.milliseconds.saturating_add(milliseconds) <= LONGEST => {
                last.milliseconds += milliseconds;
            }
            (area, _) => {
                let area = area.unwrap_or([0, 0, 1, 1]);
                let part = cut(&frame, area);
                let opaque = part.is_opaque();
                self.alpha |= !opaque;
                let part = if opaque { part.flattened() } else { part };
                let effort = if self.pixels < HURRY_AFTER { EFFORT } else { 0 };
                self.pixels += u64::from(area[2]) * u64::from(area[3]);
                let file = encode::webp(&part, self.quality, effort)?;
                let chunks = picture_chunks(&file)?;
                self.frames.push(Written { area, milliseconds: milliseconds.min(LONGEST), chunks });
            }
        }
        self.shown = Some(frame);
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, ImageError> {
        let mut body = Vec::from(*b"WEBP");
        let flags = 0x02 | if self.alpha { 0x10 } else { 0 };
        let mut extended = vec![flags, 0, 0, 0];
        extended.extend(three(self.width - 1));
        extended.extend(three(self.height - 1));
        chunk(&mut body, *b"VP8X", &extended)?;
        let [low, high] = self.plays.unwrap_or(0).to_le_bytes();
        chunk(&mut body, *b"ANIM", &[0, 0, 0, 0, low, high])?;
        for frame in &self.frames {
            let [x, y, width, height] = frame.area;
            let mut header = Vec::new();
            for field in [x / 2, y / 2, width - 1, height - 1, frame.milliseconds] {
                header.extend(three(field));
            }
            // Written over what was there, and left there.
            header.push(0x02);
            header.extend(&frame.chunks);
            chunk(&mut body, *b"ANMF", &header)?;
        }
        let mut file = Vec::new();
        chunk(&mut file, *b"RIFF", &body)?;
        Ok(file)
    }
}

/// The container knows even positions only.
fn even([x, y, width, height]: [u32; 4]) -> [u32; 4] {
    [x & !1, y & !1, width + (x & 1), height + (y & 1)]
}

fn three(value: u32) -> [u8; 3] {
    let [a, b, c, _] = value.to_le_bytes();
    [a, b, c]
}

fn chunk(to: &mut Vec<u8>, name: [u8; 4], body: &[u8]) -> Result<(), ImageError> {
    if wide(body.len()) >= u64::from(u32::MAX) {
        return Err(ImageError::encode("WebP", "the animation is too large"));
    }
    to.extend(name);
    to.extend(count(body.len()).to_le_bytes());
    to.extend(body);
    if body.len() % 2 == 1 {
        to.push(0);
    }
    Ok(())
}

/// The chunks of a still that hold its pixels.
fn picture_chunks(file: &[u8]) -> Result<Vec<u8>, ImageError> {
    let broken = || ImageError::encode("WebP", "a frame came out wrong");
    let mut rest = file.get(12..).ok_or_else(broken)?;
    let mut chunks = Vec::new();
    while let Some(header) = rest.first_chunk::<8>() {
        let length = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
        let length = usize::try_from(length).map_err(|_| broken())?;
        let end = 8 + length + length % 2;
        let whole = rest.get(..end).ok_or_else(broken)?;
        if matches!(&header[..4], b"ALPH" | b"VP8 " | b"VP8L") {
            chunks.extend(whole);
        }
        rest = rest.get(end..).unwrap_or_default();
    }
    if chunks.is_empty() { Err(broken()) } else { Ok(chunks) }
}
