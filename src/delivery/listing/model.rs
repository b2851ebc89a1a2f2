//! What is asked of a list. Pure; what cannot be answered is refused here, with what can.

use std::fmt;

use chrono::{DateTime, SubsecRound as _, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::delivery::include::model::Include;
use crate::delivery::model::{Asked, Card};

/// By what a list is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortKey {
    /// The date that readers see.
    PublishedAt,
    /// When the present content became public.
    UpdatedAt,
    /// The title, in the order of the Unicode collation.
    Title,
    /// The rank among the siblings.
    Position,
    /// The rank in the group that the list is filtered by.
    Rank,
}

impl SortKey {
    /// As the parameter `sort` has it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PublishedAt => "published_at",
            Self::UpdatedAt => "updated_at",
            Self::Title => "title",
            Self::Position => "position",
            Self::Rank => "rank",
        }
    }

    /// Whether its values are times; the others are texts.
    #[must_use]
    pub const fn is_time(self) -> bool {
        matches!(self, Self::PublishedAt | Self::UpdatedAt)
    }
}

/// One key of an order and its direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sorted {
    /// The key.
    pub key: SortKey,
    /// Whether the greatest comes first.
    pub down: bool,
}

impl fmt::Display for Sorted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.down { "-" } else { "" }, self.key.as_str())
    }
}

/// The order of a list: one to three keys, and then the id. It is total, and turning every key round turns the whole list
/// round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order(Vec<Sorted>);

/// So many keys an order has at most.
const MOST_KEYS: usize = 3;

impl Order {
    /// The newest first.
    #[must_use]
    pub fn newest() -> Self {
        Self(vec![Sorted { key: SortKey::PublishedAt, down: true }])
    }

    /// By these keys, the least of each first.
    #[must_use]
    pub fn ascending(keys: &[SortKey]) -> Self {
        Self(keys.iter().map(|key| Sorted { key: *key, down: false }).collect())
    }

    /// Reads `sort`: keys out of those that the list has, separated by commas, each with a `-` for the greatest first.
    ///
    /// # Errors
    /// What would be right.
    pub fn parse(text: &str, allowed: &[SortKey]) -> Result<Self, String> {
        let mut keys: Vec<Sorted> = Vec::new();
        for part in text.split(',') {
            let (name, down) = part.strip_prefix('-').map_or((part, false), |name| (name, true));
            let known = allowed.iter().find(|key| key.as_str() == name).filter(|_| keys.len() < MOST_KEYS);
            let Some(key) = known.copied() else { return Err(one_to_three(allowed)) };
            if keys.iter().any(|earlier| earlier.key == key) {
                return Err(format!("it has the key `{name}` more than once"));
            }
            keys.push(Sorted { key, down });
        }
        Ok(Self(keys))
    }

    /// Its keys, the first one before all others.
    #[must_use]
    pub fn keys(&self) -> &[Sorted] {
        &self.0
    }

    /// Whether what is the same in every key comes in the order of ids, and not in the opposite one: the newest first and
    /// titles from A on do, and whatever is turned round is turned round altogether.
    #[must_use]
    pub fn ids_ascend(&self) -> bool {
        self.0.first().is_none_or(|first| first.down == first.key.is_time())
    }
}

fn one_to_three(allowed: &[SortKey]) -> String {
    let names: Vec<String> = allowed.iter().map(|key| format!("`{}`", key.as_str())).collect();
    format!(
        "it must be one to {MOST_KEYS} of {}, each with or without a `-` before it, separated by commas, for example \
         `-published_at,title`",
        names.join(", ")
    )
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<String> = self.0.iter().map(Sorted::to_string).collect();
        f.write_str(&keys.join(","))
    }
}

/// The value of a key in a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KeyValue {
    /// Of a key that is a time.
    Time(DateTime<Utc>),
    /// Of a key that is a text.
    Text(String),
}

/// Where a page of a list begins: the values of the row at its edge, in the order of the keys, and its id.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Edge(pub Vec<KeyValue>, pub Uuid);

