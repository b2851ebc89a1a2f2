//! What one action means for one entry of the model: its publications, and its revisions.

use masthead::platform::problem::Code;

use super::sequences_model::{Copy, Entry, Instant, Placement, Publication, Refusal};

/// An action on the publications of an entry. Publications are named by their beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edit {
    Publish { number: usize, from: Option<Instant>, until: Option<Instant> },
    Cancel { planned: Instant },
    Replan { planned: Instant, from: Option<Instant>, until: Option<Instant> },
    Expire { publication: Option<Instant>, until: Option<Instant> },
    End,
    Withdraw,
}

impl Edit {
    /// Does it to an entry, whatever that means for others.
    pub fn apply(self, entry: &mut Entry, now: Instant) -> Result<(), Refusal> {
        let kept = || if entry.trashed.is_some() { Err(vec![Code::Trashed]) } else { Ok(()) };
        match self {
            Self::Publish { number, from, until } => {
                if from.is_some_and(|from| from <= now) {
                    return Err(vec![Code::Invalid]);
                }
                kept()?;
                if number >= entry.revisions.len() {
                    return Err(vec![Code::Invalid]);
                }
                publish(entry, number, from.unwrap_or(now), until)
            }
            Self::Cancel { planned } => {
                kept()?;
                let nth = ahead(entry, planned, now)?;
                entry.publications.remove(nth);
                Ok(())
            }
            Self::Replan { planned, from, until } => {
                kept()?;
                let nth = ahead(entry, planned, now)?;
                let moved = entry.publications.remove(nth);
                let from = from.unwrap_or(planned);
                if from <= now {
                    return Err(vec![Code::Invalid]);
                }
                later(from, until)?;
                put(entry, Publication { from, until, ..moved });
                Ok(())
            }
            Self::Expire { publication, until } => {
                kept()?;
                let nth = match publication {
                    Some(from) => standing(entry, from, now)?,
                    None => live(entry, now).ok_or_else(|| vec![Code::NotLive])?,
                };
                later(entry.publications[nth].from.max(now), until)?;
                entry.publications[nth].until = until;
                Ok(())
            }
            Self::End => {
                live(entry, now).ok_or_else(|| vec![Code::NotLive])?;
                end(entry, now);
                Ok(())
            }
            Self::Withdraw => {
                end(entry, now);
                entry.publications.retain(|publication| publication.from < now);
                Ok(())
            }
        }
    }
}

/// Refuses an end that does not lie behind an instant.
fn later(after: Instant, until: Option<Instant>) -> Result<(), Refusal> {
    if until.is_some_and(|until| until <= after) { Err(vec![Code::Invalid]) } else { Ok(()) }
}

/// The publication that began or begins then, given that it is not over.
fn standing(entry: &Entry, from: Instant, now: Instant) -> Result<usize, Refusal> {
    let nth = entry.publications.iter().position(|one| one.from == from);
    let over = |nth: &usize| entry.end(*nth).is_some_and(|end| end <= now);
    nth.filter(|nth| !over(nth)).ok_or_else(|| vec![Code::NotFound])
}

/// The same, given that it has not begun.
fn ahead(entry: &Entry, from: Instant, now: Instant) -> Result<usize, Refusal> {
    let nth = standing(entry, from, now)?;
    if from <= now { Err(vec![Code::Conflict]) } else { Ok(nth) }
}

fn live(entry: &Entry, at: Instant) -> Option<usize> {
    let from = entry.public_at(at)?.from;
    entry.publications.iter().position(|one| one.from == from)
}

/// Takes the place of what begins at the same instant.
fn put(entry: &mut Entry, publication: Publication) {
    entry.publications.retain(|other| other.from != publication.from);
    entry.publications.push(publication);
    entry.publications.sort_by_key(|one| one.from);
}

fn publish(entry: &mut Entry, number: usize, from: Instant, until: Option<Instant>) -> Result<(), Refusal> {
    later(from, until)?;
    let replaced = live(entry, from);
    let inherited = replaced.and_then(|nth| entry.publications[nth].until);
    match replaced {
        Some(nth) if entry.publications[nth].number == number => {
            entry.publications[nth].until = until.or(inherited);
        }
        _ => {
            entry.made += 1;
            let until = until.or(inherited);
            put(entry, Publication { key: entry.made, number, from, until, ended: None });
        }
    }
    Ok(())
}

/// Nothing that has begun comes back; what begins at this very instant has never been.
fn end(entry: &mut Entry, now: Instant) {
    for publication in entry.publications.iter_mut().filter(|one| one.from <= now) {
        publication.ended = publication.ended.or(Some(now));
    }
    entry.publications.retain(|one| one.from != now);
}

impl Entry {
    fn kept(&self) -> Result<(), Refusal> {
        if self.trashed.is_some() { Err(vec![Code::Trashed]) } else { Ok(()) }
    }

    /// Appends a revision, unless the newest one says the same. Gives whether it did.
    pub fn save(&mut self, placement: Placement) -> Result<bool, Refusal> {
        self.kept()?;
        if placement.slug.is_empty() && placement.parent.is_some() {
            return Err(vec![Code::Invalid]);
        }
        let new = *self.head() != placement;
        if new {
            self.revisions.push(placement);
        }
        Ok(new)
    }

    /// Appends what was made from revision `base`, together with what was saved since.
    pub fn merge(&mut self, base: usize, mine: Placement) -> Result<bool, Refusal> {
        self.kept()?;
        let base = self.revisions.get(base).cloned().ok_or_else(|| vec![Code::Invalid])?;
        let theirs = self.head().clone();
        if base == theirs || mine == theirs {
            return self.save(mine);
        }
        self.save(Placement {
            title: merged(&base.title, &theirs.title, mine.title)?,
            slug: merged(&base.slug, &theirs.slug, mine.slug)?,
            parent: merged(&base.parent, &theirs.parent, mine.parent)?,
            rank: merged(&base.rank, &theirs.rank, mine.rank)?,
        })
    }

    /// Brings an older revision back as the newest.
    pub fn restore(&mut self, number: usize) -> Result<bool, Refusal> {
        self.kept()?;
        let older = self.revisions.get(number).cloned().ok_or_else(|| vec![Code::Invalid])?;
        self.save(older)
    }

    /// Keeps what was typed, given which version of it was seen.
    pub fn keep(&mut self, seen: Option<i64>, copy: Copy) -> Result<(), Refusal> {
        self.kept()?;
        if copy.base >= self.revisions.len() {
            return Err(vec![Code::Invalid]);
        }
        if seen != self.copy.as_ref().map(|copy| copy.version) {
            return Err(vec![Code::Stale]);
        }
        self.copy = Some(copy);
        Ok(())
    }

    /// Saves what was typed, and it is unsaved no more.
    pub fn promote(&mut self, seen: i64) -> Result<bool, Refusal> {
        self.kept()?;
        let copy = self.copy.clone().ok_or_else(|| vec![Code::NotFound])?;
        if copy.version != seen {
            return Err(vec![Code::Stale]);
        }
        let saved = self.merge(copy.base, copy.body)?;
        self.copy = None;
        Ok(saved)
    }
}

/// One field of three bodies.
fn merged<T: PartialEq + Clone>(base: &T, theirs: &T, mine: T) -> Result<T, Refusal> {
    if mine == *base {
        Ok(theirs.clone())
    } else if *theirs == *base || *theirs == mine {
        Ok(mine)
    } else {
        Err(vec![Code::EditConflict])
    }
}
