//! The body of a menu. What is empty is left out of the stored JSON: equal content is an equal body.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::MenuDraft;
use crate::{
    content::{
        blocks::id::BlockId,
        text::{
            address::Address,
            plain_field::{check_given, check_line},
            slug::Slug,
        },
    },
    documents::body::{Document, Kind, Listing, Problems, References, SearchText, Stage, Weight},
    platform::{
        json::is_default,
        problem::field::{FieldCode, FieldProblem, Pointer, read_json},
    },
};

const MAX_TITLE: usize = 300;
/// The most items of a menu, on all levels together.
pub const MAX_ITEMS: usize = 200;
/// The most levels of a menu.
pub const MAX_LEVELS: usize = 3;

/// The body of a menu in one language. Fields that are empty are absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(Menu::sample))]
pub struct Menu {
    /// What editors find it by, at most 300 characters; may be empty in a draft.
    #[schema(max_length = 300, examples("Main menu"))]
    pub title: String,
    /// What the site asks for it by.
    pub slug: Slug,
    /// The items, in order; at most 200 on all levels together, and at most 3 levels.
    #[serde(default)]
    #[schema(required, max_items = 200)]
    pub items: Vec<MenuItem>,
}

/// What an item of a menu is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// A link to an entry. Readers get it while the entry is public.
    Entry,
    /// A link to elsewhere.
    Url,
    /// Words above other items that lead nowhere themselves.
    Heading,
}

/// An item of a menu. Fields that are empty are absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MenuItem {
    /// Stable over all edits; unique in the menu.
    pub id: BlockId,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ItemKind,
    /// The entry that it leads to; of an item of type `entry` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Uuid>,
    /// Where it leads; of an item of type `url` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<Address>,
    /// What it says, at most 300 characters. The title of the entry stands in for it.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schema(max_length = 300, examples("About us"))]
    pub label: String,
    /// The items below.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion, max_items = 200)]
    pub items: Vec<MenuItem>,
}

impl Menu {
    /// A menu for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Value {
        json!({
            "title": "Main menu",
            "slug": "main",
            "items": [
                {"id": "about", "type": "entry", "entry": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", "items": [
                    {"id": "history", "type": "entry", "entry": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a42", "label": "Since 1998"},
                ]},
                {"id": "shop", "type": "url", "url": "https://shop.example.org/", "label": "Shop"},
            ],
        })
    }

    pub(super) fn check_all(&self, stage: Stage, problems: &mut Problems) {
        let at = |name| Pointer::root().field(name);
        check_line(problems, &at("title"), &self.title, MAX_TITLE);
        check_given(problems, stage, &at("title"), &self.title, "a title");
        let count: usize = self.items.iter().map(MenuItem::count).sum();
        if count > MAX_ITEMS {
            let detail = format!("The menu has {count} items; it may have {MAX_ITEMS}.");
            // Of all levels together there is no list that could be too long.
            let is_list = self.items.len() > MAX_ITEMS;
            let code = if is_list { FieldCode::TooMany } else { FieldCode::Invalid };
            problems.add(&at("items"), code, detail);
            return;
        }
        check_items(
            &self.items,
            &at("items"),
            &mut Checked { stage, level: 1, ids: HashSet::new() },
            problems,
        );
    }
}

/// What the check of an item must know of the others.
struct Checked<'a> {
    stage: Stage,
    level: usize,
    ids: HashSet<&'a BlockId>,
}

fn check_items<'a>(items: &'a [MenuItem], at: &Pointer, checked: &mut Checked<'a>, problems: &mut Problems) {
    if checked.level > MAX_LEVELS && !items.is_empty() {
        let detail = format!("A menu has at most {MAX_LEVELS} levels: move these items up.");
        problems.add(at, FieldCode::NotAllowed, detail);
        return;
    }
    for (nth, item) in items.iter().enumerate() {
        let at = at.item(nth);
        if !checked.ids.insert(&item.id) {
            let detail = format!("Another item has the id `{}`: leave it out to have one made.", item.id);
            problems.add(&at.field("id"), FieldCode::Duplicate, detail);
        }
        item.check(checked.stage, &at, problems);
        checked.level += 1;
        check_items(&item.items, &at.field("items"), checked, problems);
        checked.level -= 1;
    }
}

impl MenuItem {
    fn count(&self) -> usize {
        1 + self.items.iter().map(Self::count).sum::<usize>()
    }

    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        let label = at.field("label");
        check_line(problems, &label, &self.label, MAX_TITLE);
        let mut only_of = |name: &str, kind: &str| {
            let detail =
                format!("Only an item of type `{kind}` has `{name}`: remove it, or change the type.");
            problems.add(&at.field(name), FieldCode::NotAllowed, detail);
        };
        if self.entry.is_some() && self.kind != ItemKind::Entry {
            only_of("entry", "entry");
        }
        if self.url.is_some() && self.kind != ItemKind::Url {
            only_of("url", "url");
        }
        if self.url.as_ref().is_some_and(|url| url.entry().is_some()) {
            let detail = "A link to an entry is an item of type `entry`, which names it in `entry`.";
            problems.add(&at.field("url"), FieldCode::NotAllowed, detail);
        }
        let missing = match self.kind {
            ItemKind::Entry if self.entry.is_none() => Some("entry"),
            ItemKind::Url if self.url.is_none() => Some("url"),
            _ => None,
        };
        if let Some(name) = missing.filter(|_| stage == Stage::Publish) {
            let detail = "To be published, the item must lead somewhere.";
            problems.add(&at.field(name), FieldCode::Required, detail);
        }
        if self.kind != ItemKind::Entry {
            check_given(problems, stage, &label, &self.label, "a label");
        }
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        if let Some(entry) = self.entry {
            found.add(&at.field("entry"), entry, false);
        }
        for (nth, item) in self.items.iter().enumerate() {
            item.references(&at.field("items").item(nth), found);
        }
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Body, &self.label);
        self.items.iter().for_each(|item| item.search_text(out));
    }
}

