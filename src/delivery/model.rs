//! What the read API knows of a public document. Pure.

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::{Value, json};
use uuid::Uuid;

use super::include::model::Family;
use super::listed::model::Listed;
use super::settings::AboutSite;
use crate::content::media::public::PublicMedia;
use crate::platform::access::{Guest, KindName, Permit, Read};
use crate::platform::db::Keep;
use crate::platform::problem::{Code, FieldCode, Problem};

/// What was public at other instants than now, as grants speak of it.
pub enum History {}
impl KindName for History {
    const NAME: Option<&'static str> = Some("history");
}

/// Another instant than now, asked for by somebody who may know.
#[derive(Debug, Clone, Copy)]
pub struct AsOf(DateTime<Utc>);

impl AsOf {
    /// The instant to the microsecond, which is as far as the database tells instants apart.
    #[must_use]
    pub fn new(_permit: &Permit<Read<History>>, instant: DateTime<Utc>) -> Self {
        Self(instant.trunc_subsecs(6))
    }

    /// The instant.
    #[must_use]
    pub fn instant(self) -> DateTime<Utc> {
        self.0
    }
}

/// Which of all that was ever public is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The locale; the site's default when there is none.
    pub locale: Option<String>,
    /// The instant; now when there is none.
    pub as_of: Option<AsOf>,
    /// Who has a preview link, and so sees what it is for.
    pub guest: Option<Guest>,
}

impl Asked {
    /// What cursors are bound to, whatever they lead through.
    #[must_use]
    pub fn bound(&self) -> Value {
        let instant = self.as_of.map(|as_of| as_of.0.to_rfc3339());
        let link = self.guest.as_ref().map(|guest| guest.link.to_string());
        json!([instant, link, self.locale])
    }
}

/// What is answered, and for another instant than now how far it can be relied upon.
#[derive(Debug)]
pub struct Answer<T> {
    /// What was found.
    pub value: T,
    /// What it is about.
    pub about: About,
}

/// Which instant an answer is about.
#[derive(Debug, Clone)]
pub enum About {
    /// Now, with how the answer can be kept, and what it was computed from as caches are told it.
    Now(Keep, Option<String>),
    /// Another one, which was asked for.
    At(Past),
}

impl About {
    /// The same, for an answer that other things than the public state can change: it is kept for so long at most.
    #[must_use]
    pub fn briefly(self, time: Duration) -> Self {
        match self {
            Self::Now(keep, tags) => Self::Now(keep.briefly(time), tags),
            Self::At(past) => Self::At(past),
        }
    }
}

/// The instant of an answer that is not about now.
#[derive(Debug, Clone, Copy)]
pub struct Past {
    /// The instant.
    pub instant: DateTime<Utc>,
    /// Whether no change can make this answer another one.
    pub is_final: bool,
}

/// A language of the site.
#[derive(Debug, Clone)]
pub struct Locale {
    /// Its BCP 47 tag.
    pub tag: String,
    /// The locale that stands in for what is missing in this one.
    pub fallback: Option<String>,
}

/// A locale and those that stand in for it, the best first.
///
/// # Errors
/// 400 when the site does not have the locale; it lists those that there are.
pub fn chain(site: &[Locale], asked: &str) -> Result<Vec<String>, Problem> {
    let find = |tag: &str| site.iter().find(|locale| locale.tag == tag);
    let first = find(asked).ok_or_else(|| unknown_locale(site))?;
    let chain = std::iter::successors(Some(first), |locale| find(locale.fallback.as_deref()?));
    // The database refuses a circle of fallbacks; should there be one, it is left where it closes.
    Ok(chain.take(site.len()).map(|locale| locale.tag.clone()).collect())
}

