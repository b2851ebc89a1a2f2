//! What an import brings and what became of it. Pure.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::content::pages::Page;

/// When an imported page is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Not at all.
    Draft,
    /// At once.
    Public,
    /// From this instant on.
    From(DateTime<Utc>),
}

/// A page to be imported.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is made from, the same in every run.
    pub key: String,
    /// The item above it; it stands earlier in the list.
    pub parent: Option<String>,
    /// The content. Its parent is filled in from `parent`.
    pub page: Page,
    /// When it is public.
    pub visibility: Visibility,
    /// Whether its source shows it to everybody, now or at a planned time, due or not.
    pub public_at_source: bool,
    /// What its first revision says of its origin.
    pub note: String,
    /// Whether it only holds others, so that a page that is at its path already will do.
    pub holds_others: bool,
}

/// An old path that leads to an imported page.
#[derive(Debug, Clone)]
pub struct Redirect {
    /// The old path.
    pub path: String,
    /// The item that it leads to.
    pub to: String,
}

/// What became of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Applied {
    /// It is new.
    Created,
    /// Its source changed since the last run, and nobody edited it here.
    Updated,
    /// A page that was at its path before holds the others.
    Found,
    /// Nothing changed at the source since the last run.
    Unchanged,
    /// Its source changed; what it says now is saved, and stays a draft because somebody unpublished the page here.
    LeftUnpublished,
    /// Its source changed, but so did the page here: what people wrote here stays.
    KeptEdits,
    /// It lies in the trash here and stays there.
    InTrash,
}

/// What became of one item, and where.
#[derive(Debug, Clone, Serialize)]
pub struct ItemOutcome {
    /// The key of the item.
    pub key: String,
    /// The entry that it is.
    pub entry: uuid::Uuid,
    /// What happened.
    pub applied: Applied,
    /// The slug that it got because the path it asked for is taken here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renamed_to: Option<String>,
}

/// What became of an import.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Outcome {
    /// Each item.
    pub items: Vec<ItemOutcome>,
    /// Redirects that were made.
    pub redirects: usize,
    /// Old paths that lead elsewhere here already, and were left alone.
    pub redirects_left: Vec<String>,
}

impl Outcome {
    /// How many items ended so.
    #[must_use]
    pub fn count(&self, applied: Applied) -> usize {
        self.items.iter().filter(|item| item.applied == applied).count()
    }
}

/// A slug that leads to a path nobody has: the wanted one, else with the first free number behind it.
#[must_use]
pub fn free_slug(parent: &str, wanted: &str, taken: &HashSet<String>) -> String {
    let path = |slug: &str| format!("{}/{slug}", parent.trim_end_matches('/'));
    if !taken.contains(&path(wanted)) {
        return wanted.to_owned();
    }
    (2_u32..=u32::MAX)
        .map(|n| format!("{}-{n}", shortened(wanted)))
        .find(|slug| !taken.contains(&path(slug)))
        .unwrap_or_else(|| wanted.to_owned())
}

/// Whether a slug is the wanted one with the number that [`free_slug`] put behind it.
#[must_use]
pub fn is_numbered(slug: &str, wanted: &str) -> bool {
    let number = slug.strip_prefix(shortened(wanted)).and_then(|rest| rest.strip_prefix('-'));
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Leaves room for a number within the 200 bytes of a slug.
fn shortened(slug: &str) -> &str {
    let mut end = slug.len().min(188);
    while !slug.is_char_boundary(end) {
        end -= 1;
    }
    slug.get(..end).unwrap_or(slug)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_path_gets_the_first_free_number() {
        let taken = ["/about", "/about-2", "/news/a"].map(String::from).into();
        assert_eq!(free_slug("/", "about", &taken), "about-3");
        assert_eq!(free_slug("", "news", &taken), "news");
        assert_eq!(free_slug("/news", "a", &taken), "a-2");
        assert!(is_numbered("about-3", "about") && !is_numbered("about", "about"));
        assert!(!is_numbered("about-us", "about"));
        let long = "x".repeat(200);
        let slug = free_slug("/", &long, &[format!("/{long}")].into());
        assert!(slug.len() <= 200 && slug.ends_with("-2"));
    }
}