impl Edge {
    /// The edge that a row is.
    #[must_use]
    pub fn of(Listing { order, filter, .. }: &Listing, card: &Card) -> Self {
        let group = filter.group.as_deref().unwrap_or_default();
        let value = |sorted: &Sorted| match sorted.key {
            SortKey::PublishedAt => KeyValue::Time(card.published_at),
            SortKey::UpdatedAt => KeyValue::Time(card.updated_at),
            SortKey::Title => KeyValue::Text(card.title.clone()),
            SortKey::Position => KeyValue::Text(card.position.clone().unwrap_or_default()),
            SortKey::Rank => KeyValue::Text(card.rank(group).to_owned()),
        };
        Self(order.keys().iter().map(value).collect(), card.entry)
    }
}

/// How a time of a row must compare with another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Compared {
    /// At or after it.
    Gte,
    /// After it.
    Gt,
    /// At or before it.
    Lte,
    /// Before it.
    Lt,
}

/// A bound on a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TimeBound {
    /// Whether it is about `updated_at`; about `published_at` otherwise.
    pub updated: bool,
    /// How it compares.
    pub compared: Compared,
    /// With what.
    pub instant: DateTime<Utc>,
}

/// Whose children are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Above {
    /// Nobody's: the top level.
    Nothing,
    /// Those of an entry.
    Entry(Uuid),
}

/// What of a list is wanted.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Filter {
    /// What the facets of a document contain.
    pub facets: Option<Value>,
    /// What it hangs below.
    pub parent: Option<Above>,
    /// What it hangs somewhere below.
    pub ancestor: Option<Uuid>,
    /// Within which times it lies; all of them must hold.
    pub times: Vec<TimeBound>,
    /// Only what something public points at.
    pub shown: bool,
    /// The group whose ranks order the list.
    pub group: Option<String>,
}

/// A list: what it is made of and what was asked of it.
#[derive(Debug, Clone)]
pub struct Listing {
    /// Its name, which its cursors are bound to.
    pub name: &'static str,
    /// The kind that it lists.
    pub kind: String,
    /// Which media entry stands for a row.
    pub picture: fn(&Card) -> Option<Uuid>,
    /// Its order.
    pub order: Order,
    /// What of it is wanted.
    pub filter: Filter,
    /// What comes along.
    pub include: Include,
    /// Whether the content of its rows is wanted too.
    pub whole: bool,
}

impl Listing {
    /// What the cursors of this list are bound to: everything that decides which rows come in which order.
    #[must_use]
    pub fn bound(&self, asked: &Asked) -> String {
        json!([self.order.to_string(), self.filter, asked.bound()]).to_string()
    }
}

/// Which part of a list is asked for.
#[derive(Debug, Clone)]
pub struct Window {
    /// Where it begins.
    pub edge: Option<Edge>,
    /// Whether it lies before that.
    pub backwards: bool,
    /// How many rows.
    pub limit: i64,
    /// Whether all rows of the list are counted.
    pub count: bool,
}

/// A time in a parameter, to the microsecond, which is as far as the database tells times apart.
///
/// # Errors
/// What would be right.
pub fn parse_time(text: &str) -> Result<DateTime<Utc>, String> {
    DateTime::parse_from_rfc3339(text).map(|time| time.to_utc().trunc_subsecs(6)).map_err(|_| {
        "it must be a time as RFC 3339 has it, for example `2026-03-01T09:00:00Z`; in an address, write the `+` of an \
         offset as `%2B`"
            .to_owned()
    })
}

