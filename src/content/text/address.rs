//! Addresses that content may link to. An allow-list decides: what is not known to be harmless is refused, in a form
//! that no browser reads otherwise than it was checked here.

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;
use uuid::Uuid;

use super::links::{ENTRY_SCHEME, LinkView, LinkedEntry, Links, href, url_of};

/// The most bytes of UTF-8 that an address may have.
pub const MAX_BYTES: usize = 2_048;

/// Where a link leads: `entry:` and the id of an entry, optionally with a part after `#`; or a path on this site,
/// starting with one `/`; or a URL of the scheme `https`, `http`, `mailto` or `tel`. At most 2,048 bytes, without white
/// space.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String,
    min_length = 1,
    max_length = 2048,
    pattern = r"^(?:https?://[^\s\\]+|mailto:[^\s\\]+|tel:[^\s\\]+|entry:[0-9a-f-]{36}(?:#[^\s\\]+)?|/(?:[^/\s\\][^\s\\]*)?)$",
    examples("entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41")
)]
pub struct Address(String);

/// Why a text is not an address that content may link to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing is given.
    #[error("an address must not be empty")]
    Empty,
    /// It is too long.
    #[error("an address has at most {MAX_BYTES} bytes, this one has {0}")]
    TooLong(usize),
    /// A character that browsers drop or read as another.
    #[error("an address cannot contain {0:?}; write it percent-encoded")]
    Character(char),
    /// Two slashes at the start lead to another site.
    #[error("an address that starts with `//` leads to another site: write `https://`")]
    ProtocolRelative,
    /// The scheme is not allowed, or there is none.
    #[error("an address starts with https://, http://, mailto:, tel:, entry: or /")]
    Scheme,
    /// The scheme is good, the rest is not.
    #[error("this is not a complete {0} address")]
    Malformed(&'static str),
    /// A user name or password in a URL.
    #[error("an address cannot contain a user name or password")]
    Credentials,
}

impl Address {
    /// The address of an entry.
    #[must_use]
    pub fn of_entry(id: Uuid) -> Self {
        Self(format!("{ENTRY_SCHEME}{id}"))
    }

    /// The entry that the address names, if it names one.
    #[must_use]
    pub fn entry(&self) -> Option<Uuid> {
        let (id, _) = parse_entry(self.0.strip_prefix(ENTRY_SCHEME)?)?;
        Some(id)
    }

    /// Whether a browser would load a page from it: a URL of the web, a path, or an entry.
    #[must_use]
    pub fn is_page(&self) -> bool {
        !(self.0.starts_with("mailto:") || self.0.starts_with("tel:"))
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Where the address leads now; none when it names an entry that the reader cannot see.
    #[must_use]
    pub fn resolve(&self, links: &dyn Links) -> Option<LinkView> {
        let Some(id) = self.entry() else {
            return Some(LinkView { url: self.0.clone(), entry: None });
        };
        let target = links.target(id)?;
        let fragment = self.0.split_once('#').map(|(_, fragment)| fragment);
        Some(LinkView {
            url: url_of(&target, fragment),
            entry: Some(LinkedEntry { id, title: target.title, path: target.path }),
        })
    }
}

impl TryFrom<String> for Address {
    type Error = AddressError;

