//! A WordPress export becomes a site: what is public where, with which words, and what is only a draft.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::harness::*;

/// An export of a fictional site in this folder.
pub fn export(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests/process/wordpress", name].iter().collect()
}

pub fn import(place: &Place, file: &std::path::Path, more: &[&str]) -> Ran {
    let file = file.to_str().unwrap();
    run(place, &[&["import", "wordpress", file][..], more].concat())
}

/// What became of each item, by its key.
pub fn applied(answer: &Value) -> BTreeMap<&str, &str> {
    let items = answer["outcome"]["items"].as_array().unwrap();
    items.iter().map(|item| (item["key"].as_str().unwrap(), item["applied"].as_str().unwrap())).collect()
}

/// The codes of the notes on an item.
pub fn notes<'a>(answer: &'a Value, key: &str) -> Vec<&'a str> {
    let notes = answer["report"]["items"].as_array().unwrap();
    notes.iter().filter(|note| note["source"] == key).map(|note| note["code"].as_str().unwrap()).collect()
}

/// Every path that is public now.
fn paths(reader: &Http) -> Vec<String> {
    let list = reader.get("/v1/pages?limit=100&sort=title").expect(200);
    let mut paths: Vec<String> = list.json["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|card| card["path"].as_str().unwrap().to_owned())
        .collect();
    paths.sort();
    paths
}

fn text_of(page: &Value) -> String {
    let blocks = page["blocks"].as_array().unwrap();
    blocks.iter().map(|block| block["text"]["text"].as_str().unwrap()).collect::<Vec<_>>().join("\n")
}

#[test]
fn an_export_becomes_a_site() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let reader = Http::new(&serving.address(), None);
    let answer = import(&place, &export("lantern.xml"), &["--json"]).ended(0).json();
    assert!(applied(&answer).values().all(|applied| *applied == "created"), "{answer:#}");
    assert_eq!(answer["dry_run"], json!(false));

    let expected = [
        "/about",
        "/about/history",
        "/caf\u{e9}-m\u{fc}nchen",
        "/news",
        "/news/lamps-lit",
        "/news/lamps-lit-2",
        "/tide",
        "/untold",
    ];
    assert_eq!(paths(&reader), expected);
    for (from, to) in
        [("/2020/04/lamps-lit/", "/news/lamps-lit"), ("/2021/04/lamps-lit", "/news/lamps-lit-2")]
    {
        let led = reader.get(&format!("/v1/resolve?path={from}")).expect(200).json;
        if from.ends_with('/') {
            assert_eq!(led["match"], "redirect", "{led}");
            let on = led["to"].as_str().unwrap();
            let led = if on == to {
                led.clone()
            } else {
                reader.get(&format!("/v1/resolve?path={on}")).json.clone()
            };
            assert_eq!(led["to"], to, "{led}");
        } else {
            assert_eq!(
                (&led["match"], &led["to"], &led["status"]),
                (&json!("redirect"), &json!(to), &json!(301))
            );
        }
    }

    let get = |path: &str| {
        reader.get(&format!("/v1/resolve?path={path}&text=text,html,markdown")).expect(200).json["page"]
            .clone()
    };
    let history = get("/about/history");
    assert_eq!(history["breadcrumbs"][0]["title"], "About us");
    assert_eq!(history["published_at"], "2020-03-02T10:00:00Z");
    let html = history["blocks"][0]["text"]["html"].as_str().unwrap();
    assert!(html.contains("<blockquote>") && html.contains("4 &lt; 5 lamps"), "{html}");
    let about = get("/about");
    assert_eq!(about["summary"], "What we do.");
    let html = about["blocks"][0]["text"]["html"].as_str().unwrap();
    for part in ["<h2", "<strong>lanterns</strong>", "<table>", "<li>", "When we are in"] {
        assert!(html.contains(part), "{part}: {html}");
    }
    assert_eq!(get("/tide")["title"], "Tide & time: \"5 < 6\"");
    assert_eq!(get("/untold")["title"], "Untold");
    assert_eq!(get("/news/lamps-lit")["tags"], json!(["Events", "Brass & glass"]));
    assert_eq!(text_of(&get("/caf%C3%A9-m%C3%BCnchen")), "Coffee & cake, 3 \u{20ac}.");
    serving_is_honest(&place, &answer);
    drop(reader);
    serving.stop();
}

