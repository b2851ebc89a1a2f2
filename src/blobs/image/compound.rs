//! The office documents of before 2007 are small file systems: their directory says what they are.

use std::io::{Read, Seek};

use super::bytes::Scan;
use super::error::ImageError;
use super::sniff::FileKind;

/// Sectors of the directory that are read: 512 entries of 128 bytes at the usual size.
const SECTORS: usize = 128;

/// The kind of document.
pub(crate) fn kind<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Result<FileKind, ImageError> {
    let names = names(scan).unwrap_or_default();
    let has = |name: &str| names.iter().any(|other| other == name);
    if has("Macros") || has("_VBA_PROJECT_CUR") || has("VBA") {
        let advice = "documents with macros are not taken; save it without macros or as a PDF";
        return Err(ImageError::Refused { what: "an office document with macros", advice });
    }
    [
        ("WordDocument", FileKind::Doc),
        ("Workbook", FileKind::Xls),
        ("Book", FileKind::Xls),
        ("PowerPoint Document", FileKind::Ppt),
    ]
    .into_iter()
    .find(|(name, _)| has(name))
    .map(|(_, kind)| kind)
    .ok_or(ImageError::Refused {
        what: "a file of an old office or installer format",
        advice: "save it as a PDF or a current office document and upload that",
    })
}

fn names<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Option<Vec<String>> {
    let header = scan.prefix(512).ok()?;
    let word = |at: usize| header.get(at..at + 4)?.try_into().ok().map(u32::from_le_bytes);
    let shift = u32::from(*header.get(30)?);
    if !(9..=12).contains(&shift) {
        return None;
    }
    let size = 1_u64 << shift;
    let mut sector = word(48)?;
    let mut names = Vec::new();
    for _ in 0..SECTORS {
        scan.jump((u64::from(sector) + 1) * size).ok()?;
        let Ok(body) = scan.read(size) else { break };
        names.extend(body.as_chunks::<128>().0.iter().filter_map(name));
        // The table of sectors: its own sectors are listed in the header.
        let per_table = size / 4;
        let table = usize::try_from(u64::from(sector) / per_table).ok().filter(|table| *table < 109)?;
        let table = word(76 + table * 4)?;
        scan.jump((u64::from(table) + 1) * size + u64::from(sector) % per_table * 4).ok()?;
        match scan.u32_le() {
            Ok(next) if next < 0xFFFF_FFF0 => sector = next,
            _ => break,
        }
    }
    Some(names)
}

fn name(entry: &[u8; 128]) -> Option<String> {
    let length = usize::from(u16::from_le_bytes([entry[64], entry[65]])).checked_sub(2)?;
    let units: Vec<u16> = entry
        .get(..length.min(64))?
        .as_chunks::<2>()
        .0
        .iter()
        .map(|pair| u16::from_le_bytes(*pair))
        .collect();
    String::from_utf16(&units).ok()
}
