//! Problems over HTTP: how actix answers with one, and the pages at `/problems` that their `type` leads to.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError, web};

use super::pages;
use super::responses::PROBLEM_JSON;
use super::{Code, CodeRow, Problem};
use crate::platform::http::accept;
use crate::platform::http::{CachePolicy, FinishedReply};

/// The paths that [`mount`] serves, for the registry of routes.
pub const PATHS: [&str; 2] = ["/problems", "/problems/{code}"];

/// Seconds that a page about a code may be kept by caches.
const PAGE_SECONDS: u32 = 3600;

impl Problem {
    /// The answer for the client. `instance` is the id of the request, when it is known.
    #[must_use]
    pub fn response(&self, instance: Option<String>) -> HttpResponse {
        let code = self.code();
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // The body is made of strings and numbers alone, so it can always be written as JSON.
        let body = serde_json::to_vec(&self.body(instance)).unwrap_or_default();
        let mut response = HttpResponse::build(status).content_type(PROBLEM_JSON).body(body);
        for (name, value) in self.headers() {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(&value)) {
                response.headers_mut().append(name, value);
            }
        }
        // What is left of the body would have to be read before the next request: closing is cheaper.
        if matches!(code, Code::Timeout | Code::TooLarge) {
            response.head_mut().set_connection_type(ConnectionType::Close);
        }
        response
    }

    /// Answers a request from a middleware, without calling the next one.
    #[must_use]
    pub fn answer(self, req: ServiceRequest) -> ServiceResponse<BoxBody> {
        req.error_response(self)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        self.response(None)
    }
}

/// Mounts the pages about problem codes.
pub fn mount(config: &mut web::ServiceConfig) {
    config.route(PATHS[0], web::get().to(problem_index)).route(PATHS[1], web::get().to(problem_page));
}

async fn problem_index(req: HttpRequest) -> FinishedReply {
    if accept::prefers_json(req.headers()) {
        json(pages::index_json().to_string())
    } else {
        html(pages::index_html())
    }
}

async fn problem_page(req: HttpRequest) -> Result<FinishedReply, Problem> {
    let slug = req.match_info().query("code");
    let row: &CodeRow = Code::from_slug(slug).map(Code::row).ok_or_else(|| {
        Problem::new(Code::NotFound).detail("No problem has this code. All codes are at /problems.")
    })?;
    Ok(if accept::prefers_json(req.headers()) {
        json(pages::code_json(row).to_string())
    } else {
        html(pages::code_html(row))
    })
}

fn json(text: String) -> FinishedReply {
    kept(FinishedReply::new("application/json", text))
}

fn html(text: String) -> FinishedReply {
    kept(FinishedReply::new("text/html; charset=utf-8", text))
}

fn kept(reply: FinishedReply) -> FinishedReply {
    reply.hashed().cache(CachePolicy::PublicStatic { seconds: PAGE_SECONDS })
}
