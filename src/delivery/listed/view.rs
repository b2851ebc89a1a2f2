//! How what blocks list is shown.

use uuid::Uuid;

use super::model::{Asking, Below, Listed};
use crate::content::blocks::lists::{Lists, PageTeaser, PagesBelow};
use crate::content::media::public::Images as _;
use crate::delivery::view::Shown;

/// What the blocks of one page list.
pub struct Lister<'a> {
    /// What was found for all pages of the answer.
    pub listed: &'a Listed,
    /// The page.
    pub page: Uuid,
    /// The pictures of all of them.
    pub shown: &'a Shown<'a>,
    /// How the path of a page stands in the answer.
    pub address: &'a dyn Fn(&str) -> String,
}

impl Lists for Lister<'_> {
    fn pages(&self, wanted: PagesBelow) -> Vec<PageTeaser> {
        let found = self.listed.pages(&Asking { page: self.page, wanted });
        found.iter().map(|below| self.teaser(below)).collect()
    }
}

impl Lister<'_> {
    fn teaser(&self, Below { card, level, .. }: &Below) -> PageTeaser {
        PageTeaser {
            id: card.entry,
            locale: card.locale.clone(),
            title: card.title.clone(),
            path: (self.address)(card.path.as_deref().unwrap_or_default()),
            summary: card.summary.clone(),
            tags: card.tags(),
            published_at: card.published_at,
            image: card.image().and_then(|image| self.shown.image(image)),
            parent: card.parent,
            level: *level,
        }
    }
}
