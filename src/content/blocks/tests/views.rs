//! What readers get of the blocks that consist of parts: whole when all is public, and no trace of what is not.

use super::super::lists::{PageSort, Wanted, wanted};
use super::*;

const LINK: &str = "entry:019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";

/// The block as somebody sees it to whom everything is public, and as somebody to whom nothing is.
fn both(block: Value) -> (Value, Value) {
    let mut block = block;
    block["id"] = "a".into();
    let hidden = seen(&block, "text", &|_| None);
    assert!(!hidden.to_string().contains(ID), "{hidden}");
    (seen(&block, "text", &public), hidden)
}

fn shown() -> Value {
    serde_json::to_value(image(ID.parse().unwrap())).unwrap()
}

fn about() -> Value {
    json!({"url": "/about", "entry": {"id": ID, "title": "About", "path": "/about"}})
}

#[test]
fn pictures_come_complete_or_not_at_all() {
    let (public, hidden) = both(json!({"type": "image", "image": ID, "caption": "*c*", "link": LINK}));
    assert_eq!(
        public,
        json!({"id": "a", "type": "image", "image": shown(), "caption": {"text": "c"}, "size": "normal", "link": about()})
    );
    assert_eq!(hidden, json!({"id": "a", "type": "image", "image": null, "size": "normal", "link": null}));

    let (public, hidden) =
        both(json!({"type": "gallery", "images": [{"image": Uuid::nil()}, {"image": ID, "caption": "c"}]}));
    let item = json!({"image": shown(), "caption": {"text": "c"}});
    assert_eq!(public, json!({"id": "a", "type": "gallery", "images": [item], "layout": "grid"}));
    assert_eq!(hidden["images"], json!([]));
}

#[test]
fn words_stay_when_what_they_lead_to_is_hidden() {
    let (public, hidden) = both(
        json!({"type": "quote", "text": "t", "attribution": "a", "role": "r", "source": LINK, "image": ID}),
    );
    let words = json!({"id": "a", "type": "quote", "text": {"text": "t"}, "attribution": "a", "role": "r"});
    let with = |source: Value, image: Value| {
        let mut view = words.clone();
        view["source"] = source;
        view["image"] = image;
        view
    };
    assert_eq!((public, hidden), (with(about(), shown()), with(Value::Null, Value::Null)));

    let card = json!({"heading": "h", "text": "t", "image": ID, "link": LINK, "label": "l"});
    let (public, hidden) =
        both(json!({"type": "cards", "heading": "H", "cards": [card, {"heading": "bare"}]}));
    let view = |image: Value, link: Value| json!({"heading": "h", "text": {"text": "t"}, "image": image, "link": link, "label": "l"});
    assert_eq!(public["cards"][0], view(shown(), about()));
    assert_eq!(public["cards"][1], json!({"heading": "bare", "image": null, "link": null}));
    assert_eq!(hidden["cards"][0], view(Value::Null, Value::Null));

    let (public, hidden) = both(json!({"type": "download", "file": ID, "text": "t"}));
    assert_eq!((&public["file"]["id"], &public["file"]["name"]), (&json!(ID), &json!("annual-report.pdf")));
    assert_eq!(hidden, json!({"id": "a", "type": "download", "text": {"text": "t"}, "file": null}));
}

#[test]
fn parts_have_text_of_their_own() {
    let note = "x[^1]\n\n[^1]: y";
    let view = |block: Value| seen(&block, "html", &public);
    let list = view(
        json!({"id": "a", "type": "accordion", "items": [{"heading": "h", "text": note}, {"heading": "i", "text": note}]}),
    );
    for (nth, item) in list["items"].as_array().unwrap().iter().enumerate() {
        let html = item["text"]["html"].as_str().unwrap();
        assert!(html.contains(&format!("id=\"fn-a-{nth}-1\"")), "{html}");
    }
    assert_eq!(
        view(json!({"id": "a", "type": "principles", "ordered": true, "items": [{"heading": "h"}]})),
        json!({"id": "a", "type": "principles", "ordered": true, "items": [{"heading": "h"}]})
    );
    assert_eq!(
        view(json!({"id": "a", "type": "callout", "tone": "warning", "heading": "h", "text": "t"})),
        json!({"id": "a", "type": "callout", "tone": "warning", "heading": "h", "text": {"html": "<p>t</p>\n"}})
    );
    let call = view(
        json!({"id": "a", "type": "call_to_action", "heading": "h", "actions": [{"label": "l", "link": LINK}]}),
    );
    assert_eq!(call["actions"][0], json!({"label": "l", "link": about()}));
}

#[test]
fn lists_are_filled_by_whoever_answers() {
    let view = seen(&json!({"id": "a", "type": "children", "heading": "h", "limit": 1}), "text", &public);
    assert_eq!(view["pages"], json!([serde_json::to_value(PageTeaser::sample()).unwrap()]));
    let view = seen(&json!({"id": "a", "type": "people", "group": "board"}), "text", &public);
    assert_eq!(view["people"][1]["name"], "Ada Example");
    let body = json!({"blocks": [
        {"id": "a", "type": "children"},
        {"id": "b", "type": "children", "depth": 1, "limit": 100},
        {"id": "c", "type": "children", "of": ID, "depth": 3, "limit": 5, "sort": "title"},
        {"id": "d", "type": "children", "depth": "x"},
        {"id": "e", "type": "rich_text", "markdown": "children"},
        {"id": "f", "type": "people", "group": "board"},
        {"id": "g", "type": "people", "people": [ID]},
    ]});
    let own = PagesBelow { of: None, depth: 1, limit: 100, sort: PageSort::Position };
    let other = PagesBelow { of: Some(ID.parse().unwrap()), depth: 3, limit: 5, sort: PageSort::Title };
    let group = PeopleWanted::Group("board".into());
    let these = PeopleWanted::These(vec![ID.parse().unwrap()]);
    let all = [Wanted::Pages(own), Wanted::Pages(other), Wanted::People(group), Wanted::People(these)];
    assert_eq!(wanted(&body), all, "the same is asked once");
    assert_eq!(wanted(&json!({"title": "no blocks"})), []);
}
