//! The comparison of documents, on small ones: each kind of break is named, and what breaks nobody is not.

use serde_json::{Value, json};

use super::breaks::compare;

/// A document with two operations and schemas that lead to each other.
fn document() -> Value {
    json!({
        "paths": { "/things": {
            "get": {
                "operationId": "list_things",
                "parameters": [
                    { "name": "limit", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 100 } },
                    { "name": "sort", "in": "query", "schema": { "type": "string", "enum": ["name", "size"] } },
                    { "name": "q", "in": "query", "schema": { "type": "string", "maxLength": 50, "pattern": "^a" } },
                ],
                "responses": {
                    "200": { "content": {
                        "application/json": { "schema": { "$ref": "#/components/schemas/Thing" } },
                        "text/csv": { "schema": { "type": "string" } },
                    } },
                    "404": { "$ref": "#/components/responses/NotFound" },
                },
            },
            "post": {
                "operationId": "create_thing",
                "requestBody": { "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Draft" },
                } } },
                "responses": { "201": {} },
            },
        } },
        "components": {
            "responses": { "NotFound": { "content": { "application/json": { "schema": { "type": "object" } } } } },
            "schemas": {
                "Thing": { "allOf": [
                    { "$ref": "#/components/schemas/Named" },
                    { "type": "object", "required": ["kind", "size"], "properties": {
                        "kind": { "type": "string", "enum": ["big", "small"] },
                        "size": { "type": "integer", "format": "int32" },
                        "parent": { "oneOf": [{ "$ref": "#/components/schemas/Thing" }, { "type": "null" }] },
                        "parts": { "type": "array", "items": { "oneOf": [
                            { "$ref": "#/components/schemas/Thing" },
                            { "$ref": "#/components/schemas/Named" },
                        ] } },
                    } },
                ] },
                "Named": { "type": "object", "required": ["name"], "properties": { "name": { "type": "string" } } },
                "Draft": { "type": "object", "required": ["name"], "properties": {
                    "name": { "type": "string" },
                    "size": { "type": ["integer", "null"] },
                    "color": { "type": "string", "enum": ["red", "blue"] },
                    "inside": { "$ref": "#/components/schemas/Draft" },
                } },
            },
        },
    })
}

const LIST: &str = "/paths/~1things/get";
const CREATE: &str = "/paths/~1things/post";
const THING: &str = "/components/schemas/Thing/allOf/1";
const DRAFT: &str = "/components/schemas/Draft";

/// The document with one value set: of an object by its name, of a list by its number or, with `-`, at its end.
fn with(at: &str, value: Value) -> Value {
    let mut document = document();
    let (parent, key) = at.rsplit_once('/').expect("a place");
    let key = key.replace("~1", "/");
    match document.pointer_mut(parent).unwrap_or_else(|| panic!("{parent} is not there")) {
        Value::Object(map) => drop(map.insert(key, value)),
        Value::Array(list) if key == "-" => list.push(value),
        Value::Array(list) => list[key.parse::<usize>().expect("a number")] = value,
        _ => panic!("{parent} holds nothing"),
    }
    document
}

fn without(at: &str) -> Value {
    let mut document = document();
    let (parent, key) = at.rsplit_once('/').expect("a place");
    let key = key.replace("~1", "/");
    let removed = match document.pointer_mut(parent) {
        Some(Value::Object(map)) => map.remove(&key),
        Some(Value::Array(list)) => Some(list.remove(key.parse().expect("a number"))),
        _ => None,
    };
    assert!(removed.is_some(), "{at} is not there");
    document
}

/// Exactly one break, which says this.
#[track_caller]
fn breaks(now: &Value, expected: &str) {
    assert_eq!(compare(&document(), now).breaks, [expected]);
}

/// No break, and these notes.
#[track_caller]
fn keeps(now: &Value, notes: &[&str]) {
    let found = compare(&document(), now);
    assert!(found.breaks.is_empty(), "{:#?}", found.breaks);
    assert_eq!(found.notes, notes);
}

