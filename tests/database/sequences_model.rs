//! A site in memory, as plain data: what editors meant to be public when, and where each revision puts its entry. What is
//! public is asked instant by instant; nothing is kept of it. It says what each action must come to.

use std::collections::{BTreeMap, BTreeSet};

use masthead::platform::problem::Code;
use uuid::Uuid;

use super::sequences_edits::Edit;

/// Microseconds since the beginning of the clock of the test.
pub type Instant = i64;

/// How an action was refused: any of these, because which of several reasons is said first is not the model's to know.
pub type Refusal = Vec<Code>;

/// How close a planned boundary must be to be left alone.
const TAKING_EFFECT: Instant = 2_000_000;

/// Where a revision puts its entry, and what else a save may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    pub title: String,
    pub slug: String,
    pub parent: Option<Uuid>,
    /// The rank among its siblings.
    pub rank: String,
}

/// What an editor meant: a revision, from when on, perhaps until when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Which it is among all that its entry has ever had; it keeps that when it is moved.
    pub key: usize,
    /// The index of the revision.
    pub number: usize,
    pub from: Instant,
    pub until: Option<Instant>,
    /// When it was ended by hand.
    pub ended: Option<Instant>,
}

/// What an author has typed and not saved.
#[derive(Debug, Clone)]
pub struct Copy {
    pub base: usize,
    pub body: Placement,
    pub version: i64,
}

#[derive(Debug, Clone)]
pub struct Entry {
    pub id: Uuid,
    pub version: i64,
    pub revisions: Vec<Placement>,
    /// In order of their beginnings, of which no two are the same.
    pub publications: Vec<Publication>,
    /// The entry with which it went into the trash; itself for the one that was put there.
    pub trashed: Option<Uuid>,
    pub copy: Option<Copy>,
    /// How many publications it has ever had.
    pub made: usize,
}

impl Entry {
    /// A draft.
    pub fn new(id: Uuid, version: i64, placement: Placement) -> Self {
        let revisions = vec![placement];
        Self { id, version, revisions, publications: Vec::new(), trashed: None, copy: None, made: 0 }
    }

    /// What is public at an instant: what began last, unless that is over.
    pub fn public_at(&self, at: Instant) -> Option<&Publication> {
        let last = self.publications.iter().rfind(|publication| publication.from <= at)?;
        let over = |end: Option<Instant>| end.is_some_and(|end| end <= at);
        (!over(last.until) && !over(last.ended)).then_some(last)
    }

    /// When a publication is over: by plan, by hand, or because the next one begins.
    pub fn end(&self, nth: usize) -> Option<Instant> {
        let publication = &self.publications[nth];
        let next = self.publications.get(nth + 1).map(|next| next.from);
        [publication.until, publication.ended, next].into_iter().flatten().min()
    }

    /// The publications that are not over, each with its end.
    fn ahead(&self, now: Instant) -> impl Iterator<Item = (&Publication, Option<Instant>)> {
        let all = self.publications.iter().enumerate().map(|(nth, publication)| (publication, self.end(nth)));
        all.filter(move |(_, end)| end.is_none_or(|end| end > now))
    }

    pub fn head(&self) -> &Placement {
        self.revisions.last().expect("a revision")
    }

    /// Every entry that it points at as its parent: in its newest revision, and in what is or will be public.
    fn parents(&self, now: Instant) -> BTreeSet<Uuid> {
        let public = self.ahead(now).map(|(publication, _)| &self.revisions[publication.number]);
        public.chain([self.head()]).filter_map(|placement| placement.parent).collect()
    }
}

/// Why an entry would be public without a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    NoParent,
    Cycle,
}

#[derive(Debug, Clone, Default)]
pub struct Model {
    pub entries: Vec<Entry>,
}

impl Model {
    pub fn get(&self, id: Uuid) -> &Entry {
        self.entries.iter().find(|entry| entry.id == id).expect("an entry of the model")
    }

    pub fn get_mut(&mut self, id: Uuid) -> &mut Entry {
        self.entries.iter_mut().find(|entry| entry.id == id).expect("an entry of the model")
    }

    /// Every instant at which something begins or ends.
    pub fn boundaries(&self) -> BTreeSet<Instant> {
        let all = self.entries.iter().flat_map(|entry| &entry.publications);
        all.flat_map(|one| [Some(one.from), one.until, one.ended]).flatten().collect()
    }

