//! How much one address may ask, in tenths of a request: an answer 304 costs one, every other ten. governor counts them by
//! GCRA; what an answer costs beyond what was left is a debt, and nothing is answered until it is paid.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use governor::clock::{Clock, MonotonicClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::area::Area;
use super::request::RequestInfo;
use crate::platform::problem::{Code, Problem};

/// What a request costs that is not answered 304.
const WHOLE: u32 = 10;
/// What is left to pay after the answer.
const REST: NonZeroU32 = match NonZeroU32::new(WHOLE - 1) {
    Some(rest) => rest,
    None => NonZeroU32::MIN,
};
/// A burst is what comes within so many seconds at the full rate.
const BURST_SECONDS: u32 = 10;
/// So many addresses are told apart. Beyond them addresses share their count with others.
const MOST_KEYS: usize = 100_000;
/// How many counts such addresses share.
const SHARED_KEYS: u64 = 65_536;
/// A debt that is so old was paid by waiting: in that time the whole burst comes back.
const PAID_BY_WAITING: Nanos = Nanos::new(10_000_000_000);
/// Old counts are looked for once in so many requests.
const PRUNE_EVERY: u64 = 16_384;

/// An address as 128 bits; small numbers, which are no addresses of clients, stand for shared counts.
type Key = u128;

type Limiter<C> = RateLimiter<Key, DashMapStateStore<Key>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// The counts of one part of the address space.
pub struct RateLimit<C: Clock = MonotonicClock> {
    limiter: Limiter<C>,
    clock: C,
    /// Until when an address owes.
    debts: Mutex<HashMap<Key, C::Instant>>,
    any_debt: AtomicBool,
    asked: AtomicU64,
    crowded: AtomicBool,
    hasher: RandomState,
}

impl<C: Clock + Clone> RateLimit<C> {
    /// Allows this many whole requests a second, and ten times as many at once. `None` for 0, which means no limit.
    #[must_use]
    pub fn new(per_second: u32, clock: C) -> Option<Self> {
        let tenths = NonZeroU32::new(per_second.checked_mul(WHOLE)?)?;
        let burst = NonZeroU32::new(tenths.get().checked_mul(BURST_SECONDS)?)?;
        let quota = Quota::per_second(tenths).allow_burst(burst);
        Some(Self {
            limiter: RateLimiter::new(quota, DashMapStateStore::default(), clock.clone()),
            clock,
            debts: Mutex::default(),
            any_debt: AtomicBool::new(false),
            asked: AtomicU64::new(0),
            crowded: AtomicBool::new(false),
            hasher: RandomState::new(),
        })
    }

    fn key(&self, network: IpAddr) -> Key {
        if self.crowded.load(Ordering::Relaxed) {
            return Key::from(self.hasher.hash_one(network) % SHARED_KEYS);
        }
        match network {
            IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
            IpAddr::V6(address) => address.to_bits(),
        }
    }

    /// Takes a tenth, or gives the seconds after which one is there.
    fn begin(&self, key: Key) -> Result<(), u64> {
        self.prune();
        let now = self.clock.now();
        if self.any_debt.load(Ordering::Relaxed) {
            self.pay(key, now)?;
        }
        self.limiter.check_key(&key).map_err(|not| seconds(not.wait_time_from(now)))
    }

    /// Pays what an address owes, or gives the seconds after which it can.
    fn pay(&self, key: Key, now: C::Instant) -> Result<(), u64> {
        let mut debts = self.debts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(until) = debts.get(&key) else { return Ok(()) };
        if *until > now {
            return Err(seconds(until.duration_since(now).into()));
        }
        match self.limiter.check_key_n(&key, REST) {
            Ok(Err(not)) => {
                debts.insert(key, not.earliest_possible());
                Err(seconds(not.wait_time_from(now)))
            }
            _ => {
                debts.remove(&key);
                Ok(())
            }
        }
    }

    /// Takes the rest of a whole request.
    fn end(&self, key: Key) {
        // The outer result says whether the bucket could ever hold as much, which it can.
        if let Ok(Err(not)) = self.limiter.check_key_n(&key, REST) {
            let mut debts = self.debts.lock().unwrap_or_else(PoisonError::into_inner);
            debts.insert(key, not.earliest_possible());
            self.any_debt.store(true, Ordering::Relaxed);
        }
    }

    /// Forgets who has been quiet, now and then.
    fn prune(&self) {
        if self.asked.fetch_add(1, Ordering::Relaxed) % PRUNE_EVERY != PRUNE_EVERY - 1 {
            return;
        }
        self.limiter.retain_recent();
        let now = self.clock.now();
        let mut debts = self.debts.lock().unwrap_or_else(PoisonError::into_inner);
        // Who has been quiet for long has paid by waiting.
        debts.retain(|_, until| now.duration_since(*until) < PAID_BY_WAITING);
        self.any_debt.store(!debts.is_empty(), Ordering::Relaxed);
        let crowded = self.limiter.len() > MOST_KEYS;
        if !crowded {
            self.limiter.shrink_to_fit();
        }
        self.crowded.store(crowded, Ordering::Relaxed);
    }
}

