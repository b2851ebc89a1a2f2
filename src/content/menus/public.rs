//! Menus as readers get them: what of a menu can be seen, and what drops out of it and why. Pure.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::{ItemKind, MenuItem};
use crate::content::blocks::id::BlockId;
use crate::content::text::address::Address;
use crate::content::text::links::{LinkView, LinkedEntry, Target};
use crate::platform::problem::field::Pointer;

/// Why readers do not get an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It names no entry, because the one that it named went into the trash.
    NoEntry,
    /// Its entry is not public.
    NotPublic,
    /// Its entry is public and has no address: a picture, or somebody without a page.
    NoPath,
    /// The item above it drops out.
    Below,
    /// It is a heading, and everything below it drops out.
    Empty,
}

/// An item that readers do not get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped<'a> {
    /// Where it stands in the body.
    pub pointer: Pointer,
    /// The item.
    pub item: &'a MenuItem,
    /// Why.
    pub reason: Reason,
}

/// An item that readers get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept<'a> {
    /// The item; those below it are not all kept.
    pub item: &'a MenuItem,
    /// Those below that are.
    pub items: Vec<Kept<'a>>,
}

/// What of these items readers get, and what drops out. `hidden` says why an entry cannot be led to; nothing when it can.
#[must_use]
pub fn prune<'a>(
    items: &'a [MenuItem],
    hidden: &dyn Fn(Uuid) -> Option<Reason>,
) -> (Vec<Kept<'a>>, Vec<Dropped<'a>>) {
    let mut dropped = Vec::new();
    let kept = prune_level(items, &Pointer::root().field("items"), hidden, &mut dropped);
    (kept, dropped)
}

fn prune_level<'a>(
    items: &'a [MenuItem],
    at: &Pointer,
    hidden: &dyn Fn(Uuid) -> Option<Reason>,
    dropped: &mut Vec<Dropped<'a>>,
) -> Vec<Kept<'a>> {
    let mut kept = Vec::with_capacity(items.len());
    for (nth, item) in items.iter().enumerate() {
        let pointer = at.item(nth);
        let reason = match (item.kind, item.entry) {
            (ItemKind::Entry, None) => Some(Reason::NoEntry),
            (ItemKind::Entry, Some(entry)) => hidden(entry),
            (ItemKind::Url | ItemKind::Heading, _) => None,
        };
        if let Some(reason) = reason {
            let below = pointer.field("items");
            dropped.push(Dropped { pointer, item, reason });
            drop_all(&item.items, &below, dropped);
            continue;
        }
        let place = dropped.len();
        let items = prune_level(&item.items, &pointer.field("items"), hidden, dropped);
        if item.kind == ItemKind::Heading && items.is_empty() && !item.items.is_empty() {
            dropped.insert(place, Dropped { pointer, item, reason: Reason::Empty });
            continue;
        }
        kept.push(Kept { item, items });
    }
    kept
}

fn drop_all<'a>(items: &'a [MenuItem], at: &Pointer, dropped: &mut Vec<Dropped<'a>>) {
    for (nth, item) in items.iter().enumerate() {
        let pointer = at.item(nth);
        let below = pointer.field("items");
        dropped.push(Dropped { pointer, item, reason: Reason::Below });
        drop_all(&item.items, &below, dropped);
    }
}

/// What an item leads to, as it is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuTarget {
    /// The kind of the entry.
    pub kind: String,
    /// Where it leads, and the title of the entry.
    pub target: Target,
    /// Whether that is a path of the site.
    pub has_path: bool,
}

/// An item of a menu, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({
    "id": "about", "type": "entry", "label": "About us", "url": "/about", "path": "/about",
    "entry": {"id": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41", "kind": "page", "title": "About us"},
    "items": [{"id": "shop", "type": "url", "label": "Shop", "url": "https://shop.example.org/", "path": null, "items": []}]
})))]
pub struct MenuItemView {
    /// Stable over all edits; unique in the menu.
    pub id: BlockId,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ItemKind,
    /// What it says: its own words, else the title of the entry.
    pub label: String,
    /// What to put into `href`: a path of the public site or an absolute URL; `null` for a heading.
    #[schema(required)]
    pub url: Option<String>,
    /// The path of the entry on the public site, as `resolve` takes it; `null` for other links.
    #[schema(required)]
    pub path: Option<String>,
    /// The entry that it leads to; absent for other items.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub entry: Option<MenuEntry>,
    /// The items below.
    #[schema(no_recursion)]
    pub items: Vec<MenuItemView>,
}

/// The entry that an item leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MenuEntry {
    /// The entry.
    pub id: Uuid,
    /// Its kind.
    #[schema(example = "page")]
    pub kind: String,
    /// Its title.
    #[schema(example = "About us")]
    pub title: String,
}

impl MenuItemView {
    /// The items of a menu for readers, given what the entries are to them.
    #[must_use]
    pub fn all(items: &[MenuItem], find: &dyn Fn(Uuid) -> Result<MenuTarget, Reason>) -> Vec<Self> {
        let (kept, _) = prune(items, &|entry| find(entry).err());
        kept.iter().map(|kept| Self::new(kept, find)).collect()
    }

