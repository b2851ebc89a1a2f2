//! How large a picture may be. Everything is judged by the header, before memory is taken.

use serde::{Deserialize, Serialize};

use super::error::ImageError;
use super::header::Header;

/// Limits of one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Pixels times frames, in millions of 1,048,576: 50 lets the pictures of a 50-megapixel camera through.
    pub megapixels: u64,
    /// The longest side in pixels.
    pub side: u32,
    /// Frames of an animation.
    pub frames: u32,
    /// Memory that decoding and encoding one picture may take, in MiB.
    pub memory: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { megapixels: 50, side: 16_384, frames: 1_000, memory: 160 }
    }
}

impl Limits {
    pub(crate) fn check(&self, header: &Header) -> Result<(), ImageError> {
        let (width, height, frames) = (header.width, header.height, header.frames);
        if width > self.side || height > self.side {
            return Err(ImageError::TooLong { width, height, limit: self.side });
        }
        if frames > self.frames {
            return Err(ImageError::TooManyFrames { limit: self.frames });
        }
        let pixels = u64::from(width) * u64::from(height) * u64::from(frames);
        let limit = self.megapixels.saturating_mul(1024 * 1024);
        if pixels > limit {
            return Err(ImageError::TooManyPixels { width, height, frames, limit });
        }
        Ok(())
    }

    pub(crate) fn check_memory(&self, bytes: u64) -> Result<(), ImageError> {
        let needed = bytes.div_ceil(1024 * 1024);
        if needed > self.memory {
            return Err(ImageError::TooMuchMemory { needed, limit: self.memory });
        }
        Ok(())
    }
}

/// So many pixels of a frame may lie outside of its picture.
const OUTSIDE: u64 = 1024 * 1024;

/// The pixels that one frame of a GIF of this size may have.
pub(crate) fn frame_pixels(width: u32, height: u32) -> u64 {
    u64::from(width) * u64::from(height) + OUTSIDE
}

/// The bytes that one frame of a GIF of this size may be packed in. A pixel needs twelve bits at most, and now and then there is a code
/// that empties the table; what is longer only keeps somebody busy.
pub(crate) fn packed_bytes(width: u32, height: u32) -> u64 {
    frame_pixels(width, height) * 2
}
