//! The parameters of the read API that several operations share, each parsed into a type where the request comes in.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::model::{Above, Compared, Filter, Listing, Order, SortKey, TimeBound, parse_entry, parse_time};
use crate::content::{media, pages};
use crate::delivery::include::model::Include;
use crate::delivery::model::Card;
use crate::documents::shown::Class;
use crate::platform::http::{StrictParams, Text};

/// In which state the site is read, and how much of the answer is wanted.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// The locale to read in, a BCP 47 tag of the site; its default when absent. What is missing in it is answered in the
    /// locale that stands in for it, and says so.
    #[param(example = "en", max_length = 35)]
    pub locale: Option<String>,
    /// The instant to read at, past or future, instead of now. Needs a token with `history:read`.
    #[param(format = DateTime, example = "2026-03-01T09:00:00Z")]
    pub as_of: Option<String>,
    /// Only these fields, separated by commas; those inside others after a point, as in `image.alt` or `blocks.type`. In a
    /// list they are those of each entry. `id` and `kind` always come.
    #[param(min_length = 1, max_length = 4096, example = "title,updated_at")]
    pub fields: Option<String>,
}

impl StrictParams for Reading {
    const ALLOWED: &'static [&'static str] = &["locale", "as_of", "fields"];
}

/// Which page of a list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Walking {
    /// How many entries an answer has at most.
    #[param(minimum = 1, maximum = 100, default = 20, example = 20)]
    pub limit: Option<u32>,
    /// The cursor `page.next` of the answer before. It is good for the same filters and the same order alone.
    #[param(max_length = 2048)]
    pub after: Option<String>,
    /// The cursor `page.previous` of the answer after.
    #[param(max_length = 2048)]
    pub before: Option<String>,
    /// `exact` counts all entries of the list, as `page.total`. It costs more than the page itself in a long list.
    #[param(inline, example = "exact")]
    pub count: Option<Count>,
}

impl StrictParams for Walking {
    const ALLOWED: &'static [&'static str] = &["limit", "after", "before", "count"];
}

/// How a list is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Every entry.
    Exact,
}

/// A time in a filter.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct Time(DateTime<Utc>);

impl TryFrom<String> for Time {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse_time(&text).map(Self)
    }
}

/// Within which times.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Times {
    /// Only what has this date or a later one, by the date that readers are shown.
    #[serde(rename = "filter[published_at][gte]")]
    #[param(value_type = Option<String>, format = DateTime, example = "2026-03-01T09:00:00Z")]
    published_gte: Option<Time>,
    /// Only what has a later date.
    #[serde(rename = "filter[published_at][gt]")]
    #[param(value_type = Option<String>, format = DateTime, example = "2026-03-01T09:00:00Z")]
    published_gt: Option<Time>,
    /// Only what has this date or an earlier one.
    #[serde(rename = "filter[published_at][lte]")]
    #[param(value_type = Option<String>, format = DateTime, example = "2027-03-01T09:00:00Z")]
    published_lte: Option<Time>,
    /// Only what has an earlier date.
    #[serde(rename = "filter[published_at][lt]")]
    #[param(value_type = Option<String>, format = DateTime, example = "2027-03-01T09:00:00Z")]
    published_lt: Option<Time>,
    /// Only what changed in public at this time or later.
    #[serde(rename = "filter[updated_at][gte]")]
    #[param(value_type = Option<String>, format = DateTime, example = "2026-03-01T09:00:00Z")]
    updated_gte: Option<Time>,
    /// Only what changed in public later.
    #[serde(rename = "filter[updated_at][gt]")]
    #[param(value_type = Option<String>, format = DateTime, example = "2026-03-01T09:00:00Z")]
    updated_gt: Option<Time>,
    /// Only what last changed in public at this time or earlier.
    #[serde(rename = "filter[updated_at][lte]")]
    #[param(value_type = Option<String>, format = DateTime, example = "2027-03-01T09:00:00Z")]
    updated_lte: Option<Time>,
    /// Only what last changed in public earlier.
    #[serde(rename = "filter[updated_at][lt]")]
    #[param(value_type = Option<String>, format = DateTime, example = "2027-03-01T09:00:00Z")]
    updated_lt: Option<Time>,
}

impl StrictParams for Times {
    const ALLOWED: &'static [&'static str] = &[
        "filter[published_at][gte]",
        "filter[published_at][gt]",
        "filter[published_at][lte]",
        "filter[published_at][lt]",
        "filter[updated_at][gte]",
        "filter[updated_at][gt]",
        "filter[updated_at][lte]",
        "filter[updated_at][lt]",
    ];
}

impl Times {
    fn bounds(&self) -> Vec<TimeBound> {
        let given = [
            (false, Compared::Gte, self.published_gte),
            (false, Compared::Gt, self.published_gt),
            (false, Compared::Lte, self.published_lte),
            (false, Compared::Lt, self.published_lt),
            (true, Compared::Gte, self.updated_gte),
            (true, Compared::Gt, self.updated_gt),
            (true, Compared::Lte, self.updated_lte),
            (true, Compared::Lt, self.updated_lt),
        ];
        let bound = |(updated, compared, time): (bool, Compared, Option<Time>)| {
            Some(TimeBound { updated, compared, instant: time?.0 })
        };
        given.into_iter().filter_map(bound).collect()
    }
}

/// The order of a list of pages.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct PageOrder(Order);

impl TryFrom<String> for PageOrder {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let keys = [SortKey::PublishedAt, SortKey::UpdatedAt, SortKey::Title, SortKey::Position];
        Order::parse(&text, &keys).map(Self)
    }
}

