//! Questions that only the tests of the private cluster ask.

use std::fs;
use std::path::Path;

use nix::unistd::geteuid;

pub use crate::installation::*;

/// What the server has logged.
pub fn log(place: &Place) -> String {
    fs::read_to_string(place.data_dir().join("postgres.log")).unwrap_or_default()
}

pub fn server_pid(cluster: &Path) -> i32 {
    server(cluster).expect("a server that is ready").0
}

/// Whether the tests run as root; says why a test is passed over otherwise.
#[expect(clippy::print_stderr, reason = "a test that is passed over says so")]
pub fn as_root() -> bool {
    let root = geteuid().is_root();
    if !root {
        eprintln!("passed over: needs root");
    }
    root
}
