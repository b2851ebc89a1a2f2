//! Starts, stops, and several processes on one cluster.

use std::fs::{self, File};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};

use super::harness::*;

#[test]
fn a_new_cluster_is_private_checked_and_has_its_roles() {
    let place = Place::new();
    let mut masthead = Masthead::start(&place);
    let took = masthead.ready();
    // The migrations have made the extensions, as the owner.
    masthead.address();
    let cluster = place.cluster();
    let settings = "select current_setting(name) from unnest(array['data_checksums', 'listen_addresses', 'server_encoding', \
                    'fsync', 'full_page_writes', 'synchronous_commit', 'TimeZone', 'unix_socket_permissions']) name";
    assert_eq!(as_owner(&cluster, settings), ["on", "", "UTF8", "on", "on", "on", "UTC", "0700"]);
    let roles = "select rolname, rolcanlogin, rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls \
                 from pg_roles where rolname like 'masthead%' order by 1";
    let expected = ["masthead_owner", "t", "f", "masthead_reader", "t", "f", "masthead_service", "t", "f"]
        .map(str::to_owned);
    assert_eq!(as_owner(&cluster, roles), expected);
    let rights = "select pg_get_userbyid(datdba), has_database_privilege('masthead_reader', datname, 'connect'), \
                  has_database_privilege('masthead_service', datname, 'connect,temp'), \
                  has_database_privilege('masthead_service', 'postgres', 'connect') \
                  from pg_database where datname = 'masthead'";
    assert_eq!(as_owner(&cluster, rights), ["masthead_owner", "t", "t", "f"]);
    let extensions =
        "select count(*) from pg_extension where extname in ('btree_gist', 'pg_trgm', 'unaccent')";
    assert_eq!(as_owner(&cluster, extensions), ["3"]);

    let (_, socket) = server(&cluster).unwrap();
    for folder in [&cluster, Path::new(&socket)] {
        assert_eq!(fs::metadata(folder).unwrap().mode() & 0o777, 0o700, "{}", folder.display());
    }
    assert!(
        ask(&socket, "masthead_reader", "postgres", "select 1").unwrap_err().contains("permission denied")
    );
    assert!(ask(&socket, "postgres", "postgres", "select 1").is_ok());
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn a_stop_ends_the_server_and_a_start_finds_the_data() {
    let place = Place::new();
    let mut first = Masthead::start(&place);
    first.ready();
    as_owner(&place.cluster(), "create table kept (n int); insert into kept values (42)");
    let (pid, socket) = server(&place.cluster()).unwrap();
    first.stop();
    assert!(!Path::new(&format!("/proc/{pid}")).exists());
    assert!(!Path::new(&socket).exists(), "the socket folder is left");
    assert!(!place.cluster().join("postmaster.pid").exists());

    let mut second = Masthead::start(&place);
    second.ready();
    assert_eq!(as_owner(&place.cluster(), "select n from kept"), ["42"]);
    assert_eq!(server(&place.cluster()).unwrap().1, socket, "the socket has moved");
    assert!(!log(&place).contains("was not properly shut down"), "{}", log(&place));
    second.stop();
}

#[test]
fn a_second_process_adopts_and_takes_over() {
    let place = Place::new();
    let mut first = Masthead::start(&place);
    first.ready();
    let (pid, socket) = server(&place.cluster()).unwrap();
    let mut second = Masthead::start(&place);
    second.ready();
    let mut third = Masthead::start(&place);
    third.ready();
    assert!(
        second.said().contains("adopted=true") && third.said().contains("adopted=true"),
        "{}",
        second.said()
    );
    third.stop();
    assert_eq!(server_pid(&place.cluster()), pid, "a guest has stopped the server");
    first.stop();
    until("the other has started the server again", || {
        server(&place.cluster()).is_some_and(|(new, _)| new != pid)
    });
    assert_eq!(server(&place.cluster()).unwrap().1, socket);
    second.stop();
    assert_eq!(servers_on(&place.cluster()), 0);
}

#[test]
fn four_at_once_make_one_cluster_and_one_server() {
    let place = Place::new();
    let mut all: Vec<Masthead> = (0..4).map(|_| Masthead::start(&place)).collect();
    for masthead in &mut all {
        masthead.ready();
    }
    assert_eq!(servers_on(&place.cluster()), 1);
    let made = all.iter().filter(|masthead| masthead.said().contains("made a new cluster")).count();
    let adopted = all.iter().filter(|masthead| masthead.said().contains("adopted=true")).count();
    assert_eq!((made, adopted), (1, 3));
    for masthead in all {
        masthead.stop();
    }
    assert_eq!(servers_on(&place.cluster()), 0);
}

#[test]
fn an_interrupt_of_the_terminal_reaches_masthead_alone() {
    let place = Place::new();
    let mut masthead = Masthead::start(&place);
    masthead.ready();
    // What a terminal does on Ctrl-C: the signal goes to the whole foreground process group.
    let group = Pid::from_raw(-i32::try_from(masthead.child.id()).unwrap());
    kill(group, Signal::SIGSTOP).unwrap();
    kill(group, Signal::SIGINT).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(!as_owner(&place.cluster(), "select 1").is_empty(), "the server stopped before Masthead did");
    kill(group, Signal::SIGCONT).unwrap();
    assert!(masthead.wait().success());
    assert_eq!(servers_on(&place.cluster()), 0);
}

/// A server that runs with the arguments that Masthead gives, but outlives whoever started it, as on systems without the
/// parent-death signal, or started by an operator.
struct Loose {
    child: Child,
}

impl Loose {
    fn start(place: &Place, lock: Stdio) -> Self {
        let mut masthead = Masthead::start(place);
        masthead.ready();
        let (pid, socket) = server(&place.cluster()).unwrap();
        let program = fs::read_link(format!("/proc/{pid}/exe")).unwrap();
        let line = fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap();
        let meta = fs::metadata(&socket).unwrap();
        masthead.stop();
        fs::create_dir(&socket).unwrap();
        fs::set_permissions(&socket, fs::Permissions::from_mode(0o700)).unwrap();
        chown(&socket, Some(meta.uid()), Some(meta.gid())).unwrap();
        let mut command = Command::new(program);
        command.args(line.trim_end_matches('\0').split('\0').skip(1)).current_dir("/").stdin(lock);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        if geteuid().is_root() {
            command.uid(meta.uid()).gid(meta.gid());
        }
        let child = command.spawn().unwrap();
        until("it is ready", || server(&place.cluster()).is_some());
        Self { child }
    }
}

impl Drop for Loose {
    fn drop(&mut self) {
        kill(Pid::from_raw(i32::try_from(self.child.id()).unwrap()), Signal::SIGINT).ok();
        self.child.wait().ok();
    }
}

#[test]
fn an_orphaned_server_is_adopted_and_ended_by_the_last_to_leave() {
    let place = Place::new();
    let path = place.data_dir().join("postgres.lock");
    let mut owner = Masthead::start(&place);
    owner.ready();
    owner.stop();
    let lock = File::options().read(true).write(true).open(path).unwrap();
    // The server shares the open file, so the lock that is taken on it here is the server's too.
    let mut loose = Loose::start(&place, Stdio::from(lock.try_clone().unwrap()));
    lock.try_lock().unwrap();
    drop(lock);

    let mut first = Masthead::start(&place);
    first.ready();
    let mut second = Masthead::start(&place);
    second.ready();
    assert!(first.said().contains("adopted=true"), "{}", first.said());
    first.stop();
    assert!(loose.child.try_wait().unwrap().is_none(), "ended under its other user");
    second.stop();
    until("the server has ended", || loose.child.try_wait().unwrap().is_some());
}

#[test]
fn a_server_started_by_hand_is_adopted_and_left_running() {
    let place = Place::new();
    let mut loose = Loose::start(&place, Stdio::null());
    let mut masthead = Masthead::start(&place);
    masthead.ready();
    assert!(masthead.said().contains("adopted=true"), "{}", masthead.said());
    assert_eq!(servers_on(&place.cluster()), 1);
    std::thread::sleep(Duration::from_millis(600));
    masthead.stop();
    assert!(loose.child.try_wait().unwrap().is_none());
}