fn unknown_locale(site: &[Locale]) -> Problem {
    let known: Vec<String> = site.iter().map(|locale| format!("`{}`", locale.tag)).collect();
    let detail =
        format!("The query parameter `locale` names no locale of this site. It has {}.", known.join(", "));
    Problem::new(Code::InvalidParameter).detail(detail.clone()).field(
        "/query/locale",
        FieldCode::Invalid,
        detail,
    )
}

/// Documents of a list, with the media that they show.
#[derive(Debug)]
pub struct Cards {
    /// In the order of the list.
    pub rows: Vec<Card>,
    /// What they and the pages around them show.
    pub media: Vec<PublicMedia>,
    /// The pages that come along.
    pub family: Family,
    /// How many the whole list has, when they were counted.
    pub total: Option<u64>,
    /// What they say, when that is wanted.
    pub bodies: HashMap<Uuid, Value>,
    /// Every public entry that this points at.
    pub links: HashMap<Uuid, Crumb>,
}

/// A public document without its body: what lists and links show.
#[derive(Debug, Clone)]
pub struct Card {
    /// The entry.
    pub entry: Uuid,
    /// The kind.
    pub kind: String,
    /// The locale.
    pub locale: String,
    /// The locale that was asked for, for which `locale` may stand in.
    pub requested_locale: String,
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
    /// The entry above, for kinds that have one.
    pub parent: Option<Uuid>,
    /// The rank among the siblings, for kinds that have one.
    pub position: Option<String>,
}

impl Card {
    /// The media entry that stands for the document.
    #[must_use]
    pub fn image(&self) -> Option<Uuid> {
        self.more.get("image")?.as_str()?.parse().ok()
    }

    /// The words that the document is filed under.
    #[must_use]
    pub fn tags(&self) -> Vec<String> {
        let tags = self.more.get("tags").and_then(Value::as_array);
        tags.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The rank in a group, for kinds that have groups.
    #[must_use]
    pub fn rank(&self, group: &str) -> &str {
        let rank = self.more.get("ranks").and_then(|ranks| ranks.get(group)?.as_str());
        rank.unwrap_or_default()
    }
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
    /// Those of them that are media, and what the pages around show.
    pub media: Vec<PublicMedia>,
    /// The pages that come along.
    pub family: Family,
    /// What its blocks list.
    pub listed: Listed,
    /// Paths that led here before, newest first.
    pub previous_paths: Vec<String>,
    /// What is known of the site as a whole.
    pub about: AboutSite,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crumb {
    /// The entry.
    pub entry: Uuid,
    /// Its kind.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Its path, for kinds that have one.
    pub path: Option<String>,
}

/// Where a path leads, to its end.
#[derive(Debug, Clone)]
pub enum Resolved {
    /// To a public document that has a path.
    Entry(Box<Rendered>),
    /// To somewhere else.
    Redirect {
        /// A path of this site or an absolute address.
        to: String,
        /// 301, 302, 307 or 308.
        status: u16,
    },
}

/// Where a path leads, before it is known whether that is where the entry is at home.
#[derive(Debug, Clone)]
pub enum Lead {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn locale(tag: &str, fallback: Option<&str>) -> Locale {
        Locale { tag: tag.to_owned(), fallback: fallback.map(str::to_owned) }
    }

    #[test]
    fn a_chain_follows_the_fallbacks_to_their_end() {
        let site = [locale("de", Some("en")), locale("de-AT", Some("de")), locale("en", None)];
        assert_eq!(chain(&site, "de-AT").unwrap(), ["de-AT", "de", "en"]);
        assert_eq!(chain(&site, "en").unwrap(), ["en"]);
        let problem = chain(&site, "fr").unwrap_err();
        assert_eq!(problem.code(), Code::InvalidParameter);
        assert!(problem.to_string().ends_with("It has `de`, `de-AT`, `en`."), "{problem}");
    }

    #[test]
    fn a_circle_ends() {
        let site = [locale("de", Some("en")), locale("en", Some("de"))];
        assert_eq!(chain(&site, "de").unwrap(), ["de", "en"]);
    }
}
