//! The order of named items: every pair that a side turned round is turned round in the result, or is contested.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::order::{Ordered, merge};

const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];
const THEIRS: [&str; 3] = ["t1", "t2", "t3"];
const MINE: [&str; 3] = ["m1", "m2", "m3"];

/// A version of the first `count` names: some left out, some moved, some inserted.
fn edited(count: usize, own: [&'static str; 3]) -> impl Strategy<Value = Vec<&'static str>> {
    proptest::collection::vec((0..4_u8, 0..20_usize, 0..20_usize), 0..6).prop_map(move |edits| {
        let mut keys = NAMES[..count].to_vec();
        let mut fresh = own.into_iter();
        for (what, from, to) in edits {
            match what {
                0 if !keys.is_empty() => drop(keys.remove(from % keys.len())),
                1 | 2 if !keys.is_empty() => {
                    let key = keys.remove(from % keys.len());
                    keys.insert(to % (keys.len() + 1), key);
                }
                _ => {
                    if let Some(key) = fresh.next() {
                        keys.insert(to % (keys.len() + 1), key);
                    }
                }
            }
        }
        keys
    })
}

fn place(keys: &[&str], key: &str) -> usize {
    keys.iter().position(|other| *other == key).unwrap()
}

proptest! {
    #[test]
    fn no_move_and_no_key_is_lost(
        (base, theirs, mine) in (2..12_usize).prop_flat_map(|count| {
            (Just(NAMES[..count].to_vec()), edited(count, THEIRS), edited(count, MINE))
        })
    ) {
        let Ordered { keys, contested } = merge(&base, &theirs, &mine);
        let mirrored = merge(&base, &mine, &theirs);
        let set = |keys: &[&'static str]| keys.iter().copied().collect::<BTreeSet<_>>();
        prop_assert_eq!(set(&contested), set(&mirrored.contested));

        let (b, t, m) = (set(&base), set(&theirs), set(&mine));
        let expected: BTreeSet<_> =
            t.union(&m).copied().filter(|key| !b.contains(key) || t.contains(key) && m.contains(key)).collect();
        prop_assert_eq!(keys.len(), expected.len());
        prop_assert_eq!(set(&keys), expected);

        if contested.is_empty() {
            let common: Vec<&str> = base.iter().copied().filter(|key| t.contains(key) && m.contains(key)).collect();
            for (at, first) in common.iter().enumerate() {
                for second in &common[at + 1..] {
                    let turned = |keys: &[&str]| place(keys, first) > place(keys, second);
                    prop_assert_eq!(turned(&keys), turned(&theirs) || turned(&mine), "{} {} in {:?}", first, second, keys);
                }
            }
            // What was inserted stands behind the nearest item before it that both have.
            for (side, own) in [(&theirs, THEIRS), (&mine, MINE)] {
                for (at, key) in side.iter().enumerate().filter(|(_, key)| own.contains(key)) {
                    let anchor = side[..at].iter().rev().find(|key| common.contains(key));
                    let before = keys[..place(&keys, key)].iter().rev().find(|key| common.contains(key));
                    prop_assert_eq!(before, anchor);
                }
            }
        } else {
            prop_assert!(theirs != mine);
        }
    }

    #[test]
    fn one_sides_order_is_the_result((base, mine) in (2..12_usize).prop_flat_map(|count| {
        (Just(NAMES[..count].to_vec()), edited(count, MINE))
    })) {
        let expected = Ordered { keys: mine.clone(), contested: vec![] };
        prop_assert_eq!(&merge(&base, &base, &mine), &expected);
        prop_assert_eq!(&merge(&base, &mine, &base), &expected);
        prop_assert_eq!(&merge(&base, &mine, &mine), &expected);
    }
}
