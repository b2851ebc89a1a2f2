//! The kinds of content, one folder each, and the registry through which the engine knows them.

pub mod blocks;
pub mod media;
pub mod menus;
pub mod pages;
pub mod people;
pub mod settings;
pub mod text;

use crate::documents::kind::{KindSpec, Kinds};

/// Every kind that this program knows.
#[must_use]
pub fn kinds() -> Kinds {
    Kinds::new(vec![
        KindSpec::of::<pages::Page>(),
        KindSpec::of::<media::Media>(),
        KindSpec::of::<menus::Menu>(),
        KindSpec::of::<settings::Settings>(),
        KindSpec::of::<people::Person>(),
    ])
}
