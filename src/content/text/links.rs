//! Where links lead. An `entry:` link is resolved when it is read, so that it follows its target through renames and
//! disappears with it.

use std::fmt::Write as _;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// The scheme of a link to an entry, with its colon.
pub(super) const ENTRY_SCHEME: &str = "entry:";

/// What an entry is to somebody who follows a link to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The path on the public site.
    pub path: String,
    /// The title.
    pub title: String,
}

/// Finds the entries that links lead to, as the reader may see them.
pub trait Links {
    /// The entry of this id; none when it does not exist or the reader may not see it.
    fn target(&self, id: Uuid) -> Option<Target>;
}

impl<F: Fn(Uuid) -> Option<Target>> Links for F {
    fn target(&self, id: Uuid) -> Option<Target> {
        self(id)
    }
}

/// The entry at the other end of a link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({"id": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", "title": "Our history", "path": "/about/our-history"})))]
pub struct LinkedEntry {
    /// The id of the entry.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// Its path on the public site.
    pub path: String,
}

/// A resolved link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({
    "url": "/about/our-history",
    "entry": {"id": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", "title": "Our history", "path": "/about/our-history"},
})))]
pub struct LinkView {
    /// What to put into `href`: an absolute URL, or a path on the public site.
    pub url: String,
    /// The entry that the link leads to; absent for other links.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub entry: Option<LinkedEntry>,
}

/// The path of a target with the part after `#`, ready for `href`.
pub(super) fn url_of(target: &Target, fragment: Option<&str>) -> String {
    let path = href(&target.path);
    match fragment {
        Some(fragment) => format!("{path}#{}", href(fragment)),
        None => path,
    }
}

/// Percent-encodes what may not stand in a URL as it is. Letters of all scripts stay readable;
/// encoding that is there stays.
pub(super) fn href(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            '"' | '<' | '>' | '`' | '\\' | '{' | '}' | '|' | '^' => push_encoded(&mut out, c),
            c if c.is_whitespace() || c.is_control() => push_encoded(&mut out, c),
            c => out.push(c),
        }
    }
    out
}

fn push_encoded(out: &mut String, c: char) {
    let mut buffer = [0; 4];
    for byte in c.encode_utf8(&mut buffer).bytes() {
        // Writing to a String cannot fail.
        let _ = write!(out, "%{byte:02X}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_of_targets_are_encoded_where_needed() {
        let target = Target { path: "/\u{fc}ber uns/(old)".into(), title: "x".into() };
        assert_eq!(url_of(&target, None), "/\u{fc}ber%20uns/(old)");
        assert_eq!(url_of(&target, Some("a\"b")), "/\u{fc}ber%20uns/(old)#a%22b");
        assert_eq!(href("a%20b"), "a%20b");
    }

    #[test]
    fn a_closure_resolves() {
        let links = |id: Uuid| (id == Uuid::nil()).then(|| Target { path: "/".into(), title: "Home".into() });
        let links: &dyn Links = &links;
        assert_eq!(links.target(Uuid::nil()).unwrap().title, "Home");
        assert!(links.target(Uuid::max()).is_none());
    }
}
