//! The life of a document over real HTTP and a real Postgres, one isolated database each: saved, merged, planned, moved,
//! trashed, translated, and fought over.
// So that clippy knows all of this as a test, the functions between the tests too.
#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod branches;
mod desk;
mod evolution;

mod planning;
mod routes;
mod saving;
