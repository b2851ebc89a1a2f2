//! Averages squares of pixels while lines arrive, so that a large picture is never held whole.

use super::Decoded;
use crate::blobs::image::number::size;
use crate::blobs::image::pixels::Pixels;

/// The largest square; its sums fit 32 bits.
pub(super) const MOST: u32 = 64;

/// Takes lines of packed samples and gives the averaged picture.
pub(super) struct Shrink {
    out: Pixels,
    by: usize,
    width: usize,
    channels: usize,
    sums: Vec<[u32; 4]>,
    rows: usize,
    line: usize,
}

impl Shrink {
    pub(super) fn new(width: u32, height: u32, channels: usize, by: u32) -> Self {
        let by = by.clamp(1, MOST);
        let out = Pixels::new(width.div_ceil(by), height.div_ceil(by), channels);
        let sums = if by > 1 { vec![[0; 4]; size(out.width)] } else { Vec::new() };
        Self { out, by: size(by), width: size(width), channels, sums, rows: 0, line: 0 }
    }

    /// The next line of the full picture, `width * channels` bytes.
    pub(super) fn push(&mut self, row: &[u8]) {
        if self.by == 1 {
            if let Some(line) = self.out_line() {
                line.copy_from_slice(row);
            }
            self.line += 1;
            return;
        }
        for (sum, square) in self.sums.iter_mut().zip(row.chunks(self.by * self.channels)) {
            match self.channels {
                3 => square.as_chunks::<3>().0.iter().for_each(|pixel| add(sum, *pixel)),
                _ => square.as_chunks::<4>().0.iter().for_each(|pixel| add_alpha(sum, *pixel)),
            }
        }
        self.rows += 1;
        if self.rows == self.by {
            self.flush();
        }
    }

    fn out_line(&mut self) -> Option<&mut [u8]> {
        let length = size(self.out.width) * self.channels;
        self.out.data.get_mut(self.line * length..(self.line + 1) * length)
    }

    fn flush(&mut self) {
        let mut sums = std::mem::take(&mut self.sums);
        let (by, width, channels, rows) = (self.by, self.width, self.channels, self.rows);
        if let Some(line) = self.out_line() {
            for (x, (pixel, sum)) in line.chunks_exact_mut(channels).zip(&mut sums).enumerate() {
                let columns = by.min(width - x * by);
                average(pixel, sum, columns * rows);
                *sum = [0; 4];
            }
        }
        self.sums = sums;
        self.rows = 0;
        self.line += 1;
    }

    pub(super) fn finish(mut self) -> Decoded {
        if self.rows > 0 {
            self.flush();
        }
        let by = u32::try_from(self.by).unwrap_or(1);
        Decoded { pixels: self.out, ratio: 1.0 / f64::from(by) }
    }
}

fn add(sum: &mut [u32; 4], [r, g, b]: [u8; 3]) {
    sum[0] += u32::from(r);
    sum[1] += u32::from(g);
    sum[2] += u32::from(b);
}

/// Colour counts as much as it is seen.
fn add_alpha(sum: &mut [u32; 4], [r, g, b, a]: [u8; 4]) {
    let a = u32::from(a);
    sum[0] += u32::from(r) * a;
    sum[1] += u32::from(g) * a;
    sum[2] += u32::from(b) * a;
    sum[3] += a;
}

fn average(pixel: &mut [u8], sum: &[u32; 4], count: usize) {
    let count = u32::try_from(count).unwrap_or(1).max(1);
    let weight = if pixel.len() == 4 { sum[3] } else { count };
    for (value, sum) in pixel.iter_mut().zip(&sum[..3]) {
        *value = rounded(*sum, weight);
    }
    if let [_, _, _, alpha] = pixel {
        *alpha = rounded(sum[3], count);
    }
}

fn rounded(sum: u32, weight: u32) -> u8 {
    (sum + weight / 2).checked_div(weight).map_or(0, |mean| u8::try_from(mean).unwrap_or(u8::MAX))
}
