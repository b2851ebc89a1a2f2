//! What comes along with pages: children and parents, two levels of them, bounded, and only what is public.

use serde_json::{Value, json};

use crate::support::builders::{create, publish, unpublish};
use crate::support::{Client, Role, TestSite};
use crate::translations::{FROM_NOW, add_locale, translate};

async fn page(editor: &Client, title: &str, parent: Option<&str>, position: &str) -> String {
    let mut fields = json!({ "title": title, "slug": title.to_lowercase(), "position": position });
    if let Some(parent) = parent {
        fields["parent"] = json!(parent);
    }
    publish(editor, fields).await.id()
}

/// The titles of what came along, nested as it came: `News(Spring(Lantern) Autumn+)`, with the plus for more.
fn outline(page: &Value) -> String {
    let mut text = page["title"].as_str().expect("a title").to_owned();
    if let Some(children) = page["included"].get("children") {
        let all: Vec<String> = children["data"].as_array().expect("a list").iter().map(outline).collect();
        let more = if children["more"] == true { "+" } else { "" };
        text = format!("{text}({}{more})", all.join(" "));
    }
    match page["included"].get("parent") {
        Some(Value::Null) => format!("^ {text}"),
        Some(parent) => format!("{}/{text}", outline(parent)),
        None => text,
    }
}

#[actix_web::test]
async fn children_and_parents_come_along_on_two_levels() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let news = page(&editor, "News", None, "V").await;
    let spring = page(&editor, "Spring", Some(&news), "W").await;
    page(&editor, "Autumn", Some(&news), "X").await;
    page(&editor, "Winter", Some(&news), "V").await;
    let lantern = page(&editor, "Lantern", Some(&spring), "V").await;
    let reader = site.anonymous();
    let get = async |id: &str, include: &str| {
        let one = reader.get(&format!("/v1/pages/{id}?include={include}")).await.expect(200).json;
        let path = one["path"].as_str().expect("a path").to_owned();
        let resolved =
            reader.get(&format!("/v1/resolve?path={path}&include={include}")).await.expect(200).json;
        assert_eq!(resolved["page"], one, "resolving gives the same");
        outline(&one)
    };
    assert_eq!(get(&news, "children").await, "News(Winter Spring Autumn)");
    assert_eq!(get(&news, "children.children").await, "News(Winter() Spring(Lantern) Autumn())");
    assert_eq!(get(&news, "children,parent").await, "^ News(Winter Spring Autumn)");
    assert_eq!(get(&lantern, "parent.parent").await, "News/Spring/Lantern");
    assert_eq!(get(&lantern, "parent.children,children").await, "Spring(Lantern)/Lantern()");
    assert_eq!(get(&spring, "children.parent").await, "Spring(Spring/Lantern)");

    let one = reader.get(&format!("/v1/pages/{news}?include=children")).await.expect(200).json;
    let card = reader.get("/v1/pages?filter[tag]=nothing&limit=1").await.expect(200);
    assert_eq!(card.json["data"], json!([]));
    let listed = reader.get(&format!("/v1/pages?filter[parent]={news}&sort=position")).await.expect(200).json;
    assert_eq!(one["included"]["children"]["data"], listed["data"], "they are the cards of the list");
    let bare = reader.get(&format!("/v1/pages/{news}")).await.expect(200).json;
    assert!(bare.get("included").is_none(), "nothing comes unasked");

    let top = "/v1/pages?filter[parent]=none&include=children.children";
    let list = reader.get(top).await.expect(200).json;
    assert_eq!(
        outline(&list["data"][0]),
        "News(Winter() Spring(Lantern) Autumn())",
        "the menu of a site in one request"
    );
    let sparse =
        reader.get(&format!("{top}&fields=title,included.children.data.path")).await.expect(200).json;
    let paths = json!({ "children": { "data": [{ "path": "/news/winter" }, { "path": "/news/spring" }, { "path": "/news/autumn" }] } });
    assert_eq!(sparse["data"], json!([{ "id": news, "kind": "page", "title": "News", "included": paths }]));
    site.stop().await;
}

#[actix_web::test]
async fn what_is_not_public_never_comes_along() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let news = page(&editor, "News", None, "V").await;
    let open = page(&editor, "Open", Some(&news), "V").await;
    create(&editor, json!({ "title": "Draft", "slug": "draft", "parent": news })).await;
    let gone = publish(&editor, json!({ "title": "Gone", "slug": "gone", "parent": news })).await;
    unpublish(&editor, &gone.id(), gone.version()).await.expect(200);
    let hidden = create(&editor, json!({ "title": "Hidden", "slug": "hidden" })).await.id();
    let saved = editor.get(&format!("/admin/v1/pages/{open}")).await.expect(200);
    crate::support::builders::save(
        &editor,
        &open,
        saved.version(),
        json!({ "title": "Moved", "slug": "open", "parent": hidden }),
    )
    .await;
    let reader = site.anonymous();
    let one = reader.get(&format!("/v1/pages/{news}?include=children.parent")).await.expect(200).json;
    assert_eq!(outline(&one), "News(News/Open)");
    let one = reader.get(&format!("/v1/pages/{open}?include=parent.children")).await.expect(200).json;
    assert_eq!(outline(&one), "News(Open)/Open");
    site.stop().await;
}

