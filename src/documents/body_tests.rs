//! The collectors that a kind fills.

use super::*;

#[test]
fn kinds_are_short_lower_case_names() {
    assert_eq!(Kind::named("page").to_string(), "page");
    for bad in ["", "Page", "9a", "a b", "a-b", "\u{e9}", &"a".repeat(64)] {
        assert_eq!(Kind::try_from(bad.to_owned()), Err(KindError), "{bad:?}");
    }
    assert!(Kind::try_from("a".repeat(63)).is_ok());
}

#[test]
fn a_reference_occurs_once_for_each_place() {
    let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let (here, there) = (Pointer::root().field("x"), Pointer::root().field("y"));
    let mut found = References::default();
    for (at, target, required) in [(&here, a, false), (&here, b, false), (&here, a, true), (&there, a, false)]
    {
        found.add(at, target, required);
    }
    let all: Vec<_> = found.iter().map(|r| (r.pointer.as_str(), r.target, r.required)).collect();
    assert_eq!(all, [("/x", a, true), ("/x", b, false), ("/y", a, false)]);
}

#[test]
fn search_text_joins_by_weight() {
    let mut text = SearchText::default();
    text.add(Weight::Title, "One");
    text.add(Weight::Body, " \n ");
    text.add(Weight::Body, "two\n");
    text.add(Weight::Title, "Three");
    assert_eq!(text.of(Weight::Title), "One\nThree");
    assert_eq!(text.of(Weight::Summary), "");
    assert_eq!(text.all(), "One\ntwo\nThree");
}

#[test]
fn problems_keep_what_is_good_and_report_the_rest() {
    let mut problems = Problems::default();
    let at = Pointer::root().field("n");
    assert_eq!(problems.keep(&at, "7".parse::<u8>()), Some(7));
    assert!(problems.is_empty());
    assert_eq!(problems.keep(&at, "x".parse::<u8>()), None);
    assert_eq!(problems.into_vec()[0].pointer.as_str(), "/n");
}
