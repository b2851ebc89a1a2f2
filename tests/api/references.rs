//! Links to entries: resolved when read, so that they follow renames and vanish with their target; checked when written.

use serde_json::{Value, json};

use crate::support::builders::{create, page, publish, republish, trash, unpublish};
use crate::support::{Client, Role, TestSite};

const NOBODY: &str = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";

fn linking(to: &str) -> Value {
    json!({
        "slug": "linking",
        "seo": { "canonical": format!("entry:{to}") },
        "blocks": [
            { "id": "text", "type": "rich_text", "markdown": format!("Read [our *history*](entry:{to}#part \"Title\") now.") },
            { "id": "hero", "type": "hero", "heading": "H", "actions": [{ "label": "Go", "link": format!("entry:{to}") }] },
        ],
    })
}

async fn read(client: &Client, id: &str) -> Value {
    client.get(&format!("/v1/pages/{id}?text=html,markdown,text")).await.expect(200).json
}

#[actix_web::test]
async fn a_link_follows_its_target_and_vanishes_with_it() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let target = publish(&editor, json!({ "title": "History", "slug": "history" })).await;
    let to = target.id();
    let from = publish(&editor, linking(&to)).await.id();

    let view = read(&reader, &from).await;
    let text = &view["blocks"][0]["text"];
    assert!(text["html"].as_str().expect("html").contains("href=\"/history#part\""), "{text}");
    assert_eq!(text["markdown"], "Read [our *history*](/history#part \"Title\") now.");
    assert_eq!(text["text"], "Read our history now.");
    let link = json!({ "url": "/history", "entry": { "id": to, "title": "History", "path": "/history" } });
    assert_eq!(view["blocks"][1]["actions"], json!([{ "label": "Go", "link": link }]));
    assert_eq!(view["seo"]["canonical"], "/history");

    let renamed = republish(&editor, &to, target.version(), json!({ "title": "Past", "slug": "past" })).await;
    let view = read(&reader, &from).await;
    assert!(
        view["blocks"][0]["text"]["html"].as_str().expect("html").contains("href=\"/past#part\""),
        "{view}"
    );
    assert_eq!(view["blocks"][1]["actions"][0]["link"]["url"], "/past");
    assert_eq!(view["blocks"][1]["actions"][0]["link"]["entry"]["title"], "Past");
    assert_eq!(view["seo"]["canonical"], "/past");

    unpublish(&editor, &to, renamed.version()).await.expect(200);
    let view = read(&reader, &from).await;
    let text = &view["blocks"][0]["text"];
    let html = text["html"].as_str().expect("html");
    assert!(html.contains("our <em>history</em>") && !html.contains("href"), "{html}");
    assert_eq!(text["text"], "Read our history now.");
    assert_eq!(view["blocks"][1]["actions"][0]["link"], json!(null));
    assert_eq!(view["seo"]["canonical"], "/linking", "its own path instead");
    let answer = reader.get(&format!("/v1/pages/{from}?text=html,markdown,text")).await.everything();
    assert!(!answer.contains(&to) && !answer.contains("/past"), "{answer}");
    site.stop().await;
}

#[actix_web::test]
async fn a_link_to_a_draft_may_be_written_and_shows_nothing() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let target = create(&editor, json!({ "title": "Unreleased", "slug": "unreleased" })).await;
    let from = publish(&editor, linking(&target.id())).await.id();
    let answer = site.anonymous().get(&format!("/v1/pages/{from}?text=html,markdown,text")).await.expect(200);
    let everything = answer.everything();
    assert!(!everything.contains(&target.id()) && !everything.contains("nreleased"), "{everything}");
    trash(&editor, &target.id(), 1).await.refused(409, "in_use");
    let path = format!("/admin/v1/pages/{}?references=unlink", target.id());
    editor.send(reqwest::Method::DELETE, &path, &[("if-match", "\"v1\"")], None).await.expect(204);
    let now = read(&site.anonymous(), &from).await;
    for form in ["html", "text"] {
        let (after, before) = (&now["blocks"][0]["text"][form], &answer.json["blocks"][0]["text"][form]);
        assert_eq!(after, before, "readers see the same words");
    }
    site.stop().await;
}

