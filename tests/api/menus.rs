//! Menus: what they may hold, their names, who may write them, and the lists of them.

use serde_json::{Value, json};

use crate::grounds::Grounds;
use crate::menus_targets::{make, menu, read, show};
use crate::support::builders::{publish, publish_revision, unpublish};
use crate::support::{Client, Role, TestSite};
use crate::translations::add_locale;

fn link(label: &str) -> Value {
    json!({ "id": label, "type": "url", "url": format!("https://{label}.example.org/"), "label": label })
}

async fn save(client: &Client, id: &str, request: Value) -> crate::support::Answer {
    client.send(reqwest::Method::PUT, &format!("/admin/v1/menus/{id}"), &[], Some(&request)).await
}

#[actix_web::test]
async fn what_a_menu_cannot_hold_is_refused_with_its_place() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let page = publish(&editor, json!({ "slug": "page" })).await.id();
    let heading = |items: Value| json!([{ "type": "heading", "label": "x", "items": items }]);
    let before = site.database.fingerprint().await;
    for (items, place, code) in [
        (json!([{ "type": "url", "url": "javascript:alert(1)", "label": "x" }]), "/0/url", "invalid"),
        (json!([{ "type": "url", "url": "data:text/html,x", "label": "x" }]), "/0/url", "invalid"),
        (json!([{ "type": "url", "url": "//elsewhere.example", "label": "x" }]), "/0/url", "invalid"),
        (json!([{ "type": "url", "url": format!("entry:{page}"), "label": "x" }]), "/0/url", "not_allowed"),
        (json!([{ "type": "entry", "entry": page, "url": "/x" }]), "/0/url", "not_allowed"),
        (json!([{ "type": "heading", "label": "x", "entry": page }]), "/0/entry", "not_allowed"),
        (json!([{ "type": "button", "label": "x" }]), "/0/type", "invalid"),
        (json!([{ "type": "url", "href": "/x" }]), "/0/href", "unknown"),
        (json!([{ "type": "url", "label": "a\nb" }]), "/0/label", "invalid"),
        (json!([{ "type": "url", "id": "a b" }]), "/0/id", "invalid"),
        (json!([link("a"), link("a")]), "/1/id", "duplicate"),
        (heading(heading(heading(heading(json!([]))))), "/0/items/0/items/0/items", "not_allowed"),
        (json!(vec![json!({ "type": "heading", "label": "x" }); 201]), "", "too_many"),
    ] {
        let answer =
            editor.post("/admin/v1/menus", &menu("main", items.clone())).await.refused(422, "invalid");
        assert_eq!(answer.places(), [(format!("/body/items{place}").as_str(), code)], "{items}");
    }
    let nowhere = json!([{ "type": "entry", "entry": "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41" }]);
    let answer =
        editor.post("/admin/v1/menus", &menu("main", nowhere)).await.refused(422, "reference_not_found");
    assert_eq!(answer.places(), [("/body/items/0/entry", "not_found")]);
    let nameless = json!({ "body": { "title": "!", "items": [] } });
    let answer = editor.post("/admin/v1/menus", &nameless).await.refused(422, "invalid");
    assert_eq!(answer.places(), [("/body/slug", "invalid")]);
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn an_unfinished_menu_is_saved_and_asked_for_what_it_lacks_when_published() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let items = json!([{ "type": "entry" }, { "type": "url", "label": "x" }, { "type": "heading" }]);
    let body = json!({ "body": { "title": "Foot of the page", "items": items } });
    let made = editor.post("/admin/v1/menus", &body).await.expect(201);
    assert_eq!(made.json["body"]["slug"], "foot-of-the-page", "made from the title");
    assert_eq!(made.header("location"), format!("/admin/v1/menus/{}", made.id()));
    let refused = publish_revision(&editor, &made.id(), 1, 1).await.refused(422, "invalid");
    let lacks = ["/items/0/entry", "/items/1/url", "/items/2/label"].map(|place| (place, "required"));
    assert_eq!(refused.places(), lacks);
    site.stop().await;
}

#[actix_web::test]
async fn two_public_menus_of_a_locale_have_two_names() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let first = show(&editor, menu("main", json!([link("first")]))).await;
    let second = make(&editor, menu("main", json!([link("second")]))).await;
    let refused = publish_revision(&editor, &second.id(), 1, 1).await.refused(409, "path_taken");
    assert!(
        refused.json["detail"].as_str().expect("text").contains("Choose another slug"),
        "{}",
        refused.json
    );
    let plan = json!({ "revision": 1, "from": "8000-01-01T00:00:00Z" });
    let schedule = format!("/admin/v1/documents/{}/schedule", second.id());
    editor.post_at(&schedule, 1, Some(&plan)).await.refused(409, "path_taken");
    assert_eq!(read(&reader, "main").await["items"][0]["label"], "first");
    // Of another kind, or in another locale, it is another name.
    publish(&editor, json!({ "slug": "main" })).await;
    add_locale(&site, "de", Some("en")).await;
    let german =
        editor.post("/admin/v1/menus?locale=de", &menu("main", json!([link("dritte")]))).await.expect(201);
    let path = format!("/admin/v1/documents/{}/publish?locale=de", german.id());
    editor.post_at(&path, 1, Some(&json!({ "revision": 1 }))).await.expect(200);
    assert_eq!(read(&reader, "main?locale=de").await["items"][0]["label"], "dritte");
    assert_eq!(read(&reader, "main?locale=en").await["items"][0]["label"], "first");
    // Once the first has gone the name is free.
    unpublish(&editor, &first.id(), first.version()).await.expect(200);
    publish_revision(&editor, &second.id(), 1, 1).await.expect(200);
    assert_eq!(read(&reader, "main").await["items"][0]["label"], "second");
    publish_revision(&editor, &first.id(), first.version() + 1, 1).await.refused(409, "path_taken");
    site.stop().await;
}

