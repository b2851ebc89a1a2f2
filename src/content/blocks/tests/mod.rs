//! Blocks in JSON: what is read, what is refused and where, what readers get of them.

mod embeds;
mod found;
mod rules;
mod views;

use serde_json::json;
use uuid::Uuid;

use super::lists::{Lists, PageTeaser, PagesBelow, PeopleWanted, PersonTeaser};
use super::{draft::BlockDraft, list::Blocks, *};
use crate::content::media::public::{FileView, ImageView, Images};
use crate::content::text::{
    forms::TextForms,
    links::{Links, Target},
};

const ID: &str = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";

fn read(value: &Value) -> Result<Blocks, FieldProblem> {
    read_json(&json!({"blocks": value})).map(|holder: Holder| holder.blocks)
}

#[derive(Debug, Deserialize)]
struct Holder {
    blocks: Blocks,
}

fn refusal(value: &Value) -> (String, FieldCode) {
    let problem = read(value).unwrap_err();
    (problem.pointer.to_string(), problem.code)
}

fn problems(value: &Value, stage: Stage) -> Vec<(String, FieldCode)> {
    let blocks = read(&json!([value])).unwrap();
    let mut found = Problems::default();
    blocks.check(stage, &Pointer::root().field("blocks"), &mut found);
    found.iter().map(|problem| (problem.pointer.to_string(), problem.code)).collect()
}

fn public(id: Uuid) -> Option<Target> {
    (id.to_string() == ID).then(|| Target { path: "/about".into(), title: "About".into() })
}

fn image(id: Uuid) -> ImageView {
    ImageView { id, ..ImageView::sample() }
}

/// Whatever links lead to is also a picture and a file.
struct Library<'a>(&'a dyn Links);

impl Images for Library<'_> {
    fn image(&self, id: Uuid) -> Option<ImageView> {
        self.0.target(id).map(|_| image(id))
    }

    fn file(&self, id: Uuid) -> Option<FileView> {
        self.0.target(id).map(|_| FileView { id, ..FileView::sample() })
    }
}

/// As many pages as are asked for at most, up to two.
struct Two;

impl Lists for Two {
    fn pages(&self, wanted: PagesBelow) -> Vec<PageTeaser> {
        vec![PageTeaser::sample(); usize::from(wanted.limit.min(2))]
    }

    fn people(&self, _wanted: &PeopleWanted) -> Vec<PersonTeaser> {
        vec![PersonTeaser::sample(); 2]
    }
}

fn seen(value: &Value, forms: &str, links: &dyn Links) -> Value {
    let blocks = read(&json!([value])).unwrap();
    let forms = forms.parse::<TextForms>().unwrap();
    let view =
        blocks.iter().next().unwrap().view(Reader { forms, links, images: &Library(links), lists: &Two });
    serde_json::to_value(view).unwrap()
}

#[test]
fn blocks_come_back_as_they_were() {
    let stored = json!([
        {"id": "a", "type": "rich_text", "markdown": "x"},
        {"id": "b", "type": "hero", "heading": "h", "actions": [{"label": "l", "link": "/x"}]},
        {"id": "c", "type": "embed", "provider": "ted", "media_id": "m", "title": "t", "kind": "audio"},
        {"id": "d", "type": "code", "code": "c"},
        {"id": "e", "type": "table", "columns": [{"header": "h", "align": "right"}], "rows": [["1"]]},
        {"id": "f", "type": "divider"},
        {"id": "h", "type": "image", "image": ID, "caption": "c", "size": "full", "link": "/x"},
        {"id": "i", "type": "gallery", "images": [{"image": ID, "caption": "c"}, {"image": ID}], "layout": "carousel"},
        {"id": "j", "type": "quote", "text": "t", "attribution": "a", "role": "r", "source": "/x", "image": ID},
        {"id": "k", "type": "callout", "tone": "tip", "heading": "h", "text": "t"},
        {"id": "l", "type": "call_to_action", "heading": "h", "text": "t", "actions": [{"label": "l", "link": "/x"}]},
        {"id": "m", "type": "cards", "heading": "h", "text": "t", "cards": [{"heading": "h", "text": "t", "image": ID, "link": "/x", "label": "l"}, {"heading": ""}]},
        {"id": "n", "type": "accordion", "heading": "h", "items": [{"heading": "h", "text": "t"}]},
        {"id": "o", "type": "principles", "heading": "h", "text": "t", "ordered": true, "items": [{"heading": "h", "text": "t"}, {"heading": "h"}]},
        {"id": "p", "type": "children", "heading": "h", "text": "t", "of": ID, "depth": 2, "limit": 3, "sort": "-published_at"},
        {"id": "r", "type": "people", "heading": "h", "text": "t", "group": "board"},
        {"id": "q", "type": "download", "file": ID, "heading": "h", "text": "t"},
        {"id": "g", "type": "hologram", "depth": 1.5, "nested": {"a": [null, {"type": "x"}]}, "big": 18_446_744_073_709_551_615_u64},
    ]);
    let blocks = read(&stored).unwrap();
    assert_eq!(serde_json::to_value(&blocks).unwrap(), stored);
    let kinds: Vec<_> = blocks.iter().map(|block| block.content.kind()).collect();
    let (last, known) = kinds.split_last().unwrap();
    assert_eq!((known, *last), (KNOWN_TYPES.as_slice(), "hologram"));
}

