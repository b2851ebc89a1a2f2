//! Many renditions from one decoding: the picture is decoded once, at the smallest scale that serves the largest target,
//! resized from large to small, and encoded by several threads.

use std::sync::{Arc, Mutex, PoisonError};

use super::animate;
use super::decode::{self, Decoded};
use super::encode::encode;
use super::error::ImageError;
use super::guard;
use super::limits::Limits;
use super::number::wide;
use super::pixels::Pixels;
use super::preset::{Crop, Plan};
use super::probe::{Format, Picture};
use super::queue::Queue;
use super::resize::{Window, resize};

/// One rendition that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// Size and crop, from [`plan`](super::plan).
    pub plan: Plan,
    /// The format. An animation stays one in WebP and GIF; in JPEG and PNG it is its first frame.
    pub format: Format,
    /// From 1 to 100, for JPEG and WebP.
    pub quality: u8,
}

/// A finished rendition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The format.
    pub format: Format,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Makes the renditions, in the order of the targets.
///
/// # Errors
///
/// When the picture is damaged, a target does not fit it, or the work would take more memory than the limits allow.
pub fn render(
    bytes: &[u8],
    picture: &Picture,
    targets: &[Target],
    threads: usize,
    limits: &Limits,
) -> Result<Vec<Rendition>, ImageError> {
    limits.check_memory(decode_cost(picture, targets))?;
    if targets.iter().any(|target| !fits(target.plan, picture)) {
        return Err(ImageError::Preset("it does not fit the picture that it was planned for"));
    }
    guard(|| {
        let moving =
            |target: &Target| picture.is_animated() && matches!(target.format, Format::Webp | Format::Gif);
        let (animated, stills): (Vec<_>, Vec<_>) =
            targets.iter().enumerate().partition(|(_, target)| moving(target));
        let mut done = vec![None; targets.len()];
        if !stills.is_empty() {
            still(bytes, picture, &stills, threads, &mut done)?;
        }
        if !animated.is_empty() {
            animate::render(bytes, picture, &animated, threads, &mut done)?;
        }
        let missing = || ImageError::encode("a rendition", "nothing came out");
        done.into_iter().map(|rendition| rendition.ok_or_else(missing)).collect()
    })
}

/// The memory that [`render`] takes at its peak for these targets, in bytes: an upper estimate, for a semaphore.
#[must_use]
pub fn decode_cost(picture: &Picture, targets: &[Target]) -> u64 {
    let area = |plan: &Plan| u64::from(plan.width) * u64::from(plan.height);
    let largest = targets.iter().map(|target| area(&target.plan)).max().unwrap_or(0);
    let mut plans: Vec<Plan> = targets.iter().map(|target| target.plan).collect();
    plans.sort_unstable_by_key(|plan| (plan.width, plan.height, plan.crop.x, plan.crop.y));
    plans.dedup();
    let resized: u64 = plans.iter().map(|plan| area(plan) * 4).sum();
    // Two encoders at work on the largest, with their copies of the picture and what they write.
    // Of an animation each thread goes through the frames by itself.
    let decoders = if picture.is_animated() { 2 } else { 1 };
    decode::cost(picture, scale(targets)) * decoders + resized + largest * 16 + 1024 * 1024
}

/// Result pixels per source pixel of the target that needs most.
fn scale(targets: &[Target]) -> f64 {
    let ratio = |out: u32, from: u32| f64::from(out) / f64::from(from.max(1));
    targets
        .iter()
        .map(|target| target.plan)
        .map(|plan| ratio(plan.width, plan.crop.width).max(ratio(plan.height, plan.crop.height)))
        .fold(0.0, f64::max)
}

fn fits(plan: Plan, picture: &Picture) -> bool {
    let within = |start: u32, length: u32, side: u32| {
        length > 0 && start.checked_add(length).is_some_and(|end| end <= side)
    };
    within(plan.crop.x, plan.crop.width, picture.width)
        && within(plan.crop.y, plan.crop.height, picture.height)
        && (1..=plan.crop.width).contains(&plan.width)
        && (1..=plan.crop.height).contains(&plan.height)
}

type Slot = Option<Rendition>;

