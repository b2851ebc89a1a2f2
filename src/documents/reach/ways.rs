//! The ways from documents up to the top of the tree: the drafted one, and one for each time at which they differ in
//! public. Pure.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::documents::publishing::store::Key;
use crate::documents::span::Span;
use crate::platform::access::{Place, Whereabouts};
use crate::platform::id::{EntryId, Id};

/// How far up a way is followed; what lies deeper is taken to lie outside.
const DEEPEST: usize = 64;

/// An instant, now when none is given, and the publication that is left out of what is public then.
pub(super) type When = (Option<DateTime<Utc>>, Option<Uuid>);

/// One step up.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// The document below.
    pub document: Key,
    /// The publication whose parent it is, and its time; none for the newest revision.
    pub public: Option<(Uuid, Span)>,
    /// The entry above; none at the top.
    pub parent: Option<Uuid>,
}

#[derive(Debug, Clone)]
struct Publication {
    id: Uuid,
    during: Span,
    parent: Option<Uuid>,
}

/// What lies above documents.
#[derive(Debug, Default)]
pub(super) struct Ways {
    now: Option<DateTime<Utc>>,
    newest: HashMap<Key, Option<Uuid>>,
    public: HashMap<Key, Vec<Publication>>,
}

impl Ways {
    /// From all steps, as they are at this instant.
    pub fn new(now: Option<DateTime<Utc>>, steps: impl Iterator<Item = Step>) -> Self {
        let mut ways = Self { now, ..Self::default() };
        for Step { document, public, parent } in steps {
            match public {
                Some((id, during)) => {
                    ways.public.entry(document).or_default().push(Publication { id, during, parent });
                }
                None => drop(ways.newest.insert(document, parent)),
            }
        }
        ways
    }

    /// Every place of a document: as drafted, and as public now and later. None when nothing is known of it.
    pub fn places(&self, document: &Key) -> Vec<Place> {
        if !self.newest.contains_key(document) {
            return Vec::new();
        }
        let (entry, locale) = document;
        let mut places =
            vec![Place { whereabouts: Whereabouts::Newest, chain: self.drafted(*entry, locale, None) }];
        places.extend(self.in_public(*entry, locale, None));
        places
    }

    /// The instant as of which all of this is.
    pub fn now(&self) -> Option<DateTime<Utc>> {
        self.now
    }

    /// The instants at which publications of a document itself begin, past ones included.
    pub fn begins(&self, document: &Key) -> Vec<DateTime<Utc>> {
        self.public.get(document).into_iter().flatten().map(|one| one.during.from).collect()
    }

    /// Every place right below an entry, for `own` to lie at: the chain ends where it would come back to `own`.
    pub fn below(&self, parent: Uuid, locale: &str, own: Option<Uuid>) -> Vec<Place> {
        let chains = std::iter::once(self.drafted(parent, locale, own))
            .chain(self.in_public(parent, locale, own).into_iter().map(|place| place.chain));
        chains.map(|chain| Place { whereabouts: Whereabouts::Target, chain }).collect()
    }

    /// The parent under which a document is public at an instant (now, when none is given), or was last before; the
    /// drafted one when it is not public until then. The publication `except` is left out.
    pub fn parent_at(&self, document: &Key, drafted: Option<Uuid>, (at, except): When) -> Option<Uuid> {
        let at = at.or(self.now);
        let publications = self.public.get(document).into_iter().flatten();
        let begun = publications.filter(|one| Some(one.during.from) <= at && Some(one.id) != except);
        begun.max_by_key(|one| one.during.from).map_or(drafted, |one| one.parent)
    }

    /// Whether a document is public below this parent at an instant.
    pub fn is_public_below(&self, document: &Key, parent: Option<Uuid>, (at, except): When) -> bool {
        let publications = self.public.get(document).into_iter().flatten();
        let mut then = publications.filter(|one| {
            at.or(self.now).is_some_and(|at| one.during.contains(at)) && Some(one.id) != except
        });
        then.any(|one| one.parent == parent)
    }

    /// The beginning and the parent of a publication that has not begun.
    pub fn planned(&self, document: &Key, id: Uuid) -> Option<(DateTime<Utc>, Option<Uuid>)> {
        let found = self.public.get(document)?.iter().find(|one| one.id == id)?;
        (Some(found.during.from) > self.now).then_some((found.during.from, found.parent))
    }

    fn drafted(&self, from: Uuid, locale: &str, own: Option<Uuid>) -> Vec<EntryId> {
        climb(from, own, |entry| self.newest.get(&(entry, locale.to_owned())).copied().flatten())
    }

    /// One place for each way that differs, with the first instant at which it is the way.
    fn in_public(&self, entry: Uuid, locale: &str, own: Option<Uuid>) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        for at in self.turns(entry, locale) {
            let public = |entry: Uuid| {
                let found = self.public.get(&(entry, locale.to_owned()))?;
                found.iter().find(|one| one.during.contains(at))
            };
            if public(entry).is_none() {
                continue;
            }
            let chain = climb(entry, own, |entry| public(entry).and_then(|one| one.parent));
            if !places.iter().any(|place| place.chain == chain) {
                places.push(Place { whereabouts: Whereabouts::Public(at), chain });
            }
        }
        places
    }

    /// Now, and every later instant at which a publication of the document or of something above it begins or ends.
    fn turns(&self, entry: Uuid, locale: &str) -> BTreeSet<DateTime<Utc>> {
        let Some(now) = self.now else { return BTreeSet::new() };
        let (mut turns, mut seen, mut todo) = (BTreeSet::from([now]), BTreeSet::new(), vec![entry]);
        while let Some(entry) = todo.pop() {
            if !seen.insert(entry) {
                continue;
            }
            for one in self.public.get(&(entry, locale.to_owned())).into_iter().flatten() {
                turns.extend([Some(one.during.from), one.during.until].into_iter().flatten());
                todo.extend(one.parent);
            }
        }
        turns.split_off(&now)
    }
}

