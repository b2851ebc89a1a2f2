//! What tests have in common that kill Masthead while it works with files: where the files lie, rounds of work until the end,
//! and that rows and files agree after each start.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use masthead::platform::digest::Digest;
use sha2::{Digest as _, Sha256};

use super::bucket::Bucket;
use super::harness::*;
use super::sigkill::OFFENCES;
use super::uploads::below;

/// Work that goes on until the server is gone. It says when something was acknowledged.
pub type Work<T> = Box<dyn FnOnce(&AtomicBool) -> T + Send>;

/// An installation whose files lie in a folder or in a bucket.
pub struct Rig {
    pub place: Place,
    bucket: Option<Bucket>,
    seed: u64,
}

impl Rig {
    pub fn with_folder() -> Self {
        Self::new(Place::new(), None)
    }

    pub fn with_bucket() -> Self {
        let place = Place::new();
        let bucket = Bucket::start(&place.0.join("s3"));
        Self::new(place, Some(bucket))
    }

    fn new(place: Place, bucket: Option<Bucket>) -> Self {
        Self { place, bucket, seed: 0x7570_6c6f_6164_7321 }
    }

    /// How often the server is killed: a few times, or often in the long tests.
    pub fn rounds(few: u64, many: u64) -> u64 {
        if std::env::var("MASTHEAD_VERIFY").as_deref() == Ok("1") { many } else { few }
    }

    fn command(&self, mut command: Command) -> Command {
        if let Some(bucket) = &self.bucket {
            bucket.named_to(&mut command);
        }
        command
    }

    /// A server that collects at once.
    pub fn start(&self) -> Masthead {
        let mut command = self.command(clean(&binary()));
        command.env("MASTHEAD_UNUSED_UPLOADS_HOURS", "0");
        Masthead::start_with(&self.place, command, &self.place.data_dir())
    }

    /// Kills the server at some moment after the first of these has had something acknowledged; gives what each gives.
    pub fn killed_under<T: Send + 'static>(&mut self, masthead: Masthead, works: Vec<Work<T>>) -> Vec<T> {
        let began = Arc::new(AtomicBool::new(false));
        let working: Vec<_> = works
            .into_iter()
            .map(|work| {
                let began = began.clone();
                std::thread::spawn(move || work(&began))
            })
            .collect();
        until("something is acknowledged", || began.load(Ordering::Acquire));
        std::thread::sleep(Duration::from_millis(self.random() % 400));
        masthead.kill();
        working.into_iter().map(|work| work.join().unwrap()).collect()
    }

    /// A generator of numbers that are the same in every run (xorshift, Marsaglia 2003).
    fn random(&mut self) -> u64 {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        self.seed
    }

    fn files(&self) -> PathBuf {
        self.bucket.as_ref().map_or_else(|| self.place.uploads(), Bucket::files)
    }

    /// The digests that have a file.
    pub fn originals(&self) -> BTreeSet<String> {
        let files = below(self.files().join("blobs")).into_iter();
        files.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()).collect()
    }

    /// How many files are being received, or were when the server was killed.
    pub fn in_the_spool(&self) -> usize {
        let spool = match self.bucket {
            Some(_) => self.place.data_dir().join("spool"),
            None => self.place.uploads().join(".spool"),
        };
        below(spool).len()
    }

    /// The digests that have a row.
    pub fn rows(&self) -> BTreeSet<String> {
        as_owner(&self.place.cluster(), "select encode(sha256, 'hex') from blobs").into_iter().collect()
    }

    /// What holds after a start: nothing half-received is left, rows and files are the same, and all that was acknowledged is
    /// among them.
    pub fn check<'a>(&self, acknowledged: impl IntoIterator<Item = &'a String>, round: u64) {
        assert_eq!(self.in_the_spool(), 0, "round {round}: half of an upload is left");
        until("what has no row is collected", || self.originals() == self.rows());
        let rows = self.rows();
        for sha256 in acknowledged {
            assert!(rows.contains(sha256), "round {round}: {sha256} is lost");
        }
        let shown = "select count(*) from revision_blobs r where not exists (select from blobs b where b.sha256 = r.sha256)";
        for offence in OFFENCES.into_iter().chain([shown]) {
            assert_eq!(as_owner(&self.place.cluster(), offence), ["0"], "round {round}: {offence}");
        }
    }

    /// Ends: everything once more, and every byte.
    pub fn end<'a>(self, acknowledged: impl IntoIterator<Item = &'a String>, rounds: u64) {
        until("the last server has followed", || servers_on(&self.place.cluster()) == 0);
        let mut server = self.start();
        server.address();
        self.check(acknowledged, rounds);
        server.stop();
        let mut doctor = self.command(masthead(&["doctor", "--deep"]));
        if self.bucket.is_none() {
            doctor.env("MASTHEAD_UPLOADS", self.place.uploads());
        }
        doctor.arg("--data-dir").arg(self.place.data_dir());
        finish(doctor, "").ended(0);
    }
}

/// The name of bytes.
pub fn sha256(bytes: &[u8]) -> String {
    let digest: [u8; 32] = Sha256::digest(bytes).into();
    Digest::new(digest).to_string()
}
