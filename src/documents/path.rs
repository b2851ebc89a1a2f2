//! Paths on the public site. There is one normal form; whatever a browser or an old link asks for is brought to it, and
//! the caller learns whether that changed anything, so that it can redirect.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::slug::{Slug, is_invisible, normal_form};

/// The most bytes of UTF-8 that a path may have.
pub const MAX_BYTES: usize = 1_024;
/// The most segments that a path may have.
pub const MAX_LEVELS: usize = 32;

/// A path on the public site in its normal form: starting with `/`, not ending with one, in lower case and Unicode
/// normal form C, not percent-encoded, at most 1,024 bytes and 32 levels. `/` is the home page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = r"^/(?:[^/?#%\\]+(?:/[^/?#%\\]+)*)?$", max_length = 1024, examples("/about/our-history"))]
pub struct SitePath(String);

/// A path in normal form, and whether what was asked for was written otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Normalised {
    /// The normal form.
    pub path: SitePath,
    /// Whether the given text differs from it in more than percent-encoding: the answer should be a redirect.
    pub changed: bool,
}

/// Why a text cannot be a path of the site.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// It is too long.
    #[error("a path has at most {MAX_BYTES} bytes of UTF-8")]
    TooLong,
    /// It has too many segments.
    #[error("a path has at most {MAX_LEVELS} levels")]
    TooDeep,
    /// A percent sign is not followed by two hexadecimal digits, or the decoded bytes are not UTF-8.
    #[error("the path is not percent-encoded UTF-8")]
    Encoding,
    /// A character that no path of the site has.
    #[error("a path cannot contain {0:?}; give the path alone, without query and fragment")]
    Character(char),
    /// `.` or `..` as a segment.
    #[error("a path cannot contain `.` or `..` as a segment")]
    Dots,
    /// It is in another form than the normal one.
    #[error("the path is not in normal form: write `{0}`")]
    NotNormal(SitePath),
}

impl SitePath {
    /// The path of the home page, `/`.
    #[must_use]
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// Brings a requested path to its normal form: percent-decoded, composed (NFC), in lower case, one slash between
    /// segments, one before the first, none after the last.
    ///
    /// # Errors
    /// When no path of the site could be meant: too long, too deep, badly encoded, dots as segments, an encoded slash,
    /// control characters, a query or a fragment.
    pub fn normalise(raw: &str) -> Result<Normalised, PathError> {
        // Encoding makes at most three bytes of one; anything longer cannot come out short enough.
        if raw.len() > MAX_BYTES * 3 {
            return Err(PathError::TooLong);
        }
        if let Some(c) = raw.chars().find(|c| matches!(c, '?' | '#')) {
            return Err(PathError::Character(c));
        }
        let mut path = String::new();
        for segment in raw.split('/').filter(|segment| !segment.is_empty()) {
            path.push('/');
            path.push_str(&normal_form(&decode_segment(segment)?));
        }
        if path.is_empty() {
            path.push('/');
        }
        check_size(&path)?;
        let changed = decode(raw)? != path;
        Ok(Normalised { path: Self(path), changed })
    }

    /// The path of a page below this one; the home page's slug leads nowhere else than here.
    ///
    /// # Errors
    /// When the result would be too long or too deep.
    pub fn child(&self, slug: &Slug) -> Result<Self, PathError> {
        if slug.is_home() {
            return Ok(self.clone());
        }
        let parent = self.0.trim_end_matches('/');
        let path = format!("{parent}/{slug}");
        check_size(&path)?;
        Ok(Self(path))
    }

    /// The segments from the top; none for the home page.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }

    /// Whether this is the home page.
    #[must_use]
    pub fn is_home(&self) -> bool {
        self.0 == "/"
    }

    /// The path as text, not encoded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The path percent-encoded for a URL or a header: everything but RFC 3986's unreserved characters and `/`.
    #[must_use]
    pub fn encoded(&self) -> String {
        let mut out = String::with_capacity(self.0.len());
        for byte in self.0.bytes() {
            if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                // Writing to a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
        out
    }
}

fn check_size(path: &str) -> Result<(), PathError> {
    if path.len() > MAX_BYTES {
        return Err(PathError::TooLong);
    }
    if path.matches('/').count() > MAX_LEVELS {
        return Err(PathError::TooDeep);
    }
    Ok(())
}

fn decode_segment(segment: &str) -> Result<String, PathError> {
    let text = decode(segment)?;
    if text == "." || text == ".." {
        return Err(PathError::Dots);
    }
    // A space is allowed: old permalinks have them.
    let reserved = |c: char| {
        matches!(c, '/' | '\\' | '?' | '#' | '%') || is_invisible(c) || (c.is_whitespace() && c != ' ')
    };
    match text.chars().find(|c| reserved(*c)) {
        Some(c) => Err(PathError::Character(c)),
        None => Ok(text),
    }
}

fn decode(text: &str) -> Result<String, PathError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (pair, tail) = rest.split_at_checked(2).ok_or(PathError::Encoding)?;
        bytes.push(hex(pair).ok_or(PathError::Encoding)?);
        rest = tail;
    }
    String::from_utf8(bytes).map_err(|_| PathError::Encoding)
}

