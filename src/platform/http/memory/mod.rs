//! Answers of the read API from memory. Each is computed once for a state of the site and a canonical request, however many
//! ask at the same time, and given out until the state is another one. Only what everybody may see comes here: a request
//! with a credential passes by, and an answer is kept only when its handler says how long it holds.

mod entry;
mod flight;
mod key;
mod measured;
mod quick;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpRequest};
use moka::sync::Cache;

use self::entry::Entry;
use self::flight::{Flight, Flights, Landing, Seat};
pub(crate) use self::quick::QuickLane;
use super::cache::CachePolicy;
use super::encode;
use super::request::RequestInfo;
use crate::platform::db::{SiteWatch, Standing};

/// On an answer that is given while the database is away: how many seconds ago it was current for certain.
pub(super) const MASTHEAD_STALE: HeaderName = HeaderName::from_static("masthead-stale");

/// An answer that somebody else waited for is good when it was taken at most so long before.
const SHARED: Duration = Duration::from_millis(900);

/// The kept answers of a process. Clones share them.
#[derive(Clone)]
pub struct Memory(Arc<Kept>);

struct Kept {
    watch: SiteWatch,
    entries: Cache<Arc<str>, Arc<Entry>>,
    flights: Flights,
    counts: Arc<Counts>,
}

/// What became of requests that could be answered from memory.
#[derive(Debug, Default)]
pub struct Counts {
    /// Answered from memory.
    pub hits: AtomicU64,
    /// Answered from memory while the database was away.
    pub stale: AtomicU64,
    /// Computed.
    pub fills: AtomicU64,
    /// Answered with what another request had computed.
    pub shared: AtomicU64,
    /// Kept answers that went because there was no room.
    pub evictions: AtomicU64,
}

impl Memory {
    /// Keeps answers of at most so many bytes in all, as long as the site stays as this watch knows it.
    #[must_use]
    pub fn new(bytes: u64, watch: SiteWatch) -> Self {
        let counts = Arc::new(Counts::default());
        let for_evictions = counts.clone();
        let entries = Cache::builder()
            .max_capacity(bytes)
            .weigher(|key: &Arc<str>, entry: &Arc<Entry>| entry.weight(key))
            .eviction_listener(move |_, _, cause| {
                if cause.was_evicted() {
                    for_evictions.evictions.fetch_add(1, Ordering::Relaxed);
                }
            })
            .build();
        Self(Arc::new(Kept { watch, entries, flights: Flights::default(), counts }))
    }

    /// What became of requests so far.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.0.counts
    }

    /// How many bytes are kept, about.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.0.entries.weighted_size()
    }

    /// How many answers are kept, about.
    #[must_use]
    pub fn entries(&self) -> u64 {
        self.0.entries.entry_count()
    }

    /// The kept answer to a request and how stale it is, when there is one that may be given.
    fn find(&self, key: &str, now: Instant) -> Option<(Arc<Entry>, Option<Duration>)> {
        let (generation, age) = match self.0.watch.standing(now) {
            Standing::Fresh(generation) => (generation, None),
            Standing::Away(generation, age) => (generation, Some(age)),
            Standing::Unknown => return None,
        };
        self.of_generation(key, generation, now).map(|entry| (entry, age))
    }

    /// What can still be given, marked, to somebody whom the database has just refused an answer.
    fn last_resort(&self, key: &str, now: Instant) -> Option<(Arc<Entry>, Option<Duration>)> {
        let (generation, age) = self.0.watch.last_resort(now)?;
        self.of_generation(key, generation, now).map(|entry| (entry, Some(age)))
    }

    fn of_generation(&self, key: &str, generation: u64, now: Instant) -> Option<Arc<Entry>> {
        let entry = self.0.entries.get(key)?;
        entry.holds(generation, now).then_some(entry)
    }

    fn count(&self, stale: Option<Duration>) {
        let counts = &self.0.counts;
        if stale.is_some() { &counts.stale } else { &counts.hits }.fetch_add(1, Ordering::Relaxed);
    }

    fn keep(&self, key: &str, entry: &Arc<Entry>) {
        if entry.is_kept() {
            self.0.entries.insert(key.into(), entry.clone());
        }
    }

    /// Answers from an entry, in the coding that the client likes best.
    async fn answer(
        &self,
        request: HttpRequest,
        key: &str,
        entry: &Arc<Entry>,
        stale: Option<Duration>,
    ) -> Result<ServiceResponse<BoxBody>, Error> {
        let coding = encode::negotiate(request.headers()).filter(|_| entry.is_compressible());
        let mut response = entry.head(coding);
        if entry.is_known(request.headers()) {
            response = encode::not_modified(response);
        } else {
            let (body, made) = entry.body(coding).await?;
            if made {
                // It weighs more now.
                self.keep(key, entry);
            }
            response = response.set_body(BoxBody::new(body));
        }
        if let Some(age) = stale {
            response.headers_mut().insert(MASTHEAD_STALE, HeaderValue::from(age.as_secs()));
            response.extensions_mut().insert(CachePolicy::PublicRead { until: Some(Instant::now()) });
        }
        Ok(ServiceResponse::new(request, response))
    }
}

/// The middleware, in the place of [`encode`], which it does for what does not come from memory.
pub(super) async fn serve(
    memory: Option<&Memory>,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some((memory, key)) = memory.zip(key::of(&request)) else {
        return encode::serve(request, next).await;
    };
    let arrived = Instant::now();
    loop {
        if let Some((entry, stale)) = memory.find(&key, Instant::now()) {
            memory.count(stale);
            return memory.answer(request.into_parts().0, &key, &entry, stale).await;
        }
        match memory.0.flights.board(memory.0.watch.generation(), &key) {
            Seat::Pilot(flight) => {
                memory.0.counts.fills.fetch_add(1, Ordering::Relaxed);
                return fill(memory, request, next, &key, Some(flight)).await;
            }
            Seat::Passenger(mut flight) => match flight.landing().await {
                Some(Landing::With(entry)) if entry.suits(arrived, SHARED) => {
                    memory.0.counts.shared.fetch_add(1, Ordering::Relaxed);
                    return memory.answer(request.into_parts().0, &key, &entry, None).await;
                }
                Some(Landing::Empty) => return fill(memory, request, next, &key, None).await,
                // Too old for this request, or whoever computed it went away: another one has to.
                Some(Landing::With(_)) | None => {}
            },
        }
    }
}

/// Computes an answer, for everybody who waits for it too. Where the database refuses one, the last that it gave will do
/// for a while.
async fn fill(
    memory: &Memory,
    request: ServiceRequest,
    next: Next<BoxBody>,
    key: &str,
    flight: Option<Flight>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let coding = encode::negotiate(request.headers());
    let (request, response) = next.call(request).await?.into_parts();
    let operation = RequestInfo::of(&request).and_then(|info| info.operation());
    let response = match Entry::of(response, operation) {
        Ok(entry) => {
            let entry = Arc::new(entry);
            memory.keep(key, &entry);
            if let Some(flight) = flight {
                flight.land(Landing::With(entry.clone()));
            }
            return memory.answer(request, key, &entry, None).await;
        }
        Err(response) => *response,
    };
    if let Some(flight) = flight {
        flight.land(Landing::Empty);
    }
    if response.status() == StatusCode::SERVICE_UNAVAILABLE
        && let Some((entry, stale)) = memory.last_resort(key, Instant::now())
    {
        memory.count(stale);
        return memory.answer(request, key, &entry, stale).await;
    }
    let response = encode::finish(response, request.headers(), coding).await?;
    Ok(ServiceResponse::new(request, response))
}
