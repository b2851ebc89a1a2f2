//! What is found in blocks of every type: references and words.

use super::*;

#[test]
fn references_are_found_everywhere() {
    let link = format!("[x](entry:{ID}) [y](entry:{ID}#z)");
    let blocks = read(&json!([
        {"id": "a", "type": "rich_text", "markdown": link},
        {"id": "b", "type": "hero", "heading": "", "text": link, "image": ID, "actions": [{"label": "", "link": "/"}, {"label": "", "link": format!("entry:{ID}")}]},
        {"id": "c", "type": "embed", "provider": "video", "media_id": format!("entry:{ID}"), "kind": "video", "description": link, "transcript": link},
        {"id": "d", "type": "table", "columns": [{"header": link}], "rows": [["x"], [link]]},
        {"id": "e", "type": "new", "link": format!("entry:{ID}")},
        {"id": "f", "type": "embed", "url": "https://vimeo.com/123456789", "thumbnail": ID, "transcript_entry": ID},
        {"id": "g", "type": "image", "image": ID, "caption": link, "link": format!("entry:{ID}")},
        {"id": "h", "type": "gallery", "images": [{"image": ID, "caption": link}]},
        {"id": "i", "type": "quote", "text": link, "source": format!("entry:{ID}"), "image": ID},
        {"id": "j", "type": "callout", "text": link},
        {"id": "k", "type": "call_to_action", "text": link, "actions": [{"label": "", "link": format!("entry:{ID}")}]},
        {"id": "l", "type": "cards", "text": link, "cards": [{"text": link, "image": ID, "link": format!("entry:{ID}")}]},
        {"id": "m", "type": "accordion", "items": [{}, {"text": link}]},
        {"id": "n", "type": "principles", "text": link, "items": [{"text": link}]},
        {"id": "o", "type": "children", "text": link, "of": ID},
        {"id": "p", "type": "download", "file": ID, "text": link},
        {"id": "q", "type": "people", "text": link, "people": [ID]},
    ]))
    .unwrap();
    let mut found = References::default();
    blocks.references(&Pointer::root().field("b"), &mut found);
    let places: Vec<_> = found.iter().map(|reference| reference.pointer.as_str()).collect();
    let expected = [
        "/b/0/markdown",
        "/b/1/text",
        "/b/1/image",
        "/b/1/actions/1/link",
        "/b/2/media_id",
        "/b/2/description",
        "/b/2/transcript",
        "/b/3/columns/0/header",
        "/b/3/rows/1/0",
        "/b/5/thumbnail",
        "/b/5/transcript_entry",
        "/b/6/image",
        "/b/6/caption",
        "/b/6/link",
        "/b/7/images/0/image",
        "/b/7/images/0/caption",
        "/b/8/text",
        "/b/8/source",
        "/b/8/image",
        "/b/9/text",
        "/b/10/text",
        "/b/10/actions/0/link",
        "/b/11/text",
        "/b/11/cards/0/text",
        "/b/11/cards/0/image",
        "/b/11/cards/0/link",
        "/b/12/items/1/text",
        "/b/13/text",
        "/b/13/items/0/text",
        "/b/14/text",
        "/b/14/of",
        "/b/15/file",
        "/b/15/text",
        "/b/16/text",
        "/b/16/people/0",
    ];
    assert_eq!(places, expected);
    assert!(found.iter().all(|reference| reference.target.to_string() == ID && !reference.required));
}

#[test]
fn search_finds_every_word() {
    let blocks = read(&json!([
        {"id": "a", "type": "rich_text", "markdown": "*one*"},
        {"id": "b", "type": "hero", "heading": "two", "text": "three", "actions": [{"label": "four", "link": "/"}]},
        {"id": "c", "type": "embed", "provider": "ted", "media_id": "m", "kind": "video", "title": "five", "description": "six", "transcript": "seven"},
        {"id": "d", "type": "code", "code": "eight", "caption": "nine"},
        {"id": "e", "type": "table", "caption": "ten", "columns": [{"header": "eleven"}, {"header": "twelve"}], "rows": [["**13**", "14"]]},
        {"id": "f", "type": "image", "caption": "15"},
        {"id": "g", "type": "gallery", "images": [{"image": ID, "caption": "16"}]},
        {"id": "h", "type": "quote", "text": "17", "attribution": "18", "role": "19"},
        {"id": "i", "type": "callout", "heading": "20", "text": "21"},
        {"id": "j", "type": "call_to_action", "heading": "22", "text": "23", "actions": [{"label": "24", "link": "/"}]},
        {"id": "k", "type": "cards", "heading": "25", "text": "26", "cards": [{"heading": "27", "text": "28", "label": "29"}]},
        {"id": "l", "type": "accordion", "heading": "30", "items": [{"heading": "31", "text": "32"}]},
        {"id": "m", "type": "principles", "heading": "33", "text": "34", "items": [{"heading": "35", "text": "36"}]},
        {"id": "n", "type": "children", "heading": "37", "text": "38"},
        {"id": "o", "type": "download", "heading": "39", "text": "40"},
        {"id": "p", "type": "people", "heading": "41", "text": "42", "group": "board"},
    ]))
    .unwrap();
    let mut text = SearchText::default();
    blocks.search_text(&mut text);
    assert_eq!(
        text.all(),
        format!(
            "one\ntwo\nthree\nfour\nfive\nsix\nseven\nnine\neight\nten\neleven\ttwelve\n13\t14\n{}",
            (15..=42).map(|n| n.to_string()).collect::<Vec<_>>().join("\n")
        )
    );
}
