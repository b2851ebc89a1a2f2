//! A picture in memory: packed rows of 8-bit samples.

use super::number::size;

/// Red, green and blue, or these and alpha (not premultiplied); while decoding also four inks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pixels {
    pub width: u32,
    pub height: u32,
    /// 3 or 4.
    pub channels: usize,
    pub data: Vec<u8>,
}

impl Pixels {
    pub(crate) fn new(width: u32, height: u32, channels: usize) -> Self {
        Self { width, height, channels, data: vec![0; size(width) * size(height) * channels] }
    }

    pub(crate) fn has_alpha(&self) -> bool {
        self.channels == 4
    }

    /// True when no pixel lets anything through.
    pub(crate) fn is_opaque(&self) -> bool {
        !self.has_alpha() || self.data.as_chunks::<4>().0.iter().all(|[_, _, _, alpha]| *alpha == 255)
    }

    /// Without alpha, over white.
    pub(crate) fn flattened(&self) -> Self {
        let mut flat = Self::new(self.width, self.height, 3);
        for (to, [r, g, b, a]) in
            flat.data.as_chunks_mut::<3>().0.iter_mut().zip(self.data.as_chunks::<4>().0)
        {
            *to = [over_white(*r, *a), over_white(*g, *a), over_white(*b, *a)];
        }
        flat
    }
}

fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u16::from(value), u16::from(alpha));
    let sum = (value * alpha + 255 * (255 - alpha) + 127) / 255;
    u8::try_from(sum).unwrap_or(u8::MAX)
}
