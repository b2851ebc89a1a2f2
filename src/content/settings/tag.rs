//! The tag of a locale, as Postgres takes it.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A BCP 47 tag: a language, perhaps with a script and a region, such as `de`, `pt-BR` or `zh-Hant`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String,
    min_length = 2,
    max_length = 12,
    pattern = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$",
    examples("de")
)]
pub struct LocaleTag(String);

/// The text is not the tag of a locale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a locale is a BCP 47 tag such as `de`, `pt-BR` or `zh-Hant`")]
pub struct LocaleTagError;

impl LocaleTag {
    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LocaleTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<LocaleTag> for String {
    fn from(tag: LocaleTag) -> Self {
        tag.0
    }
}

impl TryFrom<String> for LocaleTag {
    type Error = LocaleTagError;

    fn try_from(text: String) -> Result<Self, LocaleTagError> {
        let mut parts = text.split('-').peekable();
        let language = parts.next().is_some_and(|part| {
            (2..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase())
        });
        parts.next_if(|part| is_script(part));
        parts.next_if(|part| is_region(part));
        let good = language && parts.next().is_none();
        if good { Ok(Self(text)) } else { Err(LocaleTagError) }
    }
}

fn is_script(part: &str) -> bool {
    let mut bytes = part.bytes();
    part.len() == 4
        && bytes.next().is_some_and(|b| b.is_ascii_uppercase())
        && bytes.all(|b| b.is_ascii_lowercase())
}

fn is_region(part: &str) -> bool {
    part.len() == 2 && part.bytes().all(|b| b.is_ascii_uppercase())
        || part.len() == 3 && part.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_have_a_language_and_perhaps_a_script_and_a_region() {
        for good in ["de", "gsw", "pt-BR", "es-419", "zh-Hant", "zh-Hant-TW"] {
            assert_eq!(LocaleTag::try_from(good.to_owned()).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "d",
            "DE",
            "de-",
            "de-at",
            "de_AT",
            "de-AT-x",
            "zh-hant",
            "zh-TW-Hant",
            "\u{e4}\u{e4}",
            "deutsch",
        ] {
            assert_eq!(LocaleTag::try_from(bad.to_owned()), Err(LocaleTagError), "{bad}");
        }
    }
}
