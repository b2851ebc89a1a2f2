//! SIGKILL of Masthead at random moments under uploads, while it collects what nothing shows. A ledger holds what was
//! acknowledged. 10 rounds, or 60 with `MASTHEAD_VERIFY=1`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use super::harness::*;
use super::killing::{Rig, Work, sha256};
use super::uploads::{Uploader, document};

/// How many upload at once.
const SENDERS: u64 = 4;

/// Digests that were acknowledged, with how often.
type Ledger = BTreeMap<String, usize>;

/// Uploads until the server is gone: files of its own of several sizes, up to the largest, and one that all send.
fn send(uploader: &Uploader, round: &str, largest: usize, began: &AtomicBool) -> Ledger {
    let mut ledger = Ledger::new();
    for number in 0_usize.. {
        let own = document(&format!("{round}-{number}"), 1_000 + number * 700_000 % largest);
        let bytes = if number % 3 == 2 { document("shared", 300_000) } else { own };
        let Some((201, _)) = uploader.upload("lantern.pdf", &bytes) else { break };
        began.store(true, Ordering::Release);
        *ledger.entry(sha256(&bytes)).or_default() += 1;
    }
    ledger
}

#[expect(clippy::print_stdout, reason = "the figures are what a long run is made for")]
fn killed(mut rig: Rig, rounds: u64, largest: usize) {
    let token = token(&rig.place, "editor");
    let mut ledger = Ledger::new();
    let (mut left, mut unshown) = (0, 0);
    for round in 1..=rounds {
        let mut masthead = rig.start();
        let address = masthead.address();
        rig.check(ledger.keys(), round);
        let work = |sender: u64| -> Work<Ledger> {
            let uploader = Uploader::new(&address, &token);
            Box::new(move |began| send(&uploader, &format!("{round}-{sender}"), largest, began))
        };
        for (sha256, times) in
            rig.killed_under(masthead, (1..=SENDERS).map(work).collect()).into_iter().flatten()
        {
            *ledger.entry(sha256).or_default() += times;
        }
        // How often it was killed in the middle of something.
        left += rig.in_the_spool();
        unshown += rig.originals().len().saturating_sub(ledger.len());
    }
    println!(
        "{rounds} rounds, {} uploads acknowledged, {} files; {left} were half received when it was killed, {unshown} had no answer",
        ledger.values().sum::<usize>(),
        ledger.len()
    );
    assert!(ledger.len() as u64 >= rounds && left > 0, "it was never killed in the middle of an upload");
    rig.end(ledger.keys(), rounds);
}

#[test]
fn killed_at_any_moment_under_uploads_no_row_is_without_its_file() {
    killed(Rig::with_folder(), Rig::rounds(10, 60), 2_000_000);
}

#[test]
fn nor_is_one_when_the_files_lie_in_a_bucket() {
    // Some go in parts.
    killed(Rig::with_bucket(), Rig::rounds(8, 40), 12_000_000);
}
