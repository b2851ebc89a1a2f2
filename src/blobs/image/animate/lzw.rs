//! Unpacking the pixels of a GIF: LZW with codes of growing length (`GIF89a`, appendix F). The library's decoder takes some 60
//! nanoseconds for each code that empties the table, and a file may consist of them; this one takes as long for them as for others.

use crate::blobs::image::number::{count, size};

/// A code has at most twelve bits.
const LONGEST: u32 = 12;
const CODES: usize = 1 << LONGEST;
/// Runs up to this length are copied byte by byte.
const SHORT: usize = 16;

/// What a code stands for: a run of pixels that have been unpacked before.
#[derive(Clone, Copy, Default)]
struct Run {
    start: u32,
    length: u32,
}

/// The table of codes, kept from frame to frame.
pub(super) struct Unpacker {
    runs: Vec<Run>,
}

impl Unpacker {
    pub(super) fn new() -> Self {
        Self { runs: vec![Run::default(); CODES] }
    }

    /// Fills `out` with indices of colours. `packed` is the minimum code size and then the codes, without the lengths of
    /// blocks. What follows the last pixel is ignored, as everywhere.
    ///
    /// # Errors
    ///
    /// A description, when the codes make no sense or end early.
    pub(super) fn unpack(&mut self, packed: &[u8], out: &mut [u8]) -> Result<(), &'static str> {
        let (bits, data) = packed.split_first().ok_or("a frame has no data")?;
        // Eight would do for all colours, but some files are packed with more.
        if !(1..LONGEST).contains(&u32::from(*bits)) {
            return Err("a frame has an impossible code size");
        }
        let first = u32::from(*bits) + 1;
        let clear = 1 << bits;
        let end = clear + 1;
        let mut codes = Codes { data, held: 0, bits: 0 };
        let (mut length, mut next, mut last) = (first, size(end) + 1, None);
        let mut at = 0;
        while at < out.len() {
            let code = codes.take(length).ok_or("a frame is cut short")?;
            if code == clear {
                (length, next, last) = (first, size(end) + 1, None);
                continue;
            }
            if code == end {
                return Err("a frame ends before its last pixel");
            }
            // Each code after the first adds one: the run before it, and the pixel that follows that.
            if let Some(Run { start, length: before }) = last
                && let Some(place) = self.runs.get_mut(next)
            {
                *place = Run { start, length: before + 1 };
                next += 1;
                if next == 1 << length && length < LONGEST {
                    length += 1;
                }
            }
            let written = match code.to_le_bytes() {
                [colour, ..] if code < clear => literal(out, at, colour),
                _ if size(code) >= next => return Err("a code stands for nothing"),
                _ => self.runs.get(size(code)).map_or(0, |run| repeat(out, *run, at)),
            };
            last = Some(Run { start: count(at), length: count(written) });
            at += written;
        }
        Ok(())
    }
}

fn literal(out: &mut [u8], at: usize, colour: u8) -> usize {
    if let Some(pixel) = out.get_mut(at) {
        *pixel = colour;
    }
    1
}

/// Copies an earlier run to here, and says how much of it there was room for. Of the newest run the last pixel is the first one
/// that is copied.
fn repeat(out: &mut [u8], run: Run, at: usize) -> usize {
    let (before, after) = out.split_at_mut(at);
    let length = size(run.length).min(after.len());
    let known = before.get(size(run.start)..).unwrap_or_default();
    let known = known.get(..length).unwrap_or(known);
    if known.len() <= SHORT {
        after.iter_mut().zip(known).for_each(|(to, from)| *to = *from);
    } else if let Some(part) = after.get_mut(..known.len()) {
        part.copy_from_slice(known);
    }
    if known.len() < length
        && let Some(first) = after.first().copied()
        && let Some(pixel) = after.get_mut(known.len())
    {
        *pixel = first;
    }
    length
}

/// Codes in a stream of bits, the lowest first.
struct Codes<'a> {
    data: &'a [u8],
    held: u64,
    bits: u32,
}

impl Codes<'_> {
    fn take(&mut self, length: u32) -> Option<u32> {
        if self.bits < length {
            self.fill();
        }
        self.bits = self.bits.checked_sub(length)?;
        let code = self.held & ((1 << length) - 1);
        self.held >>= length;
        u32::try_from(code).ok()
    }

    fn fill(&mut self) {
        if let Some((four, rest)) = self.data.split_first_chunk() {
            self.held |= u64::from(u32::from_le_bytes(*four)) << self.bits;
            self.bits += 32;
            self.data = rest;
            return;
        }
        for byte in std::mem::take(&mut self.data) {
            self.held |= u64::from(*byte) << self.bits;
            self.bits += 8;
        }
    }
}

#[cfg(test)]
mod tests {
    use gif::{ColorOutput, DecodeOptions, Encoder, Frame};

