//! The merge by example.

use serde_json::{Value, json};

use super::{Conflict, What, merge};

#[track_caller]
fn merges(base: &Value, theirs: &Value, mine: &Value, expected: &Value) {
    assert_eq!(merge(base, theirs, mine).as_ref(), Ok(expected));
}

/// What the conflicts are about: where, in which block, and how.
#[track_caller]
fn conflicts(base: &Value, theirs: &Value, mine: &Value) -> Vec<(String, Option<String>, What)> {
    let found = merge(base, theirs, mine).unwrap_err();
    found.into_iter().map(|found| (found.pointer.to_string(), found.block, found.what)).collect()
}

fn at(pointer: &str, block: Option<&str>, what: What) -> (String, Option<String>, What) {
    (pointer.to_owned(), block.map(str::to_owned), what)
}

/// A body with these blocks of rich text.
fn page(blocks: &[(&str, &str)]) -> Value {
    let blocks = blocks.iter().map(|(id, text)| json!({"id": id, "type": "rich_text", "markdown": text}));
    json!({"title": "Our history", "blocks": blocks.collect::<Vec<_>>()})
}

/// A body with blocks that are of no interest but for their order.
fn order(ids: &str) -> Value {
    json!({"blocks": ids.chars().map(|id| json!({"id": id.to_string(), "type": "divider"})).collect::<Vec<_>>()})
}

fn text(text: &str) -> Value {
    json!({"text": text})
}

#[test]
fn words_in_different_places_of_a_paragraph_merge() {
    let base = text("We began in **1998** as a small reading group, and met on Mondays.");
    let theirs = text("We began in **1999** as a small reading group, and met on Mondays.");
    let mine = text("We began in **1998** as a large reading group, and met on Mondays and Fridays.");
    let merged = text("We began in **1999** as a large reading group, and met on Mondays and Fridays.");
    merges(&base, &theirs, &mine, &merged);
}

#[test]
fn texts_without_spaces_merge_by_words_too() {
    let base = text("\u{6211}\u{4eec}\u{7684}\u{5386}\u{53f2}\u{3002}");
    let theirs = text("\u{4ed6}\u{4eec}\u{7684}\u{5386}\u{53f2}\u{3002}");
    let mine = text("\u{6211}\u{4eec}\u{7684}\u{5386}\u{53f2}\u{ff01}");
    merges(&base, &theirs, &mine, &text("\u{4ed6}\u{4eec}\u{7684}\u{5386}\u{53f2}\u{ff01}"));
}

#[test]
fn words_that_touch_are_a_conflict() {
    let same_word = conflicts(&text("a cat sat"), &text("a dog sat"), &text("a cow sat"));
    assert_eq!(same_word, [at("/text", None, What::Value)]);
    // Two insertions at one place, and an insertion beside a word that was changed.
    assert_eq!(conflicts(&text("a b"), &text("a x b"), &text("a y b")).len(), 1);
    assert_eq!(conflicts(&text("a b"), &text("a x b"), &text("a c")).len(), 1);
    merges(&text("a b"), &text("a x b"), &text("a x b c"), &text("a x b c"));
}

#[test]
fn the_target_of_a_link_is_one_word() {
    let base = text("See [our page](entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41) for more.");
    let theirs = text("See [our page](entry:019a3e5c-8a10-7c3a-9b52-1f0d6c2e8a41) for more.");
    let label = text("See [this page](entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41) for more.");
    let both = text("See [this page](entry:019a3e5c-8a10-7c3a-9b52-1f0d6c2e8a41) for more.");
    merges(&base, &theirs, &label, &both);
    let elsewhere = text("See [our page](entry:019a3e5c-7d1f-7b1e-9b52-1f0d6c2e8a41) for more.");
    assert_eq!(conflicts(&base, &theirs, &elsewhere), [at("/text", None, What::Value)]);
}

#[test]
fn names_are_not_made_of_words() {
    let slug = |slug: &str| json!({"slug": slug, "title": "A title"});
    let found = merge(&slug("our-old-past"), &slug("the-old-past"), &slug("our-old-history")).unwrap_err();
    let [Conflict { pointer, base, theirs, mine, .. }] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(pointer.as_str(), "/slug");
    let values = [base, theirs, mine].map(|value| value.as_ref().and_then(Value::as_str).unwrap());
    assert_eq!(values, ["our-old-past", "the-old-past", "our-old-history"]);
    merges(&slug("a-b"), &slug("c-d"), &slug("c-d"), &slug("c-d"));
}

