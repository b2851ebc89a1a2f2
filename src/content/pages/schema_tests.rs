//! Whether the schemas say the truth: examples, random pages and refusals are held against them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    draft::PageDraft,
    model::Page,
    tests::{ids, page},
};
use crate::{
    content::{
        blocks::{
            Block,
            draft::BlockDraft,
            view::{BlockView, Reader},
        },
        text::forms::TextForms,
    },
    documents::kind::KindSpec,
    platform::problem::field::FieldProblem,
};

/// The schema of a type with everything that it refers to, as it would stand in the API's document.
fn described<T: ToSchema>() -> Value {
    let mut schemas = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut schemas);
    let components: Map<_, _> =
        schemas.into_iter().map(|(name, schema)| (name, serde_json::to_value(schema).unwrap())).collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/components/schemas/{}", T::name()),
        "components": {"schemas": components},
    })
}

fn validator(document: &Value) -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(document).unwrap()
}

fn assert_valid(validator: &jsonschema::Validator, value: &Value) {
    let errors: Vec<_> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?} in {value}");
}

/// Collects every place in a schema that has no description, or no example where one is due.
fn undescribed(name: &str, schema: &Value, missing: &mut Vec<String>) {
    if schema.get("description").is_none() {
        missing.push(name.to_owned());
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    for (property, inner) in properties.into_iter().flatten() {
        let in_one_of = inner
            .get("oneOf")
            .and_then(Value::as_array)
            .is_some_and(|items| items.iter().any(|item| item.get("description").is_some()));
        if !in_one_of {
            undescribed(&format!("{name}.{property}"), inner, missing);
        }
    }
}

fn assert_complete<T: ToSchema>() {
    let document = described::<T>();
    let (mut missing, mut names) = (Vec::new(), BTreeSet::new());
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        undescribed(name, schema, &mut missing);
        let examples = schema["examples"].as_array();
        if examples.is_none_or(Vec::is_empty) {
            missing.push(format!("{name} has no example"));
        }
        let mut own = document.clone();
        own["$ref"] = format!("#/components/schemas/{name}").into();
        let validator = validator(&own);
        for example in examples.into_iter().flatten() {
            assert_valid(&validator, example);
        }
        names.insert(name.clone());
    }
    assert!(missing.is_empty(), "without description or example: {missing:#?}");
    let text = document.to_string();
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(names.contains(name), "{name} is referred to and not there");
    }
}

#[test]
fn schemas_are_complete_and_their_examples_valid() {
    assert_complete::<Page>();
    assert_complete::<PageDraft>();
    assert_complete::<BlockView>();
    assert_complete::<FieldProblem>();
}

#[test]
fn samples_pass_their_own_checks() {
    let draft: PageDraft = serde_json::from_value(PageDraft::sample()).unwrap();
    assert!(draft.into_page(&mut ids()).is_ok());
    let blocks = described::<Block>();
    for (name, schema) in blocks["components"]["schemas"].as_object().unwrap() {
        for example in schema["examples"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|example| example.get("type").is_some() && name.ends_with("Block"))
        {
            let problems = page(json!({"title": "A", "blocks": [example]})).err();
            assert_eq!(problems, None, "{name}");
        }
    }
}

#[test]
fn the_schema_refuses_what_the_checks_refuse() {
    let validator = validator(&described::<PageDraft>());
    let block = |block: Value| json!({"title": "A", "blocks": [block]});
    assert_valid(&validator, &block(json!({"type": "hologram", "anything": [1]})));
    for bad in [
        json!({}),
        json!({"title": "t".repeat(301)}),
        json!({"title": "A", "slug": "a/b"}),
        json!({"title": "A", "slug": ".."}),
        json!({"title": "A", "slug": "About"}),
        json!({"title": "A", "position": "a0"}),
        json!({"title": "A", "status": "live"}),
        json!({"title": "A", "date": "yesterday"}),
        json!({"title": "A", "seo": {"canonical": ""}}),
        block(json!({})),
        block(json!({"type": "divider", "x": 1})),
        block(json!({"type": "Divider"})),
        block(json!({"type": "rich_text"})),
        block(json!({"type": "rich_text", "markdown": "a\0"})),
        block(json!({"type": "hero", "actions": [{"label": "l", "link": "javascript:x"}]})),
        block(json!({"type": "hero", "actions": [{"label": "l", "link": "//example.org"}]})),
        block(json!({"type": "embed", "provider": "YouTube", "media_id": "x", "kind": "video"})),
        block(json!({"type": "embed", "provider": "youtube", "media_id": "<iframe>", "kind": "video"})),
        block(json!({"type": "embed", "provider": "youtube", "media_id": "abcdefg", "kind": "film"})),
        block(json!({"type": "table", "columns": [], "rows": []})),
        block(json!({"id": "a b", "type": "divider"})),
        block(json!({"type": "image", "size": "huge"})),
        block(json!({"type": "gallery", "images": [{}]})),
        block(json!({"type": "callout", "tone": "loud"})),
        block(json!({"type": "cards", "cards": [{"title": "t"}]})),
        block(json!({"type": "children", "depth": 4})),
        block(json!({"type": "people", "group": "The Board"})),
        block(json!({"type": "embed", "url": 7})),
    ] {
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}

#[test]
fn a_stored_block_has_an_id_and_a_draft_need_not() {
    let block = json!({"type": "divider"});
    assert!(!validator(&described::<Block>()).is_valid(&block));
    let drafts = validator(&described::<BlockDraft>());
    assert!(drafts.is_valid(&block));
    assert!(drafts.is_valid(&json!({"id": null, "type": "divider"})));
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 .,*_#|<>\u{e9}\u{4e2d}\\[\\]()`-]{0,40}",
        Just("[x](entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41)".to_owned()),
    ]
}

