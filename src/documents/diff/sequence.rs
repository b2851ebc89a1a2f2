//! What turns one sequence into another with the fewest insertions and deletions: Myers' greedy algorithm ("An O(ND)
//! Difference Algorithm and Its Variations", 1986). It gives up after a fixed number of edits, never after a time, so
//! that equal input has an equal answer on every machine.

use std::{collections::HashMap, hash::Hash, ops::Range};

/// How many items may be inserted and deleted before two sequences count as too different. The work grows with the
/// square of it, whatever the lengths.
const MAX_EDITS: usize = 1_000;

/// No point of the grid.
const NOWHERE: usize = usize::MAX;

/// Items of the old sequence that others of the new one stand for; at most one of the two is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// Where in the old sequence.
    pub old: Range<usize>,
    /// Where in the new sequence.
    pub new: Range<usize>,
}

impl Hunk {
    /// The hunk as one for each item when items were only deleted, or as many were put as taken away.
    #[must_use]
    pub fn singles(&self) -> Vec<Self> {
        let (old, new) = (&self.old, &self.new);
        if new.is_empty() {
            old.clone().map(|at| Self { old: at..at + 1, new: new.clone() }).collect()
        } else if old.len() == new.len() {
            let pairs = old.clone().zip(new.clone());
            pairs.map(|(a, b)| Self { old: a..a + 1, new: b..b + 1 }).collect()
        } else {
            vec![self.clone()]
        }
    }
}

/// Gives equal items equal numbers.
#[derive(Debug)]
pub struct Numbers<T>(HashMap<T, usize>);

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: Hash + Eq> Numbers<T> {
    /// The number of each item.
    pub fn of(&mut self, items: impl IntoIterator<Item = T>) -> Vec<usize> {
        let numbers = &mut self.0;
        items
            .into_iter()
            .map(|item| {
                let next = numbers.len();
                *numbers.entry(item).or_insert(next)
            })
            .collect()
    }
}

/// The hunks that turn `old` into `new`, in order, at least one equal item between any two; nothing when the two are
/// too different. A hunk that could as well stand later among equal items stands there, so that the same edit made by
/// two people is the same hunk.
#[must_use]
pub fn hunks(old: &[usize], new: &[usize]) -> Option<Vec<Hunk>> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old_rest[..old_rest.len() - end], &new_rest[..new_rest.len() - end]);
    let mut found = if old_rest.is_empty() || new_rest.is_empty() {
        let whole = Hunk { old: 0..old_rest.len(), new: 0..new_rest.len() };
        Vec::from_iter((!whole.old.is_empty() || !whole.new.is_empty()).then_some(whole))
    } else {
        Grid { old: old_rest, new: new_rest }.hunks()?
    };
    for hunk in &mut found {
        hunk.old = hunk.old.start + start..hunk.old.end + start;
        hunk.new = hunk.new.start + start..hunk.new.end + start;
    }
    slide(&mut found, old, new);
    Some(found)
}

/// Moves pure insertions and deletions as far to the end as equal items allow without touching the next hunk.
fn slide(hunks: &mut [Hunk], old: &[usize], new: &[usize]) {
    let mut limit = old.len() + 1;
    for hunk in hunks.iter_mut().rev() {
        let items = if hunk.old.is_empty() { new } else { old };
        loop {
            let moving = if hunk.old.is_empty() { &hunk.new } else { &hunk.old };
            let pure = hunk.old.is_empty() != hunk.new.is_empty();
            let next = old.get(hunk.old.end);
            if !pure || hunk.old.end + 1 >= limit || next.is_none() || next != items.get(moving.start) {
                break;
            }
            hunk.old = hunk.old.start + 1..hunk.old.end + 1;
            hunk.new = hunk.new.start + 1..hunk.new.end + 1;
        }
        limit = hunk.old.start;
    }
}

/// The edit graph: a point (x, y) stands for the first x old and y new items. Diagonals are numbered x - y + the number
/// of new items, so that none is negative.
struct Grid<'a> {
    old: &'a [usize],
    new: &'a [usize],
}

