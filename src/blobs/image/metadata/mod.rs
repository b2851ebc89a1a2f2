//! The texts that a picture carries about itself, offered to the editor and never served. Where it was taken is not
//! among them: no tag with a position is ever read.

mod exif;
mod iptc;
mod segments;
mod text;
mod xmp;

pub(crate) use exif::orientation;
pub(crate) use segments::{ICC_BYTES, Segments, TEXT_BYTES};

use serde::{Deserialize, Serialize};

/// What a picture says about itself: each text is valid UTF-8, without control characters, trimmed and bounded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields {
    /// A short title.
    pub title: Option<String>,
    /// The caption or description.
    pub description: Option<String>,
    /// The alternative text, written for readers who do not see the picture (IPTC `AltTextAccessibility`).
    pub alt: Option<String>,
    /// Who made it.
    pub creator: Option<String>,
    /// The line of credit.
    pub credit: Option<String>,
    /// The copyright notice.
    pub copyright: Option<String>,
    /// Terms of use, or the address of the licence.
    pub licence: Option<String>,
    /// When it was taken, by the clock of the camera: `2024-05-31T13:45:00`, without a time zone.
    pub taken: Option<String>,
}

impl Fields {
    /// Takes from `other` what is still missing here.
    fn or(self, other: Self) -> Self {
        Self {
            title: self.title.or(other.title),
            description: self.description.or(other.description),
            alt: self.alt.or(other.alt),
            creator: self.creator.or(other.creator),
            credit: self.credit.or(other.credit),
            copyright: self.copyright.or(other.copyright),
            licence: self.licence.or(other.licence),
            taken: self.taken.or(other.taken),
        }
    }
}

/// Reads the fields: XMP before IPTC before EXIF, as the Metadata Working Group orders them by quality of the text.
pub(crate) fn fields(segments: &Segments) -> Fields {
    let xmp = segments.xmp().map(xmp::fields).unwrap_or_default();
    let iptc = segments.iptc().map(iptc::fields).unwrap_or_default();
    let exif = segments.exif().map(exif::fields).unwrap_or_default();
    xmp.or(iptc).or(exif).or(segments.texts().clone())
}
