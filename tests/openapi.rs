//! The OpenAPI documents: as committed, complete, and true of their own examples.
// So that clippy knows all of this as a test, the functions between the tests too.
#![cfg(test)]

#[path = "openapi/breaks.rs"]
mod breaks;
#[path = "openapi/breaks_tests.rs"]
mod breaks_tests;
#[path = "openapi/examples.rs"]
mod examples;
#[path = "openapi/schemas.rs"]
mod schemas;

use std::collections::BTreeSet;

use masthead::routes;
use serde_json::{Map, Value, json};

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Each document with its name.
fn documents() -> [(&'static str, Value); 2] {
    let documents = routes::documents();
    let value = |document| serde_json::to_value(document).expect("JSON");
    [("read", value(&documents.read)), ("admin", value(&documents.admin))]
}

/// Every operation as `read: GET /v1/pages`, with its document.
fn each_operation(mut check: impl FnMut(&str, &Value, &Value)) {
    let mut count = 0;
    for (name, document) in documents() {
        for (path, item) in object(&document["paths"]) {
            for (method, operation) in object(item).iter().filter(|(key, _)| METHODS.contains(&key.as_str()))
            {
                check(&format!("{name}: {} {path}", method.to_uppercase()), operation, &document);
                count += 1;
            }
        }
    }
    assert!(count >= 10, "there are more than {count} operations");
}

fn object(value: &Value) -> &Map<String, Value> {
    value.as_object().unwrap_or_else(|| panic!("no object: {value}"))
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
            target.unwrap_or_else(|| panic!("{reference} leads nowhere"))
        }
        None => value,
    }
}

/// Calls with every object in a document, with the pointer to it.
fn each_object(value: &Value, at: &str, check: &mut impl FnMut(&str, &Map<String, Value>)) {
    match value {
        Value::Object(map) => {
            check(at, map);
            for (key, value) in map {
                each_object(value, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), check);
            }
        }
        Value::Array(list) => {
            for (nth, value) in list.iter().enumerate() {
                each_object(value, &format!("{at}/{nth}"), check);
            }
        }
        _ => {}
    }
}

/// Whether a place in a document is a value of somebody's (an example, a default) and no description of any.
fn is_data(at: &str) -> bool {
    at.split('/').any(|key| ["example", "examples", "default", "enum", "const"].contains(&key))
}

fn says_something(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().len() > 3)
}

#[test]
fn the_committed_documents_are_those_of_the_routes() {
    let documents = routes::documents();
    for (name, document) in [("read", documents.read), ("admin", documents.admin)] {
        let path = format!("{}/openapi/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let committed = std::fs::read_to_string(&path).expect("a committed document");
        let made = serde_json::to_string_pretty(&document).expect("JSON") + "\n";
        for (nth, (committed, made)) in committed.lines().zip(made.lines()).enumerate() {
            assert_eq!(committed, made, "openapi/{name}.json:{}: run `make openapi`", nth + 1);
        }
        assert!(committed == made, "openapi/{name}.json ends otherwise: run `make openapi`");
    }
}

#[test]
fn every_operation_says_what_it_is() {
    let mut ids = BTreeSet::new();
    each_operation(|what, operation, document| {
        let id = operation["operationId"].as_str().unwrap_or_else(|| panic!("{what} has no operationId"));
        let api = document["info"]["title"].as_str().expect("a title");
        assert!(ids.insert(format!("{api} {id}")), "{what}: operationId {id} is taken");
        assert!(
            id.chars().all(|c| c.is_ascii_lowercase() || c == '_'),
            "{what}: operationId {id} is no name of a handler"
        );
        assert!(says_something(&operation["summary"]), "{what} has no summary");
        assert!(says_something(&operation["description"]), "{what} has no description");
        let tags = operation["tags"].as_array().unwrap_or_else(|| panic!("{what} has no tag"));
        assert_eq!(tags.len(), 1, "{what} has one tag");
        let known = document["tags"].as_array().expect("tags of the document");
        assert!(
            known.iter().any(|tag| tag["name"] == tags[0] && says_something(&tag["description"])),
            "{what}: the tag {} is described nowhere",
            tags[0]
        );
    });
}

#[test]
fn every_operation_says_how_it_fails() {
    each_operation(|what, operation, document| {
        let responses = object(&operation["responses"]);
        let of = |class: char| responses.iter().filter(move |(status, _)| status.starts_with(class));
        assert!(of('2').count() > 0, "{what} never succeeds");
        assert!(of('4').count() > 0, "{what} has no 4xx");
        assert!(responses.contains_key("500"), "{what} has no 500");
        for (status, response) in responses {
            let response = resolve(document, response);
            assert!(says_something(&response["description"]), "{what}: {status} has no description");
        }
        for (status, response) in of('4').chain(of('5')) {
            let content = object(&resolve(document, response)["content"]);
            let media_types: Vec<&String> = content.keys().collect();
            assert_eq!(media_types, ["application/problem+json"], "{what}: {status}");
        }
    });
}

#[test]
fn every_parameter_header_and_body_is_described() {
    each_operation(|what, operation, document| {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = resolve(document, parameter);
            assert!(
                says_something(&parameter["description"]),
                "{what}: {} has no description",
                parameter["name"]
            );
            assert!(parameter["schema"].is_object(), "{what}: {} has no schema", parameter["name"]);
        }
        if let Some(body) = operation.get("requestBody") {
            assert!(
                says_something(&resolve(document, body)["description"]),
                "{what}: the body has no description"
            );
        }
        for (status, response) in object(&operation["responses"]) {
            for (name, header) in resolve(document, response)["headers"].as_object().into_iter().flatten() {
                let header = resolve(document, header);
                assert!(
                    says_something(&header["description"]),
                    "{what}: {status}: {name} has no description"
                );
            }
        }
    });
}