    fn new(kept: &Kept<'_>, find: &dyn Fn(Uuid) -> Result<MenuTarget, Reason>) -> Self {
        let item = kept.item;
        let target = item.entry.and_then(|entry| Some((entry, find(entry).ok()?)));
        let own = Some(item.label.clone()).filter(|label| !label.is_empty());
        let title = target.as_ref().map(|(_, found)| found.target.title.clone());
        let address = item.entry.map(Address::of_entry).or_else(|| item.url.clone());
        let links = |_| target.as_ref().map(|(_, found)| found.target.clone());
        let link: Option<LinkView> = address.and_then(|address| address.resolve(&links));
        let path = link.as_ref().and_then(|link| link.entry.clone()).map(|LinkedEntry { path, .. }| path);
        let has_path = target.as_ref().is_some_and(|(_, found)| found.has_path);
        Self {
            id: item.id.clone(),
            kind: item.kind,
            label: own.or(title).unwrap_or_default(),
            url: link.map(|link| link.url),
            path: path.filter(|_| has_path),
            entry: target.map(|(id, found)| MenuEntry { id, kind: found.kind, title: found.target.title }),
            items: kept.items.iter().map(|kept| Self::new(kept, find)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn items(items: serde_json::Value) -> Vec<MenuItem> {
        serde_json::from_value(items).unwrap()
    }

    fn find(id: Uuid) -> Result<MenuTarget, Reason> {
        match id.as_u128() {
            1 => Ok(MenuTarget {
                kind: "page".into(),
                target: Target { path: "/\u{fc}ber uns".into(), title: "\u{dc}ber uns".into() },
                has_path: true,
            }),
            2 => Ok(MenuTarget {
                kind: "media".into(),
                target: Target {
                    path: "https://cms.example.org/media/a/b.pdf".into(),
                    title: "Report".into(),
                },
                has_path: false,
            }),
            3 => Err(Reason::NoPath),
            _ => Err(Reason::NotPublic),
        }
    }

    #[test]
    fn links_lead_where_their_entries_are() {
        let menu = items(json!([
            {"id": "a", "type": "entry", "entry": Uuid::from_u128(1)},
            {"id": "b", "type": "entry", "entry": Uuid::from_u128(2), "label": "Read it"},
            {"id": "c", "type": "url", "url": "mailto:office@example.org", "label": "Write"},
            {"id": "d", "type": "heading", "label": "More"},
        ]));
        assert_eq!(
            json!(MenuItemView::all(&menu, &find)),
            json!([
                {"id": "a", "type": "entry", "label": "\u{dc}ber uns", "url": "/\u{fc}ber%20uns", "path": "/\u{fc}ber uns",
                 "entry": {"id": Uuid::from_u128(1), "kind": "page", "title": "\u{dc}ber uns"}, "items": []},
                {"id": "b", "type": "entry", "label": "Read it", "url": "https://cms.example.org/media/a/b.pdf", "path": null,
                 "entry": {"id": Uuid::from_u128(2), "kind": "media", "title": "Report"}, "items": []},
                {"id": "c", "type": "url", "label": "Write", "url": "mailto:office@example.org", "path": null, "items": []},
                {"id": "d", "type": "heading", "label": "More", "url": null, "path": null, "items": []},
            ])
        );
    }

    #[test]
    fn what_cannot_be_led_to_drops_out_with_what_is_below() {
        let menu = items(json!([
            {"id": "a", "type": "entry", "entry": Uuid::from_u128(9), "items": [
                {"id": "b", "type": "url", "url": "/b", "label": "B", "items": [
                    {"id": "c", "type": "heading", "label": "C"}]}]},
            {"id": "d", "type": "heading", "label": "D", "items": [
                {"id": "e", "type": "entry", "entry": Uuid::from_u128(3)}, {"id": "f", "type": "entry"}]},
            {"id": "g", "type": "heading", "label": "G", "items": [
                {"id": "h", "type": "entry", "entry": Uuid::from_u128(1)},
                {"id": "i", "type": "entry", "entry": Uuid::from_u128(9)}]},
        ]));
        let (kept, dropped) = prune(&menu, &|entry| find(entry).err());
        let kept: Vec<_> =
            kept.iter().map(|kept| (kept.item.id.as_str(), kept.items[0].item.id.as_str())).collect();
        assert_eq!(kept, [("g", "h")]);
        let told: Vec<_> = dropped.iter().map(|one| (one.pointer.as_str(), one.reason)).collect();
        assert_eq!(
            told,
            [
                ("/items/0", Reason::NotPublic),
                ("/items/0/items/0", Reason::Below),
                ("/items/0/items/0/items/0", Reason::Below),
                ("/items/1", Reason::Empty),
                ("/items/1/items/0", Reason::NoPath),
                ("/items/1/items/1", Reason::NoEntry),
                ("/items/2/items/1", Reason::NotPublic),
            ]
        );
    }
}