fn still(
    bytes: &[u8],
    picture: &Picture,
    targets: &[(usize, &Target)],
    threads: usize,
    done: &mut [Slot],
) -> Result<(), ImageError> {
    let all: Vec<Target> = targets.iter().map(|(_, target)| **target).collect();
    let decoded = decode::still(bytes, picture, scale(&all), threads)?;
    let decoded = Decoded { pixels: without_needless_alpha(decoded.pixels), ratio: decoded.ratio };
    let queue: Queue<(usize, &Target, Arc<Pixels>)> = Queue::new();
    let results = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        let work = || {
            while let Some((at, target, pixels)) = queue.take() {
                let result = finish(&pixels, target);
                results.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
            }
        };
        for _ in 1..threads.max(1) {
            scope.spawn(work);
        }
        let closing = queue.closing();
        let resized = levels(&decoded, picture, targets, |at, target, pixels| {
            queue.push(cost(target), (at, target, pixels));
        });
        drop(closing);
        work();
        resized
    })?;
    for (at, result) in results.into_inner().unwrap_or_else(PoisonError::into_inner) {
        if let Some(slot) = done.get_mut(at) {
            *slot = Some(result?);
        }
    }
    Ok(())
}

/// How long an encoder takes, in no particular unit.
fn cost(target: &Target) -> u64 {
    let factor = match target.format {
        Format::Jpeg => 1,
        Format::Webp | Format::Png => 8,
        Format::Gif => 16,
    };
    u64::from(target.plan.width) * u64::from(target.plan.height) * factor
}

fn finish(pixels: &Pixels, target: &Target) -> Result<Rendition, ImageError> {
    let bytes = encode(pixels, target.format, target.quality)?;
    Ok(Rendition { width: pixels.width, height: pixels.height, format: target.format, bytes })
}

fn without_needless_alpha(pixels: Pixels) -> Pixels {
    if pixels.has_alpha() && pixels.is_opaque() { pixels.flattened() } else { pixels }
}

/// Resizes for every plan once, the largest first, and hands the result to each target that wants it.
fn levels<'a>(
    decoded: &Decoded,
    picture: &Picture,
    targets: &[(usize, &'a Target)],
    mut give: impl FnMut(usize, &'a Target, Arc<Pixels>),
) -> Result<(), ImageError> {
    let mut order = targets.to_vec();
    order.sort_by_key(|(_, target)| {
        std::cmp::Reverse(u64::from(target.plan.width) * u64::from(target.plan.height))
    });
    let mut made: Vec<(Plan, Arc<Pixels>)> = Vec::new();
    for (at, target) in order {
        let plan = target.plan;
        let ready = made.iter().find(|(other, _)| *other == plan).map(|(_, pixels)| Arc::clone(pixels));
        let pixels = match ready {
            Some(pixels) => pixels,
            None => Arc::new(level(decoded, picture, plan, &made)?),
        };
        made.push((plan, Arc::clone(&pixels)));
        give(at, target, pixels);
    }
    Ok(())
}

/// From the smallest picture that is much larger and shows the same, or from what was decoded.
fn level(
    decoded: &Decoded,
    picture: &Picture,
    plan: Plan,
    made: &[(Plan, Arc<Pixels>)],
) -> Result<Pixels, ImageError> {
    let much = |other: &Plan| {
        // By 2.5: closer than that and the second filtering shows in the scores of `make bench-media`.
        let far = |larger: u32, side: u32| u64::from(larger) * 2 >= u64::from(side) * 5;
        other.crop == plan.crop && far(other.width, plan.width) && far(other.height, plan.height)
    };
    let larger =
        made.iter().filter(|(other, _)| much(other)).min_by_key(|(_, pixels)| wide(pixels.data.len()));
    if let Some((_, pixels)) = larger {
        return resize(pixels, Window::whole(pixels), plan.width, plan.height);
    }
    let crop = picture.orientation.stored(plan.crop, picture.width, picture.height);
    let (width, height) = picture.orientation.size(plan.width, plan.height);
    let resized = resize(&decoded.pixels, window(crop, decoded.ratio), width, height)?;
    Ok(picture.orientation.apply(resized))
}

pub(crate) fn window(crop: Crop, ratio: f64) -> Window {
    let part = |side: u32| f64::from(side) * ratio;
    Window { x: part(crop.x), y: part(crop.y), width: part(crop.width), height: part(crop.height) }
}
