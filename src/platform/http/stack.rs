//! The middleware stack, composed once. Outermost first: edge (id, panic, problem, cache policy, headers, log), rate (429: what
//! one address may ask), gate (address, HEAD, OPTIONS, 405, 406), memory (what is kept; 304, compression), authenticate (the
//! caller's), routes. Before all of it is the quick lane (a plain GET of what is in memory), where the site remembers.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::App;
use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::HeaderMap;
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, HttpResponse};
use uuid::Uuid;

use super::client::{ClientAddress, Origin, TrustedProxies};
use super::limits::HttpLimits;
use super::memory::{self, Memory};
use super::rate::RateLimits;
use super::registry::Registry;
use super::request::RequestInfo;
use super::traffic::Traffic;
use super::{edge, gate, rate};
use crate::platform::errand::Errand;

type NewId = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// What the middleware need to know. Made once and shared by all workers.
#[derive(Clone)]
pub struct Http {
    limits: HttpLimits,
    registry: Arc<Registry>,
    new_id: NewId,
    network: Arc<Network>,
    rates: RateLimits,
    memory: Option<Memory>,
    traffic: Traffic,
}

/// What lies between the clients and the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Network {
    /// Whether clients reach the server by https alone, so that browsers may be told to insist on it (HSTS).
    pub behind_tls: bool,
    /// The proxies whose `X-Forwarded-*` headers count.
    pub trusted_proxies: TrustedProxies,
}

impl Http {
    /// Middleware over these routes. `new_id` makes the ids of requests that bring none.
    pub fn new(
        limits: HttpLimits,
        registry: Registry,
        new_id: impl Fn() -> Uuid + Send + Sync + 'static,
    ) -> Self {
        Self {
            rates: RateLimits::new(limits.read_rate, limits.admin_rate),
            limits,
            traffic: Traffic::new(&registry),
            registry: Arc::new(registry),
            new_id: Arc::new(new_id),
            network: Arc::default(),
            memory: None,
        }
    }

    /// Says what lies between the clients and the server.
    #[must_use]
    pub fn within(mut self, network: Network) -> Self {
        self.network = Arc::new(network);
        self
    }

    /// Answers from memory what can be.
    #[must_use]
    pub fn remembering(mut self, memory: Option<Memory>) -> Self {
        self.memory = memory;
        self
    }

    /// The limits.
    #[must_use]
    pub fn limits(&self) -> &HttpLimits {
        &self.limits
    }

    /// The routes.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// What is counted of requests.
    #[must_use]
    pub fn traffic(&self) -> &Traffic {
        &self.traffic
    }

    /// What the work for a request is for.
    fn errand(&self, request: &ServiceRequest) -> Option<Errand> {
        let info = RequestInfo::of(request)?;
        let named = self.registry.names().get(usize::from(info.operation()?.0))?;
        Some(Errand::request(info.id().shared(), named.id.clone()))
    }

    pub(super) fn memory(&self) -> Option<&Memory> {
        self.memory.as_ref()
    }

    pub(super) fn rates(&self) -> &RateLimits {
        &self.rates
    }

    pub(super) fn client(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> ClientAddress {
        ClientAddress::behind(peer, headers, &self.network.trusted_proxies).0
    }

    pub(super) fn new_request_id(&self) -> Uuid {
        (self.new_id)()
    }

    pub(super) fn behind_tls(&self) -> bool {
        self.network.behind_tls
    }

    pub(super) fn origin(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Origin {
        let network = &self.network;
        Origin::of(peer, headers, &network.trusted_proxies, network.behind_tls)
    }
}

/// Puts the middleware around an application. `authenticate` sees each request that has a route, after the address is
/// found sound and before any extractor; it puts what it learns into the request's extensions, tells the log by
/// [`RequestInfo::set_actor`](super::RequestInfo::set_actor), and refuses with `Ok(problem.answer(req))`.
pub fn stack<T, A, F>(
    app: App<T>,
    http: &Http,
    authenticate: A,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    > + use<T, A, F>,
>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<BoxBody>,
            Error = Error,
            InitError = (),
        > + 'static,
    T::Service: 'static,
    A: Fn(ServiceRequest, Next<BoxBody>) -> F + 'static,
    F: Future<Output = Result<ServiceResponse<BoxBody>, Error>> + 'static,
{
    let for_gate = http.clone();
    let rates = http.rates.clone();
    let memory = http.memory.clone();
    let for_errand = http.clone();
    let for_edge = http.clone();
    app.app_data(http.limits)
        .default_service(actix_web::web::to(|| async { Err::<HttpResponse, _>(gate::not_found()) }))
        .wrap(from_fn(move |req: ServiceRequest, next: Next<BoxBody>| {
            let errand = for_errand.errand(&req);
            let work = authenticate(req, next);
            async move {
                match errand {
                    Some(errand) => errand.during(work).await,
                    None => work.await,
                }
            }
        }))
        .wrap(from_fn(move |req: ServiceRequest, next: Next<BoxBody>| {
            let memory = memory.clone();
            async move { memory::serve(memory.as_ref(), req, next).await }
        }))
        .wrap(from_fn(move |req: ServiceRequest, next: Next<BoxBody>| {
            let http = for_gate.clone();
            async move { gate::serve(&http.registry, http.limits.uri_bytes, req, next).await }
        }))
        .wrap(from_fn(move |req: ServiceRequest, next: Next<BoxBody>| {
            let rates = rates.clone();
            async move { rate::serve(&rates, req, next).await }
        }))
        .wrap(from_fn(move |req: ServiceRequest, next: Next<BoxBody>| {
            let http = for_edge.clone();
            async move { edge::serve(&http, req, next).await }
        }))
}
