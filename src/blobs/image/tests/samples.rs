//! Pictures of all kinds from a few lines each.

use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::io::Write;

use crate::blobs::image::{
    Focal, Format, Limits, Picture, Plan, Preset, Rendition, Target, picture_of, plan, render,
};

pub(crate) type Colour = [u8; 3];
pub(crate) const RED: Colour = [230, 20, 30];
pub(crate) const GREEN: Colour = [20, 200, 40];
pub(crate) const BLUE: Colour = [20, 40, 220];
pub(crate) const WHITE: Colour = [250, 250, 250];

/// Red and green above, blue and white below.
pub(crate) fn quarters(x: u32, y: u32, width: u32, height: u32) -> Colour {
    match (x * 2 < width, y * 2 < height) {
        (true, true) => RED,
        (false, true) => GREEN,
        (true, false) => BLUE,
        (false, false) => WHITE,
    }
}

/// Smooth in both directions, different everywhere.
pub(crate) fn gradient(x: u32, y: u32, width: u32, height: u32) -> Colour {
    let part = |at: u32, of: u32| u8::try_from(at * 255 / of.max(1)).unwrap();
    [part(x, width), part(y, height), 255 - part(x, width) / 2]
}

pub(crate) fn rgb(width: u32, height: u32, colour: impl Fn(u32, u32) -> Colour) -> Vec<u8> {
    (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| colour(x, y)).collect()
}

pub(crate) fn jpeg(width: u32, height: u32, data: &[u8], progressive: bool) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, 92);
    encoder.set_progressive(progressive);
    let (w, h) = (u16::try_from(width).unwrap(), u16::try_from(height).unwrap());
    let pixels = usize::try_from(width * height).unwrap();
    let kind = match data.len() / pixels {
        1 => jpeg_encoder::ColorType::Luma,
        3 => jpeg_encoder::ColorType::Rgb,
        _ => jpeg_encoder::ColorType::Cmyk,
    };
    encoder.encode(data, w, h, kind).unwrap();
    bytes
}

/// Puts segments right behind the start of a JPEG.
pub(crate) fn with_segments(jpeg: &[u8], segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    for (marker, body) in segments {
        bytes.extend([0xFF, *marker]);
        bytes.extend(u16::try_from(body.len() + 2).unwrap().to_be_bytes());
        bytes.extend(body);
    }
    bytes.extend(&jpeg[2..]);
    bytes
}

/// A TIFF with an orientation, the texts of EXIF, a time and a position.
pub(crate) fn exif(orientation: u16) -> Vec<u8> {
    let mut bytes = b"MM\0*\0\0\0\x08".to_vec();
    let texts: [(u16, &[u8]); 3] =
        [(0x010E, b"A lighthouse\0"), (0x013B, b"Ada Example\0"), (0x8298, b"(c) Ada\0Editor Example\0")];
    let start = 8 + 2 + 12 * 6 + 4;
    let mut data = Vec::new();
    let mut entries = Vec::new();
    let at = |data: &Vec<u8>| u32::try_from(start + data.len()).unwrap().to_be_bytes();
    let mut entry = |tag: u16, kind: u16, count: usize, value: [u8; 4]| {
        entries.extend(tag.to_be_bytes());
        entries.extend(kind.to_be_bytes());
        entries.extend(u32::try_from(count).unwrap().to_be_bytes());
        entries.extend(value);
    };
    entry(texts[0].0, 2, texts[0].1.len(), at(&data));
    data.extend(texts[0].1);
    let [a, b] = orientation.to_be_bytes();
    entry(0x0112, 3, 1, [a, b, 0, 0]);
    for (tag, text) in &texts[1..] {
        entry(*tag, 2, text.len(), at(&data));
        data.extend(*text);
    }
    // The EXIF directory with the time.
    entry(0x8769, 4, 1, at(&data));
    let directory = start + data.len();
    data.extend([0, 1, 0x90, 0x03, 0, 2, 0, 0, 0, 20]);
    data.extend(u32::try_from(directory + 18).unwrap().to_be_bytes());
    data.extend([0; 4]);
    data.extend(b"2024:05:31 13:45:09\0");
    // The GPS directory: 47 degrees north.
    entry(0x8825, 4, 1, at(&data));
    let directory = start + data.len();
    data.extend([0, 2, 0, 1, 0, 2, 0, 0, 0, 2, b'N', 0, 0, 0, 0, 2, 0, 5, 0, 0, 0, 3]);
    data.extend(u32::try_from(directory + 30).unwrap().to_be_bytes());
    data.extend([0; 4]);
    for part in [47_u32, 1, 22, 1, 8, 1] {
        data.extend(part.to_be_bytes());
    }
    bytes.extend([0, 6]);
    bytes.extend(entries);
    bytes.extend([0; 4]);
    bytes.extend(data);
    bytes
}

