//! What blocks list, as it was found. Pure.

use std::collections::HashMap;

use uuid::Uuid;

use crate::content::blocks::lists::PagesBelow;
use crate::delivery::model::Card;

/// A page with a block that lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Asking {
    /// The page.
    pub page: Uuid,
    /// What the block lists.
    pub wanted: PagesBelow,
}

/// A page that was found.
#[derive(Debug, Clone)]
pub struct Below {
    /// For which of those who asked, counted from 0.
    pub nth: usize,
    /// How many levels it lies below the page that was asked for.
    pub level: u8,
    /// The page.
    pub card: Card,
}

/// What the blocks of an answer list.
#[derive(Debug, Clone, Default)]
pub struct Listed(HashMap<Asking, Vec<Below>>);

impl Listed {
    /// What was found for each of those who asked, in the order of its list.
    #[must_use]
    pub fn new(asking: &[Asking], found: Vec<Below>) -> Self {
        let mut listed = Self::default();
        for page in found {
            if let Some(asking) = asking.get(page.nth) {
                listed.0.entry(*asking).or_default().push(page);
            }
        }
        listed
    }

    /// What was found for a block of a page.
    #[must_use]
    pub fn pages(&self, asking: &Asking) -> &[Below] {
        self.0.get(asking).map_or(&[], Vec::as_slice)
    }

    /// All pages that were found.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.0.values().flatten().map(|below| &below.card)
    }
}
