//! No rendition holds anything but pixels: neither texts, positions, profiles nor what was hung on the end.

use super::samples::*;
use crate::blobs::image::{Format, Limits, picture_of};

/// Everything in the files that a reader of metadata could find by its name.
const MARKS: [&[u8]; 12] = [
    b"Exif",
    b"http://ns.adobe",
    b"xpacket",
    b"Photoshop",
    b"8BIM",
    b"ICC_PROFILE",
    b"GPS",
    b"Example",
    b"eXIf",
    b"iCCP",
    b"EXIF",
    b"XMP ",
];

/// The parts of a file by the names that its format gives them, in order, and what comes behind its end.
fn parts(bytes: &[u8], format: Format) -> (Vec<String>, usize) {
    let word = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap());
    let mut names = Vec::new();
    let mut at;
    match format {
        Format::Jpeg => {
            at = 2;
            loop {
                assert_eq!(bytes[at], 0xFF);
                names.push(format!("{:02x}", bytes[at + 1]));
                match bytes[at + 1] {
                    0xD9 => return (names, bytes.len() - at - 2),
                    0xDA => {
                        let scan = &bytes[at + 2..];
                        at += 2 + scan
                            .windows(2)
                            .position(|w| w[0] == 0xFF && w[1] != 0 && !(0xD0..=0xD7).contains(&w[1]))
                            .unwrap();
                    }
                    _ => at += 2 + usize::try_from(word(at + 2) >> 16).unwrap(),
                }
            }
        }
        Format::Png => {
            at = 8;
            while at < bytes.len() {
                names.push(String::from_utf8_lossy(&bytes[at + 4..at + 8]).into_owned());
                at += 12 + usize::try_from(word(at)).unwrap();
                if names.last().unwrap() == "IEND" {
                    break;
                }
            }
        }
        _ => {
            at = 12;
            while at < bytes.len() {
                names.push(String::from_utf8_lossy(&bytes[at..at + 4]).into_owned());
                let length = usize::try_from(word(at + 4).swap_bytes()).unwrap();
                at += 8 + length + length % 2;
            }
        }
    }
    (names, bytes.len() - at)
}

fn assert_clean(bytes: &[u8], format: Format, what: &str) {
    for mark in MARKS {
        let found = bytes.windows(mark.len()).any(|window| window == mark);
        assert!(!found, "{what} as {format:?} holds {}", String::from_utf8_lossy(mark));
    }
    if format == Format::Gif {
        assert_eq!(bytes.last(), Some(&0x3B));
        assert!(!bytes.windows(2).any(|pair| pair == [0x21, 0xFE]), "no comment");
        return;
    }
    let allowed: &[&str] = match format {
        // Only the JFIF header among the application segments.
        Format::Jpeg => &["e0", "db", "c0", "c4", "da", "d9"],
        Format::Png => &["IHDR", "IDAT", "IEND"],
        _ => &["VP8X", "ANIM", "ANMF", "ALPH", "VP8 ", "VP8L"],
    };
    let (names, behind) = parts(bytes, format);
    assert!(names.iter().all(|name| allowed.contains(&name.as_str())), "{what} as {format:?}: {names:?}");
    assert_eq!(behind, 0, "{what} as {format:?}: nothing behind the end");
}

fn loaded() -> Vec<(&'static str, Vec<u8>)> {
    let (width, height) = (64, 48);
    let data = rgb(width, height, |x, y| gradient(x, y, width, height));
    let rgba: Vec<u8> = data.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255 - *r]).collect();
    let profile = swapped_profile();
    let jpeg = with_segments(
        &jpeg(width, height, &data, false),
        &[
            exif_segment(3),
            xmp_segment(),
            iptc_segment(),
            icc_segment(&profile),
            (0xFE, b"Example comment".to_vec()),
        ],
    );
    let itxt = [b"XML:com.adobe.xmp\0\0\0\0\0", XMP.as_bytes()].concat();
    let png = with_chunks(
        &png(width, height, png::ColorType::Rgba, png::BitDepth::Eight, &rgba),
        &[
            png_chunk(*b"eXIf", &exif(1)),
            png_chunk(*b"iTXt", &itxt),
            png_chunk(*b"tEXt", b"Author\0Ada Example"),
        ],
    );
    let webp = extended_webp(&webp(width, height, &rgba, false), &exif(1), XMP.as_bytes());
    let php = [&jpeg[..], b"<?php echo 'Example'; ?><script>Example</script>PK\x03\x04Example"].concat();
    let gif = gif(64, 48, Some(gif::Repeat::Infinite), &frames());
    let mut gifar = gif.clone();
    gifar.extend(b"PK\x03\x04Example");
    vec![("JPEG", jpeg), ("PNG", png), ("WebP", webp), ("polyglot", php), ("GIF", gif), ("GIFAR", gifar)]
}