    /// The path of an entry at an instant, through its public parents.
    fn path(&self, id: Uuid, at: Instant) -> Result<String, Gap> {
        let mut segments = Vec::new();
        let mut seen = BTreeSet::new();
        let mut next = Some(id);
        while let Some(above) = next {
            let found = self.entries.iter().find(|entry| entry.id == above).ok_or(Gap::NoParent)?;
            let public = found.public_at(at).ok_or(Gap::NoParent)?;
            if !seen.insert(above) {
                return Err(Gap::Cycle);
            }
            let placement = &found.revisions[public.number];
            segments.push(placement.slug.as_str());
            next = placement.parent;
        }
        // The home page has an empty slug, and what lies below it begins at the root.
        segments.retain(|slug| !slug.is_empty());
        segments.reverse();
        Ok(format!("/{}", segments.join("/")))
    }

    /// Which path leads to which entry at an instant, in a model that holds.
    pub fn public(&self, at: Instant) -> BTreeMap<String, Uuid> {
        let public = self.entries.iter().filter(|entry| entry.public_at(at).is_some());
        public.map(|entry| (self.path(entry.id, at).expect("a path"), entry.id)).collect()
    }

    /// Whether the parents of what is or will be public ever lead from an entry back to it, at whatever times.
    fn may_lead_back(&self, id: Uuid, now: Instant) -> bool {
        let above = |id: Uuid| {
            let entry = self.get(id);
            entry.ahead(now).filter_map(|(one, _)| entry.revisions[one.number].parent).collect::<Vec<_>>()
        };
        let (mut seen, mut open) = (BTreeSet::new(), above(id));
        while let Some(next) = open.pop() {
            if seen.insert(next) {
                open.extend(above(next));
            }
        }
        seen.contains(&id)
    }

    /// Whether everything that is or will be public has one path of its own.
    fn holds(&self, acted: &[Uuid], now: Instant) -> Result<(), Refusal> {
        let instants: Vec<Instant> =
            self.boundaries().into_iter().filter(|at| *at > now).chain([now]).collect();
        let (mut own, mut others, mut taken) = (Vec::new(), false, false);
        for at in instants {
            let mut paths = BTreeSet::new();
            for entry in self.entries.iter().filter(|entry| entry.public_at(at).is_some()) {
                match self.path(entry.id, at) {
                    Ok(path) => taken |= !paths.insert(path),
                    Err(gap) if acted.contains(&entry.id) => own.push(gap),
                    Err(_) => others = true,
                }
            }
        }
        if !own.is_empty() {
            // One sentence is said about an entry that lacks its parent at one time and hangs below itself at another.
            let back = own.contains(&Gap::Cycle) || acted.iter().any(|id| self.may_lead_back(*id, now));
            let all =
                if back { vec![Code::Conflict, Code::ParentNotPublic] } else { vec![Code::ParentNotPublic] };
            return Err(all);
        }
        match (others, taken) {
            (true, _) => Err(vec![Code::HasPublicDescendants]),
            (_, true) => Err(vec![Code::PathTaken]),
            _ => Ok(()),
        }
    }

    /// Whether nothing is taken back that takes effect in a moment, given how it was before.
    fn takes_nothing_back(&self, before: &Self, acted: &[Uuid], now: Instant) -> Result<(), Refusal> {
        let soon = |at: Instant| now < at && at <= now + TAKING_EFFECT;
        for id in acted {
            let (old, new) = (before.get(*id), self.get(*id));
            for (nth, publication) in old.publications.iter().enumerate() {
                let same = |one: &Publication| (one.key, one.from) == (publication.key, publication.from);
                let Some(kept) = new.publications.iter().position(same) else {
                    if soon(publication.from) {
                        return Err(vec![Code::AlreadyTakingEffect]);
                    }
                    continue;
                };
                let later =
                    old.end(nth).is_some_and(|end| soon(end) && new.end(kept).is_none_or(|new| new > end));
                if later {
                    return Err(vec![Code::AlreadyTakingEffect]);
                }
            }
        }
        Ok(())
    }

    /// Edits the timelines of entries at one instant, or of none of them. Gives those that changed.
    pub fn apply(&mut self, edits: &[(Uuid, Edit)], now: Instant) -> Result<Vec<Uuid>, Refusal> {
        let before = self.clone();
        let outcome = self.attempt(&before, edits, now);
        if outcome.is_err() {
            *self = before;
        }
        outcome
    }

