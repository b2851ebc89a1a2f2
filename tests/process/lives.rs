//! Starting, stopping and starting again.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use serde_json::json;

use super::harness::*;
use crate::support::builders::page;

#[test]
fn a_new_installation_serves_and_a_restart_keeps_what_it_has() {
    let place = Place::new();
    let mut first = Masthead::start(&place);
    let reader = Http::new(&first.address(), None);
    assert_eq!(reader.get("/v1/pages").expect(200).json["data"], json!([]));
    reader.get("/readyz").expect(200);
    let editor = Http::new(&first.address(), Some(&token(&place, "editor")));
    let created = editor.post("/admin/v1/pages", &page(json!({ "slug": "about" }))).expect(201);
    let publish = format!("/admin/v1/documents/{}/publish", created.id());
    editor.post_at(&publish, created.version(), &json!({ "revision": 1 })).expect(200);
    let before = reader.get("/v1/resolve?path=/about&text=text").expect(200);
    drop((reader, editor));
    first.stop();
    assert_eq!(servers_on(&place.cluster()), 0);

    let mut second = Masthead::start(&place);
    let reader = Http::new(&second.address(), None);
    assert_eq!(reader.get("/v1/resolve?path=/about&text=text").expect(200).json, before.json);
    drop(reader);
    second.stop();
}

/// A request that is accepted, with its body still on the way.
struct HalfSent {
    stream: TcpStream,
    rest: String,
}

impl HalfSent {
    fn begin(address: &str, token: &str, title: &str) -> Self {
        let body = page(json!({ "title": title })).to_string();
        let (now, rest) = body.split_at(body.len() / 2);
        let mut stream = TcpStream::connect(address.trim_start_matches("http://")).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        write!(
            stream,
            "POST /admin/v1/pages HTTP/1.1\r\nHost: cms.example\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            body.len()
        )
        .unwrap();
        // The server has taken the request when it asks for the body.
        let mut line = String::new();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        reader.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 100"), "{line:?}");
        reader.read_line(&mut String::new()).unwrap();
        stream.write_all(now.as_bytes()).unwrap();
        Self { stream, rest: rest.to_owned() }
    }

    /// Sends the rest; gives the first line of the answer.
    fn end(mut self) -> String {
        self.stream.write_all(self.rest.as_bytes()).unwrap();
        let mut line = String::new();
        BufReader::new(self.stream).read_line(&mut line).unwrap();
        line
    }
}

#[test]
fn both_signals_let_accepted_requests_finish_and_end_everything() {
    let place = Place::new();
    for (signal, title) in [(Signal::SIGTERM, "Sent under SIGTERM"), (Signal::SIGINT, "Sent under SIGINT")] {
        let mut masthead = Masthead::start(&place);
        let address = masthead.address();
        let token = match signal {
            Signal::SIGTERM => token(&place, "editor"),
            _ => run(&place, &["token", "create", "--user", "editor@example.org", "--name", "again"])
                .ended(0)
                .out
                .trim()
                .to_owned(),
        };
        let request = HalfSent::begin(&address, &token, title);
        masthead.signal(signal);
        until("it says that it stops", || masthead.said().contains("stopping"));
        let began = Instant::now();
        assert!(request.end().starts_with("HTTP/1.1 201"), "{signal}");
        let status = masthead.wait();
        assert_eq!(status.code(), Some(0), "{signal}: {}", masthead.said());
        assert!(began.elapsed() < Duration::from_secs(20), "{signal}: {:?}", began.elapsed());
        assert_eq!(servers_on(&place.cluster()), 0, "{signal}");
        assert!(TcpStream::connect(address.trim_start_matches("http://")).is_err());
    }
    let mut masthead = Masthead::start(&place);
    masthead.address();
    let titles = as_owner(&place.cluster(), "select title from revisions order by created_at");
    assert_eq!(titles, ["Sent under SIGTERM", "Sent under SIGINT"]);
    masthead.stop();
}