/// The x of the furthest points after a number of edits, for the diagonals from `first` on.
struct Front {
    first: usize,
    xs: Vec<usize>,
}

impl Front {
    fn at(&self, diagonal: Option<usize>) -> Option<usize> {
        let x = self.xs.get(diagonal?.checked_sub(self.first)?)?;
        (*x != NOWHERE).then_some(*x)
    }
}

impl Grid<'_> {
    fn y(&self, diagonal: usize, x: usize) -> Option<usize> {
        (x + self.new.len()).checked_sub(diagonal).filter(|y| *y <= self.new.len())
    }

    /// How a diagonal is reached from the front before: the x behind the edit, and whether it deleted.
    fn step(&self, before: &Front, diagonal: usize) -> Option<(usize, bool)> {
        let deleted = before.at(diagonal.checked_sub(1)).map(|x| x + 1).filter(|x| *x <= self.old.len());
        let inserted = before.at(Some(diagonal + 1)).filter(|x| self.y(diagonal, *x).is_some());
        match (deleted, inserted) {
            (Some(deleted), inserted) if inserted.is_none_or(|x| deleted > x) => Some((deleted, true)),
            (_, inserted) => inserted.map(|x| (x, false)),
        }
    }

    fn slide_along(&self, diagonal: usize, mut x: usize) -> usize {
        while let Some(y) = self.y(diagonal, x)
            && x < self.old.len()
            && y < self.new.len()
            && self.old[x] == self.new[y]
        {
            x += 1;
        }
        x
    }

    fn hunks(&self) -> Option<Vec<Hunk>> {
        let (n, m) = (self.old.len(), self.new.len());
        let mut fronts = vec![Front { first: m, xs: vec![self.slide_along(m, 0)] }];
        while let Some(last) = fronts.last() {
            if last.at(Some(n)) == Some(n) {
                return Some(self.trace(&fronts));
            }
            let edits = fronts.len();
            if edits > MAX_EDITS {
                return None;
            }
            let first = m.saturating_sub(edits);
            let xs = (first..=m + edits.min(n)).map(|diagonal| {
                let reached = (diagonal + edits).abs_diff(m).is_multiple_of(2);
                let step = if reached { self.step(last, diagonal) } else { None };
                step.map_or(NOWHERE, |(x, _)| self.slide_along(diagonal, x))
            });
            let front = Front { first, xs: xs.collect() };
            fronts.push(front);
        }
        None
    }

    /// The way back from the last point.
    fn trace(&self, fronts: &[Front]) -> Vec<Hunk> {
        let mut diagonal = self.old.len();
        let mut found: Vec<Hunk> = Vec::new();
        for before in fronts.iter().rev().skip(1) {
            let Some((x, deleted)) = self.step(before, diagonal) else { break };
            let Some(y) = self.y(diagonal, x) else { break };
            let edit =
                if deleted { Hunk { old: x - 1..x, new: y..y } } else { Hunk { old: x..x, new: y - 1..y } };
            diagonal = if deleted { diagonal - 1 } else { diagonal + 1 };
            match found.last_mut() {
                Some(next) if next.old.start == edit.old.end && next.new.start == edit.new.end => {
                    next.old.start = edit.old.start;
                    next.new.start = edit.new.start;
                }
                _ => found.push(edit),
            }
        }
        found.reverse();
        found
    }
}

/// Which places of a sequence of different numbers lie outside its longest increasing subsequence.
#[must_use]
pub fn out_of_order(ranks: &[usize]) -> Vec<bool> {
    let mut tails: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(ranks.len());
    for (at, rank) in ranks.iter().enumerate() {
        let length = tails.partition_point(|tail| ranks[*tail] < *rank);
        before.push(length.checked_sub(1).map(|shorter| tails[shorter]));
        if length == tails.len() {
            tails.push(at);
        } else {
            tails[length] = at;
        }
    }
    let mut out = vec![true; ranks.len()];
    let mut at = tails.last().copied();
    while let Some(kept) = at {
        out[kept] = false;
        at = before[kept];
    }
    out
}
