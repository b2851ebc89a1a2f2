//! Menus follow what they lead to: titles and paths at the instant and in the locale, and what is not public drops out.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::builders::{create, publish, publish_revision, republish, trash, unpublish};
use crate::support::media::public;
use crate::support::pictures::jpeg;
use crate::support::{Answer, Client, Role, TestSite};
use crate::translations::{FROM_NOW, add_locale, translate};

/// A menu to be made, whose title is its name.
pub fn menu(slug: &str, items: Value) -> Value {
    let mut menu = json!({ "body": { "title": slug, "slug": slug } });
    menu["body"]["items"] = items;
    menu
}

/// Makes a menu as a draft.
pub async fn make(client: &Client, menu: Value) -> Answer {
    client.post("/admin/v1/menus", &menu).await.expect(201)
}

/// Makes a menu and publishes it; gives the answer of the publication.
pub async fn show(client: &Client, menu: Value) -> Answer {
    let made = make(client, menu).await;
    publish_revision(client, &made.id(), made.version(), 1).await.expect(200)
}

/// A menu as readers get it.
pub async fn read(client: &Client, slug: &str) -> Value {
    client.get(&format!("/v1/menus/{slug}")).await.expect(200).json
}

/// Labels and addresses, level by level.
fn outline(items: &Value) -> Value {
    let one = |item: &Value| json!([item["label"], item["url"], outline(&item["items"])]);
    items.as_array().expect("items").iter().map(one).collect()
}

fn entry(id: &str) -> Value {
    json!({ "id": id, "type": "entry", "entry": id })
}

fn above(id: &str, items: Value) -> Value {
    let mut item = json!({ "id": id, "type": "entry", "entry": id });
    item["items"] = items;
    item
}

#[actix_web::test]
async fn a_menu_has_the_titles_and_paths_of_what_it_leads_to() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let about = publish(&editor, json!({ "title": "About", "slug": "about" })).await;
    let history =
        publish(&editor, json!({ "title": "History", "slug": "history", "parent": about.id() })).await;
    let items = json!([
        { "id": "a", "type": "entry", "entry": about.id(), "items": [
            { "id": "h", "type": "entry", "entry": history.id(), "label": "Since 1998" }] },
        { "id": "m", "type": "heading", "label": "More", "items": [
            { "id": "s", "type": "url", "url": "https://shop.example.org/", "label": "Shop" }] },
    ]);
    let shown = show(&editor, menu("main", items)).await;
    assert_eq!(shown.json["warnings"], json!([]));
    let mut now = read(&reader, "main").await;
    for time in ["published_at", "updated_at"] {
        assert!(now[time].take().is_string(), "{time}");
    }
    let linked = |page: &Answer, title: &str| json!({ "id": page.id(), "kind": "page", "title": title });
    assert_eq!(
        now,
        json!({
            "id": shown.id(), "kind": "menu", "locale": "en", "requested_locale": "en", "fallback": false, "title": "main",
            "slug": "main", "published_at": null, "updated_at": null, "items": [
                { "id": "a", "type": "entry", "label": "About", "url": "/about", "path": "/about",
                  "entry": linked(&about, "About"), "items": [
                    { "id": "h", "type": "entry", "label": "Since 1998", "url": "/about/history", "path": "/about/history",
                      "entry": linked(&history, "History"), "items": [] }] },
                { "id": "m", "type": "heading", "label": "More", "url": null, "path": null, "items": [
                    { "id": "s", "type": "url", "label": "Shop", "url": "https://shop.example.org/", "path": null,
                      "items": [] }] },
            ]
        })
    );
    // A target that is renamed shows under its new name, without anybody touching the menu.
    republish(&editor, &about.id(), about.version(), json!({ "title": "About us", "slug": "who-we-are" }))
        .await;
    assert_eq!(
        outline(&read(&reader, "main").await["items"])[0],
        json!(["About us", "/who-we-are", [["Since 1998", "/who-we-are/history", []]]])
    );
    let some = reader.get("/v1/menus/main?fields=slug,items.label,items.items.url").await.expect(200);
    assert_eq!(
        some.json["items"][0],
        json!({ "label": "About us", "items": [{ "url": "/who-we-are/history" }] })
    );
    site.stop().await;
}

