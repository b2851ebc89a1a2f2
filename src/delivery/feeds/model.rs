//! A feed before it is written as Atom or JSON.

use chrono::{DateTime, Utc};
use uuid::Uuid;

/// The newest pages.
#[derive(Debug, Clone)]
pub(super) struct Feed {
    /// What people call the site.
    pub title: String,
    /// What the site is about.
    pub tagline: Option<String>,
    /// The address of its picture.
    pub image: Option<String>,
    /// The start of the public site.
    pub home: String,
    /// Where this feed is.
    pub own: String,
    /// Names the feed for ever, however its address changes.
    pub id: String,
    /// The locale.
    pub language: String,
    /// The newest first.
    pub entries: Vec<FeedEntry>,
}

/// A page in a feed.
#[derive(Debug, Clone)]
pub(super) struct FeedEntry {
    pub id: Uuid,
    pub title: String,
    pub url: String,
    pub summary: Option<String>,
    /// HTML with absolute addresses.
    pub content: String,
    pub image: Option<String>,
    pub tags: Vec<String>,
    pub language: String,
    pub published: DateTime<Utc>,
    pub updated: DateTime<Utc>,
}

impl Feed {
    /// When the latest of its pages changed. A feed without any has not changed since there are clocks, which says nothing of
    /// what the public does not see.
    pub(super) fn updated(&self) -> DateTime<Utc> {
        self.entries.iter().map(|entry| entry.updated).max().unwrap_or_default()
    }
}
