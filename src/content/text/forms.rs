//! The forms of rich text that a reader asks for, and rich text in those forms.

use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    links::Links,
    rich_text::{InlineMarkdown, Markdown},
};

/// Which forms of rich text an answer has, as the parameter `text` says. HTML alone by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TextForms {
    /// Sanitised HTML.
    pub html: bool,
    /// The source, with its links to entries resolved.
    pub markdown: bool,
    /// Plain text.
    pub text: bool,
}

impl Default for TextForms {
    fn default() -> Self {
        Self { html: true, markdown: false, text: false }
    }
}

/// The list of forms names something else, nothing, or the same form twice.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a comma-separated list of `html`, `markdown` and `text`, each at most once, not {0:?}")]
pub struct TextFormsError(String);

impl FromStr for TextForms {
    type Err = TextFormsError;

    fn from_str(list: &str) -> Result<Self, TextFormsError> {
        let mut forms = Self { html: false, markdown: false, text: false };
        for name in list.split(',') {
            let form = match name.trim() {
                "html" => &mut forms.html,
                "markdown" => &mut forms.markdown,
                "text" => &mut forms.text,
                _ => return Err(TextFormsError(name.to_owned())),
            };
            if std::mem::replace(form, true) {
                return Err(TextFormsError(name.to_owned()));
            }
        }
        Ok(forms)
    }
}

/// Rich text in the forms that the parameter `text` asks for; `html` unless it asks for others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(Text::sample))]
pub struct Text {
    /// Sanitised HTML: no scripts, styles or frames; links to entries resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub html: Option<String>,
    /// The source in `CommonMark`, with tables, strikethrough and footnotes; links to entries resolved to their paths.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub markdown: Option<String>,
    /// Every word as plain text, a line for each block.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<String>,
}

impl Text {
    /// A text for the examples of the API's document.
    pub(in crate::content) fn sample() -> Self {
        Self {
            html: Some("<p>We began in <strong>1998</strong>.</p>\n".to_owned()),
            markdown: None,
            text: Some("We began in 1998.".to_owned()),
        }
    }

    /// A rich text in the given forms; `scope` as in [`Markdown::to_html`].
    #[must_use]
    pub fn of(source: &Markdown, forms: TextForms, scope: &str, links: &dyn Links) -> Self {
        Self {
            html: forms.html.then(|| source.to_html(scope, links)),
            markdown: forms.markdown.then(|| source.resolved(links)),
            text: forms.text.then(|| source.to_text()),
        }
    }

    /// The same, or none for a text that is blank.
    #[must_use]
    pub fn unless_blank(source: &Markdown, forms: TextForms, scope: &str, links: &dyn Links) -> Option<Self> {
        (!source.is_blank()).then(|| Self::of(source, forms, scope, links))
    }

    /// A line of rich text in the given forms.
    #[must_use]
    pub fn of_line(source: &InlineMarkdown, forms: TextForms, links: &dyn Links) -> Self {
        Self {
            html: forms.html.then(|| source.to_html(links)),
            markdown: forms.markdown.then(|| source.resolved(links)),
            text: forms.text.then(|| source.to_text()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_from_a_list() {
        let all = "markdown,html,text".parse::<TextForms>().unwrap();
        assert!(all.html && all.markdown && all.text);
        assert_eq!("html".parse(), Ok(TextForms::default()));
        for bad in ["", "html,", "html,html", "HTML", "xml"] {
            assert!(bad.parse::<TextForms>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn only_the_forms_asked_for_are_made() {
        let source = Markdown::try_from("a *b*".to_owned()).unwrap();
        let none = |_| None;
        let text = Text::of(&source, "text,markdown".parse().unwrap(), "x", &none);
        assert_eq!(
            serde_json::to_value(&text).unwrap(),
            serde_json::json!({"markdown": "a *b*", "text": "a b"})
        );
        assert!(Text::unless_blank(&Markdown::default(), TextForms::default(), "x", &none).is_none());
    }
}
