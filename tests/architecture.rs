//! The rules of the house, read from the sources: which way imports point, who may write, what a handler is, how large
//! things are. Each rule that fails names file, line and itself. The scanner is tested on small sources of its own, so
//! that a guard that sees nothing cannot pass.
// So that clippy knows all of this as a test, the functions between the tests too.
#![cfg(test)]

#[path = "architecture/edges.rs"]
mod edges;
#[path = "architecture/form.rs"]
mod form;
#[path = "architecture/functions.rs"]
mod functions;
#[path = "architecture/paths.rs"]
mod paths;
#[path = "architecture/rules.rs"]
mod rules;
#[path = "architecture/scanner_tests.rs"]
mod scanner_tests;
#[path = "architecture/source.rs"]
mod source;
#[path = "architecture/writes.rs"]
mod writes;

use std::path::Path;

use rules::{Fault, Slices};
use source::Source;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(folder: &str) -> Vec<Source> {
    let sources: Vec<Source> =
        source::walk(root(), folder, "rs").iter().map(|(path, text)| Source::parse(path, text)).collect();
    assert!(sources.len() > 5, "there is more in {folder} than {} files", sources.len());
    sources
}

/// The sources of the product: without tests.
fn product() -> Vec<Source> {
    source::product(&read("src"))
}

#[track_caller]
fn none(faults: &[Fault]) {
    let lines: Vec<String> = faults.iter().map(Fault::to_string).collect();
    assert!(
        faults.is_empty(),
        "{} line(s) break a rule of architecture.md or style.md:\n{}",
        lines.len(),
        lines.join("\n")
    );
}

#[test]
fn platform_names_no_slice() {
    none(&rules::platform_names_no_slice(&read("src")));
}

#[test]
fn documents_names_no_kind() {
    none(&rules::documents_names_no_kind(&read("src")));
}

#[test]
fn slices_reach_each_other_along_listed_edges_only() {
    let sources = product();
    none(&rules::slices_keep_to_the_edges(&sources, &Slices::of(&sources), edges::EDGES));
}

#[test]
fn inside_a_slice_http_calls_actions_call_store_calls_model() {
    none(&rules::layers_point_down(&product()));
}

#[test]
fn actix_stays_at_the_edge() {
    none(&rules::http_stays_at_the_edge(&product()));
}

#[test]
fn diesel_stays_in_stores() {
    none(&rules::sql_stays_in_stores(&product()));
}

#[test]
fn writes_take_an_open_change() {
    none(&writes::writes_take_a_change(&product()));
}

#[test]
fn handlers_say_first_who_may_call_them_and_are_short() {
    let sources = product();
    none(&writes::handlers_demand_a_permit(&sources));
    none(&writes::plain_routes_are_listed(&sources));
}

#[test]
fn sql_has_one_clock() {
    let mut scripts = source::walk(root(), "migrations", "sql");
    scripts.extend(source::walk(root(), "src", "sql"));
    assert!(
        scripts.iter().any(|(_, text)| text.contains("create function mh_now()")),
        "mh_now is defined somewhere"
    );
    none(&writes::one_clock(&product(), &scripts));
}

#[test]
fn files_and_functions_are_small() {
    none(&form::sizes(&read("src")));
    none(&form::sizes(&read("tests")));
}

#[test]
fn nothing_panics_is_hushed_or_left_to_do() {
    none(&form::nothing_is_left_open(&product()));
}

#[test]
fn every_file_says_what_lives_in_it() {
    none(&form::heads(&read("src")));
    none(&form::heads(&read("tests")));
}
