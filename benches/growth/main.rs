//! What growth costs: the same actions in a small and in a large database, in turns, and what only a large one can show.
//! Nothing is asserted about time; the figures are printed (`make bench`).
// So that clippy knows all of this as a test, as it does for the harness that it shares with the tests.
#![cfg(test)]

#[path = "../../tests/support/mod.rs"]
mod support;

mod figures;
mod log;
mod search;
mod steady;
mod work;

use std::io::{self, Write};
use std::time::Instant;

use figures::{alone, compare, head, spread};
use log::StatementLog;
use support::growth::Size;
use work::Filled;

const SMALL: Size = Size { pages: 1_000, below: 0, revisions: 10 };
const LARGE: Size = Size { pages: 100_000, below: 10_000, revisions: 10 };

/// Saves and publications in each database that are measured, and those before that are not.
const ROUNDS: usize = 400;
const WARMING: usize = 50;

/// Renames of the page with everything below it, and lists, that are measured.
const RENAMES: usize = 7;
const LISTS: usize = 200;

/// Reads a second, and for how many seconds. A walk through thousands of pages is not asked so often.
const READS: u32 = 150;
const WALKS: u32 = 15;
const SECONDS: u32 = 20;

fn main() {
    // `cargo test --all-targets` runs benchmarks too, to see that they start.
    let is_given = |wanted: &str| std::env::args().any(|argument| argument == wanted);
    let system = actix_web::rt::System::new();
    if !is_given("--bench") {
        return;
    }
    match (is_given("reads"), is_given("search")) {
        (false, false) => system.block_on(run()),
        (reads, search) => system.block_on(run_large(reads, search)),
    }
}

/// What is asked of a large site alone.
async fn run_large(reads_too: bool, searches_too: bool) {
    say("Filling a large database; it takes a minute or two.");
    let large = filled("large", LARGE).await;
    if reads_too {
        reads(&large).await;
    }
    if searches_too {
        searches(&large).await;
    }
    large.site.stop().await;
}

async fn run() {
    say("Filling a small and a large database; the large one takes a minute or two.");
    let small = filled("small", SMALL).await;
    let large = filled("large", LARGE).await;
    say(&head());
    saves_and_publications(&small, &large).await;
    renames(&large).await;
    lists(&large).await;
    reads(&large).await;
    searches(&large).await;
    small.site.stop().await;
    large.site.stop().await;
}

async fn filled(name: &str, size: Size) -> Filled {
    let start = Instant::now();
    let filled = Filled::new(size).await;
    say(&format!("{name}: {} ({:.0} s)", filled.contents().await, start.elapsed().as_secs_f64()));
    filled
}

async fn saves_and_publications(small: &Filled, large: &Filled) {
    let pages = [small.leaves(ROUNDS + WARMING).await, large.leaves(ROUNDS + WARMING).await];
    let mut saves = [Vec::new(), Vec::new()];
    let mut publications = [Vec::new(), Vec::new()];
    for round in 0..ROUNDS + WARMING {
        // Whoever comes second might find something warm, so they take turns at it.
        let order = if round % 2 == 0 { [0, 1] } else { [1, 0] };
        for which in order {
            let page = &pages[which][round % pages[which].len()];
            let filled = [small, large][which];
            let (saving, publishing) = filled.change(page, "summary", &format!("Round {round}.")).await;
            if round >= WARMING {
                saves[which].push(saving);
                publications[which].push(publishing);
            }
        }
    }
    say(&compare("save", saves));
    say(&compare("publish", publications));
}

async fn renames(large: &Filled) {
    let root = large.root().await;
    let mut times = Vec::new();
    for nth in 0..RENAMES {
        let (saving, publishing) = large.change(&root, "slug", &format!("renamed-{nth}")).await;
        times.push(saving + publishing);
    }
    say(&alone(&format!("rename of a page with {} below it", LARGE.below), times));
}

async fn lists(large: &Filled) {
    let log = StatementLog::begin(&large.site.database).await;
    let client = large.site.anonymous();
    for _ in 0..WARMING + LISTS {
        client.get("/v1/pages?limit=20").await.expect(200);
    }
    let (planned, executed) = log.times("mh.public_documents").await;
    log.end().await;
    assert!(executed.len() >= LISTS, "{} of {LISTS} lists are in the log of Postgres", executed.len());
    say(&alone(&format!("20 newest of {} in Postgres", LARGE.pages), executed));
    say(&alone("the same, planning alone", planned));
}

/// Answers that are not kept: single pages, and lists in several orders and by several filters.
async fn reads(large: &Filled) {
    let pages = large.leaves(2_000).await.into_iter().map(|id| format!("/v1/pages/{id}")).collect();
    let root = large.root().await;
    let lists = ["", "&sort=title", "&sort=-updated_at,title", "&sort=position"]
        .map(|more| format!("/v1/pages?limit=20{more}"));
    let below = |filter: &str| vec![format!("/v1/pages?limit=20&filter[{filter}]={root}")];
    for (what, paths, rate) in [
        ("a page", pages, READS),
        ("a list of 20", lists.to_vec(), READS),
        ("20 children of one page", below("parent"), READS),
        (&format!("20 of {} below one page", LARGE.below), below("ancestor"), WALKS),
    ] {
        steady::ask(&large.site, &paths, rate, 3).await;
        let times = steady::ask(&large.site, &paths, rate, SECONDS).await;
        say(&spread(&format!("{what} at {rate} a second: p50, p99"), times));
    }
}

async fn searches(large: &Filled) {
    search::prepare(large).await;
    // The first run finds everything cold.
    search::run(large).await;
    say(&spread(&format!("search of {} at 20 a second: p50, p99", LARGE.pages), search::run(large).await));
}

fn say(text: &str) {
    writeln!(io::stdout(), "{text}").expect("standard output");
}
