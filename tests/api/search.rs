//! `GET /v1/search`: what is found, in which order, how it is marked, and how typing errors are mended.

use masthead::documents::{add_locale, dictionary};
use masthead::platform::access::Permit;
use serde_json::{Value, json};

use crate::lists::{link, titles, walk_back_and_forth};
use crate::support::builders::{page, publish, publish_revision, republish};
use crate::support::pictures::jpeg;
use crate::support::{Answer, Client, Role, TestSite, media};

/// Brings the dictionary up to date, as the worker does.
pub async fn learn(site: &TestSite) {
    while dictionary::follow(&site.app).await.expect("the dictionary follows") {}
}

pub async fn find(client: &Client, query: &str) -> Answer {
    client.get(&format!("/v1/search?q={query}")).await.expect(200)
}

async fn found(client: &Client, query: &str) -> Vec<String> {
    titles(&find(client, query).await)
}

fn text(markdown: &str) -> Value {
    json!([{ "id": "t", "type": "rich_text", "markdown": markdown }])
}

/// A page in another locale, public.
async fn translate(editor: &Client, id: &str, locale: &str, fields: Value) {
    let path = format!("/admin/v1/documents/{id}/translations");
    editor.post(&path, &json!({ "locale": locale })).await.expect(201);
    let path = format!("/admin/v1/pages/{id}?locale={locale}");
    let version = editor.get(&path).await.expect(200).version();
    let saved = editor.put_at(&path, version, &page(fields)).await.expect(200);
    let path = format!("/admin/v1/documents/{id}/publish?locale={locale}");
    let revision = json!({ "revision": saved.json["revision"]["number"] });
    editor.post_at(&path, saved.version(), Some(&revision)).await.expect(200);
}

#[actix_web::test]
async fn a_hit_is_complete() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let fields = json!({
        "title": "Lanterns & <script>lantern</script>", "slug": "lanterns", "summary": "A festival.",
        "blocks": text("Bring your **lantern** to the harbour, \"now\"."),
    });
    let made = publish(&editor, fields).await;
    let answer = find(&site.anonymous(), "lantern").await;
    let score = answer.json["data"][0]["score"].clone();
    assert!(score.as_f64().expect("a number") > 0.0);
    assert_eq!(
        answer.json,
        json!({
            "data": [{
                "id": made.id(), "kind": "page", "locale": "en", "requested_locale": "en", "fallback": false,
                "title": "Lanterns & <script>lantern</script>", "path": "/lanterns",
                "published_at": made.json["live"]["from"], "updated_at": made.json["live"]["from"], "score": score,
                "title_highlight": {
                    "html": "<mark>Lanterns</mark> &amp; &lt;script&gt;<mark>lantern</mark>&lt;/script&gt;",
                    "text": "Lanterns & <script>lantern</script>",
                    "highlights": [{ "start": 0, "end": 8 }, { "start": 19, "end": 26 }],
                },
                "excerpt": {
                    "html": "Bring your <mark>lantern</mark> to the harbour, &quot;now&quot;.",
                    "text": "Bring your lantern to the harbour, \"now\".",
                    "highlights": [{ "start": 11, "end": 18 }],
                },
            }],
            "page": { "limit": 20, "next": null, "previous": null },
            "query": { "text": "lantern", "corrected_query": null, "candidates_limited": false },
        })
    );
    site.stop().await;
}

#[actix_web::test]
async fn titles_count_more_than_summaries_headings_and_text() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let hero = json!([{ "id": "h", "type": "hero", "heading": "The orchard" }]);
    for (slug, fields) in [
        ("text", json!({ "title": "In the text", "blocks": text("An orchard.") })),
        ("title", json!({ "title": "Orchard", "blocks": text("Trees.") })),
        ("heading", json!({ "title": "In a heading", "blocks": hero })),
        ("summary", json!({ "title": "In the summary", "summary": "An orchard.", "blocks": text("Trees.") })),
        ("tag", json!({ "title": "Elsewhere", "blocks": text("Trees.") })),
    ] {
        let mut fields = fields;
        fields["slug"] = json!(slug);
        publish(&editor, fields).await;
    }
    let reader = site.anonymous();
    let ranked = ["Orchard", "In the summary", "In a heading", "In the text"].map(str::to_owned);
    assert_eq!(found(&reader, "orchard").await, ranked);
    for limit in [1, 2, 3] {
        walk_back_and_forth(&reader, &format!("/v1/search?q=orchard&limit={limit}"), &ranked, limit).await;
    }
    let first = reader.get("/v1/search?q=orchard&limit=1").await.expect(200);
    let cursor = first.json["page"]["next"].as_str().expect("a cursor");
    for other in
        ["q=orchards", "q=orchard&filter[kind]=page", "q=orchard&filter[tag]=x", "q=orchard&locale=en"]
    {
        reader
            .get(&format!("/v1/search?limit=1&{other}&after={cursor}"))
            .await
            .refused(400, "invalid_cursor");
    }
    assert!(link(&first, "next").is_some());
    site.stop().await;
}

