//! What a body shows besides words, and what the lists of editors keep of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::platform::digest::Digest;

/// What the lists of editors filter the newest revision of a document by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelf {
    /// Values by name, for exact matches.
    pub facets: Value,
    /// Words to be found by, in any order and language.
    pub words: String,
}

/// Bytes that a body shows, named by their digest, and of which class the body says that they are. Postgres holds the class
/// against what the bytes are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Their name.
    pub sha256: Digest,
    /// What they are.
    pub class: Class,
}

/// What bytes are, as far as it matters to how they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// A picture, still or animated.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// Anything else: a file to be downloaded.
    Document,
}

impl Class {
    /// The class of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Image, Self::Video, Self::Audio, Self::Document]
            .into_iter()
            .find(|class| class.as_str() == name)
    }

    /// As it stands in JSON and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
        }
    }
}
