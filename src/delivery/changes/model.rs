//! What changed in public, and how far a caller knows of it. Pure.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// How far a caller has come. Everything up to `since` is known; a walk through what came after may have begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    /// The instant of the state that the caller has.
    pub since: DateTime<Utc>,
    /// Where the walk to a later state has got to.
    pub walk: Option<Walk>,
}

/// A walk from one public state to a later one, so long that it takes several answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Walk {
    /// The instant of the state that it leads to.
    pub until: DateTime<Utc>,
    /// The last step that was looked at.
    pub at: Step,
}

/// A document at an instant at which something of it began or ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Step(pub DateTime<Utc>, pub Uuid, pub String);

impl Known {
    /// Whoever knows of everything up to an instant.
    pub(super) fn all_until(since: DateTime<Utc>) -> Self {
        Self { since, walk: None }
    }

    /// The step after which to go on. No entry has the greatest id, so at the start every later instant lies after it.
    pub(super) fn step(&self) -> Step {
        match &self.walk {
            Some(walk) => walk.at.clone(),
            None => Step(self.since, Uuid::max(), String::new()),
        }
    }
}

/// What became of a document between two states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// It is public and was not.
    Published,
    /// It is public at the same path with another content.
    Changed,
    /// It is public at another path, perhaps with another content.
    Moved,
    /// It is public no longer.
    Gone,
}

/// A document in one public state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub kind: String,
    pub began: DateTime<Utc>,
    pub path: Option<String>,
}

/// What became of a document; nothing when it is as it was, or was public only in between.
pub(super) fn compare(before: Option<&State>, after: Option<&State>) -> Option<What> {
    match (before, after) {
        (None, None) => None,
        (None, Some(_)) => Some(What::Published),
        (Some(_), None) => Some(What::Gone),
        (Some(before), Some(after)) if before.path != after.path => Some(What::Moved),
        (Some(before), Some(after)) => (before.began != after.began).then_some(What::Changed),
    }
}

/// A document that the caller has to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Changed {
    pub step: Step,
    pub before: Option<State>,
    pub after: Option<State>,
}

/// A part of the walk.
#[derive(Debug)]
pub(super) struct Part {
    pub changes: Vec<(What, Changed)>,
    /// How far the caller knows with it; as before when nothing happened.
    pub known: Known,
    /// Whether the walk goes on.
    pub more: bool,
}

impl Part {
    /// The part of a walk to `until` that these steps make, of which `looked_at` are asked for at a time.
    pub(super) fn new(
        known: &Known,
        until: DateTime<Utc>,
        steps: Vec<Changed>,
        (looked_at, limit): (usize, usize),
    ) -> Self {
        let all = steps.len() < looked_at;
        let any = known.walk.is_some() || !steps.is_empty();
        // A cursor can be read, so it names a document that was shown to the public rather than one that never was.
        let seen = steps.iter().rev().find(|step| step.before.is_some() || step.after.is_some());
        let mut last = seen.or(steps.last()).map(|step| step.step.clone());
        let mut changes: Vec<_> = steps
            .into_iter()
            .filter_map(|step| Some((compare(step.before.as_ref(), step.after.as_ref())?, step)))
            .collect();
        let full = changes.len() > limit;
        if full {
            changes.truncate(limit);
            last = changes.last().map(|(_, step)| step.step.clone());
        }
        let (known, more) = match last.filter(|_| full || !all) {
            Some(at) => (Known { since: known.since, walk: Some(Walk { until, at }) }, true),
            None if any => (Known::all_until(until), false),
            None => (known.clone(), false),
        };
        Self { changes, known, more }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn state(began: i64, path: &str) -> State {
        State { kind: "page".into(), began: at(began), path: Some(path.into()) }
    }

    fn published(second: i64) -> Changed {
        Changed {
            step: Step(at(second), Uuid::from_u128(1), "en".into()),
            before: None,
            after: Some(state(second, "/a")),
        }
    }

    fn hidden(second: i64) -> Changed {
        Changed { after: None, ..published(second) }
    }

    #[test]
    fn what_was_public_only_in_between_is_nothing() {
        let (old, new, moved) = (state(1, "/a"), state(2, "/a"), state(1, "/b"));
        assert_eq!(compare(None, None), None);
        assert_eq!(compare(Some(&old), Some(&old)), None);
        assert_eq!(compare(None, Some(&new)), Some(What::Published));
        assert_eq!(compare(Some(&old), Some(&new)), Some(What::Changed));
        assert_eq!(compare(Some(&old), Some(&moved)), Some(What::Moved));
        assert_eq!(compare(Some(&old), None), Some(What::Gone));
    }

    #[test]
    fn nothing_new_leaves_the_cursor_as_it_is() {
        let known = Known::all_until(at(1));
        let part = Part::new(&known, at(9), vec![], (10, 2));
        assert_eq!((part.known, part.more), (known, false));
    }

    #[test]
    fn a_walk_ends_with_its_last_step() {
        let known = Known::all_until(at(1));
        let part = Part::new(&known, at(9), vec![published(2), hidden(3)], (10, 2));
        assert_eq!((part.changes.len(), part.known, part.more), (1, Known::all_until(at(9)), false));
    }

    #[test]
    fn a_full_part_goes_on_after_what_it_shows() {
        let known = Known::all_until(at(1));
        let part = Part::new(&known, at(9), vec![published(2), published(3), published(4)], (10, 2));
        let walk = Walk { until: at(9), at: published(3).step };
        assert_eq!(part.changes.len(), 2);
        assert_eq!((part.known, part.more), (Known { since: at(1), walk: Some(walk) }, true));
    }

    #[test]
    fn a_part_that_has_looked_at_enough_goes_on_after_what_was_public() {
        let known = Known::all_until(at(1));
        let part = Part::new(&known, at(9), vec![published(2), hidden(3)], (2, 5));
        assert_eq!(part.known.walk.unwrap().at, published(2).step);
        let part = Part::new(&known, at(9), vec![hidden(3), hidden(4)], (2, 5));
        assert_eq!(part.known.walk.unwrap().at, hidden(4).step);
        assert!(part.more && part.changes.is_empty());
    }
}
