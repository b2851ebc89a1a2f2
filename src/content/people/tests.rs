//! Drafts and bodies of people, and the limits of their parts.

use serde_json::{Value, json};
use uuid::Uuid;

use super::language::Language;
use super::{Group, Person, PersonDraft};
use crate::documents::body::{Document, Problems, SearchText, Stage};
use crate::platform::problem::field::FieldCode;

fn person(fields: &Value) -> Result<Person, Vec<(String, FieldCode)>> {
    let mut body = json!({ "name": "Ada Example" });
    if let (Some(body), Value::Object(fields)) = (body.as_object_mut(), fields) {
        body.extend(fields.clone());
    }
    Person::from_draft(body, &mut || Uuid::from_u128(1))
        .map_err(|problems| problems.iter().map(|one| (one.pointer.as_str().to_owned(), one.code)).collect())
}

#[test]
fn the_samples_are_what_they_show() {
    let body: Person = serde_json::from_value(Person::sample()).unwrap();
    let mut problems = Problems::default();
    body.check(Stage::Publish, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(serde_json::to_value(&body).unwrap(), Person::sample());
    let draft: PersonDraft = serde_json::from_value(PersonDraft::sample()).unwrap();
    let made = draft.into_person(&mut Uuid::nil).unwrap();
    assert_eq!(made.slug.as_str(), "ada-example");
    assert_eq!(made.links[0].url.as_str(), "mailto:ada@example.org");
    assert!(!made.links[0].is_shown());
}

#[test]
fn a_body_sent_back_as_a_draft_is_the_same() {
    let body: Person = serde_json::from_value(Person::sample()).unwrap();
    assert_eq!(Person::from_draft(Person::sample(), &mut Uuid::nil).unwrap(), body);
}

#[test]
fn mail_and_numbers_are_private_unless_said_to_be_public() {
    let shown = |link: Value| person(&json!({ "links": [link] })).unwrap().links[0].is_shown();
    for (kind, url) in
        [("email", "ada@example.org"), ("email", "MAILTO:ada@example.org"), ("phone", "+49 (30) 555/0100")]
    {
        assert!(!shown(json!({ "kind": kind, "url": url })), "{url}");
        assert!(!shown(json!({ "kind": kind, "url": url, "public": false })), "{url}");
        assert!(shown(json!({ "kind": kind, "url": url, "public": true })), "{url}");
    }
    for kind in ["website", "mastodon", "linkedin", "orcid", "other"] {
        assert!(shown(json!({ "kind": kind, "url": "https://example.org" })), "{kind}");
        // What is private cannot be smuggled in as something else.
        for url in
            ["mailto:ada@example.org", "tel:5550100", "/ada", "entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41"]
        {
            let refused = person(&json!({ "links": [{ "kind": kind, "url": url }] })).unwrap_err();
            assert_eq!(refused, [("/links/0/url".to_owned(), FieldCode::NotAllowed)], "{kind} {url}");
        }
    }
    let refused = person(&json!({ "links": [{ "kind": "phone", "url": "call me" }] })).unwrap_err();
    assert_eq!(refused, [("/links/0/url".to_owned(), FieldCode::Invalid)]);
}

#[test]
fn nothing_that_lists_and_searches_keep_has_a_way_to_reach_somebody() {
    let links = json!([{ "kind": "email", "url": "hidden@example.org", "label": "hidden" }]);
    let person = person(&json!({ "links": links, "roles": ["Chair"] })).unwrap();
    let mut words = SearchText::default();
    person.search_text(&mut words);
    assert!(!words.all().contains("hidden"), "{}", words.all());
    let listing = format!("{:?}", person.listing());
    assert!(!listing.contains("hidden"), "{listing}");
}

#[test]
fn languages_and_groups_are_named_in_one_way() {
    for good in ["en", "gsw", "pt-BR", "zh-Hant", "zh-Hant-TW", "es-419"] {
        assert!(Language::try_from(good.to_owned()).is_ok(), "{good}");
    }
    for bad in [
        "",
        "e",
        "EN",
        "en-",
        "en-us",
        "zh-hant",
        "english",
        "pt-BR-BR",
        "de-1996",
        "\u{e9}n",
        "zh-\u{c9}abc",
    ] {
        assert!(Language::try_from(bad.to_owned()).is_err(), "{bad}");
    }
    for good in ["board", "fellows-2026", "1"] {
        assert!(Group::try_from(good.to_owned()).is_ok(), "{good}");
    }
    for bad in ["", "Board", "a b", "a_b", "\u{e9}", &"a".repeat(61)] {
        assert!(Group::try_from(bad.to_owned()).is_err(), "{bad}");
    }
}

#[test]
fn who_has_no_page_has_no_place_in_the_tree() {
    let parent = Uuid::from_u128(7);
    let with = person(&json!({ "has_page": true, "parent": parent })).unwrap();
    assert_eq!(with.route().unwrap().parent, Some(parent));
    let without = person(&json!({ "parent": parent })).unwrap();
    assert!(without.route().is_none());
    assert!(without.relocated(None, None, crate::documents::position::Position::default()).is_none());
}
