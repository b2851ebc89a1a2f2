//! What a process knows of the state of everything public, so that it can tell whether an answer that it keeps still holds.
//! A state is a site version with the next instant at which something begins or ends by plan: while both stay what they
//! are, no answer changes. Clocks of machines are never compared: instants are the database's, and what is left until one
//! of them is measured by the monotonic clock of the process, so a clock that is set anew shortens or lengthens nothing.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use chrono::{DateTime, Utc};

/// For so long a state counts as current after it was seen.
const FRESH: Duration = Duration::from_secs(1);

/// For so long answers go on while the database is away.
pub const AWAY: Duration = Duration::from_secs(600);

/// A look at the site: what one snapshot showed.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// The version of the site.
    pub version: i64,
    /// The instant of the snapshot.
    pub instant: DateTime<Utc>,
    /// The next instant after it at which something begins or ends by plan.
    pub next: Option<DateTime<Utc>>,
    /// When the look began: not later than its snapshot.
    pub began: Instant,
}

impl Look {
    /// When the look stops to be true by itself; never, when nothing is planned, or so far ahead that no clock counts to it.
    fn until(&self) -> Option<Instant> {
        let left = (self.next? - self.instant).to_std().unwrap_or_default();
        self.began.checked_add(left)
    }
}

/// From which snapshot an answer is, and how it can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// When the snapshot was about to be taken.
    pub taken: Instant,
    /// From then on something else is public.
    pub until: Option<Instant>,
    /// The state, as it is named within this process; nothing when the site has changed meanwhile.
    pub generation: Option<u64>,
}

impl Keep {
    /// The same, for so long at most.
    #[must_use]
    pub fn briefly(self, time: Duration) -> Self {
        let end = self.taken.checked_add(time);
        Self { until: self.until.into_iter().chain(end).min(), ..self }
    }
}

/// What may be answered from memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Answers of this generation: their state was current within the last second.
    Fresh(u64),
    /// Nothing: the state has changed, or nobody has looked for too long.
    Unknown,
    /// Answers of this generation, marked: the database is away, and the state was current so long ago.
    Away(u64, Duration),
}

/// What a process knows, for those who watch over it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sight {
    /// The version of the site; none when no state is known.
    pub version: Option<i64>,
    /// How long ago the state was current for certain.
    pub age: Option<Duration>,
    /// Whether the database does not answer.
    pub away: bool,
}

/// The knowledge of a process. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct SiteWatch(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    known: Mutex<Known>,
    /// The same for those who only read.
    view: ArcSwap<View>,
}

#[derive(Debug, Default)]
struct Known {
    look: Option<Look>,
    /// When the look came in: later than its snapshot.
    received: Option<Instant>,
    /// A change was made known then; looks that began before say nothing.
    changed: Option<Instant>,
    away: bool,
    generation: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct View {
    generation: u64,
    seen: Option<Instant>,
    until: Option<Instant>,
    away: bool,
}

impl SiteWatch {
    /// Takes in a look. Gives how an answer from its snapshot can be kept.
    #[expect(clippy::must_use_candidate, reason = "whoever only looks has nothing to keep")]
    pub fn saw(&self, look: Look) -> Keep {
        Keep { taken: look.began, until: look.until(), generation: self.take_in(look) }
    }

    fn take_in(&self, look: Look) -> Option<u64> {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.changed.is_some_and(|changed| look.began < changed) {
            return None;
        }
        let same = known.look.is_some_and(|old| (old.version, old.next) == (look.version, look.next));
        if known.is_newer(&look) {
            if !same {
                known.generation += 1;
            }
            known.look = Some(look);
            known.received = Some(Instant::now());
            known.away = false;
            self.0.view.store(Arc::new(known.view()));
        } else if !same {
            return None;
        }
        Some(known.generation)
    }

    /// Takes in that the site has changed: no look that began before now is good any more.
    pub fn changed(&self) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.changed = Some(Instant::now());
        known.look = None;
        known.generation += 1;
        self.0.view.store(Arc::new(known.view()));
    }

    /// Takes in that the site has this version, unless that is known already.
    pub fn has_version(&self, version: i64) {
        let known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner).look;
        if known.is_none_or(|look| look.version < version) {
            self.changed();
        }
    }

    /// Takes in that the database does not answer.
    pub fn away(&self) {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.away = true;
        self.0.view.store(Arc::new(known.view()));
    }

    /// What may be answered from memory now.
    #[must_use]
    pub fn standing(&self, now: Instant) -> Standing {
        let view = self.0.view.load();
        match view.age(now) {
            Some(age) if age <= FRESH => Standing::Fresh(view.generation),
            Some(age) if view.away && age <= AWAY => Standing::Away(view.generation, age),
            _ => Standing::Unknown,
        }
    }

    /// What may still be answered, marked, to somebody whom the database has just refused an answer.
    #[must_use]
    pub fn last_resort(&self, now: Instant) -> Option<(u64, Duration)> {
        let view = self.0.view.load();
        view.age(now).filter(|age| *age <= AWAY).map(|age| (view.generation, age))
    }

    /// What is known now.
    pub(super) fn sight(&self, now: Instant) -> Sight {
        let known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        Sight {
            version: known.look.map(|look| look.version),
            age: known.look.map(|look| now.saturating_duration_since(look.began)),
            away: known.away,
        }
    }

    /// The present generation: it moves with every change that becomes known.
    #[must_use]
    pub fn generation(&self) -> u64 {
        self.0.view.load().generation
    }
}

