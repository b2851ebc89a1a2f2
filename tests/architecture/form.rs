//! The rules about the form of files: their size, their heads, and what is never left in them.

use super::functions::functions;
use super::paths::words;
use super::rules::{Fault, fault};
use super::source::Source;

const MAX_FILE: usize = 400;
const MAX_FUNCTION: usize = 60;

/// Printed by diesel, and so neither split nor introduced.
const PRINTED: &str = "src/schema.rs";

/// (i) Files of at most 400 lines, functions of at most 60, in tests 80.
pub fn sizes(sources: &[Source]) -> Vec<Fault> {
    let mut faults = Vec::new();
    for source in sources.iter().filter(|source| source.path != PRINTED) {
        let lines = source.text.lines().count();
        if lines > MAX_FILE {
            faults.push(fault(source, 0, format!("{lines} lines, {MAX_FILE} are allowed: split it")));
        }
        for function in functions(source) {
            let lines = function.lines(source);
            // A test may be a long table of cases.
            let most = if source.path.starts_with("tests/") { 80 } else { MAX_FUNCTION };
            if lines > most {
                let rule = format!("{} has {lines} lines, {most} are allowed: split it", function.name);
                faults.push(fault(source, function.at, rule));
            }
        }
    }
    faults
}

/// (j) Nothing that panics, hushes a lint, or waits to be written.
pub fn nothing_is_left_open(sources: &[Source]) -> Vec<Fault> {
    const CALLS: [&str; 4] = [".unwrap()", ".expect(", ".unwrap_err()", ".expect_err("];
    const MACROS: [&str; 7] = ["todo", "unimplemented", "unreachable", "panic", "dbg", "println", "eprintln"];
    let mut faults = Vec::new();
    for source in sources {
        for call in CALLS {
            for (at, _) in source.code.match_indices(call) {
                faults.push(fault(
                    source,
                    at,
                    format!("`{call}` belongs into tests: give a problem instead"),
                ));
            }
        }
        for (at, word) in words(source, "").filter(|(_, word)| MACROS.contains(word)) {
            if source.code[at + word.len()..].starts_with('!') {
                faults.push(fault(source, at, format!("`{word}!` stays out of the product")));
            }
        }
        for opening in ["#[allow(", "#![allow("] {
            for (at, _) in source.code.match_indices(opening) {
                faults.push(fault(
                    source,
                    at,
                    "a lint is met, or expected with its reason, and never allowed",
                ));
            }
        }
    }
    faults
}

/// (k) The head of a file says what lives in it.
pub fn heads(sources: &[Source]) -> Vec<Fault> {
    sources
        .iter()
        .filter(|source| source.path != PRINTED && !source.text.starts_with("//! "))
        .map(|source| fault(source, 0, "a file begins with `//! ` and what lives in it"))
        .collect()
}
