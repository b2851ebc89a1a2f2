//! The bytes of a body within limits of size, of time, and of patience with slow clients.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::CONTENT_LENGTH;
use futures_util::StreamExt;
use tokio::time::{Instant, timeout_at};

use super::limits::HttpLimits;
use crate::platform::problem::{Code, Problem};

/// Reads a whole body.
///
/// # Errors
/// `too_large` as soon as it is known, `timeout` when it comes too slowly, `malformed_request` when it ends early or its
/// encoding is broken.
pub(super) async fn read(
    req: &HttpRequest,
    mut payload: Payload,
    limits: &HttpLimits,
) -> Result<Vec<u8>, Problem> {
    let declared = declared_length(req);
    if declared.is_some_and(|length| length > limits.json_bytes as u64) {
        return Err(too_large(limits));
    }
    let start = Instant::now();
    let mut bytes = Vec::with_capacity(declared.map_or(0, |length| usize::try_from(length).unwrap_or(0)));
    loop {
        let received = bytes.len() as u64;
        let chunk = timeout_at(start + allowed(received, limits.body_timeout, limits), payload.next())
            .await
            .map_err(|_| too_slow(limits))?;
        match chunk {
            None => return Ok(bytes),
            Some(Err(error)) => return Err(broken(&error)),
            Some(Ok(chunk)) if bytes.len() + chunk.len() > limits.json_bytes => {
                return Err(too_large(limits));
            }
            Some(Ok(chunk)) => bytes.extend_from_slice(&chunk),
        }
    }
}

pub(super) fn declared_length(req: &HttpRequest) -> Option<u64> {
    req.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The time since the start by which more must have come, when so many bytes are there; never more than `most`.
pub(super) fn allowed(received: u64, most: Duration, limits: &HttpLimits) -> Duration {
    let earned = Duration::from_secs(received / u64::from(limits.body_bytes_per_second.max(1)));
    most.min(limits.body_grace + earned)
}

fn too_large(limits: &HttpLimits) -> Problem {
    Problem::new(Code::TooLarge).detail(format!("The body may have at most {} bytes.", limits.json_bytes))
}

fn too_slow(limits: &HttpLimits) -> Problem {
    Problem::new(Code::Timeout).detail(format!(
        "The body must come within {} s and at {} bytes a second at least.",
        limits.body_timeout.as_secs(),
        limits.body_bytes_per_second
    ))
}

pub(super) fn broken(error: &PayloadError) -> Problem {
    Problem::new(Code::MalformedRequest)
        .detail("The body ended early or its transfer coding is broken. Send it again.")
        .caused_by(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_grows_with_what_came_and_has_an_end() {
        let limits = HttpLimits::default();
        let allowed = |received| allowed(received, limits.body_timeout, &limits);
        assert_eq!(allowed(0), Duration::from_secs(5));
        assert_eq!(allowed(10 * 1024), Duration::from_secs(15));
        assert_eq!(allowed(u64::MAX), Duration::from_secs(30));
    }
}
