//! The comparison by example and by property.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    Change, Difference, Op, Span, compare,
    sequence::{hunks, out_of_order},
    spans,
};

fn told(found: &[Difference]) -> Vec<(Change, &str, Option<&str>, Option<&str>)> {
    let from = |found: &'_ Difference| found.from_pointer.as_ref().map(|from| from.as_str().len());
    assert!(found.iter().all(|found| from(found).is_none() == (found.change == Change::Added)));
    found
        .iter()
        .map(|found| {
            let from = found.from_pointer.as_ref().map(super::Pointer::as_str);
            (found.change, found.pointer.as_str(), from, found.block.as_deref())
        })
        .collect()
}

#[test]
fn a_block_that_was_moved_and_edited_gives_both() {
    let block = |id: &str, text: &str| json!({"id": id, "type": "rich_text", "markdown": text});
    let from = json!({"title": "Our past", "slug": "p", "blocks": [block("a", "x"), block("b", "We met in 1998."), block("c", "x")]});
    let to = json!({"title": "Our history", "date": "2026-03-01", "blocks": [block("b", "We met in 1999."), block("a", "x"), block("n", "y z")]});
    let found = compare(&from, &to);
    let expected = [
        (Change::Removed, "/blocks/2", Some("/blocks/2"), Some("c")),
        (Change::Moved, "/blocks/1", Some("/blocks/0"), Some("a")),
        (Change::Added, "/blocks/2", None, Some("n")),
    ];
    let told = told(&found);
    for one in expected {
        assert!(told.contains(&one) || one.0 == Change::Moved, "{one:?} in {told:?}");
    }
    assert_eq!(told.iter().filter(|one| one.0 == Change::Moved).count(), 1);
    let edited = found.iter().find(|found| found.pointer.as_str() == "/blocks/0/markdown").unwrap();
    let shown = serde_json::to_value(edited).unwrap();
    let expected = json!({
        "pointer": "/blocks/0/markdown", "from_pointer": "/blocks/1/markdown", "block": "b", "change": "changed",
        "before": "We met in 1998.", "after": "We met in 1999.",
        "spans": [
            {"op": "equal", "text": "We met in "}, {"op": "removed", "text": "1998"},
            {"op": "added", "text": "1999"}, {"op": "equal", "text": "."},
        ],
    });
    assert_eq!(shown, expected);
    let fields: Vec<_> = told.iter().filter(|one| one.3.is_none()).map(|one| (one.0, one.1)).collect();
    assert_eq!(fields, [(Change::Removed, "/slug"), (Change::Changed, "/title"), (Change::Added, "/date")]);
}

#[test]
fn a_move_names_what_stands_before() {
    let order = |ids: &str| ids.chars().map(|id| json!({"id": id.to_string()})).collect::<Value>();
    let found = compare(&order("abcd"), &order("dabc"));
    let [Difference { before, after, .. }] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((before, after), (&Some("c".into()), &Some(Value::Null)));
    assert_eq!(told(&found), [(Change::Moved, "/0", Some("/3"), Some("d"))]);
}

#[test]
fn tags_and_rows() {
    let found = compare(&json!({"tags": ["a", "b"]}), &json!({"tags": ["b", "c"]}));
    assert_eq!(
        told(&found),
        [(Change::Removed, "/tags/0", Some("/tags/0"), None), (Change::Added, "/tags/1", None, None),]
    );
    let from = json!({"rows": [["North", "1"], ["South", "2"]]});
    let to = json!({"rows": [["North", "3"], ["South", "2"], ["East", "4"]]});
    assert_eq!(
        told(&compare(&from, &to)),
        [(Change::Changed, "/rows/0/1", Some("/rows/0/1"), None), (Change::Added, "/rows/2", None, None),]
    );
}

#[test]
fn neighbouring_words_are_one_replacement_and_names_are_whole() {
    let span = |op, text: &str| Span { op, text: text.to_owned() };
    let expected = [
        span(Op::Equal, "the "),
        span(Op::Removed, "big cat"),
        span(Op::Added, "small dog"),
        span(Op::Equal, " sat"),
    ];
    assert_eq!(spans("the big cat sat", "the small dog sat"), expected);
    assert_eq!(
        spans("our-past", "our-history"),
        [span(Op::Removed, "our-past"), span(Op::Added, "our-history")]
    );
    assert_eq!(spans("", ""), []);
}

#[test]
fn sequences_with_nothing_in_common_are_given_up() {
    let (old, new): (Vec<_>, Vec<_>) = ((0..50_000).collect(), (50_000..100_000).collect());
    assert_eq!(hunks(&old, &new), None);
    let text = |from: usize| (from..from + 20_000).map(|n| n.to_string()).collect::<Vec<_>>().join(" ");
    assert_eq!(spans(&text(10_000), &text(50_000)).len(), 2);
}

