//! The private cluster as its operator sees it: processes, signals, files and SQL, nothing of the code. What needs root
//! is passed over without it, and says so.
// So that clippy knows all of this as a test, the functions between the tests too.
#![cfg(test)]

#[path = "../support/installation.rs"]
mod installation;

mod faults;
mod harness;
mod lives;
mod refusals;
mod users;
