//! Requests for every operation of both documents, against a site of the generator.

/// One request. In its address and body stand, in braces, names of pages (`PAGES`), of paths (`PATHS`), and `head`: the
/// number of the newest revision of the page that the address names first, and `publication`: the one that is planned of it.
/// Its version goes into `If-Match`.
#[derive(Clone, Copy)]
pub struct Request {
    /// As the document has it.
    pub operation: &'static str,
    pub address: &'static str,
    pub body: Option<&'static str>,
    pub status: u16,
    /// Whether a session asks, and not a token.
    pub session: bool,
    /// Whether a form with a picture is sent.
    pub form: bool,
}

pub const fn get(operation: &'static str, address: &'static str) -> Request {
    Request { operation, address, body: None, status: 200, session: false, form: false }
}

pub const fn send(
    operation: &'static str,
    address: &'static str,
    body: &'static str,
    status: u16,
) -> Request {
    Request { operation, address, body: Some(body), status, session: false, form: false }
}

pub const fn plain(operation: &'static str, address: &'static str, status: u16) -> Request {
    Request { operation, address, body: None, status, session: false, form: false }
}

/// Pages by name, each as a query for its entry.
pub const PAGES: [(&str, &str); 12] = [
    ("leaf", LEAF),
    ("fourth_leaf", LEAF),
    ("fifth_leaf", LEAF),
    ("sixth_leaf", LEAF),
    ("used", "select target from revision_refs where pointer like '/blocks/%'"),
    ("second_leaf", LEAF),
    ("third_leaf", LEAF),
    (
        "section",
        "select parent from documents where entry_id in (select parent from documents) and parent is not null",
    ),
    (
        "top",
        "select entry_id from routes where upper_inf(during) and path !~ '/.*/' and entry_id in (select parent from documents)",
    ),
    ("draft", "select entry_id from documents where entry_id not in (select entry_id from publications)"),
    (
        "changed",
        "select p.entry_id from publications p join documents d using (entry_id, locale) \
        where upper_inf(during) and number < head",
    ),
    ("trashed", "select id from entries where trashed_at is not null"),
];

const LEAF: &str = "select entry_id from routes where upper_inf(during) and path ~ '^(/[^/]+){3}$' \
    and entry_id not in (select parent from documents where parent is not null)";

/// Paths by name, each as a query.
pub const PATHS: [(&str, &str); 3] = [
    ("path", "select path from routes where upper_inf(during) and path ~ '^(/[^/]+){3}$'"),
    ("former_path", "select path from routes where not upper_inf(during) and path ~ '/former-'"),
    ("redirect", "select path from redirects"),
];

const PAGE: &str = r#"{"body": {"title": "A page of the test", "slug": "page-of-the-test", "parent": "{section}",
    "blocks": [
        {"type": "rich_text", "markdown": "It [leads on](entry:{top})."},
        {"type": "children", "of": "{top}", "depth": 2},
        {"type": "children", "of": "{section}", "sort": "title"},
        {"type": "children", "of": "{top}", "sort": "-published_at", "limit": 3},
        {"type": "people", "group": "board"},
        {"type": "people", "people": ["{top}"]}
    ]}}"#;