/// What is not public is a draft with a note that says why, or scheduled.
fn serving_is_honest(place: &Place, answer: &Value) {
    for (key, code) in [
        ("page:4", "private_to_draft"),
        ("page:5", "trashed_to_draft"),
        ("page:6", "password_to_draft"),
        ("page:8", "title_made"),
        ("page:10", "title_markup_removed"),
        ("post:101", "shortcode_kept"),
        ("post:102", "path_collision"),
        ("post:104", "future_in_past"),
    ] {
        assert!(notes(answer, key).contains(&code), "{key}: {:?}", notes(answer, key));
    }
    let counts = &answer["report"]["counts"];
    let figure = |name: &str| counts[name].as_u64().unwrap();
    assert_eq!((figure("pages"), figure("posts"), figure("sections")), (10, 4, 1), "{counts}");
    assert_eq!((figure("published"), figure("scheduled"), figure("drafts")), (8, 2, 5), "{counts}");
    assert_eq!((figure("unexplained"), &counts["not_imported"]["attachment"]), (0, &json!(1)), "{counts}");
    let drafts = "select r.title from revisions r where not exists (select from publications p \
        where p.entry_id = r.entry_id) order by 1";
    assert_eq!(
        as_owner(&place.cluster(), drafts),
        ["Board papers", "Members", "Missed", "Old flyer", "Plans"]
    );
    let password =
        "select count(*) from revisions where body::text || coalesce(note, '') like '%lamp-oil-77%'";
    assert_eq!(as_owner(&place.cluster(), password), ["0"]);
    let notes = "select distinct note from revisions where title = 'About us'";
    assert!(as_owner(&place.cluster(), notes)[0].contains("Mara Quill"));
}

#[test]
fn what_is_scheduled_becomes_public_at_its_time_and_not_before() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let reader = Http::new(&serving.address(), None);
    import(&place, &export("lantern.xml"), &[]).ended(0);
    let planned = "select r.path, lower(r.during) at time zone 'UTC' from routes r where lower(r.during) > mh_now() order by 1";
    assert_eq!(
        as_owner(&place.cluster(), planned),
        ["/news/next-spring", "2099-04-01 10:00:00", "/year-2099", "2099-01-15 08:30:00"]
    );
    let opens = "select count(*) from publications where lower(during) > mh_now() and upper_inf(during)";
    assert_eq!(as_owner(&place.cluster(), opens), ["2"]);
    reader.get("/v1/resolve?path=/year-2099").refused(404, "not_found");

    let clock = |instant: &str| {
        let sql =
            "create or replace function mh_now() returns timestamptz language sql volatile parallel safe as ";
        as_owner(&place.cluster(), &format!("{sql} $$ select timestamptz '{instant}' $$"));
    };
    clock("2099-01-15 08:29:59Z");
    reader.get("/v1/resolve?path=/year-2099").refused(404, "not_found");
    clock("2099-01-15 08:30:00Z");
    let page = reader.get("/v1/resolve?path=/year-2099&text=text").expect(200).json["page"].clone();
    assert_eq!(text_of(&page), "A programme for later.");
    reader.get("/v1/resolve?path=/news/next-spring").refused(404, "not_found");
    clock("2099-04-02 00:00:00Z");
    reader.get("/v1/resolve?path=/news/next-spring").expect(200);
    drop(reader);
    serving.stop();
}

#[test]
fn older_forms_of_the_export_are_read_too() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let reader = Http::new(&serving.address(), None);
    import(&place, &export("oldest.xml"), &["--posts-under", "/stories/mill"]).ended(0);
    import(&place, &export("middle.xml"), &["--posts-under", "/"]).ended(0);
    let expected =
        ["/blog/the-wheel", "/first-flight", "/stories", "/stories/mill", "/stories/mill/flour", "/wind"];
    let found = paths(&reader);
    // A site in a folder may keep the folder in its paths or not; both lead to the page.
    let found: Vec<String> = found.iter().map(|path| path.replace("/blog/the-wheel", "/the-wheel")).collect();
    let mut expected: Vec<String> =
        expected.iter().map(|path| path.replace("/blog/the-wheel", "/the-wheel")).collect();
    expected.sort();
    assert_eq!(found, expected);
    let flour = reader.get("/v1/resolve?path=/stories/mill/flour&text=text").expect(200).json["page"].clone();
    assert_eq!((text_of(&flour).as_str(), &flour["tags"]), ("Ground daily.", &json!(["Food"])));
    let wind = reader.get("/v1/resolve?path=/wind&text=text").expect(200).json["page"].clone();
    assert_eq!((text_of(&wind).as_str(), &wind["summary"]), ("From the west.", &json!("West.")));
    drop(reader);
    serving.stop();
}

/// What a visitor reads in simple HTML: runs of letters and digits, and every other mark by itself.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut inside = false;
    for c in text.chars() {
        match words.last_mut() {
            Some(word) if inside && c.is_alphanumeric() => word.push(c),
            _ if !c.is_whitespace() => words.push(c.to_string()),
            _ => {}
        }
        inside = c.is_alphanumeric();
    }
    words
}

