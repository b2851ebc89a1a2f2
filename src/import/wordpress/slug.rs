//! Slugs, and paths out of addresses: NFC, lower case, 1 to 200 bytes a segment, without characters that an address
//! gives a meaning to. A path here has no trailing slash and begins with one; the root is "/".

use unicode_normalization::UnicodeNormalization;

/// Longest segment in bytes.
const MAX_SEGMENT: usize = 200;

/// Decodes percent escapes; `None` when they are not valid, or not UTF-8.
#[must_use]
pub(super) fn percent_decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let digits = [bytes.next()?, bytes.next()?];
        let digits =
            std::str::from_utf8(&digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        out.push(u8::from_str_radix(digits, 16).ok()?);
    }
    String::from_utf8(out).ok()
}

/// A slug that WordPress gave, in the form of a segment here. Empty when nothing usable is in it.
#[must_use]
pub(super) fn from_name(name: &str) -> String {
    // An invalid encoding stays readable: its percent signs become hyphens.
    let decoded = percent_decode(name).unwrap_or_else(|| name.to_owned());
    tidy(&decoded, |c| !is_refused(c))
}

/// A slug made of a title: letters and digits, hyphens for the rest. Empty when the title has neither.
#[must_use]
pub(super) fn from_title(title: &str) -> String {
    let title: String = title.chars().filter(|c| !matches!(c, '\'' | '\u{2019}')).collect();
    tidy(&title, |c| c.is_alphanumeric() || is_mark(c)).trim_matches('-').to_owned()
}

/// Combining marks carry the vowels of many scripts, and no property in std names them all.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn is_refused(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '/' | '?' | '#' | '%' | '\\' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{FEFF}')
}

fn tidy(text: &str, keep: impl Fn(char) -> bool) -> String {
    let lower: String = text.trim().nfc().collect::<String>().to_lowercase().nfc().collect();
    let mut out = String::with_capacity(lower.len());
    let mut gap = false;
    for c in lower.chars() {
        if keep(c) {
            if gap && !out.is_empty() && !out.ends_with('-') && c != '-' {
                out.push('-');
            }
            gap = false;
            out.push(c);
        } else {
            gap = true;
        }
    }
    if matches!(out.as_str(), "." | "..") {
        return String::new();
    }
    cut(&out, MAX_SEGMENT).to_owned()
}

/// The beginning of a text, at most so many bytes, whole characters.
#[must_use]
pub(super) fn cut(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The slug with a number at its end, still within the limit.
#[must_use]
pub(super) fn numbered(slug: &str, number: usize) -> String {
    let tail = format!("-{number}");
    format!("{}{tail}", cut(slug, MAX_SEGMENT - tail.len()))
}

/// What an address of the old site says about a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A path relative to the site, as segments; none for the root.
    Path(Vec<String>),
    /// The address is a query (`?p=12`).
    Query,
    /// The address is on another site.
    Elsewhere,
    /// The path has segments that cannot be addressed here.
    Unusable,
    /// There is no address.
    None,
}

/// Where the old site lives.
#[derive(Debug, Clone, Default)]
pub(super) struct Site {
    hosts: Vec<String>,
    base: Vec<String>,
}

impl Site {
    /// A site known by these addresses; the path of the first is what all paths are relative to.
    pub(super) fn new<'a>(addresses: impl Iterator<Item = &'a str>) -> Self {
        let mut site = Self::default();
        for (index, address) in addresses.enumerate() {
            let (host, path) = split_address(address);
            if let Some(host) = host {
                site.hosts.push(host);
            }
            if index == 0 {
                site.base = segments(path).collect();
            }
        }
        site
    }

    /// Reads the path out of an address.
    pub(super) fn place(&self, address: &str) -> Place {
        let address = address.trim();
        if address.is_empty() {
            return Place::None;
        }
        let (host, path) = split_address(address);
        if let Some(host) = host
            && !self.hosts.is_empty()
            && !self.hosts.contains(&host)
        {
            return Place::Elsewhere;
        }
        let address = address.split('#').next().unwrap_or_default();
        let has_query = address.contains('?');
        let all: Vec<String> = segments(path).collect();
        let relative = all.strip_prefix(self.base.as_slice()).unwrap_or(&all);
        if has_query {
            return Place::Query;
        }
        let mut out = Vec::with_capacity(relative.len());
        for segment in relative {
            let Some(decoded) = percent_decode(segment) else {
                return Place::Unusable;
            };
            let tidy = from_name(segment);
            let plain: String = decoded.nfc().collect::<String>().to_lowercase().nfc().collect();
            if tidy.is_empty() || tidy != plain {
                return Place::Unusable;
            }
            out.push(tidy);
        }
        Place::Path(out)
    }
}

/// Host (lower case, without `www.`) and path of an address; the path ends before `?` and `#`.
fn split_address(address: &str) -> (Option<String>, &str) {
    let address = address.trim();
    let rest = address.split_once("://").map(|(_, rest)| rest).or_else(|| address.strip_prefix("//"));
    let (host, path) = match rest {
        Some(rest) => {
            let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
            let host = rest[..end].to_lowercase();
            (Some(host.strip_prefix("www.").unwrap_or(&host).to_owned()), &rest[end..])
        }
        None => (None, address),
    };
    (host, path.split(['?', '#']).next().unwrap_or_default())
}

fn segments(path: &str) -> impl Iterator<Item = String> {
    path.split('/').filter(|s| !s.is_empty()).map(str::to_owned)
}

/// A path out of segments.
#[must_use]
pub(super) fn join(segments: &[String]) -> String {
    format!("/{}", segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs_of_wordpress_are_decoded_and_kept() {
        assert_eq!(from_name("%ce%b5%cf%80-2"), "\u{3b5}\u{3c0}-2");
        assert_eq!(from_name("About_Us.html"), "about_us.html");
        assert_eq!(from_name("bad%zz"), "bad-zz");
        assert_eq!(from_name("%c3"), "c3");
        assert_eq!(from_name("a b/c?d#e"), "a-b-c-d-e");
        assert_eq!(from_name(" .. "), "");
    }

    #[test]
    fn slugs_of_titles_are_words() {
        assert_eq!(from_title("Don't panic: 3 \"rules\"!"), "dont-panic-3-rules");
        assert_eq!(from_title("E\u{301}te\u{301}"), "\u{e9}t\u{e9}");
        assert_eq!(from_title("!?"), "");
    }

    #[test]
    fn slugs_stay_within_the_limit() {
        let long = from_title(&"\u{e9}".repeat(300));
        assert_eq!(long.len(), 200);
        assert_eq!(numbered(&long, 12).len(), 199);
    }

    #[test]
    fn addresses_become_paths() {
        let site = Site::new(["https://www.harbour.example/blog/", "https://harbour.example"].into_iter());
        let path = |s: &[&str]| Place::Path(s.iter().map(|s| (*s).to_owned()).collect());
        assert_eq!(
            site.place("http://harbour.example/blog//About/%C3%A9t%C3%A9/"),
            path(&["about", "\u{e9}t\u{e9}"])
        );
        assert_eq!(site.place("https://harbour.example/blog/"), path(&[]));
        assert_eq!(site.place("https://harbour.example/blog/?p=7"), Place::Query);
        assert_eq!(site.place("https://other.example/x"), Place::Elsewhere);
        assert_eq!(site.place("https://harbour.example/blog/a%2Fb/"), Place::Unusable);
        assert_eq!(site.place("https://harbour.example/blog/%ff/"), Place::Unusable);
        assert_eq!(site.place("/blog/x/#top"), path(&["x"]));
        assert_eq!(site.place(" "), Place::None);
    }
}