/// Titles, slugs and texts, the best for `harbour lantern` first: what has no rank comes in the order of its age, the newest
/// first.
pub fn harbours() -> [(&'static str, &'static str, String); 4] {
    let mud = "mud ".repeat(300);
    [
        ("Harbour lantern", "both", "Stones.".to_owned()),
        ("Harbour", "one", format!("{mud} lantern")),
        ("Elsewhere", "none", format!("harbour {mud} lantern")),
        ("Harbour dog", "dog", "Stones.".to_owned()),
    ]
}

#[actix_web::test]
async fn each_word_counts_where_it_stands_however_far_from_the_others() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for (title, slug, markdown) in harbours() {
        publish(&editor, json!({ "title": title, "slug": slug, "blocks": text(&markdown) })).await;
    }
    let reader = site.anonymous();
    let ranked = ["Harbour lantern", "Harbour", "Elsewhere"].map(str::to_owned);
    for query in ["harbour+lantern", "lantern+the+harbour", "harbour+-dog", "lantern+-wolf+harbour"] {
        let answer = find(&reader, query).await;
        assert_eq!(titles(&answer), ranked, "{query}");
        let hits = answer.json["data"].as_array().expect("hits").iter();
        let scores: Vec<f64> = hits.map(|hit| hit["score"].as_f64().expect("a number")).collect();
        assert!(scores.is_sorted_by(|one, next| one > next) && scores[2] > 0.0, "{query}: {scores:?}");
        walk_back_and_forth(&reader, &format!("/v1/search?q={query}&limit=1"), &ranked, 1).await;
    }
    let either = ["Harbour lantern", "Harbour dog", "Harbour", "Elsewhere"].map(str::to_owned);
    assert_eq!(found(&reader, "harbour+or+lantern").await, either);
    assert_eq!(found(&reader, "%22harbour+lantern%22").await, ["Harbour lantern"]);
    // A language has no meaning for the only word that is to be found: what is left says only what is not.
    let rest = find(&reader, "the+-dog").await;
    assert_eq!(titles(&rest), ["Elsewhere", "Harbour", "Harbour lantern"]);
    assert!(rest.json["data"].as_array().expect("hits").iter().all(|hit| hit["score"] == json!(0.000_001)));
    site.stop().await;
}

