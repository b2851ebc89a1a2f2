//! The short way for what is asked most: a plain GET whose answer is in memory is answered before anything of the application
//! is called, its middleware or what actix makes ready for them. It takes only requests for which they could not change the
//! answer, and leaves every other one to them: whatever shows a credential, has a body, is refused, or is asked in another
//! spelling than the canonical one.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_http::{Request, Response};
use actix_service::IntoServiceFactory;
use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::{AppConfig, Service, ServiceFactory, ServiceResponse};
use actix_web::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, EXPECT, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING, UPGRADE,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use futures_util::future::{Either, LocalBoxFuture};

use super::entry::Entry;
use super::{Memory, key};
use crate::platform::db::Standing;
use crate::platform::http::access_log::{self, Line};
use crate::platform::http::area::Area;
use crate::platform::http::encode::{self, Coding};
use crate::platform::http::request::{RequestId, RequestInfo, X_REQUEST_ID};
use crate::platform::http::stack::Http;
use crate::platform::http::traffic::Answered;
use crate::platform::http::{cors, headers};

/// The longest target that is looked up.
const LONGEST: usize = 2_048;

/// Headers whose request goes the long way: those that could change the answer, and those of a body or of another protocol.
const ELSEWHERE: [HeaderName; 6] = [
    AUTHORIZATION,
    HeaderName::from_static("masthead-preview"),
    CONTENT_LENGTH,
    TRANSFER_ENCODING,
    EXPECT,
    UPGRADE,
];

/// An application, and the lane before it where there is a memory.
pub(crate) struct QuickLane<A> {
    lane: Option<Arc<Lane>>,
    app: A,
}

struct Lane {
    http: Http,
    memory: Memory,
    /// What every answer of the read API has for the sake of browsers.
    constant: Vec<(HeaderName, HeaderValue)>,
    /// The part of it that an answer 304 has to have: a browser goes by the rest of the headers that it kept.
    origins: Vec<(HeaderName, HeaderValue)>,
}

impl<A> QuickLane<A> {
    /// Puts the lane before an application, whose middleware `http` describes.
    pub(crate) fn before(app: impl IntoServiceFactory<A, Request>, http: &Http) -> Self
    where
        A: ServiceFactory<Request>,
    {
        let lane = http.memory().map(|memory| Arc::new(Lane::new(http, memory)));
        Self { lane, app: app.into_factory() }
    }
}

impl Lane {
    fn new(http: &Http, memory: &Memory) -> Self {
        let mut origins = HeaderMap::new();
        cors::open(&mut origins, Area::Read);
        let mut constant = origins.clone();
        headers::apply(&mut constant, Area::Read, http.behind_tls());
        let list = |headers: HeaderMap| headers.into_iter().collect();
        Self { http: http.clone(), memory: memory.clone(), constant: list(constant), origins: list(origins) }
    }

    /// The answer, when it is in memory and nothing of the request needs another look.
    fn answer(&self, request: &Request) -> Option<Response<BoxBody>> {
        let began = Instant::now();
        let target = request.uri().path_and_query()?.as_str();
        if request.method() != Method::GET || !target.starts_with(key::KEPT) || target.len() > LONGEST {
            return None;
        }
        let asked = &request.head().headers;
        if asked.keys().any(|name| ELSEWHERE.contains(name)) {
            return None;
        }
        let Standing::Fresh(generation) = self.memory.0.watch.standing(began) else { return None };
        // Under its canonical spelling alone: that one has passed every check of addresses and parameters before.
        let entry = self.memory.of_generation(target, generation, began)?;
        if !entry.is_acceptable(asked) {
            return None;
        }
        let coding = encode::negotiate(asked).filter(|_| entry.is_compressible());
        let known = entry.is_known(asked);
        let bytes = if known { None } else { Some(entry.made(coding)?) };
        let client = self.http.client(request.peer_addr(), asked);
        let admitted = self.http.rates().admit(client, target).ok()?;
        if let (Some(admitted), true) = (admitted, known) {
            admitted.cheap();
        }
        self.memory.count(None);
        let id = RequestId::of(asked, || self.http.new_request_id());
        let response = self.finish(&entry, coding, bytes, &id);
        let (status, took) = (response.status().as_u16(), began.elapsed());
        self.http.traffic().count(Answered { operation: entry.operation(), method: "GET", status, took });
        self.log(request, id, (status, took));
        Some(response)
    }

