//! What is known of bytes, and where they lie.

use chrono::{DateTime, Utc};

use crate::documents::shown::Class;
use crate::platform::digest::Digest;
use crate::platform::storage::{Key, Spooled};

/// The folder of the bytes as they were uploaded.
pub(super) const ORIGINALS: &str = "blobs";

/// The folder of what is made of them.
pub(super) const RENDITIONS: &str = "renditions";

/// The folder of what says which recipes are in use.
pub(super) const RECIPES: &str = "recipes";

/// Bytes that are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Their name.
    pub sha256: Digest,
    /// Their length.
    pub bytes: u64,
    /// What they are.
    pub facts: BlobFacts,
    /// When they came for the first time.
    pub created_at: DateTime<Utc>,
}

/// What was found out about bytes when they came. It is never found out again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlobFacts {
    /// What they are.
    pub class: Class,
    /// Their media type, such as `image/jpeg`.
    pub media_type: String,
    /// The usual end of a file name, such as `jpg`.
    pub extension: String,
    /// More about a picture; there exactly when the class says so.
    pub picture: Option<Picture>,
}

/// What is known of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Of the upright picture, in pixels.
    pub width: u32,
    /// Of the upright picture, in pixels.
    pub height: u32,
    /// How many pictures it consists of; more than one when it moves.
    pub frames: u32,
    /// Whether any of it is transparent.
    pub alpha: bool,
    /// Its dominant colour, such as `#a0b1c2`.
    pub color: String,
    /// Its `ThumbHash`.
    pub placeholder: Vec<u8>,
}

/// Bytes whose file lies in the storage and whose row is still to come. The received file is held on to, in case the
/// collector is faster.
#[derive(Debug, Clone)]
pub struct Kept {
    pub(super) file: Spooled,
    pub(super) facts: BlobFacts,
}

impl Kept {
    /// Their name.
    #[must_use]
    pub fn sha256(&self) -> Digest {
        self.file.sha256()
    }

    /// What they are.
    #[must_use]
    pub fn facts(&self) -> &BlobFacts {
        &self.facts
    }
}

/// Where the bytes lie as they were uploaded.
#[must_use]
pub fn original(sha256: Digest) -> Key {
    Key::spread(ORIGINALS, sha256)
}

/// The folder of all that was made of them; it goes when they do.
#[must_use]
pub fn renditions(sha256: Digest) -> Key {
    Key::of_digest(RENDITIONS, sha256)
}

/// Whose file this is: of an original or of something made of one.
pub(super) fn owner(key: &Key) -> Option<Digest> {
    let mut segments = key.segments();
    match segments.next()? {
        ORIGINALS => {
            let digest = segments.next_back()?.parse().ok()?;
            (original(digest) == *key).then_some(digest)
        }
        RENDITIONS => segments.next()?.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_leads_back_to_its_blob() {
        let digest = Digest::new([0xc4; 32]);
        assert_eq!(owner(&original(digest)), Some(digest));
        assert_eq!(owner(&renditions(digest).join("card.webp").unwrap()), Some(digest));
        for other in
            ["blobs/00/00/".to_owned() + &digest.to_string(), format!("probe/{digest}"), "blobs/x".into()]
        {
            assert_eq!(owner(&Key::parse(&other).unwrap()), None, "{other}");
        }
    }
}
