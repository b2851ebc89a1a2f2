//! What blocks list when a page is read: the pages below one, in every order, bounded, and only what is public.

use serde_json::{Value, json};

use crate::support::builders::{create, publish, unpublish};
use crate::support::media::public;
use crate::support::{people, pictures};
use crate::support::{Client, Role, TestSite};
use crate::translations::{FROM_NOW, add_locale, translate};

async fn page(editor: &Client, title: &str, parent: Option<&str>, position: &str) -> String {
    let mut fields = json!({ "title": title, "slug": title.to_lowercase(), "position": position });
    if let Some(parent) = parent {
        fields["parent"] = json!(parent);
    }
    publish(editor, fields).await.id()
}

/// A page with blocks that list.
async fn listing(editor: &Client, blocks: Value) -> String {
    publish(editor, json!({ "title": "Lists", "slug": "lists", "blocks": blocks })).await.id()
}

/// What each block lists: titles with their levels.
fn lists(page: &Value) -> Vec<String> {
    let titles = |block: &Value| {
        let pages = block["pages"].as_array().expect("a list");
        let title = |page: &Value| format!("{}{}", page["title"].as_str().expect("a title"), page["level"]);
        pages.iter().map(title).collect::<Vec<_>>().join(" ")
    };
    page["blocks"].as_array().expect("blocks").iter().map(titles).collect()
}

#[actix_web::test]
async fn pages_are_listed_in_every_order() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let news = page(&editor, "News", None, "V").await;
    let beta = page(&editor, "Beta", Some(&news), "1").await;
    page(&editor, "Alpha", Some(&news), "2").await;
    page(&editor, "Gamma", Some(&beta), "V").await;
    page(&editor, "Delta", Some(&beta), "W").await;
    let id = listing(
        &editor,
        json!([
            { "type": "children" },
            { "type": "children", "of": news },
            { "type": "children", "of": news, "sort": "title" },
            { "type": "children", "of": news, "sort": "-published_at" },
            { "type": "children", "of": news, "depth": 3 },
            { "type": "children", "of": news, "depth": 2, "sort": "title" },
            { "type": "children", "of": news, "depth": 2, "sort": "-published_at", "limit": 3 },
            { "type": "children", "of": news, "depth": 2, "limit": 3 },
        ]),
    )
    .await;
    page(&editor, "Own", Some(&id), "V").await;
    let read = site.anonymous().get(&format!("/v1/pages/{id}")).await.expect(200).json;
    assert_eq!(
        lists(&read),
        [
            "Own1",
            "Beta1 Alpha1",
            "Alpha1 Beta1",
            "Alpha1 Beta1",
            "Beta1 Alpha1 Gamma2 Delta2",
            "Alpha1 Beta1 Delta2 Gamma2",
            "Delta2 Gamma2 Alpha1",
            "Beta1 Alpha1 Gamma2",
        ]
    );
    let gamma = &read["blocks"][4]["pages"][2];
    assert_eq!(gamma["path"], "/news/beta/gamma");
    assert_eq!(gamma["parent"], json!(beta));
    let resolved = site.anonymous().get("/v1/resolve?path=/lists").await.expect(200).json;
    assert_eq!(resolved["page"], read, "resolving gives the same");
    site.stop().await;
}

#[actix_web::test]
async fn what_is_not_public_is_never_listed() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let news = page(&editor, "News", None, "V").await;
    let id = listing(&editor, json!([{ "type": "children", "of": news, "depth": 2 }])).await;
    let open =
        publish(&editor, json!({ "title": "Open", "slug": "open", "parent": news, "position": "1" })).await;
    create(&editor, json!({ "title": "Draft", "slug": "draft", "parent": news })).await;
    let gone = publish(&editor, json!({ "title": "Gone", "slug": "gone", "parent": news })).await;
    let reader = site.anonymous();
    let read = async || reader.get(&format!("/v1/pages/{id}")).await.expect(200).json;
    assert_eq!(lists(&read().await), ["Open1 Gone1"], "as soon as it is public");
    unpublish(&editor, &gone.id(), gone.version()).await.expect(200);
    assert_eq!(lists(&read().await), ["Open1"], "and no longer");
    let above = editor.get(&format!("/admin/v1/pages/{news}")).await.expect(200);
    unpublish(&editor, &open.id(), open.version()).await.expect(200);
    unpublish(&editor, &news, above.version()).await.expect(200);
    assert_eq!(lists(&read().await), [""], "nor anything of a page that is not public itself");
    site.stop().await;
}