#[test]
fn every_union_has_every_type() {
    let mut known = KNOWN_TYPES;
    known.sort_unstable();
    for schema in [Block::schema(), BlockDraft::schema(), view::BlockView::schema()] {
        let schema = serde_json::to_value(schema).unwrap();
        assert_eq!(schema["oneOf"].as_array().unwrap().len(), 2, "the known types and the unknown ones");
        let union = &schema["oneOf"][0];
        let mapping = union["discriminator"]["mapping"].as_object().unwrap();
        assert_eq!(mapping.keys().map(String::as_str).collect::<Vec<_>>(), known);
        assert_eq!(union["oneOf"].as_array().unwrap().len(), known.len());
    }
}

#[test]
fn what_is_empty_is_not_stored() {
    let blocks = read(
        &json!([
            {"id": "b", "type": "hero", "heading": "h", "text": null, "image": null, "actions": null},
            {"id": "c", "type": "image", "image": null, "caption": null, "size": null, "link": null},
            {"id": "d", "type": "gallery", "images": null, "layout": "grid"},
            {"id": "e", "type": "cards", "heading": "", "text": "", "cards": [{"heading": null, "text": null, "image": null, "link": null, "label": ""}]},
            {"id": "f", "type": "principles", "ordered": false},
            {"id": "g", "type": "children", "of": null, "depth": null, "limit": null, "sort": "position"},
            {"id": "h", "type": "callout"},
            {"id": "i", "type": "people", "group": null, "people": null},
        ]),
    )
    .unwrap();
    assert_eq!(
        serde_json::to_value(&blocks).unwrap(),
        json!([
            {"id": "b", "type": "hero", "heading": "h"},
            {"id": "c", "type": "image"},
            {"id": "d", "type": "gallery", "images": []},
            {"id": "e", "type": "cards", "cards": [{"heading": ""}]},
            {"id": "f", "type": "principles", "items": []},
            {"id": "g", "type": "children"},
            {"id": "h", "type": "callout", "tone": "note", "text": ""},
            {"id": "i", "type": "people"},
        ])
    );
}

#[test]
fn refusals_say_where() {
    let hero = |action: Value| json!([{"id": "a", "type": "divider"}, {"id": "b", "type": "hero", "heading": "h", "actions": [action]}]);
    let cases = [
        (hero(json!({"label": "l", "link": "javascript:x"})), "/blocks/1/actions/0/link", FieldCode::Invalid),
        (hero(json!({"label": "l"})), "/blocks/1/actions/0/link", FieldCode::Required),
        (hero(json!({"label": "l", "link": "/", "x/y": 1})), "/blocks/1/actions/0/x~1y", FieldCode::Unknown),
        (hero(json!({"label": 1, "link": "/"})), "/blocks/1/actions/0/label", FieldCode::WrongType),
        (json!([{"id": "a", "type": "divider", "x": 1}]), "/blocks/0/x", FieldCode::Unknown),
        (json!([{"id": "a", "type": "rich_text"}]), "/blocks/0/markdown", FieldCode::Required),
        (
            json!([{"id": "a", "type": "rich_text", "markdown": "a\0"}]),
            "/blocks/0/markdown",
            FieldCode::Invalid,
        ),
        (json!([{"id": "a"}]), "/blocks/0/type", FieldCode::Required),
        (json!([{"id": "a", "type": 1}]), "/blocks/0/type", FieldCode::WrongType),
        (json!([{"id": "a", "type": "Rich Text"}]), "/blocks/0/type", FieldCode::Invalid),
        (json!([{"type": "divider"}]), "/blocks/0/id", FieldCode::Required),
        (json!([{"id": "a b", "type": "divider"}]), "/blocks/0/id", FieldCode::Invalid),
        (json!([{"id": 7, "type": "divider"}]), "/blocks/0/id", FieldCode::WrongType),
        (json!(["divider"]), "/blocks/0", FieldCode::WrongType),
        (
            json!([{"id": "a", "type": "divider"}, {"id": "a", "type": "divider"}]),
            "/blocks/1/id",
            FieldCode::Duplicate,
        ),
        (
            json!([{"id": "a", "type": "table", "columns": [], "rows": [["a\nb"]]}]),
            "/blocks/0/rows/0/0",
            FieldCode::Invalid,
        ),
        (json!(vec![json!({"id": "a", "type": "divider"}); 2_001]), "/blocks", FieldCode::Invalid),
    ];
    for (value, pointer, code) in cases {
        assert_eq!(refusal(&value), (pointer.to_owned(), code), "{value}");
    }
}

