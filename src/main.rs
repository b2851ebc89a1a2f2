//! Parses the command line, through the library, and ends with its exit status.
#![forbid(unsafe_code)]

use std::process::ExitCode;

fn main() -> ExitCode {
    masthead::cli::run()
}
