//! What is counted: how often, and how long.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How often something happened.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Once more.
    pub fn add(&self) {
        self.add_many(1);
    }

    /// So many times more.
    pub fn add_many(&self, times: u64) {
        self.0.fetch_add(times, Ordering::Relaxed);
    }

    /// How often so far.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// The upper bounds of the buckets in microseconds: from an answer out of memory to the longest wait that there is.
const BOUNDS: [u64; 15] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000,
    2_500_000, 10_000_000,
];

/// How long something took, each time: counted by buckets, without a lock.
#[derive(Debug, Default)]
pub struct Durations {
    /// The last one is for what is longer than all bounds.
    buckets: [AtomicU64; BOUNDS.len() + 1],
    micros: AtomicU64,
}

/// The state of a [`Durations`] at a moment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Buckets {
    /// The sum in seconds.
    pub sum: f64,
    /// How many there were.
    pub count: u64,
    /// How many fell into each bucket alone, by its upper bound in seconds.
    pub each: Vec<(f64, u64)>,
}

impl Durations {
    /// Takes in that it took so long once.
    pub fn observe(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS.partition_point(|bound| *bound < micros);
        if let Some(bucket) = self.buckets.get(bucket) {
            bucket.fetch_add(1, Ordering::Relaxed);
        }
        self.micros.fetch_add(micros, Ordering::Relaxed);
    }

    /// How often so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).sum()
    }

    pub(super) fn buckets(&self) -> Buckets {
        let bounds = BOUNDS.iter().map(|bound| seconds(*bound)).chain([f64::INFINITY]);
        let each: Vec<(f64, u64)> =
            bounds.zip(&self.buckets).map(|(bound, count)| (bound, count.load(Ordering::Relaxed))).collect();
        // Of the same look as the buckets, so that the text is true to itself.
        let count = each.iter().map(|(_, count)| count).sum();
        Buckets { sum: seconds(self.micros.load(Ordering::Relaxed)), count, each }
    }
}

fn seconds(micros: u64) -> f64 {
    Duration::from_micros(micros).as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_time_falls_into_one_bucket() {
        let durations = Durations::default();
        for micros in [0, 100, 101, 1_000, 9_999_999, 10_000_000, 10_000_001, 60_000_000] {
            durations.observe(Duration::from_micros(micros));
        }
        let found = durations.buckets();
        let of = |bound: f64| found.each.iter().find(|(at, _)| (at - bound).abs() < 1e-9).unwrap().1;
        assert_eq!((of(0.0001), of(0.00025), of(0.001), of(10.0)), (2, 1, 1, 2));
        assert_eq!(found.each.last().unwrap(), &(f64::INFINITY, 2));
        assert_eq!((found.count, durations.count()), (8, 8));
        assert!((found.sum - 90.001_201).abs() < 1e-6, "{}", found.sum);
    }
}