    use super::*;

    /// Packs by the library, which packs as all others do.
    fn packed(colours: u16, pixels: &[u8]) -> Vec<u8> {
        let palette: Vec<u8> = (0..colours * 3).map(|nth| u8::try_from(nth % 256).unwrap()).collect();
        let side = u16::try_from(pixels.len().isqrt()).unwrap();
        let mut encoder = Encoder::new(Vec::new(), side, side, &palette).unwrap();
        let frame = Frame { width: side, height: side, buffer: pixels.into(), ..Frame::default() };
        encoder.write_frame(&frame).unwrap();
        let file = encoder.into_inner().unwrap();
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::Indexed);
        options.skip_frame_decoding(true);
        options.read_info(&file[..]).unwrap().read_next_frame().unwrap().unwrap().buffer.to_vec()
    }

    fn unpacked(packed: &[u8], pixels: usize) -> Result<Vec<u8>, &'static str> {
        let mut out = vec![0; pixels];
        Unpacker::new().unpack(packed, &mut out).map(|()| out)
    }

    #[test]
    fn what_others_pack_is_unpacked() {
        const PIXELS: u32 = 200 * 200;
        // Flat, regular, and as good as random: the table stays small, fills, and is emptied many times.
        let patterns: [fn(u32) -> u32; 4] =
            [|_| 1, |at| at / 7, |at| at * at / 31, |at| at.wrapping_mul(2_654_435_761) >> 20];
        let mut unpacker = Unpacker::new();
        for colours in [2, 4, 16, 128, 256] {
            for pattern in patterns {
                let index = |at| u8::try_from(pattern(at) % u32::from(colours)).unwrap();
                let pixels: Vec<u8> = (0..PIXELS).map(index).collect();
                let mut out = vec![0; pixels.len()];
                unpacker.unpack(&packed(colours, &pixels), &mut out).unwrap();
                assert!(out == pixels, "{colours} colours");
            }
        }
    }

    #[test]
    fn codes_that_make_no_sense_are_refused() {
        // Codes of three bits: 4 empties the table, 5 ends, 6 is the first that is added.
        let codes = |codes: &[u8]| {
            let bits: u32 = codes.iter().rev().fold(0, |bits, code| bits << 3 | u32::from(*code));
            [&[2][..], &bits.to_le_bytes()[..(codes.len() * 3).div_ceil(8)]].concat()
        };
        assert_eq!(unpacked(&codes(&[4, 1, 2, 3]), 3), Ok(vec![1, 2, 3]));
        assert_eq!(unpacked(&codes(&[1, 2]), 2), Ok(vec![1, 2]), "many begin without emptying the table");
        assert_eq!(
            unpacked(&codes(&[4, 1, 6, 5]), 3),
            Ok(vec![1, 1, 1]),
            "a code may be used as it is added"
        );
        assert_eq!(unpacked(&codes(&[4, 1, 6]), 2), Ok(vec![1, 1]), "there is room for half of it");
        assert_eq!(unpacked(&codes(&[4, 1, 4, 4, 2]), 2), Ok(vec![1, 2]));
        // Codes of ten bits: 512 empties the table.
        let wide = (512_u32 | 7 << 10 | 255 << 20).to_le_bytes();
        assert_eq!(unpacked(&[&[9][..], &wide].concat(), 2), Ok(vec![7, 255]), "nine bits for a colour");
        for (wrong, why) in [
            (codes(&[4, 6]), "a code stands for nothing"),
            (codes(&[4, 1, 7]), "a code stands for nothing"),
            (codes(&[4, 1, 4, 6]), "a code stands for nothing"),
            (codes(&[4, 1, 5]), "a frame ends before its last pixel"),
            (codes(&[4, 1]), "a frame is cut short"),
            (vec![0, 1], "a frame has an impossible code size"),
            (vec![12, 1, 1], "a frame has an impossible code size"),
            (vec![2], "a frame is cut short"),
            (vec![], "a frame has no data"),
        ] {
            assert_eq!(unpacked(&wrong, 9), Err(why), "{wrong:?}");
        }
    }

    #[test]
    fn no_bytes_make_it_panic() {
        let noise =
            |seed: u32, length: u32| (0..length).map(move |at| (at + seed).wrapping_mul(2_654_435_761));
        let mut unpacker = Unpacker::new();
        for seed in 0..500 {
            let bits = u8::try_from(1 + seed % 11).unwrap();
            let data = noise(seed, 400).map(|value| value.to_be_bytes()[usize::from(seed % 2 == 0)]);
            let packed: Vec<u8> = std::iter::once(bits).chain(data).collect();
            let mut out = vec![0; 2_000];
            let _whatever = unpacker.unpack(&packed, &mut out);
        }
    }
}
