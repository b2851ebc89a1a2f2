//! What comes along, and how it hangs together. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Deserialize;
use uuid::Uuid;

use crate::delivery::model::Card;

/// So many children of one page come along at most.
pub const MOST_CHILDREN: i64 = 100;

/// How other pages stand to a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// Those directly below it.
    Children,
    /// The one above it.
    Parent,
}

impl Relation {
    fn read(name: &str) -> Option<Self> {
        match name {
            "children" => Some(Self::Children),
            "parent" => Some(Self::Parent),
            _ => None,
        }
    }
}

/// What comes along with a page, and with what comes along: two levels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Include(BTreeMap<Relation, BTreeSet<Relation>>);

impl TryFrom<String> for Include {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let mut include = Self::default();
        let mut seen = BTreeSet::new();
        for path in text.split(',') {
            if !seen.insert(path) {
                return Err("it names something more than once".to_owned());
            }
            let (first, second) = path.split_once('.').map_or((path, None), |(a, b)| (a, Some(b)));
            let first = Relation::read(first).ok_or_else(allowed)?;
            let further = include.0.entry(first).or_default();
            if let Some(second) = second {
                further.insert(Relation::read(second).ok_or_else(allowed)?);
            }
        }
        Ok(include)
    }
}

fn allowed() -> String {
    "it may name `children` and `parent`, and one more level of either after a point, separated by commas, for example \
     `parent,children.children`"
        .to_owned()
}

impl Include {
    /// Whether nothing comes along.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this comes along with a page itself.
    #[must_use]
    pub fn has(&self, relation: Relation) -> bool {
        self.0.contains_key(&relation)
    }

    /// What comes along with a page, and what with that in turn.
    pub fn relations(&self) -> impl Iterator<Item = (Relation, impl Iterator<Item = Relation> + '_)> + '_ {
        self.0.iter().map(|(relation, further)| (*relation, further.iter().copied()))
    }

    /// What comes along with what comes along.
    #[must_use]
    pub fn within(&self, relation: Relation) -> Self {
        let further = self.0.get(&relation).into_iter().flatten();
        Self(further.map(|relation| (*relation, BTreeSet::new())).collect())
    }
}

/// A child that was found.
#[derive(Debug, Clone)]
pub struct Child {
    /// Whose.
    pub above: Uuid,
    /// How many there are of them, counted up to one more than come along.
    pub many: i64,
    /// The child.
    pub card: Card,
}

/// The children of a page that come along.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Children {
    /// In their order.
    pub entries: Vec<Uuid>,
    /// Whether there are more.
    pub more: bool,
}

/// The pages that came along.
#[derive(Debug, Clone, Default)]
pub struct Family {
    cards: HashMap<Uuid, Card>,
    children: HashMap<Uuid, Children>,
}

impl Family {
    /// Adds pages.
    pub fn add(&mut self, cards: &[Card]) {
        self.cards.extend(cards.iter().map(|card| (card.entry, card.clone())));
    }

    /// Adds what was found of the children of these pages.
    pub fn add_children(&mut self, parents: &[Uuid], found: &[Child]) {
        let mut children: HashMap<Uuid, Children> =
            parents.iter().map(|parent| (*parent, Children::default())).collect();
        let mut many: HashMap<Uuid, i64> = HashMap::new();
        for child in found {
            children.entry(child.above).or_default().entries.push(child.card.entry);
            many.insert(child.above, child.many);
        }
        for (parent, children) in &mut children {
            let there = usize::try_from(many.get(parent).copied().unwrap_or_default()).unwrap_or_default();
            children.more = there > children.entries.len();
        }
        // Whoever was looked at before keeps what was found then.
        for (parent, found) in children {
            self.children.entry(parent).or_insert(found);
        }
    }

    /// A page that came along.
    #[must_use]
    pub fn card(&self, entry: Uuid) -> Option<&Card> {
        self.cards.get(&entry)
    }

    /// The children of a page, if they were looked for.
    #[must_use]
    pub fn children(&self, entry: Uuid) -> Option<&Children> {
        self.children.get(&entry)
    }

    /// All pages that came along.
    pub fn cards(&self) -> impl Iterator<Item = &Card> {
        self.cards.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Include, String> {
        Include::try_from(text.to_owned())
    }

    #[test]
    fn two_levels_are_read() {
        let include = read("parent,children.children,children.parent").unwrap();
        assert!(include.has(Relation::Parent) && include.has(Relation::Children));
        let within = include.within(Relation::Children);
        assert!(within.has(Relation::Parent) && within.has(Relation::Children));
        assert!(include.within(Relation::Parent).is_empty());
        assert!(within.within(Relation::Children).is_empty(), "two levels and no third");
        assert_eq!(read("children.children,children").unwrap(), read("children.children").unwrap());
    }

    #[test]
    fn anything_else_is_refused_with_what_is_allowed() {
        for text in
            ["", "people", "children,", "children.", ".children", "children.children.children", "Parent"]
        {
            assert!(read(text).unwrap_err().contains("for example"), "{text}");
        }
        assert!(read("parent,parent").unwrap_err().contains("more than once"));
    }
}