#[actix_web::test]
async fn lists_come_with_pictures_in_the_best_locale_and_at_the_instant() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    add_locale(&site, "de", Some("en")).await;
    let portrait = public(&editor, "a.jpg", &pictures::jpeg(64, 48, [9, 90, 180])).await;
    let news = page(&editor, "News", None, "V").await;
    let fields =
        json!({ "title": "Spring", "slug": "spring", "parent": news, "position": "1", "image": portrait });
    let spring = publish(&editor, fields).await.id();
    page(&editor, "Autumn", Some(&news), "2").await;
    translate(&site, (&news, "de"), json!({ "title": "Neues", "slug": "neues" }), "/neues", FROM_NOW).await;
    let fields = json!({ "title": "Lenz", "slug": "lenz", "parent": news });
    translate(&site, (&spring, "de"), fields, "/neues/lenz", FROM_NOW).await;
    let id = listing(&editor, json!([{ "type": "children", "of": news }])).await;
    let reader = site.anonymous();
    let en = reader.get(&format!("/v1/pages/{id}")).await.expect(200).json;
    assert_eq!(lists(&en), ["Spring1 Autumn1"]);
    assert_eq!(en["blocks"][0]["pages"][0]["image"]["id"], json!(portrait));
    assert_eq!(en["blocks"][0]["pages"][1]["image"], Value::Null);
    let de = reader.get(&format!("/v1/pages/{id}?locale=de")).await.expect(200).json;
    assert_eq!(lists(&de), ["Lenz1 Autumn1"], "each in its best locale");
    assert_eq!(de["blocks"][0]["pages"][0]["path"], "/neues/lenz");
    let before = site.app.store.now().await.expect("the time").to_rfc3339().replace('+', "%2B");
    page(&editor, "Winter", Some(&news), "3").await;
    let historian = site.client(Role::Admin).await;
    let then = historian.get(&format!("/v1/pages/{id}?as_of={before}")).await.expect(200).json;
    assert_eq!(lists(&then), ["Spring1 Autumn1"]);
    assert_eq!(
        lists(&reader.get(&format!("/v1/pages/{id}")).await.expect(200).json),
        ["Spring1 Autumn1 Winter1"]
    );
    site.stop().await;
}

#[actix_web::test]
async fn a_list_ends_at_its_limit() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let news = page(&editor, "News", None, "V").await;
    for nth in 0..4 {
        page(&editor, &format!("Page{nth}"), Some(&news), "V").await;
    }
    let id = listing(
        &editor,
        json!([{ "type": "children", "of": news, "limit": 1 }, { "type": "children", "of": news, "limit": 3, "sort": "title" }]),
    )
    .await;
    let read = site.anonymous().get(&format!("/v1/pages/{id}?fields=blocks")).await.expect(200).json;
    assert_eq!(lists(&read)[1], "Page01 Page11 Page21");
    assert_eq!(read["blocks"][0]["pages"].as_array().expect("a list").len(), 1);
    let feed = site.anonymous().get("/v1/feed.json").await.expect(200).json;
    let items = feed["items"].as_array().expect("items");
    let own = items.iter().find(|item| item["title"] == "Lists").expect("the page");
    let html = own["content_html"].as_str().expect("html");
    assert!(html.contains("/news/page2\">Page2</a>") && html.contains("<a href=\"http"), "{html}");
    site.stop().await;
}

/// Whom each block lists.
fn people_of(page: &Value) -> Vec<String> {
    let names = |block: &Value| {
        let people = block["people"].as_array().expect("a list");
        people.iter().map(|person| person["name"].as_str().expect("a name")).collect::<Vec<_>>().join(" ")
    };
    page["blocks"].as_array().expect("blocks").iter().map(names).collect()
}

#[actix_web::test]
async fn people_come_by_group_or_by_hand() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let portrait = public(&editor, "a.jpg", &pictures::jpeg(64, 48, [9, 90, 180])).await;
    let person = async |fields: Value| people::publish(&editor, fields).await.id();
    let group = |name: &str, rank: &str| json!([{ "group": name, "position": rank }]);
    let ada = person(json!({
        "name": "Ada", "honorific": "Dr.", "roles": ["Chair"], "summary": "Short.", "biography": "Long.", "portrait": portrait,
        "groups": group("board", "5"), "has_page": true, "slug": "ada",
        "links": [{ "kind": "email", "url": "ada@example.org" }],
    }))
    .await;
    let bo = person(json!({ "name": "Bo", "groups": group("board", "2") })).await;
    person(json!({ "name": "Cy", "groups": group("board", "5") })).await;
    let dee = person(json!({ "name": "Dee", "groups": group("staff", "1") })).await;
    let hidden = people::create(&editor, json!({ "name": "Hidden", "groups": group("board", "1") })).await.id();
    let lists = json!([
        { "type": "people", "group": "board" },
        { "type": "people", "group": "nobody" },
        { "type": "people", "people": [dee, hidden, ada, bo] },
        { "type": "people", "group": "staff" },
    ]);
    let id = listing(&editor, lists).await;
    let reader = site.anonymous();
    let page = reader.get(&format!("/v1/pages/{id}")).await.expect(200).json;
    assert_eq!(people_of(&page), ["Bo Ada Cy", "", "Dee Ada Bo", "Dee"]);
    let mut found = page["blocks"][0]["people"][1].clone();
    assert_eq!(found["portrait"]["id"], json!(portrait));
    found["portrait"] = Value::Null;
    let expected = json!({
        "id": ada, "locale": "en", "name": "Ada", "honorific": "Dr.", "pronouns": null, "roles": ["Chair"], "organisation": null,
        "location": null, "summary": "Short.", "portrait": null, "path": "/ada",
    });
    assert_eq!(found, expected, "and no way to reach them");
    assert!(!page.to_string().contains(&hidden), "{page}");
    let dee = editor.get(&format!("/admin/v1/people/{dee}")).await.expect(200);
    unpublish(&editor, &dee.id(), dee.version()).await.expect(200);
    let page = reader.get(&format!("/v1/pages/{id}")).await.expect(200).json;
    assert_eq!(people_of(&page), ["Bo Ada Cy", "", "Ada Bo", ""]);
    site.stop().await;
}