/// In this order: what an earlier one changes, a later one may need.
pub const REQUESTS: &[Request] = &[
    get("GET /v1/pages", "/v1/pages"),
    get("GET /v1/pages", "/v1/pages?sort=title"),
    get("GET /v1/pages", "/v1/pages?sort=-title,updated_at"),
    get("GET /v1/pages", "/v1/pages?sort=published_at"),
    get("GET /v1/pages", "/v1/pages?sort=-updated_at"),
    get("GET /v1/pages", "/v1/pages?sort=position"),
    get("GET /v1/pages", "/v1/pages?filter[tag]=willow"),
    get("GET /v1/pages", "/v1/pages?filter[tag]=nothing&sort=title"),
    get("GET /v1/pages", "/v1/pages?filter[parent]=none&sort=position"),
    get("GET /v1/pages", "/v1/pages?filter[parent]={section}&sort=position&include=parent,children.children"),
    get("GET /v1/pages", "/v1/pages?filter[ancestor]={top}&sort=-updated_at&limit=5"),
    get("GET /v1/pages", "/v1/pages?filter[published_at][gte]=2026-01-01T00:00:00Z&fields=title"),
    get("GET /v1/pages", "/v1/pages?filter[updated_at][lt]=2020-01-01T00:00:00Z&sort=updated_at"),
    get("GET /v1/pages/{id}", "/v1/pages/{section}?include=children.children,parent.children"),
    get("GET /v1/pages/{id}", "/v1/pages/{leaf}?text=html,text"),
    get("GET /v1/pages/{id}", "/v1/pages/{top}"),
    Request { status: 404, ..get("GET /v1/pages/{id}", "/v1/pages/{draft}") },
    get("GET /v1/resolve", "/v1/resolve?path={path}"),
    get("GET /v1/resolve", "/v1/resolve?path={former_path}"),
    get("GET /v1/resolve", "/v1/resolve?path={redirect}"),
    Request { status: 404, ..get("GET /v1/resolve", "/v1/resolve?path=/nowhere") },
    get("GET /v1/search", "/v1/search?q=lantern"),
    get("GET /v1/search", "/v1/search?q=meet+slowly&filter[kind]=page"),
    get("GET /v1/search", "/v1/search?q=council&filter[tag]=lantern&locale=de"),
    get("GET /v1/search", "/v1/search?q=nowhere+lantren"),
    get("GET /admin/v1/search", "/admin/v1/search?q=lant"),
    get("GET /admin/v1/search", "/admin/v1/search?q=council&filter[kind]=page&filter[state]=draft"),
    get("GET /v1/changes", "/v1/changes"),
    get("GET /v1/sitemap.xml", "/v1/sitemap.xml"),
    get("GET /v1/sitemaps/{number}.xml", "/v1/sitemaps/1.xml"),
    get("GET /v1/feed.atom", "/v1/feed.atom"),
    get("GET /v1/feed.json", "/v1/feed.json?limit=100"),
    send("POST /admin/v1/documents/{id}/previews", "/admin/v1/documents/{leaf}/previews", "{}", 201),
    get("GET /admin/v1/documents/{id}/previews", "/admin/v1/documents/{leaf}/previews"),
    send("POST /admin/v1/previews", "/admin/v1/previews", r#"{"as_of": "2020-01-01T00:00:00Z"}"#, 201),
    get("GET /admin/v1/previews", "/admin/v1/previews"),
    plain("DELETE /admin/v1/previews/{id}", "/admin/v1/previews/{preview}", 204),
    get("GET /admin/v1/pages", "/admin/v1/pages"),
    get("GET /admin/v1/pages", "/admin/v1/pages?filter[state]=draft"),
    get("GET /admin/v1/pages", "/admin/v1/pages?filter[state]=live"),
    get("GET /admin/v1/pages", "/admin/v1/pages?filter[state]=changed"),
    get("GET /admin/v1/pages", "/admin/v1/pages?filter[state]=scheduled"),
    get("GET /admin/v1/pages", "/admin/v1/pages?filter[state]=trashed"),
    get("GET /admin/v1/pages/{id}", "/admin/v1/pages/{leaf}"),
    get("GET /admin/v1/pages/{id}", "/admin/v1/pages/{trashed}"),
    send("POST /admin/v1/pages", "/admin/v1/pages", PAGE, 201),
    send("PUT /admin/v1/pages/{id}", "/admin/v1/pages/{leaf}", PAGE, 200),
    send("POST /admin/v1/documents/{id}/publish", "/admin/v1/documents/{leaf}/publish", HEAD, 200),
    get("GET /v1/pages/{id}", "/v1/pages/{leaf}"),
    get("GET /v1/pages/{id}", "/v1/pages/{leaf}?locale=de"),
    send("POST /admin/v1/documents/{id}/publish", "/admin/v1/documents/{changed}/publish", HEAD, 200),
    send("POST /admin/v1/documents/{id}/publish", "/admin/v1/documents/{draft}/publish", HEAD, 200),
    send(
        "POST /admin/v1/documents/{id}/publish",
        "/admin/v1/documents/{top}/publish",
        r#"{"revision": 2}"#,
        200,
    ),
    plain("POST /admin/v1/documents/{id}/unpublish", "/admin/v1/documents/{second_leaf}/unpublish", 200),
    Request {
        status: 204,
        ..get("DELETE /admin/v1/pages/{id}", "/admin/v1/pages/{third_leaf}?references=unlink")
    },
    plain("POST /admin/v1/documents/{id}/restore", "/admin/v1/documents/{third_leaf}/restore", 200),
    send(
        "POST /admin/v1/documents/{id}/restore",
        "/admin/v1/documents/{leaf}/restore",
        r#"{"revision": 1}"#,
        200,
    ),
    send(
        "POST /admin/v1/documents/{id}/schedule",
        "/admin/v1/documents/{fourth_leaf}/schedule",
        SCHEDULE,
        200,
    ),
    send(
        "POST /admin/v1/documents/{id}/reschedule",
        "/admin/v1/documents/{fourth_leaf}/reschedule",
        r#"{"publication": "{publication}", "from": "9000-01-01T00:00:00Z"}"#,
        200,
    ),
    send(
        "POST /admin/v1/documents/{id}/expire",
        "/admin/v1/documents/{fourth_leaf}/expire",
        r#"{"until": "8000-01-01T00:00:00Z"}"#,
        200,
    ),
    send(
        "POST /admin/v1/documents/{id}/cancel",
        "/admin/v1/documents/{fourth_leaf}/cancel",
        r#"{"publication": "{publication}"}"#,
        200,
    ),
    send(
        "POST /admin/v1/documents/{id}/move",
        "/admin/v1/documents/{leaf}/move",
        r#"{"parent": "{section}"}"#,
        200,
    ),
    send(
        "POST /admin/v1/documents/{id}/move",
        "/admin/v1/documents/{leaf}/move",
        r#"{"parent": "{section}", "first": true}"#,
        200,
    ),
    plain("POST /admin/v1/documents/{id}/duplicate", "/admin/v1/documents/{leaf}/duplicate", 201),
    get("GET /admin/v1/documents/{id}/revisions", "/admin/v1/documents/{leaf}/revisions"),
    get("GET /admin/v1/documents/{id}/revisions/{number}", "/admin/v1/documents/{leaf}/revisions/1"),
    get("GET /admin/v1/documents/{id}/diff", "/admin/v1/documents/{leaf}/diff?from=1"),
    get("GET /admin/v1/documents/{id}/timeline", "/admin/v1/documents/{leaf}/timeline"),
    get("GET /admin/v1/documents/{id}/references", "/admin/v1/documents/{used}/references"),
    get("GET /admin/v1/documents/{id}/references", "/admin/v1/documents/{section}/references"),
    get("GET /admin/v1/documents/{id}/translations", "/admin/v1/documents/{leaf}/translations"),
    send(
        "POST /admin/v1/documents/{id}/translations",
        "/admin/v1/documents/{leaf}/translations",
        r#"{"locale": "de"}"#,
        201,
    ),
    send("PUT /admin/v1/documents/{id}/working-copy", COPY, r#"{"base": {head}, "body": {}}"#, 200),
    get("GET /admin/v1/documents/{id}/working-copy", COPY),
    plain("DELETE /admin/v1/documents/{id}/working-copy", COPY, 204),
    send(
        "PUT /admin/v1/documents/{id}/working-copy",
        COPY,
        r#"{"base": {head}, "body": {"title": "Typed"}}"#,
        200,
    ),
    plain(
        "POST /admin/v1/documents/{id}/working-copy/save",
        "/admin/v1/documents/{fifth_leaf}/working-copy/save",
        200,
    ),
    send(
        "POST /admin/v1/documents/publish",
        "/admin/v1/documents/publish",
        r#"{"subtree": "{sixth_leaf}", "atomic": true}"#,
        200,
    ),
    send(
        "POST /admin/v1/documents/unpublish",
        "/admin/v1/documents/unpublish",
        r#"{"subtree": "{sixth_leaf}", "atomic": true}"#,
        200,
    ),
];

const COPY: &str = "/admin/v1/documents/{fifth_leaf}/working-copy";

const SCHEDULE: &str = r#"{"revision": 1, "from": "8500-01-01T00:00:00Z"}"#;

const HEAD: &str = r#"{"revision": {head}}"#;
