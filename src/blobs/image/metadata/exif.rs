//! EXIF: the few tags that are of use, out of the TIFF structure that holds them.

use super::Fields;
use super::text::{clean, decode, time, utf16};

/// Entries of one directory that are looked at.
const ENTRIES: u16 = 512;

struct Tiff<'a> {
    bytes: &'a [u8],
    big: bool,
}

struct Entry<'a> {
    tag: u16,
    kind: u16,
    value: &'a [u8],
}

/// The orientation tag, from 1 to 8; 1 when there is none or it makes no sense.
pub(crate) fn orientation(bytes: &[u8]) -> u8 {
    let found = Tiff::new(bytes).and_then(|tiff| {
        let first = tiff.directory(tiff.u32(4)?);
        let entry = first.iter().find(|entry| entry.tag == 0x0112)?;
        match entry.kind {
            3 => tiff.short(entry.value),
            1 => entry.value.first().map(|byte| u16::from(*byte)),
            4 => tiff.long(entry.value).and_then(|value| u16::try_from(value).ok()),
            _ => None,
        }
    });
    found.and_then(|value| u8::try_from(value).ok()).filter(|value| (1..=8).contains(value)).unwrap_or(1)
}

/// The texts of the first directory and the time of the EXIF directory.
pub(super) fn fields(bytes: &[u8]) -> Fields {
    let Some(tiff) = Tiff::new(bytes) else { return Fields::default() };
    let first = tiff.u32(4).map(|offset| tiff.directory(offset)).unwrap_or_default();
    let find = |tag: u16| first.iter().find(|entry| entry.tag == tag);
    let ascii = |tag: u16| find(tag).filter(|entry| entry.kind == 2).and_then(|entry| decode(entry.value));
    let wide = |tag: u16| find(tag).and_then(|entry| utf16(entry.value));
    let camera = find(0x8769).and_then(|entry| tiff.long(entry.value)).map(|offset| tiff.directory(offset));
    let taken = camera.unwrap_or_default().into_iter().find(|entry| entry.tag == 0x9003);
    Fields {
        title: wide(0x9C9B),
        description: ascii(0x010E).or_else(|| wide(0x9C9C)),
        creator: ascii(0x013B).or_else(|| wide(0x9C9D)),
        copyright: find(0x8298).and_then(|entry| notice(entry.value)),
        taken: taken.and_then(|entry| time(std::str::from_utf8(entry.value).ok()?)),
        ..Fields::default()
    }
}

/// The photographer's notice and the editor's, which a zero divides.
fn notice(value: &[u8]) -> Option<String> {
    let parts: Vec<String> = value.split(|byte| *byte == 0).take(2).filter_map(decode).collect();
    clean(&parts.join(", "))
}

impl<'a> Tiff<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let big = match bytes.get(..4)? {
            [b'M', b'M', 0, 42] => true,
            [b'I', b'I', 42, 0] => false,
            _ => return None,
        };
        Some(Self { bytes, big })
    }

    fn short(&self, bytes: &[u8]) -> Option<u16> {
        let bytes = bytes.first_chunk()?;
        Some(if self.big { u16::from_be_bytes(*bytes) } else { u16::from_le_bytes(*bytes) })
    }

    fn long(&self, bytes: &[u8]) -> Option<u32> {
        let bytes = bytes.first_chunk()?;
        Some(if self.big { u32::from_be_bytes(*bytes) } else { u32::from_le_bytes(*bytes) })
    }

    fn slice(&self, offset: u32, length: usize) -> Option<&'a [u8]> {
        let start = usize::try_from(offset).ok()?;
        self.bytes.get(start..start.checked_add(length)?)
    }

    fn u32(&self, offset: u32) -> Option<u32> {
        self.long(self.slice(offset, 4)?)
    }

    fn directory(&self, offset: u32) -> Vec<Entry<'a>> {
        let count = self.slice(offset, 2).and_then(|bytes| self.short(bytes)).unwrap_or(0).min(ENTRIES);
        let entry = |index: u16| self.entry(offset.checked_add(2 + 12 * u32::from(index))?);
        (0..count).map_while(|index| Some(entry(index))).flatten().collect()
    }

    fn entry(&self, offset: u32) -> Option<Entry<'a>> {
        let bytes = self.slice(offset, 12)?;
        let (tag, kind) = (self.short(bytes)?, self.short(bytes.get(2..)?)?);
        let count = usize::try_from(self.long(bytes.get(4..)?)?).ok()?;
        let size = match kind {
            1 | 2 | 6 | 7 => 1,
            3 | 8 => 2,
            4 | 9 => 4,
            _ => return None,
        };
        let length = count.checked_mul(size)?;
        let inline = bytes.get(8..)?;
        let value = match inline.get(..length) {
            Some(value) => value,
            None => self.slice(self.long(inline)?, length)?,
        };
        Some(Entry { tag, kind, value })
    }
}
