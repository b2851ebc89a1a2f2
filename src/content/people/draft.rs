//! A person as a client sends them, and how that becomes one: everything that is wrong is reported at once.

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, SchemaType, Type};
use uuid::Uuid;

use super::{
    Group, Membership, Person,
    language::Language,
    link::LinkDraft,
    model::{MAX_LINE, MAX_ROLES},
};
use crate::{
    content::{
        pages::draft::{SeoDraft, made_slug},
        text::{rich_text::Markdown, slug::Slug, tagging::tags_schema},
    },
    documents::{
        body::{Problems, Stage},
        position::Position,
    },
    platform::{
        json::null_is_default,
        problem::field::{FieldProblem, Pointer},
    },
};

/// A person in one language as a client sends them. Leaving a field out, or `null`, is the same as leaving it empty: a save
/// replaces everything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(PersonDraft::sample))]
pub struct PersonDraft {
    /// The name, at most 300 characters on one line; may be empty until it is published. Space around it is removed.
    #[schema(max_length = 300, examples("Ada Example"))]
    pub name: String,
    /// What finds the person in addresses, and the last segment of the path of who has a page: lower case, without `/`,
    /// `?`, `#`, `%`, `\` and white space, at most 200 bytes of UTF-8. Made from the name when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^(?!\.{1,2}$)[^/?#%\\\s\x00-\x1f\x7fA-Z]+$",
        examples("ada-example")
    )]
    pub slug: Option<String>,
    /// What stands before the name, at most 300 characters on one line.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 300, examples("Dr."))]
    pub honorific: String,
    /// At most 300 characters on one line.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 300, examples("she/her"))]
    pub pronouns: String,
    /// Titles of what the person does: at most 10, each of at most 300 characters on one line.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(schema_with = roles_schema)]
    pub roles: Vec<String>,
    /// Where the person works, at most 300 characters on one line.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 300, examples("Lantern School"))]
    pub organisation: String,
    /// Where the person lives or works, at most 300 characters on one line.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 300, examples("Harbour Town"))]
    pub location: String,
    /// The languages that the person speaks, at most 20, each once.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable, value_type = Vec<Language>, max_items = 20)]
    pub languages: Vec<String>,
    /// The groups that the person is in, at most 20, each once.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable, max_items = 20)]
    pub groups: Vec<MembershipDraft>,
    /// Who the person is: Markdown, at most 500,000 bytes.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 500_000, examples("Ada taught **mathematics** for twenty years."))]
    pub biography: String,
    /// The same in short, for lists and search results; at most 1,000 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 1_000, examples("Taught mathematics before she founded the alliance."))]
    pub summary: String,
    /// The media entry that shows the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portrait: Option<Uuid>,
    /// Ways to reach the person, at most 20.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable, max_items = 20)]
    pub links: Vec<LinkDraft>,
    /// The day on which the person joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date, examples("2020-04-01"))]
    pub joined: Option<String>,
    /// The day on which the person left; not before the one of joining.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(format = Date, examples("2026-03-31"))]
    pub left: Option<String>,
    /// Whether the person has a page of their own. Without one there is no path, and the person is in lists and searches all
    /// the same.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable)]
    pub has_page: bool,
    /// The page above that page; none at the top. Kept while there is no such page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Uuid>,
    /// At most 50 tags of 1 to 100 characters, each once. Space around them is removed.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(schema_with = tags_schema)]
    pub tags: Vec<String>,
    /// What search engines and link previews are told of that page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seo: Option<SeoDraft>,
}

/// The roles of a draft: what is left of each without the space around it must not be empty.
fn roles_schema() -> Array {
    let role = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(MAX_LINE))
        .pattern(Some(r"\S"))
        .build();
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .description(Some(
            "Titles of what the person does: at most 10, each of at most 300 characters on one line. Space around them is \
             removed.",
        ))
        .items(role)
        .max_items(Some(MAX_ROLES))
        .examples([json!(["Chair"])])
        .build()
}

