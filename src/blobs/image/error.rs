//! What can be wrong with a picture, in words for the person who uploaded it.

/// Why a file was refused, or why a picture could not be made. The text says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum ImageError {
    /// The file has no bytes.
    #[error("The file is empty. Choose the file again; the upload may have been cut off.")]
    Empty,
    /// The content matches no type that is known.
    #[error(
        "The type of this file is not known from its content. Upload a JPEG, PNG, GIF or WebP picture, a PDF, \
         a video or audio file, or an office document."
    )]
    Unknown,
    /// The content is of a type that is not taken.
    #[error("This is {what}; {advice}.")]
    Refused {
        /// The type, with its article.
        what: &'static str,
        /// What to do instead.
        advice: &'static str,
    },
    /// More pixels than allowed, over all frames.
    #[error(
        "This picture has {width} x {height} pixels in {frames} frame(s); at most {limit} pixels in all are taken. Make \
         it smaller and upload it again."
    )]
    TooManyPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Number of frames.
        frames: u32,
        /// The limit over all frames.
        limit: u64,
    },
    /// A side is longer than allowed.
    #[error(
        "This picture is {width} x {height} pixels; at most {limit} a side are taken. Make it smaller and upload \
         it again."
    )]
    TooLong {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The limit of a side.
        limit: u32,
    },
    /// More frames than allowed.
    #[error("This animation has more than {limit} frames. Shorten it, or upload it as a video.")]
    TooManyFrames {
        /// The limit.
        limit: u32,
    },
    /// Decoding would need more memory than one picture may use.
    #[error(
        "This picture needs {needed} MiB of memory to decode; at most {limit} are allowed. Make it smaller, or \
         save it as a baseline JPEG."
    )]
    TooMuchMemory {
        /// The estimate in MiB.
        needed: u64,
        /// The limit in MiB.
        limit: u64,
    },
    /// The file ends early or breaks the rules of its format.
    #[error("This {format} picture is damaged ({reason}). Export it again and upload the new file.")]
    Corrupt {
        /// Name of the format.
        format: &'static str,
        /// What the decoder said.
        reason: String,
    },
    /// A preset or a focal point that makes no sense.
    #[error("The preset cannot be used: {0}.")]
    Preset(&'static str),
    /// An encoder failed: a defect of ours and not of the file.
    #[error("The picture could not be encoded as {format}: {reason}.")]
    Encode {
        /// Name of the format.
        format: &'static str,
        /// What the encoder said.
        reason: String,
    },
    /// A codec panicked; the panic was caught.
    #[error(
        "The picture could not be processed: a decoder gave up. Export it again and upload the new file."
    )]
    Crashed,
    /// The file could not be read.
    #[error("The file could not be read: {0}")]
    Io(#[from] std::io::Error),
}

impl ImageError {
    pub(crate) fn corrupt(format: &'static str, reason: impl std::fmt::Display) -> Self {
        let mut reason = reason.to_string();
        if let Some((end, _)) = reason.char_indices().nth(120) {
            reason.truncate(end);
        }
        Self::Corrupt { format, reason }
    }

    pub(crate) fn encode(format: &'static str, reason: impl std::fmt::Display) -> Self {
        Self::Encode { format, reason: reason.to_string() }
    }

    /// True when the server is at fault and not the file.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Encode { .. } | Self::Io(_))
    }
}
