//! The pages below a page, as they are public when the answer is made.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BlockData,
    id::BlockId,
    lists::{PageSort, PageTeaser, PagesBelow},
    part::{add_entry, check_heading, given},
    rich_text::add_references,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::text::{forms::Text, rich_text::Markdown},
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::{
        json::{is_default, null_is_default},
        problem::field::{FieldCode, Pointer},
    },
};

const MAX_DEPTH: u8 = 3;
const MAX_LIMIT: u8 = 100;

/// The pages below a page. Which ones is found out when somebody reads, so that a new page is in the list as soon as it is
/// public.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Children {
    /// The heading above the list, at most 300 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 300, examples("Our topics"))]
    pub heading: String,
    /// Text between the heading and the list.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub text: Markdown,
    /// The page whose pages are listed; the page that the block is in when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Uuid>,
    /// How many levels below it are listed, 1 to 3; one when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 3, examples(1))]
    pub depth: Option<u8>,
    /// How many pages are listed at most, 1 to 100; 100 when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100, examples(12))]
    pub limit: Option<u8>,
    /// Their order.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub sort: PageSort,
}

impl Variant for Children {
    const TYPE: &'static str = "children";
    const SCHEMA: &'static str = "ChildrenBlock";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: "Our topics".into(),
            text: Markdown::sample(),
            of: Some(Uuid::from_u128(0x019a_3e5c_7d1f_7c3a_9b52_1f0d_6c2e_8a41)),
            depth: Some(1),
            limit: Some(12),
            sort: PageSort::Newest,
        }]
    }
}

impl Children {
    /// Which pages it lists.
    pub(super) fn wanted(&self) -> PagesBelow {
        PagesBelow {
            of: self.of,
            depth: self.depth.unwrap_or(1).min(MAX_DEPTH),
            limit: self.limit.unwrap_or(MAX_LIMIT).min(MAX_LIMIT),
            sort: self.sort,
        }
    }
}

impl BlockData for Children {
    fn check(&self, _stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_heading(problems, at, &self.heading);
        if self.depth.is_some_and(|depth| !(1..=MAX_DEPTH).contains(&depth)) {
            let detail = format!("The depth is the number of levels, from 1 to {MAX_DEPTH}.");
            problems.add(&at.field("depth"), FieldCode::Invalid, detail);
        }
        if self.limit.is_some_and(|limit| !(1..=MAX_LIMIT).contains(&limit)) {
            let detail = format!("The limit is a number of pages from 1 to {MAX_LIMIT}.");
            problems.add(&at.field("limit"), FieldCode::Invalid, detail);
        }
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        add_references(&at.field("text"), &self.text, found);
        add_entry(&at.field("of"), self.of, found);
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Summary, &self.heading);
        out.add(Weight::Body, &self.text.to_text());
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        ContentView::Children(ChildrenView {
            heading: given(&self.heading),
            text: Text::unless_blank(&self.text, reader.forms, id.as_str(), reader.links),
            pages: reader.lists.pages(self.wanted()),
        })
    }
}

/// The pages below a page.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChildrenView {
    /// The heading above the list; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("Our topics"))]
    pub heading: Option<String>,
    /// Text between the heading and the list; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<Text>,
    /// The pages that are public, in order; there may be none.
    #[schema(max_items = 100)]
    pub pages: Vec<PageTeaser>,
}

impl Variant for ChildrenView {
    const TYPE: &'static str = "children";
    const SCHEMA: &'static str = "ChildrenBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: Some("Our topics".into()),
            text: Some(Text::sample()),
            pages: vec![PageTeaser::sample()],
        }]
    }
}
