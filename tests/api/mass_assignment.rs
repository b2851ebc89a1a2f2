//! What a body may not say: every operation that takes one refuses each field that is not for clients to set, at every
//! depth, and changes nothing. Which fields are its own it learns from the document, so no operation is left out.

use reqwest::Method;
use serde_json::{Value, json};

use crate::operations::{IN_A_SESSION, admin_document, operations};
use crate::requests::{Case, Cast, case};
use crate::support::builders::create;
use crate::support::{Role, TestSite};

/// Names under which rights, owners, states and keys are kept, here and in other systems.
const FOREIGN: [&str; 36] = [
    "id",
    "uuid",
    "user",
    "user_id",
    "owner",
    "owner_id",
    "author",
    "created_by",
    "created_at",
    "updated_at",
    "updated_by",
    "role",
    "role_id",
    "roles",
    "is_admin",
    "admin",
    "grants",
    "permissions",
    "state",
    "status",
    "version",
    "revision",
    "password_hash",
    "digest",
    "secret",
    "token",
    "hint",
    "built_in",
    "deactivated_at",
    "revoked_at",
    "expires_at",
    "published_at",
    "live",
    "trashed_at",
    "path",
    "__proto__",
];

/// A value that each of them could have.
fn value(name: &str) -> Value {
    match name {
        "version" | "revision" => json!(1),
        "built_in" | "is_admin" | "admin" | "live" => json!(true),
        "grants" | "permissions" | "roles" => json!([{ "kind": "*", "verb": "publish" }]),
        "role" => json!("admin"),
        _ => json!("019a0000-0000-7000-8000-000000000001"),
    }
}

/// Every object in a body, as the way to it.
fn objects(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(at.to_owned());
            for (name, member) in members {
                objects(member, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (nth, item) in items.iter().enumerate() {
                objects(item, &format!("{at}/{nth}"), found);
            }
        }
        _ => {}
    }
}

/// The body with one field more in the object there, unless that object has it.
fn with(body: &Value, at: &str, name: &str) -> Option<Value> {
    let mut body = body.clone();
    let object = body.pointer_mut(at)?.as_object_mut()?;
    if object.contains_key(name) {
        return None;
    }
    object.insert(name.to_owned(), value(name));
    Some(body)
}

/// What the document says that the body of an operation may have at its top.
fn allowed(document: &Value, case: &Case, method: &Method, template: &str) -> Vec<String> {
    let method = method.as_str().to_lowercase();
    let body =
        &document["paths"][template][method.as_str()]["requestBody"]["content"]["application/json"]["schema"];
    assert!(!body.is_null() || case.body.is_none(), "{template} takes a body that is not described");
    let mut names = Vec::new();
    properties(document, body, &mut names);
    names
}

fn properties(document: &Value, schema: &Value, names: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).expect("a schema");
        properties(document, target, names);
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        for schema in schema[choice].as_array().into_iter().flatten() {
            properties(document, schema, names);
        }
    }
    names.extend(schema["properties"].as_object().into_iter().flat_map(|members| members.keys().cloned()));
}

/// Bodies that have more in them than the table of requests needs.
fn rich(operation: &str, body: Value) -> Value {
    let page = || {
        json!({ "title": "Rich", "seo": { "title": "Rich" }, "blocks": [
            { "type": "rich_text", "markdown": "One." }, { "type": "hero", "heading": "Two" },
        ] })
    };
    match operation {
        "create_page" | "save_page" => json!({ "body": page(), "note": "rich" }),
        "keep_working_copy" => json!({ "base": 1, "body": page() }),
        "create_role" | "update_role" => {
            let mut body = body;
            body["grants"] = json!([{ "kind": "page", "verb": "read", "scope": { "type": "own" } }]);
            body
        }
        _ => body,
    }
}

#[actix_web::test]
async fn no_operation_takes_a_field_that_is_not_its_own() {
    let site = TestSite::start().await;
    let user = site.user(Role::Admin).await;
    let (token, browser) = (site.client_of(user, &[]).await, site.browser(user).await);
    let document = admin_document();
    let (mut tried, mut lenient) = (0, Vec::new());
    for operation in operations(&document).into_iter().filter(|one| one.method != Method::GET) {
        let cast = Cast { site: &site, owner: &token, admin: &token, caller: Some(user) };
        let mut case = case(&operation, &format!("Mass {}", operation.id), &cast).await;
        let Some(body) = case.body.take().map(|body| rich(&operation.id, body)) else { continue };
        case.body = Some(body.clone());
        let own = allowed(&document, &case, &operation.method, &operation.template);
        let client = if IN_A_SESSION.contains(&operation.id.as_str()) { &browser } else { &token };
        let mut places = Vec::new();
        objects(&body, "", &mut places);
        let before = site.database.fingerprint().await;
        for at in &places {
            for name in FOREIGN.iter().filter(|name| !at.is_empty() || !own.iter().any(|own| own == *name)) {
                let Some(more) = with(&body, at, name) else { continue };
                // A block has an id of its own. What somebody has only typed is kept as it is, for them alone, and is held
                // against the rules when it is saved.
                let own_id = at.starts_with("/body/blocks") && *name == "id";
                // What a person does is called so, and is no role of a user.
                let own_roles = at == "/body" && *name == "roles" && operation.id.ends_with("_person");
                if own_id || own_roles || operation.id == "keep_working_copy" && at.starts_with("/body") {
                    continue;
                }
                case.body = Some(more);
                let answer = case.send(&operation.method, client).await;
                tried += 1;
                // Or at the object, where its own field says which others it has.
                let pointed = answer.places().iter().any(|(place, code)| {
                    *place == format!("{at}/{name}") || place == at && *code == "unknown"
                });
                if answer.status != 422 || !pointed {
                    lenient.push(format!("{} {at}/{name}: {} {}", operation.id, answer.status, answer.json));
                }
            }
        }
        assert_eq!(site.database.fingerprint().await, before, "{}", operation.id);
    }
    assert!(lenient.is_empty(), "{lenient:#?}");
    assert!(tried > 500, "{tried} were tried");
    site.stop().await;
}

#[actix_web::test]
async fn what_was_typed_is_held_against_the_same_rules_when_it_is_saved() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = create(&editor, json!({ "title": "One", "slug": "one" })).await.id();
    let path = format!("/admin/v1/documents/{id}/working-copy");
    for name in FOREIGN {
        let mut body = json!({ "title": "Typed", "slug": "one" });
        body[name] = value(name);
        let copy = json!({ "base": 1, "body": body });
        let kept = editor.send(Method::PUT, &path, &[("if-none-match", "*")], Some(&copy)).await.expect(200);
        let before = site.database.fingerprint().await;
        let refused =
            editor.post_at(&format!("{path}/save"), kept.version(), None).await.refused(422, "invalid");
        assert!(refused.places()[0].0.ends_with(&format!("/{name}")), "{name}: {}", refused.json);
        assert_eq!(site.database.fingerprint().await, before, "{name}");
        editor.delete_at(&path, kept.version()).await.expect(204);
    }
    site.stop().await;
}