#[actix_web::test]
async fn what_comes_along_comes_in_the_best_locale_and_at_the_same_instant() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    add_locale(&site, "de", Some("en")).await;
    let news = page(&editor, "News", None, "V").await;
    let before = site.app.store.now().await.expect("the time").to_rfc3339().replace('+', "%2B");
    let spring = page(&editor, "Spring", Some(&news), "W").await;
    page(&editor, "Autumn", Some(&news), "X").await;
    translate(&site, (&news, "de"), json!({ "title": "Neues", "slug": "neues" }), "/neues", FROM_NOW).await;
    let fields = json!({ "title": "Lenz", "slug": "lenz", "parent": news });
    translate(&site, (&spring, "de"), fields, "/neues/lenz", FROM_NOW).await;
    let reader = site.anonymous();
    let de =
        reader.get(&format!("/v1/pages/{news}?include=children.parent&locale=de")).await.expect(200).json;
    assert_eq!(outline(&de), "Neues(Neues/Lenz Neues/Autumn)");
    let en = reader.get(&format!("/v1/pages/{news}?include=children.parent")).await.expect(200).json;
    assert_eq!(outline(&en), "News(News/Spring News/Autumn)");
    let then = editor.get(&format!("/v1/pages/{news}?include=children&as_of={before}")).await.expect(200);
    assert_eq!(outline(&then.json), "News()");
    site.stop().await;
}

#[actix_web::test]
async fn a_hundred_children_come_along_and_it_is_said_when_there_are_more() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let news = page(&editor, "News", None, "V").await;
    let first = page(&editor, "First", Some(&news), "V").await;
    // Copies of the first one, as the import of a large site makes them.
    let copies = format!(
        "select mh.public_change(); \
         create temp table copies on commit drop as select gen_random_uuid() as id, n from generate_series(1, 100) n; \
         insert into entries (id, kind) select id, 'page' from copies; \
         insert into documents (entry_id, locale, kind, head, parent, position) select id, 'en', 'page', 1, '{news}', 'W' from copies; \
         insert into revisions (entry_id, locale, number, title, body, schema_version, sha256, origin) \
           select c.id, 'en', 1, r.title, r.body, 1, r.sha256, 'import' from copies c, revisions r where r.entry_id = '{first}'; \
         insert into publications (id, entry_id, locale, number, kind, during, opened_at, first_published_at, published_at, \
             title, title_sort, card, facets, parent, slug, position, derived_by) \
           select gen_random_uuid(), copies.id, 'en', 1, 'page', tstzrange(s.changed_at, null), s.changed_at, s.changed_at, s.changed_at, \
             'Copy ' || n, 'Copy ' || n, '{{}}', '{{}}', '{news}', 'copy-' || n, 'W', 1 from copies, site s; \
         insert into routes (entry_id, locale, path, during) \
           select copies.id, 'en', '/news/copy-' || n, tstzrange(s.changed_at, null) from copies, site s; \
         insert into events (actor_kind, reason, action, subject_kind, subject_id) \
           select 'system', 'test', 'page.imported', 'page', id from copies"
    );
    site.database.execute(&copies).await;
    let reader = site.anonymous();
    let one = reader.get(&format!("/v1/pages/{news}?include=children")).await.expect(200).json;
    let children = &one["included"]["children"];
    assert_eq!(children["data"].as_array().expect("a list").len(), 100);
    assert_eq!((&children["more"], &children["data"][0]["title"]), (&json!(true), &json!("First")));
    // Of many pages a thousand in all, the first ones of each: eleven times the same hundred are asked for.
    let all = reader
        .get(&format!("/v1/pages?filter[ancestor]={news}&limit=100&count=exact&include=parent.children"))
        .await;
    let all = all.expect(200).json;
    assert_eq!(all["page"]["total"], 101);
    let parents = all["data"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| &row["included"]["parent"]["included"]["children"]["data"]);
    assert!(
        parents.into_iter().all(|data| *data == children["data"]),
        "each has its parent with its children"
    );
    site.stop().await;
}

#[actix_web::test]
async fn what_cannot_come_along_is_refused() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = page(&editor, "One", None, "V").await;
    let reader = site.anonymous();
    for (include, part) in [
        ("", "`children` and `parent`"),
        ("people", "`children` and `parent`"),
        ("children,", "`parent,children.children`"),
        ("children.children.children", "one more level"),
        ("Children", "`children` and `parent`"),
        ("parent,parent", "more than once"),
    ] {
        for address in
            [format!("/v1/pages/{id}?"), "/v1/pages?".to_owned(), "/v1/resolve?path=/one&".to_owned()]
        {
            let answer =
                reader.get(&format!("{address}include={include}")).await.refused(400, "invalid_parameter");
            assert_eq!(answer.places(), [("/query/include", "invalid")], "{include}");
            assert!(answer.detail().contains(part), "{include}: {}", answer.json);
        }
    }
    reader
        .get(&format!("/v1/pages/{id}?include=children&include=parent"))
        .await
        .refused(400, "repeated_parameter");
    site.stop().await;
}