#[test]
fn a_document_keeps_what_it_promised_itself() {
    keeps(&document(), &[]);
}

#[test]
fn what_is_removed_or_renamed_breaks() {
    breaks(&without(CREATE), "POST /things: the operation was removed");
    breaks(&with(&format!("{LIST}/operationId"), json!("things")), "GET /things: the operationId changed");
    breaks(&without(&format!("{LIST}/parameters/1")), "GET /things: query parameter sort: it was removed");
    breaks(&without(&format!("{LIST}/responses/404")), "GET /things: 404: the response was removed");
    let csv = format!("{LIST}/responses/200/content/text~1csv");
    breaks(&without(&csv), "GET /things: 200 text/csv: the media type was removed");
    let content = "/components/responses/NotFound/content";
    breaks(&with(content, json!({})), "GET /things: 404 application/json: the media type was removed");
    breaks(&without(&format!("{CREATE}/requestBody")), "POST /things: body: it was removed");
}

#[test]
fn parameters_that_ask_for_more_break() {
    let limit = "GET /things: query parameter limit";
    let at = |rest: &str| format!("{LIST}/parameters/{rest}");
    breaks(&with(&at("0/required"), json!(true)), &format!("{limit}: it is required now"));
    let new = json!({ "name": "new", "in": "query", "required": true, "schema": {} });
    breaks(&with(&at("-"), new), "GET /things: query parameter new: it is new and required");
    breaks(&with(&at("0/schema/maximum"), json!(50)), &format!("{limit}: maximum was 100 and is 50"));
    breaks(&with(&at("0/schema/minimum"), json!(2)), &format!("{limit}: minimum was 1 and is 2"));
    let (q, sort) = ("GET /things: query parameter q", "GET /things: query parameter sort");
    breaks(&with(&at("2/schema/minLength"), json!(1)), &format!("{q}: minLength was absent and is 1"));
    breaks(
        &with(&at("1/schema/enum"), json!(["name"])),
        &format!("{sort}: the value \"size\" is refused now"),
    );
    breaks(&with(&at("1/schema/pattern"), json!("^n")), &format!("{sort}: it must match a pattern now"));
    let texts = format!("{limit}: its type was {{\"integer\"}} and is {{\"string\"}}");
    breaks(&with(&at("0/schema/type"), json!("string")), &texts);
}

#[test]
fn bodies_that_ask_for_more_break() {
    let body = "POST /things: body application/json";
    let at = |rest: &str| format!("{DRAFT}/{rest}");
    breaks(
        &with(&format!("{CREATE}/requestBody/required"), json!(true)),
        "POST /things: body: it is required now",
    );
    let was_optional = with(&at("required"), json!(["name", "color"]));
    let found = compare(&document(), &was_optional).breaks;
    assert_eq!(found[1], format!("{body}/inside/color: the property is required now"), "{found:#?}");
    assert_eq!(found[0], format!("{body}/color: the property is required now"), "{found:#?}");
    assert_eq!(found.len(), 2);
    let found = compare(&document(), &without(&at("properties/color"))).breaks;
    assert!(found.contains(&format!("{body}/color: the property was removed")), "{found:#?}");
    let color = with(&at("properties/color/enum"), json!(["red"]));
    breaks(&color, &format!("{body}/color: the value \"blue\" is refused now"));
    breaks(
        &with(&at("properties/size/type"), json!("integer")),
        &format!("{body}/size: null is refused now"),
    );
    let texts = format!("{body}/size: its type was {{\"integer\"}} and is {{\"string\"}}");
    breaks(&with(&at("properties/size/type"), json!(["string", "null"])), &texts);
    breaks(
        &with(&at("properties/name/enum"), json!(["x"])),
        &format!("{body}/name: only some values are taken now"),
    );
}

