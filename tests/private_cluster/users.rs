//! Root, ordinary users, and folders that only root can enter.

use std::fs::{self};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::PathBuf;

use super::harness::*;

#[test]
fn it_runs_as_an_ordinary_user_and_root_adopts_that_server() {
    let Some(nobody) = nobody() else { return };
    let place = Place::new();
    fs::create_dir(place.data_dir()).unwrap();
    chown(place.data_dir(), Some(nobody.uid.as_raw()), Some(nobody.gid.as_raw())).unwrap();
    let mut theirs = Masthead::start_with(&place, command_of(&place, &nobody), &place.data_dir());
    theirs.ready();
    assert_eq!(fs::metadata(place.cluster()).unwrap().uid(), nobody.uid.as_raw());
    let pid = server_pid(&place.cluster());
    assert_eq!(fs::metadata(format!("/proc/{pid}")).unwrap().uid(), nobody.uid.as_raw());

    let mut ours = Masthead::start(&place);
    ours.ready();
    assert!(ours.said().contains("adopted=true"));
    theirs.stop();
    until("root has started it again", || server(&place.cluster()).is_some_and(|(new, _)| new != pid));
    let pid = server_pid(&place.cluster());
    assert_eq!(fs::metadata(format!("/proc/{pid}")).unwrap().uid(), nobody.uid.as_raw(), "as its owner");
    ours.stop();

    let mut again = Masthead::start_with(&place, command_of(&place, &nobody), &place.data_dir());
    again.ready();
    again.stop();
}

#[test]
fn roots_closed_folders_hold_neither_cluster_nor_binary_from_it() {
    if !as_root() {
        return;
    }
    let place = Place::new();
    fs::set_permissions(&place.0, fs::Permissions::from_mode(0o700)).unwrap();
    let copy = place.0.join("masthead");
    fs::copy(binary(), &copy).unwrap();
    let mut masthead = Masthead::start_with(&place, clean(&copy), &place.data_dir());
    masthead.ready();
    let home = fs::read_to_string(place.data_dir().join("postgres.location")).unwrap();
    let home = PathBuf::from(home.trim());
    assert!(home.starts_with("/var/lib/masthead"), "{}", home.display());
    let cluster = home.join("postgres");
    as_owner(&cluster, "create table kept (n int); insert into kept values (42)");
    masthead.stop();

    let mut again = Masthead::start_with(&place, clean(&copy), &place.data_dir());
    again.ready();
    assert_eq!(as_owner(&cluster, "select n from kept"), ["42"]);
    again.stop();
    fs::remove_dir_all(&home).unwrap();
}
