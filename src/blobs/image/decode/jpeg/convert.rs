//! From coefficients to red, green and blue. Where chroma comes out as large as luma each row is finished as it comes;
//! otherwise the planes are kept, and chroma is enlarged at the end as libjpeg does, three parts near and one part far.

use super::idct;
use super::parse::Frame;
use crate::blobs::image::number::size;
use crate::blobs::image::pixels::Pixels;

struct Plane {
    /// Blocks in a unit.
    across: usize,
    down: usize,
    /// Samples of a block.
    side: usize,
    factors: [f32; 64],
    stride: usize,
    samples: Vec<u8>,
}

/// The picture in the making.
pub(super) struct Picture {
    planes: Vec<Plane>,
    /// Every plane is as large as luma.
    level: bool,
    units: usize,
    out: Pixels,
}

impl Picture {
    pub(super) fn new(frame: &Frame, eighths: u32, sides: &[usize]) -> Self {
        let (units, rows) = frame.units();
        let unit = |(c, side): (&super::parse::Component, &usize)| (c.across * side, c.down * side);
        let extents: Vec<_> = frame.components.iter().zip(sides).map(unit).collect();
        let level = extents.iter().all(|extent| Some(extent) == extents.first());
        let plane = |(component, side): (&super::parse::Component, &usize)| {
            let stride = units * component.across * side;
            let lines = component.down * side * if level { 1 } else { rows };
            Plane {
                across: component.across,
                down: component.down,
                side: *side,
                factors: idct::factors(&component.quantiser, *side),
                stride,
                samples: vec![0; stride * lines],
            }
        };
        let planes = frame.components.iter().zip(sides).map(plane).collect();
        let part = |side: u32| (side * eighths).div_ceil(8);
        Self { planes, level, units, out: Pixels::new(part(frame.width), part(frame.height), 3) }
    }

    /// A row of units.
    pub(super) fn add(&mut self, number: usize, coefficients: &[i16]) {
        let mut rest = coefficients;
        for unit in 0..self.units {
            for plane in &mut self.planes {
                let top = if self.level { 0 } else { number * plane.down * plane.side };
                for block in 0..plane.across * plane.down {
                    let Some((values, behind)) = rest.split_at_checked(plane.side * plane.side) else {
                        return;
                    };
                    let x = (unit * plane.across + block % plane.across) * plane.side;
                    let y = top + block / plane.across * plane.side;
                    plane.put(values, y * plane.stride + x);
                    rest = behind;
                }
            }
        }
        if self.level {
            self.convert_band(number);
        }
    }

    fn convert_band(&mut self, number: usize) {
        let Some(first) = self.planes.first() else { return };
        let (lines, stride) = (first.down * first.side, first.stride);
        let width = size(self.out.width);
        let rows = self.out.data.chunks_exact_mut(width * 3).skip(number * lines).take(lines);
        for (line, row) in rows.enumerate() {
            let at = line * stride;
            match &self.planes[..] {
                [y, cb, cr] => convert(row, y.line(at, width), cb.line(at, width), cr.line(at, width)),
                _ => grey(row, first.line(at, width)),
            }
        }
    }

    pub(super) fn finish(mut self, threads: usize) -> Pixels {
        if let ([luma, cb, cr], false) = (&self.planes[..], self.level) {
            let (width, height) = (size(self.out.width), size(self.out.height));
            let share = height.div_ceil(threads.max(1)).max(1);
            std::thread::scope(|scope| {
                for (number, rows) in self.out.data.chunks_mut(share * width * 3).enumerate() {
                    let mut work = move || {
                        let (mut blue, mut red) =
                            (Enlarger::new(luma, cb, width, height), Enlarger::new(luma, cr, width, height));
                        for (y, row) in (number * share..).zip(rows.chunks_exact_mut(width * 3)) {
                            let at = y * luma.stride;
                            convert(row, luma.line(at, width), blue.row(y), red.row(y));
                        }
                    };
                    if threads > 1 {
                        scope.spawn(work);
                    } else {
                        work();
                    }
                }
            });
        }
        self.out
    }
}

impl Plane {
    fn line(&self, at: usize, width: usize) -> &[u8] {
        self.samples.get(at..at + width).unwrap_or_default()
    }

