//! SIGKILL of Masthead at random moments under uploads, while it collects what nothing shows. A ledger holds what was
//! acknowledged. 10 rounds, or 60 with `MASTHEAD_VERIFY=1`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use masthead::platform::digest::Digest;
use sha2::{Digest as _, Sha256};

use super::harness::*;
use super::uploads::{Uploader, document, files};

/// How many upload at once.
const SENDERS: u64 = 4;

/// Digests that were acknowledged, with how often.
type Ledger = BTreeMap<String, usize>;

/// Uploads until the server is gone: files of its own of several sizes, and one that all send.
fn send(uploader: &Uploader, round: &str, began: &AtomicBool) -> Ledger {
    let mut ledger = Ledger::new();
    for number in 0_usize.. {
        let own = document(&format!("{round}-{number}"), 1_000 + number * 700_000 % 2_000_000);
        let bytes = if number % 3 == 2 { document("shared", 300_000) } else { own };
        let Some((201, _)) = uploader.upload("lantern.pdf", &bytes) else { break };
        began.store(true, Ordering::Release);
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        *ledger.entry(Digest::new(digest).to_string()).or_default() += 1;
    }
    ledger
}

fn rows(place: &Place) -> BTreeSet<String> {
    as_owner(&place.cluster(), "select encode(sha256, 'hex') from blobs").into_iter().collect()
}

fn originals(place: &Place) -> BTreeSet<String> {
    let names = files(place).into_iter().filter(|name| name.starts_with("blobs/"));
    names.map(|name| name.rsplit('/').next().unwrap().to_owned()).collect()
}

fn in_the_spool(place: &Place) -> usize {
    files(place).iter().filter(|name| name.starts_with(".spool/")).count()
}

/// A server that collects at once.
fn start(place: &Place) -> Masthead {
    let mut command = clean(&binary());
    command.env("MASTHEAD_UNUSED_UPLOADS_HOURS", "0");
    Masthead::start_with(place, command, &place.data_dir())
}

fn check(place: &Place, ledger: &Ledger, round: u64) {
    assert_eq!(in_the_spool(place), 0, "round {round}: half of an upload is left");
    until("what has no row is collected", || originals(place) == rows(place));
    let rows = rows(place);
    for sha256 in ledger.keys() {
        assert!(rows.contains(sha256), "round {round}: {sha256} is lost");
    }
    let shown = "select count(*) from revision_blobs r where not exists (select from blobs b where b.sha256 = r.sha256)";
    assert_eq!(as_owner(&place.cluster(), shown), ["0"], "round {round}");
}

/// A generator of numbers that are the same in every run (xorshift, Marsaglia 2003).
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures are what a long run is made for")]
fn killed_at_any_moment_under_uploads_no_row_is_without_its_file() {
    let rounds: u64 = if std::env::var("MASTHEAD_VERIFY").as_deref() == Ok("1") { 60 } else { 10 };
    let mut seed = 0x7570_6c6f_6164_7321;
    let place = Place::new();
    let token = token(&place, "editor");
    let mut ledger = Ledger::new();
    let (mut left, mut unshown) = (0, 0);
    for round in 1..=rounds {
        let mut masthead = start(&place);
        let address = masthead.address();
        check(&place, &ledger, round);

        let began = Arc::new(AtomicBool::new(false));
        let senders: Vec<_> = (1..=SENDERS)
            .map(|sender| {
                let (uploader, began) = (Uploader::new(&address, &token), began.clone());
                std::thread::spawn(move || send(&uploader, &format!("{round}-{sender}"), &began))
            })
            .collect();
        until("it uploads", || began.load(Ordering::Acquire));
        std::thread::sleep(Duration::from_millis(random(&mut seed) % 400));
        masthead.kill();
        for sender in senders {
            for (sha256, times) in sender.join().unwrap() {
                *ledger.entry(sha256).or_default() += times;
            }
        }
        // How often it was killed in the middle of something.
        left += in_the_spool(&place);
        unshown += originals(&place).len() - ledger.len().min(originals(&place).len());
    }
    until("the last server has followed", || servers_on(&place.cluster()) == 0);

    let mut masthead = start(&place);
    masthead.address();
    check(&place, &ledger, rounds);
    masthead.stop();
    run(&place, &["doctor", "--deep"]).ended(0);
    println!(
        "{rounds} rounds, {} uploads acknowledged, {} files; {left} were half received when it was killed, {unshown} had no answer",
        ledger.values().sum::<usize>(),
        ledger.len()
    );
    assert!(ledger.len() as u64 >= rounds && left > 0, "it was never killed in the middle of an upload");
}