/// The order of a list of media.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "String")]
pub struct MediaOrder(Order);

impl TryFrom<String> for MediaOrder {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Order::parse(&text, &[SortKey::PublishedAt, SortKey::UpdatedAt, SortKey::Title]).map(Self)
    }
}

/// What a page hangs below.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct Parent(Above);

impl TryFrom<String> for Parent {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text == "none" {
            return Ok(Self(Above::Nothing));
        }
        let entry = parse_entry(&text).map_err(|right| format!("{right}, or `none` for the top level"))?;
        Ok(Self(Above::Entry(entry)))
    }
}

/// What a page hangs somewhere below.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
pub struct Ancestor(Uuid);

impl TryFrom<String> for Ancestor {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parse_entry(&text).map(Self)
    }
}

/// What comes along with pages.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Along {
    /// Pages that come along, as cards in `included` of the page that they belong to: `children` (in their order, at most 100
    /// each and 1,000 in an answer; `more` says when there are more), `parent`, and one more level of either after a
    /// point. Several are separated by commas.
    #[param(
        value_type = Option<String>,
        example = "parent,children.children",
        pattern = r"^(?!(.*,)?([a-z.]+),(.*,)?\2(,|$))(children|parent)(\.(children|parent))?(,(children|parent)(\.(children|parent))?){0,5}$"
    )]
    include: Option<Include>,
}

impl StrictParams for Along {
    const ALLOWED: &'static [&'static str] = &["include"];
}

impl Along {
    /// What comes along.
    pub fn include(self) -> Include {
        self.include.unwrap_or_default()
    }
}

/// Which pages, and in which order.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct PageFilters {
    /// The order: one to three of `published_at`, `updated_at`, `title` and `position` (the order among siblings), separated
    /// by commas, each with a `-` before it for the greatest first; `-published_at` when absent. What is the same in all of
    /// them comes in the order of ids.
    #[param(
        value_type = Option<String>,
        default = "-published_at",
        example = "-published_at,title",
        pattern = r"^(?!.*(published_at|updated_at|title|position).*\1)-?(published_at|updated_at|title|position)(,-?(published_at|updated_at|title|position)){0,2}$"
    )]
    sort: Option<PageOrder>,
    /// Only what has this tag.
    #[serde(rename = "filter[tag]")]
    #[param(value_type = Option<String>, min_length = 1, max_length = 100, example = "history")]
    tag: Option<Text<1, 100>>,
    /// Only what lies directly below this page; `none` for the top level. An id that is of nothing public gives an empty
    /// list.
    #[serde(rename = "filter[parent]")]
    #[param(value_type = Option<String>, pattern = "^(none|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})$", example = "none")]
    parent: Option<Parent>,
    /// Only what lies below this page, on whatever level. An id that is of nothing public gives an empty list.
    #[serde(rename = "filter[ancestor]")]
    #[param(value_type = Option<Uuid>, example = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41")]
    ancestor: Option<Ancestor>,
}

impl StrictParams for PageFilters {
    const ALLOWED: &'static [&'static str] = &["sort", "filter[tag]", "filter[parent]", "filter[ancestor]"];
}

impl PageFilters {
    /// The list that is asked for.
    pub fn listing(self, times: &Times, along: Along) -> Listing {
        Listing {
            name: "pages",
            kind: pages::kind(),
            picture: Card::image,
            order: self.sort.map_or_else(Order::newest, |sort| sort.0),
            filter: Filter {
                facets: self.tag.map(|tag| json!({ "tags": [tag] })),
                parent: self.parent.map(|parent| parent.0),
                ancestor: self.ancestor.map(|ancestor| ancestor.0),
                times: times.bounds(),
                ..Filter::default()
            },
            include: along.include(),
            whole: false,
        }
    }
}

/// Which media, and in which order.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MediaFilters {
    /// The order: one to three of `published_at`, `updated_at` and `title`, separated by commas, each with a `-` before it for
    /// the greatest first; `-published_at` when absent. What is the same in all of them comes in the order of ids.
    #[param(
        value_type = Option<String>,
        default = "-published_at",
        example = "-published_at,title",
        pattern = r"^(?!.*(published_at|updated_at|title).*\1)-?(published_at|updated_at|title)(,-?(published_at|updated_at|title)){0,2}$"
    )]
    sort: Option<MediaOrder>,
    /// Only what is of this class.
    #[serde(rename = "filter[class]")]
    #[param(inline)]
    class: Option<Class>,
    /// Only what has this tag.
    #[serde(rename = "filter[tag]")]
    #[param(value_type = Option<String>, min_length = 1, max_length = 100, example = "history")]
    tag: Option<Text<1, 100>>,
}

impl StrictParams for MediaFilters {
    const ALLOWED: &'static [&'static str] = &["sort", "filter[class]", "filter[tag]"];
}

impl MediaFilters {
    /// The list that is asked for.
    pub fn listing(self, times: &Times) -> Listing {
        let mut facets = serde_json::Map::new();
        facets.extend(self.class.map(|class| ("class".to_owned(), json!(class))));
        facets.extend(self.tag.map(|tag| ("tags".to_owned(), json!([tag]))));
        Listing {
            name: "media",
            kind: media::kind(),
            picture: |card| Some(card.entry),
            order: self.sort.map_or_else(Order::newest, |sort| sort.0),
            filter: Filter {
                facets: Some(Value::Object(facets)).filter(|facets| *facets != json!({})),
                times: times.bounds(),
                shown: true,
                ..Filter::default()
            },
            include: Include::default(),
            whole: false,
        }
    }
}
