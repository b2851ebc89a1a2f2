//! The OpenAPI document as it is completed, the documentation pages, and the pages of problem codes.

use serde_json::{Value, json};

use super::demo::document;
use super::{get, header, problem};
use crate::platform::problem::CODES;

fn completed() -> Value {
    serde_json::to_value(document()).unwrap()
}

fn statuses(document: &Value, path: &str, method: &str) -> Vec<String> {
    document["paths"][path][method]["responses"].as_object().unwrap().keys().cloned().collect()
}

#[test]
fn each_operation_has_exactly_what_it_can_answer() {
    let document = completed();
    for (path, method, expected) in [
        ("/v1/things", "get", &["200", "304", "400", "401", "406", "414", "422", "429", "500", "503"][..]),
        (
            "/v1/things/{id}",
            "get",
            &["200", "304", "400", "401", "404", "406", "414", "422", "429", "500", "503"],
        ),
        (
            "/admin/v1/things",
            "post",
            &["201", "400", "401", "406", "408", "413", "414", "415", "422", "429", "500", "503"],
        ),
        (
            "/admin/v1/things/{id}",
            "put",
            &[
                "200", "400", "401", "406", "408", "412", "413", "414", "415", "422", "428", "429", "500",
                "503",
            ],
        ),
        ("/admin/v1/things/{id}", "delete", &["204", "400", "401", "414", "422", "429", "500", "503"]),
    ] {
        assert_eq!(statuses(&document, path, method), expected, "{method} {path}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|value| walk(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let document = completed();
    let mut found = Vec::new();
    walk(&document, &mut found);
    assert!(found.len() > 50);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn no_reusable_response_is_unused() {
    let document = completed();
    let paths = document["paths"].to_string();
    let names = document["components"]["responses"].as_object().unwrap();
    assert!(names.len() > 10);
    for name in names.keys() {
        assert!(paths.contains(&format!("#/components/responses/{name}\"")), "{name}");
    }
}

#[test]
fn every_response_has_description_headers_and_errors_an_example() {
    let document = completed();
    for (name, response) in document["components"]["responses"].as_object().unwrap() {
        assert!(response["description"].as_str().unwrap().len() > 20, "{name}");
        assert!(response["headers"]["X-Request-Id"].is_object(), "{name}");
        if name != "NotModified" {
            let content = &response["content"]["application/problem+json"];
            assert_eq!(content["schema"], json!({"$ref": "#/components/schemas/ProblemBody"}), "{name}");
            assert!(content["example"]["type"].as_str().unwrap().starts_with("/problems/"), "{name}");
        }
    }
    let ok = &document["paths"]["/v1/things"]["get"]["responses"]["200"];
    assert!(
        ok["headers"]["X-Request-Id"]["$ref"].is_string()
            && ok["headers"]["Cache-Control"]["$ref"].is_string()
    );
}

#[test]
fn the_envelope_of_lists_is_exact() {
    let schemas = &completed()["components"]["schemas"];
    assert_eq!(schemas["PageInfo"]["required"], json!(["limit", "next", "previous"]));
    assert_eq!(schemas["ProblemBody"]["required"], json!(["type", "title", "status", "code"]));
}

#[test]
fn completing_twice_changes_nothing() {
    let mut twice = document();
    super::super::complete(&mut twice);
    assert_eq!(serde_json::to_value(twice).unwrap(), completed());
}

#[tokio::test]
async fn the_documentation_needs_nothing_from_elsewhere() {
    let page = get("/docs").send().await.unwrap();
    assert_eq!(header(&page, "content-type"), Some("text/html; charset=utf-8"));
    let policy = header(&page, "content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'self'") && !policy.contains("script-src"));
    let html = page.text().await.unwrap();
    assert!(html.contains("<title>Masthead read API</title>"));
    assert!(!html.contains("http://") && !html.contains("https://") && !html.contains("<script>"));
    let mut files = 0;
    for part in html.split(['"']).filter(|part| part.starts_with("/docs/")) {
        let file = get(part).send().await.unwrap();
        assert_eq!(file.status(), 200, "{part}");
        assert!(!file.bytes().await.unwrap().is_empty(), "{part}");
        files += 1;
    }
    assert_eq!(files, 5);
    let script = get("/docs/swagger-initializer.js").send().await.unwrap();
    assert!(header(&script, "content-type").unwrap().contains("javascript"));
    let script = script.text().await.unwrap();
    assert!(
        script.contains("\"/openapi.json\"") && script.contains("\"validatorUrl\": \"none\""),
        "{script}"
    );
    assert!(!script.contains("{{config}}"));
    problem(get("/docs/oauth2-redirect.html"), 404, "not_found").await;
}

#[tokio::test]
async fn the_document_is_served_as_it_was_made() {
    let response = get("/openapi.json").send().await.unwrap();
    assert_eq!(header(&response, "access-control-allow-origin"), Some("*"));
    assert_eq!(header(&response, "cache-control"), Some("public, max-age=300"));
    assert_eq!(response.json::<Value>().await.unwrap(), completed());
}

#[tokio::test]
async fn each_type_leads_to_a_page_and_to_json() {
    for row in CODES {
        let page = get(&row.code.type_url()).send().await.unwrap();
        assert_eq!(page.status(), 200, "{}", row.slug);
        assert_eq!(header(&page, "content-type"), Some("text/html; charset=utf-8"));
        assert!(page.text().await.unwrap().contains(row.slug));
    }
    let json = get("/problems/stale").header("accept", "application/json").send().await.unwrap();
    assert_eq!(header(&json, "vary"), Some("Accept, Accept-Encoding"));
    let json: Value = json.json().await.unwrap();
    assert_eq!((&json["code"], &json["status"]), (&json!("stale"), &json!(412)));
    let all: Value =
        get("/problems").header("accept", "application/json").send().await.unwrap().json().await.unwrap();
    assert_eq!(all["data"].as_array().unwrap().len(), CODES.len());
    problem(get("/problems/no_such_code"), 404, "not_found").await;
}
