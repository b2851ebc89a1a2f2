//! People: who stands behind the site. Each is in groups, with a place in each, and may have a page of their own.

pub mod draft;
pub mod group;
pub mod language;
pub mod link;
pub mod model;
#[cfg(test)]
mod tests;

use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use uuid::Uuid;

pub use draft::PersonDraft;
pub use group::{Group, Membership};
pub use link::{Link, LinkKind};
pub use model::Person;

use crate::documents::ShelfFilter;
use crate::documents::body::Document;
use crate::documents::typed::{IntoBody, ShelfFilters, TypedKind, Words};
use crate::platform::access::KindName;
use crate::platform::http::StrictParams;
use crate::platform::problem::FieldProblem;

impl KindName for Person {
    const NAME: Option<&'static str> = Some("person");
}

impl TypedKind for Person {
    type Draft = PersonDraft;
    type Filters = PeopleShelf;
    const WORDS: Words = Words { a: "a person", one: "person", many: "people", schema: "Person" };
}

impl IntoBody<Person> for PersonDraft {
    fn into_body(self, new_id: &mut dyn FnMut() -> Uuid) -> Result<Person, Vec<FieldProblem>> {
        self.into_person(new_id)
    }
}

/// What the list of editors is filtered by.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PeopleShelf {
    /// Only who is in this group in the newest revision.
    #[serde(rename = "filter[group]")]
    #[param(value_type = Option<String>, min_length = 1, max_length = 60, pattern = "^[a-z0-9-]+$", example = "board")]
    group: Option<Group>,
}

impl StrictParams for PeopleShelf {
    const ALLOWED: &'static [&'static str] = &["filter[group]"];
}

impl ShelfFilters for PeopleShelf {
    fn filter(&self) -> ShelfFilter {
        let facets = self.group.as_ref().map(|group| json!({ "groups": [group] }));
        ShelfFilter { facets, ..ShelfFilter::default() }
    }

    fn bound(&self) -> String {
        self.group.as_ref().map(Group::to_string).unwrap_or_default()
    }
}

/// The name of the kind.
#[must_use]
pub fn kind() -> String {
    Person::KIND.to_string()
}
