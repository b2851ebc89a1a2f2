//! What the integration tests share: one private cluster per test process, one database per test copied from a template,
//! a clock that tests move, and a client that checks every answer against the OpenAPI documents.
#![expect(dead_code, reason = "each test binary uses its part of it")]

pub mod builders;
pub mod client;
pub mod cluster;
pub mod contract;
pub mod database;
pub mod files;
pub mod growth;
pub mod invariants;
pub mod media;
pub mod people;
pub mod pictures;
pub mod site;
pub mod smtp;

// Aliases and not `pub use`: what a binary does not import is then dead code, which is expected above.
pub type Answer = client::Answer;
pub type Client = client::Client;
pub type TestDatabase = database::TestDatabase;
pub type TestFiles = files::TestFiles;
pub type Role = site::Role;
pub type TestSite = site::TestSite;
