//! Two sets of hunks against the same sequence, put side by side: which stretches one side changed, and which both did.

use std::ops::Range;

use crate::documents::diff::sequence::Hunk;

/// Who changed a stretch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Nobody.
    Nobody,
    /// Those who saved first.
    Theirs,
    /// Whoever saves now.
    Mine,
    /// Both: the two may be the same change, or in each other's way.
    Both,
}

/// A stretch of the base, and what stands for it on each side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Region {
    /// Who changed it.
    pub by: By,
    /// Where in the base.
    pub base: Range<usize>,
    /// Where in theirs.
    pub theirs: Range<usize>,
    /// Where in mine.
    pub mine: Range<usize>,
}

/// Cuts the base into regions, in order and without a gap. Changes of both sides that overlap are in one region; those
/// that only touch are so too, unless `apart` says that they can be told apart. Two insertions at one place never can.
pub fn regions(base: usize, theirs: &[Hunk], mine: &[Hunk], apart: fn(&Hunk, &Hunk) -> bool) -> Vec<Region> {
    let mut cut = Cut { found: Vec::new(), base: 0, theirs: 0, mine: 0 };
    let mut hunks: Vec<(&Hunk, By)> = theirs.iter().map(|hunk| (hunk, By::Theirs)).collect();
    hunks.extend(mine.iter().map(|hunk| (hunk, By::Mine)));
    hunks.sort_by_key(|(hunk, _)| (hunk.old.start, hunk.old.end));
    let mut rest = hunks.as_slice();
    while let Some(((first, _), _)) = rest.split_first() {
        let mut end = first.old.end;
        let mut size = 1;
        while let Some((next, by)) = rest.get(size)
            && (next.old.start < end
                || next.old.start == end
                    && rest[..size]
                        .iter()
                        .any(|(other, side)| side != by && other.old.end == end && meet(other, next, apart)))
        {
            end = end.max(next.old.end);
            size += 1;
        }
        cut.keep(first.old.start);
        cut.change(&rest[..size], end);
        rest = &rest[size..];
    }
    cut.keep(base);
    cut.found
}

fn meet(a: &Hunk, b: &Hunk, apart: fn(&Hunk, &Hunk) -> bool) -> bool {
    a.old.is_empty() && b.old.is_empty() || !apart(a, b)
}

struct Cut {
    found: Vec<Region>,
    base: usize,
    theirs: usize,
    mine: usize,
}

impl Cut {
    /// What nobody changed, up to the given place of the base.
    fn keep(&mut self, until: usize) {
        let length = until - self.base;
        if length > 0 {
            self.push(By::Nobody, length, length, length);
        }
    }

    /// What the hunks changed, up to the given place of the base.
    fn change(&mut self, hunks: &[(&Hunk, By)], until: usize) {
        let length = until - self.base;
        let grown = |side: By| {
            let of_side = hunks.iter().filter(|(_, by)| *by == side);
            let (old, new) =
                of_side.fold((0, 0), |(old, new), (hunk, _)| (old + hunk.old.len(), new + hunk.new.len()));
            length + new - old
        };
        let by = match hunks {
            [(_, first), rest @ ..] if rest.iter().all(|(_, by)| by == first) => *first,
            _ => By::Both,
        };
        self.push(by, length, grown(By::Theirs), grown(By::Mine));
    }

    fn push(&mut self, by: By, base: usize, theirs: usize, mine: usize) {
        self.found.push(Region {
            by,
            base: self.base..self.base + base,
            theirs: self.theirs..self.theirs + theirs,
            mine: self.mine..self.mine + mine,
        });
        self.base += base;
        self.theirs += theirs;
        self.mine += mine;
    }
}
