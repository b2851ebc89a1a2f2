//! What holds for every merge: no edit is lost without a conflict. Every word, block and field value that an editor adds
//! is found nowhere else, so that a lost one shows.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Conflict, What, merge};

/// Numbers from a seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

/// Somebody who edits blocks at random; all that they write begins with their name.
struct Editor {
    name: &'static str,
    count: usize,
    dice: Dice,
}

impl Editor {
    fn new(name: &'static str, seed: u64) -> Self {
        Self { name, count: 0, dice: Dice(seed) }
    }

    fn fresh(&mut self) -> String {
        self.count += 1;
        format!("{}{}", self.name, self.count)
    }

    fn block(&mut self) -> Value {
        let id = self.fresh();
        let text: Vec<_> = (0..self.dice.below(12)).map(|_| self.fresh()).collect();
        json!({"id": id, "type": "rich_text", "level": self.fresh(), "markdown": text.join(" ")})
    }

    fn body(&mut self, blocks: usize) -> Value {
        json!({"title": "", "blocks": (0..blocks).map(|_| self.block()).collect::<Vec<_>>()})
    }

    fn edit(&mut self, body: &mut Value) {
        let blocks = body["blocks"].as_array_mut().unwrap();
        let (what, at, to) =
            (self.dice.below(10), self.dice.below(blocks.len()), self.dice.below(blocks.len() + 1));
        match what {
            0 => {
                let block = self.block();
                blocks.insert(to, block);
            }
            _ if blocks.is_empty() => {}
            1 => drop(blocks.remove(at)),
            2 => {
                let block = blocks.remove(at);
                blocks.insert(to.min(blocks.len()), block);
            }
            3 => blocks[at]["level"] = self.fresh().into(),
            4 => drop(blocks[at].as_object_mut().unwrap().remove("level")),
            _ => {
                let mut text: Vec<String> = words(&blocks[at]).into_iter().map(str::to_owned).collect();
                let word = self.dice.below(text.len() + 1);
                match what {
                    5 if word < text.len() => drop(text.remove(word)),
                    6 | 7 if word < text.len() => text[word] = self.fresh(),
                    _ => text.insert(word, self.fresh()),
                }
                blocks[at]["markdown"] = text.join(" ").into();
            }
        }
    }

    fn edited(&mut self, body: &Value, times: usize) -> Value {
        let mut body = body.clone();
        for _ in 0..times {
            self.edit(&mut body);
        }
        body
    }
}

fn blocks(body: &Value) -> Vec<&Value> {
    body["blocks"].as_array().unwrap().iter().collect()
}

fn words(block: &Value) -> Vec<&str> {
    block["markdown"].as_str().unwrap().split_whitespace().collect()
}

fn by_id(body: &Value) -> BTreeMap<&str, (usize, &Value)> {
    blocks(body)
        .into_iter()
        .enumerate()
        .map(|(at, block)| (block["id"].as_str().unwrap(), (at, block)))
        .collect()
}

/// What is in both sides, and what either added to the base.
fn kept<'a>(base: &[&'a str], theirs: &[&'a str], mine: &[&'a str]) -> Vec<&'a str> {
    let all: BTreeSet<_> = theirs.iter().chain(mine).copied().collect();
    let stays = |key: &&str| !base.contains(key) || theirs.contains(key) && mine.contains(key);
    all.into_iter().filter(stays).collect()
}

