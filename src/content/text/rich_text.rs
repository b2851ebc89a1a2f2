//! Rich text: Markdown kept as it was written, and the forms that readers get. The source is never rewritten, so that
//! comparing two revisions shows what people changed and nothing else.

use std::{fmt, ops::Range};

use pulldown_cmark::{Event, Tag};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    address::Destination, events, html::to_html, links::Links, plain::to_text, resolve, sanitise::sanitise,
};

/// The most bytes of UTF-8 that a rich text may have.
pub const MAX_BYTES: usize = 500_000;
/// The most bytes of UTF-8 that a line of rich text may have.
pub const MAX_INLINE_BYTES: usize = 10_000;

/// Rich text: `CommonMark` with tables, strikethrough and footnotes, at most 500,000 bytes of UTF-8. Raw HTML is shown as
/// text, except `<br>`. A link to an entry is written `[our history](entry:<id>)`. U+0000 is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String,
    max_length = 500_000,
    pattern = r"^[^\x00]*$",
    examples("We began in **1998**, as told in [our history](entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41).")
)]
pub struct Markdown(String);

/// One line of rich text: emphasis, code, links and strikethrough of `CommonMark`, at most 10,000 bytes of UTF-8. A line
/// break is written `<br>`; control characters are refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(
    value_type = String,
    max_length = 10_000,
    pattern = r"^[^\x00-\x08\x0a-\x1f\x7f]*$",
    examples("*Spring* term")
)]
pub struct InlineMarkdown(String);

/// Why a text cannot be rich text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarkdownError {
    /// It is too long.
    #[error("the text has {0} bytes of UTF-8; it may have {1}")]
    TooLong(usize, usize),
    /// It contains U+0000, which no database and no browser takes.
    #[error("the text contains the character U+0000; remove it")]
    Nul,
    /// Something that is one line has a line break or another control character.
    #[error("the text is one line and cannot contain {0:?}; write `<br>` for a line break")]
    Control(char),
}

/// A link or an image in a rich text that points at an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryLink {
    /// The entry.
    pub target: Uuid,
    /// Whether it is shown as an image rather than linked to.
    pub is_image: bool,
    /// Where the link stands in the source, in bytes.
    pub range: Range<usize>,
}

impl Markdown {
    /// A text for the examples of the API's document.
    pub(in crate::content) fn sample() -> Self {
        Self(
            "We began in **1998**; see [our history](entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41).".to_owned(),
        )
    }

    /// The source.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether there is nothing in it but white space.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.0.trim().is_empty()
    }

    /// Sanitised HTML. Links to entries lead to their present paths; those that the reader cannot see leave their words
    /// without a link. `scope` becomes part of the ids of footnotes: the id of the block, so that the texts of a page do
    /// not collide.
    #[must_use]
    pub fn to_html(&self, scope: &str, links: &dyn Links) -> String {
        sanitise(&to_html(events::named(events::document(&self.0), titles(links)), scope, links))
    }

    /// Every word as plain text: a line for each block, a tab between the cells of a table.
    #[must_use]
    pub fn to_text(&self) -> String {
        to_text(events::named(events::document(&self.0), |_| None))
    }

    /// The source with its links to entries replaced by their present paths, for readers that render Markdown
    /// themselves. The destination of a link that the reader cannot see becomes empty.
    #[must_use]
    pub fn resolved(&self, links: &dyn Links) -> String {
        resolve::resolved(&self.0, links)
    }

    /// Every link and image that points at an entry, in the order of the source.
    #[must_use]
    pub fn references(&self) -> Vec<EntryLink> {
        let Some(parser) = events::parser(&self.0) else {
            return Vec::new();
        };
        parser.into_offset_iter().filter_map(|(event, range)| entry_link(&event, range)).collect()
    }
}

impl InlineMarkdown {
    /// The source.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Sanitised HTML without a paragraph around it; links as in [`Markdown::to_html`].
    #[must_use]
    pub fn to_html(&self, links: &dyn Links) -> String {
        sanitise(&to_html(events::named(events::inline(&self.0).into_iter(), titles(links)), "", links))
    }

    /// Every word as plain text.
    #[must_use]
    pub fn to_text(&self) -> String {
        to_text(events::named(events::inline(&self.0).into_iter(), |_| None))
    }

    /// The source with its links to entries replaced by their present paths.
    #[must_use]
    pub fn resolved(&self, links: &dyn Links) -> String {
        resolve::resolved_line(&self.0, links)
    }

    /// Every entry that a link or an image points at, in the order of the source.
    #[must_use]
    pub fn references(&self) -> Vec<Uuid> {
        let links = events::inline(&self.0);
        links.iter().filter_map(|event| Some(entry_link(event, 0..0)?.target)).collect()
    }
}

fn entry_link(event: &Event<'_>, range: Range<usize>) -> Option<EntryLink> {
    let (destination, is_image) = match event {
        Event::Start(Tag::Link { dest_url, .. }) => (dest_url, false),
        Event::Start(Tag::Image { dest_url, .. }) => (dest_url, true),
        _ => return None,
    };
    let Destination::Entry(target, _) = Destination::of(destination) else {
        return None;
    };
    Some(EntryLink { target, is_image, range })
}

impl TryFrom<String> for Markdown {
    type Error = MarkdownError;

    /// Keeps the text as it is, but for line ends, which become line feeds.
    fn try_from(text: String) -> Result<Self, MarkdownError> {
        let text = events::with_line_feeds(&text).into_owned();
        if text.len() > MAX_BYTES {
            return Err(MarkdownError::TooLong(text.len(), MAX_BYTES));
        }
        if text.contains('\0') {
            return Err(MarkdownError::Nul);
        }
        Ok(Self(text))
    }
}

impl TryFrom<String> for InlineMarkdown {
    type Error = MarkdownError;

    fn try_from(text: String) -> Result<Self, MarkdownError> {
        if text.len() > MAX_INLINE_BYTES {
            return Err(MarkdownError::TooLong(text.len(), MAX_INLINE_BYTES));
        }
        match text.chars().find(|c| c.is_control() && *c != '\t') {
            Some('\0') => Err(MarkdownError::Nul),
            Some(c) => Err(MarkdownError::Control(c)),
            None => Ok(Self(text)),
        }
    }
}

impl From<Markdown> for String {
    fn from(text: Markdown) -> Self {
        text.0
    }
}

impl From<InlineMarkdown> for String {
    fn from(text: InlineMarkdown) -> Self {
        text.0
    }
}

impl fmt::Display for Markdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for InlineMarkdown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn titles(links: &dyn Links) -> impl Fn(uuid::Uuid) -> Option<String> {
    |id| links.target(id).map(|target| target.title)
}

#[cfg(test)]
#[path = "rich_text_tests.rs"]
mod tests;
