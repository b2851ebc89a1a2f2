//! Filters of the public lists: what each one lets through, and that what is not public is as if it were not there.

use serde_json::json;

use crate::lists::{titles, walk_back_and_forth};
use crate::support::builders::{create, publish, trash, unpublish};
use crate::support::media::{described, save};
use crate::support::pictures::jpeg;
use crate::support::{Client, Role, TestSite};
use crate::translations::{FROM_NOW, FROM_TOMORROW, add_locale, draft, translate};

/// A tree: News with Spring (with Lantern) and Autumn, and About beside it; the ids by title.
struct Tree {
    site: TestSite,
    editor: Client,
    reader: Client,
    news: String,
    spring: String,
    lantern: String,
    about: String,
}

async fn tree() -> Tree {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let page = async |title: &str, parent: Option<&str>, tag: &str, day: u32| {
        let mut fields = json!({
            "title": title, "slug": title.to_lowercase(), "tags": [tag], "date": format!("2026-02-0{day}T00:00:00Z"),
        });
        if let Some(parent) = parent {
            fields["parent"] = json!(parent);
        }
        publish(&editor, fields).await.id()
    };
    let news = page("News", None, "section", 1).await;
    let spring = page("Spring", Some(&news), "season", 2).await;
    page("Autumn", Some(&news), "season", 3).await;
    let lantern = page("Lantern", Some(&spring), "light", 4).await;
    let about = page("About", None, "section", 5).await;
    let reader = site.anonymous();
    Tree { site, editor, reader, news, spring, lantern, about }
}

async fn found(reader: &Client, query: &str) -> Vec<String> {
    let answer = reader.get(&format!("/v1/pages?count=exact&{query}")).await.expect(200);
    let titles = titles(&answer);
    assert_eq!(answer.json["page"]["total"], titles.len(), "{query}");
    titles
}

