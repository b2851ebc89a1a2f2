//! Everything that is not the usual kind: progressive, several scans, four inks, RGB.

use jpeg_decoder::{Decoder, PixelFormat};

use super::{SCANS, corrupt};
use crate::blobs::image::error::ImageError;
use crate::blobs::image::header::Colours;
use crate::blobs::image::pixels::Pixels;
use crate::blobs::image::probe::Picture;

pub(super) fn decode(bytes: &[u8], picture: &Picture, eighths: u32) -> Result<Pixels, ImageError> {
    if scans(bytes) > SCANS {
        return Err(corrupt("it has too many scans"));
    }
    if memchr::memmem::rfind(bytes, b"\xFF\xD9").is_none() {
        return Err(corrupt("it ends too early"));
    }
    let (width, height) = picture.stored();
    let part =
        |side: u32| u16::try_from((side * eighths).div_ceil(8)).map_err(|_| corrupt("it is too large"));
    let mut decoder = Decoder::new(bytes);
    let (width, height) = decoder.scale(part(width)?, part(height)?).map_err(corrupt)?;
    let data = decoder.decode().map_err(corrupt)?;
    let format = decoder.info().map(|info| info.pixel_format);
    let (width, height) = (u32::from(width), u32::from(height));
    match format {
        Some(PixelFormat::RGB24) => Ok(Pixels { width, height, channels: 3, data }),
        Some(PixelFormat::L8) => {
            let data = data.iter().flat_map(|grey| [*grey; 3]).collect();
            Ok(Pixels { width, height, channels: 3, data })
        }
        Some(PixelFormat::CMYK32) => {
            Ok(Pixels { width, height, channels: 4, data: inks(data, picture.colours) })
        }
        _ => Err(corrupt("its samples are of an unknown kind")),
    }
}

/// The decoder takes every ink as inverted; without Adobe's mark it is not.
fn inks(mut data: Vec<u8>, colours: Colours) -> Vec<u8> {
    if colours == (Colours::Inks { inverted: false }) {
        for ink in &mut data {
            *ink = 255 - *ink;
        }
    }
    data
}

fn scans(bytes: &[u8]) -> usize {
    memchr::memmem::find_iter(bytes, b"\xFF\xDA").count()
}
