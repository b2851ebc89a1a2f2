//! A file that is being read.

use std::fmt;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use futures_util::stream::{BoxStream, Stream, StreamExt};

use super::error::StorageError;

/// The bytes of a file or of a part of it, as a stream. An end that comes too early is an error of the stream.
pub struct Content {
    size: u64,
    range: Range<u64>,
    left: u64,
    stream: BoxStream<'static, Result<Bytes, StorageError>>,
}

impl Content {
    pub(super) fn new(
        size: u64,
        range: Range<u64>,
        stream: BoxStream<'static, Result<Bytes, StorageError>>,
    ) -> Self {
        Self { size, left: range.end - range.start, range, stream }
    }

    /// The length of the whole file in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Which bytes of it come, from the first to before the last.
    #[must_use]
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// Reads all that comes into memory. For files that are known to be small.
    ///
    /// # Errors
    /// When the storage goes away meanwhile.
    pub async fn bytes(mut self) -> Result<Bytes, StorageError> {
        let mut whole: Option<Bytes> = None;
        let mut joined = BytesMut::new();
        while let Some(chunk) = self.next().await {
            let chunk = chunk?;
            match whole.take() {
                None if joined.is_empty() => whole = Some(chunk),
                first => {
                    joined.extend_from_slice(first.as_deref().unwrap_or_default());
                    joined.extend_from_slice(&chunk);
                }
            }
        }
        Ok(whole.unwrap_or_else(|| joined.freeze()))
    }
}

impl Stream for Content {
    type Item = Result<Bytes, StorageError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.stream.poll_next_unpin(cx);
        match &polled {
            Poll::Ready(Some(Ok(chunk))) => self.left = self.left.saturating_sub(chunk.len() as u64),
            Poll::Ready(None) if self.left > 0 => {
                self.left = 0;
                return Poll::Ready(Some(Err(StorageError::away("the file ended too early"))));
            }
            _ => {}
        }
        polled
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Content")
            .field("size", &self.size)
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}

/// The part of a file that a range covers, cut to the file's length.
pub(super) fn within(range: Option<Range<u64>>, size: u64) -> Range<u64> {
    let range = range.unwrap_or(0..size);
    let end = range.end.min(size);
    range.start.min(end)..end
}
