//! The limits of HTTP with their defaults, and how they are put on a server. Every limit is a number here and nowhere else.

use std::fmt;
use std::time::Duration;

use actix_http::{Request, Response};
use actix_service::IntoServiceFactory;
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, Service, ServiceFactory};
use actix_web::{HttpRequest, HttpServer};

/// Limits of the HTTP server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HttpLimits {
    /// Time for request line and headers to arrive. Default 5 s.
    pub head_timeout: Duration,
    /// Time for a whole JSON body to arrive. Default 30 s.
    pub body_timeout: Duration,
    /// Bytes a second that a body must bring, on average since `body_grace`. Default 1,024.
    pub body_bytes_per_second: u32,
    /// Time before the rate counts, so that one slow round trip is no fault. Default 5 s.
    pub body_grace: Duration,
    /// Bytes of a JSON body. Default 1 MiB.
    pub json_bytes: usize,
    /// Bytes of one file of an upload. Default 50 MiB.
    pub upload_bytes: u64,
    /// Files of one upload. Default 20.
    pub upload_files: usize,
    /// Bytes of all fields of an upload that are no files, names and headers included. Default 64 KiB.
    pub upload_fields_bytes: usize,
    /// Time for an upload to arrive, of which only that counts in which the server waits for the client. Default 15 min.
    pub upload_timeout: Duration,
    /// How deep arrays and objects may lie inside each other. Default 64, at most 120.
    pub json_depth: usize,
    /// Bytes of path and query together. Default 8 KiB.
    pub uri_bytes: usize,
    /// How long an idle connection is kept for the next request. Default 75 s.
    pub keep_alive: Duration,
    /// Time to read on after an early refusal, so that the client sees the answer; then the connection ends. Default and
    /// least 1 s.
    pub disconnect_timeout: Duration,
    /// Open connections per worker; more wait in the system's queue. Default 10,000.
    pub connections_per_worker: usize,
    /// Requests a second that one address may send to the read API, ten times as many at once; a 304 counts a tenth. 0 for
    /// no limit. Default 100.
    pub read_rate: u32,
    /// The same for the admin API. Default 30.
    pub admin_rate: u32,
    /// Time for accepted requests to finish when the server stops. Default 20 s.
    pub shutdown_timeout: Duration,
}

impl Default for HttpLimits {
    fn default() -> Self {
        Self {
            head_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(30),
            body_bytes_per_second: 1024,
            body_grace: Duration::from_secs(5),
            json_bytes: 1024 * 1024,
            upload_bytes: 50 * 1024 * 1024,
            upload_files: 20,
            upload_fields_bytes: 64 * 1024,
            upload_timeout: Duration::from_secs(15 * 60),
            json_depth: 64,
            uri_bytes: 8 * 1024,
            keep_alive: Duration::from_secs(75),
            disconnect_timeout: Duration::from_secs(1),
            connections_per_worker: 10_000,
            read_rate: 100,
            admin_rate: 30,
            shutdown_timeout: Duration::from_secs(20),
        }
    }
}

impl HttpLimits {
    /// The limits of the server that received this request; the defaults when none were set.
    #[must_use]
    pub fn of(req: &HttpRequest) -> Self {
        req.app_data::<Self>().copied().unwrap_or_default()
    }
}

/// The shortest time to read on. actix's clock is half a second coarse, and an end that lies before its now is never
/// noticed, so that the connection would stay open.
const LEAST_DISCONNECT_TIMEOUT: Duration = Duration::from_secs(1);

/// Puts the limits on a server. Signals are left to the caller: actix treats SIGINT as forced, and both signals must let
/// accepted requests finish.
pub fn limited<F, I, S, B>(server: HttpServer<F, I, S, B>, limits: &HttpLimits) -> HttpServer<F, I, S, B>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<actix_web::Error>,
    S::InitError: fmt::Debug,
    S::Response: Into<Response<B>>,
    <S::Service as Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    server
        .client_request_timeout(limits.head_timeout)
        .client_disconnect_timeout(limits.disconnect_timeout.max(LEAST_DISCONNECT_TIMEOUT))
        .keep_alive(limits.keep_alive)
        .max_connections(limits.connections_per_worker)
        .shutdown_timeout(limits.shutdown_timeout.as_secs())
        .disable_signals()
}
