//! Turns the bytes of an export into clean UTF-8 while they stream past: no byte order mark, no control characters,
//! and Windows-1252 leftovers (stray bytes, or code points of the C1 range) become the characters they were meant to be.

use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

/// What Windows-1252 has in 0x80..=0x9F; the five gaps are shown as the replacement character.
const WINDOWS_1252: [char; 32] = [
    '\u{20AC}', '\u{FFFD}', '\u{201A}', '\u{0192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{02C6}', '\u{2030}', '\u{0160}', '\u{2039}', '\u{0152}', '\u{FFFD}', '\u{017D}', '\u{FFFD}',
    '\u{FFFD}', '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{02DC}', '\u{2122}', '\u{0161}', '\u{203A}', '\u{0153}', '\u{FFFD}', '\u{017E}', '\u{0178}',
];

/// The clean form of one character, or nothing for a character that text cannot have.
#[must_use]
pub(super) fn clean_char(c: char) -> Option<char> {
    match c {
        '\t' | '\n' | '\r' => Some(c),
        '\u{80}'..='\u{9F}' => WINDOWS_1252.get(c as usize - 0x80).copied(),
        '\u{FFFE}' | '\u{FFFF}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

/// How far a stream has been read.
#[derive(Debug, Clone, Default)]
pub(super) struct Position {
    bytes: Rc<Cell<u64>>,
    lines: Rc<Cell<u64>>,
}

impl Position {
    /// Bytes of the file taken so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes.get()
    }

    /// The line reached, counting from 1.
    pub(super) fn line(&self) -> u64 {
        self.lines.get() + 1
    }
}

/// A reader that gives only clean UTF-8.
pub(super) struct CleanReader<R> {
    inner: R,
    out: Vec<u8>,
    taken: usize,
    /// The first bytes of a character whose rest is not here yet.
    carry: Vec<u8>,
    started: bool,
    position: Position,
}

impl<R: BufRead> CleanReader<R> {
    pub(super) fn new(inner: R, position: Position) -> Self {
        Self { inner, out: Vec::new(), taken: 0, carry: Vec::new(), started: false, position }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.out.clear();
        self.taken = 0;
        while self.out.is_empty() {
            let chunk = loop {
                match self.inner.fill_buf() {
                    Ok(chunk) => break chunk,
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(e) => return Err(e),
                }
            };
            let len = chunk.len();
            let mut bytes = std::mem::take(&mut self.carry);
            bytes.extend_from_slice(chunk);
            self.inner.consume(len);
            self.position.bytes.set(self.position.bytes.get() + len as u64);
            if bytes.is_empty() {
                return Ok(());
            }
            if !self.started {
                self.started = true;
                refuse_utf16(&bytes)?;
            }
            self.clean(&bytes, len == 0);
        }
        Ok(())
    }

    fn clean(&mut self, mut bytes: &[u8], at_end: bool) {
        while !bytes.is_empty() {
            match std::str::from_utf8(bytes) {
                Ok(text) => {
                    self.push_clean(text);
                    return;
                }
                Err(e) => {
                    let (good, rest) = bytes.split_at(e.valid_up_to());
                    self.push_clean(std::str::from_utf8(good).unwrap_or_default());
                    let bad = match e.error_len() {
                        Some(bad) => bad,
                        None if at_end => rest.len(),
                        None => {
                            self.carry = rest.to_vec();
                            return;
                        }
                    };
                    for byte in &rest[..bad] {
                        // A byte that is not UTF-8 can only be a character of an older encoding.
                        self.push_clean(char::from(*byte).encode_utf8(&mut [0; 4]));
                    }
                    bytes = &rest[bad..];
                }
            }
        }
    }

    fn push_clean(&mut self, text: &str) {
        let mut buffer = [0; 4];
        for c in text.chars().filter(|c| *c != '\u{FEFF}').filter_map(clean_char) {
            self.out.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
        }
    }
}

/// An export is never UTF-16, but a text editor may have saved it so.
fn refuse_utf16(bytes: &[u8]) -> io::Result<()> {
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the file is UTF-16; save it as UTF-8, or export it from WordPress again",
        ));
    }
    Ok(())
}

impl<R: BufRead> Read for CleanReader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let n = available.len().min(buf.len());
        buf[..n].copy_from_slice(&available[..n]);
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for CleanReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.taken >= self.out.len() {
            self.refill()?;
        }
        Ok(&self.out[self.taken..])
    }

    fn consume(&mut self, amount: usize) {
        let end = (self.taken + amount).min(self.out.len());
        let mut lines = 0_u64;
        for byte in &self.out[self.taken..end] {
            lines += u64::from(*byte == b'\n');
        }
        self.position.lines.set(self.position.lines.get() + lines);
        self.taken = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clean(bytes: &[u8], chunk: usize) -> String {
        let inner = io::BufReader::with_capacity(chunk, bytes);
        let mut out = String::new();
        CleanReader::new(inner, Position::default()).read_to_string(&mut out).unwrap();
        out
    }

    #[test]
    fn utf8_survives_any_chunk_size() {
        let text = "\u{FEFF}caf\u{e9} \u{1F600} \u{20AC}";
        for chunk in 1..9 {
            assert_eq!(clean(text.as_bytes(), chunk), "caf\u{e9} \u{1F600} \u{20AC}");
        }
    }

    #[test]
    fn windows_1252_bytes_and_code_points_become_characters() {
        assert_eq!(clean(b"\x93quoted\x94 caf\xe9", 3), "\u{201C}quoted\u{201D} caf\u{e9}");
        assert_eq!(clean("it\u{92}s".as_bytes(), 16), "it\u{2019}s");
        assert_eq!(clean(b"cut \xe2\x82", 16), "cut \u{e2}\u{201A}");
    }

    #[test]
    fn control_characters_vanish_and_line_ends_stay() {
        assert_eq!(clean(b"a\x00b\x08c\td\r\ne\x7f", 2), "abc\td\r\ne");
    }

    #[test]
    fn utf16_is_refused_with_advice() {
        let mut out = String::new();
        let error = CleanReader::new(&b"\xff\xfe<\x00"[..], Position::default())
            .read_to_string(&mut out)
            .unwrap_err();
        assert!(error.to_string().contains("UTF-16"));
    }

    #[test]
    fn the_position_counts_lines_and_bytes() {
        let position = Position::default();
        let mut out = String::new();
        CleanReader::new(&b"a\nb\nc"[..], position.clone()).read_to_string(&mut out).unwrap();
        assert_eq!((position.line(), position.bytes()), (3, 5));
    }
}
