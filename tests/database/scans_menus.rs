//! The same for the operations about menus and settings, about the menu and the settings that the first of these requests
//! make.

use super::scans_requests::{Request, get, plain, send};

/// What the requests name: each as a query for its id and one for the version that a change is based on.
pub const MENUS: [(&str, &str, Option<&str>); 2] = [
    (
        "menu",
        "select id from entries where kind = 'menu'",
        Some("select version from documents where kind = 'menu'"),
    ),
    (
        "settings",
        "select id from entries where kind = 'settings'",
        Some("select version from documents where kind = 'settings'"),
    ),
];

const MENU: &str = r#"{"body": {"title": "Main menu", "slug": "main", "items": [
    {"type": "entry", "entry": "{section}", "items": [{"type": "entry", "entry": "{leaf}"}]},
    {"type": "entry", "entry": "{draft}"}, {"type": "url", "url": "/a", "label": "A"}]}}"#;

pub const REQUESTS: &[Request] = &[
    send("POST /admin/v1/menus", "/admin/v1/menus", MENU, 201),
    get("GET /admin/v1/menus", "/admin/v1/menus"),
    get("GET /admin/v1/menus", "/admin/v1/menus?filter[state]=draft"),
    get("GET /admin/v1/menus/{id}", "/admin/v1/menus/{menu}"),
    send(
        "POST /admin/v1/documents/{id}/publish",
        "/admin/v1/documents/{menu}/publish",
        r#"{"revision": 1}"#,
        200,
    ),
    get("GET /v1/menus", "/v1/menus"),
    get("GET /v1/menus/{slug}", "/v1/menus/main"),
    get("GET /v1/menus/{slug}", "/v1/menus/main?locale=de"),
    Request { status: 404, ..get("GET /v1/menus/{slug}", "/v1/menus/nowhere") },
    send("PUT /admin/v1/menus/{id}", "/admin/v1/menus/{menu}", MENU, 200),
    plain("DELETE /admin/v1/menus/{id}", "/admin/v1/menus/{menu}", 204),
    send(
        "PUT /admin/v1/settings",
        "/admin/v1/settings",
        r#"{"body": {"title": "Lantern", "locales": [{"tag": "en"}, {"tag": "de", "fallback": "en"}, {"tag": "fr"}],
            "footer": "[Imprint](entry:{leaf})"}}"#,
        201,
    ),
    get("GET /admin/v1/settings", "/admin/v1/settings"),
    send(
        "POST /admin/v1/documents/{id}/publish",
        "/admin/v1/documents/{settings}/publish",
        r#"{"revision": 1}"#,
        200,
    ),
    get("GET /v1/settings", "/v1/settings?text=html,text&locale=de"),
    get("GET /v1/robots.txt", "/v1/robots.txt"),
    get("GET /v1/pages/{id}", "/v1/pages/{top}"),
    get("GET /v1/sitemap.xml", "/v1/sitemap.xml"),
];
