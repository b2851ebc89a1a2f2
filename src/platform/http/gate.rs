//! The gate before routing: the address is checked, HEAD becomes GET, OPTIONS is answered, a wrong method is 405 and a
//! form that does not exist is 406. All of it comes from the registry of routes, so it is right for every path.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse};

use super::accept::is_acceptable;
use super::area::Area;
use super::cors;
use super::registry::{Found, Registry};
use super::request::RequestInfo;
use super::uri;
use crate::platform::problem::{Code, Problem};

/// The middleware.
pub(super) async fn serve(
    registry: &Registry,
    uri_bytes: usize,
    mut req: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if let Err(problem) = uri::check(req.uri(), uri_bytes) {
        return Ok(problem.answer(req));
    }
    let path = req.match_info().as_str().to_owned();
    let Some(found) = registry.find(&path) else {
        return Ok(not_found().answer(req));
    };
    if req.method() == Method::OPTIONS {
        return Ok(options(&found, req));
    }
    if req.method() == Method::HEAD {
        if let Some(info) = RequestInfo::of(&req) {
            info.set_head();
        }
        // The connection remembers HEAD: the body is left out and its length stays.
        req.head_mut().method = Method::GET;
    }
    let Some((operation, produces)) = found.operation(req.method()) else {
        return Ok(method_not_allowed(&found, &req).answer(req));
    };
    if let Some(info) = RequestInfo::of(&req) {
        info.set_operation(operation);
    }
    if !is_acceptable(req.headers(), produces) {
        return Ok(not_acceptable(produces).answer(req));
    }
    next.call(req).await
}

fn options(found: &Found<'_>, req: ServiceRequest) -> ServiceResponse<BoxBody> {
    let mut response = HttpResponse::NoContent().finish();
    if let Ok(allow) = HeaderValue::from_str(&found.allow()) {
        response.headers_mut().insert(ALLOW, allow);
    }
    cors::preflight(req.headers(), response.headers_mut(), Area::of(req.path()));
    req.into_response(response)
}

/// The answer for a path that no route covers.
pub(super) fn not_found() -> Problem {
    Problem::new(Code::NotFound).detail(
        "No operation has this path. The documentation lists all that have one: /docs of the read API, /admin/docs of the admin \
         API.",
    )
}

fn method_not_allowed(found: &Found<'_>, req: &ServiceRequest) -> Problem {
    let allow = found.allow();
    let asked = match RequestInfo::of(req) {
        Some(info) if info.is_head() => Method::HEAD,
        _ => req.method().clone(),
    };
    Problem::new(Code::MethodNotAllowed)
        .detail(format!("This path does not take {asked}. It takes {allow}."))
        .header("allow", allow)
}

fn not_acceptable(produces: &[String]) -> Problem {
    Problem::new(Code::NotAcceptable)
        .detail(format!("The header Accept excludes what this operation gives: {}.", produces.join(", ")))
}
