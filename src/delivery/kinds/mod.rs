//! What is the same for every kind that readers get as lists and one by one: its operations, the head of its entries, and where
//! links in it lead.

pub(super) mod http;
mod operations;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::listing::model::{Filter, Order, SortKey};
use super::model::{Card, Cards, Crumb, Rendered};
use super::settings::AboutSite;
use super::view::Shown;
use crate::app::App;
use crate::content::blocks::view::Reader;
use crate::content::text::forms::TextForms;
use crate::content::text::links::{Links, Target};
use crate::documents::typed::TypedKind;
use crate::platform::http::{QueryParams, StrictParams, Text};
use crate::platform::problem::Problem;

/// A kind that readers get at `/v1/<many>` and `/v1/<many>/{id}`: [`http::configure`] mounts that.
pub trait Delivered: TypedKind {
    /// An entry in a list.
    type Card: Serialize + ToSchema + 'static;
    /// An entry alone; the same unless there is more to say of it.
    type View: Serialize + ToSchema + 'static;
    /// What of the list is wanted; [`ByTag`] for what has tags.
    type Wanted: QueryParams + IntoParams + Into<Wanted> + 'static;
    /// What the list is good for, for its description.
    const LIST: &'static str;

    /// The entry in a list, with links resolved and text in the forms that were asked for.
    fn card(self, card: Card, reader: Reader<'_>) -> Self::Card;

    /// The entry alone.
    fn view(self, card: Card, around: Around, reader: Reader<'_>) -> Self::View;
}

/// What of a list is wanted, and in which order.
#[derive(Debug)]
pub struct Wanted {
    /// What its entries are.
    pub filter: Filter,
    /// The order.
    pub order: Order,
}

impl Wanted {
    /// What has these facets, by title.
    #[must_use]
    pub fn facets(facets: serde_json::Map<String, Value>) -> Self {
        let facets = Some(Value::Object(facets)).filter(|facets| *facets != json!({}));
        let filter = Filter { facets, ..Filter::default() };
        Self { filter, order: Order::ascending(&[SortKey::Title]) }
    }
}

/// What has a tag, in the order of titles.
#[derive(Debug, serde::Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ByTag {
    /// Only what has this tag.
    #[serde(rename = "filter[tag]")]
    #[param(value_type = Option<String>, min_length = 1, max_length = 100, example = "history")]
    tag: Option<Text<1, 100>>,
}

impl StrictParams for ByTag {
    const ALLOWED: &'static [&'static str] = &["filter[tag]"];
}

impl From<ByTag> for Wanted {
    fn from(wanted: ByTag) -> Self {
        Self::facets(wanted.tag.into_iter().map(|tag| ("tags".to_owned(), json!([tag]))).collect())
    }
}

/// What is known of an entry besides what it says.
#[derive(Debug, Clone)]
pub struct Around {
    /// From the top of the site down to what is above it.
    pub breadcrumbs: Vec<Crumb>,
    /// Paths that led here before, newest first.
    pub previous_paths: Vec<String>,
    /// What is known of the site as a whole.
    pub about: AboutSite,
}

/// What every public entry says of itself, whatever its kind.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryHead {
    /// The entry.
    pub id: Uuid,
    /// The kind.
    #[schema(example = "person")]
    pub kind: String,
    /// The locale, a BCP 47 tag.
    #[schema(example = "en")]
    pub locale: String,
    /// The locale that was asked for, or the site's default.
    #[schema(example = "en")]
    pub requested_locale: String,
    /// Whether `locale` stands in for `requested_locale`, in which there is no such entry.
    pub fallback: bool,
    /// What it is called.
    #[schema(example = "Ada Example")]
    pub title: String,
    /// The words that it is filed under.
    #[schema(example = json!(["history"]))]
    pub tags: Vec<String>,
    /// When it was first public.
    pub published_at: DateTime<Utc>,
    /// When the present content became public.
    pub updated_at: DateTime<Utc>,
}

impl From<Card> for EntryHead {
    fn from(card: Card) -> Self {
        Self {
            id: card.entry,
            tags: card.tags(),
            kind: card.kind,
            fallback: card.locale != card.requested_locale,
            locale: card.locale,
            requested_locale: card.requested_locale,
            title: card.title,
            published_at: card.published_at,
            updated_at: card.updated_at,
        }
    }
}

/// Where links lead: to the path of what has one, to the address of what is a file.
struct Leads<'a> {
    links: &'a HashMap<Uuid, Crumb>,
    shown: &'a Shown<'a>,
}

impl Links for Leads<'_> {
    fn target(&self, id: Uuid) -> Option<Target> {
        let crumb = self.links.get(&id)?;
        match &crumb.path {
            Some(path) => Some(Target { path: path.clone(), title: crumb.title.clone() }),
            None => self.shown.file(id),
        }
    }
}

/// An entry of a list; nothing when it was erased meanwhile.
fn card<D: Delivered>(
    app: &App,
    card: Card,
    cards: &Cards,
    forms: TextForms,
) -> Result<Option<D::Card>, Problem> {
    let Some(body) = cards.bodies.get(&card.entry) else { return Ok(None) };
    let document: D = serde_json::from_value(body.clone()).map_err(Problem::internal)?;
    let shown = Shown::new(&cards.media, &app.gallery);
    let leads = Leads { links: &cards.links, shown: &shown };
    Ok(Some(document.card(card, Reader { forms, links: &leads, images: &shown, lists: &() })))
}

/// An entry alone.
///
/// # Errors
/// 500 when the stored body cannot be read.
pub(super) fn view<D: Delivered>(
    app: &App,
    rendered: Rendered,
    forms: TextForms,
) -> Result<D::View, Problem> {
    let Rendered { document, breadcrumbs, links, media, previous_paths, about, .. } = rendered;
    let body: D = serde_json::from_value(document.body).map_err(Problem::internal)?;
    let shown = Shown::new(&media, &app.gallery);
    let leads = Leads { links: &links, shown: &shown };
    let around = Around { breadcrumbs, previous_paths, about };
    Ok(body.view(document.card, around, Reader { forms, links: &leads, images: &shown, lists: &() }))
}
