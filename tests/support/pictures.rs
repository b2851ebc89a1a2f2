//! Pictures for tests, made here: small, and each different by its seed.

use jpeg_encoder::{ColorType, Encoder};

/// The pixels of a picture with an edge in it: `seed` in the upper left quarter, its complement elsewhere.
fn pixels(width: u16, height: u16, seed: [u8; 3]) -> Vec<u8> {
    let complement = seed.map(|value| 255 - value);
    let pixel = |index: usize| {
        let (x, y) = (index % usize::from(width), index / usize::from(width));
        if x * 2 < usize::from(width) && y * 2 < usize::from(height) { seed } else { complement }
    };
    (0..usize::from(width) * usize::from(height)).flat_map(pixel).collect()
}

/// A JPEG of this size.
pub fn jpeg(width: u16, height: u16, seed: [u8; 3]) -> Vec<u8> {
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, 90)
        .encode(&pixels(width, height, seed), width, height, ColorType::Rgb)
        .expect("a picture");
    bytes
}

/// A JPEG that says where it was taken, by whom and what it shows: EXIF with GPS and an artist, and an XMP packet.
pub fn talking_jpeg(width: u16, height: u16, seed: [u8; 3]) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut bytes = tag.to_le_bytes().to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
        bytes
    };
    let artist = b"Ilse Fictional\0";
    // Two entries, then the name, then the place.
    let name_at = 8 + 2 + 2 * 12 + 4;
    let gps_at = name_at + u32::try_from(artist.len()).expect("short");
    tiff.extend(2_u16.to_le_bytes());
    tiff.extend(entry(0x013b, 2, u32::try_from(artist.len()).expect("short"), name_at));
    tiff.extend(entry(0x8825, 4, 1, gps_at));
    tiff.extend(0_u32.to_le_bytes());
    tiff.extend(artist);
    tiff.extend(1_u16.to_le_bytes());
    tiff.extend(entry(0x0001, 2, 2, u32::from(b'N')));
    tiff.extend(0_u32.to_le_bytes());
    let xmp = "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF \
        xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" \
        xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">The reading \
        room</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>";
    let exif = [b"Exif\0\0".as_slice(), &tiff].concat();
    let plain = jpeg(width, height, seed);
    let mut bytes = plain[..2].to_vec();
    for content in [exif.as_slice(), xmp.as_bytes()] {
        bytes.extend([0xff, 0xe1]);
        bytes.extend(u16::try_from(content.len() + 2).expect("short").to_be_bytes());
        bytes.extend(content);
    }
    bytes.extend(&plain[2..]);
    bytes
}

/// A PNG of this size, half transparent.
pub fn glass_png(width: u16, height: u16, seed: [u8; 3]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width.into(), height.into());
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect("a header");
    let rgb = pixels(width, height, seed);
    let rgba: Vec<u8> = rgb.chunks(3).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 128]).collect();
    writer.write_image_data(&rgba).expect("pixels");
    writer.finish().expect("a picture");
    bytes
}

/// The least that is a PDF.
pub fn pdf(text: &str) -> Vec<u8> {
    format!("%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n% {text}\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n")
        .into_bytes()
}

/// Width and height of a JPEG, PNG, GIF or WebP, by its header.
pub fn size(bytes: &[u8]) -> (u32, u32) {
    let limits = masthead::blobs::image::Limits::default();
    let picture = masthead::blobs::image::picture_of(bytes, &limits).expect("a picture");
    (picture.width, picture.height)
}
