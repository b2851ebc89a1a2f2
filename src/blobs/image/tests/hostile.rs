//! Files that are made to do harm: each is refused or rendered harmless, and none panics.

use proptest::prelude::*;

use super::samples::*;
use crate::blobs::image::{
    Format, ImageError, Limits, Picture, Probe, Target, picture_of, probe, render, understand,
};

/// Everything that the service does with an upload.
fn all(bytes: &[u8]) -> Result<(), ImageError> {
    let limits = Limits::default();
    let picture = match probe(&mut std::io::Cursor::new(bytes), &limits)? {
        Probe::Picture(picture) => picture,
        Probe::File(_) => return Ok(()),
    };
    understand(bytes, &picture, &limits)?;
    let targets =
        [Format::Webp, Format::Jpeg].map(|format| Target { plan: whole(&picture), format, quality: 80 });
    let out = render(bytes, &picture, &targets, 2, &limits)?;
    assert_eq!(out.len(), 2);
    Ok(())
}

fn not_crashed(result: &Result<(), ImageError>, what: &str) {
    assert!(!matches!(result, Err(ImageError::Crashed)), "{what} made a decoder panic");
}

#[test]
fn bombs_are_refused_by_their_header() {
    let many: Vec<GifFrame> = (0..200)
        .map(|_| GifFrame {
            area: [0, 0, 1, 1],
            index: 0,
            transparent: None,
            dispose: gif::DisposalMethod::Keep,
            delay: 1,
        })
        .collect();
    let cases = [
        ("11,000 x 11,000", hollow_png(11_000, 11_000, 8, 6, 0, 1 << 20), "at most 52428800 pixels in all"),
        ("20,000 x 20,000", hollow_png(20_000, 20_000, 1, 0, 0, 50_020_000), "at most 16384 a side"),
        ("a GIF of 200 large frames", gif(4_000, 4_000, None, &many), "at most 52428800 pixels in all"),
        ("a GIF of 60,000 a side", gif(60_000, 60_000, None, &many[..1]), "at most 16384 a side"),
    ];
    for (what, bytes, words) in cases {
        assert!(bytes.len() < 500_000, "{what} is small: {}", bytes.len());
        let error = all(&bytes).unwrap_err().to_string();
        assert!(error.contains(words), "{what}: {error}");
    }
}

#[test]
fn a_tiny_gif_of_very_many_frames_is_refused() {
    let frame = GifFrame {
        area: [0, 0, 1, 1],
        index: 0,
        transparent: None,
        dispose: gif::DisposalMethod::Keep,
        delay: 1,
    };
    let one = gif(1, 1, None, std::slice::from_ref(&frame));
    let two = gif(
        1,
        1,
        None,
        &[
            frame,
            GifFrame {
                area: [0, 0, 1, 1],
                index: 1,
                transparent: None,
                dispose: gif::DisposalMethod::Keep,
                delay: 1,
            },
        ],
    );
    let again = &two[one.len() - 1..two.len() - 1];
    let mut bytes = one[..one.len() - 1].to_vec();
    (0..150_000).for_each(|_| bytes.extend(again));
    bytes.push(0x3B);
    assert!(all(&bytes).unwrap_err().to_string().contains("more than 1000 frames"));
}

#[test]
fn packed_texts_and_profiles_do_not_unfold() {
    let data = rgb(16, 16, |_, _| RED);
    let plain = png(16, 16, png::ColorType::Rgb, png::BitDepth::Eight, &data);
    let zeros = deflated_zeros(200 << 20);
    let bomb = |start: &[u8]| [start, &zeros].concat();
    let bytes = with_chunks(
        &plain,
        &[
            png_chunk(*b"zTXt", &bomb(b"Title\0\0")),
            png_chunk(*b"iCCP", &bomb(b"p\0\0")),
            png_chunk(*b"iTXt", &bomb(b"XML:com.adobe.xmp\0\x01\0\0\0")),
        ],
    );
    let picture = picture_of(&bytes, &Limits::default()).unwrap();
    assert_eq!(picture.fields, crate::blobs::image::Fields::default());
    all(&bytes).unwrap();
}

#[test]
fn a_large_picture_of_nothing_is_decoded_line_by_line() {
    let bytes = hollow_png(7_000, 7_000, 8, 6, 0, 7_000 * (7_000 * 4 + 1));
    let picture = picture_of(&bytes, &Limits::default()).unwrap();
    let seen = understand(&bytes, &picture, &Limits::default()).unwrap();
    assert!(seen.transparent);
    assert!(crate::blobs::image::understand_cost(&picture) < 4 << 20);
}

