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

    fn of(&mut self, kind: &str) -> &mut Looked {
        self.kinds.entry(kind.to_owned()).or_default()
    }

    /// The tags, separated by spaces and at most so many bytes in all, as far as the coarse ones leave a choice; nothing when
    /// none are wanted. The kinds of which there are few entries go first. One whose entries have no room says so.
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
        let mut kinds: Vec<(&String, &Looked)> = self.kinds.iter().collect();
        kinds.sort_by_key(|(_, looked)| looked.entries.len());
        // Room for saying of each that there are too many.
        let mut spare: usize = kinds.iter().map(|(kind, _)| " many:".len() + kind.len()).sum();
        for (kind, looked) in kinds {
            spare -= " many:".len() + kind.len();
            let before = text.len();
            for entry in &looked.entries {
                let _ = write!(text, " {kind}:{entry}");
            }
            if text.len() + spare > most && !looked.entries.is_empty() {
                text.truncate(before);
                let _ = write!(text, " many:{kind}");
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
    fn no_more_than_wanted_is_written() {
        for most in 60..2_000 {
            let mut tags = Tags::default();
            (0..20).for_each(|nth| tags.shows("page", id(nth)));
            (0..10).for_each(|nth| tags.shows("media", id(nth)));
            let written = tags.written(most).unwrap();
            assert!(written.len() <= most, "{} of {most}", written.len());
        }
    }
}
