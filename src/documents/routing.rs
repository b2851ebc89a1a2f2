//! Routes, pure: the paths of an entry are the product of the publications along its chain of parents, each for the time
//! in which all of them hold (`postgres.md`, "Routes"). Here is that product, what it leaves uncovered, and the
//! difference from the routes that stand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::span::{Span, coalesce};

/// How deep a page may lie. Also what ends the walk up a chain that has no end.
pub const MAX_DEPTH: usize = 32;

/// Where a publication puts its entry, clipped to the time that may still change.
#[derive(Debug, Clone)]
pub struct Placement {
    /// The entry.
    pub entry: Uuid,
    /// The entry above, or none at the top.
    pub parent: Option<Uuid>,
    /// The last segment of the path; empty for the home page.
    pub slug: String,
    /// When.
    pub during: Span,
}

/// A path that leads to an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// The entry.
    pub entry: Uuid,
    /// The path, from `/`.
    pub path: String,
    /// When.
    pub during: Span,
}

/// A route that stands, at least until after the instant of the change.
#[derive(Debug, Clone)]
pub struct Standing {
    /// Its row.
    pub id: i64,
    /// Where it leads and when.
    pub lead: Lead,
}

/// Why an entry would be public without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// The parent is not public for the whole of that time.
    ParentNotPublic {
        /// The entry that would hang in the air.
        entry: Uuid,
        /// Its parent.
        parent: Uuid,
    },
    /// The chain of parents leads back to the entry.
    Cycle {
        /// The entry.
        entry: Uuid,
    },
    /// The entry would lie deeper than [`MAX_DEPTH`].
    TooDeep {
        /// The entry.
        entry: Uuid,
    },
}

/// The difference between the routes that stand and those that should, in the order in which Postgres can take it:
/// endings first, so that a freed path can be taken in the same change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// Routes that have not begun and never will.
    pub remove: Vec<i64>,
    /// Routes that end earlier.
    pub shorten: Vec<(i64, Option<DateTime<Utc>>)>,
    /// Routes that end later.
    pub extend: Vec<(i64, Option<DateTime<Utc>>)>,
    /// New routes.
    pub open: Vec<Lead>,
}

/// The publications of a part of the tree, by entry.
pub struct Tree(BTreeMap<Uuid, Vec<Placement>>);

impl Tree {
    /// Takes the placements of the entries in question and of all their parents.
    #[must_use]
    pub fn new(placements: Vec<Placement>) -> Self {
        let mut tree: BTreeMap<Uuid, Vec<Placement>> = BTreeMap::new();
        for placement in placements {
            tree.entry(placement.entry).or_default().push(placement);
        }
        Self(tree)
    }

    /// The routes that these entries should have.
    ///
    /// # Errors
    /// Every entry that would at some time be public without a path, and why.
    pub fn leads(&self, entries: &BTreeSet<Uuid>) -> Result<Vec<Lead>, Vec<Gap>> {
        let mut leads = Vec::new();
        let mut gaps = Vec::new();
        for entry in entries {
            let mut pieces = Vec::new();
            for placement in self.0.get(entry).into_iter().flatten() {
                let found = self.paths(placement, placement.during, 1);
                let covered = coalesce(found.iter().map(|(_, span)| ((), *span)).collect());
                if covered != [((), placement.during)] {
                    gaps.push(self.explain(placement));
                }
                pieces.extend(found);
            }
            let joined = coalesce(pieces).into_iter();
            leads.extend(joined.map(|(path, during)| Lead { entry: *entry, path, during }));
        }
        if gaps.is_empty() { Ok(leads) } else { Err(gaps) }
    }

    /// The paths of one placement within a window of time.
    fn paths(&self, placement: &Placement, window: Span, depth: usize) -> Vec<(String, Span)> {
        let Some(parent) = placement.parent else {
            return vec![(join("", &placement.slug), window)];
        };
        if depth >= MAX_DEPTH {
            return Vec::new();
        }
        let above = self.0.get(&parent).into_iter().flatten();
        above
            .filter_map(|above| Some((above, above.during.intersect(window)?)))
            .flat_map(|(above, shared)| self.paths(above, shared, depth + 1))
            .map(|(path, during)| (join(&path, &placement.slug), during))
            .collect()
    }

    fn explain(&self, placement: &Placement) -> Gap {
        let entry = placement.entry;
        let mut seen = BTreeSet::from([entry]);
        let mut edge = (entry, placement.parent);
        while let (below, Some(parent)) = edge {
            if !seen.insert(parent) {
                return Gap::Cycle { entry };
            }
            if seen.len() > MAX_DEPTH {
                return Gap::TooDeep { entry };
            }
            let Some(above) = self
                .0
                .get(&parent)
                .and_then(|all| all.iter().find(|above| above.during.intersect(placement.during).is_some()))
            else {
                return Gap::ParentNotPublic { entry: below, parent };
            };
            edge = (parent, above.parent);
        }
        // Every link exists at some time, but not for all of the time.
        placement.parent.map_or(Gap::Cycle { entry }, |parent| Gap::ParentNotPublic { entry, parent })
    }
}

fn join(parent: &str, slug: &str) -> String {
    format!("{}/{slug}", parent.trim_end_matches('/'))
}

/// What must be done at `now` so that the routes of these entries become `wanted`.
#[must_use]
pub fn difference(standing: &[Standing], wanted: Vec<Lead>, now: DateTime<Utc>) -> Difference {
    let mut steps = Difference::default();
    // By entry and beginning, which no two routes share: a move of thousands must not compare each with each.
    let mut open: BTreeMap<(Uuid, DateTime<Utc>), Lead> =
        wanted.into_iter().map(|lead| ((lead.entry, lead.during.from), lead)).collect();
    for route in standing {
        let begun = route.lead.during.from <= now;
        let key = (route.lead.entry, if begun { now } else { route.lead.during.from });
        let same = open.get(&key).is_some_and(|lead| lead.path == route.lead.path);
        let until = match same.then(|| open.remove(&key)).flatten() {
            Some(lead) => lead.during.until,
            None if route.lead.during.from < now => Some(now),
            None => {
                steps.remove.push(route.id);
                continue;
            }
        };
        match (until, route.lead.during.until) {
            (new, old) if new == old => {}
            (None, Some(_)) => steps.extend.push((route.id, until)),
            (Some(new), Some(old)) if new > old => steps.extend.push((route.id, until)),
            _ => steps.shorten.push((route.id, until)),
        }
    }
    steps.open = open.into_values().collect();
    steps.open.sort_by(|a, b| (&a.path, a.during.from).cmp(&(&b.path, b.during.from)));
    steps
}

#[cfg(test)]
mod tests;
