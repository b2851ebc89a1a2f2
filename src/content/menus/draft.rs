//! A menu as a client sends it, and how it becomes one: everything that is wrong is reported at once.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{ItemKind, MAX_LEVELS, Menu, MenuItem};
use crate::{
    content::{
        blocks::id::BlockId,
        text::{address::Address, slug::Slug},
    },
    documents::body::{Problems, Stage},
    platform::{
        json::null_is_default,
        problem::field::{FieldCode, FieldProblem, Pointer},
    },
};

/// A menu in one language as a client sends it. Leaving a field out, or `null`, is the same as leaving it empty: a save
/// replaces the whole menu.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(MenuDraft::sample))]
pub struct MenuDraft {
    /// What editors find it by, at most 300 characters on one line; may be empty until it is published. Space around it is
    /// removed.
    #[schema(max_length = 300, examples("Main menu"))]
    pub title: String,
    /// What the site asks for it by: lower case, without `/`, `?`, `#`, `%`, `\` and white space, at most 200 bytes of UTF-8.
    /// Made from the title when it is left out. No two public menus have the same in a locale.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^(?!\.{1,2}$)[^/?#%\\\s\x00-\x1f\x7fA-Z]+$",
        examples("main")
    )]
    pub slug: Option<String>,
    /// The items, in order; at most 200 on all levels together, and at most 3 levels.
    #[serde(default, deserialize_with = "null_is_default")]
    #[schema(nullable, max_items = 200)]
    pub items: Vec<MenuItemDraft>,
}

/// An item of a menu as a client sends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"type": "url", "url": "https://shop.example.org/", "label": "Shop"})))]
pub struct MenuItemDraft {
    /// The id that it had before; a new one is made when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9_-]{1,64}$", examples("about"))]
    pub id: Option<String>,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ItemKind,
    /// For the type `entry`: the entry that it leads to, such as a page or a file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<Uuid>,
    /// For the type `url`: `https://`, `http://`, `mailto:`, `tel:` or a path on the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 2_048, examples("https://shop.example.org/"))]
    pub url: Option<String>,
    /// What it says, at most 300 characters on one line. For the type `entry` it can be left out: the title of the entry, as
    /// it is then, stands in for it.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "String::is_empty")]
    #[schema(nullable, max_length = 300, examples("Shop"))]
    pub label: String,
    /// The items below.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable, no_recursion, max_items = 200)]
    pub items: Vec<MenuItemDraft>,
}

impl MenuDraft {
    /// A menu for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Value {
        json!({
            "title": "Main menu",
            "slug": "main",
            "items": [
                {"type": "entry", "entry": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", "items": [
                    {"type": "entry", "entry": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a42", "label": "Since 1998"},
                ]},
                {"type": "url", "url": "https://shop.example.org/", "label": "Shop"},
            ],
        })
    }

    /// The menu, with ids for the items that have none and a slug when it has none.
    ///
    /// # Errors
    /// Everything that is wrong with it as a draft; what a publication asks for is not asked yet.
    pub fn into_menu(self, new_id: &mut dyn FnMut() -> Uuid) -> Result<Menu, Vec<FieldProblem>> {
        let mut problems = Problems::default();
        let title = self.title.trim().to_owned();
        let at = Pointer::root().field("slug");
        let slug = match self.slug {
            Some(slug) => problems.keep(&at, Slug::try_from(slug)),
            None => Slug::from_title(&title).or_else(|| {
                let detail = "The title has no word to make a slug from: give one, such as `main`.";
                problems.add(&at, FieldCode::Invalid, detail);
                None
            }),
        };
        let items = items(self.items, (&Pointer::root().field("items"), 1), new_id, &mut problems);
        // A slug that is wrong is reported; its place is held by none.
        let menu = Menu { title, slug: slug.unwrap_or(Slug::HOME), items };
        menu.check_all(Stage::Save, &mut problems);
        if problems.is_empty() { Ok(menu) } else { Err(problems.into_vec()) }
    }
}

/// The items of a level. What lies deeper than a menu goes, the check of the menu reports; it is not read any further.
fn items(
    drafts: Vec<MenuItemDraft>,
    (at, level): (&Pointer, usize),
    new_id: &mut dyn FnMut() -> Uuid,
    problems: &mut Problems,
) -> Vec<MenuItem> {
    let mut made = Vec::with_capacity(drafts.len());
    for (nth, draft) in drafts.into_iter().enumerate() {
        let at = at.item(nth);
        let id = draft.id.and_then(|id| problems.keep(&at.field("id"), BlockId::try_from(id)));
        let url = draft.url.and_then(|url| problems.keep(&at.field("url"), Address::try_from(url)));
        let id = id.unwrap_or_else(|| BlockId::from(new_id()));
        let below = if level > MAX_LEVELS { Vec::new() } else { draft.items };
        let below = items(below, (&at.field("items"), level + 1), new_id, problems);
        made.push(MenuItem {
            id,
            kind: draft.kind,
            entry: draft.entry,
            url,
            label: draft.label.trim().to_owned(),
            items: below,
        });
    }
    made
}
