//! Half-open ranges of time, `[from, until)`; no end means for ever. Never empty.

use chrono::{DateTime, Utc};

/// A range of time that contains its first instant and not its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first instant.
    pub from: DateTime<Utc>,
    /// The instant at which it is over, if ever.
    pub until: Option<DateTime<Utc>>,
}

impl Span {
    /// The range from `from` to `until`, unless that would be empty.
    #[must_use]
    pub fn new(from: DateTime<Utc>, until: Option<DateTime<Utc>>) -> Option<Self> {
        until.is_none_or(|until| from < until).then_some(Self { from, until })
    }

    /// Whether the instant lies within.
    #[must_use]
    pub fn contains(self, instant: DateTime<Utc>) -> bool {
        self.from <= instant && self.until.is_none_or(|until| instant < until)
    }

    /// What both have in common.
    #[must_use]
    pub fn intersect(self, other: Self) -> Option<Self> {
        let until = match (self.until, other.until) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Self::new(self.from.max(other.from), until)
    }
}

/// Joins ranges that touch and say the same. The result is in order of time, given that no two overlap.
#[must_use]
pub fn coalesce<T: PartialEq>(mut pieces: Vec<(T, Span)>) -> Vec<(T, Span)> {
    pieces.sort_by_key(|(_, span)| span.from);
    let mut joined: Vec<(T, Span)> = Vec::with_capacity(pieces.len());
    for (what, span) in pieces {
        match joined.last_mut() {
            Some((last, before)) if *last == what && before.until == Some(span.from) => {
                before.until = span.until;
            }
            _ => joined.push((what, span)),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn span(from: i64, until: impl Into<Option<i64>>) -> Span {
        Span::new(at(from), until.into().map(at)).unwrap()
    }

    #[test]
    fn an_empty_range_does_not_exist() {
        assert_eq!(Span::new(at(5), Some(at(5))), None);
        assert_eq!(span(1, 3).intersect(span(3, None)), None);
    }

    #[test]
    fn ranges_meet_in_what_both_contain() {
        assert_eq!(span(1, None).intersect(span(3, 9)), Some(span(3, 9)));
        assert_eq!(span(1, None).intersect(span(3, None)), Some(span(3, None)));
        assert!(span(1, 3).contains(at(1)) && !span(1, 3).contains(at(3)));
    }

    #[test]
    fn touching_equals_are_joined_and_nothing_else() {
        let pieces = vec![("b", span(5, None)), ("a", span(1, 2)), ("a", span(2, 4)), ("a", span(4, 5))];
        assert_eq!(coalesce(pieces), [("a", span(1, 5)), ("b", span(5, None))]);
        let gap = vec![("a", span(1, 2)), ("a", span(3, 4))];
        assert_eq!(coalesce(gap.clone()), gap);
    }
}
