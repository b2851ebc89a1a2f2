//! What Postgres refuses by itself, asked of a real one: history, the timeline, facts without events, the roles. And that
//! the schema can be made, taken back and made again.
// So that clippy knows all of this as a test, the functions between the tests too.
#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod administrators;
mod announce;
mod announce_races;
mod blobs;
mod blobs_races;
mod documents;
mod erasure;
mod facts;
mod growth;
mod history;
mod invariants;
mod migrations;
mod outdated;
mod plans;
mod prepared;
mod reader;
mod redirects;
mod rows;
mod scans;
mod scans_identity;
mod scans_media;
mod scans_menus;
mod scans_people;
mod scans_requests;
mod schema;
mod seals;
mod search;
mod sequences;
mod sequences_edits;
mod sequences_model;
mod sequences_steps;
mod site;
mod timeline;