/// The id of an entry in a parameter.
///
/// # Errors
/// What would be right.
pub fn parse_entry(text: &str) -> Result<Uuid, String> {
    // Of the forms of a UUID only the usual one, so that one entry has one address.
    let id = Uuid::try_parse(text).ok().filter(|id| id.hyphenated().to_string().eq_ignore_ascii_case(text));
    id.ok_or_else(|| {
        "it must be the id of an entry, for example `019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41`".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delivery::model::AsOf;
    use crate::platform::access::Permit;

    const ALL: [SortKey; 4] = [SortKey::PublishedAt, SortKey::UpdatedAt, SortKey::Title, SortKey::Position];

    #[test]
    fn an_order_has_one_to_three_keys_each_once() {
        for text in ["title", "-published_at", "-updated_at,title", "position,-title,published_at"] {
            assert_eq!(Order::parse(text, &ALL).unwrap().to_string(), text);
        }
        for text in ["", "date", "title,", ",title", "--title", "+title", "title, position", "TITLE"] {
            assert!(Order::parse(text, &ALL).unwrap_err().contains("`-published_at,title`"), "{text}");
        }
        assert!(Order::parse("title,position,updated_at,published_at", &ALL).is_err(), "three at most");
        assert!(Order::parse("title,-title", &ALL).unwrap_err().contains("`title` more than once"));
        assert!(Order::parse("position", &ALL[..3]).is_err(), "each list has its own");
    }

    #[test]
    fn turning_the_keys_round_turns_the_ids_round() {
        for text in ["title", "published_at", "updated_at,-title", "position,title"] {
            let order = Order::parse(text, &ALL).unwrap();
            let turned = Order(order.keys().iter().map(|one| Sorted { down: !one.down, ..*one }).collect());
            assert_ne!(order.ids_ascend(), turned.ids_ascend(), "{text}");
        }
        assert!(Order::newest().ids_ascend());
        assert!(Order::parse("title", &ALL).unwrap().ids_ascend());
    }

    #[test]
    fn ids_and_times_have_one_form() {
        let id = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";
        assert_eq!(parse_entry(id).unwrap().to_string(), id);
        assert!(parse_entry(&id.to_uppercase()).is_ok());
        for text in ["", "none", "019a3e5c7d1f7c3a9b521f0d6c2e8a41", "{019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41}"]
        {
            assert!(parse_entry(text).unwrap_err().contains("for example"), "{text}");
        }
        let time = parse_time("2026-03-01T10:00:00.1234567+01:00").unwrap();
        assert_eq!(time.to_rfc3339(), "2026-03-01T09:00:00.123456+00:00");
        for text in ["", "2026-03-01", "yesterday", "2026-03-01T10:00:00 01:00"] {
            assert!(parse_time(text).unwrap_err().contains("%2B"), "{text}");
        }
    }

    fn listing(order: &str, filter: Filter) -> Listing {
        Listing {
            name: "pages",
            kind: "page".to_owned(),
            picture: Card::image,
            order: Order::parse(order, &ALL).unwrap(),
            filter,
            include: Include::default(),
            whole: false,
        }
    }

    #[test]
    fn cursors_tell_instants_locales_orders_and_filters_apart() {
        let permit = Permit::system("test");
        let at = |text: &str| Some(AsOf::new(&permit, text.parse().unwrap()));
        let id = Uuid::nil();
        let time = |compared, updated| {
            let instant = parse_time("2026-03-01T10:00:00Z").unwrap();
            Filter { times: vec![TimeBound { updated, compared, instant }], ..Filter::default() }
        };
        let filters = [
            Filter::default(),
            Filter { facets: Some(json!({ "tags": ["a"] })), ..Filter::default() },
            Filter { parent: Some(Above::Nothing), ..Filter::default() },
            Filter { parent: Some(Above::Entry(id)), ..Filter::default() },
            Filter { ancestor: Some(id), ..Filter::default() },
            time(Compared::Gte, false),
            time(Compared::Gt, false),
            time(Compared::Gte, true),
            Filter { shown: true, ..Filter::default() },
        ];
        let mut bound = Vec::new();
        for as_of in [None, at("2026-01-01T00:00:00Z"), at("2026-01-01T00:00:00.000001Z")] {
            for tag in [None, Some("en"), Some("de")] {
                let asked = Asked { locale: tag.map(str::to_owned), as_of, guest: None };
                for filter in &filters {
                    for order in ["title", "-title", "title,position"] {
                        bound.push(listing(order, filter.clone()).bound(&asked));
                    }
                }
            }
        }
        let all = bound.len();
        bound.sort();
        bound.dedup();
        assert_eq!(bound.len(), all);
    }
}
