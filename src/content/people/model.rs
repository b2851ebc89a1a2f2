//! The body of a person. What is empty is left out of the stored JSON: equal content is an equal body.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Link, Membership, PersonDraft, language::Language};
use crate::{
    content::{
        pages::Seo,
        text::{
            plain_field::{check_given, check_line, check_lines},
            rich_text::Markdown,
            slug::Slug,
            tagging::check_tags,
        },
    },
    documents::{
        body::{Document, Kind, Listing, Problems, References, Route, SearchText, Stage, Weight},
        position::Position,
        shown::Shelf,
    },
    platform::{
        json::is_default,
        problem::field::{FieldCode, FieldProblem, Pointer, read_json},
    },
};

pub(super) const MAX_LINE: usize = 300;
const MAX_SUMMARY: usize = 1_000;
pub(super) const MAX_ROLES: usize = 10;
const MAX_LANGUAGES: usize = 20;
const MAX_GROUPS: usize = 20;
const MAX_LINKS: usize = 20;

/// A person in one language. Fields that are empty are absent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(Person::sample))]
pub struct Person {
    /// The name, at most 300 characters; may be empty in a draft.
    #[schema(max_length = 300, examples("Ada Example"))]
    pub name: String,
    /// What finds the person in addresses: no other public person of the locale has it. The last segment of the path of
    /// who has a page.
    #[schema(value_type = String, min_length = 1, max_length = 200, pattern = r"^(?!\.{1,2}$)[^/?#%\\\s\x00-\x1f\x7fA-Z]+$", examples("ada-example"))]
    pub slug: Slug,
    /// What stands before the name, at most 300 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 300, examples("Dr."))]
    pub honorific: String,
    /// At most 300 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 300, examples("she/her"))]
    pub pronouns: String,
    /// Titles of what the person does, at most 10.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 10, examples("Chair"))]
    pub roles: Vec<String>,
    /// Where the person works, at most 300 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 300, examples("Lantern School"))]
    pub organisation: String,
    /// Where the person lives or works, at most 300 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 300, examples("Harbour Town"))]
    pub location: String,
    /// The languages that the person speaks, at most 20, each once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub languages: Vec<Language>,
    /// The groups that the person is in, at most 20, each once, with the rank in each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub groups: Vec<Membership>,
    /// Who the person is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub biography: Markdown,
    /// The same in short, for lists and search results; at most 1,000 characters.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 1_000, examples("Taught mathematics before she founded the alliance."))]
    pub summary: String,
    /// The media entry that shows the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portrait: Option<Uuid>,
    /// Ways to reach the person, at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 20)]
    pub links: Vec<Link>,
    /// The day on which the person joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joined: Option<NaiveDate>,
    /// The day on which the person left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<NaiveDate>,
    /// Whether the person has a page of their own; absent means no.
    #[serde(default, skip_serializing_if = "is_default")]
    pub has_page: bool,
    /// The page above that page; absent at the top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Uuid>,
    /// At most 50 tags of 1 to 100 characters, each once, without space around them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 50, examples("mathematics"))]
    pub tags: Vec<String>,
    /// What search engines and link previews are told of that page.
    #[serde(default, skip_serializing_if = "is_default")]
    pub seo: Seo,
}

impl Person {
    /// A person for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Value {
        json!({
            "name": "Ada Example",
            "slug": "ada-example",
            "honorific": "Dr.",
            "pronouns": "she/her",
            "roles": ["Chair"],
            "organisation": "Lantern School",
            "location": "Harbour Town",
            "languages": ["en", "de"],
            "groups": [{"group": "board", "position": "F"}],
            "biography": "Ada taught **mathematics** for twenty years.",
            "summary": "Taught mathematics before she founded the alliance.",
            "links": [{"kind": "website", "url": "https://example.org/ada"}, {"kind": "email", "url": "mailto:ada@example.org"}],
            "joined": "2020-04-01",
            "has_page": true,
            "parent": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41",
        })
    }

    /// The rank of a group in which the person is.
    fn ranks(&self) -> Map<String, Value> {
        self.groups.iter().map(|one| (one.group.to_string(), json!(one.position))).collect()
    }

    /// Checks everything but the lists.
    pub(super) fn check_fields(&self, stage: Stage, problems: &mut Problems) {
        let at = |name| Pointer::root().field(name);
        check_given(problems, stage, &at("name"), &self.name, "a name");
        let lines = [
            ("name", &self.name),
            ("honorific", &self.honorific),
            ("pronouns", &self.pronouns),
            ("organisation", &self.organisation),
            ("location", &self.location),
        ];
        for (name, line) in lines {
            check_line(problems, &at(name), line, MAX_LINE);
        }
        check_lines(problems, &at("summary"), &self.summary, MAX_SUMMARY);
        if self.joined.zip(self.left).is_some_and(|(joined, left)| left < joined) {
            problems.add(&at("left"), FieldCode::Invalid, "Nobody leaves before they have joined.");
        }
        self.seo.check(&at("seo"), problems);
    }

    /// Checks the lists.
    pub(super) fn check_lists(&self, problems: &mut Problems) {
        let at = |name| Pointer::root().field(name);
        check_most(problems, &at("roles"), self.roles.len(), MAX_ROLES);
        for (nth, role) in self.roles.iter().enumerate() {
            let place = at("roles").item(nth);
            check_line(problems, &place, role, MAX_LINE);
            if role.trim().is_empty() {
                problems.add(&place, FieldCode::Required, "A role must not be empty; remove it.");
            }
        }
        check_most(problems, &at("languages"), self.languages.len(), MAX_LANGUAGES);
        check_once(problems, &at("languages"), &self.languages);
        check_most(problems, &at("groups"), self.groups.len(), MAX_GROUPS);
        check_once(problems, &at("groups"), &self.groups.iter().map(|one| &one.group).collect::<Vec<_>>());
        check_most(problems, &at("links"), self.links.len(), MAX_LINKS);
        for (nth, link) in self.links.iter().enumerate() {
            link.check(&at("links").item(nth), problems);
        }
        check_tags(&self.tags, &at("tags"), problems);
    }
}

