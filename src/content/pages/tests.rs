//! Pages from drafts and back, what is refused, and what the engine sees of them.

use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    draft::PageDraft,
    model::{Page, text_form},
};
use crate::{
    documents::{
        body::{Document, References, Stage, UpgradeError, Weight},
        kind::KindSpec,
    },
    platform::problem::field::{FieldCode, FieldProblem},
};

pub(super) fn ids() -> impl FnMut() -> Uuid {
    let mut next = 0;
    move || {
        next += 1;
        Uuid::from_u128(0x019a_3e5c_0000_7000_8000_0000_0000_0000 + next)
    }
}

pub(super) fn page(draft: Value) -> Result<Page, Vec<FieldProblem>> {
    serde_json::from_value::<PageDraft>(draft).unwrap().into_page(&mut ids())
}

fn refusals(draft: Value) -> Vec<(String, FieldCode)> {
    let problems = page(draft).unwrap_err();
    problems.into_iter().map(|problem| (problem.pointer.to_string(), problem.code)).collect()
}

#[test]
fn the_smallest_draft_is_a_page() {
    let stored = serde_json::to_value(page(json!({"title": " About us "})).unwrap()).unwrap();
    assert_eq!(stored, json!({"title": "About us", "slug": "about-us", "position": "V", "blocks": []}));
}

#[test]
fn null_and_empty_are_the_same_as_absent() {
    let nulls = json!({"title": "A", "slug": null, "parent": null, "position": null, "date": null, "summary": null, "tags": null,
        "image": null, "seo": null, "blocks": null});
    let empty = json!({"title": "A", "summary": " ", "tags": [], "seo": {"title": "", "description": null, "canonical": null, "noindex": null}, "blocks": []});
    let absent = page(json!({"title": "A"})).unwrap();
    assert_eq!(page(nulls).unwrap(), absent);
    assert_eq!(page(empty).unwrap(), absent);
}

#[test]
fn a_page_without_words_gets_a_slug_of_its_own() {
    let page = page(json!({"title": ""})).unwrap();
    assert!(page.slug.as_str().starts_with("untitled-"), "{}", page.slug);
    assert!(!page.slug.as_str().ends_with('-'));
}

#[test]
fn the_home_page_has_an_empty_slug_and_no_parent() {
    assert!(page(json!({"title": "Home", "slug": ""})).unwrap().slug.is_home());
    let below = json!({"title": "Home", "slug": "", "parent": Uuid::nil()});
    assert_eq!(refusals(below), [("/slug".to_owned(), FieldCode::NotAllowed)]);
}

#[test]
fn everything_that_is_wrong_is_reported_at_once() {
    let draft = json!({
        "title": "t".repeat(301),
        "slug": "A b",
        "position": "0",
        "date": "yesterday",
        "summary": "s".repeat(1_001),
        "tags": ["a", "a ", "", "b\n c"],
        "seo": {"title": "x\ny", "canonical": "javascript:x"},
        "blocks": [{"type": "divider"}, {"type": "hero", "actions": [{"label": "", "link": "nowhere"}]}],
    });
    let expected = [
        ("/slug", FieldCode::Invalid),
        ("/position", FieldCode::Invalid),
        ("/date", FieldCode::Invalid),
        ("/seo/canonical", FieldCode::Invalid),
        ("/blocks/1/actions/0/link", FieldCode::Invalid),
        ("/title", FieldCode::TooLong),
        ("/summary", FieldCode::TooLong),
        ("/tags/1", FieldCode::Duplicate),
        ("/tags/2", FieldCode::Required),
        ("/tags/3", FieldCode::Invalid),
        ("/seo/title", FieldCode::Invalid),
    ];
    let expected: Vec<_> = expected.map(|(pointer, code)| (pointer.to_owned(), code)).to_vec();
    assert_eq!(refusals(draft), expected);
    let many = json!({"title": "", "tags": (0..51).map(|n| n.to_string()).collect::<Vec<_>>(), "seo": {"canonical": "tel:112"}});
    assert_eq!(
        refusals(many),
        [("/tags".to_owned(), FieldCode::TooMany), ("/seo/canonical".to_owned(), FieldCode::NotAllowed)]
    );
}

