//! The three-way merge of JSON bodies of any kind: field by field, block by block, word by word. It never loses an edit:
//! each edit of either side is in the result, or there is a conflict.

mod order;
#[cfg(test)]
mod order_tests;
mod place;
#[cfg(test)]
mod properties;
mod regions;
#[cfg(test)]
mod tests;
mod walk;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::platform::problem::field::Pointer;

/// One place where two edits contradict each other.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(Conflict::sample))]
pub struct Conflict {
    /// Where it is in the body that was sent; when `mine` is absent, where it is in the newest revision. A JSON Pointer
    /// (RFC 6901), empty for the whole body.
    #[schema(value_type = String, format = "json-pointer", examples("/blocks/3/markdown"))]
    pub pointer: Pointer,
    /// The id of the block that it is in, or that it is about; absent outside blocks. Of blocks within blocks, the
    /// innermost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("019a3e5c-8a10-7b1e-8f7e-3d5c2b1a0f9e"))]
    pub block: Option<String>,
    /// How the edits contradict each other.
    pub what: What,
    /// What the two edits started from; absent when there was nothing. For `order`, the id of the item before this one,
    /// or null when it was the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub base: Option<Value>,
    /// The same in the newest revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub theirs: Option<Value>,
    /// The same in the body that was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub mine: Option<Value>,
}

/// How two edits contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(examples("value"))]
pub enum What {
    /// Both changed the value, and differently.
    Value,
    /// The items of a list were put in orders that cannot both be had: this item was moved or inserted at another place
    /// by each, or its move contradicts that of another item.
    Order,
    /// One removed what the other changed.
    Deleted,
}

impl Conflict {
    /// A conflict for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Value {
        json!({
            "pointer": "/blocks/3/markdown",
            "block": "019a3e5c-8a10-7b1e-8f7e-3d5c2b1a0f9e",
            "what": "value",
            "base": "We began in **1998**.",
            "theirs": "We began in **1999**.",
            "mine": "We began in **2001**.",
        })
    }
}

/// Merges two bodies that were edited from the same `base`: `theirs` was saved, `mine` is being saved.
///
/// - Objects are merged field by field; a missing field is a value of its own. Objects of different `type` are one value.
/// - Arrays of objects with a unique `id` are merged by it: inserted, deleted, edited and moved items. The order is
///   theirs with my moves; what either inserted stands after the item that it was inserted after, theirs before mine.
///   An item that one side deleted and the other only moved is deleted: nothing that was written is lost.
/// - Lists of unique strings, unless inside another list, are merged as ordered sets.
/// - Other arrays are merged by place: items that only one side touched, and items that both changed, from within.
/// - Running text is merged by words. Edits that touch each other are a conflict, as are two insertions at one place.
/// - Anything else is one value. The same change on both sides is no conflict.
///
/// A missing array counts as an empty one, since what is empty is left out of bodies. The work is bounded by the size of
/// the bodies: texts with too many differences are merged by lines, and if that is too much as well, they are one value.
///
/// # Errors
/// All conflicts, when there is any.
pub fn merge(base: &Value, theirs: &Value, mine: &Value) -> Result<Value, Vec<Conflict>> {
    let (merged, conflicts) = walk::bodies(base, theirs, mine);
    if conflicts.is_empty() { Ok(merged) } else { Err(conflicts) }
}
