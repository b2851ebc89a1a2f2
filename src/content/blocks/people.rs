//! People: a group in its order, or those whom the editor chose.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    BlockData,
    id::BlockId,
    lists::{PeopleWanted, PersonTeaser},
    part::{check_count, check_heading, given},
    rich_text::add_references,
    schema::Variant,
    view::{ContentView, Reader},
};
use crate::{
    content::people::Group,
    content::text::{forms::Text, rich_text::Markdown},
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::{
        json::{is_default, null_is_default},
        problem::field::{FieldCode, Pointer},
    },
};

const MAX_PEOPLE: usize = 100;

/// People: those of a group, or those whom the editor chose. Who is in a group is found out when somebody reads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// The heading above them, at most 300 characters.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable, max_length = 300, examples("Our board"))]
    pub heading: String,
    /// Text between the heading and the people.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "is_default")]
    #[schema(nullable)]
    pub text: Markdown,
    /// The group that is shown, in its order; this or `people` is needed to publish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<Group>,
    /// The entries of the people who are shown, in order, at most 100; not together with `group`.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    #[schema(nullable, max_items = 100)]
    pub people: Vec<Uuid>,
}

impl Variant for People {
    const TYPE: &'static str = "people";
    const SCHEMA: &'static str = "PeopleBlock";

    fn samples() -> Vec<Self> {
        let by_group = Self {
            heading: "Our board".into(),
            text: Markdown::sample(),
            group: Group::try_from("board".to_owned()).ok(),
            people: Vec::new(),
        };
        let ada = Uuid::from_u128(0x019a_3e5c_7d1f_7c3a_9b52_1f0d_6c2e_8a43);
        vec![by_group, Self { people: vec![ada], ..Self::default() }]
    }
}

impl People {
    /// Whom it lists.
    pub(super) fn wanted(&self) -> PeopleWanted {
        match &self.group {
            Some(group) => PeopleWanted::Group(group.to_string()),
            None => PeopleWanted::These(self.people.clone()),
        }
    }
}

impl BlockData for People {
    fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        check_heading(problems, at, &self.heading);
        let people = at.field("people");
        check_count(problems, &people, (self.people.len(), MAX_PEOPLE), "people");
        match (&self.group, self.people.is_empty()) {
            (Some(_), false) => {
                let detail = "The block shows a group or these people: remove `group` or `people`.";
                problems.add(&people, FieldCode::NotAllowed, detail);
            }
            (None, true) if stage == Stage::Publish => {
                let detail = "To be published, it needs a group or people: give `group` or `people`.";
                problems.add(&at.field("group"), FieldCode::Required, detail);
            }
            _ => {}
        }
    }

    fn references(&self, at: &Pointer, found: &mut References) {
        add_references(&at.field("text"), &self.text, found);
        let people = at.field("people");
        for (index, person) in self.people.iter().enumerate() {
            found.add(&people.item(index), *person, false);
        }
    }

    fn search_text(&self, out: &mut SearchText) {
        out.add(Weight::Summary, &self.heading);
        out.add(Weight::Body, &self.text.to_text());
    }

    fn view(&self, id: &BlockId, reader: Reader<'_>) -> ContentView {
        ContentView::People(PeopleView {
            heading: given(&self.heading),
            text: Text::unless_blank(&self.text, reader.forms, id.as_str(), reader.links),
            people: reader.lists.people(&self.wanted()),
        })
    }
}

/// People.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PeopleView {
    /// The heading above them; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("Our board"))]
    pub heading: Option<String>,
    /// Text between the heading and the people; absent when there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<Text>,
    /// The people who are public, in order; there may be none.
    #[schema(max_items = 100)]
    pub people: Vec<PersonTeaser>,
}

impl Variant for PeopleView {
    const TYPE: &'static str = "people";
    const SCHEMA: &'static str = "PeopleBlockView";

    fn samples() -> Vec<Self> {
        vec![Self {
            heading: Some("Our board".into()),
            text: Some(Text::sample()),
            people: vec![PersonTeaser::sample()],
        }]
    }
}
