//! A site in memory, as simple as can be: who is public with which slug under whom. It says what each action must come to
//! and which path then leads where.

use std::collections::{BTreeMap, BTreeSet};

use masthead::platform::problem::Code;
use uuid::Uuid;

/// Where a revision puts its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    pub slug: &'static str,
    pub parent: Option<Uuid>,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub id: Uuid,
    pub version: i64,
    pub revisions: Vec<Placement>,
    /// The index of the public revision.
    pub live: Option<usize>,
    pub trashed: bool,
}

#[derive(Debug, Clone, Default)]
pub struct Model {
    pub entries: Vec<Entry>,
}

impl Model {
    pub fn get(&mut self, id: Uuid) -> &mut Entry {
        self.entries.iter_mut().find(|entry| entry.id == id).expect("an entry of the model")
    }

    fn live(&self) -> BTreeMap<Uuid, &Placement> {
        let placed = |entry: &'_ Entry| entry.live.map(|number| (entry.id, number));
        let at = self.entries.iter().filter_map(placed);
        at.map(|(id, number)| {
            let entry = self.entries.iter().find(|entry| entry.id == id).expect("itself");
            (id, &entry.revisions[number])
        })
        .collect()
    }

    /// The path of an entry through its public parents.
    fn path(live: &BTreeMap<Uuid, &Placement>, id: Uuid) -> Result<String, Code> {
        let mut segments = Vec::new();
        let mut seen = BTreeSet::new();
        let mut at = Some(id);
        while let Some(entry) = at {
            let placement = live.get(&entry).ok_or(Code::ParentNotPublic)?;
            if !seen.insert(entry) {
                return Err(Code::Conflict);
            }
            segments.push(placement.slug);
            at = placement.parent;
        }
        segments.reverse();
        // The home page has an empty slug, and what lies below it begins at the root.
        let segments: Vec<&str> = segments.into_iter().filter(|slug| !slug.is_empty()).collect();
        Ok(format!("/{}", segments.join("/")))
    }

    /// Which path leads to which entry.
    pub fn public(&self) -> Result<BTreeMap<String, Uuid>, Code> {
        let live = self.live();
        let mut paths = BTreeMap::new();
        let mut taken = false;
        for id in live.keys() {
            taken |= paths.insert(Self::path(&live, *id)?, *id).is_some();
        }
        if taken { Err(Code::PathTaken) } else { Ok(paths) }
    }

    fn has_public_children(&self, id: Uuid) -> bool {
        self.live().iter().any(|(child, placement)| placement.parent == Some(id) && *child != id)
    }

    /// Makes a revision public. Nothing changes when that is refused.
    pub fn publish(&mut self, id: Uuid, number: usize) -> Result<bool, Code> {
        let entry = self.get(id);
        if entry.trashed {
            return Err(Code::Trashed);
        }
        if number >= entry.revisions.len() {
            return Err(Code::Invalid);
        }
        if entry.live == Some(number) {
            return Ok(false);
        }
        let before = entry.live.replace(number);
        // What is wrong with the entry itself is said before anything else.
        let own = Self::path(&self.live(), id).map(|_| ());
        match own.and_then(|()| self.public().map(|_| ())) {
            Ok(()) => Ok(true),
            Err(code) => {
                self.get(id).live = before;
                Err(code)
            }
        }
    }

    pub fn unpublish(&mut self, id: Uuid) -> Result<bool, Code> {
        if self.get(id).live.is_none() {
            return Err(Code::NotLive);
        }
        if self.has_public_children(id) {
            return Err(Code::HasPublicDescendants);
        }
        self.get(id).live = None;
        Ok(true)
    }

    pub fn trash(&mut self, id: Uuid) -> Result<bool, Code> {
        if self.get(id).trashed {
            return Err(Code::Trashed);
        }
        if self.get(id).live.is_some() {
            self.unpublish(id)?;
        }
        self.get(id).trashed = true;
        Ok(true)
    }

    /// Appends a revision, unless the newest one says the same.
    pub fn save(&mut self, id: Uuid, placement: Placement) -> Result<bool, Code> {
        let entry = self.get(id);
        if entry.trashed {
            return Err(Code::Trashed);
        }
        if entry.revisions.last() == Some(&placement) {
            return Ok(false);
        }
        entry.revisions.push(placement);
        Ok(true)
    }
}
