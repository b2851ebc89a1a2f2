//! Publications of one document over time, pure: what must be cut, taken away and opened so that a revision is public
//! from an instant on. Postgres guards the result (`publications_one_at_a_time`, the timeline guard).

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::span::Span;

/// A publication that is public now or later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// Its row.
    pub id: Uuid,
    /// The revision that is public.
    pub number: i32,
    /// When.
    pub during: Span,
}

/// What has to happen to the publications of one document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Steps {
    /// Publications that never began, or began at this very instant: they go.
    pub remove: Vec<Uuid>,
    /// Publications that end earlier than planned.
    pub cut: Vec<(Uuid, DateTime<Utc>)>,
    /// The new publication.
    pub open: Option<Span>,
}

impl Steps {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Makes `number` public from `from` on, until the next publication that is already planned.
#[must_use]
pub fn publish(planned: &[Publication], number: i32, from: DateTime<Utc>) -> Steps {
    if planned.iter().any(|p| p.number == number && p.during.contains(from)) {
        return Steps::default();
    }
    let next = planned.iter().map(|p| p.during.from).filter(|start| *start > from).min();
    let mut steps = end(planned, from);
    steps.open = Span::new(from, next);
    steps
}

/// Ends what is public at `at`; what is planned for later stays.
#[must_use]
pub fn end(planned: &[Publication], at: DateTime<Utc>) -> Steps {
    let mut steps = Steps::default();
    for publication in planned.iter().filter(|p| p.during.contains(at)) {
        if publication.during.from == at {
            steps.remove.push(publication.id);
        } else {
            steps.cut.push((publication.id, at));
        }
    }
    steps
}

/// Ends what is public at `at` and takes back everything that is planned.
#[must_use]
pub fn withdraw(planned: &[Publication], at: DateTime<Utc>) -> Steps {
    let mut steps = end(planned, at);
    steps.remove.extend(planned.iter().filter(|p| p.during.from > at).map(|p| p.id));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn publication(id: u128, number: i32, from: i64, until: Option<i64>) -> Publication {
        let during = Span::new(at(from), until.map(at)).unwrap();
        Publication { id: Uuid::from_u128(id), number, during }
    }

    #[test]
    fn publishing_closes_what_is_live_and_stops_before_what_is_planned() {
        let planned = [publication(1, 1, 0, Some(100)), publication(2, 3, 100, None)];
        let steps = publish(&planned, 2, at(50));
        assert_eq!(steps.cut, [(Uuid::from_u128(1), at(50))]);
        assert_eq!(steps.open, Span::new(at(50), Some(at(100))));
        assert!(steps.remove.is_empty());
    }

    #[test]
    fn publishing_what_is_live_does_nothing() {
        assert!(publish(&[publication(1, 4, 0, None)], 4, at(50)).is_empty());
    }

    #[test]
    fn a_second_publish_at_the_same_instant_replaces_the_first() {
        let steps = publish(&[publication(1, 1, 50, None)], 2, at(50));
        assert_eq!(steps.remove, [Uuid::from_u128(1)]);
        assert_eq!(steps.open, Span::new(at(50), None));
    }

    #[test]
    fn ending_leaves_plans_alone_and_withdrawing_does_not() {
        let planned = [publication(1, 1, 0, Some(100)), publication(2, 2, 100, None)];
        assert!(end(&planned, at(50)).remove.is_empty());
        let steps = withdraw(&planned, at(50));
        assert_eq!(steps.cut, [(Uuid::from_u128(1), at(50))]);
        assert_eq!(steps.remove, [Uuid::from_u128(2)]);
        assert!(withdraw(&[], at(50)).is_empty());
    }
}
