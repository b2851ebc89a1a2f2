//! Office documents are ZIP archives. The central directory is read, never an entry's packed content: an archive that
//! is no document, or that holds macros, is refused.

use std::io::{Read, Seek};

use super::bytes::{Bytes, Scan};
use super::error::ImageError;
use super::number::wide;
use super::sniff::FileKind;

/// The end record and the longest comment behind it.
const TAIL: u64 = 22 + 65_535;
const DIRECTORY: u64 = 4 * 1024 * 1024;

/// The kind of document.
pub(crate) fn kind<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Result<FileKind, ImageError> {
    let first = scan.prefix(256)?;
    let names = names(scan).ok_or_else(archive)?;
    let has = |name: &str| names.iter().any(|other| other == name);
    let macros =
        |name: &String| name.to_ascii_lowercase().ends_with("vbaproject.bin") || name.starts_with("Basic/");
    let kind = if has("[Content_Types].xml") {
        [
            ("word/document.xml", FileKind::Docx),
            ("xl/workbook.xml", FileKind::Xlsx),
            ("ppt/presentation.xml", FileKind::Pptx),
        ]
        .into_iter()
        .find(|(name, _)| has(name))
        .map(|(_, kind)| kind)
    } else {
        open_document(&first)
    };
    let kind = kind.ok_or_else(archive)?;
    if names.iter().any(macros) {
        let advice = "documents with macros are not taken; save it without macros or as a PDF";
        return Err(ImageError::Refused { what: "an office document with macros", advice });
    }
    Ok(kind)
}

fn archive() -> ImageError {
    ImageError::Refused {
        what: "an archive",
        advice: "archives are not taken; upload the files in it one by one",
    }
}

/// A document of that kind starts with an entry named `mimetype`, stored as it is.
fn open_document(first: &[u8]) -> Option<FileKind> {
    let mut bytes = Bytes::new(first);
    let header: [u8; 30] = bytes.array()?;
    let stored = header[8] == 0 && header[9] == 0;
    let (name, extra) =
        (u16::from_le_bytes([header[26], header[27]]), u16::from_le_bytes([header[28], header[29]]));
    let length = u32::from_le_bytes([header[18], header[19], header[20], header[21]]);
    if !stored || bytes.take(name.into())? != b"mimetype" {
        return None;
    }
    bytes.take(extra.into())?;
    match bytes.take(usize::try_from(length).ok()?)? {
        b"application/vnd.oasis.opendocument.text" => Some(FileKind::Odt),
        b"application/vnd.oasis.opendocument.spreadsheet" => Some(FileKind::Ods),
        b"application/vnd.oasis.opendocument.presentation" => Some(FileKind::Odp),
        _ => None,
    }
}

fn names<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Option<Vec<String>> {
    scan.jump(scan.length().saturating_sub(TAIL)).ok()?;
    let tail = scan.read(scan.left()).ok()?;
    let at = tail.windows(4).rposition(|window| window == b"PK\x05\x06")?;
    let end: &[u8; 22] = tail.get(at..)?.first_chunk()?;
    let length = u32::from_le_bytes([end[12], end[13], end[14], end[15]]);
    let offset = u32::from_le_bytes([end[16], end[17], end[18], end[19]]);
    if u64::from(length) > DIRECTORY {
        return None;
    }
    scan.jump(offset.into()).ok()?;
    let directory = scan.read(length.into()).ok()?;
    let mut bytes = Bytes::new(&directory);
    let mut names = Vec::new();
    while !bytes.rest().is_empty() {
        let header: [u8; 46] = bytes.array()?;
        let part = |at: usize| u16::from_le_bytes([header[at], header[at + 1]]);
        if !header.starts_with(b"PK\x01\x02") {
            return None;
        }
        names.push(String::from_utf8_lossy(bytes.take(part(28).into())?).into_owned());
        bytes.take(usize::from(part(30)) + usize::from(part(32)))?;
    }
    (wide(names.len()) > 0).then_some(names)
}
