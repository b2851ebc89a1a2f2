//! Media: pictures, films, sound and files, each with what is said about it. The bytes are blobs, named by their SHA-256;
//! the words are a document like any other, with its revisions, languages and time in public.

mod actions;
pub mod draft;
pub mod folder;
mod folders;
pub mod http;
pub mod library;
pub mod model;
pub mod public;
mod upload;
pub mod view;

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
