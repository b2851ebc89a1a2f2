//! JPEG at 1/1, 1/2, 1/4 or 1/8: the reduced picture comes out of the first coefficients of each block.

use jpeg_decoder::{Decoder, PixelFormat};

use super::Decoded;
use crate::blobs::image::error::ImageError;
use crate::blobs::image::header::Colours;
use crate::blobs::image::pixels::Pixels;
use crate::blobs::image::probe::{Format, Picture};

/// Scans of a progressive file. Encoders write about ten; each costs a pass over the whole picture.
const SCANS: usize = 64;

fn corrupt(error: impl std::fmt::Display) -> ImageError {
    ImageError::corrupt(Format::Jpeg.name(), error)
}

/// Eighths at which the picture is decoded.
fn eighths(scale: f64) -> u32 {
    [1, 2, 4].into_iter().find(|eighths| f64::from(*eighths) / 8.0 >= scale).unwrap_or(8)
}

pub(super) fn cost(picture: &Picture, scale: f64) -> u64 {
    let pixels = u64::from(picture.width) * u64::from(picture.height);
    let eighths = u64::from(eighths(scale));
    let reduced = pixels * eighths * eighths / 64;
    let samples = |pixels: u64| pixels * u64::from(picture.density) / 100;
    let coefficients = if picture.interlaced { samples(pixels) * 2 } else { 0 };
    coefficients + samples(reduced) + reduced * u64::from(super::channels(picture))
}

pub(super) fn decode(bytes: &[u8], picture: &Picture, scale: f64) -> Result<Decoded, ImageError> {
    if scans(bytes) > SCANS {
        return Err(corrupt("it has too many scans"));
    }
    let (width, height) = picture.stored();
    let eighths = eighths(scale);
    let part =
        |side: u32| u16::try_from((side * eighths).div_ceil(8)).map_err(|_| corrupt("it is too large"));
    let mut decoder = Decoder::new(bytes);
    let (width, height) = decoder.scale(part(width)?, part(height)?).map_err(corrupt)?;
    let data = decoder.decode().map_err(corrupt)?;
    let format = decoder.info().map(|info| info.pixel_format);
    let (width, height) = (u32::from(width), u32::from(height));
    let pixels = match format {
        Some(PixelFormat::RGB24) => Pixels { width, height, channels: 3, data },
        Some(PixelFormat::L8) => {
            let data = data.iter().flat_map(|grey| [*grey; 3]).collect();
            Pixels { width, height, channels: 3, data }
        }
        Some(PixelFormat::CMYK32) => Pixels { width, height, channels: 4, data: inks(data, picture.colours) },
        _ => return Err(corrupt("its samples are of an unknown kind")),
    };
    Ok(Decoded { pixels, ratio: f64::from(eighths) / 8.0 })
}

/// The decoder takes every ink as inverted; without Adobe's mark it is not.
fn inks(mut data: Vec<u8>, colours: Colours) -> Vec<u8> {
    if colours == (Colours::Inks { inverted: false }) {
        data.iter_mut().for_each(|ink| *ink = 255 - *ink);
    }
    data
}

fn scans(bytes: &[u8]) -> usize {
    bytes.windows(2).filter(|pair| *pair == [0xFF, 0xDA]).count()
}
