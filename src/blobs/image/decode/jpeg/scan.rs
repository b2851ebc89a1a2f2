//! The scan: one thread reads coefficients, row of units by row of units, while another turns those of the row before
//! into samples.

use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use super::bits::Bits;
use super::convert::Picture;
use super::corrupt;
use super::huffman::Table;
use super::parse::{Component, Frame};
use crate::blobs::image::error::ImageError;
use crate::blobs::image::pixels::Pixels;

/// Rows of coefficients that may wait for the second thread.
const AHEAD: usize = 4;

/// The order in which coefficients are written.
pub(super) const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// Where those go that are not wanted.
const DUMP: u8 = 64;
/// A block and the place behind it.
const BLOCK: usize = 65;

/// Side of the square of coefficients that is kept of each block of a component, by the scale in eighths. Chroma that was
/// halved in both directions keeps more, so that it need not be enlarged again.
pub(super) fn sides(frame: &Frame, eighths: usize) -> Vec<usize> {
    let (across, down) = frame.largest();
    let gain = |x: usize, y: usize| if x == y && eighths * x <= 8 { x } else { 1 };
    frame.components.iter().map(|c| eighths * gain(across / c.across, down / c.down)).collect()
}

/// What the reader needs of one component.
struct Part<'a> {
    dc: &'a Table,
    ac: &'a Table,
    /// Blocks in a unit.
    blocks: usize,
    /// Coefficients that are kept of a block.
    kept: usize,
    /// Where the coefficient of this number goes; past the last they go nowhere.
    places: [u8; 128],
    /// The last first coefficient: each is written as a difference.
    predicted: i32,
}

struct Reader<'a> {
    intervals: std::slice::Iter<'a, Vec<u8>>,
    parts: Vec<Part<'a>>,
    units: usize,
    restart: usize,
    left: usize,
    bits: Bits<'a>,
}

/// Decodes at the scale.
pub(super) fn decode(frame: &Frame, eighths: u32, threads: usize) -> Result<Pixels, ImageError> {
    let sides = sides(frame, usize::try_from(eighths).unwrap_or(8));
    let mut picture = Picture::new(frame, eighths, &sides);
    let mut reader = Reader::new(frame, &sides).ok_or_else(|| corrupt("its tables are missing"))?;
    let (_, rows) = frame.units();
    if threads < 2 {
        let mut row = vec![0; reader.length()];
        for number in 0..rows {
            reader.row(&mut row)?;
            picture.add(number, &row);
        }
        return Ok(picture.finish(1));
    }
    let (full, filled) = sync_channel(AHEAD);
    let (empty, emptied) = channel();
    std::thread::scope(|scope| {
        // Owned in here: should this thread panic, they are dropped and the other does not wait for ever.
        let (filled, empty) = (filled, empty);
        let reading = scope.spawn(move || read(reader, rows, &full, &emptied));
        for (number, row) in filled.iter().enumerate() {
            picture.add(number, &row);
            // The reader may be done already.
            empty.send(row).ok();
        }
        reading.join().unwrap_or(Err(ImageError::Crashed))
    })?;
    Ok(picture.finish(threads))
}

fn read(
    mut reader: Reader<'_>,
    rows: usize,
    full: &SyncSender<Vec<i16>>,
    emptied: &Receiver<Vec<i16>>,
) -> Result<(), ImageError> {
    for _ in 0..rows {
        let mut row = emptied.try_recv().unwrap_or_else(|_| vec![0; reader.length()]);
        reader.row(&mut row)?;
        if full.send(row).is_err() {
            break;
        }
    }
    Ok(())
}

impl<'a> Reader<'a> {
    fn new(frame: &'a Frame, sides: &[usize]) -> Option<Self> {
        let part = |(component, side): (&Component, &usize)| {
            Some(Part {
                dc: frame.dc.get(component.dc)?.as_ref()?,
                ac: frame.ac.get(component.ac)?.as_ref()?,
                blocks: component.across * component.down,
                kept: side * side,
                places: places(*side),
                predicted: 0,
            })
        };
        let parts = frame.components.iter().zip(sides).map(part).collect::<Option<_>>()?;
        let mut intervals = frame.intervals.iter();
        let bits = Bits::new(intervals.next()?);
        let restart = if frame.restart == 0 { usize::MAX } else { frame.restart };
        Some(Self { intervals, parts, units: frame.units().0, restart, left: restart, bits })
    }

    /// Coefficients of a row of units.
    fn length(&self) -> usize {
        self.units * self.parts.iter().map(|part| part.blocks * part.kept).sum::<usize>()
    }

    /// The coefficients of the next row of units: of each unit those of each component, block by block.
    fn row(&mut self, row: &mut [i16]) -> Result<(), ImageError> {
        let (mut rest, mut block) = (row, [0; BLOCK]);
        for _ in 0..self.units {
            if self.left == 0 {
                self.begin_interval()?;
            }
            self.left -= 1;
            for part in &mut self.parts {
                for _ in 0..part.blocks {
                    part.read(&mut self.bits, &mut block);
                    let kept = block.get_mut(..part.kept).unwrap_or_default();
                    let Some((to, behind)) = std::mem::take(&mut rest).split_at_mut_checked(part.kept) else {
                        return Err(corrupt("a row is too long"));
                    };
                    to.copy_from_slice(kept);
                    kept.fill(0);
                    rest = behind;
                }
            }
        }
        if self.bits.is_past_end() { Err(corrupt("it ends too early")) } else { Ok(()) }
    }

    fn begin_interval(&mut self) -> Result<(), ImageError> {
        if self.bits.is_past_end() {
            return Err(corrupt("a part of it ends too early"));
        }
        let interval = self.intervals.next().ok_or_else(|| corrupt("it ends too early"))?;
        self.bits = Bits::new(interval);
        self.left = self.restart;
        for part in &mut self.parts {
            part.predicted = 0;
        }
        Ok(())
    }
}

impl Part<'_> {
    /// One block. A coefficient past the last goes nowhere: damage shows in the picture or at its end.
    #[inline]
    fn read(&mut self, bits: &mut Bits<'_>, block: &mut [i16; BLOCK]) {
        bits.fill();
        let size = self.dc.symbol(bits).min(15);
        self.predicted = self.predicted.wrapping_add(bits.signed(size));
        block[0] = short(self.predicted);
        let mut at = 1_u32;
        while at < 64 {
            bits.fill();
            let entry = self.ac.look(bits);
            let (run, value) = if entry == 0 {
                let symbol = self.ac.symbol(bits);
                // No size: sixteen zeros, or no more coefficients.
                let run = if symbol.trailing_zeros() >= 4 && symbol != 0xF0 { 64 } else { symbol >> 4 };
                (run, bits.signed(symbol & 15))
            } else {
                bits.skip(entry & 0xFF);
                (entry >> 8 & 0xFF, entry.cast_signed() >> 16)
            };
            at = at.wrapping_add(run);
            block[usize::from(self.places[(at & 127) as usize])] = short(value);
            at = at.wrapping_add(1);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "damaged files only; their pictures look damaged")]
fn short(value: i32) -> i16 {
    value as i16
}

fn places(side: usize) -> [u8; 128] {
    let mut places = [DUMP; 128];
    for (place, natural) in places.iter_mut().zip(ZIGZAG) {
        let (row, column) = (usize::from(natural / 8), usize::from(natural % 8));
        if row < side && column < side {
            *place = u8::try_from(row * side + column).unwrap_or(DUMP);
        }
    }
    places
}
