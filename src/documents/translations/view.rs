//! How the languages of an entry look in the admin API.

use serde::Serialize;
use utoipa::ToSchema;

use super::Translation;
use crate::documents::model::Source;

/// The languages of an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct TranslationsView {
    /// Every locale of the site, its own first.
    pub translations: Vec<TranslationView>,
}

/// How an entry stands in one locale.
#[derive(Debug, Serialize, ToSchema)]
pub struct TranslationView {
    /// The locale, a BCP 47 tag.
    #[schema(example = "de")]
    pub locale: String,
    /// The locale that readers get while this one is not public; `null` when they get nothing.
    #[schema(example = "en")]
    pub fallback: Option<String>,
    /// Whether it is missing, follows the newest revision of what it translates, or no longer does.
    pub state: TranslationState,
    /// The title of its newest revision; `null` when it is missing.
    #[schema(example = "Unsere Geschichte")]
    pub title: Option<String>,
    /// The version of the document; `null` when it is missing.
    #[schema(example = 2)]
    pub version: Option<i64>,
    /// Its newest revision; `null` when it is missing.
    #[schema(example = 2)]
    pub revision: Option<i32>,
    /// The revision that is public now; `null` when nothing is.
    #[schema(example = 1)]
    pub live: Option<i32>,
    /// The revision that it translates; `null` for an original.
    pub source: Option<Source>,
    /// The newest revision of what it translates; `null` for an original.
    #[schema(example = 5)]
    pub source_revision: Option<i32>,
}

/// How a translation stands to its source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TranslationState {
    /// There is no document in this locale.
    Missing,
    /// It translates nothing.
    Original,
    /// It follows the newest revision of its source.
    Current,
    /// Its source has newer revisions.
    Outdated,
}

impl From<Translation> for TranslationView {
    fn from(translation: Translation) -> Self {
        let document = translation.document;
        let state = match &document {
            None => TranslationState::Missing,
            Some(document) => match (&document.source, document.source_head) {
                (Some(source), Some(head)) if source.revision < head => TranslationState::Outdated,
                (Some(_), _) => TranslationState::Current,
                (None, _) => TranslationState::Original,
            },
        };
        Self {
            locale: translation.locale,
            fallback: translation.fallback,
            state,
            title: document.as_ref().map(|document| document.title.clone()),
            version: document.as_ref().map(|document| document.version),
            revision: document.as_ref().map(|document| document.head),
            live: document.as_ref().and_then(|document| document.live),
            source_revision: document.as_ref().and_then(|document| document.source_head),
            source: document.and_then(|document| document.source),
        }
    }
}
