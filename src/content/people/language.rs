//! Languages that somebody speaks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A language as a BCP 47 tag: the language, and perhaps its script and its region.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String,
    max_length = 11,
    pattern = "^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$",
    examples("en")
)]
pub struct Language(String);

/// The text is not a tag of a language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a language is a BCP 47 tag such as `de`, `pt-BR` or `zh-Hant`")]
pub struct LanguageError;

impl TryFrom<String> for Language {
    type Error = LanguageError;

    fn try_from(text: String) -> Result<Self, LanguageError> {
        let mut parts = text.split('-').peekable();
        let language = parts.next().unwrap_or_default();
        let lower = |text: &str| text.bytes().all(|b| b.is_ascii_lowercase());
        let script = |text: &&str| {
            text.len() == 4
                && text.starts_with(|c: char| c.is_ascii_uppercase())
                && lower(text.get(1..).unwrap_or_default())
        };
        let region = |text: &&str| {
            text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase())
                || text.len() == 3 && text.bytes().all(|b| b.is_ascii_digit())
        };
        let good = (2..=3).contains(&language.len()) && lower(language) && {
            let _ = parts.next_if(script);
            let _ = parts.next_if(region);
            parts.next().is_none()
        };
        if good { Ok(Self(text)) } else { Err(LanguageError) }
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.0
    }
}
