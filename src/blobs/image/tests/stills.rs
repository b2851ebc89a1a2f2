//! Stills of every kind: what is read from them, what their colours become, how they are resized.

use super::samples::*;
use crate::blobs::image::{
    Colours, Fit, Focal, Format, Limits, Preset, Target, decode_cost, picture_of, plan, render, understand,
};

#[test]
fn headers_are_read_without_decoding() {
    let data = rgb(70, 50, |x, y| gradient(x, y, 70, 50));
    let rgba: Vec<u8> = data.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, *r]).collect();
    let cases = [
        (with_segments(&jpeg(70, 50, &data, false), &[exif_segment(6)]), Format::Jpeg, (50, 70), false),
        (jpeg(70, 50, &data, true), Format::Jpeg, (70, 50), false),
        (png(70, 50, png::ColorType::Rgb, png::BitDepth::Eight, &data), Format::Png, (70, 50), false),
        (png(70, 50, png::ColorType::Rgba, png::BitDepth::Eight, &rgba), Format::Png, (70, 50), true),
        (webp(70, 50, &rgba, false), Format::Webp, (70, 50), true),
        (webp(70, 50, &rgba, true), Format::Webp, (70, 50), true),
    ];
    for (bytes, format, size, alpha) in cases {
        let picture = picture_of(&bytes, &Limits::default()).unwrap();
        assert_eq!(
            (picture.format, (picture.width, picture.height), picture.has_alpha),
            (format, size, alpha)
        );
        assert_eq!((picture.frames, picture.bytes), (1, u64::try_from(bytes.len()).unwrap()));
    }
}

#[test]
fn colours_come_through_in_every_format() {
    let data = rgb(120, 90, |x, y| quarters(x, y, 120, 90));
    let grey: Vec<u8> = (0..120 * 90).map(|n| if n % 120 < 60 { 40 } else { 210 }).collect();
    let deep: Vec<u8> = data.iter().flat_map(|value| [*value, 99]).collect();
    let index: Vec<u8> = (0..90_u32)
        .flat_map(|y| (0..120_u32).map(move |x| u8::from(x >= 60) + 2 * u8::from(y >= 45)))
        .collect();
    let pairs: Vec<u8> = grey.iter().flat_map(|grey| [*grey, 255]).collect();
    let four = [RED, GREEN, BLUE, WHITE];
    let two = [[40; 3], [210; 3], [40; 3], [210; 3]];
    let cases = [
        (jpeg(120, 90, &data, false), four),
        (jpeg(120, 90, &data, true), four),
        (jpeg(120, 90, &grey, false), two),
        (png(120, 90, png::ColorType::Rgb, png::BitDepth::Sixteen, &deep), four),
        (png(120, 90, png::ColorType::Indexed, png::BitDepth::Eight, &index), four),
        (png(120, 90, png::ColorType::Grayscale, png::BitDepth::Eight, &grey), two),
        (png(120, 90, png::ColorType::GrayscaleAlpha, png::BitDepth::Eight, &pairs), two),
    ];
    for (number, (bytes, colours)) in cases.iter().enumerate() {
        let picture = picture_of(bytes, &Limits::default()).unwrap();
        for format in [Format::Jpeg, Format::Png, Format::Webp] {
            let seen = pixels(&only(bytes, &picture, format).bytes);
            for ((x, y), colour) in [(20, 20), (100, 20), (20, 70), (100, 70)].into_iter().zip(colours) {
                // The palette of the sample makes its fourth colour invisible.
                if number == 4 && *colour == WHITE {
                    continue;
                }
                let found = at(&seen, x, y);
                assert!(near(found, *colour, 12), "case {number} as {format:?}: {found:?}, not {colour:?}");
            }
        }
    }
}

#[test]
fn what_is_transparent_stays_so_and_a_jpeg_shows_white_behind_it() {
    let index: Vec<u8> = (0..64 * 64).map(|n| if n % 64 < 32 { 0 } else { 3 }).collect();
    let bytes = png(64, 64, png::ColorType::Indexed, png::BitDepth::Eight, &index);
    let picture = picture_of(&bytes, &Limits::default()).unwrap();
    assert!(picture.has_alpha);
    assert!(understand(&bytes, &picture, &Limits::default()).unwrap().transparent);
    for format in [Format::Png, Format::Webp] {
        let out = only(&bytes, &picture, format);
        let seen = pixels(&out.bytes);
        assert!(near(at(&seen, 10, 30), RED, 12) && at(&seen, 10, 30)[3] == 255, "{format:?}");
        assert_eq!(at(&seen, 54, 30)[3], 0, "{format:?}");
    }
    let seen = pixels(&only(&bytes, &picture, Format::Jpeg).bytes);
    assert!(near(at(&seen, 10, 30), RED, 12) && near(at(&seen, 54, 30), [255; 3], 4));
}

