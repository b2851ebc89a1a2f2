//! GIF: blocks are walked to the end, so that frames are counted before one is decoded.

use std::io::{Read, Seek};

use super::{Colours, Header};
use crate::blobs::image::bytes::Scan;
use crate::blobs::image::error::ImageError;
use crate::blobs::image::limits::frame_pixels;
use crate::blobs::image::metadata::Segments;
use crate::blobs::image::probe::Format;

/// Blocks that are not frames. A frame costs memory and time; these cost a seek each.
const BLOCKS: u32 = 200_000;

pub(super) fn read<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Result<Header, ImageError> {
    scan.skip(6)?;
    let screen: [u8; 7] = scan.array()?;
    let width = u32::from(u16::from_le_bytes([screen[0], screen[1]]));
    let height = u32::from(u16::from_le_bytes([screen[2], screen[3]]));
    palette(scan, screen[4])?;
    let (mut frames, mut alpha) = (0, false);
    for _ in 0..BLOCKS {
        // Many files lack the mark at their end.
        if scan.left() == 0 {
            break;
        }
        match block(scan, (width, height))? {
            Block::Frame { whole } => {
                alpha |= frames == 0 && !whole;
                frames += 1;
            }
            Block::Control { transparent } => alpha |= transparent,
            Block::Other => {}
            Block::End => break,
        }
    }
    Ok(Header {
        format: Format::Gif,
        width,
        height,
        frames,
        alpha,
        colours: Colours::Rgb,
        depth: 1,
        interlaced: false,
        density: 400,
        segments: Segments::default(),
    })
}

enum Block {
    Frame { whole: bool },
    Control { transparent: bool },
    Other,
    End,
}

fn block<R: Read + Seek>(scan: &mut Scan<'_, R>, screen: (u32, u32)) -> Result<Block, ImageError> {
    match scan.u8()? {
        0x2C => {
            let [left, _, top, _, w0, w1, h0, h1, flags] = scan.array()?;
            palette(scan, flags)?;
            scan.skip(1)?;
            sub_blocks(scan)?;
            let size = (u32::from(u16::from_le_bytes([w0, w1])), u32::from(u16::from_le_bytes([h0, h1])));
            if u64::from(size.0) * u64::from(size.1) > frame_pixels(screen.0, screen.1) {
                return Err(ImageError::corrupt(
                    Format::Gif.name(),
                    "a frame is much larger than the picture",
                ));
            }
            Ok(Block::Frame { whole: left == 0 && top == 0 && size.0 >= screen.0 && size.1 >= screen.1 })
        }
        0x21 if scan.u8()? == 0xF9 => {
            let length = scan.u8()?;
            let body = scan.read(length.into())?;
            sub_blocks(scan)?;
            Ok(Block::Control { transparent: body.first().is_some_and(|flags| clears(*flags)) })
        }
        0x21 => {
            sub_blocks(scan)?;
            Ok(Block::Other)
        }
        0x3B => Ok(Block::End),
        _ => Err(ImageError::corrupt(Format::Gif.name(), "a block is of no known kind")),
    }
}

/// A colour is transparent, or the frame is taken away again.
fn clears(flags: u8) -> bool {
    flags & 1 == 1 || flags >> 2 & 7 == 2
}

fn palette<R: Read + Seek>(scan: &mut Scan<'_, R>, flags: u8) -> Result<(), ImageError> {
    if flags & 0x80 != 0 {
        scan.skip(3 << ((flags & 7) + 1))?;
    }
    Ok(())
}

fn sub_blocks<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Result<(), ImageError> {
    loop {
        let length = scan.u8()?;
        if length == 0 {
            return Ok(());
        }
        scan.skip(length.into())?;
    }
}