    /// The answer with these bytes; without any it is 304.
    fn finish(
        &self,
        entry: &Entry,
        coding: Option<Coding>,
        bytes: Option<Bytes>,
        id: &RequestId,
    ) -> Response<BoxBody> {
        let (status, constant) = match bytes {
            Some(_) => (StatusCode::OK, &self.constant),
            None => (StatusCode::NOT_MODIFIED, &self.origins),
        };
        let mut response = Response::new(status);
        let headers = response.headers_mut();
        entry.write_head(coding, bytes.is_some(), headers);
        // The long way leaves what a handler says in place of one of these; here it would be lost.
        debug_assert!(
            constant.iter().all(|(name, _)| !headers.contains_key(name)),
            "a kept answer has its own"
        );
        for (name, value) in constant {
            headers.insert(name.clone(), value.clone());
        }
        entry.policy().write(headers);
        if let Ok(id) = HeaderValue::from_str(id.as_str()) {
            headers.insert(X_REQUEST_ID, id);
        }
        match bytes {
            Some(bytes) => response.set_body(BoxBody::new(bytes)),
            None => response,
        }
    }

    fn log(&self, request: &Request, id: RequestId, (status, took): (u16, Duration)) {
        if !access_log::is_on() {
            return;
        }
        let span = tracing::info_span!("request", request_id = %id);
        let _entered = span.enter();
        access_log::request(&Line {
            info: &RequestInfo::new(id, self.http.origin(request.peer_addr(), &request.head().headers)),
            method: request.method().as_str(),
            path: request.path(),
            status,
            took,
            code: None,
        });
    }
}

impl<A> ServiceFactory<Request> for QuickLane<A>
where
    A: ServiceFactory<Request, Response = ServiceResponse<BoxBody>, Error = Error, Config = AppConfig>,
    A::Future: 'static,
    <A::Service as Service<Request>>::Future: 'static,
{
    type Response = Response<BoxBody>;
    type Error = Error;
    type Config = AppConfig;
    type Service = Quick<A::Service>;
    type InitError = A::InitError;
    type Future = LocalBoxFuture<'static, Result<Self::Service, Self::InitError>>;

    fn new_service(&self, config: AppConfig) -> Self::Future {
        let (lane, app) = (self.lane.clone(), self.app.new_service(config));
        Box::pin(async move { Ok(Quick { lane, app: app.await? }) })
    }
}

/// The same of one worker.
pub(crate) struct Quick<S> {
    lane: Option<Arc<Lane>>,
    app: S,
}

impl<S> Service<Request> for Quick<S>
where
    S: Service<Request, Response = ServiceResponse<BoxBody>, Error = Error>,
    S::Future: 'static,
{
    type Response = Response<BoxBody>;
    type Error = Error;
    // What the application does is boxed: actix moves the future of each request, and the lane's is small.
    type Future =
        Either<Ready<Result<Self::Response, Error>>, LocalBoxFuture<'static, Result<Self::Response, Error>>>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.app.poll_ready(context)
    }

    fn call(&self, request: Request) -> Self::Future {
        if let Some(response) = self.lane.as_ref().and_then(|lane| lane.answer(&request)) {
            return Either::Left(ready(Ok(response)));
        }
        let answer = self.app.call(request);
        Either::Right(Box::pin(async move { answer.await.map(Response::from) }))
    }
}
