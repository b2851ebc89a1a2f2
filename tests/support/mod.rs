//! What the integration tests share: one private cluster per test process, one database per test copied from a template,
//! a clock that tests move, and a client that checks every answer against the OpenAPI documents.

pub mod builders;
pub mod client;
pub mod cluster;
pub mod contract;
pub mod database;
pub mod site;

pub use client::{Answer, Client};
pub use database::TestDatabase;
pub use site::{Role, TestSite};
