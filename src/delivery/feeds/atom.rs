//! A feed as Atom (RFC 4287).

use chrono::{DateTime, SecondsFormat, Utc};

use super::model::{Feed, FeedEntry};
use crate::platform::problem::Problem;
use crate::platform::xml::Xml;

/// The document.
pub(super) fn write(feed: &Feed) -> Result<Vec<u8>, Problem> {
    let mut xml = Xml::new()?;
    xml.open("feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", &feed.language)])?;
    xml.text("id", &[], &feed.id)?;
    xml.text("title", &[], &feed.title)?;
    if let Some(tagline) = &feed.tagline {
        xml.text("subtitle", &[], tagline)?;
    }
    if let Some(image) = &feed.image {
        xml.text("logo", &[], image)?;
    }
    xml.text("updated", &[], &time(feed.updated()))?;
    xml.empty("link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &feed.own)])?;
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &feed.home)])?;
    // Every feed names an author; the site speaks for all of its pages.
    xml.open("author", &[])?;
    xml.text("name", &[], &feed.title)?;
    xml.close("author")?;
    for entry in &feed.entries {
        write_entry(&mut xml, entry)?;
    }
    xml.close("feed")?;
    Ok(xml.finish())
}

fn write_entry(xml: &mut Xml, entry: &FeedEntry) -> Result<(), Problem> {
    xml.open("entry", &[("xml:lang", &entry.language)])?;
    xml.text("id", &[], &entry.id.urn().to_string())?;
    xml.text("title", &[], &entry.title)?;
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &entry.url)])?;
    xml.text("published", &[], &time(entry.published))?;
    xml.text("updated", &[], &time(entry.updated))?;
    for tag in &entry.tags {
        xml.empty("category", &[("term", tag)])?;
    }
    if let Some(summary) = &entry.summary {
        xml.text("summary", &[], summary)?;
    }
    xml.text("content", &[("type", "html")], &entry.content)?;
    xml.close("entry")
}

fn time(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
