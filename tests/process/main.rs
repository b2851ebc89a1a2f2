//! The real binary as its operator and its frontends meet it: started, asked over HTTP, killed, started again, and used
//! from the command line.
// So that clippy knows all of this as a test, the functions between the tests too.
#![cfg(test)]

#[path = "../support/installation.rs"]
mod installation;
#[path = "../../src/platform/storage/tests/server.rs"]
mod s3_server;
#[path = "../support/mod.rs"]
mod support;

mod accounts;
mod bucket;
mod commands;
mod doctor;
mod erase;
mod harness;
mod import;
mod import_again;
mod import_refused;
mod killing;
mod library_killed;
mod lives;
mod logins;
mod mail;
mod metrics;
mod postgres_away;
mod reindex;
mod sample;
mod schedules;
mod schema;
mod settings;
mod setup_link;
mod sigkill;
mod uploads;
mod uploads_killed;
