//! Writing a GIF: each frame gets a palette of its own; of a frame that only adds to the one before, the part that
//! changed is written.

use std::collections::HashMap;

use color_quant::NeuQuant;
use gif::{DisposalMethod, Encoder, Frame, Repeat};

use super::{Plays, changed, cut};
use crate::blobs::image::error::ImageError;
use crate::blobs::image::pixels::Pixels;

/// Of the colour quantiser, from 1 (best) to 30.
const SPEED: i32 = 20;
/// Colours of a frame; one more place is for what is transparent.
const COLOURS: usize = 255;
const TRANSPARENT: u8 = 255;

fn broken(error: impl std::fmt::Display) -> ImageError {
    ImageError::encode("GIF", error)
}

/// Writes frames one behind: how a frame is disposed of depends on the next.
pub(super) struct Writer {
    width: u32,
    height: u32,
    encoder: Option<Encoder<Vec<u8>>>,
    shown: Option<Pixels>,
    waiting: Option<(Pixels, u32)>,
}

impl Writer {
    pub(super) fn new(width: u32, height: u32) -> Self {
        Self { width, height, encoder: None, shown: None, waiting: None }
    }

    pub(super) fn add(
        &mut self,
        mut frame: Pixels,
        milliseconds: u32,
        plays: Plays,
    ) -> Result<(), ImageError> {
        if self.encoder.is_none() {
            self.encoder = Some(open(self.width, self.height, plays)?);
        }
        if !frame.has_alpha() {
            let opaque =
                frame.data.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect();
            frame = Pixels { channels: 4, data: opaque, ..frame };
        }
        // There is no half-transparent in GIF.
        for [r, g, b, alpha] in frame.data.as_chunks_mut::<4>().0 {
            [*r, *g, *b, *alpha] = if *alpha < 128 { [0; 4] } else { [*r, *g, *b, 255] };
        }
        if let Some((waiting, shown_for)) = self.waiting.take() {
            if waiting == frame {
                self.waiting = Some((waiting, shown_for.saturating_add(milliseconds)));
                return Ok(());
            }
            let gone = |(old, new): (&[u8; 4], &[u8; 4])| old[3] == 255 && new[3] == 0;
            let clear = waiting.data.as_chunks::<4>().0.iter().zip(frame.data.as_chunks::<4>().0).any(gone);
            self.write(waiting, shown_for, clear)?;
        }
        self.waiting = Some((frame, milliseconds));
        Ok(())
    }

    fn write(&mut self, frame: Pixels, milliseconds: u32, clear: bool) -> Result<(), ImageError> {
        let whole = [0, 0, self.width, self.height];
        let area = match &self.shown {
            Some(shown) if !clear => changed(shown, &frame).unwrap_or([0, 0, 1, 1]),
            _ => whole,
        };
        let part = cut(&frame, area);
        let [left, top, width, height] = area.map(|side| u16::try_from(side).unwrap_or(u16::MAX));
        let (palette, indices) = quantise(&part);
        let transparent = if part.is_opaque() { None } else { Some(TRANSPARENT) };
        let mut written = Frame::from_palette_pixels(width, height, indices, palette, transparent);
        (written.left, written.top) = (left, top);
        written.delay = u16::try_from((milliseconds + 5) / 10).unwrap_or(u16::MAX);
        written.dispose = if clear { DisposalMethod::Background } else { DisposalMethod::Keep };
        self.shown = if clear { None } else { Some(frame) };
        match &mut self.encoder {
            Some(encoder) => encoder.write_frame(&written).map_err(broken),
            None => Err(broken("it was not begun")),
        }
    }

    pub(super) fn finish(mut self) -> Result<Vec<u8>, ImageError> {
        if let Some((frame, milliseconds)) = self.waiting.take() {
            self.write(frame, milliseconds, false)?;
        }
        self.encoder.ok_or_else(|| broken("it has no frames"))?.into_inner().map_err(broken)
    }
}

fn open(width: u32, height: u32, plays: Plays) -> Result<Encoder<Vec<u8>>, ImageError> {
    let side = |side: u32| u16::try_from(side).map_err(broken);
    let mut encoder = Encoder::new(Vec::new(), side(width)?, side(height)?, &[]).map_err(broken)?;
    match plays {
        None => encoder.set_repeat(Repeat::Infinite).map_err(broken)?,
        Some(0 | 1) => {}
        Some(times) => encoder.set_repeat(Repeat::Finite(times - 1)).map_err(broken)?,
    }
    Ok(encoder)
}

/// A palette, and for each pixel its place in it: the colours as they are when they are few, otherwise those that a small
/// neural net finds fit best.
fn quantise(part: &Pixels) -> (Vec<u8>, Vec<u8>) {
    exact(part).unwrap_or_else(|| nearest(part))
}

fn exact(part: &Pixels) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut places: HashMap<[u8; 3], u8> = HashMap::new();
    let (mut palette, mut indices) = (Vec::new(), Vec::with_capacity(part.data.len() / 4));
    // Neighbours are often alike.
    let mut last = None;
    for [r, g, b, alpha] in part.data.as_chunks::<4>().0 {
        if *alpha == 0 {
            indices.push(TRANSPARENT);
            continue;
        }
        let colour = [*r, *g, *b];
        if let Some((known, place)) = last
            && known == colour
        {
            indices.push(place);
            continue;
        }
        let place = match places.get(&colour) {
            Some(place) => *place,
            None if places.len() == COLOURS => return None,
            None => {
                let place = u8::try_from(places.len()).ok()?;
                places.insert(colour, place);
                palette.extend(colour);
                place
            }
        };
        indices.push(place);
        last = Some((colour, place));
    }
    palette.resize((COLOURS + 1) * 3, 0);
    Some((palette, indices))
}

fn nearest(part: &Pixels) -> (Vec<u8>, Vec<u8>) {
    let opaque = part.data.as_chunks::<4>().0.iter().filter(|pixel| pixel[3] == 255);
    let opaque: Vec<u8> = opaque.flatten().copied().collect();
    let net = NeuQuant::new(SPEED, COLOURS, &opaque);
    let mut palette = net.color_map_rgb();
    palette.resize((COLOURS + 1) * 3, 0);
    // Asking the net takes long, so colours that differ in their last bits share an answer.
    let mut known: Vec<Option<u8>> = vec![None; 1 << 16];
    let place = |pixel: &[u8; 4]| {
        let [r, g, b, alpha] = *pixel;
        if alpha == 0 {
            return TRANSPARENT;
        }
        let key = usize::from(r >> 3) << 11 | usize::from(g >> 2) << 5 | usize::from(b >> 3);
        let ask = || u8::try_from(net.index_of(&[r, g, b, 255])).unwrap_or(0);
        known.get_mut(key).map_or(0, |known| *known.get_or_insert_with(ask))
    };
    let indices = part.data.as_chunks::<4>().0.iter().map(place).collect();
    (palette, indices)
}
