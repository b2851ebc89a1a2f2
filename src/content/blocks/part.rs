//! What several types of blocks have: headings, lists of items, references that may be missing. One rule for each.

use uuid::Uuid;

use crate::{
    content::text::{
        address::Address,
        plain_field::{check_given, check_line},
    },
    documents::body::{Problems, References, Stage},
    platform::problem::field::{FieldCode, Pointer},
};

/// The most characters that a heading may have.
pub(super) const MAX_HEADING: usize = 300;

/// Checks the heading of the block or item at `at`.
pub(super) fn check_heading(problems: &mut Problems, at: &Pointer, heading: &str) {
    check_line(problems, &at.field("heading"), heading, MAX_HEADING);
}

/// The same for a heading without which nothing is published.
pub(super) fn check_needed_heading(problems: &mut Problems, stage: Stage, at: &Pointer, heading: &str) {
    check_heading(problems, at, heading);
    check_given(problems, stage, &at.field("heading"), heading, "a heading");
}

/// Checks that a list is not too long, and at a publication that it is not empty. `what` names its items.
pub(super) fn check_list(
    problems: &mut Problems,
    stage: Stage,
    at: &Pointer,
    (count, max): (usize, usize),
    what: &str,
) {
    check_count(problems, at, (count, max), what);
    if stage == Stage::Publish && count == 0 {
        let detail = format!("To be published, it needs {what}: add one, or remove the block.");
        problems.add(at, FieldCode::Required, detail);
    }
}

/// Checks that a list is not too long.
pub(super) fn check_count(problems: &mut Problems, at: &Pointer, (count, max): (usize, usize), what: &str) {
    if count > max {
        let detail = format!("There are {count} {what}; there may be {max}.");
        problems.add(at, FieldCode::TooMany, detail);
    }
}

/// Checks, at a publication, that an entry was chosen. `what` names it, such as "a picture".
pub(super) fn check_chosen(
    problems: &mut Problems,
    stage: Stage,
    at: &Pointer,
    entry: Option<Uuid>,
    what: &str,
) {
    if stage == Stage::Publish && entry.is_none() {
        let detail = format!("To be published, it needs {what}: choose one, or remove the block.");
        problems.add(at, FieldCode::Required, detail);
    }
}

/// Adds the entry that a field names.
pub(super) fn add_entry(at: &Pointer, entry: Option<Uuid>, found: &mut References) {
    if let Some(entry) = entry {
        found.add(at, entry, false);
    }
}

/// Adds the entry that an address leads to.
pub(super) fn add_link(at: &Pointer, link: Option<&Address>, found: &mut References) {
    add_entry(at, link.and_then(Address::entry), found);
}

/// The text, or none when it is empty.
pub(super) fn given(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}
