//! What a file is, by its content alone: a picture that can be worked with, a file to be offered as a download, or
//! something that is refused with the reason. No pixel is decoded and no name is looked at.

use std::io::{Read, Seek};

use serde::{Deserialize, Serialize};

use super::bytes::Scan;
use super::error::ImageError;
use super::header::{self, Colours, Header};
use super::limits::Limits;
use super::metadata::{self, Fields};
use super::orient::Orientation;
use super::sniff::{self, FileKind, Sniffed};

/// A format of pictures that is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// JPEG.
    Jpeg,
    /// PNG; of an animated one the default picture.
    Png,
    /// GIF, still or animated.
    Gif,
    /// WebP, lossy or lossless, still or animated.
    Webp,
}

impl Format {
    /// The name for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Gif => "GIF",
            Self::Webp => "WebP",
        }
    }

    /// The media type.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
        }
    }

    /// The usual extension, without the dot.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
        }
    }
}

/// What a file turned out to be.
#[derive(Debug, Clone, PartialEq)]
pub enum Probe {
    /// A picture within the limits.
    Picture(Box<Picture>),
    /// A file of a known kind that is offered as a download and never shown inline.
    File(FileKind),
}

/// A picture as its header describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    /// The format.
    pub format: Format,
    /// Width in pixels, after the orientation is applied.
    pub width: u32,
    /// Height in pixels, after the orientation is applied.
    pub height: u32,
    /// Number of frames; 1 for a still picture.
    pub frames: u32,
    /// True when the header allows transparency; the pixels may still all be opaque.
    pub has_alpha: bool,
    /// How the stored picture is to be turned.
    pub orientation: Orientation,
    /// How the samples are stored.
    pub colours: Colours,
    /// The texts about the picture that are of use to an editor.
    pub fields: Fields,
    /// The length of the file.
    pub bytes: u64,
    pub(crate) depth: u32,
    pub(crate) interlaced: bool,
    pub(crate) density: u32,
    pub(crate) icc: Option<Vec<u8>>,
}

impl Picture {
    /// True for an animation.
    #[must_use]
    pub fn is_animated(&self) -> bool {
        self.frames > 1
    }

    /// Width and height as stored, before the orientation is applied.
    pub(crate) fn stored(&self) -> (u32, u32) {
        self.orientation.size(self.width, self.height)
    }
}

/// Looks at the content of a file.
///
/// # Errors
///
/// When the file is of a kind that is not taken, is a picture beyond the limits or with a broken header, or cannot be
/// read.
pub fn probe<R: Read + Seek>(reader: &mut R, limits: &Limits) -> Result<Probe, ImageError> {
    let mut scan = Scan::new(reader)?;
    match sniff::sniff(&mut scan)? {
        Sniffed::File(kind) => Ok(Probe::File(kind)),
        Sniffed::Picture(format) => {
            let header = header::read(&mut scan, format)?;
            limits.check(&header)?;
            Ok(Probe::Picture(Box::new(picture(&header, scan.length()))))
        }
    }
}

/// [`probe`] for a picture in memory; any other file is refused.
///
/// # Errors
///
/// As [`probe`].
pub fn picture_of(bytes: &[u8], limits: &Limits) -> Result<Picture, ImageError> {
    match probe(&mut std::io::Cursor::new(bytes), limits)? {
        Probe::Picture(picture) => Ok(*picture),
        Probe::File(kind) => {
            Err(ImageError::Refused { what: kind.name(), advice: "a picture is wanted here" })
        }
    }
}

fn picture(header: &Header, bytes: u64) -> Picture {
    let orientation = header.segments.exif().map_or(1, metadata::orientation);
    let orientation = Orientation::from_exif(orientation);
    let (width, height) = orientation.size(header.width, header.height);
    Picture {
        format: header.format,
        width,
        height,
        frames: header.frames,
        has_alpha: header.alpha,
        orientation,
        colours: header.colours,
        fields: metadata::fields(&header.segments),
        bytes,
        depth: header.depth,
        interlaced: header.interlaced,
        density: header.density,
        icc: header.segments.icc(),
    }
}
