//! The counts of one limit (GCRA, by the crate governor), in bounded memory. A request pays a first cell when it comes and
//! the rest when its cost is known; what is not there then is a debt, so nobody gets around the rest by being quick.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::{Clock, MonotonicClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::state::keyed::{DashMapStateStore, ShrinkableKeyedStateStore};
use governor::{Quota, RateLimiter};

/// A burst is what comes within so many seconds at the full rate.
const BURST_SECONDS: u32 = 10;
/// So many networks are told apart. Those that come when there is no room share their counts.
pub(super) const MOST_KEYS: usize = 100_000;
/// How many counts such networks share. Many and not one: who fills the room must not shut everybody out.
pub(super) const SHARED_KEYS: u64 = 65_536;
/// How often networks are forgotten that have paid and been quiet.
const PRUNE_EVERY: Duration = Duration::from_secs(60);
/// How often at most when there is no room: looking through all of them takes some milliseconds.
const PRUNE_WHEN_FULL: Duration = Duration::from_secs(1);

/// A network as 128 bits; small numbers, which are no networks of clients, stand for shared counts.
type Key = u128;

/// The counts, shared with governor's limiter, so that a debt can be put on them: governor itself takes cells only where
/// they are.
#[derive(Clone, Default)]
struct Counts(Arc<DashMapStateStore<Key>>);

impl StateStore for Counts {
    type Key = Key;

    fn measure_and_replace<T, F, E>(&self, key: &Key, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        self.0.measure_and_replace(key, decide)
    }
}

impl ShrinkableKeyedStateStore<Key> for Counts {
    fn retain_recent(&self, drop_below: Nanos) {
        self.0.retain_recent(drop_below);
    }

    fn shrink_to_fit(&self) {
        self.0.as_ref().shrink_to_fit();
    }

    fn len(&self) -> usize {
        self.0.as_ref().len()
    }

    fn is_empty(&self) -> bool {
        self.0.as_ref().is_empty()
    }
}

/// The counts of one part of the address space.
pub(in crate::platform::http) struct RateLimit<C: Clock = MonotonicClock> {
    limiter: RateLimiter<Key, Counts, C, NoOpMiddleware<C::Instant>>,
    counts: Counts,
    /// What a whole request costs beyond the first cell, as the time in which that comes back.
    rest: Nanos,
    most_keys: usize,
    start: C::Instant,
    /// When networks were last forgotten, in nanoseconds since the start.
    pruned: AtomicU64,
    hasher: RandomState,
}

/// A request that was let in. Unless it was cheap the rest is taken when this is dropped, so also when the client goes
/// away before the answer.
pub(in crate::platform::http) struct Admitted<'a, C: Clock = MonotonicClock> {
    limit: &'a RateLimit<C>,
    key: Key,
    whole: bool,
}

impl<C: Clock> RateLimit<C> {
    /// Allows each network this many whole requests a second, at `cells` each, and ten times as many at once. At most
    /// `most_keys` networks are told apart. `None` for 0, which means no limit.
    pub fn new(per_second: u32, cells: u32, most_keys: usize, clock: C) -> Option<Self> {
        let rate = NonZeroU32::new(per_second.checked_mul(cells)?)?;
        let quota = Quota::per_second(rate).allow_burst(rate.saturating_mul(NonZeroU32::new(BURST_SECONDS)?));
        let rest = Nanos::from(quota.replenish_interval().saturating_mul(cells - 1));
        let (counts, start) = (Counts::default(), clock.now());
        Some(Self {
            limiter: RateLimiter::new(quota, counts.clone(), clock),
            counts,
            rest,
            most_keys,
            start,
            pruned: AtomicU64::new(0),
            hasher: RandomState::new(),
        })
    }

    /// Takes the first cell of a request.
    ///
    /// # Errors
    /// How long to wait until there is one.
    pub fn begin(&self, network: IpAddr) -> Result<Admitted<'_, C>, Duration> {
        let now = self.limiter.clock().now();
        self.prune(now, PRUNE_EVERY);
        let key = self.key(network, now);
        match self.limiter.check_key(&key) {
            Ok(()) => Ok(Admitted { limit: self, key, whole: true }),
            Err(not) => Err(not.wait_time_from(now)),
        }
    }

    fn key(&self, network: IpAddr, now: C::Instant) -> Key {
        let key = match network {
            IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
            IpAddr::V6(address) => address.to_bits(),
        };
        let room = || self.counts.len() < self.most_keys;
        if self.counts.0.contains_key(&key) || room() {
            return key;
        }
        self.prune(now, PRUNE_WHEN_FULL);
        if room() { key } else { Key::from(self.hasher.hash_one(network) % SHARED_KEYS) }
    }

    /// Forgets who has paid and been quiet, unless that was done less than `every` ago.
    fn prune(&self, now: C::Instant, every: Duration) {
        let now = now.duration_since(self.start).as_u64();
        let last = self.pruned.load(Ordering::Relaxed);
        let due = now.saturating_sub(last) >= Nanos::from(every).as_u64();
        if due && self.pruned.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
    }

    /// Takes the rest of a whole request, whether it is there or not.
    fn take_rest(&self, key: Key) {
        // A count that is gone was paid long ago.
        let owed = |until: Option<Nanos>| until.map(|until| ((), until + self.rest)).ok_or(());
        let _ = self.counts.measure_and_replace(&key, owed);
    }

    /// How many counts are kept.
    #[cfg(test)]
    pub fn kept(&self) -> usize {
        self.counts.len()
    }
}

impl<C: Clock> Admitted<'_, C> {
    /// The answer was cheap: the first cell is all that it costs.
    pub fn cheap(mut self) {
        self.whole = false;
    }
}

impl<C: Clock> Drop for Admitted<'_, C> {
    fn drop(&mut self) {
        if self.whole && self.limit.rest.as_u64() > 0 {
            self.limit.take_rest(self.key);
        }
    }
}
