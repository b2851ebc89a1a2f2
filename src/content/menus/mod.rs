//! Menus: trees of references to entries, links to elsewhere, and headings. A reference follows its target: readers get the
//! title and the path that it has at their instant, and nothing of what they may not see.

mod actions;
pub mod draft;
pub mod http;
pub mod model;
pub mod public;
mod store;
pub mod view;

pub use draft::MenuDraft;
pub use model::{ItemKind, Menu, MenuItem};

use crate::documents::body::Document;
use crate::platform::access::KindName;

impl KindName for Menu {
    const NAME: Option<&'static str> = Some("menu");
}

/// The name of the kind.
#[must_use]
pub fn kind() -> String {
    Menu::KIND.to_string()
}
