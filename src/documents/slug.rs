//! The last segment of a document's path. A slug that exists is in its one normal form, so that two slugs lead to the
//! same place exactly when their bytes are equal.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use utoipa::ToSchema;

/// The most bytes of UTF-8 that a slug may have.
pub const MAX_BYTES: usize = 200;
/// How long a suggested slug gets; longer titles are cut between words.
const SUGGESTED_BYTES: usize = 80;
const ZERO_WIDTH_JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// The last segment of a page's path: 1 to 200 bytes of UTF-8 in Unicode normal form C and lower case, without `/`,
/// `?`, `#`, `%`, `\`, white space and invisible characters, and neither `.` nor `..`. Letters of all scripts are
/// allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String,
    min_length = 1,
    max_length = 200,
    pattern = r"^(?!\.{1,2}$)[^/?#%\\\s\x00-\x1f\x7fA-Z]+$",
    examples("our-history")
)]
pub struct Slug(String);

/// Why a text is not a slug.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// It is empty.
    #[error("a slug must not be empty; only the home page has none")]
    Empty,
    /// It is too long.
    #[error("a slug has at most {MAX_BYTES} bytes of UTF-8, this one has {0}")]
    TooLong(usize),
    /// It is not lower case.
    #[error("a slug is in lower case: write `{0}`")]
    NotLowerCase(String),
    /// A character has a meaning in URLs or cannot be seen.
    #[error("a slug cannot contain {0:?}: use letters, digits and `-`")]
    Character(char),
    /// It has a meaning of its own in a path.
    #[error("`.` and `..` have a meaning of their own in a path and cannot be slugs")]
    Dots,
}

impl Slug {
    /// The slug of the home page: empty, so that the page's path is `/`.
    pub const HOME: Slug = Slug(String::new());

    /// Whether this is the home page's slug.
    #[must_use]
    pub fn is_home(&self) -> bool {
        self.0.is_empty()
    }

    /// The slug as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A slug for a title: its words in lower case, joined by `-`, cut between words at 80 bytes. None when the title
    /// has no letter and no digit.
    #[must_use]
    pub fn from_title(title: &str) -> Option<Slug> {
        let mut slug = String::new();
        for word in words(&normal_form(title)) {
            let room = SUGGESTED_BYTES.saturating_sub(slug.len() + 1);
            if slug.is_empty() {
                slug.push_str(cut(&word, SUGGESTED_BYTES));
            } else if word.len() <= room {
                slug.push('-');
                slug.push_str(&word);
            } else {
                break;
            }
        }
        Slug::try_from(slug).ok()
    }
}

/// Reads a slug where the home page may stand too, whose slug is empty.
///
/// # Errors
/// When the text is neither empty nor a slug.
pub fn slug_or_home<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Slug, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(Slug::HOME);
    }
    Slug::try_from(text).map_err(serde::de::Error::custom)
}

/// The one form in which slugs and paths are compared: lower case in normal form C.
pub(super) fn normal_form(text: &str) -> String {
    // Composing first and last: lower case of a decomposed letter, and lower case that decomposes, both occur.
    text.nfc().collect::<String>().to_lowercase().nfc().collect()
}

/// Characters that cannot be seen or that turn the direction of text; they would make two slugs look alike. The joiners
/// stay: several scripts cannot be written without them.
pub(super) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn words(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || is_combining_mark(c) || ZERO_WIDTH_JOINERS.contains(&c);
    // An apostrophe joins: "editor's" is one word.
    let text: String = text.chars().filter(|c| !matches!(c, '\'' | '\u{2019}')).collect();
    text.split(|c| !is_part(c))
        .map(|word| word.trim_matches(ZERO_WIDTH_JOINERS).to_owned())
        .filter(|word| word.contains(char::is_alphanumeric))
        .collect()
}

fn cut(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or(0)]
}

impl TryFrom<String> for Slug {
    type Error = SlugError;