/// Whole seconds, at least one.
fn seconds(wait: std::time::Duration) -> u64 {
    wait.as_secs() + 1
}

/// The counts of all parts that have a limit.
#[derive(Clone, Default)]
pub(super) struct RateLimits {
    read: Option<Arc<RateLimit>>,
    admin: Option<Arc<RateLimit>>,
}

impl RateLimits {
    /// With these whole requests a second for one address; 0 for no limit.
    pub(super) fn new(read: u32, admin: u32) -> Self {
        let limit = |rate| RateLimit::new(rate, MonotonicClock).map(Arc::new);
        Self { read: limit(read), admin: limit(admin) }
    }

    fn of(&self, area: Area) -> Option<&Arc<RateLimit>> {
        match area {
            Area::Read => self.read.as_ref(),
            Area::Admin => self.admin.as_ref(),
            Area::Docs | Area::Operational => None,
        }
    }
}

/// The middleware. The machine itself is not counted: the site's own build runs there, and a proxy that was not named must
/// not make one client of all.
pub(super) async fn serve(
    limits: &RateLimits,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let client = RequestInfo::of(&request).map(|info| info.origin().client);
    let counted =
        client.filter(|client| !client.is_local()).zip(limits.of(Area::of(request.path())).cloned());
    let Some((client, limit)) = counted else { return next.call(request).await };
    let key = limit.key(client.network());
    if let Err(wait) = limit.begin(key) {
        return Ok(Problem::new(Code::RateLimited)
            .detail(format!("Too many requests from your address. Go on after {wait} s, and more slowly."))
            .header("retry-after", wait.to_string())
            .answer(request));
    }
    let answer = next.call(request).await;
    if !answer.as_ref().is_ok_and(|answer| answer.status() == StatusCode::NOT_MODIFIED) {
        limit.end(key);
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use governor::clock::FakeRelativeClock;
    use std::time::Duration;

    fn limit(rate: u32) -> (RateLimit<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        (RateLimit::new(rate, clock.clone()).unwrap(), clock)
    }

    /// How many requests in a row are answered, of so many.
    fn answered(limit: &RateLimit<FakeRelativeClock>, key: Key, of: u32, not_modified: bool) -> u32 {
        (0..of)
            .filter(|_| {
                let passed = limit.begin(key).is_ok();
                if passed && !not_modified {
                    limit.end(key);
                }
                passed
            })
            .count()
            .try_into()
            .unwrap()
    }

    #[test]
    fn a_burst_then_the_rate_and_304_a_tenth() {
        let (limit, clock) = limit(3);
        let (one, other, third) =
            (limit.key("192.0.2.1".parse().unwrap()), limit.key("192.0.2.2".parse().unwrap()), 7);
        assert_eq!(answered(&limit, one, 100, false), 30);
        assert_eq!(answered(&limit, other, 100, false), 30, "another address has its own");
        assert_eq!(answered(&limit, third, 1000, true), 300);
        clock.advance(Duration::from_secs(10));
        assert_eq!(answered(&limit, one, 100, false), 30);
    }

    #[test]
    fn a_whole_answer_in_the_clothes_of_a_conditional_request_is_paid_in_full() {
        let (limit, clock) = limit(10);
        let key = limit.key("192.0.2.1".parse().unwrap());
        answered(&limit, key, 1000, false);
        // With the burst gone, ten seconds bring a hundred whole answers, however the requests are spread.
        let mut passed = 0;
        for _ in 0..10_000 {
            clock.advance(Duration::from_millis(1));
            passed += answered(&limit, key, 1, false);
        }
        assert!((98..=111).contains(&passed), "{passed}");
    }

    #[test]
    fn nothing_waits_for_longer_than_it_is_told() {
        let (limit, clock) = limit(2);
        let key = limit.key("192.0.2.1".parse().unwrap());
        answered(&limit, key, 1000, false);
        let wait = limit.begin(key).unwrap_err();
        assert!((1..=2).contains(&wait), "{wait}");
        clock.advance(Duration::from_secs(wait));
        assert!(limit.begin(key).is_ok());
    }

    #[test]
    fn no_rate_is_no_limit() {
        assert!(RateLimit::new(0, FakeRelativeClock::default()).is_none());
        assert!(RateLimits::new(0, 5).of(Area::Read).is_none());
        assert!(RateLimits::new(0, 5).of(Area::Admin).is_some());
        assert!(RateLimits::new(5, 5).of(Area::Operational).is_none());
    }

    #[test]
    fn a_crowd_of_addresses_takes_bounded_memory() {
        let (limit, _) = limit(1);
        for nth in 0..300_000_u32 {
            let _ = limit.begin(limit.key(IpAddr::V4(nth.into())));
        }
        let most = MOST_KEYS + usize::try_from(SHARED_KEYS + PRUNE_EVERY).unwrap();
        assert!(limit.limiter.len() <= most, "{}", limit.limiter.len());
    }
}
