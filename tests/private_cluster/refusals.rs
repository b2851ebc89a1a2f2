//! What is refused, with a message that names it.

use std::fs::{self};
use std::os::unix::fs::MetadataExt;

use super::harness::*;

#[test]
fn a_folder_that_is_not_ours_is_left_alone() {
    let place = Place::new();
    fs::create_dir_all(place.cluster()).unwrap();
    fs::write(place.cluster().join("PG_VERSION"), "15\n").unwrap();
    let said = Masthead::start(&place).refused();
    assert!(said.contains("was not made by Masthead") && said.contains("--data-dir"), "{said}");
    let names: Vec<_> =
        fs::read_dir(place.cluster()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["PG_VERSION"]);
}

#[test]
fn a_cluster_of_another_major_version_is_refused_by_name() {
    let place = Place::new();
    let mut masthead = Masthead::start(&place);
    masthead.ready();
    masthead.stop();
    fs::write(place.cluster().join("PG_VERSION"), "14\n").unwrap();
    let said = Masthead::start(&place).refused();
    assert!(said.contains("made by PostgreSQL 14") && said.contains("pg_upgrade"), "{said}");
}

#[test]
fn a_named_folder_without_binaries_is_refused_by_name() {
    let place = Place::new();
    let mut command = clean(&binary());
    command.env("MASTHEAD_POSTGRES_BIN", &place.0);
    let said = Masthead::start_with(&place, command, &place.data_dir()).refused();
    assert!(said.contains("MASTHEAD_POSTGRES_BIN") && said.contains("initdb"), "{said}");
}

#[test]
fn a_cluster_of_another_user_is_refused_by_name() {
    let Some(nobody) = nobody() else { return };
    let place = Place::new();
    let mut ours = Masthead::start(&place);
    ours.ready();
    if fs::metadata(place.cluster()).unwrap().uid() == nobody.uid.as_raw() {
        return;
    }
    let said = Masthead::start_with(&place, command_of(&place, &nobody), &place.data_dir()).refused();
    assert!(said.contains("belongs to the user") && said.contains("nobody"), "{said}");
    ours.stop();
}
