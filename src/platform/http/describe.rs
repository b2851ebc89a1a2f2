//! The last step of making an OpenAPI document: what every operation can answer and every answer carries is added here,
//! from what the middleware and extractors do, so that no handler has to repeat it and none can forget it.

use std::collections::BTreeSet;

use serde_json::json;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::schema::{ArrayItems, ObjectBuilder};
use utoipa::openapi::{Components, Object, OpenApi, Ref, RefOr, Response, ResponseBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use super::sparse;
use crate::platform::problem::{ProblemBody, component_responses, refusal};

const NOT_MODIFIED: &str = "NotModified";
const REQUEST_ID: &str = "RequestId";
const CACHE_CONTROL: &str = "CacheControl";

/// What any request can meet: a malformed address (400, 414), U+0000 in it (422), a bad credential (401), more requests than
/// one address may send (429), an error inside (500) and a part that is away (503).
const ALWAYS: [u16; 7] = [400, 401, 414, 422, 429, 500, 503];
/// What an operation with a body can meet besides: slow, too large, of the wrong type.
const WITH_BODY: [u16; 3] = [408, 413, 415];

/// Completes a document: adds the refusals that each operation can meet, 304 where there is an `ETag` to compare, the
/// headers that every answer has, and the reusable parts that these refer to. What an operation says itself stays. 405 is
/// not added, because no operation gives it: it is the answer of a path to methods that have none.
pub fn complete(openapi: &mut OpenApi) {
    let mut used = BTreeSet::new();
    for item in openapi.paths.paths.values_mut() {
        for (is_get, operation) in operations(item) {
            complete_operation(operation, is_get);
            used.extend(references(operation));
        }
    }
    let components = openapi.components.get_or_insert_with(Components::new);
    add_components(components, &used);
    name_items(components);
}

/// Has every list refer to the schema of its items, and what may be sparse to its whole, where utoipa repeats it: a client
/// then has one type and not two.
fn name_items(components: &mut Components) {
    let whole = |name: &str| Some(name.trim_start_matches("Page_").strip_prefix("Sparse_")?.to_owned());
    let wholes: BTreeSet<String> = components.schemas.keys().filter_map(|name| whole(name)).collect();
    let either = |name: &String| {
        let schema = components.schemas.get(name).cloned().unwrap_or_default();
        (format!("Sparse_{name}"), sparse::either(name, &schema))
    };
    let either: Vec<_> = wholes.iter().map(either).collect();
    components.schemas.extend(either);
    let names: BTreeSet<String> = components.schemas.keys().cloned().collect();
    for (name, schema) in &mut components.schemas {
        let Some(item) = name.strip_prefix("Page_").filter(|item| names.contains(*item)) else { continue };
        if let RefOr::T(Schema::Object(page)) = schema
            && let Some(RefOr::T(Schema::Array(data))) = page.properties.get_mut("data")
        {
            data.items = ArrayItems::RefOrSchema(Box::new(RefOr::Ref(Ref::from_schema_name(item))));
        }
    }
}

/// The names of the reusable responses that an operation refers to.
fn references(operation: &Operation) -> impl Iterator<Item = String> {
    operation.responses.responses.values().filter_map(|response| match response {
        RefOr::Ref(reference) => reference.ref_location.rsplit('/').next().map(str::to_owned),
        RefOr::T(_) => None,
    })
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (bool, &mut Operation)> {
    let PathItem { get, post, put, patch, delete, .. } = item;
    [(true, get), (false, post), (false, put), (false, patch), (false, delete)]
        .into_iter()
        .filter_map(|(is_get, operation)| Some((is_get, operation.as_mut()?)))
}

fn complete_operation(operation: &mut Operation, is_get: bool) {
    describe_preconditions(operation);
    describe_parts(operation);
    let mut statuses = ALWAYS.to_vec();
    if operation.request_body.is_some() {
        statuses.extend(WITH_BODY);
    }
    let mut tagged = false;
    for (status, response) in &mut operation.responses.responses {
        let RefOr::T(response) = response else {
            continue;
        };
        if status.starts_with('2') && !response.content.is_empty() {
            statuses.push(406);
        }
        tagged |= status == "200" && response.headers.contains_key("ETag");
        add_headers(response);
    }
    let responses = &mut operation.responses.responses;
    for status in statuses {
        responses.entry(status.to_string()).or_insert_with(|| refusal(status));
    }
    if is_get && tagged {
        responses
            .entry("304".to_owned())
            .or_insert_with(|| RefOr::Ref(Ref::from_response_name(NOT_MODIFIED)));
    }
}

/// Says which values the headers of a precondition have: one tag of a version, or `*` for what is not there yet. A header is
/// there or not, so `null` is none of its values.
fn describe_preconditions(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        let pattern = match (&parameter.parameter_in, parameter.name.as_str()) {
            (ParameterIn::Header, "If-Match") => "^\"v[1-9][0-9]{0,17}\"$",
            (ParameterIn::Header, "If-None-Match") => r"^\*$",
            _ => continue,
        };
        let text = ObjectBuilder::new().schema_type(Type::String).pattern(Some(pattern));
        parameter.schema = Some(text.into());
    }
}

/// A part has the types of the whole.
fn describe_parts(operation: &mut Operation) {
    let responses = &mut operation.responses.responses;
    let Some(RefOr::T(whole)) = responses.get("200") else { return };
    let content = whole.content.clone();
    if let Some(RefOr::T(part)) = responses.get_mut("206")
        && part.content.is_empty()
    {
        part.content = content;
    }
}

fn add_headers(response: &mut Response) {
    for (name, component) in [("X-Request-Id", REQUEST_ID), ("Cache-Control", CACHE_CONTROL)] {
        response
            .headers
            .entry(name.to_owned())
            .or_insert_with(|| RefOr::Ref(Ref::new(format!("#/components/headers/{component}"))));
    }
}

/// Adds what is referred to; a part that nothing uses would be a fault of the document.
fn add_components(components: &mut Components, used: &BTreeSet<String>) {
    let mut schemas = vec![(ProblemBody::name().into_owned(), ProblemBody::schema())];
    ProblemBody::schemas(&mut schemas);
    for (name, schema) in schemas {
        components.schemas.entry(name).or_insert(schema);
    }
    for (name, header) in [(REQUEST_ID, request_id_header()), (CACHE_CONTROL, cache_control_header())] {
        components.headers.entry(name.to_owned()).or_insert(RefOr::T(header));
    }
    let not_modified = (NOT_MODIFIED.to_owned(), not_modified());
    let responses = component_responses().into_iter().chain([not_modified]);
    for (name, mut response) in responses.filter(|(name, _)| used.contains(name)) {
        add_headers(&mut response);
        components.responses.entry(name).or_insert(RefOr::T(response));
    }
}

fn not_modified() -> Response {
    ResponseBuilder::new()
        .description(
            "Not modified: `If-None-Match` names the tag of the present answer, so it is not sent again.",
        )
        .header("ETag", text_header("The tag of the present answer.", "\"e3b0c44298fc1c149afbf4c8996fb924\""))
        .build()
}

fn request_id_header() -> Header {
    text_header(
        "The id of this request: the one that the client sent, when it was 1 to 64 characters of `A-Z a-z 0-9 . _ -`, \
         or a new UUID. It stands in the server's log.",
        "0197f2a4-8c1e-7d52-9b3a-2f6c1d0e4a5b",
    )
}

fn cache_control_header() -> Header {
    text_header("Who may keep this answer, and for how long (RFC 9111).", "no-store")
}

fn text_header(description: &str, example: &str) -> Header {
    HeaderBuilder::new()
        .schema(Some(Object::with_type(Type::String)))
        .description(Some(description))
        .example(Some(json!(example)))
        .build()
}
