//! The frames of a GIF or a WebP, each composed over the ones before it.

use std::io::Cursor;
use std::num::NonZeroU64;

use gif::{DisposalMethod, Frame, MemoryLimit, Repeat};
use image_webp::{LoopCount, WebPDecoder};

use super::Plays;
use super::lzw::Unpacker;
use crate::blobs::image::error::ImageError;
use crate::blobs::image::limits::{frame_pixels, packed_bytes};
use crate::blobs::image::number::{size, wide};
use crate::blobs::image::pixels::Pixels;
use crate::blobs::image::probe::{Format, Picture};

/// An animation that is being read. The canvas has alpha.
pub(super) struct Frames<'a> {
    source: Source<'a>,
    canvas: Pixels,
    left: u32,
}

enum Source<'a> {
    Gif(Box<Gif<'a>>),
    Webp { decoder: Box<WebPDecoder<Cursor<&'a [u8]>>>, opaque: Vec<u8> },
}

struct Gif<'a> {
    decoder: gif::Decoder<&'a [u8]>,
    unpacker: Unpacker,
    /// What the last frame consists of.
    indices: Vec<u8>,
    /// Pixels that a frame may have.
    most: u64,
    before: Option<Before>,
}

/// What happens to the last frame before the next is drawn.
enum Before {
    Clear([u32; 4]),
    Restore(Pixels),
}

fn corrupt(format: Format, error: impl std::fmt::Display) -> ImageError {
    ImageError::corrupt(format.name(), error)
}

impl<'a> Frames<'a> {
    pub(super) fn open(bytes: &'a [u8], picture: &Picture) -> Result<Self, ImageError> {
        let (width, height) = picture.stored();
        let source = if picture.format == Format::Gif {
            Source::Gif(Box::new(Gif::open(bytes, (width, height))?))
        } else {
            let decoder = WebPDecoder::new(Cursor::new(bytes)).map_err(|e| corrupt(Format::Webp, e))?;
            let right = decoder.is_animated() && decoder.dimensions() == (width, height);
            if !right {
                return Err(corrupt(Format::Webp, "it is not the animation that its header promised"));
            }
            let opaque = if decoder.has_alpha() { 0 } else { size(width) * size(height) * 3 };
            Source::Webp { decoder: Box::new(decoder), opaque: vec![0; opaque] }
        };
        Ok(Self { source, canvas: Pixels::new(width, height, 4), left: picture.frames })
    }

    pub(super) fn canvas(&self) -> &Pixels {
        &self.canvas
    }

    pub(super) fn into_canvas(self) -> Pixels {
        self.canvas
    }

    /// Composes the next frame and says for how many milliseconds it is shown.
    pub(super) fn next(&mut self) -> Result<Option<u32>, ImageError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        match &mut self.source {
            Source::Gif(gif) => gif.next(&mut self.canvas),
            Source::Webp { decoder, opaque } if opaque.is_empty() => {
                decoder.read_frame(&mut self.canvas.data).map(Some).map_err(|e| corrupt(Format::Webp, e))
            }
            Source::Webp { decoder, opaque } => {
                let shown = decoder.read_frame(opaque).map_err(|e| corrupt(Format::Webp, e))?;
                let pixels = self.canvas.data.as_chunks_mut::<4>().0.iter_mut();
                pixels.zip(opaque.as_chunks::<3>().0).for_each(|(to, [r, g, b])| *to = [*r, *g, *b, 255]);
                Ok(Some(shown))
            }
        }
    }

    /// Known once the first frame is read.
    pub(super) fn plays(&self) -> Plays {
        match &self.source {
            Source::Gif(gif) => match gif.decoder.repeat() {
                Repeat::Infinite => None,
                Repeat::Finite(again) => Some(again.saturating_add(1)),
            },
            Source::Webp { decoder, .. } => match decoder.loop_count() {
                LoopCount::Forever => None,
                LoopCount::Times(times) => Some(times.get()),
            },
        }
    }
}