#[test]
fn unknown_fields_are_refused() {
    let error = serde_json::from_value::<PageDraft>(json!({"title": "", "status": "published"})).unwrap_err();
    assert!(error.to_string().contains("unknown field `status`"), "{error}");
    let spec = KindSpec::of::<Page>();
    let problem = (spec.title)(&json!({"title": "", "slug": "a", "blocks": [], "x": 1})).unwrap_err();
    assert_eq!((problem.pointer.as_str(), problem.code), ("/x", FieldCode::Unknown));
}

#[test]
fn dates_are_kept_in_utc_and_microseconds() {
    let page = page(json!({"title": "A", "date": "2026-03-01T09:00:00.1234567+01:00"})).unwrap();
    assert_eq!(serde_json::to_value(&page).unwrap()["date"], "2026-03-01T08:00:00.123456Z");
}

#[test]
fn the_engine_reads_pages_without_knowing_them() {
    let spec = KindSpec::of::<Page>();
    let body = Page::sample();
    assert_eq!(spec.kind.as_str(), "page");
    assert_eq!((spec.title)(&body).unwrap(), "Our history");
    assert_eq!((spec.route)(&body).unwrap().unwrap().slug.as_str(), "our-history");
    assert_eq!((spec.canonical)(&body).unwrap(), body);
    assert!((spec.check)(&body, Stage::Publish).is_empty());
    let text = (spec.search_text)(&body).unwrap();
    assert_eq!(text.of(Weight::Title), "Our history");
    assert_eq!(text.of(Weight::Body), "We began in 1998.");
    let required: Vec<_> = (spec.references)(&body).unwrap().into_vec();
    assert_eq!((required[0].pointer.as_str(), required[0].required), ("/parent", true));
    let mut untitled = body.clone();
    untitled["title"] = "".into();
    assert!((spec.check)(&untitled, Stage::Save).is_empty());
    assert_eq!((spec.check)(&untitled, Stage::Publish).into_vec()[0].pointer.as_str(), "/title");
}

#[test]
fn bodies_that_are_no_pages_are_problems_and_not_panics() {
    let spec = KindSpec::of::<Page>();
    let deep = (0..100).fold(json!(1), |inner, _| json!([inner]));
    for body in [
        json!(null),
        json!([]),
        json!(7),
        json!({}),
        json!({"title": {}}),
        json!({"title": "", "slug": "", "blocks": [deep]}),
    ] {
        assert!((spec.title)(&body).is_err(), "{body}");
        assert!((spec.route)(&body).is_err());
        assert!((spec.references)(&body).is_err());
        assert!((spec.search_text)(&body).is_err());
        assert!((spec.canonical)(&body).is_err());
        assert_eq!((spec.check)(&body, Stage::Save).into_vec().len(), 1);
    }
}

#[test]
fn old_and_new_versions_are_told_apart() {
    let spec = KindSpec::of::<Page>();
    assert_eq!(spec.lift(1, json!({})), Ok(json!({})));
    assert!(matches!(spec.lift(2, json!({})), Err(UpgradeError::Newer { from: 2, known: 1, .. })));
    assert!(matches!(spec.lift(0, json!({})), Err(UpgradeError::NoSuchVersion { from: 0, .. })));
}

#[test]
fn references_of_the_page_itself_are_found() {
    let id = Uuid::from_u128(7);
    let draft = json!({"title": "A", "parent": id, "image": id, "seo": {"image": id, "canonical": format!("entry:{id}")}});
    let mut found = References::default();
    page(draft).unwrap().references(&mut found);
    let places: Vec<_> = found.iter().map(|reference| reference.pointer.as_str()).collect();
    assert_eq!(places, ["/parent", "/image", "/seo/image", "/seo/canonical"]);
}

#[test]
fn the_text_form_has_every_word() {
    let page = page(json!({"title": "One", "summary": "two", "tags": ["three"], "blocks": [{"type": "rich_text", "markdown": "# four\n\nfive"}]})).unwrap();
    assert_eq!(text_form(&page), "One\ntwo\nthree\nfour\nfive");
}