fn address() -> impl Strategy<Value = String> {
    prop_oneof![
        "/[a-z0-9/?=#]{0,10}".prop_filter("one slash", |path| !path.starts_with("//")),
        "https://[a-z]{1,8}\\.example/[a-z0-9%]{0,8}",
        "(mailto:[a-z]{1,5}@example\\.org|tel:\\+[0-9]{3,9})",
        any::<u128>().prop_map(|id| format!("entry:{}", Uuid::from_u128(id))),
    ]
}

fn block() -> impl Strategy<Value = Value> {
    let action = (words(), address()).prop_map(|(label, link)| json!({"label": label, "link": link}));
    let cells = (1_usize..5).prop_flat_map(|width| {
        let row = || prop::collection::vec(words(), width);
        (row(), prop::collection::vec(row(), 0..4))
    });
    prop_oneof![
        words().prop_map(|text| json!({"type": "rich_text", "markdown": text})),
        (words(), words(), prop::option::of(any::<u128>()), prop::collection::vec(action, 0..=4)).prop_map(|(heading, text, image, actions)| {
            json!({"type": "hero", "heading": heading, "text": text, "image": image.map(Uuid::from_u128), "actions": actions})
        }),
        ("[0-9]{1,9}", words(), prop::option::of("[1-9][0-9]?:[1-9]"), words()).prop_map(|(media_id, title, ratio, text)| {
            json!({"type": "embed", "provider": "vimeo", "media_id": media_id, "title": title, "kind": "video", "aspect_ratio": ratio, "transcript": text})
        }),
        ("[a-z0-9+#]{0,5}", "[^\0]{0,60}", words()).prop_map(|(language, code, caption)| {
            json!({"type": "code", "language": language, "code": code, "caption": caption})
        }),
        (words(), cells).prop_map(|(caption, (header, rows))| {
            let columns: Vec<_> = header.iter().map(|header| json!({"header": header, "align": "left"})).collect();
            json!({"type": "table", "caption": caption, "columns": columns, "rows": rows})
        }),
        Just(json!({"type": "divider"})),
        of_parts(),
        ("x[a-z]{1,8}", any::<i64>(), words()).prop_map(|(kind, number, text)| json!({"type": kind, "n": number, "deep": {"t": [text, null]}})),
    ]
}

fn entry() -> impl Strategy<Value = Option<Uuid>> {
    prop::option::of(any::<u128>().prop_map(Uuid::from_u128))
}

