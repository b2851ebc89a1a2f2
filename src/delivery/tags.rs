//! Cache tags: what an answer was computed from, in words that a CDN can be told to purge. Tags name only what is public, and
//! there is a limit to their length; for what has no room a coarser tag stands there. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use uuid::Uuid;

/// On every answer of the read API that has tags.
const ALL: &str = "site";

/// What was looked at while an answer was computed.
#[derive(Debug, Clone, Default)]
pub struct Tags {
    kinds: BTreeMap<String, Looked>,
    /// By which entries of each kind the answer is public; none where they are too many.
    holders: BTreeMap<String, Option<BTreeSet<Uuid>>>,
}

#[derive(Debug, Clone, Default)]
struct Looked {
    /// Whether the answer depends on which entries of the kind there are.
    listed: bool,
    entries: BTreeSet<Uuid>,
}

impl Tags {
    /// The answer shows this entry.
    pub fn shows(&mut self, kind: &str, entry: Uuid) {
        self.of(kind).entries.insert(entry);
    }

    /// The answer would be another one if other entries of this kind were public that it points at.
    pub fn points_at(&mut self, kind: &str) {
        self.of(kind);
    }

    /// The answer depends on which entries of this kind there are, and on what they say.
    pub fn lists(&mut self, kind: &str) {
        self.of(kind).listed = true;
    }

    /// The answer says nothing of this entry, but may be public no more when the entry is another one. Other entries of its kind
    /// do not matter to it, so the kind is not named as long as there is room for those that do.
    pub fn held_by(&mut self, kind: &str, entry: Uuid) {
        let holders = self.holders.entry(kind.to_owned()).or_insert_with(|| Some(BTreeSet::new()));
        if let Some(entries) = holders {
            entries.insert(entry);
        }
    }

    /// The answer is public by more entries than can be named, perhaps of this kind.
    pub fn held_by_many(&mut self, kind: &str) {
        self.holders.insert(kind.to_owned(), None);
    }

    fn of(&mut self, kind: &str) -> &mut Looked {
        self.kinds.entry(kind.to_owned()).or_default()
    }

    /// The tags, separated by spaces and at most so many bytes in all, as far as the coarse ones leave a choice; nothing when
    /// none are wanted. The kinds of which there are few entries go first. One whose entries have no room says so: by `many`, which
    /// is purged when one of them changes, and by `kind`, which is purged when one goes.
    #[must_use]
    pub fn written(&self, most: usize) -> Option<String> {
        if most == 0 {
            return None;
        }
        let mut text = ALL.to_owned();
        for (kind, looked) in &self.kinds {
            // Writing to a String cannot fail.
            let _ = write!(text, " kind:{kind}");
            if looked.listed {
                let _ = write!(text, " list:{kind}");
            }
        }
        let mut kinds: Vec<(&String, Option<&BTreeSet<Uuid>>, String)> = Vec::new();
        for (kind, looked) in &self.kinds {
            kinds.push((kind, Some(&looked.entries), format!(" many:{kind}")));
        }
        for (kind, entries) in &self.holders {
            kinds.push((kind, entries.as_ref(), format!(" kind:{kind} many:{kind}")));
        }
        kinds.sort_by_key(|(_, entries, _)| entries.map_or(0, BTreeSet::len));
        // Room for saying of each that there are too many.
        let mut spare: usize = kinds.iter().map(|(.., too_many)| too_many.len()).sum();
        for (kind, entries, too_many) in kinds {
            spare -= too_many.len();
            let before = text.len();
            for entry in entries.into_iter().flatten() {
                let _ = write!(text, " {kind}:{entry}");
            }
            let none = entries.is_some_and(BTreeSet::is_empty);
            if !none && (entries.is_none() || text.len() + spare > most) {
                text.truncate(before);
                text.push_str(&too_many);
            }
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(nth: u128) -> Uuid {
        Uuid::from_u128(nth)
    }

    #[test]
    fn all_that_was_looked_at_is_named_once() {
        let mut tags = Tags::default();
        tags.lists("page");
        tags.points_at("media");
        for _ in 0..2 {
            tags.shows("page", id(1));
        }
        let first = "00000000-0000-0000-0000-000000000001";
        let expected = format!("site kind:media kind:page list:page page:{first}");
        assert_eq!(tags.written(1024), Some(expected));
        assert_eq!(tags.written(0), None);
        assert_eq!(Tags::default().written(1024).as_deref(), Some("site"));
    }

    #[test]
    fn what_has_no_room_is_said_by_its_kind() {
        let mut tags = Tags::default();
        for nth in 0..300 {
            tags.shows("page", id(nth));
        }
        tags.shows("media", id(7));
        let written = tags.written(1024).unwrap();
        let media = format!("media:{}", id(7));
        assert_eq!(written, format!("site kind:media kind:page {media} many:page"));
        assert!(tags.written(20_000).unwrap().ends_with(&id(299).to_string()));
        assert_eq!(tags.written(1).as_deref(), Some("site kind:media kind:page many:media many:page"));
    }

    #[test]
    fn what_holds_an_answer_is_named_without_its_kind() {
        let mut tags = Tags::default();
        tags.shows("media", id(7));
        tags.held_by("page", id(1));
        let own = format!("site kind:media media:{}", id(7));
        assert_eq!(tags.written(1024), Some(format!("{own} page:{}", id(1))));
        (0..300).for_each(|nth| tags.held_by("page", id(nth)));
        tags.held_by("person", id(9));
        assert_eq!(tags.written(1024), Some(format!("{own} person:{} kind:page many:page", id(9))));
        tags.held_by_many("menu");
        tags.held_by("menu", id(1));
        assert!(tags.written(20_000).unwrap().starts_with("site kind:media kind:menu many:menu media:"));
    }

    #[test]
    fn no_more_than_wanted_is_written() {
        for most in 70..2_000 {
            let mut tags = Tags::default();
            (0..20).for_each(|nth| tags.shows("page", id(nth)));
            (0..10).for_each(|nth| tags.shows("media", id(nth)));
            (0..5).for_each(|nth| tags.held_by("person", id(nth)));
            let written = tags.written(most).unwrap();
            assert!(written.len() <= most, "{} of {most}", written.len());
        }
    }
}