fn hex(pair: &[u8]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let value = digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?;
    u8::try_from(value).ok()
}

impl TryFrom<String> for SitePath {
    type Error = PathError;

    /// Takes a path that is in normal form already, such as one that was stored.
    fn try_from(text: String) -> Result<Self, PathError> {
        let Normalised { path, .. } = Self::normalise(&text)?;
        if path.0 == text { Ok(path) } else { Err(PathError::NotNormal(path)) }
    }
}

impl From<SitePath> for String {
    fn from(path: SitePath) -> Self {
        path.0
    }
}

impl fmt::Display for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn normal(raw: &str) -> (String, bool) {
        let Normalised { path, changed } = SitePath::normalise(raw).unwrap();
        (path.into(), changed)
    }

    #[test]
    fn paths_come_to_one_form() {
        let cases = [
            ("/", "/", false),
            ("", "/", true),
            ("//", "/", true),
            ("/about", "/about", false),
            ("about", "/about", true),
            ("/About/", "/about", true),
            ("//about//us", "/about/us", true),
            ("/%C3%BCber", "/\u{fc}ber", false),
            ("/%c3%9cber", "/\u{fc}ber", true),
            ("/u\u{308}ber", "/\u{fc}ber", true),
            ("/%61bout", "/about", false),
            ("/old%20page.html", "/old page.html", false),
        ];
        for (raw, path, changed) in cases {
            assert_eq!(normal(raw), (path.to_owned(), changed), "{raw:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_path_is_refused() {
        let cases = [
            ("/a/../b", PathError::Dots),
            ("/a/%2e%2E", PathError::Dots),
            ("/a%2Fb", PathError::Character('/')),
            ("/a%5cb", PathError::Character('\\')),
            ("/a\\b", PathError::Character('\\')),
            ("/a%00b", PathError::Character('\0')),
            ("/a\nb", PathError::Character('\n')),
            ("/a?b=1", PathError::Character('?')),
            ("/a#b", PathError::Character('#')),
            ("/a%3Fb", PathError::Character('?')),
            ("/a%25b", PathError::Character('%')),
            ("/a%", PathError::Encoding),
            ("/a%4", PathError::Encoding),
            ("/a%zz", PathError::Encoding),
            ("/a%+1", PathError::Encoding),
            ("/%ff", PathError::Encoding),
        ];
        for (raw, error) in cases {
            assert_eq!(SitePath::normalise(raw), Err(error), "{raw:?}");
        }
        assert_eq!(SitePath::normalise(&"/a".repeat(33)), Err(PathError::TooDeep));
        assert!(SitePath::normalise(&"/a".repeat(32)).is_ok());
        assert_eq!(SitePath::normalise(&format!("/{}", "a".repeat(1_024))), Err(PathError::TooLong));
        assert!(SitePath::normalise(&format!("/{}", "a".repeat(1_023))).is_ok());
        assert_eq!(SitePath::normalise(&"/".repeat(4_000)), Err(PathError::TooLong));
    }

    #[test]
    fn children_hang_below() {
        let slug = Slug::try_from("about").unwrap();
        let about = SitePath::home().child(&slug).unwrap();
        assert_eq!(about.as_str(), "/about");
        assert_eq!(about.child(&slug).unwrap().segments().collect::<Vec<_>>(), ["about", "about"]);
        assert_eq!(SitePath::home().child(&Slug::HOME).unwrap(), SitePath::home());
        let deep = SitePath::try_from("/a".repeat(32)).unwrap();
        assert_eq!(deep.child(&slug), Err(PathError::TooDeep));
    }

    #[test]
    fn a_stored_path_must_be_normal() {
        assert!(SitePath::try_from("/about".to_owned()).is_ok());
        let error = SitePath::try_from("/About/".to_owned()).unwrap_err().to_string();
        assert!(error.ends_with("write `/about`"), "{error}");
    }

    proptest! {
        #[test]
        fn normal_form_is_a_fixed_point_and_survives_encoding(raw in "(/[\\PC&&[^/?#%\\\\]]{1,8}){0,6}/?") {
            if let Ok(Normalised { path, .. }) = SitePath::normalise(&raw) {
                let again = SitePath::normalise(&path.encoded()).unwrap();
                prop_assert_eq!(&again.path, &path);
                prop_assert!(!again.changed);
                prop_assert_eq!(SitePath::try_from(path.to_string()), Ok(path));
            }
        }
    }
}