/// Described itself, by the schema it names, by one of several that it may be, or as the one value that it can have.
fn is_described(document: &Value, schema: &Value) -> bool {
    let either =
        |key: &str| schema[key].as_array().into_iter().flatten().any(|one| is_described(document, one));
    says_something(&schema["description"])
        || says_something(&resolve(document, schema)["description"])
        || either("oneOf")
        || schema["enum"].as_array().is_some_and(|values| values.len() == 1)
}

#[test]
fn every_property_of_every_schema_is_described() {
    for (name, document) in documents() {
        for (schema, value) in object(&document["components"]["schemas"]) {
            // A variant that is put together of others is described by them.
            let described = says_something(&value["description"]);
            assert!(described, "{name}: the schema {schema} has no description");
        }
        let mut properties = 0;
        each_object(&document, "", &mut |at, map| {
            let Some(Value::Object(found)) = map.get("properties").filter(|_| !is_data(at)) else { return };
            for (property, value) in found {
                properties += 1;
                assert!(
                    is_described(&document, value),
                    "{name}: {at}/properties/{property} has no description"
                );
            }
        });
        assert!(properties > 20, "{name}: only {properties} properties were found");
    }
}

#[test]
fn nothing_breaks_the_clients_of_the_last_release() {
    for (name, document) in documents() {
        let path = format!("{}/openapi/released/{name}.json", env!("CARGO_MANIFEST_DIR"));
        let released = std::fs::read_to_string(&path).expect("a released document");
        let released: Value = serde_json::from_str(&released).expect("JSON");
        let found = breaks::compare(&released, &document);
        let (breaks, notes) = (&found.breaks, &found.notes);
        assert!(
            breaks.is_empty(),
            "{name}: clients of openapi/released break: {breaks:#?}; also: {notes:#?}"
        );
    }
}

#[test]
fn every_reference_leads_somewhere() {
    for (name, document) in documents() {
        let mut count = 0;
        each_object(&document, "", &mut |at, map| {
            let Some(reference) = map.get("$ref").and_then(Value::as_str).filter(|_| !is_data(at)) else {
                return;
            };
            let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
            assert!(target.is_some(), "{name}: {at}: {reference} leads nowhere");
            count += 1;
        });
        assert!(count > 20, "{name}: only {count} references were found");
    }
}

#[test]
fn what_may_be_null_in_the_read_api_is_always_there() {
    let [(_, read), _] = documents();
    let mut count = 0;
    each_object(&read, "", &mut |at, map| {
        let Some(Value::Object(properties)) = map.get("properties").filter(|_| !is_data(at)) else { return };
        let required: Vec<&Value> =
            map.get("required").and_then(Value::as_array).into_iter().flatten().collect();
        for (name, schema) in properties {
            // Absent when it was not asked for, null at the top of the site.
            let either = at.ends_with("/IncludedView") && name == "parent";
            if !either && schemas::Union::of(&read, schema).nullable {
                assert!(
                    required.iter().any(|one| *one == name),
                    "{at}: {name} may be null and may be absent"
                );
                count += 1;
            }
        }
    });
    assert!(count > 20, "only {count} properties were found");
}

/// The operations of the admin API with which people come in.
const IN_THE_OPEN: [&str; 3] = ["ask_for_reset", "log_in", "redeem_link"];

#[test]
fn a_credential_is_asked_for_by_the_admin_api_alone() {
    each_operation(|what, operation, document| {
        let required = operation.get("security").or_else(|| document.get("security"));
        let schemes: Vec<&String> = required
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .flat_map(|requirement| object(requirement).keys())
            .collect();
        if what.starts_with("read") {
            let first = required.and_then(|required| required.get(0));
            assert!(first.is_some_and(|first| object(first).is_empty()), "{what} asks for {schemes:?}");
            return;
        }
        if IN_THE_OPEN.contains(&operation["operationId"].as_str().expect("an id")) {
            assert_eq!(*operation["security"].as_array().expect("a list"), [json!({})], "{what}");
            return;
        }
        assert!(!schemes.is_empty(), "{what} asks for no credential");
        for requirement in required.and_then(Value::as_array).into_iter().flatten() {
            assert!(!object(requirement).is_empty(), "{what}: an empty requirement lets everyone in");
        }
        for scheme in schemes {
            let defined = &document["components"]["securitySchemes"][scheme];
            let how = (defined["type"].as_str(), defined["scheme"].as_str(), defined["in"].as_str());
            let known = [(Some("http"), Some("bearer"), None), (Some("apiKey"), None, Some("cookie"))];
            assert!(known.contains(&how), "{what}: {scheme} is {how:?}");
        }
        assert!(operation["responses"].get("401").is_some(), "{what} has no 401");
        // Everybody may ask who they are.
        let open_to_all = operation["operationId"] == "get_me";
        assert!(open_to_all || operation["responses"].get("403").is_some(), "{what} has no 403");
    });
}
