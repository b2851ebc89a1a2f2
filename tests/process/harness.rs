//! Commands that run to their end, HTTP from tests that are not asynchronous, and the fingerprint of an installation.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tokio::runtime::Runtime;

pub use crate::installation::*;
use crate::support::{Answer, Client};

/// How a command ended and what it said.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// Asserts the exit status, showing what was said when it is another.
    #[track_caller]
    pub fn ended(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:#?}");
        self
    }

    /// Asserts that standard error holds all of this.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.err.contains(part), "{part:?} is missing: {self:#?}");
        }
        self
    }

    /// Standard output, which must be one JSON value on one line.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "{self:#?}");
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }
}

/// Runs a command to its end with this standard input.
pub fn finish(mut command: Command, input: &str) -> Ran {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that does not read its input may have ended already.
    child.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
    let (ended, end) = channel::<()>();
    let watch = std::thread::spawn(move || {
        let late = end.recv_timeout(Duration::from_secs(60)) == Err(RecvTimeoutError::Timeout);
        late && kill(pid, Signal::SIGKILL).is_ok()
    });
    let output = child.wait_with_output().unwrap();
    drop(ended);
    assert!(!watch.join().unwrap(), "it did not end by itself: {output:?}");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The binary with these arguments and no setting but those.
pub fn masthead(arguments: &[&str]) -> Command {
    let mut command = clean(&binary());
    command.args(arguments).current_dir("/");
    command
}

/// Runs the binary with these arguments on the data directory of a place.
pub fn run(place: &Place, arguments: &[&str]) -> Ran {
    run_with_input(place, arguments, "")
}

pub fn run_with_input(place: &Place, arguments: &[&str], input: &str) -> Ran {
    let mut command = masthead(arguments);
    command.arg("--data-dir").arg(place.data_dir()).env("MASTHEAD_UPLOADS", place.uploads());
    finish(command, input)
}

/// Adds a user of this role and gives a token of theirs.
pub fn token(place: &Place, role: &str) -> String {
    let email = format!("{role}@example.org");
    let add = ["user", "add", "--email", &email, "--name", "Ilse Fictional", "--role", role];
    run_with_input(place, &add, "violet harbour lantern\n").ended(0);
    let made = run(place, &["token", "create", "--user", &email, "--name", "test"]).ended(0);
    made.out.trim().to_owned()
}

/// A client for tests that are not asynchronous. Every answer is checked against the OpenAPI documents.
pub struct Http {
    runtime: Runtime,
    client: Client,
    raw: reqwest::Client,
    address: String,
    token: Option<String>,
}

impl Http {
    pub fn new(address: &str, token: Option<&str>) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::new(address, token);
        let raw = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { runtime, client, raw, address: address.to_owned(), token: token.map(str::to_owned) }
    }

    pub fn get(&self, path: &str) -> Answer {
        self.runtime.block_on(self.client.get(path))
    }

    /// Where it sends its requests.
    pub fn address(&self) -> &str {
        &self.address
    }

    pub fn get_with(&self, path: &str, header: (&str, &str)) -> Answer {
        self.runtime.block_on(self.client.send(reqwest::Method::GET, path, &[header], None))
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.runtime.block_on(self.client.post(path, body))
    }

    pub fn put_at(&self, path: &str, version: i64, body: &Value) -> Answer {
        self.runtime.block_on(self.client.put_at(path, version, body))
    }

    pub fn post_at(&self, path: &str, version: i64, body: &Value) -> Answer {
        self.runtime.block_on(self.client.post_at(path, version, Some(body)))
    }

    pub fn delete_at(&self, path: &str, version: i64) -> Answer {
        self.runtime.block_on(self.client.delete_at(path, version))
    }

    /// A request to a server that may be dying: status, version and body of a whole answer, or nothing.
    pub fn attempt(&self, method: &str, path: &str, version: i64, body: &Value) -> Option<(u16, i64, Value)> {
        self.runtime.block_on(async {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let mut request = self.raw.request(method, format!("{}{path}", self.address)).json(body);
            if version > 0 {
                request = request.header("if-match", format!("\"v{version}\""));
            }
            if let Some(token) = &self.token {
                request = request.bearer_auth(token);
            }
            let answer = request.send().await.ok()?;
            let (status, tag) = (answer.status().as_u16(), answer.headers().get("etag").cloned());
            let version = tag.and_then(|tag| tag.to_str().ok()?.trim_matches(['"', 'v']).parse().ok());
            Some((status, version.unwrap_or(0), answer.json().await.ok()?))
        })
    }
}

/// What every table holds, but for what may change without a fact: when a token was used last, and the seals and the
/// dictionary, which the worker of a server adds to when it comes to it.
pub fn fingerprint(place: &Place) -> String {
    let tables = "select table_name from information_schema.tables \
        where table_schema = 'public' and table_type = 'BASE TABLE' \
        and table_name not in ('event_seals', 'search_words', 'search_progress') order by 1";
    let lines: Vec<String> = as_owner(&place.cluster(), tables)
        .into_iter()
        .map(|table| {
            format!(
                "select '{table}: ' || count(*) || ' ' || md5(coalesce(string_agg(row, chr(10) order by row), '')) \
                   from (select (to_jsonb(t) - 'last_used_at')::text as row from public.{table} t) rows"
            )
        })
        .collect();
    as_owner(&place.cluster(), &lines.join(" union all ")).join("\n")
}
