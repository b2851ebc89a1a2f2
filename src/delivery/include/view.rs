//! How what comes along is shown: inside the page that it belongs to.

use serde::Serialize;
use utoipa::ToSchema;

use super::model::{Family, Include, Relation};
use crate::delivery::model::Card;
use crate::delivery::view::{PageCard, Shown};

/// What `include` asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IncludedView {
    /// With `include=parent`: the page above; `null` at the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<PageCard>, required = false, no_recursion)]
    #[expect(clippy::option_option, reason = "absent when it was not asked for, null at the top")]
    parent: Option<Option<Box<PageCard>>>,
    /// With `include=children`: the pages directly below.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    children: Option<ChildrenView>,
}

/// Pages below a page.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChildrenView {
    /// The pages in their order, at most 100.
    #[schema(no_recursion)]
    data: Vec<PageCard>,
    /// Whether there are more; `/v1/pages?filter[parent]=<id>&sort=position` lists all.
    more: bool,
}

/// Puts pages into each other.
#[derive(Clone, Copy)]
pub struct Nested<'a> {
    /// The pages that came along.
    pub family: &'a Family,
    /// The pictures of all of them.
    pub shown: &'a Shown<'a>,
}

impl Nested<'_> {
    /// A card with what comes along with it.
    #[must_use]
    pub fn card(self, card: Card, include: &Include) -> PageCard {
        let included = (!include.is_empty()).then(|| Box::new(self.around(&card, include)));
        PageCard { included, ..PageCard::new(card, self.shown) }
    }

    fn around(self, card: &Card, include: &Include) -> IncludedView {
        let found = |relation: Relation, entry| {
            Some(self.card(self.family.card(entry)?.clone(), &include.within(relation)))
        };
        let parent = include
            .has(Relation::Parent)
            .then(|| card.parent.and_then(|parent| found(Relation::Parent, parent)).map(Box::new));
        let children = include.has(Relation::Children).then(|| {
            let children = self.family.children(card.entry).cloned().unwrap_or_default();
            let data = children.entries.into_iter().filter_map(|entry| found(Relation::Children, entry));
            ChildrenView { data: data.collect(), more: children.more }
        });
        IncludedView { parent, children }
    }
}
