//! What Postgres refuses by itself, asked of a real one: history, the timeline, facts without events, the roles. And that
//! the schema can be made, taken back and made again.
// So that clippy knows all of this as a test, the functions between the tests too.
#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod administrators;
mod documents;
mod erasure;
mod facts;
mod growth;
mod history;
mod migrations;
mod plans;
mod plans_requests;
mod reader;
mod rows;
mod schema;
mod sequences;
mod sequences_model;
mod site;
mod timeline;