impl Known {
    /// Whether a look shows the site as it was after, or while, the known one was taken.
    fn is_newer(&self, look: &Look) -> bool {
        let (Some(old), Some(received)) = (self.look, self.received) else { return true };
        look.began >= received || (look.version, look.instant) >= (old.version, old.instant)
    }

    fn view(&self) -> View {
        View {
            generation: self.generation,
            seen: self.look.map(|look| look.began),
            until: self.look.and_then(|look| look.until()),
            away: self.away,
        }
    }
}

impl View {
    /// How long ago the state was current for certain; nothing when none is known or it has ended by itself.
    fn age(&self, now: Instant) -> Option<Duration> {
        let ended = self.until.is_some_and(|until| until <= now);
        self.seen.filter(|_| !ended).map(|seen| now.saturating_duration_since(seen))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn look(version: i64, instant: i64, next: Option<i64>, began: Instant) -> Look {
        Look { version, instant: at(instant), next: next.map(at), began }
    }

    #[test]
    fn nothing_is_known_at_first() {
        let watch = SiteWatch::default();
        assert_eq!(watch.standing(Instant::now()), Standing::Unknown);
        assert_eq!(watch.last_resort(Instant::now()), None);
    }

    #[test]
    fn a_state_that_stays_keeps_its_generation() {
        let watch = SiteWatch::default();
        let now = Instant::now();
        let first = watch.saw(look(1, 0, Some(60), now)).generation.unwrap();
        let second = watch.saw(look(1, 5, Some(60), now + Duration::from_secs(5)));
        assert_eq!(second.generation, Some(first));
        assert_eq!(second.until, Some(now + Duration::from_secs(60)));
        assert_eq!(watch.standing(now + Duration::from_secs(6)), Standing::Fresh(first));
        assert_eq!(watch.standing(now + Duration::from_secs(7)), Standing::Unknown, "nobody looked");
    }

    #[test]
    fn a_version_and_a_boundary_make_a_new_generation() {
        let watch = SiteWatch::default();
        let now = Instant::now();
        let first = watch.saw(look(1, 0, Some(60), now)).generation.unwrap();
        let second = watch.saw(look(2, 1, Some(60), now)).generation.unwrap();
        let third = watch.saw(look(2, 60, None, now)).generation.unwrap();
        assert!(first < second && second < third);
    }

    #[test]
    fn a_look_that_overlapped_a_newer_one_is_not_kept() {
        let watch = SiteWatch::default();
        let began = Instant::now();
        let generation = |look| watch.saw(look).generation;
        let kept = generation(look(2, 1, None, began));
        assert!(kept.is_some());
        assert_eq!(generation(look(1, 0, None, began)), None, "an older version");
        assert_eq!(generation(look(2, 0, Some(1), began)), None, "before the boundary");
        assert_eq!(generation(look(2, 0, None, began)), kept, "the same state, seen earlier");
    }

    #[test]
    fn a_database_that_was_set_back_is_believed() {
        let watch = SiteWatch::default();
        let began = Instant::now();
        let high = watch.saw(look(9, 100, None, began)).generation.unwrap();
        let later = Instant::now() + Duration::from_secs(1);
        let restored = watch.saw(look(3, 50, Some(60), later)).generation.unwrap();
        assert!(restored > high);
        assert_eq!(watch.standing(later), Standing::Fresh(restored));
    }

    #[test]
    fn a_change_is_known_at_once_and_looks_from_before_it_are_not() {
        let watch = SiteWatch::default();
        let before = Instant::now();
        let first = watch.saw(look(1, 0, None, before)).generation;
        watch.changed();
        assert_eq!(watch.standing(Instant::now()), Standing::Unknown);
        let early = watch.saw(look(2, 1, None, before)).generation;
        assert_eq!(early, None, "began before the change was known");
        assert!(watch.saw(look(2, 1, None, Instant::now())).generation > first);
    }

    #[test]
    fn a_version_that_is_known_changes_nothing() {
        let watch = SiteWatch::default();
        let kept = watch.saw(look(4, 0, None, Instant::now())).generation.unwrap();
        watch.has_version(4);
        assert_eq!(watch.generation(), kept);
        watch.has_version(5);
        assert_eq!(watch.standing(Instant::now()), Standing::Unknown);
    }

    #[test]
    fn answers_go_on_for_a_while_without_the_database_but_never_past_their_end() {
        let watch = SiteWatch::default();
        let now = Instant::now();
        let kept = watch.saw(look(1, 0, Some(300), now)).generation.unwrap();
        let later = |seconds| now + Duration::from_secs(seconds);
        assert_eq!(watch.last_resort(later(30)), Some((kept, Duration::from_secs(30))));
        watch.away();
        assert_eq!(watch.standing(later(1)), Standing::Fresh(kept));
        assert_eq!(watch.standing(later(30)), Standing::Away(kept, Duration::from_secs(30)));
        assert_eq!(watch.standing(later(300)), Standing::Unknown, "another state begins");
        watch.saw(look(1, 0, None, now));
        watch.away();
        assert!(matches!(watch.standing(later(600)), Standing::Away(..)));
        assert_eq!(watch.standing(later(601)), Standing::Unknown);
        assert_eq!(watch.last_resort(later(601)), None);
    }
}
