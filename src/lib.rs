//! Masthead: a headless CMS and content API.
//!
//! The map of the code, from the outside in:
//!
//! - [`cli`]: the commands. [`routes`] mounts the two HTTP APIs and makes their OpenAPI documents from the same calls.
//! - Slices, one folder per feature, the same file names in each (`http` for handlers, `actions` for use cases, `store`
//!   for SQL, `model` for what is pure): [`content`] (the kinds), [`delivery`] (the read API), [`identity`] (users,
//!   sessions, roles, tokens), [`blobs`] (bytes of uploads), [`permissions`] (why somebody may do something), [`audit`],
//!   [`import`], [`sample`], [`health`],
//!   [`metrics`] (numbers for whoever watches over a process).
//! - [`documents`]: the versioned-document engine under all kinds. It names none of them.
//! - [`platform`]: database, HTTP, access, background work, problems. It knows nothing of content.
//!
//! Imports point downwards in that list and never up; `tests/architecture.rs` holds the rules.
#![forbid(unsafe_code)]

pub mod app;
pub mod audit;
pub mod blobs;
pub mod cli;
pub mod config;
pub mod content;
pub mod delivery;
mod describe;
pub mod documents;
pub mod health;
pub mod identity;
pub mod import;
pub mod metrics;
pub mod permissions;
pub mod platform;
pub mod previews;
pub mod routes;
pub mod sample;
#[expect(missing_docs, clippy::doc_markdown, reason = "printed by diesel")]
pub mod schema;
