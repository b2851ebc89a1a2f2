//! Serves the page. It is the same for everyone: the link's secret stands in the fragment of the address, which the browser
//! keeps to itself, and the script takes it out of the address bar at once.

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{Route, web};

use crate::platform::http::FinishedReply;

/// The paths that [`mount`] serves, for the registry of routes.
pub const PATHS: [&str; 3] = ["/admin/enter", "/admin/enter/enter.css", "/admin/enter/enter.js"];

const FILES: [(&str, &str); 3] = [
    ("text/html; charset=utf-8", include_str!("enter.html")),
    ("text/css; charset=utf-8", include_str!("enter.css")),
    ("text/javascript; charset=utf-8", include_str!("enter.js")),
];

/// Its own script and style, requests to its own server, and nothing else: no form is ever sent by the browser itself.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                   form-action 'none'; frame-ancestors 'none'";

/// Mounts the page with its script and its style.
pub fn mount(config: &mut web::ServiceConfig) {
    for (path, (content_type, body)) in PATHS.into_iter().zip(FILES) {
        config.route(path, file(content_type, body));
    }
}

/// Nobody keeps the files, so that a page never meets the script of another version.
fn file(content_type: &'static str, body: &'static str) -> Route {
    let reply = FinishedReply::new(content_type, body).header(CONTENT_SECURITY_POLICY, CSP);
    web::get().to(move || {
        let reply = reply.clone();
        async move { reply }
    })
}
