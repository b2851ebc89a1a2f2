//! Tags, the same for every kind that has them: at most 50, each of 1 to 100 characters, each once.

use serde_json::json;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, SchemaType, Type};

use super::plain_field::check_line;
use crate::{
    documents::body::Problems,
    platform::problem::field::{FieldCode, Pointer},
};

/// The most tags that a document may have.
pub const MAX_TAGS: usize = 50;
/// The most characters of a tag.
pub const MAX_TAG: usize = 100;

/// Adds all that is wrong with the tags in the field at `at`.
pub fn check_tags(tags: &[String], at: &Pointer, problems: &mut Problems) {
    if tags.len() > MAX_TAGS {
        let detail = format!("There are {} tags; there may be {MAX_TAGS}.", tags.len());
        problems.add(at, FieldCode::TooMany, detail);
        return;
    }
    for (index, tag) in tags.iter().enumerate() {
        let place = at.item(index);
        check_line(problems, &place, tag, MAX_TAG);
        if tag.is_empty() {
            problems.add(&place, FieldCode::Required, "A tag must not be empty; remove it.");
        } else if tag.trim() != tag {
            problems.add(&place, FieldCode::Invalid, "A tag has no space around it; remove the space.");
        }
        if tags.iter().take(index).any(|other| other == tag) {
            problems.add(
                &place,
                FieldCode::Duplicate,
                format!("The tag `{tag}` is there already; remove it."),
            );
        }
    }
}

/// The tags of a draft: what is left of each without the space around it must not be empty.
#[must_use]
pub fn tags_schema() -> Array {
    let tag = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(MAX_TAG))
        .pattern(Some(r"\S"))
        .build();
    ArrayBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Array, Type::Null]))
        .description(Some("At most 50 tags of 1 to 100 characters, each once. Space around them is removed."))
        .items(tag)
        .max_items(Some(MAX_TAGS))
        .examples([json!(["history"])])
        .build()
}
