//! Everything becomes sRGB. A profile that is broken, or that belongs to another kind of picture, is ignored: the
//! picture is then taken as sRGB, as browsers do.

use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

use super::header::Colours;
use super::number::byte;
use super::pixels::Pixels;

/// Converts in place; inks become red, green and blue.
pub(crate) fn to_srgb(pixels: &mut Pixels, colours: Colours, icc: Option<&[u8]>) {
    let profile = icc.and_then(|icc| ColorProfile::new_from_slice(icc).ok());
    let space = profile.as_ref().map(|profile| profile.color_space);
    match (colours, profile, space) {
        (Colours::Inks { .. }, Some(profile), Some(DataColorSpace::Cmyk)) => {
            let printed = convert_inks(pixels, &profile);
            *pixels = printed.unwrap_or_else(|| mix_inks(pixels));
        }
        (Colours::Inks { .. }, _, _) => *pixels = mix_inks(pixels),
        (Colours::Grey, Some(profile), Some(DataColorSpace::Gray)) => convert_grey(pixels, &profile),
        (_, Some(profile), Some(DataColorSpace::Rgb)) => convert(pixels, &profile),
        _ => {}
    }
}

fn convert(pixels: &mut Pixels, profile: &ColorProfile) {
    let layout = if pixels.has_alpha() { Layout::Rgba } else { Layout::Rgb };
    let srgb = ColorProfile::new_srgb();
    let Ok(transform) = profile.create_transform_8bit(layout, &srgb, layout, TransformOptions::default())
    else {
        return;
    };
    let channels = pixels.channels;
    let (probe, mut out) = (cube(channels), cube(channels));
    // Most profiles are sRGB under one of its many names: a cube of colours that stays as it is saves the work.
    if transform.transform(&probe, &mut out).is_err() || nearly(&probe, &out) {
        return;
    }
    let mut converted = Vec::new();
    for block in pixels.data.chunks_mut(4096 * channels) {
        converted.resize(block.len(), 0);
        if transform.transform(block, &mut converted).is_err() {
            return;
        }
        block.copy_from_slice(&converted);
    }
}

fn cube(channels: usize) -> Vec<u8> {
    let steps = [0_u8, 32, 64, 96, 128, 160, 192, 224, 255];
    let mut cube = Vec::new();
    for r in steps {
        for g in steps {
            for b in steps {
                cube.extend([r, g, b]);
                cube.resize(cube.len() + channels - 3, 255);
            }
        }
    }
    cube
}

fn nearly(a: &[u8], b: &[u8]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= 1)
}

/// All three channels are equal, so one table of 256 values does.
fn convert_grey(pixels: &mut Pixels, profile: &ColorProfile) {
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let Ok(transform) = profile.create_transform_8bit(Layout::Gray, &srgb, Layout::Rgb, options) else {
        return;
    };
    let ramp: Vec<u8> = (0..=255).collect();
    let mut table = vec![0; 256 * 3];
    if transform.transform(&ramp, &mut table).is_err() {
        return;
    }
    let look = |grey: u8| table.get(usize::from(grey) * 3..).and_then(|rgb| rgb.first_chunk::<3>());
    for pixel in pixels.data.chunks_exact_mut(pixels.channels) {
        if let [r, g, b, ..] = pixel
            && let Some(rgb) = look(*r)
        {
            [*r, *g, *b] = *rgb;
        }
    }
}

fn convert_inks(pixels: &Pixels, profile: &ColorProfile) -> Option<Pixels> {
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let transform = profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgb, options).ok()?;
    let mut out = Pixels::new(pixels.width, pixels.height, 3);
    transform.transform(&pixels.data, &mut out.data).ok()?;
    Some(out)
}

/// Without a profile: each ink takes away its complement.
fn mix_inks(pixels: &Pixels) -> Pixels {
    let mut out = Pixels::new(pixels.width, pixels.height, 3);
    for (to, [c, m, y, k]) in out.data.as_chunks_mut::<3>().0.iter_mut().zip(pixels.data.as_chunks::<4>().0) {
        let mix = |ink: u8| byte(f64::from(255 - ink) * f64::from(255 - *k) / 255.0);
        *to = [mix(*c), mix(*m), mix(*y)];
    }
    out
}
