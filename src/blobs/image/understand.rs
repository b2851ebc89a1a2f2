//! What a picture looks like at a glance: its dominant colour and a placeholder that is shown while it loads.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::decode;
use super::error::ImageError;
use super::guard;
use super::limits::Limits;
use super::number::{round, size};
use super::pixels::Pixels;
use super::probe::Picture;
use super::resize::{Window, resize};

/// The longest side of the picture that is looked at; `ThumbHash` takes no more.
const SIDE: u32 = 100;

/// What was found out by looking at the pixels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Understanding {
    /// The dominant colour as `#rrggbb`; white when nothing is visible.
    pub dominant: String,
    /// The [ThumbHash](https://evanw.github.io/thumbhash/) of the upright picture, about 25 bytes.
    pub placeholder: Vec<u8>,
    /// True when some pixel lets the background through.
    pub transparent: bool,
}

impl Understanding {
    /// The placeholder in Base64, as it stands in JSON.
    #[must_use]
    pub fn placeholder_base64(&self) -> String {
        STANDARD.encode(&self.placeholder)
    }
}

/// Looks at the first frame. This decodes at a small scale where the format allows it; a file that is damaged anywhere
/// in its first frame is found out here.
///
/// # Errors
///
/// When the picture is damaged, or decoding it would take more memory than the limits allow.
pub fn understand(bytes: &[u8], picture: &Picture, limits: &Limits) -> Result<Understanding, ImageError> {
    limits.check_memory(understand_cost(picture))?;
    guard(|| {
        let decoded = decode::still(bytes, picture, scale(picture), 1)?;
        let (width, height) = picture.stored();
        let (wide, high) = (f64::from(width) * decoded.ratio, f64::from(height) * decoded.ratio);
        let longest = wide.max(high).max(1.0);
        let small = (f64::from(SIDE) / longest).min(1.0);
        let side = |side: f64| round(side * small).clamp(1, SIDE);
        let window = Window { x: 0.0, y: 0.0, width: wide, height: high };
        let transparent = !decoded.pixels.is_opaque();
        let pixels = resize(&decoded.pixels, window, side(wide), side(high))?;
        let pixels = picture.orientation.apply(pixels);
        Ok(Understanding { dominant: dominant(&pixels), placeholder: placeholder(&pixels), transparent })
    })
}

/// The memory that [`understand`] takes at its peak, in bytes.
#[must_use]
pub fn understand_cost(picture: &Picture) -> u64 {
    decode::cost(picture, scale(picture)) + 1024 * 1024
}

fn scale(picture: &Picture) -> f64 {
    f64::from(SIDE) / f64::from(picture.width.max(picture.height).max(1))
}

fn placeholder(pixels: &Pixels) -> Vec<u8> {
    let rgba: Vec<u8> = match pixels.channels {
        4 => pixels.data.clone(),
        _ => pixels.data.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect(),
    };
    thumbhash::rgba_to_thumb_hash(size(pixels.width), size(pixels.height), &rgba)
}

/// The mean of the fullest of 4,096 cells of the colour cube.
fn dominant(pixels: &Pixels) -> String {
    let mut cells = vec![[0_u32; 4]; 4_096];
    for pixel in pixels.data.chunks_exact(pixels.channels) {
        let [r, g, b, alpha @ ..] = pixel else { continue };
        if alpha.first().is_some_and(|alpha| *alpha < 128) {
            continue;
        }
        let at = usize::from(r >> 4) << 8 | usize::from(g >> 4) << 4 | usize::from(b >> 4);
        if let Some(cell) = cells.get_mut(at) {
            cell.iter_mut().zip([*r, *g, *b, 1]).for_each(|(sum, value)| *sum += u32::from(value));
        }
    }
    match cells.into_iter().max_by_key(|cell| cell[3]) {
        Some([r, g, b, count]) if count > 0 => {
            format!("#{:02x}{:02x}{:02x}", r / count, g / count, b / count)
        }
        _ => "#ffffff".to_owned(),
    }
}
