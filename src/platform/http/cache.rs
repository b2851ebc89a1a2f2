//! How long an answer may be kept. A handler names a policy; only this file writes `Cache-Control` and `Vary`, for every
//! answer, so an error or a forgotten policy can never be cached.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, HeaderMap, HeaderValue, VARY};

/// Who may keep an answer, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CachePolicy {
    /// Nobody keeps it. The default, and the rule for every error.
    #[default]
    NoStore,
    /// An answer of the read API that only its caller may see, such as a preview or the site as of another instant.
    /// Nobody keeps it.
    Private,
    /// A public answer of the read API: browsers ask again each time, shared caches keep it for 5 to 10 s. So short a time
    /// needs no purging, and that it differs from answer to answer hides when something is planned.
    PublicRead {
        /// From then on something else is public: no cache may keep the answer past it.
        until: Option<Instant>,
    },
    /// A public page that changes only with a new version of Masthead.
    PublicStatic {
        /// How long it may be kept.
        seconds: u32,
    },
    /// Bytes whose address changes when they do: kept for a year without asking.
    Immutable,
}

impl CachePolicy {
    /// Whether caches may keep the answer, so that its tag must tell encodings apart.
    #[must_use]
    pub fn is_shared(self) -> bool {
        !matches!(self, Self::NoStore | Self::Private)
    }

    fn cache_control(self) -> Option<HeaderValue> {
        Some(HeaderValue::from_static(match self {
            Self::NoStore => "no-store",
            Self::Private => "private, no-store",
            Self::PublicRead { until } => return shared(shared_seconds(until, Instant::now)),
            Self::PublicStatic { seconds } => {
                return HeaderValue::from_str(&format!("public, max-age={seconds}")).ok();
            }
            Self::Immutable => "public, max-age=31536000, immutable",
        }))
    }

    /// What the answer depends on. A credential can change what the read API answers, so a cache must not give the
    /// public answer to somebody who asked for a preview.
    fn vary(self) -> Option<&'static str> {
        match self {
            Self::NoStore | Self::Private => None,
            Self::PublicRead { .. } => Some("Accept-Encoding, Authorization, Masthead-Preview"),
            Self::PublicStatic { .. } => Some("Accept, Accept-Encoding"),
            Self::Immutable => Some("Accept-Encoding"),
        }
    }

    /// Writes the headers.
    pub(super) fn write(self, headers: &mut HeaderMap) {
        if let Some(value) = self.cache_control() {
            headers.insert(CACHE_CONTROL, value);
        }
        match self.vary() {
            Some(vary) => {
                headers.insert(VARY, HeaderValue::from_static(vary));
            }
            None => {
                headers.remove(VARY);
            }
        }
    }

    /// The policy that the handler named for this answer; never to be kept when the answer is an error.
    pub(super) fn of(response: &HttpResponse) -> Self {
        if response.status().is_client_error() || response.status().is_server_error() {
            return Self::NoStore;
        }
        response.extensions().get::<Self>().copied().unwrap_or_default()
    }
}

/// For so many seconds shared caches keep a public answer, at most; and at least for half of them when nothing ends it.
const SHARED_SECONDS: u64 = 10;

/// For how many seconds shared caches may keep an answer that ends then. Most do not, and nobody asks what time it is.
fn shared_seconds(until: Option<Instant>, now: impl FnOnce() -> Instant) -> u64 {
    let some = SHARED_SECONDS - jitter() % (SHARED_SECONDS / 2 + 1);
    let left = until.map(|until| until.saturating_duration_since(now()).as_secs());
    left.map_or(some, |left| left.min(some))
}

/// `Cache-Control` with so many seconds for shared caches, made once for each number of them: it is in every answer of the
/// read API.
fn shared(seconds: u64) -> Option<HeaderValue> {
    static VALUES: LazyLock<Vec<HeaderValue>> = LazyLock::new(|| {
        let value = |seconds| HeaderValue::from_str(&format!("public, max-age=0, s-maxage={seconds}"));
        (0..=SHARED_SECONDS).filter_map(|seconds| value(seconds).ok()).collect()
    });
    VALUES.get(usize::try_from(seconds).ok()?).cloned()
}

/// A number that nobody foresees, and nobody needs to: from a counter and the random keys of the process.
fn jitter() -> u64 {
    static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    KEYS.hash_one(COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Writes `Cache-Control` and `Vary`. That a handler wrote one of them itself is a fault that debug builds refuse.
pub(super) fn render(response: &mut HttpResponse) {
    debug_assert!(
        !response.headers().contains_key(CACHE_CONTROL) && !response.headers().contains_key(VARY),
        "a handler wrote Cache-Control or Vary itself: name a CachePolicy instead"
    );
    CachePolicy::of(response).write(response.headers_mut());
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn rendered(mut response: HttpResponse, policy: Option<CachePolicy>) -> (String, Option<String>) {
        if let Some(policy) = policy {
            response.extensions_mut().insert(policy);
        }
        render(&mut response);
        let text = |name| response.headers().get(name).map(|v| v.to_str().unwrap().to_owned());
        (text(CACHE_CONTROL).unwrap(), text(VARY))
    }

    #[test]
    fn each_policy_has_its_header() {
        let ok = || HttpResponse::Ok().finish();
        assert_eq!(rendered(ok(), None), ("no-store".into(), None));
        assert_eq!(rendered(ok(), Some(CachePolicy::Private)), ("private, no-store".into(), None));
        let (control, vary) = rendered(ok(), Some(CachePolicy::PublicRead { until: None }));
        assert!(control.starts_with("public, max-age=0, s-maxage="), "{control}");
        assert_eq!(vary.as_deref(), Some("Accept-Encoding, Authorization, Masthead-Preview"));
        assert_eq!(rendered(ok(), Some(CachePolicy::PublicStatic { seconds: 60 })).0, "public, max-age=60");
    }

    #[test]
    fn shared_caches_keep_an_answer_for_some_seconds_and_never_past_its_end() {
        let now = Instant::now();
        let free: Vec<u64> = (0..200).map(|_| shared_seconds(None, || now)).collect();
        assert!((5..=10).all(|seconds| free.contains(&seconds)), "{free:?}");
        assert!(free.iter().all(|seconds| (5..=10).contains(seconds)), "{free:?}");
        let until = |millis| Some(now + Duration::from_millis(millis));
        assert!((0..200).all(|_| shared_seconds(until(7_900), || now) <= 7));
        assert_eq!(shared_seconds(until(1_500), || now), 1);
        assert_eq!(shared_seconds(until(900), || now), 0);
        assert_eq!(shared_seconds(Some(now), || now + Duration::from_secs(1)), 0);
    }

    #[test]
    fn an_error_is_never_kept() {
        for response in [HttpResponse::NotFound().finish(), HttpResponse::ServiceUnavailable().finish()] {
            assert_eq!(rendered(response, Some(CachePolicy::Immutable)).0, "no-store");
        }
    }

    #[cfg(debug_assertions)]
    #[test]
    #[should_panic(expected = "name a CachePolicy instead")]
    fn a_hand_written_header_is_refused() {
        let response = HttpResponse::Ok().insert_header((CACHE_CONTROL, "public")).finish();
        rendered(response, None);
    }
}
