//! Bits of a scan. Past the end there are zeros; whoever reads them finds out with [`Bits::is_past_end`].

/// A window of 64 bits over the bytes, the next bit on top.
pub(super) struct Bits<'a> {
    bytes: &'a [u8],
    next: usize,
    window: u64,
    held: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, next: 0, window: 0, held: 0 }
    }

    /// At least 56 bits are in the window afterwards.
    #[inline]
    pub(super) fn fill(&mut self) {
        let word = match self.bytes.get(self.next..).and_then(<[u8]>::first_chunk) {
            Some(bytes) => u64::from_be_bytes(*bytes),
            None => self.last(),
        };
        self.window |= word.wrapping_shr(self.held);
        self.next = self.next.wrapping_add(((63 - self.held) >> 3) as usize);
        self.held |= 0x38;
    }

    #[cold]
    fn last(&self) -> u64 {
        let rest = self.bytes.get(self.next..).unwrap_or_default();
        let mut word = [0; 8];
        word.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        u64::from_be_bytes(word)
    }

    /// The next bits, from 1 to 16, without taking them.
    #[inline]
    pub(super) fn peek(&self, count: u32) -> u32 {
        (self.window >> 48) as u32 >> 16_u32.wrapping_sub(count)
    }

    /// Takes bits that are in the window.
    #[inline]
    pub(super) fn skip(&mut self, count: u32) {
        self.window = self.window.wrapping_shl(count);
        self.held = self.held.wrapping_sub(count);
    }

    /// A signed number of `count` bits as JPEG writes it: a leading zero means negative.
    #[inline]
    pub(super) fn signed(&mut self, count: u32) -> i32 {
        if count == 0 {
            return 0;
        }
        let value = self.peek(count);
        self.skip(count);
        extend(value, count)
    }

    /// True when more bits were taken than there are.
    pub(super) fn is_past_end(&self) -> bool {
        self.next.saturating_mul(8) > self.bytes.len() * 8 + self.held as usize
    }
}

#[inline]
pub(super) fn extend(value: u32, count: u32) -> i32 {
    let half = 1 << (count - 1);
    let value = value.cast_signed();
    if value < half { value - (half << 1) + 1 } else { value }
}
