//! A page as a client sends it, and how it becomes one: everything that is wrong is reported at once.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    date,
    model::{Page, Seo},
    position::Position,
};
use crate::{
    content::{
        blocks::{draft::BlockDraft, list::Blocks},
        text::{address::Address, slug::Slug, tagging::tags_schema},
    },
    documents::body::{Problems, Stage},
    platform::{
        json::null_is_default,
        problem::field::{FieldProblem, Pointer},
    },
};

/// A page in one language as a client sends it. Leaving a field out, or `null`, is the same as leaving it empty: a save
/// replaces the whole page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(PageDraft::sample))]
pub struct PageDraft {
    /// The title, at most 300 characters on one line; may be empty until the page is published. Space around it is
    /// removed.
    #[schema(max_length = 300, examples("Our history"))]
    pub title: String,
    /// The last segment of the path: lower case, without `/`, `?`, `#`, `%`, `\` and white space, at most 200 bytes of
    /// UTF-8. Made from the title when it is left out. Empty for the home page alone, whose path is `/`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        max_length = 200,
        pattern = r"^(?!\.{1,2}$)[^/?#%\\\s\x00-\x1f\x7fA-Z]*$",
        examples("our-history")
    )]
    pub slug: Option<String>,
    /// The page above this one; none at the top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Uuid>,
    /// The rank among the pages with the same parent: digits of a fraction in base 62, so that there is one between any
    /// two. When it is left out, a page that is created becomes the last of them, and one that is saved has `V`, the middle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64, pattern = "^[0-9A-Za-z]{0,63}[1-9A-Za-z]$", examples("V"))]
    pub position: Option<String>,
    /// The date that readers are shown, as RFC 3339 says; kept in UTC with at most microseconds. The time of the first
    /// publication when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime, examples("2026-03-01T09:00:00Z"))]
    pub date: Option<String>,
    /// What lists and search results say of the page, at most 1,000 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 1_000, examples("How a reading group became an alliance."))]
    pub summary: String,
    /// At most 50 tags of 1 to 100 characters, each once. Space around them is removed.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(schema_with = tags_schema)]
    pub tags: Vec<String>,
    /// The media entry that stands for the page in lists and previews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Uuid>,
    /// What search engines and link previews are told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seo: Option<SeoDraft>,
    /// The content, in order; at most 2,000 blocks. Keep the `id` of a block that was there before.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_items = 2_000)]
    pub blocks: Vec<BlockDraft>,
}

/// What search engines and link previews are told of a page. The page's own title, summary and image stand in for what
/// is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"title": "Our history since 1998", "canonical": "https://example.org/history", "noindex": true})))]
pub struct SeoDraft {
    /// The title for search results, at most 300 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 300, examples("Our history since 1998"))]
    pub title: String,
    /// The description for search results, at most 1,000 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 1_000)]
    pub description: String,
    /// The media entry for link previews.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<Uuid>,
    /// The address that search engines should take for the page's own: `https://`, `http://`, a path, or `entry:` and an
    /// id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2_048, examples("https://example.org/history"))]
    pub canonical: Option<String>,
    /// Whether search engines should leave the page out.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable)]
    pub noindex: bool,
}

impl PageDraft {
    /// A page for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Value {
        json!({
            "title": "Our history",
            "parent": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41",
            "summary": "How a reading group became an alliance.",
            "tags": ["history", "about us"],
            "blocks": [
                {"type": "hero", "heading": "Since 1998", "actions": [{"label": "Join us", "link": "mailto:office@example.org"}]},
                {"type": "rich_text", "markdown": "We began in **1998**."},
            ],
        })
    }

    /// The page, with ids for the blocks that have none and a slug when it has none.
    ///
    /// # Errors
    /// Everything that is wrong with it as a draft; what a publication asks for is not asked yet.
    pub fn into_page(self, new_id: &mut dyn FnMut() -> Uuid) -> Result<Page, Vec<FieldProblem>> {
        let mut problems = Problems::default();
        let at = |name| Pointer::root().field(name);
        let title = self.title.trim().to_owned();
        let slug = match self.slug {
            Some(slug) => read_slug(slug, &mut problems),
            None => Some(made_slug(&title, new_id)),
        };
        let position =
            self.position.and_then(|text| problems.keep(&at("position"), Position::try_from(text)));
        let date = self.date.and_then(|text| problems.keep(&at("date"), date::parse(&text)));
        let seo = self.seo.unwrap_or_default().into_seo(&mut problems);
        let blocks = Blocks::from_drafts(self.blocks, new_id, &at("blocks"), &mut problems);
        let page = Page {
            title,
            // A slug that is wrong is reported; its place is held by one that adds no report of its own.
            slug: slug.unwrap_or_else(|| made_slug("", &mut Uuid::nil)),
            parent: self.parent,
            position: position.unwrap_or_default(),
            date,
            summary: self.summary.trim().to_owned(),
            tags: self.tags.iter().map(|tag| tag.trim().to_owned()).collect(),
            image: self.image,
            seo,
            blocks,
        };
        page.check_fields(Stage::Save, &mut problems);
        if problems.is_empty() { Ok(page) } else { Err(problems.into_vec()) }
    }
}

impl SeoDraft {
    /// What it says; what is wrong is added to the problems.
    pub(in crate::content) fn into_seo(self, problems: &mut Problems) -> Seo {
        let at = Pointer::root().field("seo").field("canonical");
        Seo {
            title: self.title.trim().to_owned(),
            description: self.description.trim().to_owned(),
            image: self.image,
            canonical: self.canonical.and_then(|text| problems.keep(&at, Address::try_from(text))),
            noindex: self.noindex,
        }
    }
}

fn read_slug(slug: String, problems: &mut Problems) -> Option<Slug> {
    if slug.is_empty() {
        return Some(Slug::HOME);
    }
    problems.keep(&Pointer::root().field("slug"), Slug::try_from(slug))
}

/// A slug from the title, or one that nobody else has when the title has no word.
pub(in crate::content) fn made_slug(title: &str, new_id: &mut dyn FnMut() -> Uuid) -> Slug {
    Slug::from_title(title).unwrap_or_else(|| {
        let id = new_id().simple().to_string();
        // The last digits of a version 7 id are random; the first are the time.
        let unique = id.get(20..).unwrap_or_default();
        Slug::from_title(&format!("untitled {unique}")).unwrap_or(Slug::HOME)
    })
}

impl TryFrom<&Page> for PageDraft {
    type Error = serde_json::Error;

    /// The draft that becomes this page again.
    fn try_from(page: &Page) -> Result<Self, serde_json::Error> {
        let blocks = page.blocks.iter().map(BlockDraft::try_from).collect::<Result<_, _>>()?;
        Ok(Self {
            title: page.title.clone(),
            slug: Some(page.slug.to_string()),
            parent: page.parent,
            position: Some(page.position.to_string()),
            date: page.date.map(|date| date.to_rfc3339()),
            summary: page.summary.clone(),
            tags: page.tags.clone(),
            image: page.image,
            seo: Some(SeoDraft {
                title: page.seo.title.clone(),
                description: page.seo.description.clone(),
                image: page.seo.image,
                canonical: page.seo.canonical.as_ref().map(Address::to_string),
                noindex: page.seo.noindex,
            }),
            blocks,
        })
    }
}