#[test]
fn a_client_that_keeps_its_connection_does_not_hold_up_the_end() {
    let place = Place::new();
    let mut masthead = Masthead::start(&place);
    let reader = Http::new(&masthead.address(), None);
    reader.get("/v1/pages").expect(200);
    let began = Instant::now();
    masthead.stop();
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    drop(reader);
}

#[test]
fn a_port_that_is_taken_is_named_with_its_flag() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let ran = run(&place, &["serve", "--listen", &address]).ended(1);
    ran.says(&[&address, "--listen", "MASTHEAD_LISTEN", "in use"]);
    assert_eq!(servers_on(&place.cluster()), 0);
}

#[test]
fn four_at_once_make_one_database_and_all_serve() {
    let place = Place::new();
    let mut all: Vec<Masthead> = (0..4).map(|_| Masthead::start(&place)).collect();
    for masthead in &mut all {
        let reader = Http::new(&masthead.address(), None);
        assert_eq!(reader.get("/v1/pages").expect(200).json["data"], json!([]));
        reader.get("/readyz").expect(200);
    }
    assert_eq!(servers_on(&place.cluster()), 1);
    let applied = "select count(*), count(distinct version), (select count(*) from site), \
        (select count(*) from roles where built_in) from __diesel_schema_migrations";
    let migrations = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap().count();
    let number = migrations.to_string();
    assert_eq!(as_owner(&place.cluster(), applied), [number.as_str(), &number, "1", "5"]);
    // What one writes, the others show.
    let editor = Http::new(&all[0].address(), Some(&token(&place, "editor")));
    let id = editor.post("/admin/v1/pages", &page(json!({}))).expect(201).id();
    let token = run(&place, &["token", "create", "--user", "editor@example.org", "--name", "b"]).ended(0).out;
    let other = Http::new(&all[3].address(), Some(token.trim()));
    assert_eq!(other.get(&format!("/admin/v1/pages/{id}")).expect(200).id(), id);
    drop((editor, other));
    for masthead in all {
        masthead.stop();
    }
    assert_eq!(servers_on(&place.cluster()), 0);
}

#[test]
fn an_ordinary_user_runs_all_of_it() {
    let Some(nobody) = nobody() else { return };
    let place = Place::new();
    std::fs::create_dir(place.data_dir()).unwrap();
    chown(place.data_dir(), Some(nobody.uid.as_raw()), Some(nobody.gid.as_raw())).unwrap();
    let mut masthead = Masthead::start_with(&place, command_of(&place, &nobody), &place.data_dir());
    let address = masthead.address();
    let pid = server(&place.cluster()).unwrap().0;
    let owner = |path: &Path| std::fs::metadata(path).unwrap().uid();
    assert_eq!(owner(Path::new(&format!("/proc/{pid}"))), nobody.uid.as_raw());
    assert_eq!(owner(Path::new(&format!("/proc/{}", masthead.child.id()))), nobody.uid.as_raw());
    let theirs = |arguments: &[&str]| {
        let mut command = command_of(&place, &nobody);
        command.args(arguments).arg("--data-dir").arg(place.data_dir());
        command.env("MASTHEAD_UPLOADS", place.uploads());
        finish(command, "violet harbour lantern\n").ended(0)
    };
    theirs(&["user", "add", "--email", "ilse@example.org", "--name", "Ilse Fictional", "--role", "admin"]);
    let token = theirs(&["token", "create", "--user", "ilse@example.org", "--name", "laptop"]).out;
    let admin = Http::new(&address, Some(token.trim()));
    admin.post("/admin/v1/pages", &page(json!({}))).expect(201);
    assert_eq!(theirs(&["doctor", "--json"]).json()["sound"], json!(true));
    drop(admin);
    masthead.stop();
    assert_eq!(servers_on(&place.cluster()), 0);
}