#[actix_web::test]
async fn each_filter_lets_through_what_it_says_and_all_go_together() {
    let Tree { site, reader, news, spring, lantern, about, .. } = tree().await;
    let cases: Vec<(String, &[&str])> = vec![
        (String::new(), &["About", "Lantern", "Autumn", "Spring", "News"]),
        ("filter[tag]=season".into(), &["Autumn", "Spring"]),
        ("filter[tag]=Season".into(), &[]),
        ("filter[tag]=nothing".into(), &[]),
        ("filter[parent]=none".into(), &["About", "News"]),
        (format!("filter[parent]={news}"), &["Autumn", "Spring"]),
        (format!("filter[parent]={lantern}"), &[]),
        (format!("filter[ancestor]={news}"), &["Lantern", "Autumn", "Spring"]),
        (format!("filter[ancestor]={spring}"), &["Lantern"]),
        (format!("filter[ancestor]={about}"), &[]),
        (format!("filter[ancestor]={news}&filter[tag]=season&sort=title"), &["Autumn", "Spring"]),
        (format!("filter[ancestor]={news}&filter[parent]={spring}"), &["Lantern"]),
        (format!("filter[ancestor]={news}&filter[parent]=none"), &[]),
        ("filter[published_at][gte]=2026-02-04T00:00:00Z".into(), &["About", "Lantern"]),
        ("filter[published_at][gt]=2026-02-04T00:00:00Z".into(), &["About"]),
        ("filter[published_at][lte]=2026-02-02T00:00:00Z".into(), &["Spring", "News"]),
        ("filter[published_at][lt]=2026-02-02T01:00:00%2B01:00".into(), &["News"]),
        (
            "filter[published_at][gt]=2026-02-01T00:00:00Z&filter[published_at][lt]=2026-02-04T00:00:00Z".into(),
            &["Autumn", "Spring"],
        ),
        ("filter[updated_at][gte]=2026-02-10T00:00:00Z&filter[tag]=light".into(), &["Lantern"]),
        ("filter[updated_at][lt]=2026-02-10T00:00:00Z".into(), &[]),
        ("filter[updated_at][lte]=9999-01-01T00:00:00Z&filter[updated_at][gt]=0001-01-01T00:00:00Z&limit=1".into(), &[]),
    ];
    for (query, expected) in cases {
        if query.ends_with("limit=1") {
            let answer = reader.get(&format!("/v1/pages?count=exact&{query}")).await.expect(200);
            assert_eq!((&answer.json["page"]["total"], titles(&answer).len()), (&json!(5), 1), "{query}");
            continue;
        }
        assert_eq!(found(&reader, &query).await, expected, "{query}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn a_filtered_list_is_walked_by_cursors_that_are_good_for_it_alone() {
    let Tree { site, reader, news, .. } = tree().await;
    let below = ["Autumn", "Lantern", "Spring"].map(String::from);
    let address = format!("/v1/pages?filter%5Bancestor%5D={news}&sort=title");
    for limit in [1, 2, 3] {
        walk_back_and_forth(&reader, &format!("{address}&limit={limit}"), &below, limit).await;
    }
    let first = reader.get(&format!("{address}&limit=1")).await.expect(200);
    let cursor = first.json["page"]["next"].as_str().expect("a cursor");
    for other in ["sort=title", "sort=title&filter[parent]=none", "sort=title&filter[tag]=season"] {
        reader.get(&format!("/v1/pages?limit=1&{other}&after={cursor}")).await.refused(400, "invalid_cursor");
    }
    site.stop().await;
}

#[actix_web::test]
async fn what_is_not_public_filters_like_an_id_of_nothing() {
    let Tree { site, editor, reader, news, spring, lantern, about } = tree().await;
    let drafted =
        create(&editor, json!({ "title": "Draft", "slug": "draft", "parent": news, "tags": ["hidden"] }))
            .await;
    let below =
        create(&editor, json!({ "title": "Below", "slug": "below", "parent": drafted.id() })).await.id();
    let gone =
        publish(&editor, json!({ "title": "Gone", "slug": "gone", "parent": about, "tags": ["hidden"] }))
            .await;
    unpublish(&editor, &gone.id(), gone.version()).await.expect(200);
    let lost =
        publish(&editor, json!({ "title": "Lost", "slug": "lost", "parent": spring, "tags": ["hidden"] }))
            .await;
    trash(&editor, &lost.id(), lost.version()).await.expect(204);
    // A draft of a public page puts it elsewhere; that is not public either.
    let moved = editor.get(&format!("/admin/v1/pages/{lantern}")).await.expect(200);
    crate::support::builders::save(
        &editor,
        &lantern,
        moved.version(),
        json!({ "title": "X", "slug": "x", "parent": about, "tags": ["hidden"] }),
    )
    .await;

    let nothing = reader.get(&format!("/v1/pages?filter[parent]={}", site.app.ids.uuid())).await.expect(200);
    for id in [drafted.id(), below, gone.id(), lost.id(), about] {
        for filter in ["parent", "ancestor"] {
            let answer = reader.get(&format!("/v1/pages?filter[{filter}]={id}")).await.expect(200);
            assert_eq!(answer.bytes, nothing.bytes, "{filter} {id}");
        }
    }
    assert_eq!(found(&reader, "filter[tag]=hidden").await, [""; 0]);
    assert_eq!(
        found(&reader, &format!("filter[ancestor]={news}&sort=title")).await,
        ["Autumn", "Lantern", "Spring"]
    );
    site.stop().await;
}

#[actix_web::test]
async fn filters_ask_the_document_that_is_answered() {
    let Tree { site, reader, news, spring, .. } = tree().await;
    add_locale(&site, "de", Some("en")).await;
    let fields = json!({ "title": "Neues", "slug": "neues" });
    translate(&site, (&news, "de"), fields, "/neues", FROM_NOW).await;
    let fields = json!({ "title": "Frühling", "slug": "fruehling", "date": "2026-03-01T00:00:00Z" });
    translate(&site, (&spring, "de"), fields, "/fruehling", FROM_NOW).await;
    // In German Spring stands at the top; what hangs below it follows.
    assert_eq!(found(&reader, &format!("locale=de&filter[parent]={news}")).await, ["Autumn"]);
    assert_eq!(found(&reader, &format!("locale=de&filter[ancestor]={news}")).await, ["Autumn"]);
    assert_eq!(found(&reader, &format!("locale=de&filter[ancestor]={spring}")).await, ["Lantern"]);
    assert_eq!(
        found(&reader, "locale=de&filter[parent]=none&sort=title").await,
        ["About", "Frühling", "Neues"]
    );
    assert_eq!(found(&reader, "locale=de&filter[tag]=season").await, ["Autumn"], "the German one has no tag");
    assert_eq!(
        found(&reader, "locale=de&filter[published_at][gte]=2026-02-05T00:00:00Z&sort=title").await,
        ["About", "Frühling", "Neues"]
    );
    let english = ["Autumn", "Spring"];
    assert_eq!(found(&reader, &format!("filter[parent]={news}&sort=title")).await, english);
    site.stop().await;
}

#[actix_web::test]
async fn a_plan_in_another_locale_moves_nothing_yet() {
    let Tree { site, reader, news, spring, .. } = tree().await;
    add_locale(&site, "de", Some("en")).await;
    let fields = json!({ "title": "Frühling", "slug": "fruehling" });
    translate(&site, (&spring, "de"), fields, "/fruehling", FROM_TOMORROW).await;
    draft(&site, &news, "de", json!({ "title": "Neues", "slug": "neues" })).await;
    let query = format!("locale=de&filter[ancestor]={news}&sort=title");
    assert_eq!(found(&reader, &query).await, ["Autumn", "Lantern", "Spring"]);
    site.database.advance("2 days").await;
    assert_eq!(found(&reader, &query).await, ["Autumn"], "by time alone");
    site.stop().await;
}

#[actix_web::test]
async fn another_instant_is_filtered_in_the_same_way() {
    let Tree { site, editor, reader, news, spring, lantern, .. } = tree().await;
    let page = editor.get(&format!("/admin/v1/pages/{lantern}")).await.expect(200);
    let before = site.app.store.now().await.expect("the time").to_rfc3339().replace('+', "%2B");
    unpublish(&editor, &lantern, page.version()).await.expect(200);
    for (filter, then, now) in [
        (format!("filter[parent]={spring}"), vec!["Lantern"], vec![]),
        (
            format!("filter[ancestor]={news}&sort=title"),
            vec!["Autumn", "Lantern", "Spring"],
            vec!["Autumn", "Spring"],
        ),
        ("filter[tag]=light".to_owned(), vec!["Lantern"], vec![]),
    ] {
        assert_eq!(found(&editor, &format!("{filter}&as_of={before}")).await, then, "{filter}");
        assert_eq!(found(&reader, &filter).await, now, "{filter}");
        reader.get(&format!("/v1/pages?{filter}&as_of={before}")).await.refused(403, "forbidden");
    }
    site.stop().await;
}

#[actix_web::test]
async fn malformed_filters_say_what_would_be_right() {
    let site = TestSite::start().await;
    let reader = site.anonymous();
    for (name, value, part) in [
        ("filter[parent]", "", "`none` for the top level"),
        ("filter[parent]", "null", "019a3e5c"),
        ("filter[parent]", "{019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41}", "`none` for the top level"),
        ("filter[ancestor]", "none", "019a3e5c"),
        ("filter[tag]", "", "1 to 100 characters"),
        ("filter[tag]", &"a".repeat(101), "1 to 100 characters"),
        ("filter[published_at][gte]", "2026", "`2026-03-01T09:00:00Z`"),
        ("filter[published_at][gte]", "2026-03-01T09:00:00 01:00", "%2B"),
        ("filter[updated_at][lt]", "", "`2026-03-01T09:00:00Z`"),
    ] {
        let value = value.replace('{', "%7B").replace('}', "%7D").replace(' ', "%20");
        let answer = reader.get(&format!("/v1/pages?{name}={value}")).await.refused(400, "invalid_parameter");
        assert_eq!(answer.places(), [(format!("/query/{name}").as_str(), "invalid")]);
        assert!(answer.detail().contains(part), "{}", answer.json);
    }
    for unknown in
        ["filter[published_at]", "filter[published_at][eq]", "filter[title]", "filter[state]", "filter"]
    {
        reader.get(&format!("/v1/pages?{unknown}=x")).await.refused(400, "unknown_parameter");
    }
    for unknown in ["filter[parent]", "filter[ancestor]", "include"] {
        reader.get(&format!("/v1/media?{unknown}=none")).await.refused(400, "unknown_parameter");
    }
    reader.get("/v1/pages?filter[tag]=a&filter%5Btag%5D=b").await.refused(400, "repeated_parameter");
    site.stop().await;
}

#[actix_web::test]
async fn media_are_filtered_ordered_and_counted_too() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let mut blocks = Vec::new();
    for (nth, name) in ["b.jpg", "a.jpg", "hidden.jpg"].into_iter().enumerate() {
        let media =
            described(&editor, name, &jpeg(40, 30, [u8::try_from(nth * 60).expect("small"), 9, 9])).await;
        let mut body = media["body"].clone();
        body["title"] = json!(name);
        body["tags"] = json!(["room"]);
        let saved = save(&editor, &media, body).await;
        let number = saved.json["revision"]["number"].as_i64().expect("a number");
        crate::support::builders::publish_revision(&editor, &saved.id(), saved.version(), number)
            .await
            .expect(200);
        if name != "hidden.jpg" {
            blocks.push(json!({ "type": "hero", "heading": name, "image": saved.id() }));
        }
    }
    publish(&editor, json!({ "title": "Rooms", "blocks": blocks })).await;
    let reader = site.anonymous();
    for (query, expected) in [
        ("sort=title", vec!["a.jpg", "b.jpg"]),
        ("sort=-title", vec!["b.jpg", "a.jpg"]),
        ("sort=-updated_at,title", vec!["a.jpg", "b.jpg"]),
        ("sort=published_at&filter[tag]=room&filter[class]=image", vec!["b.jpg", "a.jpg"]),
        ("filter[class]=document", vec![]),
        ("filter[updated_at][lt]=2020-01-01T00:00:00Z", vec![]),
    ] {
        let answer = reader.get(&format!("/v1/media?count=exact&{query}")).await.expect(200);
        assert_eq!(titles(&answer), expected, "{query}");
        assert_eq!(answer.json["page"]["total"], expected.len(), "what nothing uses does not count: {query}");
    }
    let sparse = reader.get("/v1/media?sort=title&fields=image.alt").await.expect(200);
    assert_eq!(sparse.json["data"][0]["image"], json!({ "alt": "What a.jpg shows" }));
    let refused = reader.get("/v1/media?sort=position").await.refused(400, "invalid_parameter");
    assert!(!refused.detail().contains("`position`,"), "media have no rank: {}", refused.json);
    site.stop().await;
}
