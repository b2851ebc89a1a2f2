//! JPEG: markers up to the first scan.

use std::io::{Read, Seek};

use super::{Colours, Header};
use crate::blobs::image::bytes::{Bytes, Scan};
use crate::blobs::image::error::ImageError;
use crate::blobs::image::metadata::Segments;
use crate::blobs::image::probe::Format;

/// More segments than any camera writes; a file of nothing but segments is refused early.
const SEGMENTS: u32 = 20_000;

struct Frame {
    width: u32,
    height: u32,
    components: u8,
    density: u32,
    progressive: bool,
}

pub(super) fn read<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Result<Header, ImageError> {
    scan.skip(2)?;
    let mut segments = Segments::default();
    let mut frame = None;
    let mut transform = None;
    for _ in 0..SEGMENTS {
        let marker = marker(scan)?;
        match marker {
            0xD8 | 0x01 | 0xD0..=0xD7 => continue,
            0xD9 => return Err(damaged("it has no scan")),
            _ => {}
        }
        let length =
            u64::from(scan.u16()?).checked_sub(2).ok_or_else(|| damaged("a segment has no length"))?;
        match marker {
            0xDA => return finish(frame, transform, segments),
            0xC0..=0xC2 => {
                if frame.is_some() {
                    return Err(damaged("it has two frames"));
                }
                frame = Some(start_of_frame(&scan.read(length)?, marker == 0xC2)?);
            }
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => return Err(unusual()),
            0xE1 => segments.add_app1(&scan.read(length)?),
            0xE2 => segments.add_app2(&scan.read(length)?),
            0xED => segments.add_app13(&scan.read(length)?),
            0xEE => transform = transform.or(adobe(&scan.read(length)?)),
            _ => scan.skip(length)?,
        }
    }
    Err(damaged("it has too many segments"))
}

fn damaged(reason: &str) -> ImageError {
    ImageError::corrupt(Format::Jpeg.name(), reason)
}

fn unusual() -> ImageError {
    ImageError::Refused {
        what: "a JPEG of a rare kind (lossless, arithmetic or 12 bits)",
        advice: "save it as an ordinary JPEG and upload that",
    }
}

/// The next marker. Bytes before it are skipped, as browsers do.
fn marker<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Result<u8, ImageError> {
    for _ in 0..65_536 {
        if scan.u8()? != 0xFF {
            continue;
        }
        let mut code = scan.u8()?;
        while code == 0xFF {
            code = scan.u8()?;
        }
        if code != 0 {
            return Ok(code);
        }
    }
    Err(damaged("it has no markers"))
}

fn start_of_frame(bytes: &[u8], progressive: bool) -> Result<Frame, ImageError> {
    let mut bytes = Bytes::new(bytes);
    let fields = (bytes.u8(), bytes.u16(), bytes.u16(), bytes.u8());
    let (Some(precision), Some(height), Some(width), Some(components)) = fields else {
        return Err(damaged("its frame header is short"));
    };
    if precision != 8 {
        return Err(unusual());
    }
    if !matches!(components, 1 | 3 | 4) {
        return Err(damaged("it has a strange number of colours"));
    }
    let (mut sum, mut largest) = (0, (1, 1));
    for _ in 0..components {
        let Some([_, factors, _]) = bytes.array() else { return Err(damaged("its frame header is short")) };
        let (h, v) = (u32::from(factors >> 4), u32::from(factors & 15));
        if !(1..=4).contains(&h) || !(1..=4).contains(&v) {
            return Err(damaged("its sampling factors are wrong"));
        }
        sum += h * v;
        largest = (largest.0.max(h), largest.1.max(v));
    }
    let density = if components == 1 { 100 } else { sum * 100 / (largest.0 * largest.1) };
    Ok(Frame { width: width.into(), height: height.into(), components, density, progressive })
}

fn adobe(bytes: &[u8]) -> Option<u8> {
    bytes.strip_prefix(b"Adobe")?.get(6).copied()
}

fn finish(frame: Option<Frame>, adobe: Option<u8>, segments: Segments) -> Result<Header, ImageError> {
    let frame = frame.ok_or_else(|| damaged("it has a scan before its frame"))?;
    Ok(Header {
        format: Format::Jpeg,
        width: frame.width,
        height: frame.height,
        frames: 1,
        alpha: false,
        colours: match frame.components {
            1 => Colours::Grey,
            3 => Colours::Rgb,
            _ => Colours::Inks { inverted: adobe.is_some() },
        },
        depth: 1,
        interlaced: frame.progressive,
        density: frame.density,
        segments,
    })
}