#[test]
fn fields_merge_and_absent_is_a_value() {
    let base = json!({"title": "T", "date": "2026-03-01", "image": "m1", "seo": {"title": "S"}});
    let theirs = json!({"title": "T", "image": "m1", "seo": {"title": "S", "noindex": true}});
    let mine = json!({"title": "U", "date": "2026-03-01", "image": "m2", "seo": {"title": "S2"}});
    let merged = json!({"title": "U", "image": "m2", "seo": {"title": "S2", "noindex": true}});
    merges(&base, &theirs, &mine, &merged);
    let mine = json!({"title": "T", "date": "2026-04-01", "image": "m1", "seo": {"title": "S"}});
    assert_eq!(conflicts(&base, &theirs, &mine), [at("/date", None, What::Deleted)]);
    // Two objects that both add are one object, unless of different types.
    merges(
        &json!({}),
        &json!({"seo": {"a": 1}}),
        &json!({"seo": {"b": 2}}),
        &json!({"seo": {"a": 1, "b": 2}}),
    );
    let typed = |kind: &str, n: u8| json!({"link": {"type": kind, "n": n, "m": n}});
    assert_eq!(conflicts(&typed("a", 1), &typed("b", 1), &typed("a", 2)), [at("/link", None, What::Value)]);
}

#[test]
fn tags_are_an_ordered_set() {
    let tags = |tags: &[&str]| json!({"tags": tags});
    let base = tags(&["history", "about us", "old"]);
    let merged = tags(&["history", "theirs", "mine", "about us"]);
    let theirs = tags(&["history", "theirs", "about us", "old"]);
    merges(&base, &theirs, &tags(&["history", "mine", "about us"]), &merged);
    // What is empty is absent.
    merges(&json!({}), &tags(&["a"]), &tags(&["b"]), &tags(&["a", "b"]));
    merges(&tags(&["a"]), &json!({}), &tags(&["a", "b"]), &tags(&["b"]));
    merges(&tags(&["a", "b"]), &tags(&["a"]), &tags(&["b"]), &tags(&[]));
    let gone = merge(
        &json!({"n": 1, "tags": ["a", "b"]}),
        &json!({"n": 1, "tags": ["a"]}),
        &json!({"n": 2, "tags": ["b"]}),
    );
    assert_eq!(gone.unwrap(), json!({"n": 2, "tags": []}));
}

#[test]
fn blocks_merge_by_id() {
    let base = page(&[("a", "first text"), ("b", "second text"), ("c", "third text")]);
    let theirs =
        page(&[("c", "third text"), ("a", "first new text"), ("t", "their text"), ("b", "second text")]);
    let mine =
        page(&[("a", "first text"), ("m", "my text"), ("b", "second edited text"), ("c", "third text here")]);
    let merged = page(&[
        ("c", "third text here"),
        ("a", "first new text"),
        ("t", "their text"),
        ("m", "my text"),
        ("b", "second edited text"),
    ]);
    merges(&base, &theirs, &mine, &merged);
}

#[test]
fn deleted_and_edited_is_a_conflict_deleted_and_moved_is_not() {
    let base = page(&[("a", "one text"), ("b", "two text")]);
    let without = page(&[("a", "one text")]);
    let edited = page(&[("a", "one text"), ("b", "two texts")]);
    assert_eq!(conflicts(&base, &without, &edited), [at("/blocks/1", Some("b"), What::Deleted)]);
    assert_eq!(conflicts(&base, &edited, &without), [at("/blocks/1", Some("b"), What::Deleted)]);
    merges(&base, &without, &page(&[("b", "two text"), ("a", "one text")]), &without);
    merges(&base, &page(&[("b", "two text"), ("a", "one text")]), &without, &without);
}

#[test]
fn moves_of_both_sides() {
    merges(&order("abcdef"), &order("fabcde"), &order("bcadef"), &order("fbcade"));
    merges(&order("abc"), &order("cab"), &order("cxab"), &order("cxab"));
    // What was inserted follows what it was inserted after.
    merges(&order("abc"), &order("bca"), &order("axbc"), &order("bcax"));
    let base = order("abcde");
    assert_eq!(conflicts(&base, &order("eabcd"), &order("abecd")), [at("/blocks/2", Some("e"), What::Order)]);
    // Each moved another block, but no order has both: b before a, c before b, a before c.
    let circle = merge(&order("abc"), &order("bac"), &order("acb")).unwrap_err();
    assert!(circle.iter().all(|found| found.what == What::Order), "{circle:?}");
    let moved = circle.iter().find(|found| found.block.as_deref() == Some("b")).unwrap();
    assert_eq!(
        (&moved.base, &moved.theirs, &moved.mine),
        (&Some("a".into()), &Some(Value::Null), &Some("c".into()))
    );
}

#[test]
fn the_same_id_inserted_twice_and_other_types() {
    let base = order("a");
    let insert = |text: &str| json!({"blocks": [{"id": "a", "type": "divider"}, {"id": "n", "text": text}]});
    assert_eq!(conflicts(&base, &insert("x y"), &insert("x z")), [at("/blocks/1", Some("n"), What::Value)]);
    merges(&base, &insert("x y"), &insert("x y"), &insert("x y"));
    assert_eq!(
        conflicts(&order("ab"), &order("axb"), &order("abx")),
        [at("/blocks/2", Some("x"), What::Order)]
    );
    let block =
        |kind: &str, text: &str, n: u8| json!({"blocks": [{"id": "a", "type": kind, "text": text, "n": n}]});
    let found = conflicts(&block("hero", "a b", 1), &block("rich_text", "a b", 1), &block("hero", "a c", 1));
    assert_eq!(found, [at("/blocks/0", Some("a"), What::Value)]);
}