#[test]
fn keys_given_twice_are_refused_inside_blocks() {
    for text in [
        r#"[{"id":"a","type":"code","code":"x","code":"y"}]"#,
        r#"[{"id":"a","type":"new","x":{"y":1,"y":2}}]"#,
    ] {
        let error = serde_json::from_str::<Blocks>(text).unwrap_err().to_string();
        assert!(error.contains("duplicate key"), "{error}");
        assert!(serde_json::from_str::<Vec<BlockDraft>>(text).is_err());
    }
}

#[test]
fn drafts_report_every_block_and_get_ids() {
    let drafts: Vec<BlockDraft> = serde_json::from_value(json!([
        {"type": "divider"},
        {"type": "divider", "x": 1},
        {"id": null, "type": "hero", "heading": "h".repeat(301)},
        {"id": "k", "type": "divider"},
        {"id": "k", "type": "divider"},
        7,
    ]))
    .unwrap();
    let mut made = 0;
    let mut new_id = || {
        made += 1;
        Uuid::from_u128(made)
    };
    let mut found = Problems::default();
    let blocks = Blocks::from_drafts(drafts, &mut new_id, &Pointer::root().field("blocks"), &mut found);
    let all: Vec<_> = found.iter().map(|problem| (problem.pointer.as_str(), problem.code)).collect();
    assert_eq!(
        all,
        [
            ("/blocks/1/x", FieldCode::Unknown),
            ("/blocks/2/heading", FieldCode::TooLong),
            ("/blocks/4/id", FieldCode::Duplicate),
            ("/blocks/5", FieldCode::WrongType),
        ]
    );
    assert_eq!(blocks.iter().next().unwrap().id, Uuid::from_u128(1).into());
    assert_eq!(made, 2, "no id is made for a block that has one or that cannot be read");
}

#[test]
fn too_many_blocks_are_one_problem() {
    let drafts = vec![BlockDraft(json!({"type": "divider"})); 2_001];
    let mut found = Problems::default();
    let at = Pointer::root().field("blocks");
    assert!(Blocks::from_drafts(drafts, &mut Uuid::nil, &at, &mut found).is_empty());
    assert_eq!(found.into_vec()[0].code, FieldCode::TooMany);
}