/// The readable text of the simple HTML in these exports, and the descriptions of images.
fn visible(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        let end = if rest[at..].starts_with("<!--") { "-->" } else { ">" };
        let (tag, after) = rest[at..].split_once(end).unwrap();
        if let Some((_, alt)) = tag.split_once("alt=\"") {
            out.push_str(alt.split('"').next().unwrap());
        }
        if !["<strong", "</strong", "<a ", "</a"].iter().any(|inline| tag.starts_with(inline)) {
            out.push('\n');
        }
        rest = after;
    }
    out.push_str(rest);
    out.replace("&euro;", "\u{20ac}").replace("&lt;", "<").replace("&amp;", "&")
}

#[test]
fn every_word_of_the_source_is_in_the_text_or_in_the_report() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let reader = Http::new(&serving.address(), None);
    let answer = import(&place, &export("lantern.xml"), &["--json"]).ended(0).json();
    let source = std::fs::read_to_string(export("lantern.xml")).unwrap();
    let mut compared = 0;
    for item in source.split("<item>").skip(1) {
        let between = |from: &str, to: &str| item.split_once(from)?.1.split_once(to).map(|(inner, _)| inner);
        let id = between("<wp:post_id>", "<").unwrap();
        let kind = between("<wp:post_type>", "<").unwrap();
        let Some(content) = between("<content:encoded><![CDATA[", "]]>") else { continue };
        let key = format!("{kind}:{id}");
        let outcome =
            answer["outcome"]["items"].as_array().unwrap().iter().find(|item| item["key"] == key).unwrap();
        let found = reader.get(&format!("/v1/pages/{}?text=text", outcome["entry"].as_str().unwrap()));
        if found.status == 404 {
            continue;
        }
        let mut tally: BTreeMap<String, i64> = BTreeMap::new();
        let mut count = |words: Vec<String>, by: i64| {
            for word in words {
                *tally.entry(word).or_default() += by;
            }
        };
        count(words(&visible(content)), 1);
        count(words(&text_of(&found.json)), -1);
        for note in answer["report"]["items"].as_array().unwrap().iter().filter(|note| note["source"] == key)
        {
            let list = |name: &str| -> Vec<String> {
                serde_json::from_value(note.get(name).cloned().unwrap_or(json!([]))).unwrap()
            };
            count(list("added"), 1);
            count(list("removed"), -1);
        }
        tally.retain(|_, count| *count != 0);
        assert!(tally.is_empty(), "{key}: {tally:?}\n{content}\n---\n{}", text_of(&found.json));
        compared += 1;
    }
    assert_eq!(compared, 7);
    drop(reader);
    serving.stop();
}

#[test]
fn what_is_too_much_for_its_field_is_kept_as_text_and_reported() {
    let place = Place::new();
    let mut serving = Masthead::start(&place);
    let reader = Http::new(&serving.address(), None);
    let mut source = std::fs::read_to_string(export("middle.xml")).unwrap();
    let tags: String = (1..=53)
        .map(|n| format!("<category domain=\"post_tag\"><![CDATA[Tag{n}]]></category>"))
        .collect::<Vec<_>>()
        .concat();
    source =
        source.replace("<w:post_type>post</w:post_type>", &format!("<w:post_type>post</w:post_type>{tags}"));
    source = source.replace("<![CDATA[West.]]>", &format!("<![CDATA[{}]]>", "Westward. ".repeat(120)));
    let file = place.0.join("much.xml");
    std::fs::write(&file, source).unwrap();
    let answer = import(&place, &file, &["--json"]).ended(0).json();
    let page = |path: &str| {
        reader.get(&format!("/v1/resolve?path={path}&text=text")).expect(200).json["page"].clone()
    };
    let flight = page("/news/first-flight");
    assert_eq!(flight["tags"].as_array().unwrap().len(), 50);
    assert_eq!(flight["summary"], json!(null));
    assert_eq!(words(&text_of(&flight)), ["High", ".", "Tag51", "Tag52", "Tag53"]);
    assert_eq!(text_of(&page("/wind")).matches("Westward").count(), 120);
    // Words that the content of the source does not have are explained.
    for (key, added) in [("post:2", "Tag52"), ("page:1", "Westward")] {
        let all = answer["report"]["items"].as_array().unwrap();
        let explained = all.iter().any(|note| note["source"] == key && note.to_string().contains(added));
        assert!(explained, "{key}: {added} is not in the report: {:?}", notes(&answer, key));
    }
    drop(reader);
    serving.stop();
}
