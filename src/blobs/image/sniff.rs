//! The kind of a file by its first bytes, and for containers by what they hold. What is on neither list is refused:
//! pages, scripts and programs have nothing to do in a media library.

use std::io::{Read, Seek};

use serde::{Deserialize, Serialize};

use super::archive;
use super::bytes::Scan;
use super::compound;
use super::error::ImageError;
use super::probe::Format;

/// The bytes that are looked at first.
const PREFIX: u64 = 4_096;

/// A kind of file that is offered as a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum FileKind {
    Pdf,
    Mp4,
    M4a,
    Webm,
    OggVideo,
    OggAudio,
    Mp3,
    Wav,
    Flac,
    Docx,
    Xlsx,
    Pptx,
    Odt,
    Ods,
    Odp,
    Doc,
    Xls,
    Ppt,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sniffed {
    Picture(Format),
    File(FileKind),
}

impl FileKind {
    /// The name for people, with its article.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().0
    }

    /// The media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        self.row().1
    }

    /// The usual extension, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Pdf => ("a PDF document", "application/pdf", "pdf"),
            Self::Mp4 => ("an MP4 video", "video/mp4", "mp4"),
            Self::M4a => ("an M4A audio file", "audio/mp4", "m4a"),
            Self::Webm => ("a WebM video", "video/webm", "webm"),
            Self::OggVideo => ("an Ogg video", "video/ogg", "ogv"),
            Self::OggAudio => ("an Ogg audio file", "audio/ogg", "ogg"),
            Self::Mp3 => ("an MP3 audio file", "audio/mpeg", "mp3"),
            Self::Wav => ("a WAV audio file", "audio/wav", "wav"),
            Self::Flac => ("a FLAC audio file", "audio/flac", "flac"),
            Self::Docx => (
                "a Word document",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "docx",
            ),
            Self::Xlsx => (
                "an Excel workbook",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "xlsx",
            ),
            Self::Pptx => (
                "a PowerPoint presentation",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                "pptx",
            ),
            Self::Odt => ("an OpenDocument text", "application/vnd.oasis.opendocument.text", "odt"),
            Self::Ods => {
                ("an OpenDocument spreadsheet", "application/vnd.oasis.opendocument.spreadsheet", "ods")
            }
            Self::Odp => {
                ("an OpenDocument presentation", "application/vnd.oasis.opendocument.presentation", "odp")
            }
            Self::Doc => ("a Word document of the old kind", "application/msword", "doc"),
            Self::Xls => ("an Excel workbook of the old kind", "application/vnd.ms-excel", "xls"),
            Self::Ppt => {
                ("a PowerPoint presentation of the old kind", "application/vnd.ms-powerpoint", "ppt")
            }
        }
    }
}

/// Finds out what the file is.
pub(crate) fn sniff<R: Read + Seek>(scan: &mut Scan<'_, R>) -> Result<Sniffed, ImageError> {
    let prefix = scan.prefix(PREFIX)?;
    if prefix.is_empty() {
        return Err(ImageError::Empty);
    }
    if let Some(format) = picture(&prefix) {
        return Ok(Sniffed::Picture(format));
    }
    if prefix.starts_with(b"PK\x03\x04") {
        return archive::kind(scan).map(Sniffed::File);
    }
    if prefix.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return compound::kind(scan).map(Sniffed::File);
    }
    // A PDF may be nothing but text, and is known by its first bytes.
    if prefix.starts_with(b"%PDF-") {
        return Ok(Sniffed::File(FileKind::Pdf));
    }
    if let Some((what, advice)) = refused(&prefix) {
        return Err(ImageError::Refused { what, advice });
    }
    file(&prefix).map(Sniffed::File).ok_or(ImageError::Unknown)
}

fn picture(bytes: &[u8]) -> Option<Format> {
    if bytes.starts_with(b"\xFF\xD8\xFF") {
        Some(Format::Jpeg)
    } else if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
        Some(Format::Png)
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        Some(Format::Gif)
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        Some(Format::Webp)
    } else {
        None
    }
}

fn file(bytes: &[u8]) -> Option<FileKind> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if starts(b"OggS") {
        Some(ogg(bytes))
    } else if starts(b"fLaC") {
        Some(FileKind::Flac)
    } else if starts(b"RIFF") && bytes.get(8..12) == Some(b"WAVE") {
        Some(FileKind::Wav)
    } else if starts(b"\x1A\x45\xDF\xA3") && contains(bytes.get(..64.min(bytes.len()))?, b"webm") {
        Some(FileKind::Webm)
    } else if let Some(brand) = brand(bytes) {
        film(brand)
    } else if starts(b"ID3") || mp3_frames(bytes) {
        Some(FileKind::Mp3)
    } else {
        None
    }
}

/// The major brand of an ISO container.
fn brand(bytes: &[u8]) -> Option<&[u8]> {
    (bytes.get(4..8)? == b"ftyp").then(|| bytes.get(8..12)).flatten()
}

fn film(brand: &[u8]) -> Option<FileKind> {
    match brand {
        b"M4A " | b"M4B " => Some(FileKind::M4a),
        b"isom" | b"iso2" | b"iso4" | b"iso5" | b"iso6" | b"mp41" | b"mp42" | b"avc1" | b"M4V " | b"M4VP"
        | b"dash" | b"MSNV" | b"mmp4" | b"3gp4" | b"3gp5" | b"f4v " => Some(FileKind::Mp4),
        _ => None,
    }
}

