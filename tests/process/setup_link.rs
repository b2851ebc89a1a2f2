//! The link by which the first administrator comes in: printed on a terminal, and nowhere else.

use std::fs::File;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use nix::pty::openpty;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::harness::*;

const LINKS: &str = "select count(*) from one_time_links";

/// Runs `masthead serve` with standard error on a terminal until it has greeted; gives what was to be read there.
fn on_a_terminal(place: &Place, arguments: &[&str]) -> String {
    let terminal = openpty(None, None).unwrap();
    let mut command = masthead(&["serve", "--listen", "127.0.0.1:0", "--data-dir"]);
    command.arg(place.data_dir()).args(arguments).process_group(0);
    command.env("MASTHEAD_UPLOADS", place.uploads());
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::from(terminal.slave));
    let mut child = command.spawn().unwrap();
    // The command holds the other end of the terminal too, so that reading would not end.
    drop(command);
    let said = Arc::new(Mutex::new(Vec::new()));
    let reading = {
        let (said, mut screen) = (said.clone(), File::from(terminal.master));
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The end of a terminal whose programs have ended is an error.
            while let Ok(count @ 1..) = screen.read(&mut bytes) {
                said.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        })
    };
    let text = || String::from_utf8(said.lock().unwrap().clone()).unwrap().replace("\r\n", "\n");
    until("it has greeted", || text().contains("masthead token create"));
    kill(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGTERM).unwrap();
    assert!(child.wait().unwrap().success(), "{}", text());
    reading.join().unwrap();
    text()
}

fn links(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains("#setup=")).collect()
}

#[test]
fn a_terminal_gets_a_link_and_a_log_never_does() {
    let place = Place::new();
    // What is no terminal: a file.
    let mut serving = Masthead::start(&place);
    serving.address();
    until("it has greeted", || serving.said().contains("masthead token create"));
    assert_eq!(as_owner(&place.cluster(), LINKS), ["0"]);
    let said = serving.said();
    assert!(said.contains("There is no administrator yet") && links(&said).is_empty(), "{said}");
    serving.stop();

    let said = on_a_terminal(&place, &["--log", "trace"]);
    let [link] = &links(&said)[..] else { panic!("one link: {said}") };
    let address = said.lines().find_map(|line| line.strip_prefix("Masthead listens on ")).unwrap();
    let secret = link.trim().strip_prefix(&format!("{address}/admin/enter#setup=mhl_")).unwrap();
    assert_eq!(secret.len(), 49, "{link}");
    assert_eq!(said.matches(secret).count(), 1, "it stands in no log");

    let said = on_a_terminal(&place, &["--public-url", "https://cms.example.org"]);
    let [other] = &links(&said)[..] else { panic!("one link: {said}") };
    assert!(other.trim().starts_with("https://cms.example.org/admin/enter#setup=mhl_"), "{other}");
    assert!(!other.contains(secret));

    let serving = Masthead::start(&place);
    until("it serves", || serving.said().contains("Masthead listens on"));
    let kept = format!("select count(*) from one_time_links where digest = sha256('mhl_{secret}')");
    assert_eq!(as_owner(&place.cluster(), &kept), ["1"]);
    let good = "select count(*) from one_time_links where revoked_at is null";
    assert_eq!(as_owner(&place.cluster(), good), ["1"], "the newest alone");
    serving.stop();
}