/// Blocks that consist of parts.
fn of_parts() -> impl Strategy<Value = Value> {
    let card = (words(), words(), entry(), prop::option::of(address()), words()).prop_map(
        |(heading, text, image, link, label)| json!({"heading": heading, "text": text, "image": image, "link": link, "label": label}),
    );
    let picture = (any::<u128>(), words())
        .prop_map(|(image, caption)| json!({"image": Uuid::from_u128(image), "caption": caption}));
    let item = || {
        prop::collection::vec(
            (words(), words()).prop_map(|(heading, text)| json!({"heading": heading, "text": text})),
            0..4,
        )
    };
    let sort = prop_oneof![Just("position"), Just("-published_at"), Just("title")];
    prop_oneof![
        (entry(), words(), prop::option::of(address()), prop_oneof![Just("normal"), Just("wide"), Just("full")])
            .prop_map(|(image, caption, link, size)| json!({"type": "image", "image": image, "caption": caption, "link": link, "size": size})),
        (prop::collection::vec(picture, 0..4), prop_oneof![Just("grid"), Just("carousel")])
            .prop_map(|(images, layout)| json!({"type": "gallery", "images": images, "layout": layout})),
        (words(), words(), words(), prop::option::of(address()), entry()).prop_map(|(text, who, role, source, image)| {
            json!({"type": "quote", "text": text, "attribution": who, "role": role, "source": source, "image": image})
        }),
        (prop_oneof![Just("note"), Just("tip"), Just("warning"), Just("important")], words(), words())
            .prop_map(|(tone, heading, text)| json!({"type": "callout", "tone": tone, "heading": heading, "text": text})),
        (words(), words(), words(), address()).prop_map(|(heading, text, label, link)| {
            json!({"type": "call_to_action", "heading": heading, "text": text, "actions": [{"label": label, "link": link}]})
        }),
        (words(), words(), prop::collection::vec(card, 0..4))
            .prop_map(|(heading, text, cards)| json!({"type": "cards", "heading": heading, "text": text, "cards": cards})),
        (words(), item()).prop_map(|(heading, items)| json!({"type": "accordion", "heading": heading, "items": items})),
        (words(), words(), any::<bool>(), item()).prop_map(|(heading, text, ordered, items)| {
            json!({"type": "principles", "heading": heading, "text": text, "ordered": ordered, "items": items})
        }),
        (words(), entry(), prop::option::of(1..=3_u8), prop::option::of(1..=100_u8), sort).prop_map(
            |(text, of, depth, limit, sort)| json!({"type": "children", "text": text, "of": of, "depth": depth, "limit": limit, "sort": sort})
        ),
        (words(), prop::option::of("[a-z-]{1,9}"), prop::collection::vec(any::<u128>(), 1..3)).prop_map(|(text, group, people)| {
            let people = group.is_none().then(|| people.into_iter().map(Uuid::from_u128).collect::<Vec<_>>());
            json!({"type": "people", "text": text, "group": group, "people": people})
        }),
        (entry(), words(), words()).prop_map(|(file, heading, text)| json!({"type": "download", "file": file, "heading": heading, "text": text})),
        ("[A-Za-z0-9_-]{6,12}", words(), entry(), entry(), prop::option::of(0..360_000_u32)).prop_map(|(id, title, thumbnail, transcript, start)| {
            let url = format!("https://youtu.be/{id}?si=x");
            json!({"type": "embed", "url": url, "title": title, "thumbnail": thumbnail, "transcript_entry": transcript, "start": start})
        }),
    ]
}

fn draft() -> impl Strategy<Value = Value> {
    let tags = prop::collection::btree_set("[a-z\u{e9}]{1,10}", 0..5);
    let head = (
        words(),
        prop::option::of("[a-z0-9\u{e9}-]{1,20}"),
        prop::option::of(any::<u128>()),
        0_i64..200_000_000_000,
    );
    (head, words(), tags, address(), any::<bool>(), prop::collection::vec(block(), 0..6)).prop_map(
        |((title, slug, parent, date), summary, tags, canonical, noindex, blocks)| {
            let date = chrono::DateTime::from_timestamp(date, 123_456_789).map(|date| date.to_rfc3339());
            let canonical = (!canonical.starts_with(['m', 't'])).then_some(canonical);
            json!({
                "title": title, "slug": slug, "parent": parent.map(Uuid::from_u128), "date": date, "summary": summary, "tags": tags,
                "seo": {"canonical": canonical, "noindex": noindex}, "blocks": blocks,
            })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pages_fit_their_schema_and_come_back(draft in draft()) {
        thread_local! {
            static VALIDATORS: [jsonschema::Validator; 3] =
                [validator(&described::<PageDraft>()), validator(&described::<Page>()), validator(&described::<BlockView>())];
        }
        VALIDATORS.with(|[of_draft, of_page, of_view]| {
            assert_valid(of_draft, &draft);
            let page = page(draft).unwrap();
            let stored = serde_json::to_value(&page).unwrap();
            assert_valid(of_page, &stored);
            assert_eq!(serde_json::from_value::<Page>(stored.clone()).unwrap(), page);
            assert_eq!((KindSpec::of::<Page>().canonical)(&stored).unwrap(), stored);
            let again = PageDraft::try_from(&page).unwrap().into_page(&mut ids()).unwrap();
            assert_eq!(again, page);
            let forms = TextForms { html: true, markdown: true, text: true };
            for block in &page.blocks {
                let view = block.view(Reader { forms, links: &|_| None, images: &|_| None, lists: &() });
                assert_valid(of_view, &serde_json::to_value(view).unwrap());
            }
        });
    }
}