pub(crate) fn exif_segment(orientation: u16) -> (u8, Vec<u8>) {
    (0xE1, [b"Exif\0\0".to_vec(), exif(orientation)].concat())
}

pub(crate) const XMP: &str = r#"<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:i="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"
 xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:r="http://ns.adobe.com/xap/1.0/rights/"
 photoshop:Credit="Example Agency" exif:GPSLatitude="47,22.13N" r:WebStatement="https://example.org/licence">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Dawn &amp; dusk</rdf:li><rdf:li xml:lang="de">Morgen</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>Ada Example</rdf:li><rdf:li>Bo Sample</rdf:li></rdf:Seq></dc:creator>
<i:AltTextAccessibility><rdf:Alt><rdf:li xml:lang="x-default">A red tower on a rock</rdf:li></rdf:Alt></i:AltTextAccessibility>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"#;

pub(crate) fn xmp_segment() -> (u8, Vec<u8>) {
    (0xE1, [b"http://ns.adobe.com/xap/1.0/\0", XMP.as_bytes()].concat())
}

pub(crate) fn iptc_segment() -> (u8, Vec<u8>) {
    let set = |record: u8, number: u8, text: &[u8]| {
        let [high, low] = u16::try_from(text.len()).unwrap().to_be_bytes();
        [&[0x1C, record, number, high, low], text].concat()
    };
    let sets = [
        set(1, 90, b"\x1B%G"),
        set(2, 5, b"Tower"),
        set(2, 80, b"Ada Example"),
        set(2, 116, "\u{a9} Example".as_bytes()),
        set(2, 120, b"A tower by the sea\x07"),
    ]
    .concat();
    let length = u32::try_from(sets.len()).unwrap().to_be_bytes();
    (0xED, [b"Photoshop 3.0\08BIM\x04\x04\0\0", &length[..], &sets].concat())
}

/// A profile whose red and blue colorants have changed places: red comes out blue.
pub(crate) fn swapped_profile() -> Vec<u8> {
    let mut profile = moxcms::ColorProfile::new_srgb();
    std::mem::swap(&mut profile.red_colorant, &mut profile.blue_colorant);
    profile.cicp = None;
    profile.encode().unwrap()
}

pub(crate) fn icc_segment(profile: &[u8]) -> (u8, Vec<u8>) {
    (0xE2, [b"ICC_PROFILE\0\x01\x01", profile].concat())
}

pub(crate) fn png(
    width: u32,
    height: u32,
    kind: png::ColorType,
    depth: png::BitDepth,
    data: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(kind);
    encoder.set_depth(depth);
    if kind == png::ColorType::Indexed {
        encoder.set_palette([RED, GREEN, BLUE, WHITE].concat());
        encoder.set_trns(vec![255, 255, 255, 0]);
    }
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    bytes
}

pub(crate) fn png_chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(body.len()).unwrap().to_be_bytes().to_vec();
    bytes.extend(name);
    bytes.extend(body);
    let mut crc = flate2::Crc::new();
    crc.update(&bytes[4..]);
    bytes.extend(crc.sum().to_be_bytes());
    bytes
}

/// Puts chunks between the header and the data of a PNG.
pub(crate) fn with_chunks(png: &[u8], chunks: &[Vec<u8>]) -> Vec<u8> {
    [&png[..33], &chunks.concat(), &png[33..]].concat()
}

/// A PNG whose data are zeros, however many there would have to be.
pub(crate) fn hollow_png(
    width: u32,
    height: u32,
    bits: u8,
    kind: u8,
    interlace: u8,
    zeros: usize,
) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([bits, kind, 0, 0, interlace]);
    let chunks =
        [png_chunk(*b"IHDR", &header), png_chunk(*b"IDAT", &deflated_zeros(zeros)), png_chunk(*b"IEND", &[])];
    [b"\x89PNG\r\n\x1A\n", &chunks.concat()[..]].concat()
}

pub(crate) fn deflated_zeros(count: usize) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    let block = vec![0; 1 << 20];
    let mut left = count;
    while left > 0 {
        let now = left.min(block.len());
        encoder.write_all(&block[..now]).unwrap();
        left -= now;
    }
    encoder.finish().unwrap()
}

/// Frames of a GIF: a rectangle of one palette index each.
pub(crate) struct GifFrame {
    pub area: [u16; 4],
    pub index: u8,
    pub transparent: Option<u8>,
    pub dispose: gif::DisposalMethod,
    pub delay: u16,
}