/// The length of the longest common subsequence, the slow way.
fn common(a: &[usize], b: &[usize]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut corner = 0;
        for (at, y) in b.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if x == y { corner + 1 } else { above.max(row[at]) };
            corner = above;
        }
    }
    row[b.len()]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..3_u8).prop_map(Value::from),
        "[ab \u{e9}-]{0,4}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let items = proptest::collection::vec(inner.clone(), 0..5);
        let fields = proptest::collection::btree_map("[abt]|id|type", inner, 0..4);
        let ids = proptest::collection::btree_map("[a-d]", 0..3_u8, 0..4).prop_shuffle_pairs();
        prop_oneof![
            items.prop_map(Value::from),
            fields.prop_map(|fields| fields.into_iter().collect::<Value>()),
            ids,
            proptest::collection::vec("[a-e]", 0..4).prop_map(Value::from),
        ]
    })
}

trait ShufflePairs {
    fn prop_shuffle_pairs(self) -> BoxedStrategy<Value>;
}

impl<S: Strategy<Value = std::collections::BTreeMap<String, u8>> + 'static> ShufflePairs for S {
    fn prop_shuffle_pairs(self) -> BoxedStrategy<Value> {
        self.prop_map(|map| map.into_iter().collect::<Vec<_>>())
            .prop_shuffle()
            .prop_map(|items| {
                items.into_iter().map(|(id, level)| json!({"id": id, "level": level})).collect()
            })
            .boxed()
    }
}

proptest! {
    #[test]
    fn hunks_are_right_and_the_fewest(
        old in proptest::collection::vec(0..4_usize, 0..30),
        new in proptest::collection::vec(0..4_usize, 0..30),
    ) {
        let found = hunks(&old, &new).unwrap();
        let (mut built, mut done, mut edits) = (Vec::new(), 0, 0);
        for (nth, hunk) in found.iter().enumerate() {
            prop_assert!(nth == 0 || hunk.old.start > done, "hunks touch: {:?}", found);
            built.extend_from_slice(&old[done..hunk.old.start]);
            prop_assert_eq!(built.len(), hunk.new.start);
            built.extend_from_slice(&new[hunk.new.clone()]);
            edits += hunk.old.len() + hunk.new.len();
            done = hunk.old.end;
        }
        built.extend_from_slice(&old[done..]);
        prop_assert_eq!(&built, &new);
        prop_assert_eq!(edits, old.len() + new.len() - 2 * common(&old, &new));
    }

    #[test]
    fn what_stays_in_order_is_the_longest(order in Just((0..9_usize).collect::<Vec<_>>()).prop_shuffle()) {
        let out = out_of_order(&order);
        let kept: Vec<_> = order.iter().zip(&out).filter(|(_, out)| !**out).map(|(rank, _)| *rank).collect();
        prop_assert!(kept.is_sorted());
        prop_assert_eq!(kept.len(), common(&order, &(0..9).collect::<Vec<_>>()));
    }

    #[test]
    fn spans_make_up_both_texts(
        before in "([ab]{1,2}| |\n|,|\u{6211}|\u{e9}\u{301}|https://a/b){0,12}",
        after in "([ab]{1,2}| |\n|,|\u{6211}|\u{e9}\u{301}|https://a/b){0,12}",
    ) {
        let found = spans(&before, &after);
        let of = |not: Op| found.iter().filter(|span| span.op != not).map(|span| span.text.as_str()).collect::<String>();
        prop_assert_eq!(of(Op::Added), before);
        prop_assert_eq!(of(Op::Removed), after);
        prop_assert!(found.iter().all(|span| !span.text.is_empty()));
        prop_assert!(found.windows(2).all(|pair| pair[0].op != pair[1].op));
    }

    #[test]
    fn nothing_differs_exactly_when_equal_and_pointers_lead_there(from in value(), to in value()) {
        prop_assert_eq!(compare(&from, &from), vec![]);
        let found = compare(&from, &to);
        prop_assert_eq!(found.is_empty(), from == to);
        for one in found {
            let old = one.from_pointer.as_ref().and_then(|pointer| from.pointer(pointer.as_str()));
            let new = (one.change != Change::Removed).then(|| to.pointer(one.pointer.as_str())).flatten();
            if one.change == Change::Moved {
                prop_assert!(old.is_some() && new.is_some());
            } else {
                prop_assert_eq!(one.before.as_ref(), old);
                prop_assert_eq!(one.after.as_ref(), new);
                prop_assert_ne!(old, new);
            }
        }
    }
}
