//! What blocks list, as it was found. Pure.

use std::collections::HashMap;

use uuid::Uuid;

use crate::content::blocks::lists::{PagesBelow, PeopleWanted};
use crate::content::people::Person;
use crate::delivery::model::Card;

/// A page with a block that lists pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Asking {
    /// The page.
    pub page: Uuid,
    /// What the block lists.
    pub wanted: PagesBelow,
}

/// An entry of a list.
#[derive(Debug, Clone)]
pub struct Listing<T> {
    /// Of which of the lists that were asked for, counted from 0.
    pub nth: usize,
    /// The entry.
    pub card: Card,
    /// What else is known of it.
    pub what: T,
}

/// A page of a list: how many levels it lies below the page that was asked for.
pub type Below = Listing<u8>;

/// What the blocks of an answer list.
#[derive(Debug, Clone, Default)]
pub struct Listed {
    pages: HashMap<Asking, Vec<Below>>,
    people: HashMap<PeopleWanted, Vec<Listing<Person>>>,
}

impl Listed {
    /// Adds the pages of lists, each in its order.
    pub fn add_pages(&mut self, asking: &[Asking], found: Vec<Below>) {
        for page in found {
            if let Some(asking) = asking.get(page.nth) {
                self.pages.entry(*asking).or_default().push(page);
            }
        }
    }

    /// Adds the people of lists, each in its order.
    pub fn add_people(&mut self, wanted: &[PeopleWanted], found: Vec<Listing<Person>>) {
        for person in found {
            if let Some(wanted) = wanted.get(person.nth) {
                self.people.entry(wanted.clone()).or_default().push(person);
            }
        }
    }

    /// The pages of a list.
    #[must_use]
    pub fn pages(&self, asking: &Asking) -> &[Below] {
        self.pages.get(asking).map_or(&[], Vec::as_slice)
    }

    /// The people of a list.
    #[must_use]
    pub fn people(&self, wanted: &PeopleWanted) -> &[Listing<Person>] {
        self.people.get(wanted).map_or(&[], Vec::as_slice)
    }

    /// All entries of all lists.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        let pages = self.pages.values().flatten().map(|page| &page.card);
        pages.chain(self.people.values().flatten().map(|person| &person.card))
    }
}
