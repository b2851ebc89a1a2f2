//! Kinds by content alone.

use std::io::Cursor;

use super::samples::{RED, jpeg, rgb};
use crate::blobs::image::{FileKind, Format, ImageError, Limits, Probe, probe};

fn look(bytes: &[u8]) -> Result<Probe, ImageError> {
    probe(&mut Cursor::new(bytes), &Limits::default())
}

/// A ZIP of empty stored entries, but for the first, whose content is given.
fn zip(names: &[&str], first: &[u8]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (number, name) in names.iter().enumerate() {
        let body = if number == 0 { first } else { &[] };
        let offset = u32::try_from(bytes.len()).unwrap();
        let size = u32::try_from(body.len()).unwrap().to_le_bytes();
        let mut common = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], &size[..], &size].concat();
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        bytes.extend([b"PK\x03\x04", &common[..], name.as_bytes(), body].concat());
        directory.extend(
            [b"PK\x01\x02\x14\0", &common[..], &[0; 10], &offset.to_le_bytes(), name.as_bytes()].concat(),
        );
    }
    let (offset, length) = (u32::try_from(bytes.len()).unwrap(), u32::try_from(directory.len()).unwrap());
    let count = u16::try_from(names.len()).unwrap().to_le_bytes();
    bytes.extend(directory);
    bytes.extend(
        [b"PK\x05\x06\0\0\0\0", &count[..], &count, &length.to_le_bytes(), &offset.to_le_bytes(), &[0, 0]]
            .concat(),
    );
    bytes
}

/// An OLE file of one sector of directory with these names.
fn compound(names: &[&str]) -> Vec<u8> {
    let mut bytes = vec![0; 512 * 3];
    bytes[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    bytes[30] = 9;
    bytes[48] = 1;
    bytes[512..1024].fill(0xFF);
    for (entry, name) in bytes[1024..].chunks_mut(128).zip(names) {
        name.encode_utf16()
            .enumerate()
            .for_each(|(at, unit)| entry[at * 2..at * 2 + 2].copy_from_slice(&unit.to_le_bytes()));
        entry[64] = u8::try_from(name.len() * 2 + 2).unwrap();
    }
    bytes
}

#[test]
fn downloads_are_told_by_their_content() {
    let mp3 = {
        let mut bytes = vec![0; 417 * 2 + 10];
        bytes[..4].copy_from_slice(&[0xFF, 0xFB, 0x90, 0x00]);
        bytes[417..421].copy_from_slice(&[0xFF, 0xFB, 0x90, 0x00]);
        bytes
    };
    let cases: Vec<(Vec<u8>, FileKind)> = vec![
        (b"%PDF-1.7\n%...".to_vec(), FileKind::Pdf),
        (b"\0\0\0\x18ftypisom\0\0\x02\0".to_vec(), FileKind::Mp4),
        (b"\0\0\0\x18ftypM4A \0\0\x02\0".to_vec(), FileKind::M4a),
        (b"\x1A\x45\xDF\xA3\x9F\x42\x86\x81\x01\x42\x82\x84webm".to_vec(), FileKind::Webm),
        ([b"OggS\0\x02".to_vec(), vec![0; 22], b"\x01\x1E\x01vorbis".to_vec()].concat(), FileKind::OggAudio),
        ([b"OggS\0\x02".to_vec(), vec![0; 22], b"\x01\x2A\x80theora".to_vec()].concat(), FileKind::OggVideo),
        (b"ID3\x04\0\0\0\0\0\0".to_vec(), FileKind::Mp3),
        (mp3, FileKind::Mp3),
        (b"RIFF\x24\0\0\0WAVEfmt ".to_vec(), FileKind::Wav),
        (b"fLaC\0\0\0\x22".to_vec(), FileKind::Flac),
        (zip(&["[Content_Types].xml", "_rels/.rels", "word/document.xml"], b""), FileKind::Docx),
        (zip(&["[Content_Types].xml", "xl/workbook.xml"], b""), FileKind::Xlsx),
        (zip(&["[Content_Types].xml", "ppt/presentation.xml"], b""), FileKind::Pptx),
        (zip(&["mimetype", "content.xml"], b"application/vnd.oasis.opendocument.text"), FileKind::Odt),
        (zip(&["mimetype", "content.xml"], b"application/vnd.oasis.opendocument.spreadsheet"), FileKind::Ods),
        (
            zip(&["mimetype", "content.xml"], b"application/vnd.oasis.opendocument.presentation"),
            FileKind::Odp,
        ),
        (compound(&["Root Entry", "WordDocument"]), FileKind::Doc),
        (compound(&["Root Entry", "Workbook"]), FileKind::Xls),
        (compound(&["Root Entry", "PowerPoint Document"]), FileKind::Ppt),
    ];
    for (bytes, kind) in cases {
        assert_eq!(look(&bytes).unwrap(), Probe::File(kind), "{kind:?}");
        assert!(kind.name().starts_with('a') && kind.media_type().contains('/'));
    }
}

#[test]
fn other_kinds_are_refused_with_what_to_do() {
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (vec![], "empty"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec(), "HEIC picture; export it as JPEG"),
        (b"\0\0\0\x18ftypavif\0\0\0\0".to_vec(), "AVIF picture; export it"),
        (b"II*\0\x08\0\0\0".to_vec(), "TIFF picture"),
        (b"II*\0\x10\0\0\0CR\x02\0".to_vec(), "raw file of a camera; develop it"),
        (b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0".to_vec(), "BMP picture"),
        (b"8BPS\0\x01".to_vec(), "Photoshop file"),
        (b"\0\0\0\x0CJXL \r\n\x87\n".to_vec(), "JPEG XL picture"),
        (b"\xFF\x0A\xFA\x7F".to_vec(), "JPEG XL picture"),
        (b"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), "SVG picture"),
        (b"\xEF\xBB\xBF  <!DOCTYPE html><script>".to_vec(), "HTML or XML file"),
        (b"<?php system($_GET[0]);".to_vec(), "HTML or XML file"),
        (b"#!/bin/sh\n".to_vec(), "script"),
        (b"\x7FELF\x02".to_vec(), "program"),
        (b"MZ\x90\0".to_vec(), "program"),
        (b"name,born\nAda,1815\n".to_vec(), "text file"),
        (zip(&["readme.txt"], b"hello"), "archive"),
        (b"PK\x03\x04 and nothing else".to_vec(), "archive"),
        (zip(&["[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"], b""), "macros"),
        (compound(&["Root Entry", "WordDocument", "Macros"]), "macros"),
        (compound(&["Root Entry", "SomethingElse"]), "old office or installer"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0".to_vec(), "QuickTime video; export it as MP4"),
        (vec![7; 400], "not known from its content"),
    ];
    for (bytes, words) in cases {
        let error = look(&bytes).unwrap_err().to_string();
        assert!(error.contains(words), "{error} should say {words}");
    }
}

#[test]
fn what_is_hung_on_a_picture_changes_nothing() {
    let picture = jpeg(32, 32, &rgb(32, 32, |_, _| RED), false);
    for tail in [&b"PK\x03\x04"[..], b"<html><script>alert(1)</script>", b"%PDF-1.7", b"<?php ?>"] {
        let bytes = [&picture[..], tail].concat();
        assert!(matches!(look(&bytes).unwrap(), Probe::Picture(picture) if picture.format == Format::Jpeg));
    }
    // The other way round it is what it starts as.
    let bytes = [b"<html>", &picture[..]].concat();
    assert!(look(&bytes).is_err());
}
