//! The pages about problem codes that `type` leads to: plain HTML without script or style, and the same as JSON.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::code::{CODES, CodeRow};

/// The page of one code.
pub(super) fn code_html(row: &CodeRow) -> String {
    let body = format!(
        "<h1>{title}</h1>\n<p>Code <code>{slug}</code>, HTTP status {status}.</p>\n<p>{explanation}</p>\n\
         <p><a href=\"/problems\">All problem codes</a></p>",
        title = escape(row.title),
        slug = row.slug,
        status = row.status,
        explanation = escape(row.explanation),
    );
    page(row.title, &body)
}

/// The list of all codes.
pub(super) fn index_html() -> String {
    let mut body = String::from(
        "<h1>Problem codes</h1>\n<table>\n<thead><tr><th>Code</th><th>Status</th><th>Title</th></tr></thead>\n<tbody>\n",
    );
    for row in CODES {
        // Writing to a String cannot fail.
        let _ = writeln!(
            body,
            "<tr><td><a href=\"/problems/{slug}\"><code>{slug}</code></a></td><td>{}</td><td>{}</td></tr>",
            row.status,
            escape(row.title),
            slug = row.slug,
        );
    }
    body.push_str("</tbody>\n</table>");
    page("Problem codes", &body)
}

/// One code as JSON.
pub(super) fn code_json(row: &CodeRow) -> Value {
    json!({
        "type": row.code.type_url(),
        "code": row.slug,
        "status": row.status,
        "title": row.title,
        "explanation": row.explanation,
    })
}

/// All codes as JSON.
pub(super) fn index_json() -> Value {
    json!({"data": CODES.iter().map(code_json).collect::<Vec<_>>()})
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{} - Masthead</title>\n</head>\n<body>\n{body}\n</body>\n</html>\n",
        escape(title)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::problem::Code;

    #[test]
    fn a_page_names_its_code_and_runs_nothing() {
        let html = code_html(Code::InvalidPrecondition.row());
        assert!(html.contains("<code>invalid_precondition</code>, HTTP status 400"));
        assert!(html.contains("&quot;v3&quot;"));
        assert!(!html.contains("<script") && !html.contains("<style") && !html.contains("style="));
    }

    #[test]
    fn the_index_links_every_code() {
        let html = index_html();
        for row in CODES {
            assert!(html.contains(&format!("href=\"/problems/{}\"", row.slug)));
        }
        assert_eq!(index_json()["data"].as_array().unwrap().len(), CODES.len());
    }
}
