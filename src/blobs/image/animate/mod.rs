//! Animations: frames are composed one after the other, resized and written as they come. Timing, loops and the effect
//! of disposal are kept; how frames overlap is decided anew.

mod frames;
mod gif;
mod lzw;
mod webp;

#[cfg(test)]
mod tests;

use super::colour;
use super::error::ImageError;
use super::pixels::Pixels;
use super::preset::Plan;
use super::probe::{Format, Picture};
use super::render::{Rendition, Target, window};
use super::resize::resize;
use frames::Frames;

/// The first frame over nothing.
pub(crate) fn first(bytes: &[u8], picture: &Picture) -> Result<Pixels, ImageError> {
    let mut frames = Frames::open(bytes, picture)?;
    frames.next()?.ok_or_else(|| ImageError::corrupt(picture.format.name(), "it has no frame"))?;
    Ok(frames.into_canvas())
}

/// A GIF of one frame.
pub(crate) fn still_gif(pixels: &Pixels) -> Result<Vec<u8>, ImageError> {
    let mut writer = gif::Writer::new(pixels.width, pixels.height);
    writer.add(pixels.clone(), 0, None)?;
    writer.finish()
}

/// How often an animation is played; nothing is for ever.
type Plays = Option<u16>;

enum Writer {
    Gif(gif::Writer),
    Webp(webp::Writer),
}

impl Writer {
    fn new(target: &Target) -> Self {
        match target.format {
            Format::Gif => Self::Gif(gif::Writer::new(target.plan.width, target.plan.height)),
            _ => Self::Webp(webp::Writer::new(target.plan.width, target.plan.height, target.quality)),
        }
    }

    fn add(&mut self, frame: Pixels, milliseconds: u32, plays: Plays) -> Result<(), ImageError> {
        match self {
            Self::Gif(writer) => writer.add(frame, milliseconds, plays),
            Self::Webp(writer) => writer.add(frame, milliseconds, plays),
        }
    }

    fn finish(self) -> Result<Vec<u8>, ImageError> {
        match self {
            Self::Gif(writer) => writer.finish(),
            Self::Webp(writer) => writer.finish(),
        }
    }
}

/// Renders the targets, divided among the threads; each thread goes through the frames once.
pub(crate) fn render(
    bytes: &[u8],
    picture: &Picture,
    targets: &[(usize, &Target)],
    threads: usize,
    done: &mut [Option<Rendition>],
) -> Result<(), ImageError> {
    let threads = threads.clamp(1, targets.len().max(1));
    let mut shares: Vec<Vec<(usize, &Target)>> = vec![Vec::new(); threads];
    let mut order = targets.to_vec();
    order.sort_by_key(|(_, target)| {
        std::cmp::Reverse(u64::from(target.plan.width) * u64::from(target.plan.height))
    });
    for item in order {
        let area = |share: &Vec<(usize, &Target)>| -> u64 {
            share.iter().map(|(_, target)| u64::from(target.plan.width) * u64::from(target.plan.height)).sum()
        };
        if let Some(share) = shares.iter_mut().min_by_key(|share| area(share)) {
            share.push(item);
        }
    }
    let results: Vec<_> = std::thread::scope(|scope| {
        let others = shares.split_off(1);
        let running: Vec<_> =
            others.into_iter().map(|share| scope.spawn(move || play(bytes, picture, &share))).collect();
        let first = shares.pop().map(|share| play(bytes, picture, &share));
        let others = running.into_iter().map(|thread| thread.join().unwrap_or(Err(ImageError::Crashed)));
        first.into_iter().chain(others).collect()
    });
    for result in results {
        for (at, rendition) in result? {
            if let Some(slot) = done.get_mut(at) {
                *slot = Some(rendition);
            }
        }
    }
    Ok(())
}

fn play(
    bytes: &[u8],
    picture: &Picture,
    share: &[(usize, &Target)],
) -> Result<Vec<(usize, Rendition)>, ImageError> {
    let mut frames = Frames::open(bytes, picture)?;
    let mut writers: Vec<_> = share.iter().map(|(_, target)| Writer::new(target)).collect();
    while let Some(milliseconds) = frames.next()? {
        let plays = frames.plays();
        let mut last: Option<(Plan, Pixels)> = None;
        for (writer, (_, target)) in writers.iter_mut().zip(share) {
            let frame = match last {
                Some((plan, frame)) if plan == target.plan => frame,
                _ => frame(frames.canvas(), picture, target.plan)?,
            };
            writer.add(frame.clone(), milliseconds, plays)?;
            last = Some((target.plan, frame));
        }
    }
    let finish = |(writer, (at, target)): (Writer, &(usize, &Target))| {
        let (width, height, format) = (target.plan.width, target.plan.height, target.format);
        Ok((*at, Rendition { width, height, format, bytes: writer.finish()? }))
    };
    writers.into_iter().zip(share).map(finish).collect()
}

fn frame(canvas: &Pixels, picture: &Picture, plan: Plan) -> Result<Pixels, ImageError> {
    let crop = picture.orientation.stored(plan.crop, picture.width, picture.height);
    let (width, height) = picture.orientation.size(plan.width, plan.height);
    let same = (canvas.width, canvas.height) == (width, height);
    let mut pixels = if same { canvas.clone() } else { resize(canvas, window(crop, 1.0), width, height)? };
    colour::to_srgb(&mut pixels, picture.colours, picture.icc.as_deref());
    Ok(picture.orientation.apply(pixels))
}

/// The smallest rectangle that holds every pixel that differs: left, top, width, height.
fn changed(before: &Pixels, after: &Pixels) -> Option<[u32; 4]> {
    let width = super::number::size(after.width).max(1);
    let old = before.data.as_chunks::<4>().0.chunks(width);
    let new = after.data.as_chunks::<4>().0.chunks(width);
    let (mut left, mut right, mut top, mut bottom) = (width, 0, None, 0);
    for (y, (old, new)) in old.zip(new).enumerate() {
        let differs = |(old, new): (&[u8; 4], &[u8; 4])| old != new;
        let Some(first) = old.iter().zip(new).position(differs) else { continue };
        let last = old.iter().zip(new).rposition(differs).unwrap_or(first);
        left = left.min(first);
        right = right.max(last + 1);
        top.get_or_insert(y);
        bottom = y + 1;
    }
    let number = super::number::count;
    top.map(|top| [number(left), number(top), number(right - left), number(bottom - top)])
}

/// A part of a picture.
fn cut(pixels: &Pixels, [x, y, width, height]: [u32; 4]) -> Pixels {
    let size = super::number::size;
    let row = size(pixels.width) * pixels.channels;
    let (from, length) = (size(x) * pixels.channels, size(width) * pixels.channels);
    let rows = pixels.data.chunks_exact(row.max(1)).skip(size(y)).take(size(height));
    let mut data = Vec::with_capacity(size(height) * length);
    rows.filter_map(|row| row.get(from..from + length)).for_each(|part| data.extend_from_slice(part));
    Pixels { width, height, channels: pixels.channels, data }
}
