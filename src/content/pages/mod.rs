//! Pages: the tree of the site. Their body is typed here; their life (revisions, publishing, trash) is the engine's.

pub mod date;
pub mod draft;
pub mod http;
pub mod model;
#[cfg(test)]
mod schema_tests;
#[cfg(test)]
mod tests;

pub use draft::PageDraft;
pub use model::{Page, Seo};

pub use crate::documents::position;

use crate::documents::body::Document;
use crate::platform::access::KindName;

impl KindName for Page {
    const NAME: Option<&'static str> = Some("page");
}

/// The name of the kind.
pub(crate) fn kind() -> String {
    Page::KIND.to_string()
}