    fn attempt(&mut self, before: &Self, edits: &[(Uuid, Edit)], now: Instant) -> Result<Vec<Uuid>, Refusal> {
        for (id, edit) in edits {
            edit.apply(self.get_mut(*id), now)?;
            self.takes_nothing_back(before, &[*id], now)?;
        }
        let changed = |id: &Uuid| self.get(*id).publications != before.get(*id).publications;
        let changed: Vec<Uuid> = edits.iter().map(|(id, _)| *id).filter(changed).collect();
        if !changed.is_empty() {
            self.holds(&changed, now)?;
        }
        Ok(changed)
    }

    /// An entry and what hangs below it, by those of its documents that `hangs` looks at.
    fn below(&self, root: Uuid, hangs: impl Fn(&Entry, &BTreeSet<Uuid>) -> bool) -> BTreeSet<Uuid> {
        let mut found = BTreeSet::from([root]);
        loop {
            let more: Vec<Uuid> =
                self.entries.iter().filter(|entry| hangs(entry, &found)).map(|entry| entry.id).collect();
            let before = found.len();
            found.extend(more);
            if found.len() == before {
                return found;
            }
        }
    }

    /// Ends what is public of an entry, and of everything below when that was decided.
    pub fn unpublish(&mut self, id: Uuid, descendants: bool, now: Instant) -> Result<Vec<Uuid>, Refusal> {
        let mut edits = vec![(id, Edit::End)];
        if descendants {
            let hangs = |entry: &Entry, above: &BTreeSet<Uuid>| {
                let mut parents = entry.ahead(now).filter_map(|(one, _)| entry.revisions[one.number].parent);
                parents.any(|parent| above.contains(&parent))
            };
            // While the entry comes back by plan, the plans of those below can stay.
            let comes_back = self.get(id).ahead(now).any(|(one, _)| one.from > now);
            for below in self.below(id, hangs).into_iter().filter(|below| *below != id) {
                match (comes_back, self.get(below).public_at(now).is_some()) {
                    (false, _) => edits.push((below, Edit::Withdraw)),
                    (true, true) => edits.push((below, Edit::End)),
                    (true, false) => {}
                }
            }
        }
        self.apply(&edits, now)
    }

    /// Puts an entry into the trash, with everything below when that was decided. Gives what went.
    pub fn trash(&mut self, id: Uuid, descendants: bool, now: Instant) -> Result<Vec<Uuid>, Refusal> {
        if self.get(id).trashed.is_some() {
            return Err(vec![Code::Trashed]);
        }
        let hangs = |entry: &Entry, above: &BTreeSet<Uuid>| {
            entry.trashed.is_none() && !entry.parents(now).is_disjoint(above)
        };
        let going = if descendants { self.below(id, hangs) } else { BTreeSet::from([id]) };
        let used = self.entries.iter().any(|entry| !going.contains(&entry.id) && hangs(entry, &going));
        let before = self.clone();
        let withdrawn: Vec<(Uuid, Edit)> = going.iter().map(|id| (*id, Edit::Withdraw)).collect();
        self.apply(&withdrawn, now)?;
        if used {
            *self = before;
            return Err(vec![Code::InUse]);
        }
        for one in &going {
            self.get_mut(*one).trashed = Some(id);
        }
        Ok(going.into_iter().collect())
    }

    /// Takes an entry out of the trash, with everything that went there with it. Gives what came.
    pub fn untrash(&mut self, id: Uuid) -> Result<Vec<Uuid>, Refusal> {
        if self.get(id).trashed.is_none() {
            return Err(vec![Code::Conflict]);
        }
        let comes = |entry: &&mut Entry| entry.id == id || entry.trashed == Some(id);
        let coming = self.entries.iter_mut().filter(comes);
        Ok(coming
            .map(|entry| {
                entry.trashed = None;
                entry.id
            })
            .collect())
    }

    /// Whether an entry may be moved below another one, by where the newest revisions put them.
    pub fn may_hang(&self, id: Uuid, parent: Uuid) -> Result<(), Refusal> {
        if self.get(parent).trashed.is_some() {
            return Err(vec![Code::Invalid]);
        }
        let hangs = |entry: &Entry, above: &BTreeSet<Uuid>| {
            entry.head().parent.is_some_and(|parent| above.contains(&parent))
        };
        if self.below(id, hangs).contains(&parent) { Err(vec![Code::Conflict]) } else { Ok(()) }
    }
}
