//! The limits under a clock that tests move.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use governor::clock::FakeRelativeClock;

use super::limiter::{Admitted, MOST_KEYS, RateLimit, SHARED_KEYS};
use super::{RateLimits, WHOLE, seconds};

const SECOND: Duration = Duration::from_secs(1);

fn limit(rate: u32, cells: u32, most_keys: usize) -> (RateLimit<FakeRelativeClock>, FakeRelativeClock) {
    let clock = FakeRelativeClock::default();
    (RateLimit::new(rate, cells, most_keys, clock.clone()).unwrap(), clock)
}

fn network(nth: u32) -> IpAddr {
    IpAddr::V4(Ipv4Addr::from_bits(0xC000_0200 + nth))
}

/// How many whole answers in a row there are, of so many requests.
fn whole(limit: &RateLimit<FakeRelativeClock>, nth: u32, of: usize) -> usize {
    (0..of).filter(|_| limit.begin(network(nth)).is_ok()).count()
}

/// How many answers 304 in a row there are, of so many requests.
fn cheap(limit: &RateLimit<FakeRelativeClock>, nth: u32, of: usize) -> usize {
    (0..of).filter(|_| limit.begin(network(nth)).map(Admitted::cheap).is_ok()).count()
}

#[test]
fn a_burst_then_the_rate_and_304_a_tenth() {
    let (limit, clock) = limit(3, WHOLE, MOST_KEYS);
    assert_eq!(whole(&limit, 1, 100), 30);
    assert_eq!(whole(&limit, 2, 100), 30, "another address has its own");
    assert_eq!(cheap(&limit, 3, 1000), 300);
    clock.advance(SECOND);
    assert_eq!(whole(&limit, 1, 100), 3);
    clock.advance(SECOND * 100);
    assert_eq!(whole(&limit, 1, 100), 30, "no more than the burst");
}

#[test]
fn who_takes_each_tenth_as_it_comes_pays_for_whole_answers() {
    let (limit, clock) = limit(10, WHOLE, MOST_KEYS);
    assert_eq!(whole(&limit, 1, 1000), 100);
    let passed: usize = (0..10_000)
        .map(|_| {
            clock.advance(Duration::from_millis(1));
            whole(&limit, 1, 1)
        })
        .sum();
    assert!((99..=101).contains(&passed), "{passed} in 10 s at 10 a second");
}

#[test]
fn requests_under_way_at_once_are_all_paid_for() {
    let (limit, clock) = limit(10, WHOLE, MOST_KEYS);
    assert_eq!(whole(&limit, 1, 1000), 100);
    let mut passed = 0;
    for _ in 0..100 {
        clock.advance(SECOND + SECOND / 10);
        // Dropped together at the end of the round, as when the clients go away before the answers.
        let under_way: Vec<_> = (0..1000).filter_map(|_| limit.begin(network(1)).ok()).collect();
        passed += under_way.len();
    }
    assert!((1000..=1210).contains(&passed), "{passed} in 110 s at 10 a second");
}

#[test]
fn nothing_waits_for_longer_than_it_is_told() {
    let (limit, clock) = limit(2, WHOLE, MOST_KEYS);
    whole(&limit, 1, 1000);
    let wait = limit.begin(network(1)).err().unwrap();
    assert!(wait > Duration::ZERO && wait <= SECOND, "{wait:?}");
    let moment = Duration::from_nanos(1);
    clock.advance(wait.saturating_sub(moment));
    assert_eq!(whole(&limit, 1, 1), 0);
    clock.advance(moment);
    assert_eq!(whole(&limit, 1, 1), 1);
    for (wait, whole) in [(0, 1), (1, 1), (1000, 1), (1001, 2), (61_500, 62)] {
        assert_eq!(seconds(Duration::from_millis(wait)), whole, "{wait}");
    }
}

#[test]
fn who_is_quiet_is_forgotten_and_who_owes_is_not() {
    let (limit, clock) = limit(1, WHOLE, MOST_KEYS);
    for nth in 0..5000 {
        assert_eq!(whole(&limit, nth, 1), 1);
    }
    clock.advance(SECOND * 59);
    // 90 tenths under way at once beyond the burst: a debt of more than a minute.
    let under_way: Vec<_> = (0..100).filter_map(|_| limit.begin(network(7)).ok()).collect();
    assert_eq!(under_way.len(), 100);
    drop(under_way);
    clock.advance(SECOND * 2);
    assert_eq!(whole(&limit, 8, 1), 1);
    assert_eq!(limit.kept(), 2);
    assert_eq!(whole(&limit, 7, 1), 0);
}

#[test]
fn a_crowd_takes_bounded_memory_and_shuts_out_nobody_who_is_known() {
    let (limit, clock) = limit(1, 1, 1000);
    for nth in 0..300_000 {
        let _ = limit.begin(network(nth));
    }
    let most = 1000 + usize::try_from(SHARED_KEYS).unwrap();
    assert!(limit.kept() <= most, "{}", limit.kept());
    assert_eq!(whole(&limit, 5, 100), 9, "who was known before is counted alone");
    clock.advance(SECOND * 11);
    assert_eq!(whole(&limit, 400_000, 100), 10, "there is room again");
    assert!(limit.kept() < 10, "{}", limit.kept());
}

#[test]
fn the_two_apis_have_limits_and_nothing_else_has() {
    let limits = RateLimits::new(5, 6);
    let is = |path: &str, of: Option<&std::sync::Arc<RateLimit>>| match (limits.of(path), of) {
        (Some(one), Some(other)) => std::sync::Arc::ptr_eq(one, other),
        (one, other) => one.is_none() && other.is_none(),
    };
    for path in ["/v1", "/v1/pages", "/v1/nothing", "/media/a.webp"] {
        assert!(is(path, limits.read.as_ref()), "{path}");
    }
    for path in ["/admin/v1", "/admin/v1/pages/7"] {
        assert!(is(path, limits.admin.as_ref()), "{path}");
    }
    for path in
        ["/", "/healthz", "/docs", "/problems/stale", "/openapi.json", "/admin/docs", "/admin/enter", "/v10"]
    {
        assert!(is(path, None), "{path}");
    }
    assert!(RateLimits::new(0, 5).of("/v1/pages").is_none());
    assert!(RateLimits::new(5, 0).of("/admin/v1/pages").is_none());
    assert!(RateLimit::new(1_000_000, WHOLE, MOST_KEYS, FakeRelativeClock::default()).is_some());
}
