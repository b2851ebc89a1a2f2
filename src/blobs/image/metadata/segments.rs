//! The blocks of metadata inside a picture, taken out by the header readers. Each is bounded, so that the header of a
//! file never costs more than a few megabytes; a block over its bound is as good as none.

use std::collections::BTreeMap;
use std::io::Read;

use super::{Fields, iptc, text};
use crate::blobs::image::number::wide;

/// The largest block of texts.
pub(crate) const TEXT_BYTES: u64 = 1024 * 1024;
/// The largest colour profile; those of printers reach 3 MiB.
pub(crate) const ICC_BYTES: u64 = 4 * 1024 * 1024;

/// The blocks of one picture.
#[derive(Debug, Clone, Default)]
pub(crate) struct Segments {
    exif: Option<Vec<u8>>,
    xmp: Option<Vec<u8>>,
    iptc: Option<Vec<u8>>,
    /// The parts of a profile by their number; a JPEG segment holds 64 KiB.
    icc: BTreeMap<u8, Vec<u8>>,
    icc_parts: u8,
    texts: Fields,
}

impl Segments {
    pub(crate) fn exif(&self) -> Option<&[u8]> {
        self.exif.as_deref()
    }

    pub(super) fn xmp(&self) -> Option<&[u8]> {
        self.xmp.as_deref()
    }

    pub(super) fn iptc(&self) -> Option<&[u8]> {
        self.iptc.as_deref()
    }

    pub(super) fn texts(&self) -> &Fields {
        &self.texts
    }

    /// The colour profile, when every part of it is there.
    pub(crate) fn icc(&self) -> Option<Vec<u8>> {
        let complete = self.icc_parts > 0 && self.icc.len() == usize::from(self.icc_parts);
        complete.then(|| self.icc.values().flatten().copied().collect())
    }

    /// EXIF or XMP of a JPEG.
    pub(crate) fn add_app1(&mut self, bytes: &[u8]) {
        if let Some(exif) = bytes.strip_prefix(b"Exif\0\0") {
            self.set_exif(exif);
        } else if let Some(xmp) = bytes.strip_prefix(b"http://ns.adobe.com/xap/1.0/\0") {
            self.set_xmp(xmp);
        }
    }

    /// A part of the colour profile of a JPEG.
    pub(crate) fn add_app2(&mut self, bytes: &[u8]) {
        let Some([number, parts, body @ ..]) = bytes.strip_prefix(b"ICC_PROFILE\0") else { return };
        let held: usize = self.icc.values().map(Vec::len).sum();
        if (1..=*parts).contains(number) && wide(held + body.len()) <= ICC_BYTES {
            self.icc_parts = *parts;
            self.icc.entry(*number).or_insert_with(|| body.to_vec());
        }
    }

    /// The Photoshop resources of a JPEG, which hold IPTC.
    pub(crate) fn add_app13(&mut self, bytes: &[u8]) {
        if self.iptc.is_none() {
            self.iptc = iptc::resource(bytes).map(<[u8]>::to_vec);
        }
    }

    pub(crate) fn set_icc(&mut self, bytes: &[u8]) {
        self.icc_parts = 1;
        self.icc.entry(1).or_insert_with(|| bytes.to_vec());
    }

    pub(crate) fn set_exif(&mut self, bytes: &[u8]) {
        let bytes = bytes.strip_prefix(b"Exif\0\0").unwrap_or(bytes);
        self.exif.get_or_insert_with(|| bytes.to_vec());
    }

    pub(crate) fn set_xmp(&mut self, bytes: &[u8]) {
        self.xmp.get_or_insert_with(|| bytes.to_vec());
    }

    /// A chunk of a PNG that holds a profile, EXIF or text.
    pub(crate) fn add_png(&mut self, name: [u8; 4], bytes: &[u8]) {
        match &name {
            b"eXIf" => self.set_exif(bytes),
            b"iCCP" => {
                if let Some((_, body)) = split(bytes)
                    && let Some(icc) = body.split_first().and_then(|(_, body)| inflate(body, ICC_BYTES))
                {
                    self.set_icc(&icc);
                }
            }
            b"tEXt" => {
                if let Some((keyword, body)) = split(bytes) {
                    self.keyword(keyword, text::latin1(body));
                }
            }
            b"zTXt" => {
                if let Some((keyword, body)) = split(bytes)
                    && let Some(body) = body.split_first().and_then(|(_, body)| inflate(body, TEXT_BYTES))
                {
                    self.keyword(keyword, text::latin1(&body));
                }
            }
            b"iTXt" => {
                self.international(bytes);
            }
            _ => {}
        }
    }

    fn international(&mut self, bytes: &[u8]) -> Option<()> {
        let (keyword, body) = split(bytes)?;
        let [packed, _, body @ ..] = body else { return None };
        let (_, body) = split(body)?;
        let (_, body) = split(body)?;
        let body = if *packed == 1 { inflate(body, TEXT_BYTES)? } else { body.to_vec() };
        if keyword == b"XML:com.adobe.xmp" {
            self.set_xmp(&body);
        } else {
            self.keyword(keyword, text::clean(&String::from_utf8_lossy(&body)));
        }
        Some(())
    }

    fn keyword(&mut self, keyword: &[u8], value: Option<String>) {
        let field = match keyword {
            b"Title" => &mut self.texts.title,
            b"Description" => &mut self.texts.description,
            b"Author" => &mut self.texts.creator,
            b"Copyright" => &mut self.texts.copyright,
            _ => return,
        };
        if field.is_none() {
            *field = value;
        }
    }
}

/// What comes before the first zero, and what comes after it.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == 0)?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

/// Unpacks at most `limit` bytes; more is nothing, so that a bomb costs the limit and no more.
fn inflate(bytes: &[u8], limit: u64) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    flate2::read::ZlibDecoder::new(bytes).take(limit + 1).read_to_end(&mut out).ok()?;
    (wide(out.len()) <= limit).then_some(out)
}