#[actix_web::test]
async fn queries_are_taken_as_on_the_web() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for (slug, markdown) in [
        ("a", "The reading room is open."),
        ("b", "A room for reading."),
        ("c", "Readers of the harbour news."),
        ("d", "A full-text index at the Café Über."),
    ] {
        publish(&editor, json!({ "title": slug.to_uppercase(), "slug": slug, "blocks": text(markdown) }))
            .await;
    }
    let reader = site.anonymous();
    for (query, expected) in [
        ("reading+room", vec!["A", "B"]),
        ("%22reading+room%22", vec!["A"]),
        ("reads", vec!["A", "B"]),
        ("room+-open", vec!["B"]),
        ("open+or+harbour", vec!["A", "C"]),
        ("room+-%22reading+room%22", vec!["B"]),
        ("full-text", vec!["D"]),
        ("full+text", vec!["D"]),
        ("cafe", vec!["D"]),
        ("CAF%C3%89+uber", vec!["D"]),
        ("cafe%CC%81", vec!["D"]),
        ("%27%3A*%26!(room)%7C%5C", vec!["A", "B"]),
        ("nowhere", vec![]),
        ("the", vec![]),
        ("%22the%22+room", vec!["A", "B"]),
    ] {
        let mut titles = found(&reader, query).await;
        titles.sort();
        assert_eq!(titles, expected, "{query}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn each_locale_has_the_stems_of_its_language() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    add_locale(&site.app, &Permit::system("test"), "de", Some("en")).await.expect("a locale");
    add_locale(&site.app, &Permit::system("test"), "ja", None).await.expect("a locale");
    let both = publish(&editor, json!({ "title": "Houses", "slug": "houses" })).await.id();
    let german = json!({ "title": "Häuser", "slug": "haeuser", "blocks": text("Die Straßen der Städte.") });
    translate(&editor, &both, "de", german).await;
    publish(&editor, json!({ "title": "Housing", "slug": "housing" })).await;
    let reader = site.anonymous();
    let spoken = |answer: &Answer| -> Vec<(String, bool)> {
        let hits = answer.json["data"].as_array().expect("hits").iter();
        hits.map(|hit| {
            (hit["title"].as_str().expect("text").to_owned(), hit["fallback"].as_bool().expect("a boolean"))
        })
        .collect()
    };
    for query in ["haus", "HAUSER", "strasse", "stra%C3%9Fe", "stadt"] {
        let answer = find(&reader, &format!("{query}&locale=de")).await;
        assert_eq!(spoken(&answer), [("Häuser".to_owned(), false)], "{query}");
    }
    // What is missing in German is found in English, and what is there is not found by its English.
    let answer = find(&reader, "house&locale=de").await;
    assert_eq!(spoken(&answer), [("Housing".to_owned(), true)]);
    assert_eq!(answer.json["data"][0]["requested_locale"], "de");
    let mut english = found(&reader, "house").await;
    english.sort();
    assert_eq!(english, ["Houses", "Housing"]);
    assert_eq!(found(&reader, "house&locale=ja").await, Vec::<String>::new());
    let problem = reader.get("/v1/search?q=house&locale=xx").await.refused(400, "invalid_parameter");
    assert!(problem.detail().contains("`de`, `en`, `ja`"), "{}", problem.json);
    site.stop().await;
}

#[actix_web::test]
async fn typing_errors_are_mended_and_the_answer_says_so() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let fields =
        json!({ "title": "Lantern festival", "slug": "f", "blocks": text("In the house by the harbour.") });
    publish(&editor, fields).await;
    publish(&editor, json!({ "title": "Teo", "slug": "teo", "blocks": text("Teo keeps bees.") })).await;
    let reader = site.anonymous();
    let before = find(&reader, "lantren").await;
    assert_eq!((titles(&before), &before.json["query"]["corrected_query"]), (vec![], &Value::Null));
    learn(&site).await;
    for (query, corrected) in [
        ("lantren", json!("lantern")),
        ("Lantern+festivl", json!("lantern festival")),
        ("huose", json!("house")),
        ("harbor", json!("harbour")),
        // Swapped letters before other errors: `teo` has as few, and more in common.
        ("teh+lantern", json!("the lantern")),
        ("lantern+no+hte+harbour", json!("lantern no the harbour")),
        ("festival+lanterns", Value::Null),
        ("the+lantern", Value::Null),
    ] {
        let answer = find(&reader, query).await;
        assert_eq!(titles(&answer), ["Lantern festival"], "{query}");
        assert_eq!(answer.json["query"]["corrected_query"], corrected, "{query}");
    }
    let answer = find(&reader, "lantren").await;
    assert_eq!(answer.json["data"][0]["title_highlight"]["html"], "<mark>Lantern</mark> festival");
    assert_eq!(answer.json["query"]["text"], "lantren");
    for query in ["%22lantren%22", "xylophone", "harbour+-lantren"] {
        let answer = find(&reader, query).await;
        assert_eq!(answer.json["query"]["corrected_query"], Value::Null, "{query}");
        assert_eq!(titles(&answer).len(), usize::from(query.contains("harbour")), "{query}");
    }
    site.stop().await;
}

#[actix_web::test]
async fn an_excerpt_shows_where_it_stands() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let long =
        format!("{} The *quarry* stood there, a quarry of old. {}", "Öl. ".repeat(200), "Mud. ".repeat(200));
    publish(
        &editor,
        json!({ "title": "Stones", "slug": "s", "summary": "On granite.", "blocks": text(&long) }),
    )
    .await;
    let reader = site.anonymous();
    let excerpt = find(&reader, "quarry").await.json["data"][0]["excerpt"].take();
    let shown: Vec<char> = excerpt["text"].as_str().expect("text").chars().collect();
    assert!(shown.len() < 260 && shown.starts_with(&['…', ' ']) && shown.ends_with(&[' ', '…']), "{excerpt}");
    let places = excerpt["highlights"].as_array().expect("places");
    assert_eq!(places.len(), 2);
    for place in places {
        let [start, end] =
            ["start", "end"].map(|of| usize::try_from(place[of].as_u64().expect("a number")).expect("small"));
        assert_eq!(shown[start..end].iter().collect::<String>(), "quarry");
    }
    let excerpt = find(&reader, "granite").await.json["data"][0]["excerpt"].take();
    assert_eq!(excerpt["html"], "On <mark>granite</mark>.", "the summary, when the text has nothing of it");
    site.stop().await;
}