/// The entries from `from` upwards, until the top, a circle, `own`, or the greatest depth.
fn climb(from: Uuid, own: Option<Uuid>, above: impl Fn(Uuid) -> Option<Uuid>) -> Vec<EntryId> {
    let mut chain: Vec<EntryId> = Vec::new();
    let mut next = Some(from);
    while let Some(entry) = next.filter(|entry| chain.len() < DEEPEST && own != Some(*entry)) {
        if chain.iter().any(|below| below.uuid() == entry) {
            break;
        }
        chain.push(Id::from_uuid(entry));
        next = above(entry);
    }
    chain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn ids(numbers: &[u128]) -> Vec<EntryId> {
        numbers.iter().map(|number| Id::from_uuid(id(*number))).collect()
    }

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(hour * 3600, 0).unwrap()
    }

    fn key(number: u128) -> Key {
        (id(number), "en".into())
    }

    fn drafted(entry: u128, parent: Option<u128>) -> Step {
        Step { document: key(entry), public: None, parent: parent.map(id) }
    }

    fn public(entry: u128, parent: Option<u128>, from: i64, until: Option<i64>) -> Step {
        let during = Span { from: at(from), until: until.map(at) };
        let own = id(entry * 1000 + u128::try_from(from).unwrap());
        Step { document: key(entry), public: Some((own, during)), parent: parent.map(id) }
    }

    fn ways(steps: Vec<Step>) -> Ways {
        Ways::new(Some(at(10)), steps.into_iter())
    }

    fn chains(places: &[Place]) -> Vec<(Whereabouts, Vec<EntryId>)> {
        places.iter().map(|place| (place.whereabouts, place.chain.clone())).collect()
    }

    #[test]
    fn a_document_lies_where_it_is_drafted_and_where_it_is_public_now_and_later() {
        // 3 below 2 below 1; 2 moves below 9 at 20; 3 is drafted at the top.
        let ways = ways(vec![
            drafted(1, None),
            drafted(2, Some(1)),
            drafted(3, None),
            drafted(9, None),
            public(1, None, 0, None),
            public(9, None, 0, None),
            public(2, Some(1), 0, Some(20)),
            public(2, Some(9), 20, None),
            public(3, Some(2), 5, None),
        ]);
        assert_eq!(
            chains(&ways.places(&key(3))),
            [
                (Whereabouts::Newest, ids(&[3])),
                (Whereabouts::Public(at(10)), ids(&[3, 2, 1])),
                (Whereabouts::Public(at(20)), ids(&[3, 2, 9])),
            ]
        );
        assert_eq!(ways.places(&key(7)), [], "nothing is known of it");
        assert_eq!(
            chains(&ways.below(id(2), "en", None)),
            [
                (Whereabouts::Target, ids(&[2, 1])),
                (Whereabouts::Target, ids(&[2, 1])),
                (Whereabouts::Target, ids(&[2, 9])),
            ]
        );
        let parent = |entry, at, except| ways.parent_at(&key(entry), Some(id(5)), (at, except));
        assert_eq!(parent(2, None, None), Some(id(1)));
        assert_eq!(parent(2, Some(at(30)), None), Some(id(9)));
        assert_eq!(parent(2, Some(at(30)), Some(id(2020))), Some(id(1)));
        assert_eq!(parent(2, Some(at(-1)), None), Some(id(5)), "as drafted");
        assert_eq!(parent(1, None, None), None, "at the top");
        let public = |entry, parent, when| ways.is_public_below(&key(entry), parent, when);
        assert!(public(2, Some(id(1)), (None, None)) && !public(2, Some(id(9)), (None, None)));
        assert!(public(2, Some(id(9)), (Some(at(30)), None)));
        assert!(!public(2, Some(id(1)), (Some(at(30)), Some(id(2020)))), "it has ended by then");
        assert!(public(1, None, (None, None)), "at the top");
        assert!(!public(7, None, (None, None)), "nothing is known of it");
        assert_eq!(ways.planned(&key(2), id(2020)), Some((at(20), Some(id(9)))));
        assert_eq!(ways.planned(&key(2), id(2000)), None, "it has begun");
    }

    #[test]
    fn a_plan_that_is_not_public_yet_has_a_place_and_a_gap_above_ends_it() {
        let ways = ways(vec![
            drafted(2, Some(1)),
            drafted(1, None),
            public(2, Some(1), 15, None),
            public(1, None, 0, Some(20)),
        ]);
        assert_eq!(
            chains(&ways.places(&key(2))),
            [(Whereabouts::Newest, ids(&[2, 1])), (Whereabouts::Public(at(15)), ids(&[2, 1])),]
        );
        let gone = ways.in_public(id(1), "en", None);
        assert_eq!(chains(&gone), [(Whereabouts::Public(at(10)), ids(&[1]))]);
    }

    #[test]
    fn circles_and_great_depths_end() {
        let circle = ways(vec![drafted(1, Some(2)), drafted(2, Some(1))]);
        assert_eq!(circle.places(&key(1))[0].chain, ids(&[1, 2]));
        // Below its own child, an entry would not lie below itself.
        assert_eq!(circle.below(id(2), "en", Some(id(1)))[0].chain, ids(&[2]));
        assert_eq!(circle.below(id(1), "en", Some(id(1)))[0].chain, []);
        let deep = ways((1..200).map(|entry| drafted(entry, Some(entry + 1))).collect());
        assert_eq!(deep.places(&key(1))[0].chain.len(), DEEPEST);
    }
}
