//! Menus as readers get them.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::model::FoundMenu;
use crate::blobs::Gallery;
use crate::content::menus::Menu;
use crate::content::menus::public::{MenuItemView, MenuTarget, Reason};
use crate::content::text::links::Target;
use crate::delivery::model::Card;
use crate::delivery::view::Shown;
use crate::platform::problem::Problem;

/// A menu in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MenuCard {
    /// The entry.
    pub id: Uuid,
    /// Always `menu`.
    #[schema(example = "menu")]
    pub kind: String,
    /// The locale, a BCP 47 tag.
    #[schema(example = "en")]
    pub locale: String,
    /// The locale that was asked for, or the site's default.
    #[schema(example = "en")]
    pub requested_locale: String,
    /// Whether `locale` stands in for `requested_locale`, in which there is no such menu.
    pub fallback: bool,
    /// The title, for editors.
    #[schema(example = "Main menu")]
    pub title: String,
    /// What it is asked for by.
    #[schema(example = "main")]
    pub slug: String,
    /// When it was first public.
    pub published_at: DateTime<Utc>,
    /// When the present content became public. What its items lead to may have changed since.
    pub updated_at: DateTime<Utc>,
}

impl From<Card> for MenuCard {
    fn from(card: Card) -> Self {
        let slug = card.more.get("slug").and_then(Value::as_str).unwrap_or_default().to_owned();
        Self {
            id: card.entry,
            kind: card.kind,
            fallback: card.locale != card.requested_locale,
            locale: card.locale,
            requested_locale: card.requested_locale,
            title: card.title,
            slug,
            published_at: card.published_at,
            updated_at: card.updated_at,
        }
    }
}

/// A menu, ready to be shown.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MenuView {
    #[serde(flatten)]
    card: MenuCard,
    /// The items in order, at most 3 levels and 200 altogether. What leads to something that is not public is not among them,
    /// and neither is a heading of which nothing is left.
    items: Vec<MenuItemView>,
}

impl MenuView {
    /// Resolves what the items lead to.
    ///
    /// # Errors
    /// 500 when the stored body cannot be read.
    pub(super) fn new(found: FoundMenu, gallery: &Gallery) -> Result<Self, Problem> {
        let FoundMenu { document, links, media } = found;
        let menu: Menu = serde_json::from_value(document.body).map_err(Problem::internal)?;
        let shown = Shown::new(&media, gallery);
        let find = |id: Uuid| {
            let crumb = links.get(&id).ok_or(Reason::NotPublic)?;
            let (target, has_path) = match &crumb.path {
                Some(path) => (Target { path: path.clone(), title: crumb.title.clone() }, true),
                None => (shown.file(id).ok_or(Reason::NoPath)?, false),
            };
            Ok(MenuTarget { kind: crumb.kind.clone(), target, has_path })
        };
        Ok(Self { items: MenuItemView::all(&menu.items, &find), card: document.card.into() })
    }
}