/// Every edit of both sides is in the merged body, and nothing else.
fn check(base: &Value, theirs: &Value, mine: &Value, merged: &Value) -> Result<(), TestCaseError> {
    let (b, t, m, r) = (by_id(base), by_id(theirs), by_id(mine), by_id(merged));
    prop_assert_eq!(blocks(merged).len(), r.len(), "an id is there twice");
    for id in b.keys().chain(t.keys()).chain(m.keys()).collect::<BTreeSet<_>>() {
        let block = |side: &BTreeMap<&str, (usize, &Value)>| side.get(id).map(|(_, block)| (*block).clone());
        let (b, t, m, r) = (block(&b), block(&t), block(&m), block(&r));
        match (b, t, m) {
            (Some(b), Some(t), Some(m)) => {
                let r = r.unwrap();
                let level = if b.get("level") == t.get("level") { m.get("level") } else { t.get("level") };
                prop_assert_eq!(r.get("level"), level);
                prop_assert!(
                    b.get("level") == t.get("level")
                        || b.get("level") == m.get("level")
                        || t.get("level") == m.get("level")
                );
                let mut found = words(&r);
                found.sort_unstable();
                prop_assert_eq!(found, kept(&words(&b), &words(&t), &words(&m)), "{} {} {} {}", b, t, m, r);
            }
            // What was deleted was not edited.
            (Some(b), side, other) => {
                prop_assert_eq!(r, None);
                prop_assert!([side, other].into_iter().flatten().all(|side| side == b));
            }
            (None, side, other) => prop_assert_eq!(r, side.or(other)),
        }
    }
    let common = b.keys().filter_map(|id| Some((b[id].0, t.get(id)?.0, m.get(id)?.0, r.get(id)?.0)));
    let common: Vec<_> = common.collect();
    for (nth, first) in common.iter().enumerate() {
        for second in &common[nth + 1..] {
            let base = first.0 < second.0;
            let turned = base != (first.1 < second.1) || base != (first.2 < second.2);
            prop_assert_eq!(base != (first.3 < second.3), turned, "{:?} and {:?}", first, second);
        }
    }
    Ok(())
}

/// Answers a conflict for mine: theirs as it would be, had they done there what I did, or nothing.
fn give_way(base: &Value, theirs: &mut Value, mine: &Value, conflict: &Conflict) {
    let id = conflict.block.as_deref().unwrap();
    let field = conflict.pointer.as_str().split('/').nth(3).map(str::to_owned);
    let list = theirs["blocks"].as_array_mut().unwrap();
    let place = |list: &[Value], id: &str| list.iter().position(|block| block["id"] == *id);
    let at = place(list, id);
    match (conflict.what, field, at) {
        (What::Order, _, Some(at)) => {
            // Back to where it was, behind the nearest block before it that is still there.
            let block = list.remove(at);
            let base = base["blocks"].as_array().unwrap();
            let mut before = base[..place(base, id).unwrap()].iter().rev();
            let found = before.find_map(|block| place(list, block["id"].as_str().unwrap()));
            list.insert(found.map_or(0, |found| found + 1), block);
        }
        (_, Some(field), Some(at)) => match &conflict.mine {
            Some(value) => list[at][field] = value.clone(),
            None => drop(list[at].as_object_mut().unwrap().remove(&field)),
        },
        (_, None, Some(at)) => match &conflict.mine {
            Some(value) => list[at] = value.clone(),
            None => drop(list.remove(at)),
        },
        (_, _, None) => {
            let mine = mine["blocks"].as_array().unwrap();
            let mut before = mine[..place(mine, id).unwrap()].iter().rev();
            let found = before.find_map(|block| place(list, block["id"].as_str().unwrap()));
            list.insert(found.map_or(0, |found| found + 1), conflict.mine.clone().unwrap());
        }
    }
}

/// Answers all conflicts about order for mine: theirs with the blocks of the base as they stood there.
fn give_up_moves(base: &Value, theirs: &mut Value) {
    let rank = by_id(base);
    let list = theirs["blocks"].as_array_mut().unwrap();
    let rank_of = |block: &Value| rank.get(block["id"].as_str().unwrap()).map(|(at, _)| *at);
    let places: Vec<usize> = (0..list.len()).filter(|at| rank_of(&list[*at]).is_some()).collect();
    let mut blocks: Vec<Value> = places.iter().map(|at| list[*at].clone()).collect();
    blocks.sort_by_key(rank_of);
    for (at, block) in places.into_iter().zip(blocks) {
        list[at] = block;
    }
}

/// Conflicts without their place and side.
fn bare(found: Result<Value, Vec<Conflict>>, mirrored: bool) -> Option<Vec<String>> {
    let mut found: Vec<_> = found
        .err()?
        .into_iter()
        .map(|found| {
            let (one, other) = if mirrored { (found.mine, found.theirs) } else { (found.theirs, found.mine) };
            format!("{:?} {:?} {:?} {one:?} {other:?}", found.block, found.what, found.base)
        })
        .collect();
    found.sort();
    Some(found)
}