    fn try_from(text: String) -> Result<Self, SlugError> {
        let text: String = text.nfc().collect();
        if text.is_empty() {
            return Err(SlugError::Empty);
        }
        if text.len() > MAX_BYTES {
            return Err(SlugError::TooLong(text.len()));
        }
        let reserved =
            |c: char| matches!(c, '/' | '?' | '#' | '%' | '\\') || c.is_whitespace() || is_invisible(c);
        if let Some(c) = text.chars().find(|c| reserved(*c)) {
            return Err(SlugError::Character(c));
        }
        if text == "." || text == ".." {
            return Err(SlugError::Dots);
        }
        let normal = normal_form(&text);
        if normal != text {
            return Err(SlugError::NotLowerCase(normal));
        }
        Ok(Self(text))
    }
}

impl TryFrom<&str> for Slug {
    type Error = SlugError;

    fn try_from(text: &str) -> Result<Self, SlugError> {
        Self::try_from(text.to_owned())
    }
}

impl From<Slug> for String {
    fn from(slug: Slug) -> Self {
        slug.0
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn slugs_of_all_scripts_are_taken() {
        for good in [
            "about",
            "2024",
            "a.b",
            "...",
            "\u{fc}ber-uns",
            "\u{65e5}\u{672c}",
            "\u{3bf}\u{3b4}\u{3cc}\u{3c2}",
            "a_b~c",
        ] {
            assert_eq!(Slug::try_from(good).unwrap().as_str(), good);
        }
        assert_eq!(Slug::try_from("u\u{308}ber").unwrap().as_str(), "\u{fc}ber", "composed");
    }

    #[test]
    fn what_is_no_slug_is_refused_with_a_reason() {
        let cases = [
            ("", SlugError::Empty),
            (".", SlugError::Dots),
            ("..", SlugError::Dots),
            ("a/b", SlugError::Character('/')),
            ("a%20b", SlugError::Character('%')),
            ("a\\b", SlugError::Character('\\')),
            ("a b", SlugError::Character(' ')),
            ("a\u{a0}b", SlugError::Character('\u{a0}')),
            ("a\0b", SlugError::Character('\0')),
            ("a\u{202e}b", SlugError::Character('\u{202e}')),
            ("About", SlugError::NotLowerCase("about".into())),
            ("\u{dc}ber", SlugError::NotLowerCase("\u{fc}ber".into())),
        ];
        for (text, error) in cases {
            assert_eq!(Slug::try_from(text), Err(error), "{text:?}");
        }
        assert!(Slug::try_from("\u{e9}".repeat(100)).is_ok());
        assert_eq!(Slug::try_from("\u{e9}".repeat(101)), Err(SlugError::TooLong(202)));
    }

    #[test]
    fn titles_suggest_slugs() {
        let suggest = |title: &str| Slug::from_title(title).map(String::from);
        assert_eq!(suggest("  Our History: 1998 & on!  ").as_deref(), Some("our-history-1998-on"));
        assert_eq!(suggest("The Editor's \u{201c}Choice\u{201d}").as_deref(), Some("the-editors-choice"));
        assert_eq!(suggest("\u{dc}ber uns").as_deref(), Some("\u{fc}ber-uns"));
        assert_eq!(suggest("?! --"), None);
        let long = suggest(&"word ".repeat(100)).unwrap();
        assert!(long.len() <= 80 && long.ends_with("-word"), "{long}");
        assert_eq!(suggest(&"\u{e9}".repeat(300)).unwrap().len(), 80);
    }

    #[test]
    fn the_home_slug_is_read_only_where_home_may_stand() {
        #[derive(Deserialize)]
        struct Holder(#[serde(deserialize_with = "slug_or_home")] Slug);
        assert!(serde_json::from_str::<Slug>("\"\"").is_err());
        assert!(serde_json::from_str::<Holder>("\"\"").unwrap().0.is_home());
        assert!(serde_json::from_str::<Holder>("\"A\"").is_err());
    }

    proptest! {
        #[test]
        fn a_suggestion_is_a_slug_and_stable(title in "\\PC{0,60}") {
            if let Some(slug) = Slug::from_title(&title) {
                prop_assert_eq!(Slug::try_from(slug.as_str()), Ok(slug.clone()));
                prop_assert!(!slug.as_str().starts_with('-') && !slug.as_str().ends_with('-'));
            }
        }

        #[test]
        fn the_normal_form_is_a_fixed_point(text in any::<String>()) {
            let once = normal_form(&text);
            prop_assert_eq!(normal_form(&once), once);
        }
    }
}
