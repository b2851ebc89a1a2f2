//! The same for the operations about people and their rights, about those whom the first of these requests bring.

use super::scans_requests::{Request, get, plain, send};

/// What the requests name: each as a query for its id and one for the version that a change is based on.
pub const PEOPLE: [(&str, &str, Option<&str>); 5] = [
    (
        "person",
        "select id from users where email like 'scanned%'",
        Some("select version from users where email like 'scanned%'"),
    ),
    (
        "role",
        "select id from roles where name like 'scanned%'",
        Some("select version from roles where name like 'scanned%'"),
    ),
    ("email", "select email from users where role_id = (select id from roles where name = 'admin')", None),
    ("token", "select id from api_tokens where name = 'scanned'", None),
    ("session", "select id from sessions where ended_at is null order by id desc limit 1", None),
];

const fn in_session(request: Request) -> Request {
    Request { session: true, ..request }
}

pub const REQUESTS: &[Request] = &[
    send("POST /admin/v1/users", "/admin/v1/users", PERSON, 201),
    get("GET /admin/v1/users", "/admin/v1/users?filter[state]=invited&filter[role]=viewer"),
    get("GET /admin/v1/users", "/admin/v1/users?limit=1"),
    get("GET /admin/v1/users/{id}", "/admin/v1/users/{person}"),
    send("PUT /admin/v1/users/{id}", "/admin/v1/users/{person}", CHANGED, 200),
    plain("POST /admin/v1/users/{id}/link", "/admin/v1/users/{person}/link", 200),
    plain("POST /admin/v1/users/{id}/deactivate", "/admin/v1/users/{person}/deactivate", 200),
    plain("POST /admin/v1/users/{id}/reactivate", "/admin/v1/users/{person}/reactivate", 200),
    send("POST /admin/v1/roles", "/admin/v1/roles", ROLE, 201),
    get("GET /admin/v1/roles", "/admin/v1/roles"),
    get("GET /admin/v1/roles/{id}", "/admin/v1/roles/{role}"),
    send("PUT /admin/v1/roles/{id}", "/admin/v1/roles/{role}", SUBTREE, 200),
    plain("DELETE /admin/v1/roles/{id}", "/admin/v1/roles/{role}", 204),
    in_session(send("POST /admin/v1/tokens", "/admin/v1/tokens", r#"{"name": "scanned"}"#, 201)),
    get("GET /admin/v1/tokens", "/admin/v1/tokens?filter[user]=all&limit=1"),
    plain("DELETE /admin/v1/tokens/{id}", "/admin/v1/tokens/{token}", 204),
    send(
        "POST /admin/v1/session",
        "/admin/v1/session",
        r#"{"email": "{email}", "password": "violet harbour lantern"}"#,
        201,
    ),
    get("GET /admin/v1/me", "/admin/v1/me"),
    get(
        "GET /admin/v1/permissions/explain",
        "/admin/v1/permissions/explain?verb=write&entry={leaf}&user={person}",
    ),
    in_session(get("GET /admin/v1/sessions", "/admin/v1/sessions?limit=1")),
    in_session(plain("DELETE /admin/v1/sessions/{id}", "/admin/v1/sessions/{session}", 204)),
    in_session(plain("DELETE /admin/v1/sessions", "/admin/v1/sessions", 200)),
    in_session(send(
        "PUT /admin/v1/me/password",
        "/admin/v1/me/password",
        r#"{"current": "violet harbour lantern", "new": "amber tide over quiet stones"}"#,
        201,
    )),
    in_session(plain("DELETE /admin/v1/session", "/admin/v1/session", 200)),
    send("POST /admin/v1/password-resets", "/admin/v1/password-resets", r#"{"email": "{email}"}"#, 202),
    send("POST /admin/v1/links/redeem", "/admin/v1/links/redeem", UNKNOWN, 401),
    get("GET /admin/v1/audit", "/admin/v1/audit"),
    get("GET /admin/v1/audit", "/admin/v1/audit?filter[subject]={leaf}"),
    get("GET /admin/v1/audit/export", "/admin/v1/audit/export?after_id=9000000000000000000"),
    get("GET /admin/v1/audit/refusals", "/admin/v1/audit/refusals"),
];

const PERSON: &str = r#"{"email": "scanned@example.org", "name": "Ilse Fictional", "role": "viewer"}"#;

const CHANGED: &str = r#"{"email": "scanned@example.org", "name": "Ilse Changed", "role": "author"}"#;

const ROLE: &str = r#"{"name": "scanned", "grants": [{"kind": "page", "verb": "read"}]}"#;

const SUBTREE: &str = r#"{"name": "scanned", "grants": [{"kind": "page", "verb": "read",
    "scope": {"type": "subtree", "entry": "{section}"}}]}"#;

const UNKNOWN: &str = r#"{"secret": "mhl_unknown", "password": "amber tide over quiet stones"}"#;