#[actix_web::test]
async fn what_a_body_points_at_is_kept_beside_it() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let target = create(&editor, json!({ "slug": "target" })).await.id();
    let mut body = linking(&target);
    body["parent"] = json!(target);
    create(&editor, body).await;
    let query = "select pointer || ' ' || target as value from revision_refs order by pointer";
    let places = ["/blocks/0/markdown", "/blocks/1/actions/0/link", "/parent", "/seo/canonical"];
    assert_eq!(site.database.texts(query).await, places.map(|place| format!("{place} {target}")));
    site.stop().await;
}

#[actix_web::test]
async fn a_link_to_nothing_is_422_with_every_place_and_nothing_is_written() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let there = create(&editor, json!({ "slug": "there" })).await;
    let before = site.database.fingerprint().await;
    let mut body = linking(NOBODY);
    body["parent"] = json!(NOBODY);
    body["image"] = json!(NOBODY);
    body["blocks"][1]["actions"][0]["link"] = json!(format!("entry:{}", there.id()));
    let path = format!("/admin/v1/pages/{}", there.id());
    for answer in [
        editor.post("/admin/v1/pages", &page(body.clone())).await,
        editor.put_at(&path, 1, &page(body)).await,
    ] {
        let answer = answer.refused(422, "reference_not_found");
        let mut places = answer.places();
        places.sort_unstable();
        let wrong = ["/body/blocks/0/markdown", "/body/image", "/body/parent", "/body/seo/canonical"];
        assert_eq!(places, wrong.map(|place| (place, "not_found")), "counted from the body of the request");
        let detail = answer.json["errors"][0]["detail"].as_str().expect("text");
        assert_eq!(detail, format!("There is no entry {NOBODY}."));
        assert_eq!(site.database.fingerprint().await, before);
    }
    site.stop().await;
}

#[actix_web::test]
async fn one_text_may_link_to_several_entries_and_one_to_itself() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let one = publish(&editor, json!({ "title": "One", "slug": "one" })).await;
    let two = publish(&editor, json!({ "title": "Two", "slug": "two" })).await;
    let markdown =
        format!("[one](entry:{0}) [two](entry:{1}) [again](entry:{0}) <entry:{1}>", one.id(), two.id());
    let body = json!({ "slug": "one", "blocks": [{ "type": "rich_text", "markdown": markdown }] });
    republish(&editor, &one.id(), one.version(), body).await;
    let html = read(&reader, &one.id()).await["blocks"][0]["text"]["html"].as_str().expect("html").to_owned();
    assert_eq!(html.matches("href=\"/one\"").count(), 2, "{html}");
    assert_eq!(html.matches("href=\"/two\"").count(), 2, "{html}");
    site.stop().await;
}

#[actix_web::test]
async fn a_link_without_words_of_its_own_shows_the_title_or_nothing() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let target = publish(&editor, json!({ "title": "History", "slug": "history" })).await;
    let markdown = format!("See <entry:{}>.", target.id());
    let body = json!({ "slug": "bare", "blocks": [{ "type": "rich_text", "markdown": markdown }] });
    let from = publish(&editor, body).await.id();
    let text = read(&reader, &from).await["blocks"][0]["text"].clone();
    unpublish(&editor, &target.id(), target.version()).await.expect(200);
    let hidden = read(&reader, &from).await["blocks"][0]["text"].clone();
    assert_eq!(text["markdown"], "See [History](/history).");
    assert_eq!(hidden["markdown"], "See .");
    for form in ["html", "text"] {
        let (shown, hidden) = (text[form].as_str().expect("text"), hidden[form].as_str().expect("text"));
        assert!(!hidden.contains(&target.id()), "the id of what is hidden shows as {form}: {hidden}");
        assert!(!shown.contains(&target.id()), "people read {form}, not ids: {shown}");
    }
    site.stop().await;
}