#[actix_web::test]
async fn what_is_not_public_drops_out_is_reported_and_comes_back() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let open = publish(&editor, json!({ "title": "Open", "slug": "open" })).await;
    let draft = create(&editor, json!({ "title": "Unreleased", "slug": "unreleased" })).await;
    let picture = public(&editor, "a.jpg", &jpeg(32, 24, [9, 9, 9])).await;
    let items = json!([
        entry(&open.id()),
        above(&draft.id(), json!([{ "id": "below", "type": "url", "url": "/b", "label": "B" }])),
        { "id": "group", "type": "heading", "label": "Group", "items": [
            { "id": "again", "type": "entry", "entry": draft.id(), "label": "Again" }] },
        { "id": "picture", "type": "entry", "entry": picture },
        { "id": "line", "type": "heading", "label": "Alone" },
    ]);
    let made = make(&editor, menu("main", items)).await;
    let told = |answer: &Answer| -> Vec<Value> {
        let dropped = answer.json["dropped"].as_array().expect("dropped").iter();
        dropped.map(|one| json!([one["pointer"], one["item"], one["entry"], one["reason"]])).collect()
    };
    let expected = [
        json!(["/items/1", draft.id(), draft.id(), "not_public"]),
        json!(["/items/1/items/0", "below", null, "below"]),
        json!(["/items/2", "group", null, "empty"]),
        json!(["/items/2/items/0", "again", draft.id(), "not_public"]),
        json!(["/items/3", "picture", picture, "no_path"]),
    ];
    assert_eq!(told(&made), expected);
    let shown = publish_revision(&editor, &made.id(), 1, 1).await.expect(200);
    let warned: Vec<&str> = shown.json["warnings"]
        .as_array()
        .expect("warnings")
        .iter()
        .map(|one| one["pointer"].as_str().expect("text"))
        .collect();
    assert_eq!(warned, ["/items/1/entry", "/items/2/items/0/entry"]);
    let answer = reader.get("/v1/menus/main").await.expect(200);
    assert_eq!(outline(&answer.json["items"]), json!([["Open", "/open", []], ["Alone", null, []]]));
    let everything = answer.everything();
    assert!(!everything.contains(&draft.id()) && !everything.contains("nreleased"), "{everything}");

    let live = publish_revision(&editor, &draft.id(), 1, 1).await.expect(200);
    let path = format!("/admin/v1/menus/{}", made.id());
    assert_eq!(told(&editor.get(&path).await.expect(200)), [expected[4].clone()]);
    assert_eq!(
        outline(&read(&reader, "main").await["items"])[1],
        json!(["Unreleased", "/unreleased", [["B", "/b", []]]])
    );
    unpublish(&editor, &draft.id(), live.version()).await.expect(200);
    assert_eq!(read(&reader, "main").await["items"], answer.json["items"]);
    assert_eq!(told(&editor.get(&path).await.expect(200)), expected);
    site.stop().await;
}

#[actix_web::test]
async fn a_menu_of_another_instant_leads_to_what_was_public_then() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let page = publish(&editor, json!({ "title": "Then", "slug": "then" })).await;
    let planned = create(&editor, json!({ "title": "Later", "slug": "later" })).await;
    let schedule = format!("/admin/v1/documents/{}/schedule", planned.id());
    let plan = json!({ "revision": 1, "from": "8000-01-01T00:00:00Z" });
    editor.post_at(&schedule, 1, Some(&plan)).await.expect(200);
    show(&editor, menu("main", json!([entry(&page.id()), entry(&planned.id())]))).await;
    let before = site.database.texts("select changed_at::text as value from site").await.remove(0);
    let before = before.replace(' ', "T").replace("+00", "Z");
    site.database.advance("1 hour").await;
    republish(&editor, &page.id(), page.version(), json!({ "title": "Now", "slug": "now" })).await;
    assert_eq!(outline(&read(&reader, "main").await["items"]), json!([["Now", "/now", []]]));
    let at = async |instant: &str| outline(&read(&editor, &format!("main?as_of={instant}")).await["items"]);
    assert_eq!(at(&before).await, json!([["Then", "/then", []]]));
    assert_eq!(at("8000-01-02T00:00:00Z").await, json!([["Now", "/now", []], ["Later", "/later", []]]));
    editor.get("/v1/menus/main?as_of=2020-01-01T00:00:00Z").await.refused(404, "not_found");
    reader.get("/v1/menus/main?as_of=2020-01-01T00:00:00Z").await.refused(403, "forbidden");
    site.stop().await;
}