fn frames() -> Vec<GifFrame> {
    (0..3)
        .map(|n| GifFrame {
            area: [n * 8, 4, 20, 20],
            index: u8::try_from(n).unwrap(),
            transparent: None,
            dispose: gif::DisposalMethod::Background,
            delay: 7,
        })
        .collect()
}

#[test]
fn nothing_but_pixels_comes_out() {
    for (what, bytes) in loaded() {
        let picture = picture_of(&bytes, &Limits::default()).unwrap();
        let mark = MARKS.iter().any(|mark| bytes.windows(mark.len()).any(|window| window == *mark));
        assert!(mark || what == "GIF", "{what} has something to leak");
        for format in [Format::Jpeg, Format::Png, Format::Webp, Format::Gif] {
            assert_clean(&only(&bytes, &picture, format).bytes, format, what);
        }
    }
}

#[test]
fn useful_texts_are_offered_and_the_place_is_not() {
    let all = loaded();
    let find = |name: &str| {
        let (_, bytes) = all.iter().find(|(what, _)| *what == name).unwrap();
        picture_of(bytes, &Limits::default()).unwrap().fields
    };
    let fields = find("JPEG");
    assert_eq!(fields.title.as_deref(), Some("Dawn & dusk"), "XMP before IPTC");
    assert_eq!(
        fields.description.as_deref(),
        Some("A tower by the sea"),
        "IPTC before EXIF, without control characters"
    );
    assert_eq!(fields.alt.as_deref(), Some("A red tower on a rock"));
    assert_eq!(fields.creator.as_deref(), Some("Ada Example, Bo Sample"));
    assert_eq!(fields.credit.as_deref(), Some("Example Agency"));
    assert_eq!(fields.copyright.as_deref(), Some("\u{a9} Example"));
    assert_eq!(fields.licence.as_deref(), Some("https://example.org/licence"));
    assert_eq!(fields.taken.as_deref(), Some("2024-05-31T13:45:09"));
    for name in ["JPEG", "PNG", "WebP"] {
        let json = format!("{:?}", find(name));
        assert!(!json.contains("47"), "{name}: no position in {json}");
        assert_eq!(find(name).alt.as_deref(), Some("A red tower on a rock"), "{name}");
        assert_eq!(find(name).taken.as_deref(), Some("2024-05-31T13:45:09"), "{name}");
    }
}

/// For a look with other tools: `MASTHEAD_DUMP=folder cargo test --lib dump -- --ignored`.
#[test]
#[ignore = "writes files for a look with other tools"]
fn dump() {
    let folder = std::path::PathBuf::from(std::env::var("MASTHEAD_DUMP").unwrap());
    std::fs::create_dir_all(folder.join("in")).unwrap();
    std::fs::create_dir_all(folder.join("out")).unwrap();
    let turned = (1..=8).map(|orientation| {
        let (width, height, data) = super::orientation::stored(orientation);
        let bytes = with_segments(&jpeg(width, height, &data, false), &[exif_segment(orientation)]);
        (["", "o1", "o2", "o3", "o4", "o5", "o6", "o7", "o8"][usize::from(orientation)], bytes)
    });
    for (name, bytes) in loaded().into_iter().chain(valid()).chain(turned) {
        let picture = picture_of(&bytes, &Limits::default()).unwrap();
        std::fs::write(folder.join("in").join(format!("{name}.{}", picture.format.extension())), &bytes)
            .unwrap();
        for format in [Format::Jpeg, Format::Png, Format::Webp, Format::Gif] {
            let out = only(&bytes, &picture, format);
            std::fs::write(folder.join("out").join(format!("{name}.{}", format.extension())), out.bytes)
                .unwrap();
        }
    }
}