#[test]
fn scans_without_end_are_refused() {
    let bytes = jpeg(64, 64, &rgb(64, 64, |x, y| gradient(x, y, 64, 64)), true);
    let scan = bytes.windows(2).rposition(|pair| pair == [0xFF, 0xDA]).unwrap();
    let (head, last) = bytes[..bytes.len() - 2].split_at(scan);
    let mut long = head.to_vec();
    (0..500).for_each(|_| long.extend(last));
    long.extend([0xFF, 0xD9]);
    assert!(all(&long).unwrap_err().to_string().contains("too many scans"));
}

#[test]
fn a_picture_cut_off_anywhere_is_an_error() {
    for (name, bytes) in valid() {
        all(&bytes).unwrap();
        for part in 0..16 {
            let cut = &bytes[..bytes.len() * part / 16];
            let result = all(cut);
            not_crashed(&result, name);
            assert!(result.is_err(), "{name} cut at {part}/16 passed");
        }
    }
}

#[test]
fn sizes_of_zero_are_refused() {
    let data = rgb(16, 16, |_, _| RED);
    let jpeg = jpeg(16, 16, &data, false);
    let frame = jpeg.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    for at in [frame + 5, frame + 7] {
        let mut bytes = jpeg.clone();
        bytes[at..at + 2].fill(0);
        assert!(all(&bytes).unwrap_err().to_string().contains("no pixels"));
    }
    for (width, height) in [(0, 5), (5, 0)] {
        assert!(all(&hollow_png(width, height, 8, 2, 0, 100)).is_err());
    }
    assert!(all(&gif(0, 0, None, &[])).is_err());
}

#[test]
fn headers_that_lie_are_refused() {
    // The canvas says 96 x 80, the frame in it says 16,383 a side: the decoder would take memory for the frame.
    let valid = valid();
    let find = |name: &str| valid.iter().find(|(other, _)| *other == name).unwrap().1.clone();
    for name in ["lossy.webp", "moving.webp"] {
        let mut bytes = find(name);
        let start = bytes.windows(3).position(|window| window == [0x9D, 0x01, 0x2A]).unwrap();
        bytes[start + 3..start + 7].copy_from_slice(&[0xFF, 0x3F, 0xFF, 0x3F]);
        let result = all(&bytes);
        assert!(matches!(result, Err(ImageError::Corrupt { .. })), "{name}: {result:?}");
    }
    // More lines than there are data for.
    let mut bytes = find("baseline.jpg");
    let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0x10, 0x00, 0x10, 0x00]);
    let result = all(&bytes);
    assert!(result.is_err(), "{result:?}");
    let mut bytes = find("moving.gif");
    bytes[6..10].copy_from_slice(&[1, 0, 1, 0]);
    not_crashed(&all(&bytes), "a GIF whose frames lie outside");
}

#[test]
fn cycles_and_offsets_in_exif_lead_nowhere() {
    let data = rgb(16, 16, |_, _| RED);
    let plain = jpeg(16, 16, &data, false);
    let base = exif(6);
    for at in 4..base.len() {
        for value in [0, 8, 0x7F, 0xFF] {
            let mut tiff = base.clone();
            tiff[at] = value;
            let bytes = with_segments(&plain, &[(0xE1, [b"Exif\0\0".to_vec(), tiff].concat())]);
            let picture: Picture = picture_of(&bytes, &Limits::default()).unwrap();
            assert_eq!(picture.width * picture.height, 256);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_damaged_file_never_panics(
        which in 0_usize..7,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        early in any::<bool>(),
    ) {
        let (name, mut bytes) = valid_once()[which].clone();
        let range = if early { bytes.len().min(200) } else { bytes.len() };
        for (at, value) in damage {
            bytes[at.index(range)] = value;
        }
        not_crashed(&all(&bytes), name);
    }

    #[test]
    fn noise_behind_a_magic_number_never_panics(
        which in 0_usize..7,
        length in 0_usize..64,
        noise in proptest::collection::vec(any::<u8>(), 0..2_000),
    ) {
        let (name, bytes) = &valid_once()[which];
        let bytes = [&bytes[..length.min(bytes.len())], &noise].concat();
        not_crashed(&all(&bytes), name);
    }
}

fn valid_once() -> &'static [(&'static str, Vec<u8>)] {
    static VALID: std::sync::OnceLock<Vec<(&'static str, Vec<u8>)>> = std::sync::OnceLock::new();
    VALID.get_or_init(valid)
}