#[actix_web::test]
async fn two_at_once_publish_one_menu_of_a_name() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let ids = [
        make(&editor, menu("main", json!([link("a")]))).await.id(),
        make(&editor, menu("main", json!([link("b")]))).await.id(),
    ];
    let publish = |nth: usize| publish_revision(&editor, &ids[nth], 1, 1);
    let (one, other) = futures_util::future::join(publish(0), publish(1)).await;
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let public = site.database.texts("select count(*)::text as value from publications").await;
    assert_eq!(public, ["1"]);
    site.stop().await;
}

#[actix_web::test]
async fn edits_of_two_merge_item_by_item() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let made = make(&editor, menu("main", json!([link("a"), link("b")]))).await;
    let mut mine = menu("main", json!([link("a"), link("b"), link("c")]));
    let mut changed = link("b");
    changed["label"] = json!("B");
    editor
        .put_at(&format!("/admin/v1/menus/{}", made.id()), 1, &menu("main", json!([link("a"), changed])))
        .await
        .expect(200);
    mine["base"] = json!(1);
    let merged = save(&editor, &made.id(), mine).await.expect(200);
    assert_eq!(merged.json["merged"], true);
    let items = merged.json["body"]["items"].as_array().expect("items");
    let labels: Vec<&str> = items.iter().map(|item| item["label"].as_str().expect("text")).collect();
    assert_eq!(labels, ["a", "B", "c"]);
    save(&editor, &made.id(), menu("main", json!([]))).await.refused(428, "precondition_required");
    site.stop().await;
}

#[actix_web::test]
async fn menus_are_listed_by_title_and_not_found_by_readers() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    for (title, slug) in [("Social", "social"), ("Äußeres", "foot"), ("Main lanterns", "main")] {
        let body = json!({ "body": { "title": title, "slug": slug, "items": [link("lanterns")] } });
        show(&editor, body).await;
    }
    let draft = make(&editor, menu("draft", json!([]))).await;
    let list = reader.get("/v1/menus?count=exact&fields=slug,title").await.expect(200);
    let slugs: Vec<&str> = list.json["data"]
        .as_array()
        .expect("data")
        .iter()
        .map(|one| one["slug"].as_str().expect("text"))
        .collect();
    assert_eq!((slugs, &list.json["page"]["total"]), (vec!["foot", "main", "social"], &json!(3)));
    let one = reader.get("/v1/menus?limit=1").await.expect(200);
    let next = one.json["page"]["next"].as_str().expect("a cursor");
    let two = reader.get(&format!("/v1/menus?limit=1&after={next}")).await.expect(200);
    assert_eq!(two.json["data"][0]["slug"], "main");
    reader.get("/v1/menus/draft").await.refused(404, "not_found");
    reader.get("/v1/menus/Main").await.refused(404, "not_found");
    reader.get(&format!("/v1/pages/{}", draft.id())).await.refused(404, "not_found");
    // Nobody looks for a menu; editors do.
    assert_eq!(reader.get("/v1/search?q=lanterns").await.expect(200).json["data"], json!([]));
    let found = editor.get("/admin/v1/search?q=lantern").await.expect(200);
    assert_eq!(found.json["data"].as_array().expect("data").len(), 3, "{}", found.json);
    let drafts = editor.get("/admin/v1/menus?filter[state]=draft").await.expect(200);
    assert_eq!(drafts.json["data"][0]["id"], draft.id());
    site.stop().await;
}

#[actix_web::test]
async fn an_editor_of_a_section_writes_no_menu_of_the_site() {
    let ground = Grounds::new().await;
    let grants =
        ["read", "write", "publish", "delete"].map(|verb| ("*", verb, "subtree", Some(ground.a.as_str())));
    let limited = ground.site.limited(&grants).await;
    let whole = make(&ground.admin, menu("main", json!([{ "type": "entry", "entry": ground.a }]))).await;
    limited.post("/admin/v1/menus", &menu("own", json!([]))).await.refused(403, "forbidden");
    let path = format!("/admin/v1/menus/{}", whole.id());
    limited.get(&path).await.refused(403, "forbidden");
    limited.put_at(&path, 1, &menu("main", json!([]))).await.refused(403, "forbidden");
    limited.delete_at(&path, 1).await.refused(403, "forbidden");
    publish_revision(&limited, &whole.id(), 1, 1).await.refused(403, "forbidden");
    assert_eq!(limited.get("/admin/v1/menus").await.expect(200).json["data"], json!([]));
    let author = ground.site.client(Role::Author).await;
    author.get(&path).await.expect(200);
    author.post("/admin/v1/menus", &menu("own", json!([]))).await.refused(403, "forbidden");
    ground.site.stop().await;
}
