//! What the read API knows of a public document. Pure.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// A public document without its body: what lists and links show.
#[derive(Debug, Clone)]
pub struct Card {
    /// The entry.
    pub entry: Uuid,
    /// The kind.
    pub kind: String,
    /// The locale.
    pub locale: String,
    /// The title.
    pub title: String,
    /// The path, for kinds that have one.
    pub path: Option<String>,
    /// The summary.
    pub summary: Option<String>,
    /// The date that readers see: the one of the body, else that of the first publication.
    pub published_at: DateTime<Utc>,
    /// When the present revision became public.
    pub updated_at: DateTime<Utc>,
    /// What else a card shows.
    pub more: Value,
}

/// A public document with its body, lifted to the current schema version.
#[derive(Debug, Clone)]
pub struct PublicDocument {
    /// Without the body.
    pub card: Card,
    /// The body.
    pub body: Value,
}

/// Everything that a page needs to be rendered.
#[derive(Debug, Clone)]
pub struct Rendered {
    /// The page.
    pub document: PublicDocument,
    /// From the top of the site down to the page's parent.
    pub breadcrumbs: Vec<Crumb>,
    /// Every public entry that the body points at.
    pub links: HashMap<Uuid, Crumb>,
    /// Paths that led here before, newest first.
    pub previous_paths: Vec<String>,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// The entry.
    pub entry: Uuid,
    /// Its title.
    pub title: String,
    /// Its path, for kinds that have one.
    pub path: Option<String>,
}

/// Where a path leads.
#[derive(Debug, Clone)]
pub enum Resolved {
    /// To a public entry.
    Entry(Uuid),
    /// To somewhere else.
    Redirect {
        /// A path of this site or an absolute address.
        to: String,
        /// 301, 302, 307 or 308.
        status: u16,
    },
}

/// How pages are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub enum PageOrder {
    /// Newest first, by the date that readers see.
    #[serde(rename = "-published_at")]
    Newest,
    /// By title, in the order of the Unicode collation.
    #[serde(rename = "title")]
    Title,
}

impl PageOrder {
    /// As the parameter `sort` has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "-published_at",
            Self::Title => "title",
        }
    }
}
