//! The order of items that have a name each, merged. What counts is each pair of items: a pair that either side put the
//! other way round is so in the result. When no order does that, the moves contradict each other.

use std::collections::{HashMap, HashSet};

use crate::documents::diff::sequence::out_of_order;

/// The most pairs that are looked at; beyond, moves on both sides count as contradicting each other.
const MAX_PAIRS: usize = 20_000_000;

/// The merged order.
#[derive(Debug, PartialEq, Eq)]
pub struct Ordered<'a> {
    /// What both sides kept and what either inserted.
    pub keys: Vec<&'a str>,
    /// What the sides put at places that contradict each other.
    pub contested: Vec<&'a str>,
}

/// Merges the order of unique keys. A key that one side removed is not in the result; an inserted one stands after the
/// key that it was inserted after, theirs before mine.
pub fn merge<'a>(base: &[&'a str], theirs: &[&'a str], mine: &[&'a str]) -> Ordered<'a> {
    let base_set: HashSet<&str> = base.iter().copied().collect();
    let theirs_set: HashSet<&str> = theirs.iter().copied().collect();
    let mine_set: HashSet<&str> = mine.iter().copied().collect();
    let kept = base.iter().copied().filter(|key| theirs_set.contains(key) && mine_set.contains(key));
    let kept: Vec<&str> = kept.collect();
    let rank: HashMap<&str, usize> = kept.iter().enumerate().map(|(rank, key)| (*key, rank)).collect();
    let ranks = |side: &[&str]| side.iter().filter_map(|key| rank.get(key).copied()).collect::<Vec<_>>();
    let (order, contested) = merge_ranks(&ranks(theirs), &ranks(mine));
    let mut contested: Vec<&str> = contested.into_iter().map(|rank| kept[rank]).collect();

    // What both sides have is what the insertions of either are anchored to.
    let anchors = |side: &[&'a str], other: &HashSet<&str>| {
        let mut slots: HashMap<Option<&'a str>, Slot<'a>> = HashMap::new();
        let mut last = None;
        for key in side.iter().copied() {
            if rank.contains_key(key) {
                last = Some(key);
            } else if !base_set.contains(key) && other.contains(key) {
                slots.entry(last).or_default().shared = Some(key);
                last = Some(key);
            } else if !base_set.contains(key) {
                slots.entry(last).or_default().own.push(key);
            }
        }
        slots
    };
    let (after_theirs, after_mine) = (anchors(theirs, &mine_set), anchors(mine, &theirs_set));
    let shared_in =
        |slots: &HashMap<Option<&'a str>, Slot<'a>>, anchor| slots.get(&anchor).and_then(|slot| slot.shared);
    let mut keys = Vec::with_capacity(theirs.len().max(mine.len()));
    for anchor in std::iter::once(None).chain(order.into_iter().map(|rank| Some(kept[rank]))) {
        let mut next = Some(anchor);
        while let Some(anchor) = next.take() {
            keys.extend(anchor);
            for slots in [&after_theirs, &after_mine] {
                keys.extend(slots.get(&anchor).into_iter().flat_map(|slot| slot.own.iter().copied()));
            }
            next = shared_in(&after_theirs, anchor).map(Some);
            // Both inserted it, but after different items.
            contested.extend(next.flatten().filter(|key| shared_in(&after_mine, anchor) != Some(*key)));
        }
    }
    Ordered { keys, contested }
}

/// What one side inserted after an item, before the next one that both sides have.
#[derive(Default)]
struct Slot<'a> {
    own: Vec<&'a str>,
    /// The next one that both sides have, when both inserted it.
    shared: Option<&'a str>,
}

/// Merges two orders of the numbers below their length, against the natural order. Gives the order, and the numbers that
/// are contested.
fn merge_ranks(theirs: &[usize], mine: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let natural = |order: &[usize]| order.iter().enumerate().all(|(at, rank)| at == *rank);
    if theirs == mine || natural(mine) {
        return (theirs.to_vec(), Vec::new());
    }
    if natural(theirs) {
        return (mine.to_vec(), Vec::new());
    }
    let (theirs, mine) = (Side::of(theirs), Side::of(mine));
    let moved: Vec<usize> =
        (0..theirs.at.len()).filter(|rank| theirs.moved[*rank] || mine.moved[*rank]).collect();
    let both = |rank: &usize| theirs.moved[*rank] && mine.moved[*rank];
    let mut contested: Vec<usize> = moved
        .iter()
        .copied()
        .filter(|rank| both(rank) && theirs.before[*rank] != mine.before[*rank])
        .collect();
    if moved.len().saturating_mul(theirs.at.len()) > MAX_PAIRS {
        return ((0..theirs.at.len()).collect(), moved);
    }
    let places = places(&theirs, &mine, &moved);
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|rank| (places[*rank], *rank));
    // An order of pairs has no circle exactly when no two items have as many before them. Those in circles stand
    // together, between places where the sum is what it would be without (Landau's theorem on tournaments).
    let (mut start, mut sum) = (0, 0);
    for (end, rank) in order.iter().enumerate() {
        sum += places[*rank];
        if sum == end * (end + 1) / 2 {
            if end > start {
                let circle = order[start..=end].iter().copied();
                contested.extend(circle.filter(|rank| theirs.moved[*rank] || mine.moved[*rank]));
            }
            start = end + 1;
        }
    }
    contested.sort_unstable();
    contested.dedup();
    (order, contested)
}

/// How many items stand before each one in the result.
fn places(theirs: &Side, mine: &Side, moved: &[usize]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..theirs.at.len()).collect();
    let is_moved = |rank: usize| theirs.moved[rank] || mine.moved[rank];
    for one in moved.iter().copied() {
        for other in 0..theirs.at.len() {
            // Two moved items are one pair and not two.
            if other == one || (is_moved(other) && other < one) {
                continue;
            }
            let (first, second) = (one.min(other), one.max(other));
            if theirs.at[first] > theirs.at[second] || mine.at[first] > mine.at[second] {
                places[first] += 1;
                places[second] -= 1;
            }
        }
    }
    places
}

/// One side's order: for each number its place, whether it was moved, and what stands before it.
struct Side {
    at: Vec<usize>,
    moved: Vec<bool>,
    before: Vec<Option<usize>>,
}

impl Side {
    fn of(order: &[usize]) -> Self {
        let mut side = Self {
            at: vec![0; order.len()],
            moved: vec![false; order.len()],
            before: vec![None; order.len()],
        };
        for ((at, rank), moved) in order.iter().enumerate().zip(out_of_order(order)) {
            side.at[*rank] = at;
            side.moved[*rank] = moved;
            side.before[*rank] = at.checked_sub(1).map(|before| order[before]);
        }
        side
    }
}
