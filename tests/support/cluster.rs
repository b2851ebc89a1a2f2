//! The private cluster of a test process: the real one, run by the real binary, for as long as this process lives.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Addresses of the cluster's main database by role.
#[derive(Debug, Clone)]
pub struct Cluster {
    pub owner: String,
    pub service: String,
    pub reader: String,
    pub superuser: String,
}

/// The cluster of this process, started when first asked for. It ends when this process does, because its standard
/// input closes then.
pub fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(start)
}

fn start() -> Cluster {
    let folder = concat!(env!("CARGO_TARGET_TMPDIR"), "/cluster-", env!("CARGO_CRATE_NAME"));
    let log = format!("{folder}.log");
    let mut child = Command::new(env!("CARGO_BIN_EXE_masthead"))
        .args(["database", "--until-stdin-closes", "--data-dir", folder])
        .env_remove("DATABASE_URL")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(locked(&log))
        .spawn()
        .expect("masthead starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let mut next =
        || lines.next().unwrap_or_else(|| panic!("no address; the reason is in {log}")).expect("text");
    let cluster = Cluster { owner: next(), service: next(), reader: next(), superuser: next() };
    // Held open, not waited for: the end of this process closes its input.
    std::mem::forget(child);
    cluster
}

/// The log, locked for as long as the process that writes to it lives. A server that another run of the same tests has
/// started would be taken over and would end in the middle of ours, so we wait for its end.
fn locked(path: &str) -> File {
    let log = File::options().append(true).create(true).open(path).expect("a log");
    log.lock().expect("a lock");
    log.set_len(0).expect("an empty log");
    log
}
