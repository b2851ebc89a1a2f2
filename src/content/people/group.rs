//! Groups of people, such as a board, and the place of somebody in one.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::documents::position::Position;

/// The most characters of the name of a group.
const MAX_GROUP: usize = 60;

/// The name of a group in addresses: 1 to 60 of `a-z`, `0-9` and `-`. A group is there as soon as somebody is in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 60, pattern = "^[a-z0-9-]+$", examples("board"))]
pub struct Group(String);

/// The text is not the name of a group.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a group is named by 1 to {MAX_GROUP} of a-z, 0-9 and -, such as `board`")]
pub struct GroupError;

impl TryFrom<String> for Group {
    type Error = GroupError;

    fn try_from(text: String) -> Result<Self, GroupError> {
        let good = (1..=MAX_GROUP).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if good { Ok(Self(text)) } else { Err(GroupError) }
    }
}

impl From<Group> for String {
    fn from(group: Group) -> Self {
        group.0
    }
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// That somebody is in a group, and where in its order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Membership {
    /// The group.
    pub group: Group,
    /// The rank in it: one save of one person moves them within the group. Those of one rank stand in the order of their
    /// names.
    #[serde(default)]
    #[schema(required)]
    pub position: Position,
}
