//! Problems in the OpenAPI documents: one reusable response for each status, and a small type for each that an
//! operation lists in `responses(...)`. The descriptions and examples come from the registry of codes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::json;
use utoipa::IntoResponses;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::{ContentBuilder, Object, Ref, RefOr, Response, ResponseBuilder, Type};

use super::code::{CODES, Code};

/// The media type of every problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// The refusal with one status, for `responses(...)` of `utoipa::path`: a reference to the reusable response.
#[derive(Debug)]
pub struct Refused<const STATUS: u16>;

/// 400: malformed, an unknown or repeated parameter, a bad cursor.
pub type BadRequest = Refused<400>;
/// 401: no credential where one is needed, or a bad one.
pub type Unauthenticated = Refused<401>;
/// 403: known, but not allowed.
pub type Forbidden = Refused<403>;
/// 404: unknown or hidden.
pub type NotFound = Refused<404>;
/// 405: the address does not take this method.
pub type MethodNotAllowed = Refused<405>;
/// 406: `Accept` excludes every form.
pub type NotAcceptable = Refused<406>;
/// 408: the body came too slowly.
pub type Timeout = Refused<408>;
/// 409: a conflict of state.
pub type Conflict = Refused<409>;
/// 410: erased for good.
pub type Erased = Refused<410>;
/// 412: `If-Match` names an older version.
pub type Stale = Refused<412>;
/// 413: the body is too large.
pub type TooLarge = Refused<413>;
/// 414: the address is too long.
pub type UriTooLong = Refused<414>;
/// 415: the body has the wrong type.
pub type UnsupportedMediaType = Refused<415>;
/// 416: a range outside of the file.
pub type RangeNotSatisfiable = Refused<416>;
/// 422: readable, but not valid.
pub type Invalid = Refused<422>;
/// 428: a change without `If-Match`.
pub type PreconditionRequired = Refused<428>;
/// 429: too many requests.
pub type RateLimited = Refused<429>;
/// 500: an error inside.
pub type Internal = Refused<500>;
/// 503: not available for a moment.
pub type Unavailable = Refused<503>;
/// 507: no space left.
pub type OutOfSpace = Refused<507>;

impl<const STATUS: u16> IntoResponses for Refused<STATUS> {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([(STATUS.to_string(), refusal(STATUS))])
    }
}

/// A reference to the reusable response with this status.
pub(crate) fn refusal(status: u16) -> RefOr<Response> {
    RefOr::Ref(Ref::from_response_name(component_name(status)))
}

/// The name of the reusable response: the slug of its most general code in Pascal case.
fn component_name(status: u16) -> String {
    Code::from_status(status)
        .slug()
        .split('_')
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + rest
        })
        .collect()
}

/// All reusable responses, by name. What every answer carries (`X-Request-Id`) is added when a document is completed.
#[must_use]
pub fn component_responses() -> BTreeMap<String, Response> {
    let mut statuses: Vec<u16> = CODES.iter().map(|row| row.status).collect();
    statuses.dedup();
    statuses.into_iter().map(|status| (component_name(status), component(status))).collect()
}

fn component(status: u16) -> Response {
    let general = Code::from_status(status);
    let mut response = ResponseBuilder::new().description(description(status)).content(
        PROBLEM_JSON,
        ContentBuilder::new()
            .schema(Some(Ref::from_schema_name("ProblemBody")))
            .example(Some(example(general)))
            .build(),
    );
    for (name, header) in demanded_headers(status) {
        response = response.header(name, header);
    }
    response.build()
}

/// Lists the codes that a client can meet under this status.
fn description(status: u16) -> String {
    let rows: Vec<_> = CODES.iter().filter(|row| row.status == status).collect();
    if let [only] = rows.as_slice() {
        return format!("{}. {}", only.title, only.explanation);
    }
    let mut text = String::from("One of these codes:\n");
    for row in rows {
        // Writing to a String cannot fail.
        let _ = write!(text, "\n- `{}`: {}. {}", row.slug, row.title, row.explanation);
    }
    text
}

fn example(code: Code) -> serde_json::Value {
    let mut body = json!({
        "type": code.type_url(),
        "title": code.title(),
        "status": code.status(),
        "instance": "urn:uuid:0197f2a4-8c1e-7d52-9b3a-2f6c1d0e4a5b",
        "code": code.slug(),
    });
    if code.status() < 500 {
        body["detail"] = json!(code.row().explanation);
    }
    body
}

fn demanded_headers(status: u16) -> Vec<(&'static str, Header)> {
    match status {
        401 => vec![(
            "WWW-Authenticate",
            text_header("How to authenticate (RFC 6750).", json!(r#"Bearer realm="masthead""#)),
        )],
        405 => {
            vec![("Allow", text_header("The methods that the address takes.", json!("GET, HEAD, OPTIONS")))]
        }
        416 => vec![(
            "Content-Range",
            text_header("The length of the file in bytes (RFC 9110, section 14.4).", json!("bytes */1024")),
        )],
        429 | 503 => vec![(
            "Retry-After",
            HeaderBuilder::new()
                .schema(Some(Object::with_type(Type::Integer)))
                .description(Some("Seconds to wait before the same request is sent again."))
                .example(Some(json!(1)))
                .build(),
        )],
        _ => Vec::new(),
    }
}

fn text_header(description: &str, example: serde_json::Value) -> Header {
    HeaderBuilder::new()
        .schema(Some(Object::with_type(Type::String)))
        .description(Some(description))
        .example(Some(example))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_of_the_registry_has_one_component() {
        let components = component_responses();
        for row in CODES {
            let response = &components[&component_name(row.status)];
            assert!(response.description.contains(row.title), "{}", row.slug);
        }
        assert_eq!(component_name(400), "MalformedRequest");
        assert_eq!(component_name(428), "PreconditionRequired");
    }

    #[test]
    fn a_type_gives_a_reference_that_exists() {
        let responses = serde_json::to_value(Stale::responses()).unwrap();
        assert_eq!(responses, json!({"412": {"$ref": "#/components/responses/Stale"}}));
        assert!(component_responses().contains_key("Stale"));
    }

    #[test]
    fn the_headers_that_a_status_demands_are_described() {
        let all = component_responses();
        assert!(all["MethodNotAllowed"].headers.contains_key("Allow"));
        assert!(all["Unavailable"].headers.contains_key("Retry-After"));
        assert!(all["Unauthenticated"].headers.contains_key("WWW-Authenticate"));
    }
}
