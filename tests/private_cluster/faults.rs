//! What is killed, swept away or filled up comes back whole.

use std::fs::{self};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::harness::*;

#[test]
fn killed_at_any_moment_of_the_first_start_it_starts_whole_the_next_time() {
    let place = Place::new();
    for round in 0..8 {
        let masthead = Masthead::start(&place);
        std::thread::sleep(Duration::from_millis(20 + round * 140));
        masthead.kill();
        assert!(servers_on(&place.cluster()) <= 1);
    }
    let mut last = Masthead::start(&place);
    last.ready();
    assert_eq!(
        as_owner(&place.cluster(), "select count(*) from pg_roles where rolname like 'masthead%'"),
        ["3"]
    );
    last.stop();
    assert!(!place.data_dir().join("postgres.new").exists());
}

#[test]
fn killed_under_writes_it_starts_again_with_every_commit() {
    let place = Place::new();
    let mut masthead = Masthead::start(&place);
    masthead.ready();
    as_owner(&place.cluster(), "create table ledger (n int primary key)");
    for round in 0..10 {
        as_owner(&place.cluster(), &format!("insert into ledger values ({round})"));
        masthead.kill();
        masthead = Masthead::start(&place);
        let took = masthead.ready();
        assert!(took < Duration::from_secs(5), "round {round} took {took:?}");
        assert_eq!(servers_on(&place.cluster()), 1, "round {round}");
        assert_eq!(as_owner(&place.cluster(), "select count(*) from ledger"), [(round + 1).to_string()]);
    }
    masthead.kill();
    until("the server has followed", || servers_on(&place.cluster()) == 0);
}

#[test]
fn a_server_that_is_killed_comes_back_at_the_same_socket() {
    let place = Place::new();
    let mut masthead = Masthead::start(&place);
    masthead.address();
    as_owner(&place.cluster(), "create table kept (n int); insert into kept values (42)");
    for round in 0..3 {
        let (pid, socket) = server(&place.cluster()).unwrap();
        let began = Instant::now();
        kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
        until("it is back", || server(&place.cluster()).is_some_and(|(new, _)| new != pid));
        assert!(began.elapsed() < Duration::from_secs(5), "round {round}: {:?}", began.elapsed());
        assert_eq!(server(&place.cluster()).unwrap().1, socket);
        assert_eq!(as_owner(&place.cluster(), "select n from kept"), ["42"]);
        assert!(!Path::new(&format!("/proc/{pid}")).exists(), "a zombie is left");
        assert_eq!(servers_on(&place.cluster()), 1);
    }
    masthead.stop();
}

#[test]
fn a_socket_folder_that_is_swept_away_comes_back() {
    let place = Place::new();
    let mut masthead = Masthead::start(&place);
    masthead.address();
    let (_, socket) = server(&place.cluster()).unwrap();
    fs::remove_dir_all(&socket).unwrap();
    let answers = || ask(&socket, "masthead_owner", "masthead", "select 1").is_ok();
    until("the socket answers again", answers);
    masthead.stop();
}

#[test]
fn a_full_disk_is_named_leaves_nothing_and_is_recovered_from() {
    let Some(small) = as_root().then(|| SmallDisk::mount(20)).flatten() else {
        return;
    };
    let place = &small.place;
    let said = Masthead::start(place).refused();
    assert!(said.contains("is full") && said.contains("No space left on device"), "{said}");
    assert!(!place.data_dir().join("postgres.new").exists());
    drop(small);

    let Some(small) = as_root().then(|| SmallDisk::mount(200)).flatten() else {
        return;
    };
    let place = &small.place;
    let mut masthead = Masthead::start(place);
    masthead.address();
    let pid = server_pid(&place.cluster());
    let ballast = place.0.join("ballast");
    let full =
        Command::new("dd").args(["if=/dev/zero", "bs=64k"]).arg(format!("of={}", ballast.display())).output();
    assert!(!full.unwrap().status.success());
    kill(Pid::from_raw(pid), Signal::SIGKILL).unwrap();
    until("it says so", || masthead.said().contains("is full"));
    assert!(masthead.child.try_wait().unwrap().is_none(), "it has given up");
    fs::remove_file(&ballast).unwrap();
    until("it is back", || server(&place.cluster()).is_some_and(|(new, _)| new != pid));
    assert_eq!(as_owner(&place.cluster(), "select 1"), ["1"]);
    masthead.stop();
}

/// A file system of a few MiB, where this machine allows mounting one.
struct SmallDisk {
    place: Place,
}

impl SmallDisk {
    #[expect(clippy::print_stderr, reason = "a test that is passed over says so")]
    fn mount(mebibytes: u32) -> Option<Self> {
        let place = Place::new();
        let size = format!("size={mebibytes}m,mode=755");
        let mounted =
            Command::new("mount").args(["-t", "tmpfs", "-o", &size, "masthead-test"]).arg(&place.0).status();
        let mounted = mounted.is_ok_and(|status| status.success());
        if !mounted {
            eprintln!("passed over: this machine does not let tests mount a tmpfs");
        }
        mounted.then_some(Self { place })
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("--lazy").arg(&self.place.0).status().ok();
    }
}
