//! What a save refuses of the blocks that consist of parts, and what a publication asks for.

use super::*;

fn found(more: Value, stage: Stage) -> Vec<(String, FieldCode)> {
    let mut block = more;
    block["id"] = "a".into();
    let strip =
        |(pointer, code): (String, FieldCode)| (pointer.trim_start_matches("/blocks/0").to_owned(), code);
    problems(&block, stage).into_iter().map(strip).collect()
}

#[test]
fn a_save_refuses_what_is_too_much() {
    let heading = "h".repeat(301);
    for (block, pointer, code) in [
        (
            json!({"type": "gallery", "images": vec![json!({"image": ID}); 101]}),
            "/images",
            FieldCode::TooMany,
        ),
        (json!({"type": "quote", "attribution": heading}), "/attribution", FieldCode::TooLong),
        (json!({"type": "quote", "role": "a\nb"}), "/role", FieldCode::Invalid),
        (json!({"type": "callout", "heading": heading}), "/heading", FieldCode::TooLong),
        (json!({"type": "call_to_action", "heading": heading}), "/heading", FieldCode::TooLong),
        (
            json!({"type": "call_to_action", "actions": vec![json!({"label": "l", "link": "/"}); 5]}),
            "/actions",
            FieldCode::TooMany,
        ),
        (json!({"type": "cards", "cards": vec![json!({}); 101]}), "/cards", FieldCode::TooMany),
        (json!({"type": "cards", "cards": [{"heading": heading}]}), "/cards/0/heading", FieldCode::TooLong),
        (
            json!({"type": "cards", "cards": [{"label": "l".repeat(101)}]}),
            "/cards/0/label",
            FieldCode::TooLong,
        ),
        (json!({"type": "accordion", "items": vec![json!({}); 201]}), "/items", FieldCode::TooMany),
        (
            json!({"type": "accordion", "items": [{"heading": heading}]}),
            "/items/0/heading",
            FieldCode::TooLong,
        ),
        (json!({"type": "principles", "items": vec![json!({}); 201]}), "/items", FieldCode::TooMany),
        (
            json!({"type": "principles", "items": [{"heading": heading}]}),
            "/items/0/heading",
            FieldCode::TooLong,
        ),
        (json!({"type": "children", "depth": 0}), "/depth", FieldCode::Invalid),
        (json!({"type": "children", "depth": 4}), "/depth", FieldCode::Invalid),
        (json!({"type": "children", "limit": 0}), "/limit", FieldCode::Invalid),
        (json!({"type": "children", "limit": 101}), "/limit", FieldCode::Invalid),
        (json!({"type": "children", "heading": heading}), "/heading", FieldCode::TooLong),
        (json!({"type": "download", "heading": heading}), "/heading", FieldCode::TooLong),
        (json!({"type": "people", "heading": heading}), "/heading", FieldCode::TooLong),
        (json!({"type": "people", "people": vec![ID; 101]}), "/people", FieldCode::TooMany),
        (json!({"type": "people", "group": "board", "people": [ID]}), "/people", FieldCode::NotAllowed),
    ] {
        assert_eq!(found(block.clone(), Stage::Save), [(pointer.to_owned(), code)], "{block}");
    }
}

#[test]
fn a_publication_asks_for_what_readers_are_shown() {
    for (block, expected) in [
        (json!({"type": "image"}), vec!["/image"]),
        (json!({"type": "gallery"}), vec!["/images"]),
        (json!({"type": "quote", "text": " "}), vec!["/text"]),
        (json!({"type": "callout"}), vec!["/text"]),
        (
            json!({"type": "call_to_action", "actions": [{"label": "", "link": "/"}]}),
            vec!["/heading", "/actions/0/label"],
        ),
        (json!({"type": "cards"}), vec!["/cards"]),
        (json!({"type": "cards", "cards": [{}, {"heading": "h"}]}), vec!["/cards/0/heading"]),
        (json!({"type": "accordion"}), vec!["/items"]),
        (json!({"type": "accordion", "items": [{}]}), vec!["/items/0/heading", "/items/0/text"]),
        (json!({"type": "principles"}), vec!["/items"]),
        (json!({"type": "principles", "items": [{}]}), vec!["/items/0/heading"]),
        (json!({"type": "children"}), vec![]),
        (json!({"type": "download"}), vec!["/file"]),
        (json!({"type": "people"}), vec!["/group"]),
        (json!({"type": "people", "people": [ID]}), vec![]),
    ] {
        assert_eq!(found(block.clone(), Stage::Save), [], "{block}");
        let places: Vec<_> = found(block.clone(), Stage::Publish)
            .into_iter()
            .inspect(|(_, code)| assert_eq!(*code, FieldCode::Required))
            .map(|(pointer, _)| pointer)
            .collect();
        assert_eq!(places, expected, "{block}");
    }
}

#[test]
fn what_every_reader_pays_for_is_bounded() {
    let list = |count: usize| {
        let block = |nth: usize| json!({"id": format!("b{nth}"), "type": if nth.is_multiple_of(2) { "children" } else { "people" }});
        let blocks = read(&Value::Array((0..count).map(block).collect())).unwrap();
        let mut found = Problems::default();
        blocks.check(Stage::Save, &Pointer::root().field("blocks"), &mut found);
        found.into_vec()
    };
    assert!(list(20).is_empty());
    let found = list(21);
    assert_eq!((found[0].pointer.as_str(), found[0].code), ("/blocks", FieldCode::TooMany));
    let drafts = vec![BlockDraft(json!({"type": "children"})); 21];
    let (mut problems, mut made) = (Problems::default(), 0);
    let mut ids = || {
        made += 1;
        Uuid::from_u128(made)
    };
    Blocks::from_drafts(drafts, &mut ids, &Pointer::root().field("blocks"), &mut problems);
    assert_eq!(problems.into_vec()[0].code, FieldCode::TooMany);
}

#[test]
fn what_is_not_of_its_list_is_refused() {
    for (block, pointer, code) in [
        (json!({"type": "image", "size": "huge"}), "/size", FieldCode::Invalid),
        (json!({"type": "image", "image": "x"}), "/image", FieldCode::Invalid),
        (json!({"type": "image", "link": "javascript:x"}), "/link", FieldCode::Invalid),
        (json!({"type": "gallery", "images": [{"caption": "c"}]}), "/images/0/image", FieldCode::Required),
        (json!({"type": "gallery", "layout": "pile"}), "/layout", FieldCode::Invalid),
        (json!({"type": "quote", "source": "nowhere"}), "/source", FieldCode::Invalid),
        (json!({"type": "callout", "tone": "loud"}), "/tone", FieldCode::Invalid),
        (json!({"type": "cards", "cards": [{"title": "t"}]}), "/cards/0/title", FieldCode::Unknown),
        (json!({"type": "accordion", "items": [{"text": 1}]}), "/items/0/text", FieldCode::WrongType),
        (json!({"type": "children", "sort": "age"}), "/sort", FieldCode::Invalid),
        (json!({"type": "children", "depth": 300}), "/depth", FieldCode::Invalid),
        (json!({"type": "download", "file": 1}), "/file", FieldCode::WrongType),
        (json!({"type": "people", "group": "The Board"}), "/group", FieldCode::Invalid),
    ] {
        let mut block = block;
        block["id"] = "a".into();
        assert_eq!(refusal(&json!([block])), (format!("/blocks/0{pointer}"), code), "{block}");
    }
}