    fn put(&mut self, values: &[i16], at: usize) {
        let factors = &self.factors;
        match self.side {
            8 => write(&mut self.samples, at, self.stride, &idct::eight(values, factors)),
            4 => write(&mut self.samples, at, self.stride, &idct::four(values, factors)),
            2 => write(&mut self.samples, at, self.stride, &idct::two(values, factors)),
            _ => write(&mut self.samples, at, self.stride, &idct::one(values, factors)),
        }
    }
}

#[inline]
fn write<const N: usize>(samples: &mut [u8], at: usize, stride: usize, square: &[[u8; N]; N]) {
    for (line, values) in square.iter().enumerate() {
        let start = at + line * stride;
        if let Some(to) = samples.get_mut(start..start + N) {
            to.copy_from_slice(values);
        }
    }
}

/// A plane that is smaller than luma by whole factors, line by line at the size of luma.
struct Enlarger<'a> {
    plane: &'a Plane,
    factors: (usize, usize),
    /// Samples that are of the picture and not of its padding.
    real: (usize, usize),
    blend: Vec<u16>,
    out: Vec<u8>,
}

impl<'a> Enlarger<'a> {
    fn new(luma: &Plane, plane: &'a Plane, width: usize, height: usize) -> Self {
        let across = (luma.across * luma.side / (plane.across * plane.side)).max(1);
        let down = (luma.down * luma.side / (plane.down * plane.side)).max(1);
        let real = (width.div_ceil(across), height.div_ceil(down));
        Self { plane, factors: (across, down), real, blend: vec![0; real.0], out: vec![0; real.0 * across] }
    }

    fn line(&self, y: usize) -> &'a [u8] {
        self.plane.line(y * self.plane.stride, self.real.0)
    }

    fn row(&mut self, y: usize) -> &[u8] {
        let (across, down) = self.factors;
        let near = (y / down).min(self.real.1 - 1);
        let far = match (down, y % 2) {
            (2, 0) => near.saturating_sub(1),
            (2, _) => (near + 1).min(self.real.1 - 1),
            _ => near,
        };
        let (near, far) = (self.line(near), self.line(far));
        for (to, (near, far)) in self.blend.iter_mut().zip(near.iter().zip(far)) {
            *to = u16::from(*near) * 3 + u16::from(*far);
        }
        if across == 2 {
            widen(&self.blend, &mut self.out);
        } else {
            for (to, value) in self.out.chunks_exact_mut(across).zip(&self.blend) {
                to.fill(byte((value + 2) >> 2));
            }
        }
        &self.out
    }
}

fn widen(from: &[u16], to: &mut [u8]) {
    let last = from.len().saturating_sub(1);
    for (x, pair) in to.as_chunks_mut::<2>().0.iter_mut().enumerate() {
        let (here, left, right) = (from[x] * 3, from[x.saturating_sub(1)], from[(x + 1).min(last)]);
        *pair = [byte((here + left + 8) >> 4), byte((here + right + 7) >> 4)];
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a weighted mean of bytes is a byte")]
fn byte(value: u16) -> u8 {
    value as u8
}

fn grey(row: &mut [u8], luma: &[u8]) {
    row.as_chunks_mut::<3>().0.iter_mut().zip(luma).for_each(|(pixel, value)| *pixel = [*value; 3]);
}

/// The matrix of JFIF in whole numbers of 1/65,536.
fn convert(row: &mut [u8], luma: &[u8], blue: &[u8], red: &[u8]) {
    let pixels = row.as_chunks_mut::<3>().0.iter_mut();
    for (((pixel, y), cb), cr) in pixels.zip(luma).zip(blue).zip(red) {
        let y = (i32::from(*y) << 16) + 32_768;
        let (cb, cr) = (i32::from(*cb) - 128, i32::from(*cr) - 128);
        *pixel = [clamp(y + 91_881 * cr), clamp(y - 22_554 * cb - 46_802 * cr), clamp(y + 116_130 * cb)];
    }
}

#[inline]
#[expect(clippy::cast_sign_loss, reason = "clamped")]
fn clamp(value: i32) -> u8 {
    (value >> 16).clamp(0, 255) as u8
}
