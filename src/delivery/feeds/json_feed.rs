//! A feed as JSON (JSON Feed 1.1).

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Feed, FeedEntry};

/// A feed (JSON Feed 1.1).
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JsonFeed {
    /// The version of the format.
    #[schema(example = "https://jsonfeed.org/version/1.1")]
    version: &'static str,
    /// What people call the site.
    #[schema(example = "www.example.org")]
    title: String,
    /// What the site is about; absent when nobody has said it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Teachers and learners who want care to be fair.")]
    description: Option<String>,
    /// The picture of the site; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        example = "https://cms.example.org/media/LCwsLCwsLCwsLCwsLCwsLP____9kYmE1/w1024.jpg"
    )]
    icon: Option<String>,
    /// The start of the public site.
    #[schema(example = "https://www.example.org/")]
    home_page_url: String,
    /// Where this feed is.
    #[schema(example = "https://cms.example.org/v1/feed.json")]
    feed_url: String,
    /// The locale, a BCP 47 tag.
    #[schema(example = "en")]
    language: String,
    /// The pages, the newest first.
    items: Vec<JsonFeedItem>,
}

/// A page in a feed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct JsonFeedItem {
    /// Names the page for ever.
    #[schema(example = "urn:uuid:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41")]
    id: String,
    /// Where it is on the public site.
    #[schema(example = "https://www.example.org/about/history")]
    url: String,
    /// Its title.
    #[schema(example = "Our history")]
    title: String,
    /// What it is about; absent when it says nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "How a handful of teachers became a national network.")]
    summary: Option<String>,
    /// The content as HTML.
    #[schema(example = "<p>We began in <strong>1998</strong>.</p>")]
    content_html: String,
    /// The picture that stands for it; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(
        nullable = false,
        example = "https://cms.example.org/media/LCwsLCwsLCwsLCwsLCwsLP____9kYmE1/w1024.jpg"
    )]
    image: Option<String>,
    /// The date that readers are shown.
    date_published: DateTime<Utc>,
    /// When the present content became public.
    date_modified: DateTime<Utc>,
    /// The words that it is filed under.
    #[schema(example = json!(["history"]))]
    tags: Vec<String>,
    /// The locale of the page, which may stand in for that of the feed.
    #[schema(example = "en")]
    language: String,
}

impl From<Feed> for JsonFeed {
    fn from(feed: Feed) -> Self {
        Self {
            version: "https://jsonfeed.org/version/1.1",
            title: feed.title,
            description: feed.tagline,
            icon: feed.image,
            home_page_url: feed.home,
            feed_url: feed.own,
            language: feed.language,
            items: feed.entries.into_iter().map(JsonFeedItem::from).collect(),
        }
    }
}

impl From<FeedEntry> for JsonFeedItem {
    fn from(entry: FeedEntry) -> Self {
        Self {
            id: entry.id.urn().to_string(),
            url: entry.url,
            title: entry.title,
            summary: entry.summary,
            content_html: entry.content,
            image: entry.image,
            date_published: entry.published,
            date_modified: entry.updated,
            tags: entry.tags,
            language: entry.language,
        }
    }
}
