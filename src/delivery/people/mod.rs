//! People as readers get them.

pub(super) mod view;

use serde::Deserialize;
use serde_json::{Map, json};
use utoipa::IntoParams;

use self::view::{PersonCard, PersonView};
use super::kinds::{Around, Delivered, Wanted};
use super::listing::model::{Filter, Order, SortKey};
use super::model::Card;
use crate::content::blocks::view::Reader;
use crate::content::people::{Group, Person};
use crate::platform::http::{StrictParams, Text};

impl Delivered for Person {
    type Card = PersonCard;
    type View = PersonView;
    type Wanted = WantedPeople;
    const LIST: &'static str = "Public people, each with everything that a list of them shows: portraits with every address, \
        biographies in the forms of `text`. A group comes in its own order, everybody in the order of names. Mail and numbers \
        come only where the person's entry makes them public.";

    fn card(self, card: Card, reader: Reader<'_>) -> PersonCard {
        PersonCard::new(&self, card, reader)
    }

    fn view(self, card: Card, around: Around, reader: Reader<'_>) -> PersonView {
        PersonView::new(&self, card, around, reader)
    }
}

/// Which people.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct WantedPeople {
    /// Only who is in this group, in its order; those of one rank in the order of their names.
    #[serde(rename = "filter[group]")]
    #[param(value_type = Option<String>, min_length = 1, max_length = 60, pattern = "^[a-z0-9-]+$", example = "board")]
    group: Option<Group>,
    /// Only who has this slug: one person at most.
    #[serde(rename = "filter[slug]")]
    #[param(value_type = Option<String>, min_length = 1, max_length = 200, example = "ada-example")]
    slug: Option<Text<1, 200>>,
    /// Only who has this tag.
    #[serde(rename = "filter[tag]")]
    #[param(value_type = Option<String>, min_length = 1, max_length = 100, example = "mathematics")]
    tag: Option<Text<1, 100>>,
}

impl StrictParams for WantedPeople {
    const ALLOWED: &'static [&'static str] = &["filter[group]", "filter[slug]", "filter[tag]"];
}

impl From<WantedPeople> for Wanted {
    fn from(WantedPeople { group, slug, tag }: WantedPeople) -> Self {
        let mut facets = Map::new();
        facets.extend(group.as_ref().map(|group| ("groups".to_owned(), json!([group]))));
        facets.extend(slug.map(|slug| ("slug".to_owned(), json!(slug))));
        facets.extend(tag.map(|tag| ("tags".to_owned(), json!([tag]))));
        let wanted = Self::facets(facets);
        let Some(group) = group.map(String::from) else { return wanted };
        let filter = Filter { group: Some(group), ..wanted.filter };
        Self { filter, order: Order::ascending(&[SortKey::Rank, SortKey::Title]) }
    }
}
