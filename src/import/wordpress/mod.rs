//! Import of a WordPress export, the pure part: bytes to [`Export`], [`Export`] to [`Plan`]. No database, no clock, no
//! network here; the same export and options always give the same plan.

mod clean;
mod content;
mod dom;
mod fields;
mod findings;
mod finish;
mod lines;
mod markdown;
mod markdown_list;
mod parse;
mod parse_fields;
mod plan;
mod prepare;
mod prepare_media;
mod prepare_table;
mod prepare_text;
mod redirects;
mod report;
mod shield;
mod shortcode;
mod shortcode_kind;
mod shortcode_tag;
mod slug;
#[cfg(test)]
mod tests;
mod title;
mod tree;
mod words;
mod wxr;

pub use content::{Converted, Converter};
pub use findings::Finding;
pub use parse::parse;
pub use plan::{Plan, PlanError, PlanOptions, PlannedPage, PlannedRedirect, PlannedState, SourceKey, plan};
pub use report::{Counts, Note, NoteCode, Report};
pub use words::{Difference, html_words, markdown_text, markdown_words, word_check};
pub use wxr::{Export, Item, ItemKind, Progress, WxrError};