#[actix_web::test]
async fn filters_combine_and_media_are_found_once_used() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let picture = media::public(&editor, "meadow.jpg", &jpeg(16, 16, [1, 2, 3])).await;
    let reader = site.anonymous();
    assert_eq!(found(&reader, "meadow").await, Vec::<String>::new(), "nothing public shows it");
    for (slug, tag) in [("one", "green"), ("two", "blue")] {
        publish(
            &editor,
            json!({ "title": format!("Meadow {slug}"), "slug": slug, "tags": [tag], "image": picture }),
        )
        .await;
    }
    let kinds = async |query: &str| {
        let answer = find(&reader, query).await;
        let hits = answer.json["data"].as_array().expect("hits").clone();
        let mut kinds: Vec<String> =
            hits.iter().map(|hit| format!("{} {}", hit["kind"], hit["path"]).replace('"', "")).collect();
        kinds.sort();
        kinds
    };
    assert_eq!(kinds("meadow").await, ["media null", "page /one", "page /two"]);
    assert_eq!(kinds("meadow&filter[kind]=page").await, ["page /one", "page /two"]);
    assert_eq!(kinds("meadow&filter[kind]=media").await, ["media null"]);
    assert_eq!(kinds("meadow&filter[tag]=blue").await, ["page /two"]);
    assert_eq!(kinds("meadow&filter[tag]=blue&filter[kind]=media").await, Vec::<String>::new());
    assert_eq!(kinds("blue").await, ["page /two"], "tags are words, too");
    site.stop().await;
}

#[actix_web::test]
async fn what_is_no_query_is_refused_with_what_to_do() {
    let site = TestSite::start().await;
    let reader = site.anonymous();
    for (query, part) in [
        ("q=", "1 to 200 characters"),
        ("q=%3F!+-", "at least one letter or digit"),
        ("q=-lantern", "write beside each `-`"),
        ("q=a+or+-b", "write beside each `-`"),
        ("q=x&filter[kind]=poem", "there are page, media"),
        (&format!("q={}", "a".repeat(201)), "1 to 200 characters"),
    ] {
        let answer = reader.get(&format!("/v1/search?{query}")).await.refused(400, "invalid_parameter");
        assert!(answer.detail().contains(part), "{query}: {}", answer.json);
    }
    reader.get("/v1/search").await.refused(400, "invalid_parameter");
    let unknown = reader.get("/v1/search?q=a&sort=title").await.refused(400, "unknown_parameter");
    assert!(unknown.detail().contains("`filter[kind]`"), "{}", unknown.json);
    for odd in ["%F0%9F%8F%AE+a", "%E2%80%AEa", "a%0Ab", "%22", "or", &"a%20".repeat(100)] {
        let answer = reader.get(&format!("/v1/search?q={odd}")).await;
        assert!([200, 400].contains(&answer.status), "{odd}: {}", answer.json);
    }
    site.stop().await;
}

#[actix_web::test]
async fn more_than_a_thousand_are_not_ranked_and_the_answer_says_so() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let one =
        publish(&editor, json!({ "title": "Copied", "slug": "c", "blocks": text("A thistle.") })).await.id();
    let titled =
        publish(&editor, json!({ "title": "Thistle", "slug": "t", "blocks": text("Nothing.") })).await.id();
    // As many more as it takes, without the trouble of making them one by one.
    let copies = format!(
        "set local session_replication_role = replica; \
         create temp table more on commit drop as select gen_random_uuid() as entry, n from generate_series(1, 1010) n; \
         insert into entries (id, kind) select entry, 'page' from more; \
         insert into publications select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid(), 'entry_id', entry))).* \
           from more, publications p where p.entry_id = '{one}'"
    );
    site.database.execute(&copies).await;
    let reader = site.anonymous();
    let answer = reader.get("/v1/search?q=thistle&limit=1").await.expect(200);
    assert_eq!(answer.json["query"]["candidates_limited"], true);
    assert_eq!(
        answer.json["data"][0]["id"],
        json!(titled),
        "what has the word in its title is always ranked"
    );
    let few = reader.get("/v1/search?q=copied+thistle+nothing").await.expect(200);
    assert_eq!(few.json["query"]["candidates_limited"], false);
    site.stop().await;
}

#[actix_web::test]
async fn another_publication_is_found_by_what_it_says() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let first = publish(&editor, json!({ "title": "First", "slug": "x", "blocks": text("Saffron.") })).await;
    let before = site.database.texts("select to_char(instant at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as value from mh.public_site").await.remove(0);
    let second = json!({ "title": "Second", "slug": "x", "blocks": text("Copper.") });
    republish(&editor, &first.id(), first.version(), second).await;
    let reader = site.anonymous();
    assert_eq!(found(&reader, "saffron").await, Vec::<String>::new());
    assert_eq!(found(&reader, "copper").await, ["Second"]);
    assert_eq!(found(&editor, &format!("saffron&as_of={before}")).await, ["First"]);
    assert_eq!(found(&editor, &format!("copper&as_of={before}")).await, Vec::<String>::new());
    reader.get(&format!("/v1/search?q=saffron&as_of={before}")).await.refused(403, "forbidden");
    publish_revision(&editor, &first.id(), 4, 1).await.expect(200);
    assert_eq!(found(&reader, "saffron").await, ["First"]);
    site.stop().await;
}
