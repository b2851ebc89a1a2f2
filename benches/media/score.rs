//! Sizes and perceptual scores (SSIMULACRA 2, 100 is the same) against the sizes made by Lanczos from the whole picture:
//! once by our resizer, once by sharp's, so that neither side is judged by its own alone.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

struct Rgb {
    width: usize,
    height: usize,
    data: Vec<u8>,
}

/// Prints a row for each file.
pub fn table(photo: &Path, widths: &[u32], ours: &Path, sharp: &Path, reference: &Path) {
    println!("\n  file         bytes    sharp's  ratio    score  sharp's  | by sharp's reference");
    let whole = read(photo);
    let (mut sums, mut worst) = ([0.0; 4], f64::MAX);
    for width in widths {
        let lanczos = lanczos(&whole, *width);
        let raw = fs::read(reference.join(format!("{width}.rgb"))).expect("sharp's reference");
        let theirs = Rgb { width: lanczos.width, height: lanczos.height, data: raw };
        for extension in ["webp", "jpg"] {
            let name = format!("{width}.{extension}");
            let (mine, other) = (ours.join(&name), sharp.join(&name));
            let size = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
            let (a, b) = (size(&mine), size(&other));
            let (mine, other) = (read(&mine), read(&other));
            let scores =
                [&lanczos, &theirs].map(|reference| [score(reference, &mine), score(reference, &other)]);
            let [[s, t], [u, v]] = scores;
            let ratio = a as f64 / b as f64;
            println!(
                "  {name:<10} {a:>8} {b:>9}  {ratio:>5.3}   {s:>6.2}   {t:>6.2}  |  {u:>6.2}   {v:>6.2}"
            );
            for (sum, value) in sums.iter_mut().zip([s, t, u, v]) {
                *sum += value / 8.0;
            }
            worst = worst.min(s - t);
        }
    }
    let [s, t, u, v] = sums;
    println!("  mean                                    {s:>6.2}   {t:>6.2}  |  {u:>6.2}   {v:>6.2}");
    println!("  smallest lead over sharp: {worst:.2}\n");
}

fn score(reference: &Rgb, other: &Rgb) -> f64 {
    assert_eq!((reference.width, reference.height), (other.width, other.height));
    let image = |rgb: &Rgb| {
        let pixels =
            rgb.data.as_chunks::<3>().0.iter().map(|pixel| pixel.map(|value| f32::from(value) / 255.0));
        ssimulacra2::Rgb::new(
            pixels.collect(),
            rgb.width,
            rgb.height,
            ssimulacra2::TransferCharacteristic::SRGB,
            ssimulacra2::ColorPrimaries::BT709,
        )
        .expect("a picture")
    };
    ssimulacra2::compute_frame_ssimulacra2(image(reference), image(other)).expect("a score")
}

fn lanczos(whole: &Rgb, width: u32) -> Rgb {
    let (from_width, from_height) = (whole.width as u32, whole.height as u32);
    let height = (f64::from(from_height) * f64::from(width) / f64::from(from_width)).round() as u32;
    let source = ImageRef::new(from_width, from_height, &whole.data, PixelType::U8x3).expect("pixels");
    let mut target = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize(&source, &mut target, &options).expect("a smaller picture");
    Rgb { width: width as usize, height: height as usize, data: target.into_vec() }
}

/// Decodes with decoders that neither side uses for its own work on JPEG.
fn read(path: &Path) -> Rgb {
    let bytes = fs::read(path).expect("a file");
    if path.extension().is_some_and(|extension| extension == "webp") {
        let mut decoder = image_webp::WebPDecoder::new(Cursor::new(&bytes)).expect("WebP");
        let (width, height) = decoder.dimensions();
        let mut data = vec![0; decoder.output_buffer_size().expect("a size")];
        decoder.read_image(&mut data).expect("pixels");
        return Rgb { width: width as usize, height: height as usize, data };
    }
    let mut decoder = jpeg_decoder::Decoder::new(&bytes[..]);
    let data = decoder.decode().expect("pixels");
    let info = decoder.info().expect("a size");
    Rgb { width: info.width.into(), height: info.height.into(), data }
}