#[test]
fn colour_does_not_bleed_out_of_what_is_invisible() {
    // Green that nobody sees beside opaque red: made small, the edge is red in every shade of visibility.
    let rgba: Vec<u8> = (0..200 * 200)
        .flat_map(|n| if n % 200 < 101 { [230, 20, 30, 255] } else { [0, 255, 0, 0] })
        .collect();
    let bytes = png(200, 200, png::ColorType::Rgba, png::BitDepth::Eight, &rgba);
    let picture = picture_of(&bytes, &Limits::default()).unwrap();
    for width in [15, 50, 90] {
        let preset = Preset { name: "s".into(), width: Some(width), height: None, fit: Fit::Inside };
        let plan = plan(200, 200, &preset, Focal::default());
        let target = Target { plan, format: Format::Png, quality: 80 };
        let out = render(&bytes, &picture, &[target], 1, &Limits::default()).unwrap().remove(0);
        let seen = pixels(&out.bytes);
        for x in 0..width {
            let [r, g, _, alpha] = at(&seen, x, width / 2);
            assert!(alpha < 16 || (r > 200 && g < 60), "{width}: {:?} at {x}", at(&seen, x, width / 2));
        }
    }
}

#[test]
fn an_opaque_picture_with_an_alpha_channel_loses_the_channel() {
    let rgba: Vec<u8> = (0..64 * 64).flat_map(|_| [9, 99, 199, 255]).collect();
    let bytes = png(64, 64, png::ColorType::Rgba, png::BitDepth::Eight, &rgba);
    let picture = picture_of(&bytes, &Limits::default()).unwrap();
    assert!(!understand(&bytes, &picture, &Limits::default()).unwrap().transparent);
    assert_eq!(only(&bytes, &picture, Format::Png).bytes[25], 2, "colour type RGB");
}

#[test]
fn a_profile_is_converted_and_a_broken_one_is_ignored() {
    let data = rgb(64, 64, |_, _| RED);
    let plain = jpeg(64, 64, &data, false);
    let tagged = with_segments(&plain, &[icc_segment(&swapped_profile())]);
    let mut broken = swapped_profile();
    broken.truncate(140);
    let broken = with_segments(&plain, &[icc_segment(&broken)]);
    let seen = |bytes: &[u8]| {
        let picture = picture_of(bytes, &Limits::default()).unwrap();
        at(&pixels(&only(bytes, &picture, Format::Png).bytes), 30, 30)
    };
    assert!(near(seen(&plain), RED, 8));
    let [r, _, b, _] = seen(&tagged);
    assert!(b > 200 && r < 60, "red and blue change places: {:?}", seen(&tagged));
    assert!(near(seen(&broken), RED, 8));
    let png_file = png(64, 64, png::ColorType::Rgb, png::BitDepth::Eight, &data);
    let packed = {
        use std::io::Write;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(&swapped_profile()).unwrap();
        encoder.finish().unwrap()
    };
    let tagged = with_chunks(&png_file, &[png_chunk(*b"iCCP", &[b"p\0\0", &packed[..]].concat())]);
    let [r, _, b, _] = seen(&tagged);
    assert!(b > 200 && r < 60, "red and blue change places in a PNG");
}

#[test]
fn inks_become_colours() {
    // Full cyan, magenta, yellow and black in four columns; stored as Adobe does and as others do.
    let inks: Vec<u8> = (0..64_u32 * 64)
        .flat_map(|n| match n % 64 / 16 {
            0 => [255, 0, 0, 0],
            1 => [0, 255, 0, 0],
            2 => [0, 0, 255, 0],
            _ => [0, 0, 0, 255],
        })
        .collect();
    let wanted = [[0, 255, 255], [255, 0, 255], [255, 255, 0], [0, 0, 0]];
    let adobe = jpeg(64, 64, &inks, false);
    let picture = picture_of(&adobe, &Limits::default()).unwrap();
    assert_eq!(picture.colours, Colours::Inks { inverted: true });
    let seen = pixels(&only(&adobe, &picture, Format::Png).bytes);
    for (x, colour) in [8, 24, 40, 56].into_iter().zip(wanted) {
        assert!(near(at(&seen, x, 32), colour, 12), "{:?}, not {colour:?}", at(&seen, x, 32));
    }
}

#[test]
fn interlaced_pictures_are_read() {
    // Adam7 of a single colour: every pass is zeros, so the picture is black whatever the order.
    let bytes = hollow_png(33, 17, 8, 2, 1, 33 * 17 * 3 + 200);
    let picture = picture_of(&bytes, &Limits::default()).unwrap();
    assert!(near(at(&pixels(&only(&bytes, &picture, Format::Png).bytes), 20, 10), [0; 3], 0));
}