fn ogg(bytes: &[u8]) -> FileKind {
    let first = bytes.get(..128.min(bytes.len())).unwrap_or_default();
    if contains(first, b"\x80theora") { FileKind::OggVideo } else { FileKind::OggAudio }
}

/// Two frames of MPEG audio layer 3 in a row, the second where the first says that it ends.
fn mp3_frames(bytes: &[u8]) -> bool {
    let Some(length) = mp3_frame(bytes) else { return false };
    bytes.get(length..).and_then(mp3_frame).is_some()
}

fn mp3_frame(bytes: &[u8]) -> Option<usize> {
    const RATES: [[usize; 15]; 2] = [
        [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ];
    let [0xFF, sync, rates, _] = *bytes.first_chunk()? else { return None };
    let (version, layer) = (sync >> 3 & 3, sync >> 1 & 3);
    if sync & 0xE0 != 0xE0 || version == 1 || layer != 1 {
        return None;
    }
    let first = version == 3;
    let rate = *RATES[usize::from(!first)].get(usize::from(rates >> 4)).filter(|rate| **rate > 0)?;
    let hertz = [44_100, 48_000, 32_000].get(usize::from(rates >> 2 & 3))? >> (3 - version).min(2);
    let samples = if first { 144 } else { 72 };
    Some(samples * rate * 1_000 / hertz + usize::from(rates >> 1 & 1))
}

fn refused(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const EXPORT: &str = "export it as JPEG, PNG or WebP and upload that";
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if let Some(brand) = brand(bytes) {
        return match brand {
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"mif1" | b"msf1" => {
                Some(("a HEIC picture", "export it as JPEG and upload that"))
            }
            b"avif" | b"avis" => Some(("an AVIF picture", EXPORT)),
            b"crx " => Some(("a raw file of a camera", "develop it, export it as JPEG and upload that")),
            b"qt  " => Some(("a QuickTime video", "export it as MP4 and upload that")),
            _ => None,
        };
    }
    if starts(b"II*\0\x10\0\0\0CR") || starts(b"IIU\0") || starts(b"IIRO") || starts(b"FUJIFILMCCD-RAW") {
        return Some(("a raw file of a camera", "develop it, export it as JPEG and upload that"));
    }
    if starts(b"II*\0") || starts(b"MM\0*") || starts(b"II+\0") || starts(b"MM\0+") {
        return Some(("a TIFF picture or a raw file of a camera", EXPORT));
    }
    if starts(b"\0\0\0\x0CJXL ") || starts(b"\xFF\x0A") {
        return Some(("a JPEG XL picture", EXPORT));
    }
    if starts(b"\0\0\0\x0CjP  ") || starts(b"\xFF\x4F\xFF\x51") {
        return Some(("a JPEG 2000 picture", EXPORT));
    }
    if starts(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        return Some(("a BMP picture", EXPORT));
    }
    if starts(b"8BPS") {
        return Some(("a Photoshop file", EXPORT));
    }
    if starts(b"\0\0\x01\0") {
        return Some(("an icon file", "export it as PNG and upload that"));
    }
    if starts(b"\x1A\x45\xDF\xA3") && !contains(bytes.get(..64.min(bytes.len()))?, b"webm") {
        return Some(("a Matroska video", "export it as MP4 or WebM and upload that"));
    }
    if starts(b"RIFF") && bytes.get(8..12) == Some(b"AVI ") {
        return Some(("an AVI video", "export it as MP4 or WebM and upload that"));
    }
    program(bytes).or_else(|| markup(bytes))
}

fn program(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    const NEVER: &str = "programs and archives are not taken; upload a picture or a document";
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    if starts(b"\x7FELF") || starts(b"MZ") || starts(b"\xCF\xFA\xED\xFE") || starts(b"\xCA\xFE\xBA\xBE") {
        return Some(("a program", NEVER));
    }
    if starts(b"#!") {
        return Some(("a script", NEVER));
    }
    let archive =
        [&b"\x1F\x8B"[..], b"7z\xBC\xAF\x27\x1C", b"Rar!", b"BZh", b"\xFD7zXZ", b"PK\x05\x06", b"PK\x07\x08"];
    archive.iter().any(|magic| starts(magic)).then_some(("an archive", NEVER))
}

/// Text that a browser might run: SVG, HTML, XML. Plain text is not told from these by its content with certainty, so
/// none is taken.
fn markup(bytes: &[u8]) -> Option<(&'static str, &'static str)> {
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes).trim_ascii_start();
    let head = text.get(..1024.min(text.len()))?.to_ascii_lowercase();
    if contains(&head, b"<svg") {
        return Some((
            "an SVG picture",
            "SVG files can hold scripts; export it as PNG or WebP and upload that",
        ));
    }
    if head.starts_with(b"<") {
        return Some(("an HTML or XML file", "pages are not taken; upload a picture or a document"));
    }
    let plain = std::str::from_utf8(bytes).or_else(|error| match error.error_len() {
        None => std::str::from_utf8(bytes.get(..error.valid_up_to()).unwrap_or_default()),
        Some(_) => Err(error),
    });
    let plain = plain.is_ok_and(|text| text.chars().all(|c| !c.is_control() || c.is_ascii_whitespace()));
    plain.then_some(("a text file", "text files are not taken; upload it as a PDF or an office document"))
}

pub(crate) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
