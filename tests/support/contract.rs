//! The contract: every answer must be one that the OpenAPI documents describe, by status, media type and schema.

use std::collections::HashMap;
use std::sync::{Mutex, OnceLock};

use jsonschema::Validator;
use masthead::routes;
use reqwest::Method;
use serde_json::{Value, json};

use super::client::Answer;

struct Documents(Vec<Value>);

fn documents() -> &'static Documents {
    static DOCUMENTS: OnceLock<Documents> = OnceLock::new();
    DOCUMENTS.get_or_init(|| {
        let documents = routes::documents();
        Documents(vec![
            serde_json::to_value(documents.read).expect("JSON"),
            serde_json::to_value(documents.admin).expect("JSON"),
        ])
    })
}

/// Panics when the answer is not as documented. Paths that no document has (health, problems, documentation pages) and
/// answers to methods that the path does not take are left to their own tests.
pub fn check(method: &Method, path: &str, answer: &Answer) {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    // Without `fields` an answer is whole.
    let sparse = query.split('&').any(|parameter| parameter.starts_with("fields="));
    // HEAD has the headers of GET and no body; OPTIONS is not an operation.
    if *method == Method::HEAD || *method == Method::OPTIONS {
        return;
    }
    let method = method.as_str().to_lowercase();
    for document in &documents().0 {
        let Some(item) = find(document, path) else { continue };
        let Some(operation) = item.get(&method) else {
            assert_eq!(answer.status, 405, "{method} {path} is not documented");
            return;
        };
        check_response((document, sparse), operation, &format!("{method} {path}"), answer);
        return;
    }
}

/// The path item whose template fits; a literal segment goes before a parameter.
fn find<'a>(document: &'a Value, path: &str) -> Option<&'a Value> {
    let items = document["paths"].as_object()?;
    let fits = |template: &str| {
        let (template, path): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
        template.len() == path.len()
            && template.iter().zip(&path).all(|(t, p)| (t.starts_with('{') && !p.is_empty()) || t == p)
    };
    items.get(path).or_else(|| items.iter().find(|(template, _)| fits(template)).map(|(_, item)| item))
}

fn check_response((document, sparse): (&Value, bool), operation: &Value, what: &str, answer: &Answer) {
    let status = answer.status.to_string();
    let response = operation["responses"]
        .get(&status)
        .unwrap_or_else(|| panic!("{what} answered {status}, which is not documented: {}", answer.json));
    let response = resolve(document, response);
    for (name, header) in response["headers"].as_object().into_iter().flatten() {
        let required = resolve(document, header)["required"] == json!(true);
        assert!(!required || answer.headers.contains_key(name), "{what}: {status} lacks the header {name}");
    }
    let Some(content) = response.get("content").and_then(Value::as_object).filter(|c| !c.is_empty()) else {
        assert!(answer.bytes.is_empty(), "{what}: {status} should have no body");
        return;
    };
    let media_type = answer.header("content-type");
    let schema = &content.get(media_type).unwrap_or_else(|| {
        panic!("{what}: {status} came as {media_type}, documented are {:?}", content.keys())
    })["schema"];
    if media_type.ends_with("json") && !media_type.ends_with("ndjson") {
        validate((document, sparse), schema, what, &answer.json);
    } else {
        validate((document, sparse), schema, what, &json!(String::from_utf8_lossy(&answer.bytes)));
    }
}

fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => {
            document.pointer(reference.trim_start_matches('#')).expect("a reference that leads somewhere")
        }
        None => value,
    }
}

fn validate((document, sparse): (&Value, bool), schema: &Value, what: &str, body: &Value) {
    static VALIDATORS: Mutex<Option<HashMap<String, &'static Validator>>> = Mutex::new(None);
    let title = document["info"]["title"].to_string();
    let key = format!("{title} {sparse} {schema}");
    let validator = {
        let mut all = VALIDATORS.lock().expect("not poisoned");
        *all.get_or_insert_default().entry(key).or_insert_with(|| {
            let mut whole = json!({
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                "components": document["components"],
                "allOf": [schema],
            });
            if !sparse && let Some(part) = whole.pointer_mut("/components/schemas/Part") {
                *part = json!(false);
            }
            let validator =
                jsonschema::options().should_validate_formats(true).build(&whole).expect("a schema");
            Box::leak(Box::new(validator))
        })
    };
    let faults: Vec<String> =
        validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{what}: the body is not as documented: {faults:#?}\n{body:#}");
}
