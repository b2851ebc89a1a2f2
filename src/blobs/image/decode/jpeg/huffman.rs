//! Huffman codes. One look at eleven bits gives a whole coefficient in most cases: its run of zeros, its value and how
//! many bits both took.

use super::bits::{Bits, extend};

const LOOK: u32 = 11;

/// Past the last coefficient, from wherever it is added.
const END: u32 = 64;

/// A code, for a first coefficient (DC) or for the others (AC).
pub(super) struct Table {
    /// Of the next eleven bits: value << 16 | run << 8 | length; zero where they are not enough.
    whole: Box<[u32; 1 << LOOK]>,
    /// Of the next eleven bits: symbol << 8 | length of the code; zero where they are not enough.
    symbol: Box<[u16; 1 << LOOK]>,
    /// By length: one past the largest code, on top of 16 bits.
    limits: [u32; 18],
    offsets: [i32; 17],
    symbols: Vec<u8>,
}

impl Table {
    /// From the counts of codes by length; nothing when they cannot be a code.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8], is_ac: bool) -> Option<Self> {
        let mut table = Self {
            whole: Box::new([0; 1 << LOOK]),
            symbol: Box::new([0; 1 << LOOK]),
            limits: [0; 18],
            offsets: [0; 17],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut index) = (0_u32, 0_usize);
        for (length, count) in (1_u32..).zip(counts) {
            let at = usize::try_from(length).ok()?;
            table.offsets[at] = i32::try_from(index).ok()? - i32::try_from(code).ok()?;
            for symbol in symbols.get(index..index + usize::from(*count))? {
                if code >= 1 << length {
                    return None;
                }
                table.enter(code, length, *symbol, is_ac);
                code += 1;
            }
            index += usize::from(*count);
            table.limits[at] = code << (16 - length);
            code <<= 1;
        }
        table.limits[17] = u32::MAX;
        Some(table)
    }

    fn enter(&mut self, code: u32, length: u32, symbol: u8, is_ac: bool) {
        if length > LOOK {
            return;
        }
        let spare = LOOK - length;
        let first = code << spare;
        for low in 0..1 << spare {
            let at = (first | low) as usize;
            self.symbol[at] = u16::from(symbol) << 8 | u16::try_from(length).unwrap_or(0);
            self.whole[at] = whole(low, spare, length, symbol, is_ac);
        }
    }

    /// What the next bits say in whole, see `whole`.
    #[inline]
    pub(super) fn look(&self, bits: &Bits<'_>) -> u32 {
        self.whole[(bits.peek(LOOK) & ((1 << LOOK) - 1)) as usize]
    }

    /// The next symbol, its code taken. A code that does not exist reads as zero.
    #[inline]
    pub(super) fn symbol(&self, bits: &mut Bits<'_>) -> u32 {
        let entry = self.symbol[(bits.peek(LOOK) & ((1 << LOOK) - 1)) as usize];
        if entry != 0 {
            bits.skip(u32::from(entry & 0xFF));
            return u32::from(entry >> 8);
        }
        self.long(bits)
    }

    #[cold]
    fn long(&self, bits: &mut Bits<'_>) -> u32 {
        let next = bits.peek(16);
        let length = (LOOK + 1..=16).find(|length| next < self.limits[*length as usize]).unwrap_or(16);
        bits.skip(length);
        let index = (next >> (16 - length)).cast_signed() + self.offsets[length as usize];
        usize::try_from(index)
            .ok()
            .and_then(|index| self.symbols.get(index))
            .map_or(0, |symbol| u32::from(*symbol))
    }
}

fn whole(low: u32, spare: u32, length: u32, symbol: u8, is_ac: bool) -> u32 {
    let (run, bits) =
        if is_ac { (u32::from(symbol >> 4), u32::from(symbol & 15)) } else { (0, u32::from(symbol)) };
    if bits == 0 {
        // Sixteen zeros, or no more coefficients.
        let run = if !is_ac || run == 15 { run } else { END };
        return run << 8 | length;
    }
    if bits > spare {
        return 0;
    }
    let value = extend(low >> (spare - bits), bits);
    value.cast_unsigned() << 16 | run << 8 | (length + bits)
}
