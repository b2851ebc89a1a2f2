//! Text as content: rich text, addresses, and the limits of plain fields. Sources are kept as they were written; what
//! readers get is made from them here, and nothing that could run in a browser comes out.
pub mod absolute;
pub mod address;
mod escape;
mod events;
pub mod forms;
mod html;
pub mod links;
mod plain;
pub mod plain_field;
mod resolve;
pub mod rich_text;
mod sanitise;
pub mod tagging;
mod tags;
#[cfg(test)]
mod xss_tests;

pub use crate::documents::{path, slug};