/// That somebody is in a group, and where in its order, as a client sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"group": "board", "position": "F"})))]
pub struct MembershipDraft {
    /// The group: 1 to 60 of `a-z`, `0-9` and `-`.
    #[schema(min_length = 1, max_length = 60, pattern = "^[a-z0-9-]+$", examples("board"))]
    pub group: String,
    /// The rank in it: digits of a fraction in base 62, so that there is one between any two. `V`, the middle, when it is
    /// left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64, pattern = "^[0-9A-Za-z]{0,63}[1-9A-Za-z]$", examples("F"))]
    pub position: Option<String>,
}

impl PersonDraft {
    /// A person for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Value {
        json!({
            "name": "Ada Example",
            "roles": ["Chair"],
            "groups": [{"group": "board", "position": "F"}],
            "biography": "Ada taught **mathematics** for twenty years.",
            "links": [{"kind": "email", "url": "ada@example.org"}],
        })
    }

    /// The person, with a slug when they have none.
    ///
    /// # Errors
    /// Everything that is wrong with it as a draft; what a publication asks for is not asked yet.
    pub fn into_person(self, new_id: &mut dyn FnMut() -> Uuid) -> Result<Person, Vec<FieldProblem>> {
        let mut problems = Problems::default();
        let at = |name| Pointer::root().field(name);
        let trimmed = |text: &str| text.trim().to_owned();
        let name = trimmed(&self.name);
        let slug = match self.slug {
            Some(slug) => problems.keep(&at("slug"), Slug::try_from(slug)),
            None => Some(made_slug(&name, new_id)),
        };
        let given = [self.languages.len(), self.groups.len(), self.links.len()];
        let languages = self.languages.into_iter().enumerate();
        let groups = self.groups.into_iter().enumerate();
        let links = self.links.into_iter().enumerate();
        let person = Person {
            // A slug that is wrong is reported; its place is held by one that adds no report of its own.
            slug: slug.unwrap_or_else(|| made_slug("", &mut Uuid::nil)),
            name,
            honorific: trimmed(&self.honorific),
            pronouns: trimmed(&self.pronouns),
            roles: self.roles.iter().map(|role| trimmed(role)).collect(),
            organisation: trimmed(&self.organisation),
            location: trimmed(&self.location),
            languages: languages
                .filter_map(|(nth, tag)| problems.keep(&at("languages").item(nth), Language::try_from(tag)))
                .collect(),
            groups: groups
                .filter_map(|(nth, one)| one.into_membership(&at("groups").item(nth), &mut problems))
                .collect(),
            biography: problems
                .keep(&at("biography"), Markdown::try_from(self.biography))
                .unwrap_or_default(),
            summary: trimmed(&self.summary),
            portrait: self.portrait,
            links: links
                .filter_map(|(nth, link)| link.into_link(&at("links").item(nth), &mut problems))
                .collect(),
            joined: self.joined.and_then(|day| problems.keep(&at("joined"), read_day(&day))),
            left: self.left.and_then(|day| problems.keep(&at("left"), read_day(&day))),
            has_page: self.has_page,
            parent: self.parent,
            tags: self.tags.iter().map(|tag| trimmed(tag)).collect(),
            seo: self.seo.unwrap_or_default().into_seo(&mut problems),
        };
        person.check_fields(Stage::Save, &mut problems);
        // Where an item of a list is wrong by itself, those after it stand elsewhere in the request.
        if given == [person.languages.len(), person.groups.len(), person.links.len()] {
            person.check_lists(&mut problems);
        }
        if problems.is_empty() { Ok(person) } else { Err(problems.into_vec()) }
    }
}

impl MembershipDraft {
    fn into_membership(self, at: &Pointer, problems: &mut Problems) -> Option<Membership> {
        let position =
            self.position.and_then(|text| problems.keep(&at.field("position"), Position::try_from(text)));
        let group = problems.keep(&at.field("group"), Group::try_from(self.group))?;
        Some(Membership { group, position: position.unwrap_or_default() })
    }
}

/// The text is not a day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a day is written as RFC 3339 says, in the years 1 to 9999, such as `2020-04-01`")]
pub struct DayError;

fn read_day(text: &str) -> Result<NaiveDate, DayError> {
    let day = text.parse::<NaiveDate>().ok();
    // Of the ways to write a day only the usual one.
    day.filter(|day| day.to_string() == text && (1..=9_999).contains(&day.year())).ok_or(DayError)
}