/// Merges after answering every conflict, and checks that nothing but what was answered is lost.
fn settle(base: &Value, theirs: &Value, mine: &Value) -> Result<(Value, usize), TestCaseError> {
    let mut yielding = theirs.clone();
    let mut answered: BTreeSet<String> = BTreeSet::new();
    for round in 0..10 {
        match merge(base, &yielding, mine) {
            Ok(merged) => {
                check(base, &yielding, mine, &merged)?;
                let (before, after) = (by_id(theirs), by_id(&yielding));
                for id in before.keys().chain(after.keys()).filter(|id| !answered.contains(**id)) {
                    let block = |side: &BTreeMap<&str, (usize, &Value)>| {
                        side.get(id).map(|(_, block)| (*block).clone())
                    };
                    prop_assert_eq!(block(&before), block(&after), "{} gave way without a conflict", id);
                }
                return Ok((merged, answered.len()));
            }
            Err(conflicts) => {
                for conflict in &conflicts {
                    let (body, value) = match &conflict.mine {
                        Some(value) => (mine, Some(value)),
                        None => (&yielding, conflict.theirs.as_ref()),
                    };
                    let found = body.pointer(conflict.pointer.as_str());
                    prop_assert!(found.is_some() && (conflict.what == What::Order || found == value));
                }
                for conflict in conflicts {
                    give_way(base, &mut yielding, mine, &conflict);
                    // A block that was put back may stand behind one that was moved, and so be moved again.
                    if round > 3 && conflict.what == What::Order {
                        give_up_moves(base, &mut yielding);
                    }
                    answered.extend(conflict.block);
                }
            }
        }
    }
    Err(TestCaseError::fail("the conflicts do not end"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn an_edit_is_in_the_result_or_in_a_conflict(seed in any::<u64>(), size in 0..10_usize, edits in 1..8_usize) {
        let base = Editor::new("b", seed).body(size);
        let theirs = Editor::new("t", seed ^ 1).edited(&base, edits);
        let mine = Editor::new("m", seed ^ 2).edited(&base, edits);
        prop_assert_eq!(merge(&base, &base, &mine), Ok(mine.clone()));
        prop_assert_eq!(merge(&base, &theirs, &base), Ok(theirs.clone()));
        prop_assert_eq!(merge(&base, &mine, &mine), Ok(mine.clone()));
        prop_assert_eq!(bare(merge(&base, &theirs, &mine), false), bare(merge(&base, &mine, &theirs), true));
        settle(&base, &theirs, &mine)?;
    }

    /// The laws do not depend on a shortcut for equal bodies: another field differs on each side.
    #[test]
    fn one_sides_edits_are_the_result(seed in any::<u64>(), size in 0..10_usize, edits in 1..8_usize) {
        let base = Editor::new("b", seed).body(size);
        let edited = Editor::new("m", seed ^ 1).edited(&base, edits);
        let titled = |body: &Value| {
            let mut body = body.clone();
            body["title"] = "another".into();
            body
        };
        prop_assert_eq!(merge(&base, &titled(&base), &edited), Ok(titled(&edited)));
        prop_assert_eq!(merge(&base, &edited, &titled(&base)), Ok(titled(&edited)));
        prop_assert_eq!(merge(&base, &edited, &titled(&edited)), Ok(titled(&edited)));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1))]

    /// Two editors with 1,000 edits each, who save against the same revision twenty times.
    #[test]
    fn two_editors_and_a_thousand_edits_each(seed in any::<u64>()) {
        let mut head = Editor::new("b", seed).body(300);
        let (mut one, mut other) = (Editor::new("t", seed ^ 1), Editor::new("m", seed ^ 2));
        let mut answered = 0;
        for _ in 0..20 {
            let (theirs, mine) = (one.edited(&head, 50), other.edited(&head, 50));
            let (merged, conflicts) = settle(&head, &theirs, &mine)?;
            answered += conflicts;
            head = merged;
        }
        prop_assert!(answered > 0, "edits that never meet prove nothing");
        prop_assert!(answered < 700, "{} conflicts: the merge hardly merges", answered);
    }
}
