//! Menus as editors see them: with what readers do not get of them.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Menu;
use super::public::{Dropped, Reason, prune};
use crate::content::blocks::id::BlockId;
use crate::documents::view::DocumentState;

/// A menu as editors see it: how it stands, the content of its newest revision, and what of that readers do not get.
#[derive(Debug, Serialize, ToSchema)]
pub struct MenuDocument {
    #[serde(flatten)]
    state: DocumentState,
    /// The content of the newest revision.
    body: Menu,
    /// The items of the newest revision that readers would not get now, because what they lead to is not public. They come
    /// back by themselves when it is.
    dropped: Vec<DroppedItem>,
}

/// A menu that was saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedMenu {
    #[serde(flatten)]
    menu: MenuDocument,
    /// Whether others had saved since `base`, and the newest revision holds the changes of both.
    merged: bool,
}

/// An item that readers do not get.
#[derive(Debug, Serialize, ToSchema)]
pub struct DroppedItem {
    /// Where it stands in the body: a JSON Pointer (RFC 6901).
    #[schema(example = "/items/0/items/2")]
    pointer: String,
    /// The id of the item.
    item: BlockId,
    /// The entry that it leads to; `null` when it leads to none.
    entry: Option<Uuid>,
    /// Why.
    reason: Reason,
}

impl From<Dropped<'_>> for DroppedItem {
    fn from(dropped: Dropped<'_>) -> Self {
        Self {
            pointer: dropped.pointer.to_string(),
            item: dropped.item.id.clone(),
            entry: dropped.item.entry,
            reason: dropped.reason,
        }
    }
}

impl MenuDocument {
    /// A menu, given the entries that are public and whether each has an address.
    #[must_use]
    pub fn new(state: DocumentState, body: Menu, public: &HashMap<Uuid, bool>) -> Self {
        let hidden = |entry: Uuid| match public.get(&entry) {
            None => Some(Reason::NotPublic),
            Some(false) => Some(Reason::NoPath),
            Some(true) => None,
        };
        let (_, dropped) = prune(&body.items, &hidden);
        let dropped = dropped.into_iter().map(DroppedItem::from).collect();
        Self { state, body, dropped }
    }

    /// The same after a save.
    #[must_use]
    pub fn saved(self, merged: bool) -> SavedMenu {
        SavedMenu { menu: self, merged }
    }
}