impl<'a> Gif<'a> {
    fn open(bytes: &'a [u8], (width, height): (u32, u32)) -> Result<Self, ImageError> {
        let mut options = gif::DecodeOptions::new();
        options.skip_frame_decoding(true);
        let packed = NonZeroU64::new(packed_bytes(width, height));
        options.set_memory_limit(packed.map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes));
        let decoder = options.read_info(bytes).map_err(|e| corrupt(Format::Gif, e))?;
        let most = frame_pixels(width, height);
        Ok(Self { decoder, unpacker: Unpacker::new(), indices: Vec::new(), most, before: None })
    }

    fn next(&mut self, canvas: &mut Pixels) -> Result<Option<u32>, ImageError> {
        match self.before.take() {
            Some(Before::Clear(area)) => clear(canvas, area),
            Some(Before::Restore(saved)) => *canvas = saved,
            None => {}
        }
        let global = self.decoder.global_palette().map(<[u8]>::to_vec);
        let frame = self.decoder.read_next_frame().map_err(|e| corrupt(Format::Gif, e))?;
        let Some(frame) = frame else {
            return Err(corrupt(Format::Gif, "frames are missing"));
        };
        let pixels = usize::from(frame.width) * usize::from(frame.height);
        if wide(pixels) > self.most {
            return Err(corrupt(Format::Gif, "a frame is much larger than the picture"));
        }
        self.indices.resize(pixels, 0);
        self.unpacker.unpack(&frame.buffer, &mut self.indices).map_err(|e| corrupt(Format::Gif, e))?;
        let area = [frame.left, frame.top, frame.width, frame.height].map(u32::from);
        self.before = match frame.dispose {
            DisposalMethod::Background => Some(Before::Clear(area)),
            DisposalMethod::Previous => Some(Before::Restore(canvas.clone())),
            DisposalMethod::Any | DisposalMethod::Keep => None,
        };
        let palette = frame.palette.as_deref().or(global.as_deref());
        let palette = palette.ok_or_else(|| corrupt(Format::Gif, "a frame has no colours"))?;
        draw(canvas, frame, &self.indices, palette);
        Ok(Some(u32::from(frame.delay) * 10))
    }
}

fn draw(canvas: &mut Pixels, frame: &Frame<'_>, indices: &[u8], palette: &[u8]) {
    let (left, width) = (usize::from(frame.left), usize::from(frame.width).max(1));
    let across = size(canvas.width).max(1);
    let pixels = canvas.data.as_chunks_mut::<4>().0;
    for (line, y) in indices.chunks_exact(width).zip(rows(frame.height.into(), frame.interlaced)) {
        let Some(row) = pixels.chunks_exact_mut(across).nth(usize::from(frame.top) + y) else { continue };
        for (pixel, index) in row.iter_mut().skip(left).zip(line) {
            if frame.transparent == Some(*index) {
                continue;
            }
            let colour = palette.as_chunks::<3>().0.get(usize::from(*index));
            let [r, g, b] = colour.copied().unwrap_or([0; 3]);
            *pixel = [r, g, b, 255];
        }
    }
}

/// The places of lines in the order in which they come: every eighth, then those between (`GIF89a`, appendix E).
fn rows(height: usize, interlaced: bool) -> impl Iterator<Item = usize> {
    let passes: &[(usize, usize)] = if interlaced { &[(0, 8), (4, 8), (2, 4), (1, 2)] } else { &[(0, 1)] };
    passes.iter().flat_map(move |(first, step)| (*first..height).step_by(*step))
}

fn clear(canvas: &mut Pixels, [left, top, width, height]: [u32; 4]) {
    let across = size(canvas.width).max(1);
    let rows = canvas.data.as_chunks_mut::<4>().0.chunks_exact_mut(across);
    for row in rows.skip(size(top)).take(size(height)) {
        row.iter_mut().skip(size(left)).take(size(width)).for_each(|pixel| *pixel = [0; 4]);
    }
}