fn check_most(problems: &mut Problems, at: &Pointer, count: usize, most: usize) {
    if count > most {
        problems.add(at, FieldCode::TooMany, format!("There are {count}; there may be {most}."));
    }
}

fn check_once<T: PartialEq>(problems: &mut Problems, at: &Pointer, items: &[T]) {
    for (nth, item) in items.iter().enumerate() {
        if items.iter().take(nth).any(|earlier| earlier == item) {
            problems.add(&at.item(nth), FieldCode::Duplicate, "This is there already; remove it.");
        }
    }
}

impl Document for Person {
    const KIND: Kind = Kind::named("person");
    const SCHEMA_VERSION: i16 = 1;

    fn title(&self) -> &str {
        &self.name
    }

    fn listing(&self) -> Listing {
        let groups: Vec<_> = self.groups.iter().map(|one| &one.group).collect();
        let ranks = self.ranks();
        let mut card = Map::new();
        card.extend(self.portrait.map(|portrait| ("image".to_owned(), json!(portrait))));
        card.extend(self.seo.is_unlisted().then(|| ("unlisted".to_owned(), json!(true))));
        card.insert("ranks".to_owned(), json!(ranks));
        Listing {
            summary: Some(self.summary.clone()).filter(|summary| !summary.is_empty()),
            tags: self.tags.clone(),
            card,
            shelf: Some(Shelf {
                facets: json!({ "groups": groups, "ranks": ranks, "slug": self.slug }),
                words: String::new(),
            }),
            key: Some(self.slug.to_string()),
            ..Listing::default()
        }
    }

    fn route(&self) -> Option<Route<'_>> {
        self.has_page.then_some(Route { parent: self.parent, slug: &self.slug })
    }

    fn references(&self, found: &mut References) {
        let at = |name| Pointer::root().field(name);
        if let Some(parent) = self.parent {
            found.add(&at("parent"), parent, self.has_page);
        }
        if let Some(portrait) = self.portrait {
            found.add(&at("portrait"), portrait, false);
        }
        for link in self.biography.references() {
            found.add(&at("biography"), link.target, false);
        }
        self.seo.references(&at("seo"), found);
    }

    /// Ways to reach somebody are not among the words: some of them are private.
    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Title, &self.name);
        for role in &self.roles {
            out.add(Weight::Summary, role);
        }
        out.add(Weight::Summary, &self.organisation);
        out.add(Weight::Summary, &self.summary);
        for tag in &self.tags {
            out.add(Weight::Summary, tag);
        }
        out.add(Weight::Body, &self.location);
        out.add(Weight::Body, &self.biography.to_text());
    }

    fn check(&self, stage: Stage, problems: &mut Problems) {
        self.check_fields(stage, problems);
        self.check_lists(problems);
    }

    fn relocated(self, parent: Option<Uuid>, slug: Option<Slug>, _position: Position) -> Option<Self> {
        self.has_page.then_some(Self { parent, slug: slug.unwrap_or(self.slug), ..self })
    }

    fn from_draft(draft: Value, new_id: &mut dyn FnMut() -> Uuid) -> Result<Self, Vec<FieldProblem>> {
        read_json::<PersonDraft>(&draft).map_err(|problem| vec![problem])?.into_person(new_id)
    }
}
