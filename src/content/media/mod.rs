//! Media: pictures, films, sound and files, each with what is said about it. The bytes are blobs, named by their SHA-256;
//! the words are a document like any other, with its revisions, languages and time in public.

pub mod draft;
pub mod folder;
pub mod model;

pub use draft::MediaDraft;
pub use folder::Folder;
pub use model::{File, Focal, Media};

use crate::documents::body::Document;
use crate::platform::access::KindName;

impl KindName for Media {
    const NAME: Option<&'static str> = Some("media");
}

/// The name of the kind.
#[must_use]
pub fn kind() -> String {
    Media::KIND.to_string()
}