    fn try_from(text: String) -> Result<Self, AddressError> {
        let text = text.trim_matches(|c: char| c.is_ascii_whitespace());
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        if text.len() > MAX_BYTES {
            return Err(AddressError::TooLong(text.len()));
        }
        if let Some(c) = text.chars().find(|c| is_deceptive(*c) || *c == '\\') {
            return Err(AddressError::Character(c));
        }
        if text.starts_with("//") {
            return Err(AddressError::ProtocolRelative);
        }
        if text.starts_with('/') {
            return Ok(Self(text.to_owned()));
        }
        let (scheme, rest) = text.split_once(':').ok_or(AddressError::Scheme)?;
        with_scheme(&scheme.to_ascii_lowercase(), rest)
    }
}

fn with_scheme(scheme: &str, rest: &str) -> Result<Address, AddressError> {
    match scheme {
        "http" | "https" => Ok(Address(web(scheme, rest)?)),
        "mailto" if !rest.is_empty() && !rest.starts_with(['?', '/']) => {
            Ok(Address(format!("mailto:{rest}")))
        }
        "mailto" => Err(AddressError::Malformed("mailto:")),
        "tel" if is_telephone(rest) => Ok(Address(format!("tel:{rest}"))),
        "tel" => Err(AddressError::Malformed("tel:")),
        "entry" => {
            let (id, fragment) = parse_entry(rest).ok_or(AddressError::Malformed("entry:"))?;
            let address = Address::of_entry(id);
            Ok(match fragment {
                Some(fragment) => Address(format!("{address}#{fragment}")),
                None => address,
            })
        }
        _ => Err(AddressError::Scheme),
    }
}

fn web(scheme: &str, rest: &str) -> Result<String, AddressError> {
    let text = format!("{scheme}:{rest}");
    let malformed = AddressError::Malformed("https://");
    // The parser repairs `https:host` and `https:///host`; what was written should be what is meant.
    if !rest.starts_with("//") || rest.starts_with("///") {
        return Err(malformed);
    }
    let url = Url::parse(&text).map_err(|_| malformed.clone())?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err(malformed);
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressError::Credentials);
    }
    Ok(text)
}

/// RFC 3966, loosely: a number as people write it without spaces, and parameters.
fn is_telephone(number: &str) -> bool {
    let (digits, parameters) = number.split_once(';').unwrap_or((number, ""));
    digits.chars().any(|c| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || "+-.()*#".contains(c))
        && parameters.chars().all(|c| c.is_ascii_alphanumeric() || "=;.-+".contains(c))
}

/// The id and the fragment of what follows `entry:`.
fn parse_entry(rest: &str) -> Option<(Uuid, Option<&str>)> {
    let (id, fragment) = match rest.split_once('#') {
        Some((id, fragment)) => (id, Some(fragment)),
        None => (rest, None),
    };
    let id = (id.len() == 36).then(|| Uuid::try_parse(id).ok())??;
    Some((id, fragment.filter(|fragment| !fragment.is_empty())))
}

/// White space, control characters and characters that cannot be seen: browsers drop some of them, people see none.
fn is_deceptive(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Where a link or an image inside rich text leads. Rich text may also have relative references.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Destination {
    /// An entry, and the part after `#`.
    Entry(Uuid, Option<String>),
    /// Anything else that is harmless, ready for `href` or `src`.
    Url(String),
    /// Not to be linked to.
    Refused,
}

impl Destination {
    pub(super) fn of(text: &str) -> Self {
        let text = text.trim_matches(' ');
        if text.is_empty() || text.chars().any(|c| is_deceptive(c) && c != ' ') {
            return Self::Refused;
        }
        // A browser reads a backslash at the start as a slash.
        let slashes = text.chars().take_while(|c| matches!(c, '/' | '\\')).count();
        if slashes >= 2 {
            let host = text.strip_prefix("//").filter(|host| slashes == 2 && !host.is_empty());
            return host.map_or(Self::Refused, |host| Self::absolute("https", &format!("//{host}")));
        }
        match text.split_once(':') {
            Some((scheme, rest)) if !scheme.contains(['/', '?', '#', '\\']) => {
                Self::absolute(&scheme.to_ascii_lowercase(), rest)
            }
            _ if text.starts_with('\\') => Self::Refused,
            _ => Self::Url(href(text)),
        }
    }

    fn absolute(scheme: &str, rest: &str) -> Self {
        match scheme {
            "entry" => match parse_entry(rest) {
                Some((id, fragment)) => Self::Entry(id, fragment.map(str::to_owned)),
                None => Self::Refused,
            },
            "http" | "https" | "mailto" | "tel" => Self::Url(href(&format!("{scheme}:{rest}"))),
            _ => Self::Refused,
        }
    }

    /// Whether an image can be loaded from it.
    pub(super) fn image_source(&self) -> Option<&str> {
        match self {
            Self::Url(url) if !url.starts_with("mailto:") && !url.starts_with("tel:") => Some(url),
            _ => None,
        }
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
