//! The outermost middleware: what every answer has in common. It names the request, catches panics, turns whatever failed
//! into a problem, renders cache policy, security and CORS headers, and writes the log. Nothing leaves around it.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse};
use futures_util::FutureExt;
use tracing::Instrument;

use super::access_log::{self, Line, panic_message};
use super::area::Area;
use super::cache;
use super::cors;
use super::headers;
use super::request::{RequestId, RequestInfo, X_REQUEST_ID};
use super::stack::Http;
use super::traffic::Answered;
use super::unread::Unread;
use crate::platform::problem::{Code, Problem};

/// What is known of a request before anything else has seen it.
struct Begun {
    info: RequestInfo,
    method: String,
    path: String,
    started: Instant,
    unread: Option<Unread>,
}

/// The middleware.
pub(super) async fn serve(
    http: &Http,
    mut req: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let begun = begin(http, &mut req);
    let span = tracing::info_span!("request", request_id = %begun.info.id());
    let inner = async {
        let (req, mut response) = next.call(req).await?.into_parts();
        cache::render(&mut response);
        Ok::<_, Error>(ServiceResponse::new(req, response))
    };
    let outcome = AssertUnwindSafe(inner).catch_unwind().instrument(span.clone()).await;
    let _entered = span.enter();
    let failure = match outcome {
        Ok(Ok(response)) => {
            let (req, response) = response.into_parts();
            return Ok(ServiceResponse::new(req, end(http, begun, response)));
        }
        Ok(Err(error)) => HttpResponse::from_error(error),
        Err(panic) => {
            HttpResponse::from_error(Problem::internal(format!("panic: {}", panic_message(panic.as_ref()))))
        }
    };
    // The request is lost, so the answer must travel as an error that already holds it.
    let response = end(http, begun, failure);
    Err(InternalError::from_response("the answer is complete", response).into())
}

fn begin(http: &Http, req: &mut ServiceRequest) -> Begun {
    let id = RequestId::of(req.headers(), || http.new_request_id());
    let info = RequestInfo::new(id, http.origin(req.peer_addr(), req.headers()));
    req.extensions_mut().insert(info.clone());
    Begun {
        info,
        method: req.method().to_string(),
        path: req.path().to_owned(),
        started: Instant::now(),
        unread: Unread::watch(req),
    }
}

/// Finishes the answer and writes the log.
fn end(http: &Http, begun: Begun, response: HttpResponse) -> HttpResponse {
    let (response, code) = as_problem(response, &begun.info);
    let mut response = match begun.unread {
        Some(unread) => unread.hold(response),
        None => response,
    };
    let area = Area::of(&begun.path);
    if response.status() != StatusCode::NOT_MODIFIED {
        headers::apply(response.headers_mut(), area, http.behind_tls());
    }
    cors::open(response.headers_mut(), area);
    if let Ok(id) = HeaderValue::from_str(begun.info.id().as_str()) {
        response.headers_mut().insert(X_REQUEST_ID, id);
    }
    let (status, took) = (response.status().as_u16(), begun.started.elapsed());
    http.traffic().count(Answered { operation: begun.info.operation(), method: &begun.method, status, took });
    access_log::request(&Line {
        info: &begun.info,
        method: &begun.method,
        path: &begun.path,
        status,
        took,
        code,
    });
    response
}

/// Gives every failure the body of a problem, with the id of the request. A failure of actix itself, or one without a
/// body, becomes the general problem of its status. A body that a handler wrote on purpose stays.
fn as_problem(response: HttpResponse, info: &RequestInfo) -> (HttpResponse, Option<Code>) {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let empty = matches!(response.body().size(), BodySize::None | BodySize::Sized(0));
    if !failed || (response.error().is_none() && !empty) {
        return (response, None);
    }
    let general = || Problem::new(Code::from_status(status.as_u16()));
    let made;
    let problem = match response.error().map(|error| (error, error.as_error::<Problem>())) {
        Some((_, Some(problem))) => problem,
        Some((error, None)) => {
            made = general().caused_by(error.to_string());
            &made
        }
        None => {
            made = general();
            &made
        }
    };
    access_log::failure(problem);
    let mut rendered = problem.response(Some(info.id().instance()));
    for (name, value) in response.headers() {
        let about_body = name == CONTENT_TYPE || name == CONTENT_LENGTH;
        if !about_body && !rendered.headers().contains_key(name) {
            rendered.headers_mut().append(name.clone(), value.clone());
        }
    }
    if !rendered.headers().contains_key(CACHE_CONTROL) {
        cache::render(&mut rendered);
    }
    (rendered, Some(problem.code()))
}
