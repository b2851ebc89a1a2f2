//! The eight orientations, by the words of the EXIF standard: where the first row and the first column are seen.

use super::samples::{
    BLUE, GREEN, RED, WHITE, at, exif, exif_segment, jpeg, near, only, pixels, png, png_chunk,
};
use super::samples::{XMP, extended_webp, quarters, rgb, webp, with_chunks, with_segments};
use crate::blobs::image::{Fit, Focal, Format, Limits, Preset, Target, picture_of, plan, render};

const WIDTH: u32 = 64;
const HEIGHT: u32 = 48;

/// What a camera stores when the upright picture is `quarters` of 64 x 48.
pub(super) fn stored(orientation: u16) -> (u32, u32, Vec<u8>) {
    let (w, h) = (WIDTH - 1, HEIGHT - 1);
    let turned = orientation >= 5;
    let (width, height) = if turned { (HEIGHT, WIDTH) } else { (WIDTH, HEIGHT) };
    let data = rgb(width, height, |column, row| {
        let (x, y) = match orientation {
            1 => (column, row),
            2 => (w - column, row),
            3 => (w - column, h - row),
            4 => (column, h - row),
            5 => (row, column),
            6 => (w - row, column),
            7 => (w - row, h - column),
            _ => (row, h - column),
        };
        quarters(x, y, WIDTH, HEIGHT)
    });
    (width, height, data)
}

fn assert_upright(bytes: &[u8], what: &str) {
    let picture = picture_of(bytes, &Limits::default()).unwrap();
    assert_eq!((picture.width, picture.height), (WIDTH, HEIGHT), "{what}");
    for format in [Format::Jpeg, Format::Png, Format::Webp] {
        let out = only(bytes, &picture, format);
        assert_eq!((out.width, out.height), (WIDTH, HEIGHT), "{what}");
        let seen = pixels(&out.bytes);
        for (x, y, colour) in [(8, 6, RED), (56, 6, GREEN), (8, 42, BLUE), (56, 42, WHITE)] {
            let found = at(&seen, x, y);
            assert!(near(found, colour, 14), "{what} as {format:?}: {found:?} at {x},{y}, not {colour:?}");
        }
    }
}

#[test]
fn a_jpeg_stands_upright() {
    for orientation in 1..=8 {
        let (width, height, data) = stored(orientation);
        let bytes = with_segments(&jpeg(width, height, &data, false), &[exif_segment(orientation)]);
        assert_upright(&bytes, &format!("JPEG of orientation {orientation}"));
    }
}

#[test]
fn a_png_stands_upright() {
    for orientation in 1..=8 {
        let (width, height, data) = stored(orientation);
        let bytes = png(width, height, png::ColorType::Rgb, png::BitDepth::Eight, &data);
        let bytes = with_chunks(&bytes, &[png_chunk(*b"eXIf", &exif(orientation))]);
        assert_upright(&bytes, &format!("PNG of orientation {orientation}"));
    }
}

#[test]
fn a_webp_stands_upright() {
    for orientation in 1..=8 {
        let (width, height, data) = stored(orientation);
        let mut rgba: Vec<u8> = data.chunks(3).flat_map(|rgb| [rgb[0], rgb[1], rgb[2], 255]).collect();
        // With a transparent place it is of the kind that has room for EXIF.
        let middle = ((height / 2 * width + width / 2) * 4 + 3) as usize;
        rgba[middle] = 0;
        let bytes = extended_webp(&webp(width, height, &rgba, false), &exif(orientation), XMP.as_bytes());
        assert_upright(&bytes, &format!("WebP of orientation {orientation}"));
    }
}

#[test]
fn an_orientation_that_makes_no_sense_is_upright() {
    for orientation in [0, 9, 65_535] {
        let (width, height, data) = stored(1);
        let bytes = with_segments(&jpeg(width, height, &data, false), &[exif_segment(orientation)]);
        assert_upright(&bytes, &format!("JPEG of orientation {orientation}"));
    }
}

#[test]
fn a_crop_shows_the_corner_that_its_focal_point_names() {
    let corners = [(0.0, 0.0, RED), (1.0, 0.0, GREEN), (0.0, 1.0, BLUE), (1.0, 1.0, WHITE)];
    for orientation in 1..=8 {
        let (width, height, data) = stored(orientation);
        let bytes = with_segments(&jpeg(width, height, &data, false), &[exif_segment(orientation)]);
        let picture = picture_of(&bytes, &Limits::default()).unwrap();
        for (x, y, colour) in corners {
            // Taller than the picture is, and a strip of it: both axes of the focal point are put to use.
            for (width, height, point) in
                [(20, 48, (10, if y < 0.5 { 8 } else { 40 })), (64, 20, (if x < 0.5 { 8 } else { 56 }, 10))]
            {
                let preset =
                    Preset { name: "crop".into(), width: Some(width), height: Some(height), fit: Fit::Cover };
                let plan = plan(picture.width, picture.height, &preset, Focal { x, y });
                let target = Target { plan, format: Format::Png, quality: 80 };
                let out = render(&bytes, &picture, &[target], 1, &Limits::default()).unwrap().remove(0);
                assert_eq!((out.width, out.height), (width, height));
                let found = at(&pixels(&out.bytes), point.0, point.1);
                assert!(near(found, colour, 14), "{orientation}, {x},{y}: {found:?}, not {colour:?}");
            }
        }
    }
}
