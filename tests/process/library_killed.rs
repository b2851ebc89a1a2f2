//! SIGKILL of Masthead at random moments while files take the place of others and while many entries are edited at once. A few
//! rounds, or many with `MASTHEAD_VERIFY=1`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::harness::*;
use super::killing::{Rig, Work, sha256};
use super::uploads::{Uploader, document};

/// Uploads documents; gives the ids of their entries.
fn entries(uploader: &Uploader, label: &str, count: usize) -> Vec<String> {
    let upload = |number: usize| {
        let bytes = document(&format!("{label}-{number}"), 2_000);
        let (status, answer) = uploader.upload("lantern.pdf", &bytes).unwrap();
        assert_eq!(status, 201, "{answer}");
        answer["results"][0]["media"]["id"].as_str().unwrap().to_owned()
    };
    (0..count).map(upload).collect()
}

/// The version of an entry, its folder, and how many revisions it has, as the database says it.
fn state(rig: &Rig, id: &str) -> (i64, String, i64) {
    let sql = format!(
        "select version, coalesce(facets ->> 'folder', ''), head from documents where entry_id = '{id}'"
    );
    let [version, folder, head] = &as_owner(&rig.place.cluster(), &sql)[..] else { panic!("{id} is lost") };
    (version.parse().unwrap(), folder.clone(), head.parse().unwrap())
}

/// Puts one file after the other in the place of that of an entry; gives what was acknowledged.
fn replace(uploader: &Uploader, id: &str, mut version: i64, round: &str, began: &AtomicBool) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0_usize.. {
        let bytes = document(&format!("{round}-{number}"), 1_000 + number * 900_000 % 3_000_000);
        let Some((200, answer)) = uploader.replace(id, version, &bytes) else { break };
        began.store(true, Ordering::Release);
        version = answer["version"].as_i64().unwrap();
        assert_eq!(answer["body"]["file"]["sha256"], sha256(&bytes));
        acknowledged.push(sha256(&bytes));
    }
    acknowledged
}

fn replaced_while_killed(mut rig: Rig, rounds: u64) {
    let token = token(&rig.place, "editor");
    let mut masthead = rig.start();
    let ids = entries(&Uploader::new(&masthead.address(), &token), "first", 3);
    masthead.stop();
    let (mut ledger, mut counts) = (BTreeSet::new(), BTreeMap::<String, i64>::new());
    let mut left = 0;
    for round in 1..=rounds {
        let mut masthead = rig.start();
        let address = masthead.address();
        rig.check(&ledger, round);
        let work = |id: &String| -> Work<(String, Vec<String>)> {
            let (version, _, revisions) = state(&rig, id);
            assert!(
                revisions > counts.get(id).copied().unwrap_or(0),
                "round {round}: a revision of {id} is lost"
            );
            let (uploader, id) = (Uploader::new(&address, &token), id.clone());
            Box::new(move |began| {
                let done = replace(&uploader, &id, version, &format!("{round}-{id}"), began);
                (id, done)
            })
        };
        let works = ids.iter().map(work).collect();
        for (id, acknowledged) in rig.killed_under(masthead, works) {
            *counts.entry(id).or_default() += i64::try_from(acknowledged.len()).unwrap();
            ledger.extend(acknowledged);
        }
        left += rig.in_the_spool();
    }
    assert!(ledger.len() as u64 >= rounds && left > 0, "it was never killed in the middle");
    rig.end(&ledger, rounds);
}

#[test]
fn killed_while_files_take_the_place_of_others_no_row_is_without_its_file() {
    replaced_while_killed(Rig::with_folder(), Rig::rounds(6, 40));
}

#[test]
fn nor_is_one_when_they_lie_in_a_bucket() {
    replaced_while_killed(Rig::with_bucket(), Rig::rounds(5, 30));
}

/// Moves entries from folder to folder; gives those in which they may be in the end: where the last acknowledged edit brought
/// them, or where they were, and where the one brings them that had no answer.
fn edit(
    http: &Http,
    mut items: Vec<(String, i64)>,
    mut allowed: BTreeSet<String>,
    (round, atomic): (u64, bool),
    began: &AtomicBool,
) -> BTreeSet<String> {
    let mut number = 0;
    loop {
        number += 1;
        let folder = format!("{round}/{number}");
        let named: Vec<Value> =
            items.iter().map(|(id, version)| json!({ "id": id, "version": version })).collect();
        let body = json!({ "items": named, "folder": folder, "atomic": atomic });
        let Some((200, _, answer)) = http.attempt("POST", "/admin/v1/library/edit", 0, &body) else {
            allowed.insert(folder);
            return allowed;
        };
        began.store(true, Ordering::Release);
        assert_eq!(answer["refused"], 0, "{answer}");
        for (item, result) in items.iter_mut().zip(answer["results"].as_array().unwrap()) {
            assert_eq!(result["id"], item.0);
            item.1 = result["version"].as_i64().unwrap();
        }
        allowed = BTreeSet::from([folder]);
    }
}

#[test]
fn killed_while_many_are_edited_all_or_none_are_when_asked_for() {
    let mut rig = Rig::with_folder();
    let token = token(&rig.place, "editor");
    let mut masthead = rig.start();
    let uploader = Uploader::new(&masthead.address(), &token);
    let groups = [(true, entries(&uploader, "together", 12)), (false, entries(&uploader, "each", 12))];
    masthead.stop();
    let mut expected: Vec<BTreeSet<String>> = Vec::new();
    let (rounds, mut half_done) = (Rig::rounds(6, 40), 0);
    for round in 1..=rounds + 1 {
        let mut masthead = rig.start();
        let address = masthead.address();
        rig.check([], round);
        let folders_of =
            |ids: &[String]| -> BTreeSet<String> { ids.iter().map(|id| state(&rig, id).1).collect() };
        for ((atomic, ids), expected) in groups.iter().zip(&expected) {
            let folders = folders_of(ids);
            assert!(folders.is_subset(expected), "{folders:?}, not {expected:?}");
            assert!(!atomic || folders.len() == 1, "round {round}: some are in {folders:?}");
            half_done += usize::from(folders.len() > 1);
        }
        let said = "select count(*) from documents d join revisions r on (r.entry_id, r.locale, r.number) = \
            (d.entry_id, d.locale, d.head) where d.facets ->> 'folder' <> coalesce(r.body ->> 'folder', '')";
        assert_eq!(as_owner(&rig.place.cluster(), said), ["0"], "round {round}: a list says another folder");
        if round > rounds {
            masthead.stop();
            break;
        }
        let work = |(atomic, ids): &(bool, Vec<String>)| -> Work<BTreeSet<String>> {
            let items: Vec<_> = ids.iter().map(|id| (id.clone(), state(&rig, id).0)).collect();
            let (http, atomic, before) = (Http::new(&address, Some(&token)), *atomic, folders_of(ids));
            Box::new(move |began| edit(&http, items, before, (round, atomic), began))
        };
        let works = groups.iter().map(work).collect();
        expected = rig.killed_under(masthead, works);
    }
    assert!(half_done > 0 || rounds < 40, "it was never killed in the middle of an edit of many");
    rig.end([], rounds);
}
