//! What the document says of every answer of the read API: an example of it, and the headers of those that are about a state of
//! the site, said once.

use serde_json::json;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{Object, OpenApi, RefOr, Type};

use super::examples;

/// The parameter that every operation about a state has, and the one that every list has.
const STATE: &str = "as_of";
const LIST: &str = "after";

/// Adds to the answer of each operation an example, and the headers that its parameters bring about.
pub fn describe(document: &mut OpenApi) {
    examples::add(document);
    for operation in document.paths.paths.values_mut().filter_map(|item| item.get.as_mut()) {
        let (state, list) = (takes(operation, STATE), takes(operation, LIST));
        let Some(RefOr::T(answer)) = operation.responses.responses.get_mut("200") else { continue };
        let tagged = state || answer.headers.contains_key("ETag");
        let mut add = |name: &str, header| drop(answer.headers.insert(name.to_owned(), header));
        if state {
            add("ETag", header(Type::String, "Changes whenever the answer does. Not with `as_of`."));
        }
        if tagged {
            add("Surrogate-Key", tags(SPACES, "site kind:page page:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41"));
            add("Cache-Tag", tags(COMMAS, "site,kind:page,page:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41"));
        }
        if state && list {
            add("Link", header(Type::String, "The next and the previous page of the list (RFC 8288)."));
        }
        if state {
            add(
                "Masthead-As-Of",
                header(Type::String, "With `as_of`: the instant that the answer is about."),
            );
            add(
                "Masthead-Final",
                header(
                    Type::Boolean,
                    "With `as_of`: whether no later change can make this answer another one.",
                ),
            );
        }
    }
}

const SPACES: &str = "What the answer was computed from, as a CDN is told it that purges by tags: `site` on every answer, \
    `kind:<kind>` for each kind that it shows or points at, `list:<kind>` when it depends on which entries of the kind there are, \
    and `<kind>:<id>` for each entry that it shows, or `many:<kind>` when there are more than have room. Separated by \
    spaces. On 304 too; not on what is for its caller alone.";
const COMMAS: &str = "The same as `Surrogate-Key`, separated by commas.";

fn tags(description: &str, example: &str) -> RefOr<Header> {
    let text = Object::with_type(Type::String);
    let header =
        HeaderBuilder::new().schema(Some(text)).description(Some(description)).example(Some(json!(example)));
    RefOr::T(header.build())
}

fn takes(operation: &Operation, name: &str) -> bool {
    operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => parameter.name == name,
        RefOr::Ref(_) => false,
    })
}

fn header(kind: Type, description: &str) -> RefOr<Header> {
    let header = HeaderBuilder::new().schema(Some(Object::with_type(kind))).description(Some(description));
    RefOr::T(header.build())
}
