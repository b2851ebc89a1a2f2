//! From pixels to bytes. Nothing but pixels goes in, so no output can carry metadata; all of them are sRGB, which is
//! what a picture without a profile means.

use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};
use webp::WebPConfig;

use super::error::ImageError;
use super::number::size;
use super::pixels::Pixels;
use super::probe::Format;

/// Moves when the bytes for the same pixels change; part of the identity of a rendition.
pub const ENCODER_VERSION: u32 = 2;

/// The quality of JPEG and WebP when nothing else is said, from 1 to 100.
pub const QUALITY: u8 = 80;

/// Encodes a still picture. GIF is for animations and has an encoder of its own.
pub(crate) fn encode(pixels: &Pixels, format: Format, quality: u8) -> Result<Vec<u8>, ImageError> {
    match format {
        Format::Jpeg if pixels.has_alpha() => jpeg(&pixels.flattened(), quality),
        Format::Jpeg => jpeg(pixels, quality),
        Format::Png => png(pixels),
        Format::Webp => webp(pixels, quality, EFFORT),
        Format::Gif => super::animate::still_gif(pixels),
    }
}

/// The effort of libwebp for stills: its default, as sharp's.
const EFFORT: i32 = 4;

fn jpeg(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, ImageError> {
    let mut bytes = Vec::with_capacity(pixels.data.len() / 16);
    let side = |side: u32| u16::try_from(side).map_err(|error| ImageError::encode("JPEG", error));
    let (width, height) = (side(pixels.width)?, side(pixels.height)?);
    let mut encoder = Encoder::new(&mut bytes, quality.clamp(1, 100));
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    encoder.set_optimized_huffman_tables(true);
    encoder
        .encode(&pixels.data, width, height, ColorType::Rgb)
        .map_err(|error| ImageError::encode("JPEG", error))?;
    Ok(bytes)
}

fn png(pixels: &Pixels) -> Result<Vec<u8>, ImageError> {
    let broken = |error| ImageError::encode("PNG", error);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, pixels.width, pixels.height);
    encoder.set_color(if pixels.has_alpha() { png::ColorType::Rgba } else { png::ColorType::Rgb });
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Balanced);
    let mut writer = encoder.write_header().map_err(broken)?;
    writer.write_image_data(&pixels.data).map_err(broken)?;
    writer.finish().map_err(broken)?;
    Ok(bytes)
}

/// Lossy WebP.
pub(crate) fn webp(pixels: &Pixels, quality: u8, effort: i32) -> Result<Vec<u8>, ImageError> {
    let broken = |error: &dyn std::fmt::Debug| ImageError::encode("WebP", format!("{error:?}"));
    // The encoder checks the length by an assertion.
    if pixels.data.len() != size(pixels.width) * size(pixels.height) * pixels.channels {
        return Err(ImageError::encode("WebP", "the picture has the wrong length"));
    }
    let mut config = WebPConfig::new().map_err(|error| broken(&error))?;
    config.quality = f32::from(quality.clamp(1, 100));
    config.method = effort;
    let encoder = if pixels.has_alpha() {
        webp::Encoder::from_rgba(&pixels.data, pixels.width, pixels.height)
    } else {
        webp::Encoder::from_rgb(&pixels.data, pixels.width, pixels.height)
    };
    Ok(encoder.encode_advanced(&config).map_err(|error| broken(&error))?.to_vec())
}
