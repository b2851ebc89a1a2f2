//! Our decoder against another: full size and reduced, all samplings, with restarts, odd sizes.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::{parse, scan};
use crate::blobs::image::pixels::Pixels;
use crate::blobs::image::tests::samples::{gradient, quarters, rgb};

fn encode(width: u32, height: u32, data: &[u8], sampling: SamplingFactor, restart: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_sampling_factor(sampling);
    if restart > 0 {
        encoder.set_restart_interval(restart);
    }
    let (w, h) = (u16::try_from(width).unwrap(), u16::try_from(height).unwrap());
    let kind = if data.len() == usize::from(w) * usize::from(h) { ColorType::Luma } else { ColorType::Rgb };
    encoder.encode(data, w, h, kind).unwrap();
    bytes
}

fn ours(bytes: &[u8], eighths: u32, threads: usize) -> Pixels {
    let frame = parse::frame(bytes).expect("the usual kind");
    scan::decode(&frame, eighths, threads).unwrap()
}

/// The mean and the largest difference.
fn differ(a: &[u8], b: &[u8]) -> (f64, u8) {
    assert_eq!(a.len(), b.len());
    let sum: u64 = a.iter().zip(b).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    let largest = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b)).max().unwrap();
    (f64::from(u32::try_from(sum).unwrap()) / f64::from(u32::try_from(a.len()).unwrap()), largest)
}

fn samplings() -> [SamplingFactor; 4] {
    [SamplingFactor::F_1_1, SamplingFactor::F_2_1, SamplingFactor::F_1_2, SamplingFactor::F_2_2]
}

fn texture(x: u32, y: u32, width: u32, height: u32) -> [u8; 3] {
    let smooth = gradient(x, y, width, height);
    let noise = u8::try_from((x * 7919 + y * 104_729 + x * y) % 41).unwrap();
    smooth.map(|value| value / 2 + noise)
}

#[test]
fn full_size_agrees_with_another_decoder() {
    for (width, height) in [(64, 48), (65, 47), (33, 129), (1, 1), (17, 16), (200, 9)] {
        let data = rgb(width, height, |x, y| texture(x, y, width, height));
        for sampling in samplings() {
            for restart in [0, 3] {
                let bytes = encode(width, height, &data, sampling, restart);
                let other = jpeg_decoder::Decoder::new(&bytes[..]).decode().unwrap();
                let found = ours(&bytes, 8, 2);
                assert_eq!((found.width, found.height), (width, height));
                let (mean, largest) = differ(&found.data, &other);
                assert!(
                    mean < 0.6 && largest < 12,
                    "{width}x{height} {sampling:?} {restart}: {mean} {largest}"
                );
                assert_eq!(found, ours(&bytes, 8, 1), "threads change nothing");
            }
        }
    }
}

#[test]
fn grey_is_read() {
    let data: Vec<u8> =
        rgb(70, 31, |x, y| texture(x, y, 70, 31)).as_chunks::<3>().0.iter().map(|p| p[0]).collect();
    let bytes = encode(70, 31, &data, SamplingFactor::F_2_2, 0);
    let other = jpeg_decoder::Decoder::new(&bytes[..]).decode().unwrap();
    let found: Vec<u8> = ours(&bytes, 8, 2).data.as_chunks::<3>().0.iter().map(|p| p[0]).collect();
    let (mean, largest) = differ(&found, &other);
    assert!(mean < 0.3 && largest <= 2, "{mean} {largest}");
}

#[test]
fn a_reduced_picture_is_the_mean_of_the_full_one() {
    for (width, height) in [(160, 96), (157, 101)] {
        let data = rgb(width, height, |x, y| {
            if x < width / 2 { gradient(x, y, width, height) } else { quarters(x, y, width, height) }
        });
        for sampling in samplings() {
            let bytes = encode(width, height, &data, sampling, 0);
            let full = ours(&bytes, 8, 1);
            for eighths in [1, 2, 4] {
                let found = ours(&bytes, eighths, 2);
                let by = 8 / eighths;
                assert_eq!((found.width, found.height), (width.div_ceil(by), height.div_ceil(by)));
                let mean = boxed(&full, by);
                let (average, _) = differ(&found.data, &mean);
                assert!(average < 5.0, "{width}x{height} {sampling:?} {eighths}/8: {average}");
            }
        }
    }
}

fn boxed(full: &Pixels, by: u32) -> Vec<u8> {
    let (width, height) = (full.width.div_ceil(by), full.height.div_ceil(by));
    let mut out = Vec::new();
    for (y, x) in (0..height).flat_map(|y| (0..width).map(move |x| (y, x))) {
        for channel in 0..3 {
            let (mut sum, mut count) = (0_u32, 0);
            for (row, column) in (y * by..((y + 1) * by).min(full.height))
                .flat_map(|row| (x * by..((x + 1) * by).min(full.width)).map(move |column| (row, column)))
            {
                sum +=
                    u32::from(full.data[usize::try_from((row * full.width + column) * 3 + channel).unwrap()]);
                count += 1;
            }
            out.push(u8::try_from(sum / count).unwrap());
        }
    }
    out
}

#[test]
fn what_is_not_usual_is_left_to_the_general_decoder() {
    let data = rgb(32, 32, |x, y| gradient(x, y, 32, 32));
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    encoder.set_progressive(true);
    encoder.encode(&data, 32, 32, ColorType::Rgb).unwrap();
    assert!(parse::frame(&bytes).is_none());
    assert!(
        parse::frame(&crate::blobs::image::tests::samples::jpeg(8, 8, &[9; 256], false)).is_none(),
        "four inks"
    );
}