#[test]
fn limits_hold_at_every_save() {
    let at = |pointer: &str, code| vec![(format!("/blocks/0{pointer}"), code)];
    let action = json!({"label": "l", "link": "/"});
    let embed = |field: &str, value: &str| {
        let mut block =
            json!({"id": "a", "type": "embed", "provider": "vimeo", "media_id": "1", "kind": "video"});
        block[field] = value.into();
        block
    };
    let table = |columns: usize, rows: usize, width: usize| json!({"id": "a", "type": "table", "columns": vec![json!({"header": ""}); columns], "rows": vec![vec![""; width]; rows]});
    let cases = [
        (json!({"id": "a", "type": "hero", "actions": vec![action; 5]}), at("/actions", FieldCode::TooMany)),
        (
            json!({"id": "a", "type": "hero", "actions": [{"label": "l".repeat(101), "link": "/"}]}),
            at("/actions/0/label", FieldCode::TooLong),
        ),
        (json!({"id": "a", "type": "hero", "heading": "a\nb"}), at("/heading", FieldCode::Invalid)),
        (embed("media_id", "x"), at("/media_id", FieldCode::Invalid)),
        (embed("aspect_ratio", "16x9"), at("/aspect_ratio", FieldCode::Invalid)),
        (embed("aspect_ratio", "0:9"), at("/aspect_ratio", FieldCode::Invalid)),
        (embed("aspect_ratio", "123456:9"), at("/aspect_ratio", FieldCode::Invalid)),
        (embed("aspect_ratio", "16:9"), vec![]),
        (embed("title", "a\0"), at("/title", FieldCode::Invalid)),
        (
            json!({"id": "a", "type": "code", "language": "C++", "code": ""}),
            at("/language", FieldCode::Invalid),
        ),
        (json!({"id": "a", "type": "code", "language": "c++", "code": "\u{1b}"}), vec![]),
        (json!({"id": "a", "type": "code", "code": "\0"}), at("/code", FieldCode::Invalid)),
        (json!({"id": "a", "type": "code", "code": "x".repeat(500_001)}), at("/code", FieldCode::TooLong)),
        (
            json!({"id": "a", "type": "code", "code": "", "caption": "x".repeat(1_001)}),
            at("/caption", FieldCode::TooLong),
        ),
        (table(100, 50, 100), vec![]),
        (table(101, 1, 101), at("/columns", FieldCode::TooMany)),
        (table(100, 51, 100), at("/rows", FieldCode::TooMany)),
        (table(1, 5_001, 0), at("/rows", FieldCode::TooMany)),
        (table(0, 0, 0), at("/columns", FieldCode::Required)),
        (table(2, 1, 3), at("/rows/0", FieldCode::Invalid)),
        (json!({"id": "a", "type": "new", "x": [{"y\0": 1}]}), at("", FieldCode::Invalid)),
    ];
    for (value, expected) in cases {
        assert_eq!(problems(&value, Stage::Save), expected, "{value}");
    }
}

#[test]
fn a_publication_needs_what_readers_need() {
    let cases = [
        (
            json!({"id": "a", "type": "hero", "actions": [{"label": " ", "link": "/"}]}),
            vec!["/heading", "/actions/0/label"],
        ),
        (
            json!({"id": "a", "type": "embed", "provider": "vimeo", "media_id": "1", "kind": "video"}),
            vec!["/title"],
        ),
        (json!({"id": "a", "type": "hologram"}), vec!["/type"]),
        (json!({"id": "a", "type": "rich_text", "markdown": ""}), vec![]),
    ];
    for (value, expected) in cases {
        assert!(problems(&value, Stage::Save).is_empty(), "{value}");
        let found = problems(&value, Stage::Publish);
        let places: Vec<_> =
            found.iter().map(|(pointer, _)| pointer.trim_start_matches("/blocks/0")).collect();
        assert_eq!(places, expected);
    }
}

#[test]
fn readers_get_the_forms_that_they_ask_for() {
    let block = json!({"id": "a", "type": "rich_text", "markdown": format!("[x](entry:{ID})")});
    assert_eq!(
        seen(&block, "html", &public),
        json!({"id": "a", "type": "rich_text", "text": {"html": "<p><a href=\"/about\">x</a></p>\n"}})
    );
    assert_eq!(
        seen(&block, "text,markdown", &|_| None),
        json!({"id": "a", "type": "rich_text", "text": {"markdown": "[x](<>)", "text": "x"}})
    );
    let table = json!({"id": "a", "type": "table", "columns": [{"header": "*h*"}], "rows": [["1"]]});
    assert_eq!(
        seen(&table, "html", &public),
        json!({"id": "a", "type": "table", "columns": [{"header": {"html": "<em>h</em>"}}], "rows": [[{"html": "1"}]]})
    );
}

#[test]
fn readers_see_nothing_that_is_not_public() {
    let other = Uuid::nil();
    let hero = |id: &str| json!({"id": "a", "type": "hero", "heading": "h", "image": id, "actions": [{"label": "l", "link": format!("entry:{id}#s")}]});
    assert_eq!(
        seen(&hero(ID), "html", &public),
        json!({"id": "a", "type": "hero", "heading": "h", "image": image(ID.parse().unwrap()), "actions": [
            {"label": "l", "link": {"url": "/about#s", "entry": {"id": ID, "title": "About", "path": "/about"}}}
        ]})
    );
    let hidden = seen(&hero(&other.to_string()), "html", &public);
    assert_eq!(hidden["image"], Value::Null);
    assert_eq!(hidden["actions"][0], json!({"label": "l", "link": null}));
    assert!(!hidden.to_string().contains(&other.to_string()));
    let unknown = json!({"id": "a", "type": "hologram", "secret": 1});
    assert_eq!(seen(&unknown, "html", &public), json!({"id": "a", "type": "hologram"}));
}