#[test]
fn answers_that_promise_less_break() {
    let answer = "GET /things: 200 application/json";
    let at = |rest: &str| format!("{THING}/{rest}");
    let said = |now: &Value, expected: &str| {
        let found = compare(&document(), now).breaks;
        assert!(found.contains(&format!("{answer}/{expected}")), "{found:#?}");
    };
    said(&without(&at("properties/size")), "size: the property was removed");
    said(&with(&at("required"), json!(["kind"])), "size: the property can be absent now");
    said(&with("/components/schemas/Named/required", json!([])), "name: the property can be absent now");
    said(&with(&at("properties/size/type"), json!(["integer", "null"])), "size: it can be null now");
    said(
        &with(&at("properties/size/type"), json!("number")),
        "size: its type was {\"integer\"} and is {\"number\"}",
    );
    let format = "size: its format was Some(\"int32\") and is Some(\"int64\")";
    said(&with(&at("properties/size/format"), json!("int64")), format);
    let either = json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] });
    said(
        &with("/components/schemas/Named/properties/name", either),
        "name<\"integer\">: it can be this now, and was always the same",
    );
}

#[test]
fn what_clients_do_not_notice_is_kept() {
    let get = json!({ "operationId": "new", "responses": {} });
    keeps(&with("/paths/~1new", json!({ "get": get })), &[]);
    let new = json!({ "name": "new", "in": "query", "schema": { "type": "string", "maxLength": 1 } });
    keeps(&with(&format!("{LIST}/parameters/-"), new), &[]);
    keeps(&with(&format!("{LIST}/parameters/0/schema/maximum"), json!(200)), &[]);
    keeps(&without(&format!("{LIST}/parameters/0/schema/minimum")), &[]);
    keeps(&with(&format!("{LIST}/parameters/1/schema/enum"), json!(["name", "size", "age"])), &[]);
    keeps(&with(&format!("{LIST}/responses/410"), json!({})), &[]);
    keeps(&with(&format!("{THING}/properties/new"), json!({ "type": "string" })), &[]);
    keeps(&with(&format!("{THING}/properties/kind/enum"), json!(["big"])), &[]);
    keeps(&with(&format!("{DRAFT}/properties/new"), json!({ "type": "string" })), &[]);
    keeps(&with(&format!("{DRAFT}/required"), json!([])), &[]);
    keeps(&with(&format!("{DRAFT}/properties/size/type"), json!(["number", "null"])), &[]);
}

#[test]
fn what_a_release_should_tell_is_noted() {
    let answer = "GET /things: 200 application/json";
    let kind = with(&format!("{THING}/properties/kind/enum"), json!(["big", "small", "huge"]));
    keeps(&kind, &[&format!("{answer}/kind: it can be \"huge\" now")]);
    let q = "GET /things: query parameter q: its pattern was ^a and is ^b";
    keeps(&with(&format!("{LIST}/parameters/2/schema/pattern"), json!("^b")), &[q]);
    let part = with(&format!("{THING}/properties/parts/items/oneOf/-"), json!({ "type": "string" }));
    keeps(&part, &[&format!("{answer}/parts/[]<\"string\">: it can be this now")]);
}

#[test]
fn what_moves_to_another_place_of_the_document_is_the_same() {
    let mut now = with("/components/schemas/Other", document()["components"]["schemas"]["Named"].clone());
    now["components"]["schemas"]["Thing"]["allOf"][0] = json!({ "$ref": "#/components/schemas/Other" });
    keeps(&now, &[]);
}

#[test]
fn references_that_lead_round_in_circles_come_to_an_end() {
    let circle = json!({ "$ref": "#/components/schemas/Draft" });
    let now = with(DRAFT, circle);
    assert!(compare(&now, &now).breaks.is_empty());
    let own = json!({ "allOf": [{ "$ref": "#/components/schemas/Draft" }], "oneOf": [{ "$ref": "#/components/schemas/Draft" }] });
    let now = with(DRAFT, own);
    assert!(compare(&now, &now).breaks.is_empty());
}
