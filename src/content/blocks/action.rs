//! Calls to action: what readers can do next, as buttons.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    part::{add_link, check_count},
    view::Reader,
};
use crate::{
    content::text::{
        address::Address,
        links::LinkView,
        plain_field::{check_given, check_line},
    },
    documents::body::{Problems, References, SearchText, Stage, Weight},
    platform::problem::field::Pointer,
};

/// The most characters of a label.
pub(super) const MAX_LABEL: usize = 100;
const MAX_ACTIONS: usize = 4;

/// A call to action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(examples(json!({"label": "Read our history", "link": "entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41"})))]
pub struct Action {
    /// What the button says, at most 100 characters; needed to publish.
    #[schema(max_length = 100, examples("Read our history"))]
    pub label: String,
    /// Where it leads.
    pub link: Address,
}

/// A call to action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({"label": "Call us", "link": {"url": "tel:+1-202-555-0100"}})))]
pub struct ActionView {
    /// What the button says.
    pub label: String,
    /// Where it leads; null when its target is not public: show the label without a link, or nothing.
    #[schema(required)]
    pub link: Option<LinkView>,
}

/// Checks the actions in the field at `at`.
pub(super) fn check(problems: &mut Problems, stage: Stage, at: &Pointer, actions: &[Action]) {
    check_count(problems, at, (actions.len(), MAX_ACTIONS), "actions");
    for (index, action) in actions.iter().enumerate() {
        let label = at.item(index).field("label");
        check_line(problems, &label, &action.label, MAX_LABEL);
        check_given(problems, stage, &label, &action.label, "a label");
    }
}

/// Adds the entries that the actions in the field at `at` lead to.
pub(super) fn references(at: &Pointer, actions: &[Action], found: &mut References) {
    for (index, action) in actions.iter().enumerate() {
        add_link(&at.item(index).field("link"), Some(&action.link), found);
    }
}

/// Adds the words of the actions.
pub(super) fn search_text(actions: &[Action], out: &mut SearchText) {
    for action in actions {
        out.add(Weight::Body, &action.label);
    }
}

/// The actions as a reader gets them.
pub(super) fn view(actions: &[Action], reader: Reader<'_>) -> Vec<ActionView> {
    let view =
        |action: &Action| ActionView { label: action.label.clone(), link: action.link.resolve(reader.links) };
    actions.iter().map(view).collect()
}

impl Action {
    /// An action for the examples of the API's document.
    pub(super) fn sample() -> Self {
        Self {
            label: "Read our history".into(),
            link: Address::of_entry(uuid::Uuid::from_u128(0x019a_3e5c_7d1f_7c3a_9b52_1f0d_6c2e_8a41)),
        }
    }
}

impl ActionView {
    /// Actions for the examples of the API's document.
    pub(super) fn samples() -> Vec<Self> {
        let action = |label: &str, link| Self { label: label.into(), link };
        vec![
            action("Call us", Some(LinkView { url: "tel:+1-202-555-0100".into(), entry: None })),
            action("Coming soon", None),
        ]
    }
}
