//! The same for the operations about people, about the one that the first of these requests makes.

use super::scans_requests::{Request, get, plain, send};

/// Names in braces, each with a query for its id and perhaps one for the version that goes into `If-Match`.
pub const NAMES: [(&str, &str, Option<&str>); 1] = [(
    "member",
    "select id from entries where kind = 'person' order by id limit 1",
    Some("select version from documents where kind = 'person' order by entry_id limit 1"),
)];

const PERSON: &str = r#"{"body": {"name": "Scanned Example", "groups": [{"group": "board", "position": "F"}], "tags": ["willow"],
    "biography": "She [leads on](entry:{top}).", "has_page": true, "parent": "{top}"}}"#;

/// In this order: what an earlier one changes, a later one may need.
pub const REQUESTS: &[Request] = &[
    send("POST /admin/v1/people", "/admin/v1/people", PERSON, 201),
    get("GET /admin/v1/people", "/admin/v1/people"),
    get("GET /admin/v1/people", "/admin/v1/people?filter[group]=board&filter[state]=draft"),
    get("GET /admin/v1/people/{id}", "/admin/v1/people/{member}"),
    send(
        "PUT /admin/v1/people/{id}",
        "/admin/v1/people/{member}",
        r#"{"body": {"name": "Scanned again"}}"#,
        200,
    ),
    send(
        "POST /admin/v1/documents/{id}/publish",
        "/admin/v1/documents/{member}/publish",
        r#"{"revision": 1}"#,
        200,
    ),
    get("GET /v1/people", "/v1/people"),
    get("GET /v1/people", "/v1/people?filter[group]=board&limit=1&count=exact"),
    get("GET /v1/people", "/v1/people?filter[slug]=scanned-example"),
    get("GET /v1/people", "/v1/people?filter[tag]=willow&text=html,text&locale=de"),
    get("GET /v1/people/{id}", "/v1/people/{member}"),
    plain("POST /admin/v1/documents/{id}/unpublish", "/admin/v1/documents/{member}/unpublish", 200),
    plain("DELETE /admin/v1/people/{id}", "/admin/v1/people/{member}", 204),
];