#[actix_web::test]
async fn a_preview_shows_the_draft_of_a_menu_under_its_name() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let page = publish(&editor, json!({ "title": "Open", "slug": "open" })).await;
    show(&editor, menu("main", json!([entry(&page.id())]))).await;
    // A draft that is to take the name of another, with a page that is not public yet.
    let hidden = create(&editor, json!({ "title": "Hidden", "slug": "hidden" })).await;
    let next =
        json!([entry(&page.id()), entry(&hidden.id()), { "id": "x", "type": "heading", "label": "New" }]);
    let next = make(&editor, menu("main", next)).await;
    let path = format!("/admin/v1/documents/{}/previews", next.id());
    let made = editor.post(&path, &json!({})).await.expect(201);
    let url = made.json["url"].as_str().expect("an address");
    let secret = url.split_once("#masthead-preview=").expect("a secret").1;
    let preview = reader.send(Method::GET, "/v1/menus/main", &[("masthead-preview", secret)], None).await;
    let preview = preview.expect(200);
    assert_eq!(preview.json["id"], next.id());
    assert_eq!(outline(&preview.json["items"]), json!([["Open", "/open", []], ["New", null, []]]));
    assert_eq!(preview.header("cache-control"), "private, no-store");
    assert_eq!(outline(&read(&reader, "main").await["items"]), json!([["Open", "/open", []]]));
    site.stop().await;
}

#[actix_web::test]
async fn a_menu_leads_to_pages_in_the_locale_that_is_asked_for() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    add_locale(&site, "de", Some("en")).await;
    let about = publish(&editor, json!({ "title": "About", "slug": "about" })).await.id();
    let plain = publish(&editor, json!({ "title": "Plain", "slug": "plain" })).await.id();
    translate(&site, (&about, "de"), json!({ "title": "Wir", "slug": "wir" }), "/wir", FROM_NOW).await;
    let made = show(&editor, menu("main", json!([entry(&about), entry(&plain)]))).await;
    let german = read(&reader, "main?locale=de").await;
    assert_eq!(outline(&german["items"]), json!([["Wir", "/wir", []], ["Plain", "/plain", []]]));
    assert_eq!((&german["fallback"], &german["locale"]), (&json!(true), &json!("en")));
    // Translated, it may have another name, and still answers to the one in the locale that stands in.
    let translations = format!("/admin/v1/documents/{}/translations", made.id());
    editor.post(&translations, &json!({ "locale": "de" })).await.expect(201);
    let path = format!("/admin/v1/menus/{}?locale=de", made.id());
    let saved = editor.put_at(&path, 1, &menu("haupt", json!([entry(&plain)]))).await.expect(200);
    let publish = format!("/admin/v1/documents/{}/publish?locale=de", made.id());
    editor.post_at(&publish, saved.version(), Some(&json!({ "revision": 2 }))).await.expect(200);
    for slug in ["haupt", "main"] {
        let german = read(&reader, &format!("{slug}?locale=de")).await;
        assert_eq!((&german["slug"], &german["fallback"]), (&json!("haupt"), &json!(false)), "{slug}");
    }
    reader.get("/v1/menus/haupt").await.refused(404, "not_found");
    site.stop().await;
}

#[actix_web::test]
async fn what_goes_into_the_trash_is_taken_out_of_menus_or_replaced() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let [one, two, three] = ["one", "two", "three"];
    let mut pages = Vec::new();
    for slug in [one, two, three] {
        pages.push(publish(&editor, json!({ "title": slug, "slug": slug })).await);
    }
    let child = json!([{ "id": "c", "type": "url", "url": "/c", "label": "C" }]);
    let items = json!([entry(&pages[0].id()), above(&pages[1].id(), child), entry(&pages[2].id())]);
    let made = show(&editor, menu("main", items)).await;
    trash(&editor, &pages[0].id(), pages[0].version()).await.refused(409, "in_use");
    let away = async |page: &Answer, how: &str| {
        let path = format!("/admin/v1/pages/{}?references={how}", page.id());
        editor.delete_at(&path, page.version()).await.expect(204);
    };
    away(&pages[0], "unlink").await;
    assert_eq!(
        outline(&read(&reader, "main").await["items"]),
        json!([[two, "/two", [["C", "/c", []]]], [three, "/three", []]])
    );
    away(&pages[2], &format!("replace&replacement={}", pages[1].id())).await;
    assert_eq!(read(&reader, "main").await["items"][1]["entry"]["id"], pages[1].id());
    // What stands above others keeps its place, for an editor to decide.
    away(&pages[1], "unlink").await;
    let menu = editor.get(&format!("/admin/v1/menus/{}", made.id())).await.expect(200);
    assert_eq!(menu.json["dropped"][0]["reason"], "no_entry", "{}", menu.json);
    assert_eq!(menu.json["body"]["items"].as_array().expect("items").len(), 1);
    assert_eq!(read(&reader, "main").await["items"], json!([]));
    site.stop().await;
}