pub(crate) fn gif(width: u16, height: u16, repeat: Option<gif::Repeat>, frames: &[GifFrame]) -> Vec<u8> {
    let palette = [RED, GREEN, BLUE, WHITE].concat();
    let mut encoder = gif::Encoder::new(Vec::new(), width, height, &palette).unwrap();
    if let Some(repeat) = repeat {
        encoder.set_repeat(repeat).unwrap();
    }
    for frame in frames {
        let [left, top, width, height] = frame.area;
        let buffer = vec![frame.index; usize::from(width) * usize::from(height)];
        let written = gif::Frame {
            delay: frame.delay,
            dispose: frame.dispose,
            transparent: frame.transparent,
            top,
            left,
            width,
            height,
            buffer: buffer.into(),
            ..gif::Frame::default()
        };
        encoder.write_frame(&written).unwrap();
    }
    encoder.into_inner().unwrap()
}

pub(crate) fn webp(width: u32, height: u32, rgba: &[u8], lossless: bool) -> Vec<u8> {
    webp::Encoder::from_rgba(rgba, width, height).encode_simple(lossless, 90.0).unwrap().to_vec()
}

/// A WebP, which has to have transparent places, with chunks of EXIF and XMP behind its picture.
pub(crate) fn extended_webp(webp: &[u8], exif: &[u8], xmp: &[u8]) -> Vec<u8> {
    let mut bytes = webp.to_vec();
    assert_eq!(&bytes[12..16], b"VP8X");
    bytes[20] |= 0x0C;
    for (name, body) in [(b"EXIF", exif), (b"XMP ", xmp)] {
        bytes.extend(name);
        bytes.extend(u32::try_from(body.len()).unwrap().to_le_bytes());
        bytes.extend(body);
        bytes.resize(bytes.len().next_multiple_of(2), 0);
    }
    let length = u32::try_from(bytes.len() - 8).unwrap().to_le_bytes();
    bytes[4..8].copy_from_slice(&length);
    bytes
}

/// A still with more than one kind of everything, for the tests of damage.
pub(crate) fn valid() -> Vec<(&'static str, Vec<u8>)> {
    let (width, height) = (96, 80);
    let data = rgb(width, height, |x, y| gradient(x, y, width, height));
    let rgba: Vec<u8> =
        data.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255 - *r / 2]).collect();
    let segments = [exif_segment(6), xmp_segment(), iptc_segment(), icc_segment(&swapped_profile())];
    let moving: Vec<GifFrame> = (0..4)
        .map(|n| GifFrame {
            area: [n * 10, n * 8, 40, 30],
            index: u8::try_from(n).unwrap(),
            transparent: None,
            dispose: gif::DisposalMethod::Keep,
            delay: 10,
        })
        .collect();
    let gif = gif(96, 80, Some(gif::Repeat::Infinite), &moving);
    let picture = picture_of(&gif, &Limits::default()).unwrap();
    let animated = only(&gif, &picture, Format::Webp);
    vec![
        ("baseline.jpg", with_segments(&jpeg(width, height, &data, false), &segments)),
        ("progressive.jpg", jpeg(width, height, &data, true)),
        ("rgba.png", png(width, height, png::ColorType::Rgba, png::BitDepth::Eight, &rgba)),
        ("lossy.webp", webp(width, height, &rgba, false)),
        ("lossless.webp", webp(width, height, &rgba, true)),
        ("moving.gif", gif),
        ("moving.webp", animated.bytes),
    ]
}

/// The whole picture at its own size.
pub(crate) fn whole(picture: &Picture) -> Plan {
    let preset = Preset {
        name: "whole".into(),
        width: Some(4096),
        height: None,
        fit: crate::blobs::image::Fit::Inside,
    };
    plan(picture.width, picture.height, &preset, Focal::default())
}

pub(crate) fn only(bytes: &[u8], picture: &Picture, format: Format) -> Rendition {
    let target = Target { plan: whole(picture), format, quality: 90 };
    render(bytes, picture, &[target], 2, &Limits::default()).unwrap().remove(0)
}

/// A rendition as RGBA, read back by the engine's own decoder at full size.
pub(crate) fn pixels(bytes: &[u8]) -> crate::blobs::image::pixels::Pixels {
    let picture = picture_of(bytes, &Limits::default()).unwrap();
    let pixels = crate::blobs::image::decode::still(bytes, &picture, 1.0, 2).unwrap().pixels;
    if pixels.has_alpha() {
        return pixels;
    }
    let data = pixels.data.as_chunks::<3>().0.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect();
    crate::blobs::image::pixels::Pixels { channels: 4, data, ..pixels }
}

pub(crate) fn at(pixels: &crate::blobs::image::pixels::Pixels, x: u32, y: u32) -> [u8; 4] {
    let index = usize::try_from(y * pixels.width + x).unwrap();
    pixels.data.as_chunks::<4>().0[index]
}

pub(crate) fn near(a: [u8; 4], b: Colour, by: u8) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) <= by)
}