impl Document for Menu {
    const KIND: Kind = Kind::named("menu");
    const SCHEMA_VERSION: i16 = 1;
    const SEARCHED: bool = false;

    fn title(&self) -> &str {
        &self.title
    }

    fn listing(&self) -> Listing {
        let card = [("slug".to_owned(), json!(self.slug))].into_iter().collect();
        Listing { card, key: Some(self.slug.to_string()), ..Listing::default() }
    }

    fn references(&self, found: &mut References) {
        let at = Pointer::root().field("items");
        for (nth, item) in self.items.iter().enumerate() {
            item.references(&at.item(nth), found);
        }
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Title, &self.title);
        out.add(Weight::Body, self.slug.as_str());
        self.items.iter().for_each(|item| item.search_text(out));
    }

    fn check(&self, stage: Stage, problems: &mut Problems) {
        self.check_all(stage, problems);
    }

    fn from_draft(draft: Value, new_id: &mut dyn FnMut() -> Uuid) -> Result<Self, Vec<FieldProblem>> {
        read_json::<MenuDraft>(&draft).map_err(|problem| vec![problem])?.into_menu(new_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn menu(items: &Value) -> Result<Menu, Vec<FieldProblem>> {
        let mut next = 0_u128;
        let mut new_id = || {
            next += 1;
            Uuid::from_u128(next)
        };
        Menu::from_draft(json!({"title": "Main menu", "items": items}), &mut new_id)
    }

    fn faults(items: &Value) -> Vec<(String, FieldCode)> {
        let problems = menu(items).unwrap_err();
        problems.into_iter().map(|problem| (problem.pointer.as_str().to_owned(), problem.code)).collect()
    }

    fn published(items: &Value) -> Vec<(String, FieldCode)> {
        let mut problems = Problems::default();
        menu(items).unwrap().check(Stage::Publish, &mut problems);
        problems.iter().map(|problem| (problem.pointer.as_str().to_owned(), problem.code)).collect()
    }

    #[test]
    fn the_sample_is_a_menu_and_its_references_stand_where_they_are() {
        let body = (crate::documents::kind::KindSpec::of::<Menu>().canonical)(&Menu::sample()).unwrap();
        assert_eq!(body, Menu::sample());
        let menu: Menu = serde_json::from_value(body).unwrap();
        let mut found = References::default();
        menu.references(&mut found);
        let places: Vec<_> = found.iter().map(|reference| reference.pointer.as_str()).collect();
        assert_eq!(places, ["/items/0/entry", "/items/0/items/0/entry"]);
    }

    #[test]
    fn what_an_item_is_decides_what_it_has() {
        let id = Uuid::from_u128(7);
        assert_eq!(
            faults(&json!([
                {"type": "entry", "url": "/a"},
                {"type": "url", "entry": id, "label": "x"},
                {"type": "heading", "url": "/a", "label": "x"},
                {"type": "url", "url": format!("entry:{id}"), "label": "x"},
                {"id": "a", "type": "heading"}, {"id": "a", "type": "heading"},
            ])),
            [
                ("/items/0/url".to_owned(), FieldCode::NotAllowed),
                ("/items/1/entry".to_owned(), FieldCode::NotAllowed),
                ("/items/2/url".to_owned(), FieldCode::NotAllowed),
                ("/items/3/url".to_owned(), FieldCode::NotAllowed),
                ("/items/5/id".to_owned(), FieldCode::Duplicate),
            ]
        );
        assert_eq!(
            faults(&json!([{"type": "url", "url": "javascript:alert(1)", "label": "x"}]))[0].0,
            "/items/0/url"
        );
        assert_eq!(
            published(&json!([{"type": "entry"}, {"type": "url"}, {"type": "heading"}])),
            [
                ("/items/0/entry".to_owned(), FieldCode::Required),
                ("/items/1/url".to_owned(), FieldCode::Required),
                ("/items/1/label".to_owned(), FieldCode::Required),
                ("/items/2/label".to_owned(), FieldCode::Required),
            ]
        );
    }

    #[test]
    fn a_menu_is_bounded() {
        let nested = |below: Value| json!([{"type": "heading", "label": "x", "items": below}]);
        let three = nested(nested(nested(json!([]))));
        assert!(menu(&three).is_ok());
        let place = "/items/0/items/0/items/0/items".to_owned();
        assert_eq!(faults(&nested(nested(nested(nested(json!([])))))), [(place, FieldCode::NotAllowed)]);
        let many = |count: usize| json!(vec![json!({"type": "heading", "label": "x"}); count]);
        assert!(menu(&many(200)).is_ok());
        assert_eq!(faults(&many(201)), [("/items".to_owned(), FieldCode::TooMany)]);
        assert_eq!(faults(&nested(many(200))), [("/items".to_owned(), FieldCode::Invalid)]);
    }
}
