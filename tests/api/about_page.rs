//! A page of a real site, as an editor would enter it: every sentence of its text comes back from the read API, in order.

use serde_json::{Value, json};

use crate::support::builders::publish;
use crate::support::{Role, TestSite};

/// What the page says, line by line.
const SAID: &str = "What is a lantern school?
A lantern school teaches in the evening whoever works in the day, and counts as learned only what somebody can show.
Read about our values, our mission and the people behind it
A talk about the
Lantern Alliance
Lantern schools began in one barn. The first evening had four pupils; today there are ninety barns, halls and kitchens.
What comes next
We begin by saying what went wrong before us. A new name will say where we look.
Our vision
We want every town to have a door that is open after work.
Our mission
The Lantern Alliance brings teachers, pupils and neighbours together, so that no evening is lost.
Explore the alliance
Explore topics
Our history
It began with a conference in the fictional town of Sampleton.
The community
Led by those who teach, and carried by those who learn.
Lantern Alliance: what we hold to
These are the ways in which we work:
Keep the door open
Say aloud what is unfair
Ask, doubt, begin again
Nobody learns alone.
Ada Example
Teacher in Sampleton
Questions that we are asked
Who can join?
Every school that has a lamp.
Write to us";

fn blocks() -> Value {
    json!([
        { "type": "hero", "heading": "What is a lantern school?", "text":
            "A lantern school teaches in the evening whoever works in the day, and counts as learned *only what somebody can show*.",
          "actions": [{ "label": "Read about our values, our mission and the people behind it", "link": "/about" }] },
        { "type": "embed", "url": "https://youtu.be/a1B2c3D4e5F?t=5", "title": "A talk about the" },
        { "type": "rich_text", "markdown":
            "## Lantern Alliance\n\nLantern schools began in **one barn**. The first evening had four pupils; today there are ninety \
             barns, halls and kitchens.\n\n## What comes next\n\nWe begin by saying what went wrong before us. A new name will \
             say where we look." },
        { "type": "callout", "heading": "Our vision", "text": "We want every town to have a door that is open after work." },
        { "type": "callout", "tone": "important", "heading": "Our mission", "text":
            "The Lantern Alliance brings teachers, pupils and neighbours together, so that no evening is lost." },
        { "type": "cards", "heading": "Explore the alliance", "cards": [
            { "heading": "Explore topics", "link": "/topics" },
            { "heading": "Our history", "text": "It began with a conference in the fictional town of *Sampleton*.", "link": "/history" },
            { "heading": "The community", "text": "Led by those who teach, and carried by those who learn." },
        ] },
        { "type": "principles", "heading": "Lantern Alliance: what we hold to", "text": "These are the ways in which we work:",
          "items": [{ "heading": "Keep the door open" }, { "heading": "Say aloud what is unfair" }, { "heading": "Ask, doubt, begin again" }] },
        { "type": "quote", "text": "Nobody learns alone.", "attribution": "Ada Example", "role": "Teacher in Sampleton" },
        { "type": "accordion", "heading": "Questions that we are asked", "items": [
            { "heading": "Who can join?", "text": "Every school that has a lamp." },
        ] },
        { "type": "call_to_action", "heading": "Write to us", "actions": [] },
    ])
}

/// The members of blocks that hold words, in the order in which a page shows them.
const SHOWN: [&str; 11] = [
    "heading",
    "title",
    "text",
    "attribution",
    "role",
    "description",
    "actions",
    "cards",
    "items",
    "label",
    "pages",
];

/// Every word of a value as a page shows it.
fn words(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.extend(text.split_whitespace().map(str::to_owned)),
        Value::Array(items) => items.iter().for_each(|item| words(item, out)),
        Value::Object(members) => {
            for name in SHOWN {
                members.get(name).into_iter().for_each(|member| words(member, out));
            }
        }
        _ => {}
    }
}

#[actix_web::test]
async fn every_sentence_comes_back_in_order() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id =
        publish(&editor, json!({ "title": "About us", "slug": "about-us", "blocks": blocks() })).await.id();
    let page = site.anonymous().get(&format!("/v1/pages/{id}?text=text")).await.expect(200).json;
    let mut found = Vec::new();
    words(&page["blocks"], &mut found);
    assert_eq!(found.join(" "), SAID.split_whitespace().collect::<Vec<_>>().join(" "));
    let film = &page["blocks"][1];
    assert_eq!(
        (&film["provider"], &film["media_id"], &film["start"]),
        (&json!("youtube"), &json!("a1B2c3D4e5F"), &json!(5))
    );
    for sentence in SAID.lines() {
        let query: String = sentence
            .split_whitespace()
            .take(6)
            .collect::<Vec<_>>()
            .join("+")
            .replace(['?', ':', ',', '.', ';'], "");
        let hits = site.anonymous().get(&format!("/v1/search?q={query}")).await.expect(200).json;
        assert_eq!(hits["data"][0]["id"], json!(id), "{query}");
    }
    site.stop().await;
}
