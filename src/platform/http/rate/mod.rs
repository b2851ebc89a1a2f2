//! How much one address may ask, in tenths of a request: an answer 304 costs one, every other ten. Counted before anything
//! is looked up, and by the network of the client alone, so that guessing credentials is limited too.

mod limiter;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use governor::clock::MonotonicClock;

use self::limiter::{Admitted, MOST_KEYS, RateLimit};
use super::client::ClientAddress;
use super::request::RequestInfo;
use crate::platform::problem::{Code, Problem};

/// What a request of the read API costs that is not answered 304.
const WHOLE: u32 = 10;

/// The counts of all parts that have a limit.
#[derive(Clone, Default)]
pub(super) struct RateLimits {
    read: Option<Arc<RateLimit>>,
    admin: Option<Arc<RateLimit>>,
}

impl RateLimits {
    /// With these whole requests a second for one address; 0 for no limit.
    pub(super) fn new(read: u32, admin: u32) -> Self {
        let limit = |rate, cells| RateLimit::new(rate, cells, MOST_KEYS, MonotonicClock).map(Arc::new);
        Self { read: limit(read, WHOLE), admin: limit(admin, 1) }
    }

    /// The limit of a path, which must be the one that routing sees, with its escapes resolved: each spelling of an
    /// address would have a limit of its own otherwise, or none. Documentation, problems and health have none.
    fn of(&self, path: &str) -> Option<&Arc<RateLimit>> {
        let below =
            |prefix| path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if below("/v1") || below("/media") {
            self.read.as_ref()
        } else if below("/admin/v1") {
            self.admin.as_ref()
        } else {
            None
        }
    }

    /// Lets a request for this path in, and counts it when it is counted at all. The machine itself is not: the site's own
    /// build runs there.
    ///
    /// # Errors
    /// How long to wait until there is room for it.
    pub(super) fn admit(&self, client: ClientAddress, path: &str) -> Result<Option<Admitted<'_>>, Duration> {
        let limit = self.of(path).filter(|_| !client.is_local());
        limit.map(|limit| limit.begin(client.network())).transpose()
    }
}

/// The middleware.
pub(super) async fn serve(
    limits: &RateLimits,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let client = RequestInfo::of(&request).map(|info| info.origin().client);
    let Some(client) = client else { return next.call(request).await };
    match limits.admit(client, request.match_info().as_str()) {
        Ok(None) => next.call(request).await,
        Ok(Some(admitted)) => {
            let answer = next.call(request).await;
            if answer.as_ref().is_ok_and(|answer| answer.status() == StatusCode::NOT_MODIFIED) {
                admitted.cheap();
            }
            answer
        }
        Err(wait) => Ok(refused(wait).answer(request)),
    }
}

fn refused(wait: Duration) -> Problem {
    let wait = seconds(wait);
    Problem::new(Code::RateLimited)
        .detail(format!("Too many requests from your address. Go on after {wait} s, and more slowly."))
        .retry_after(wait)
}

/// Whole seconds that suffice, at least one.
fn seconds(wait: Duration) -> u32 {
    let seconds = wait.as_secs().saturating_add(u64::from(wait.subsec_nanos() > 0));
    u32::try_from(seconds.max(1)).unwrap_or(u32::MAX)
}
