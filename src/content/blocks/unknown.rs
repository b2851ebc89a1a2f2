//! A block of a type that this version does not know, written by a newer one. It is kept exactly as it is; nothing in
//! it is shown, because nothing in it can be checked.

use serde_json::{Map, Value};

use super::{KNOWN_TYPES, id::BlockId};
use crate::{
    documents::body::{Problems, Stage},
    platform::problem::field::{FieldCode, Pointer},
};

const MAX_TYPE_BYTES: usize = 64;

/// A block of an unknown type, kept as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Unknown {
    kind: String,
    fields: Map<String, Value>,
}

impl Unknown {
    /// The block whose `type` is `kind` and whose other fields are `fields`.
    ///
    /// # Errors
    /// When `kind` cannot be the name of a type in any version.
    pub(super) fn new(kind: String, fields: Map<String, Value>) -> Result<Self, String> {
        let good = (1..=MAX_TYPE_BYTES).contains(&kind.len())
            && kind.starts_with(|c: char| c.is_ascii_lowercase())
            && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if good {
            Ok(Self { kind, fields })
        } else {
            Err(format!("the type of a block is one of {}", KNOWN_TYPES.join(", ")))
        }
    }

    /// The `type`.
    #[must_use]
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The block as it stands in JSON.
    pub(super) fn to_json(&self, id: &BlockId) -> Value {
        let mut object = Map::new();
        object.insert("id".to_owned(), id.as_str().into());
        object.insert("type".to_owned(), self.kind.clone().into());
        object.extend(self.fields.clone());
        Value::Object(object)
    }

    pub(super) fn check(&self, stage: Stage, at: &Pointer, problems: &mut Problems) {
        if self.fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)) {
            problems.add(at, FieldCode::Invalid, "The block contains the character U+0000; remove it.");
        }
        // A draft may wait for the version that knows the type; readers would see nothing, which is what a misspelt
        // type looks like too.
        if stage == Stage::Publish {
            let detail = format!(
                "This version of Masthead does not know blocks of the type `{}` and cannot publish them; it knows {}.",
                self.kind,
                KNOWN_TYPES.join(", ")
            );
            problems.add(&at.field("type"), FieldCode::NotAllowed, detail);
        }
    }
}

/// Whether U+0000 occurs in a string or a name; Postgres stores none.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
