//! Reading big-endian and little-endian numbers: from a slice that may end early, and from a stream that may.

use std::io::{self, Read, Seek, SeekFrom};

/// A position in a slice; every read past the end is `None`.
#[derive(Clone, Copy)]
pub(crate) struct Bytes<'a> {
    rest: &'a [u8],
}

impl<'a> Bytes<'a> {
    pub(crate) fn new(rest: &'a [u8]) -> Self {
        Self { rest }
    }

    pub(crate) fn rest(self) -> &'a [u8] {
        self.rest
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn u8(&mut self) -> Option<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_be_bytes)
    }
}

/// A stream with its length: headers are read, bodies are skipped by seeking.
pub(crate) struct Scan<'a, R> {
    reader: io::BufReader<&'a mut R>,
    length: u64,
    position: u64,
}

impl<'a, R: Read + Seek> Scan<'a, R> {
    pub(crate) fn new(reader: &'a mut R) -> io::Result<Self> {
        let length = reader.seek(SeekFrom::End(0))?;
        reader.seek(SeekFrom::Start(0))?;
        Ok(Self { reader: io::BufReader::new(reader), length, position: 0 })
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    pub(crate) fn left(&self) -> u64 {
        self.length.saturating_sub(self.position)
    }

    pub(crate) fn jump(&mut self, position: u64) -> io::Result<()> {
        let position = position.min(self.length);
        self.reader.seek(SeekFrom::Start(position))?;
        self.position = position;
        Ok(())
    }

    /// Moves on without reading; past the end is an error, as reading there would be.
    pub(crate) fn skip(&mut self, length: u64) -> io::Result<()> {
        if length > self.left() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.reader.seek_relative(i64::try_from(length).unwrap_or(i64::MAX))?;
        self.position += length;
        Ok(())
    }

    pub(crate) fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut array = [0; N];
        self.reader.read_exact(&mut array)?;
        self.position += super::number::wide(N);
        Ok(array)
    }

    pub(crate) fn u8(&mut self) -> io::Result<u8> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(crate) fn u16(&mut self) -> io::Result<u16> {
        self.array().map(u16::from_be_bytes)
    }

    pub(crate) fn u32(&mut self) -> io::Result<u32> {
        self.array().map(u32::from_be_bytes)
    }

    pub(crate) fn u32_le(&mut self) -> io::Result<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// Exactly `length` bytes, refused before any memory is taken when the file is shorter.
    pub(crate) fn read(&mut self, length: u64) -> io::Result<Vec<u8>> {
        if length > self.left() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut bytes = vec![0; usize::try_from(length).map_err(|_| io::ErrorKind::UnexpectedEof)?];
        self.reader.read_exact(&mut bytes)?;
        self.position += length;
        Ok(bytes)
    }

    /// Up to `length` bytes of the start, wherever the scan stands; it stands at the start afterwards.
    pub(crate) fn prefix(&mut self, length: u64) -> io::Result<Vec<u8>> {
        self.jump(0)?;
        let bytes = self.read(length.min(self.length))?;
        self.jump(0)?;
        Ok(bytes)
    }
}
