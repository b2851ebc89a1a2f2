//! The examples of the documents: each fits its schema, and every answer of the read API has a whole one.

use serde_json::{Value, json};

use super::{documents, each_object, is_data, object};

/// Panics when a value does not fit a schema of the document.
fn fits(document: &Value, schema: &Value, value: &Value, what: &str) {
    let whole = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "components": document["components"],
        "allOf": [schema],
    });
    let validator = jsonschema::options().should_validate_formats(true).build(&whole);
    let validator =
        validator.unwrap_or_else(|error| panic!("{what} has no schema that can be read: {error}"));
    let faults: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(faults.is_empty(), "{what} does not fit its schema: {faults:#?}\n{value:#}");
}

#[test]
fn every_example_fits_its_schema() {
    for (name, document) in documents() {
        let mut count = 0;
        each_object(&document, "", &mut |at, map| {
            if is_data(at) {
                return;
            }
            let what = format!("{name}: the example at {at}");
            // Of a parameter, a header or a media type, beside its schema; of a schema, inside it.
            let (schema, named) = match map.get("schema") {
                Some(schema) => (schema.clone(), true),
                None => (Value::Object(map.clone()), false),
            };
            let mut examples: Vec<&Value> = map.get("example").into_iter().collect();
            match map.get("examples") {
                Some(Value::Array(list)) => examples.extend(list),
                Some(Value::Object(list)) if named => {
                    examples.extend(list.values().filter_map(|one| one.get("value")));
                }
                _ => {}
            }
            // A property may be called "example"; a schema says of itself what it is.
            let is_schema = named
                || ["type", "$ref", "oneOf", "anyOf", "allOf", "enum", "const"]
                    .iter()
                    .any(|key| map.contains_key(*key));
            for example in examples.into_iter().filter(|_| is_schema) {
                fits(&document, &schema, example, &what);
                count += 1;
            }
        });
        assert!(count > 10, "{name}: only {count} examples were found");
    }
}

/// A document in which every object is whole: what may be sparse is not, and a member that is not described is a fault.
fn exact(mut document: Value) -> Value {
    for (name, schema) in document["components"]["schemas"].as_object_mut().expect("schemas") {
        if name.starts_with("Sparse_") {
            *schema = schema["anyOf"][0].take();
        }
    }
    close(&mut document);
    document
}

/// Lets whatever refers to a schema allow no members but those, unless it puts several together.
fn close(value: &mut Value) {
    match value {
        Value::Object(map) => {
            if map.contains_key("$ref") {
                map.insert("unevaluatedProperties".to_owned(), json!(false));
            }
            for (key, value) in map {
                match value {
                    Value::Array(parts) if key == "allOf" => {
                        parts.iter_mut().filter(|part| part.get("$ref").is_none()).for_each(close);
                    }
                    value => close(value),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(close),
        _ => {}
    }
}

#[test]
fn every_answer_of_the_read_api_has_an_example() {
    let [(_, read), _] = documents();
    let exact = exact(read);
    let mut count = 0;
    for (path, item) in object(&exact["paths"]) {
        for (media_type, content) in object(&item["get"]["responses"]["200"]["content"]) {
            // What bytes somebody has uploaded, nobody can say.
            if content["schema"]["$ref"] == "#/components/schemas/FileBytes" {
                continue;
            }
            let what = format!("read: the example of GET {path} as {media_type}");
            assert!(content.get("example").is_some(), "{what} is missing");
            fits(&exact, &content["schema"], &content["example"], &what);
            count += 1;
        }
    }
    assert!(count > 10, "only {count} answers were found");
}
