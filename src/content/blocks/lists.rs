//! What blocks list without having it: pages below a page, people. A block says what it wants, and whoever makes the answer finds it
//! for all blocks at once, at the instant and in the locales of the answer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Block, Content, children::Children, people::People, schema::Variant};
use crate::content::media::public::ImageView;

/// What a block lists.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Wanted {
    /// Pages below a page.
    Pages(PagesBelow),
    /// People.
    People(PeopleWanted),
}

/// The people whom a block lists.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum PeopleWanted {
    /// Those of a group, in its order.
    Group(String),
    /// These, in this order.
    These(Vec<Uuid>),
}

/// The pages below a page that a block lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PagesBelow {
    /// The page above them; the page of the block when there is none.
    pub of: Option<Uuid>,
    /// How many levels.
    pub depth: u8,
    /// How many at most.
    pub limit: u8,
    /// In which order.
    pub sort: PageSort,
}

/// The order of pages below a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(examples("position"))]
pub enum PageSort {
    /// As in the tree, level by level.
    #[default]
    #[serde(rename = "position")]
    Position,
    /// By the date that readers are shown, the newest first.
    #[serde(rename = "-published_at")]
    Newest,
    /// By title.
    #[serde(rename = "title")]
    Title,
}

/// A page in a list of a block: what a teaser shows.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(PageTeaser::sample))]
pub struct PageTeaser {
    /// The entry.
    pub id: Uuid,
    /// The locale, a BCP 47 tag.
    #[schema(example = "en")]
    pub locale: String,
    /// The title.
    #[schema(example = "Our history")]
    pub title: String,
    /// The path on the public site.
    #[schema(example = "/about/history")]
    pub path: String,
    /// What the page is about, in a few sentences; null when it says nothing.
    #[schema(required, example = "How a handful of teachers became a national network.")]
    pub summary: Option<String>,
    /// The words that the page is filed under.
    #[schema(example = json!(["history", "community"]))]
    pub tags: Vec<String>,
    /// The date that readers are shown.
    pub published_at: DateTime<Utc>,
    /// The picture that stands for the page; null when there is none that is public.
    #[schema(required)]
    pub image: Option<ImageView>,
    /// The page above it.
    #[schema(required)]
    pub parent: Option<Uuid>,
    /// How many levels it lies below the page whose pages are listed, from 1.
    #[schema(minimum = 1, maximum = 3, example = 1)]
    pub level: u8,
}

impl PageTeaser {
    /// A page for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_3e5c_7d1f_7c3a_9b52_1f0d_6c2e_8a42),
            locale: "en".to_owned(),
            title: "Our history".to_owned(),
            path: "/about/history".to_owned(),
            summary: Some("How a handful of teachers became a national network.".to_owned()),
            tags: vec!["history".to_owned()],
            published_at: DateTime::from_timestamp(1_772_355_600, 0).unwrap_or_default(),
            image: None,
            parent: Some(Uuid::from_u128(0x019a_3e5c_7d1f_7c3a_9b52_1f0d_6c2e_8a41)),
            level: 1,
        }
    }
}

/// A person in a list of a block. Ways to reach them, the biography and the rest come with the person alone.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(PersonTeaser::sample))]
pub struct PersonTeaser {
    /// The entry.
    pub id: Uuid,
    /// The locale, a BCP 47 tag.
    #[schema(example = "en")]
    pub locale: String,
    /// The name.
    #[schema(example = "Ada Example")]
    pub name: String,
    /// What stands before the name; null when nothing does.
    #[schema(required, example = "Dr.")]
    pub honorific: Option<String>,
    /// How to speak of the person; null when it is not said.
    #[schema(required, example = "she/her")]
    pub pronouns: Option<String>,
    /// Titles of what the person does.
    #[schema(example = json!(["Chair"]))]
    pub roles: Vec<String>,
    /// Where the person works; null when it is not said.
    #[schema(required, example = "Lantern School")]
    pub organisation: Option<String>,
    /// Where the person lives or works; null when it is not said.
    #[schema(required, example = "Harbour Town")]
    pub location: Option<String>,
    /// Who the person is, in short; null when it is not said.
    #[schema(required, example = "Taught mathematics before she founded the alliance.")]
    pub summary: Option<String>,
    /// What the person looks like; null when there is no picture that is public.
    #[schema(required)]
    pub portrait: Option<ImageView>,
    /// The path of the page that the person has on the public site; null for who has none.
    #[schema(required, example = "/about/ada-example")]
    pub path: Option<String>,
}

impl PersonTeaser {
    /// A person for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Self {
        Self {
            id: Uuid::from_u128(0x019a_3e5c_7d1f_7c3a_9b52_1f0d_6c2e_8a43),
            locale: "en".to_owned(),
            name: "Ada Example".to_owned(),
            honorific: Some("Dr.".to_owned()),
            pronouns: Some("she/her".to_owned()),
            roles: vec!["Chair".to_owned()],
            organisation: Some("Lantern School".to_owned()),
            location: None,
            summary: Some("Taught mathematics before she founded the alliance.".to_owned()),
            portrait: None,
            path: Some("/about/ada-example".to_owned()),
        }
    }
}

/// What was found for the blocks of a page.
pub trait Lists {
    /// The pages that a block lists, in its order.
    fn pages(&self, wanted: PagesBelow) -> Vec<PageTeaser>;

    /// The people whom a block lists, in its order.
    fn people(&self, wanted: &PeopleWanted) -> Vec<PersonTeaser>;
}

/// For what has no blocks.
impl Lists for () {
    fn pages(&self, _wanted: PagesBelow) -> Vec<PageTeaser> {
        Vec::new()
    }

    fn people(&self, _wanted: &PeopleWanted) -> Vec<PersonTeaser> {
        Vec::new()
    }
}

/// What the blocks of a body list. A block that cannot be read lists nothing; reading the body reports it.
#[must_use]
pub fn wanted(body: &Value) -> Vec<Wanted> {
    let blocks = body.get("blocks").and_then(Value::as_array);
    let listing = |block: &&Value| {
        let kind = block.get("type").and_then(Value::as_str);
        kind.is_some_and(|kind| [Children::TYPE, People::TYPE].contains(&kind))
    };
    let mut all = Vec::new();
    for block in blocks.into_iter().flatten().filter(listing) {
        let Ok(block) = Block::from_json(block.clone(), &mut || None) else { continue };
        let wanted = match block.content {
            Content::Children(children) => Wanted::Pages(children.wanted()),
            Content::People(people) => Wanted::People(people.wanted()),
            _ => continue,
        };
        if !all.contains(&wanted) {
            all.push(wanted);
        }
    }
    all
}