#[test]
fn tables_merge_by_row_and_cell() {
    let table = |rows: Value| json!({"blocks": [{"id": "t", "type": "table", "rows": rows}]});
    let base = table(json!([["North", "12"], ["South", "7"], ["West", "3"]]));
    let theirs = table(json!([["North", "13"], ["South", "7"], ["West", "3"], ["East", "1"]]));
    let mine = table(json!([["Far North", "12"], ["South", "8"], ["West", "3"]]));
    let merged = table(json!([["Far North", "13"], ["South", "8"], ["West", "3"], ["East", "1"]]));
    merges(&base, &theirs, &mine, &merged);
    let found = conflicts(&base, &theirs, &table(json!([["North", "14"], ["South", "7"], ["West", "3"]])));
    assert_eq!(found, [at("/blocks/0/rows/0/1", Some("t"), What::Value)]);
    let gone = table(json!([["South", "7"], ["West", "3"]]));
    assert_eq!(conflicts(&base, &gone, &mine), [at("/blocks/0/rows/0", Some("t"), What::Deleted)]);
    let longer = table(json!([["North", "12", "x"], ["South", "7"], ["West", "3"]]));
    assert_eq!(conflicts(&base, &gone, &longer), [at("/blocks/0/rows/0", Some("t"), What::Deleted)]);
    // Two rows inserted at one place: nobody knows their order.
    let added = |name: &str| table(json!([["North", "12"], ["South", "7"], ["West", "3"], [name, "1"]]));
    assert_eq!(
        conflicts(&base, &added("East"), &added("Centre")),
        [at("/blocks/0/rows", Some("t"), What::Value)]
    );
}

#[test]
fn all_conflicts_are_found_and_counted_in_mine() {
    let block = |n: u8| json!({"id": "b", "level": n});
    let base = json!({"a/b": 1, "slug": "x", "blocks": [block(1)]});
    let theirs = json!({"a/b": 2, "slug": "y", "blocks": [block(2)]});
    let mine = json!({"a/b": 3, "slug": "z", "blocks": [{"id": "new"}, block(3)]});
    let found = conflicts(&base, &theirs, &mine);
    let expected = [("/a~1b", None), ("/blocks/1/level", Some("b")), ("/slug", None)];
    assert_eq!(found, expected.map(|(pointer, block)| at(pointer, block, What::Value)));
    let shown = serde_json::to_value(&merge(&base, &theirs, &mine).unwrap_err()[1]).unwrap();
    let expected = json!({"pointer": "/blocks/1/level", "block": "b", "what": "value", "base": 1, "theirs": 2, "mine": 3});
    assert_eq!(shown, expected);
}

/// 100,000 characters, a body of 2,000 blocks, and texts that have nothing in common.
#[test]
fn large_bodies_end_with_a_right_result() {
    let words = |from: usize| (from..from + 17_000).map(|n| format!("w{n:04}")).collect::<Vec<_>>();
    let joined = |words: &[String]| text(&words.join(" "));
    let (base, mut theirs, mut mine) = (words(0), words(0), words(0));
    for n in 0..150 {
        theirs[n * 100] = format!("t{n}");
        mine[n * 100 + 50] = format!("m{n}");
    }
    let both: Vec<_> = (0..base.len())
        .map(|n| if theirs[n] == base[n] { mine[n].clone() } else { theirs[n].clone() })
        .collect();
    merges(&joined(&base), &joined(&theirs), &joined(&mine), &joined(&both));
    let rewritten = joined(&words(50_000));
    assert_eq!(conflicts(&joined(&base), &rewritten, &joined(&mine)), [at("/text", None, What::Value)]);

    let block = |n: usize, text: &str| json!({"id": format!("b{n}"), "type": "rich_text", "markdown": format!("{text} {n}")});
    let blocks = |text: fn(usize) -> &'static str, flip: bool| {
        let mut blocks: Vec<_> = (0..2_000).map(|n| block(n, text(n))).collect();
        if flip {
            blocks.reverse();
        }
        json!({"blocks": blocks})
    };
    let even = |n: usize| if n.is_multiple_of(2) { "their text" } else { "text" };
    let odd = |n: usize| if n.is_multiple_of(2) { "text" } else { "my text" };
    let all = |n: usize| if n.is_multiple_of(2) { "their text" } else { "my text" };
    merges(&blocks(|_| "text", false), &blocks(even, true), &blocks(odd, false), &blocks(all, true));
}
