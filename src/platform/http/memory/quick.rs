//! The short way for what is asked most: a plain GET whose answer is in memory is answered before the other middleware are
//! called. It takes only requests for which they could not change the answer, and leaves every other one to them: whatever
//! shows a credential, has a body, is refused, or is asked in another spelling than the canonical one.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::header::{
    AUTHORIZATION, CONTENT_LENGTH, EXPECT, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING, UPGRADE,
};
use actix_web::http::{Method, StatusCode};
use actix_web::web::Bytes;
use actix_web::{Error, HttpResponse};
use futures_util::future::Either;

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

/// The outermost middleware. Does nothing without a memory.
#[derive(Clone)]
pub(in crate::platform::http) struct QuickLane(Option<Arc<Lane>>);

struct Lane {
    http: Http,
    memory: Memory,
    /// What every answer of the read API has for the sake of browsers.
    constant: Vec<(HeaderName, HeaderValue)>,
    /// The part of it that an answer 304 has to have: a browser goes by the rest of the headers that it kept.
    origins: Vec<(HeaderName, HeaderValue)>,
}

impl QuickLane {
    pub(in crate::platform::http) fn new(http: &Http) -> Self {
        let lane = |memory: &Memory| {
            let mut origins = HeaderMap::new();
            cors::open(&mut origins, Area::Read);
            let mut constant = origins.clone();
            headers::apply(&mut constant, Area::Read, http.behind_tls());
            let list = |headers: HeaderMap| headers.into_iter().collect();
            Lane {
                http: http.clone(),
                memory: memory.clone(),
                constant: list(constant),
                origins: list(origins),
            }
        };
        Self(http.memory().map(|memory| Arc::new(lane(memory))))
    }
}

impl Lane {
    /// The answer, when it is in memory and nothing of the request needs another look.
    fn answer(&self, request: &ServiceRequest) -> Option<HttpResponse> {
        let began = Instant::now();
        let target = request.uri().path_and_query()?.as_str();
        if request.method() != Method::GET || !target.starts_with(key::KEPT) || target.len() > LONGEST {
            return None;
        }
        let asked = request.headers();
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
        let client = self.http.client(request);
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
    ) -> HttpResponse {
        let (status, constant) = match bytes {
            Some(_) => (StatusCode::OK, &self.constant),
            None => (StatusCode::NOT_MODIFIED, &self.origins),
        };
        let mut response = HttpResponse::new(status);
        let headers = response.headers_mut();
        entry.write_head(coding, bytes.is_some(), headers);
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

    fn log(&self, request: &ServiceRequest, id: RequestId, (status, took): (u16, Duration)) {
        if !access_log::is_on() {
            return;
        }
        let span = tracing::info_span!("request", request_id = %id);
        let _entered = span.enter();
        access_log::request(&Line {
            info: &RequestInfo::new(id, self.http.origin(request)),
            method: request.method().as_str(),
            path: request.path(),
            status,
            took,
            code: None,
        });
    }
}

impl<S> Transform<S, ServiceRequest> for QuickLane
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Transform = Quick<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(Quick { lane: self.0.clone(), service }))
    }
}

/// [`QuickLane`] before the other middleware.
pub(in crate::platform::http) struct Quick<S> {
    lane: Option<Arc<Lane>>,
    service: S,
}

impl<S> Service<ServiceRequest> for Quick<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<BoxBody>, Error = Error>,
{
    type Response = ServiceResponse<BoxBody>;
    type Error = Error;
    type Future = Either<Ready<Result<Self::Response, Error>>, S::Future>;

    fn poll_ready(&self, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.service.poll_ready(context)
    }

    fn call(&self, request: ServiceRequest) -> Self::Future {
        match self.lane.as_ref().and_then(|lane| lane.answer(&request)) {
            Some(response) => Either::Left(ready(Ok(request.into_response(response)))),
            None => Either::Right(self.service.call(request)),
        }
    }
}
