//! The structured comparison of two JSON bodies of any kind: what was added, removed, changed and moved, field by field
//! and block by block, with the words that differ.

pub mod keys;
pub mod sequence;
#[cfg(test)]
mod tests;
mod walk;
pub mod words;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::platform::problem::field::Pointer;

pub use self::walk::compare;

/// One difference between an older and a newer body.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(examples(Difference::sample))]
pub struct Difference {
    /// Where it is in the newer body, and for what was removed, where it was in the older one: a JSON Pointer
    /// (RFC 6901), empty for the whole body.
    #[schema(value_type = String, format = "json-pointer", examples("/blocks/3/markdown"))]
    pub pointer: Pointer,
    /// Where it was in the older body; absent for what was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, format = "json-pointer", examples("/blocks/2/markdown"))]
    pub from_pointer: Option<Pointer>,
    /// The id of the block that it is in, or that was added, removed or moved; absent outside blocks. Of blocks within
    /// blocks, the innermost.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, examples("019a3e5c-8a10-7b1e-8f7e-3d5c2b1a0f9e"))]
    pub block: Option<String>,
    /// What happened. A block that was moved and edited has a difference for each.
    pub change: Change,
    /// What was there; absent for what was added. For what was moved, the id of the item before it in the older body,
    /// null when it was the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub before: Option<Value>,
    /// What is there; absent for what was removed. For what was moved, the id of the item before it in the newer body,
    /// null when it is the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Value>)]
    pub after: Option<Value>,
    /// For strings the text in pieces, in the order in which to draw them: running text word by word, other strings
    /// whole. What is equal and removed makes up `before`, what is equal and added `after`. Empty for anything else.
    pub spans: Vec<Span>,
}

/// What happened to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(examples("changed"))]
pub enum Change {
    /// It is in the newer body alone.
    Added,
    /// It was in the older body alone.
    Removed,
    /// It has another value.
    Changed,
    /// It stands elsewhere among the other items of its list.
    Moved,
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(examples(json!({"op": "added", "text": "alliance"})))]
pub struct Span {
    /// Which of the two texts it belongs to.
    pub op: Op,
    /// The piece; never empty.
    pub text: String,
}

/// Which of two texts a piece belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(examples("equal"))]
pub enum Op {
    /// Both.
    Equal,
    /// The older one alone.
    Removed,
    /// The newer one alone.
    Added,
}

impl Difference {
    /// A difference for the examples of the API's document.
    #[must_use]
    pub fn sample() -> Value {
        json!({
            "pointer": "/blocks/3/markdown",
            "from_pointer": "/blocks/2/markdown",
            "block": "019a3e5c-8a10-7b1e-8f7e-3d5c2b1a0f9e",
            "change": "changed",
            "before": "We began in **1998**.",
            "after": "We began in **1999**.",
            "spans": [
                {"op": "equal", "text": "We began in **"},
                {"op": "removed", "text": "1998"},
                {"op": "added", "text": "1999"},
                {"op": "equal", "text": "**."},
            ],
        })
    }
}

/// The pieces from one string to another, as [`Difference::spans`] says.
#[must_use]
pub fn spans(before: &str, after: &str) -> Vec<Span> {
    let compared = (words::is_prose(before) || words::is_prose(after))
        .then(|| words::compare(before, [after]))
        .flatten();
    let mut found = Spans(Vec::new());
    let Some(words::Compared { old, sides: [(new, hunks)] }) = compared else {
        if before == after {
            found.push(Op::Equal, before);
        } else {
            found.push(Op::Removed, before);
            found.push(Op::Added, after);
        }
        return found.0;
    };
    let mut done = 0;
    let mut rest = hunks.as_slice();
    while let Some((first, others)) = rest.split_first() {
        // Words that were replaced one by one read better as one replacement, white space included.
        let blank = |from: usize, to: usize| old[from..to].iter().all(|piece| piece.trim().is_empty());
        let joined = others
            .iter()
            .scan(first.old.end, |end, next| {
                let near = blank(*end, next.old.start);
                *end = next.old.end;
                near.then_some(())
            })
            .count();
        let last = &rest[joined];
        found.push(Op::Equal, &old[done..first.old.start].concat());
        found.push(Op::Removed, &old[first.old.start..last.old.end].concat());
        found.push(Op::Added, &new[first.new.start..last.new.end].concat());
        done = last.old.end;
        rest = &rest[joined + 1..];
    }
    found.push(Op::Equal, &old[done..].concat());
    found.0
}

struct Spans(Vec<Span>);

impl Spans {
    fn push(&mut self, op: Op, text: &str) {
        if !text.is_empty() {
            self.0.push(Span { op, text: text.to_owned() });
        }
    }
}
