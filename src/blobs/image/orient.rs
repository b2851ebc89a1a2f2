//! The eight orientations of EXIF: the stored picture is turned and mirrored so that it stands upright.

use super::number::size;
use super::pixels::Pixels;
use super::preset::Crop;

/// How a stored picture is turned to stand upright.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Orientation {
    /// Rows become columns: the picture is mirrored along its main diagonal, before the two mirrorings.
    transpose: bool,
    /// Left and right change places.
    mirror: bool,
    /// Top and bottom change places.
    flip: bool,
}

impl Orientation {
    /// From the value of the EXIF tag; anything but 1 to 8 is upright.
    #[must_use]
    pub fn from_exif(value: u8) -> Self {
        let (transpose, mirror, flip) = match value {
            2 => (false, true, false),
            3 => (false, true, true),
            4 => (false, false, true),
            5 => (true, false, false),
            6 => (true, true, false),
            7 => (true, true, true),
            8 => (true, false, true),
            _ => (false, false, false),
        };
        Self { transpose, mirror, flip }
    }

    /// True when nothing has to be done.
    #[must_use]
    pub fn is_upright(self) -> bool {
        self == Self::default()
    }

    /// The size after turning; the same call leads back.
    pub(crate) fn size(self, width: u32, height: u32) -> (u32, u32) {
        if self.transpose { (height, width) } else { (width, height) }
    }

    /// A rectangle of the upright picture, whose size is given, in the stored one.
    pub(crate) fn stored(self, crop: Crop, width: u32, height: u32) -> Crop {
        let x = if self.mirror { width - crop.x - crop.width } else { crop.x };
        let y = if self.flip { height - crop.y - crop.height } else { crop.y };
        if self.transpose {
            Crop { x: y, y: x, width: crop.height, height: crop.width }
        } else {
            Crop { x, y, width: crop.width, height: crop.height }
        }
    }

    /// Turns a picture upright.
    pub(crate) fn apply(self, pixels: Pixels) -> Pixels {
        match (self.is_upright(), pixels.channels) {
            (true, _) => pixels,
            (false, 3) => self.turn::<3>(&pixels),
            (false, _) => self.turn::<4>(&pixels),
        }
    }

    fn turn<const N: usize>(self, from: &Pixels) -> Pixels {
        let (width, height) = self.size(from.width, from.height);
        let mut to = Pixels::new(width, height, from.channels);
        let (across, down, stride) = (size(width), size(height), size(from.width));
        let source = from.data.as_chunks::<N>().0;
        for (y, row) in to.data.as_chunks_mut::<N>().0.chunks_exact_mut(across).enumerate() {
            let y = if self.flip { down - 1 - y } else { y };
            for (x, pixel) in row.iter_mut().enumerate() {
                let x = if self.mirror { across - 1 - x } else { x };
                let at = if self.transpose { x * stride + y } else { y * stride + x };
                if let Some(value) = source.get(at) {
                    *pixel = *value;
                }
            }
        }
        to
    }
}