#[test]
fn reduced_decoding_gives_the_same_picture() {
    for (width, height) in [(1600, 1203), (1001, 777)] {
        let data = rgb(width, height, |x, y| gradient(x, y, width, height));
        let sources = [
            jpeg(width, height, &data, false),
            jpeg(width, height, &data, true),
            png(width, height, png::ColorType::Rgb, png::BitDepth::Eight, &data),
        ];
        for (number, bytes) in sources.iter().enumerate() {
            let picture = picture_of(bytes, &Limits::default()).unwrap();
            for out in [97, 160, 333, 640] {
                let preset = Preset { name: "s".into(), width: Some(out), height: None, fit: Fit::Inside };
                let plan = plan(width, height, &preset, Focal::default());
                let target = Target { plan, format: Format::Png, quality: 80 };
                let rendition = render(bytes, &picture, &[target], 1, &Limits::default()).unwrap().remove(0);
                let seen = pixels(&rendition.bytes);
                for (x, y) in [(2, 2), (plan.width / 2, plan.height / 2), (plan.width - 3, plan.height - 3)] {
                    let full = |at: u32, out: u32, side: u32| (at * 2 + 1) * side / (out * 2);
                    let (fx, fy) = (full(x, plan.width, width), full(y, plan.height, height));
                    let (found, wanted) = (at(&seen, x, y), gradient(fx, fy, width, height));
                    assert!(near(found, wanted, 8), "source {number} at {out}: {found:?}, not {wanted:?}");
                }
            }
        }
    }
}

#[test]
fn many_targets_come_back_in_their_order() {
    let data = rgb(900, 600, |x, y| gradient(x, y, 900, 600));
    let bytes = jpeg(900, 600, &data, false);
    let picture = picture_of(&bytes, &Limits::default()).unwrap();
    let targets: Vec<Target> = Preset::defaults()
        .iter()
        .flat_map(|preset| {
            let plan = plan(900, 600, preset, Focal { x: 0.2, y: 0.9 });
            [Format::Jpeg, Format::Webp, Format::Png].map(|format| Target { plan, format, quality: 80 })
        })
        .collect();
    let one = render(&bytes, &picture, &targets, 1, &Limits::default()).unwrap();
    let three = render(&bytes, &picture, &targets, 3, &Limits::default()).unwrap();
    assert_eq!(one, three, "the number of threads changes nothing");
    for (target, rendition) in targets.iter().zip(&one) {
        let read = picture_of(&rendition.bytes, &Limits::default()).unwrap();
        assert_eq!((read.width, read.height), (target.plan.width, target.plan.height));
        assert_eq!((read.format, rendition.format), (target.format, target.format));
    }
}

#[test]
fn a_pixel_is_enough() {
    for (width, height) in [(1, 1), (1, 300), (300, 1), (2, 3)] {
        let data = rgb(width, height, |_, _| BLUE);
        for bytes in [
            jpeg(width, height, &data, false),
            png(width, height, png::ColorType::Rgb, png::BitDepth::Eight, &data),
        ] {
            let picture = picture_of(&bytes, &Limits::default()).unwrap();
            let seen = understand(&bytes, &picture, &Limits::default()).unwrap();
            assert!(!seen.placeholder.is_empty() && seen.dominant.starts_with("#1"), "{seen:?}");
            for preset in Preset::defaults() {
                let plan = plan(width, height, &preset, Focal::default());
                let targets = [Format::Jpeg, Format::Png, Format::Webp].map(|format| Target {
                    plan,
                    format,
                    quality: 80,
                });
                assert_eq!(render(&bytes, &picture, &targets, 2, &Limits::default()).unwrap().len(), 3);
            }
        }
    }
}

#[test]
fn the_dominant_colour_is_that_of_most_pixels() {
    let data = rgb(400, 300, |x, y| if x < 300 { BLUE } else { gradient(x, y, 400, 300) });
    let bytes = png(400, 300, png::ColorType::Rgb, png::BitDepth::Eight, &data);
    let picture = picture_of(&bytes, &Limits::default()).unwrap();
    let seen = understand(&bytes, &picture, &Limits::default()).unwrap();
    assert!(seen.dominant.starts_with("#1428d"), "{}", seen.dominant);
    assert!(seen.placeholder.len() < 40);
    assert!(seen.placeholder_base64().len() < 60);
}

#[test]
fn a_target_that_does_not_fit_is_refused() {
    let data = rgb(100, 80, |_, _| RED);
    let bytes = jpeg(100, 80, &data, false);
    let picture = picture_of(&bytes, &Limits::default()).unwrap();
    let mut plan = whole(&picture);
    plan.crop.x = 1;
    let target = Target { plan, format: Format::Jpeg, quality: 80 };
    assert!(render(&bytes, &picture, &[target], 1, &Limits::default()).is_err());
}

#[test]
fn memory_is_refused_before_it_is_taken() {
    let data = rgb(900, 600, |x, y| gradient(x, y, 900, 600));
    let bytes = jpeg(900, 600, &data, true);
    let picture = picture_of(&bytes, &Limits::default()).unwrap();
    let target = Target { plan: whole(&picture), format: Format::Webp, quality: 80 };
    let cost = decode_cost(&picture, &[target]);
    assert!(cost > 900 * 600 * 3, "at least the picture itself: {cost}");
    let limits = Limits { memory: 2, ..Limits::default() };
    let error = render(&bytes, &picture, &[target], 1, &limits).unwrap_err();
    assert!(error.to_string().contains("MiB of memory"), "{error}");
}
