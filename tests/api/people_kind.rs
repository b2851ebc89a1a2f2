//! People: what an editor enters is what readers get, and what is wrong is refused with its place.

use serde_json::{Value, json};

use crate::support::builders::publish_revision;
use crate::support::media::public;
use crate::support::people::{create, person, publish, republish, save};
use crate::support::pictures::jpeg;
use crate::support::{Role, TestSite};

/// Everything that can be said of somebody.
fn all_of(portrait: &str) -> Value {
    json!({
        "name": "Ada Example", "slug": "ada", "honorific": "Dr.", "pronouns": "she/her",
        "roles": ["Chair", "Teacher of mathematics"], "organisation": "Lantern School", "location": "Harbour Town",
        "languages": ["en", "pt-BR", "zh-Hant"],
        "groups": [{ "group": "board", "position": "F" }, { "group": "fellows-2026" }],
        "biography": "Ada taught **mathematics**.", "summary": "Taught for twenty years.", "portrait": portrait,
        "links": [
            { "kind": "website", "url": "https://example.org/ada", "label": "Her site" },
            { "kind": "email", "url": "ada@example.org", "public": true },
            { "kind": "phone", "url": "+49 30 555 0100" },
            { "kind": "orcid", "url": "https://orcid.org/0000-0000-0000-0000" },
        ],
        "joined": "2020-04-01", "left": "2026-03-31", "tags": ["mathematics"],
    })
}

#[actix_web::test]
async fn whatever_is_said_of_somebody_is_read() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let portrait = public(&editor, "ada.jpg", &jpeg(64, 80, [90, 60, 30])).await;
    let shown = create(&editor, all_of(&portrait)).await;
    assert_eq!(shown.header("location"), format!("/admin/v1/people/{}", shown.id()));
    let body = &shown.json["body"];
    assert_eq!(body["links"][1], json!({"kind": "email", "url": "mailto:ada@example.org", "public": true}));
    assert_eq!(body["links"][2], json!({"kind": "phone", "url": "tel:+49305550100"}));
    assert_eq!(body["groups"][1]["group"], "fellows-2026");
    assert_eq!(shown.json["title"], "Ada Example");
    assert_eq!(shown.json["live"], Value::Null);
    let reader = site.anonymous();
    let one = format!("/v1/people/{}", shown.id());
    reader.get(&one).await.refused(404, "not_found");
    publish_revision(&editor, &shown.id(), shown.version(), 1).await.expect(200);

    let single = reader.get(&format!("{one}?text=html,text,markdown")).await.expect(200).json;
    let list = reader.get("/v1/people?text=html,text,markdown").await.expect(200).json;
    let mut card = single.clone();
    for only_alone in ["breadcrumbs", "seo", "previous_paths"] {
        card.as_object_mut().expect("an object").remove(only_alone).expect(only_alone);
    }
    assert_eq!(list["data"], json!([card]));
    assert_eq!(single["kind"], "person");
    assert_eq!((&single["name"], &single["title"]), (&json!("Ada Example"), &json!("Ada Example")));
    assert_eq!(single["roles"], json!(["Chair", "Teacher of mathematics"]));
    assert_eq!(single["languages"], json!(["en", "pt-BR", "zh-Hant"]));
    assert_eq!(single["groups"][0], json!({"group": "board", "position": "F"}));
    assert_eq!(single["biography"]["html"], "<p>Ada taught <strong>mathematics</strong>.</p>\n");
    assert_eq!(single["biography"]["text"], "Ada taught mathematics.");
    assert_eq!(single["biography"]["markdown"], "Ada taught **mathematics**.");
    assert_eq!((&single["joined"], &single["left"]), (&json!("2020-04-01"), &json!("2026-03-31")));
    assert_eq!(
        (&single["path"], &single["seo"]),
        (&Value::Null, &Value::Null),
        "without a page of their own"
    );
    assert_eq!(single["portrait"]["id"], portrait.as_str());
    assert_eq!((&single["portrait"]["width"], &single["portrait"]["height"]), (&json!(64), &json!(80)));
    assert_eq!(
        single["links"],
        json!([
            {"kind": "website", "label": "Her site", "url": "https://example.org/ada"},
            {"kind": "email", "label": null, "url": "mailto:ada@example.org"},
            {"kind": "orcid", "label": null, "url": "https://orcid.org/0000-0000-0000-0000"},
        ])
    );
    site.stop().await;
}

#[actix_web::test]
async fn fields_forms_filters_and_counts_work_as_for_pages() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    for name in ["Bo Example", "Cy Example", "Ada Example"] {
        publish(&editor, json!({ "name": name, "tags": [name], "biography": "*Here*." })).await;
    }
    let reader = site.anonymous();
    let part = reader
        .get("/v1/people?fields=name,biography.text&text=text&limit=1&count=exact")
        .await
        .expect(200)
        .json;
    let first = &part["data"][0];
    assert_eq!(first["name"], "Ada Example", "in the order of names");
    assert_eq!(first["biography"], json!({"text": "Here."}));
    assert_eq!(first.as_object().expect("an object").len(), 4, "{first}");
    assert_eq!(part["page"]["total"], 3);
    for (query, names) in [
        ("filter[tag]=Bo%20Example", json!(["Bo Example"])),
        ("filter[slug]=cy-example", json!(["Cy Example"])),
        ("filter[slug]=cy-example&filter[tag]=x", json!([])),
        ("filter[slug]=Cy-Example", json!([])),
        ("filter[group]=board", json!([])),
    ] {
        let list = reader.get(&format!("/v1/people?{query}&fields=name")).await.expect(200).json;
        let found: Value =
            list["data"].as_array().expect("a list").iter().map(|one| one["name"].clone()).collect();
        assert_eq!(found, names, "{query}");
    }
    for (query, code) in [
        ("fields=blocks", "invalid_parameter"),
        ("filter[group]=Board", "invalid_parameter"),
        ("text=pdf", "invalid_parameter"),
        ("sort=title", "unknown_parameter"),
        ("include=children", "unknown_parameter"),
    ] {
        reader.get(&format!("/v1/people?{query}")).await.refused(400, code);
    }
    site.stop().await;
}

#[actix_web::test]
async fn whatever_is_wrong_is_refused_at_once_with_its_place() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let refused = async |fields: Value| {
        let answer = editor.post("/admin/v1/people", &person(fields)).await.refused(422, "invalid");
        answer.places().into_iter().map(|(place, _)| place.to_owned()).collect::<Vec<_>>()
    };
    let places = refused(json!({
        "name": "x".repeat(301), "slug": "", "languages": ["EN"],
        "groups": [{ "group": "The Board" }, { "group": "a", "position": "0" }],
        "links": [
            { "kind": "other", "url": "javascript:alert(1)" },
            { "kind": "website", "url": "https://example.org", "public": false },
        ],
        "joined": "2020-4-1", "left": "2019-01-01T00:00:00Z",
    }))
    .await;
    assert_eq!(
        places,
        [
            "/body/slug",
            "/body/languages/0",
            "/body/groups/0/group",
            "/body/groups/1/position",
            "/body/links/0/url",
            "/body/links/1/public",
            "/body/joined",
            "/body/left",
            "/body/name",
        ]
    );
    let places = refused(json!({
        "roles": [" "], "languages": ["en", "en"], "groups": [{ "group": "b" }, { "group": "b", "position": "F" }],
        "links": [{ "kind": "website", "url": "mailto:ada@example.org" }, { "kind": "email", "url": "https://example.org" }],
        "tags": [""],
    }))
    .await;
    assert_eq!(
        places,
        [
            "/body/roles/0",
            "/body/languages/1",
            "/body/groups/1",
            "/body/links/0/url",
            "/body/links/1/url",
            "/body/tags/0"
        ]
    );
    let places =
        refused(json!({ "roles": vec!["x"; 11], "links": vec![json!({ "kind": "phone", "url": "1" }); 21] }))
            .await;
    assert_eq!(places, ["/body/roles", "/body/links"]);
    let backwards = json!({ "joined": "2026-01-02", "left": "2026-01-01" });
    let refused = editor.post("/admin/v1/people", &person(backwards)).await.refused(422, "invalid");
    assert_eq!(refused.places(), [("/body/left", "invalid")]);
    let refused = editor.post("/admin/v1/people", &json!({ "body": { "title": "Ada" } })).await;
    assert_eq!(refused.refused(422, "invalid").places()[0].0, "/body/title");
    let missing = "019a3e5c-7d1f-7c3a-9b52-1f0d6c2e8a41";
    let refused = editor.post("/admin/v1/people", &person(json!({ "portrait": missing }))).await;
    assert_eq!(refused.refused(422, "reference_not_found").places(), [("/body/portrait", "not_found")]);
    site.stop().await;
}

#[actix_web::test]
async fn a_draft_may_lack_a_name_and_a_publication_may_not() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let draft = create(&editor, json!({ "name": " " })).await;
    assert!(draft.json["body"]["slug"].as_str().expect("a slug").starts_with("untitled-"));
    let refused = publish_revision(&editor, &draft.id(), draft.version(), 1).await.refused(422, "invalid");
    assert_eq!(refused.places(), [("/name", "required")]);
    let named = republish(&editor, &draft.id(), draft.version(), json!({ "name": "Ada Example" })).await;
    assert_eq!(named.json["live"]["path"], Value::Null);
    site.stop().await;
}

#[actix_web::test]
async fn no_two_are_public_by_one_slug_in_one_locale() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let first = publish(&editor, json!({ "slug": "ada" })).await;
    let second = create(&editor, json!({ "slug": "ada" })).await;
    let refused =
        publish_revision(&editor, &second.id(), second.version(), 1).await.refused(409, "path_taken");
    assert!(refused.detail().contains("slug"), "{}", refused.detail());
    // Nor by plan: what is scheduled holds its slug from then on.
    let later = json!({ "revision": 1, "from": "9000-01-01T00:00:00Z" });
    let path = format!("/admin/v1/documents/{}/schedule", second.id());
    editor.post_at(&path, second.version(), Some(&later)).await.refused(409, "path_taken");
    republish(&editor, &first.id(), first.version(), json!({ "slug": "ada-first" })).await;
    publish_revision(&editor, &second.id(), second.version(), 1).await.expect(200);
    let reader = site.anonymous();
    let found = reader.get("/v1/people?filter[slug]=ada&fields=id").await.expect(200).json;
    assert_eq!(found["data"], json!([{ "id": second.id(), "kind": "person" }]));
    site.stop().await;
}

#[actix_web::test]
async fn saves_merge_and_lists_of_editors_filter() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let ada =
        create(&editor, json!({ "groups": [{ "group": "board" }], "biography": "She taught in 1998." }))
            .await;
    create(&editor, json!({ "name": "Bo Example" })).await;
    let mut mine = ada.json["body"].clone();
    save(
        &editor,
        &ada.id(),
        ada.version(),
        json!({ "groups": [{ "group": "board" }], "biography": "She taught in 1999." }),
    )
    .await;
    mine["organisation"] = json!("Lantern School");
    let merging = json!({ "body": mine, "base": 1 });
    let merged = editor
        .send(reqwest::Method::PUT, &format!("/admin/v1/people/{}", ada.id()), &[], Some(&merging))
        .await;
    let merged = merged.expect(200);
    assert_eq!(merged.json["merged"], true);
    assert_eq!(merged.json["body"]["biography"], "She taught in 1999.");
    assert_eq!(merged.json["body"]["organisation"], "Lantern School");
    editor
        .put_at(&format!("/admin/v1/people/{}", ada.id()), 1, &merging)
        .await
        .refused(400, "invalid_precondition");
    let bare = json!({ "body": { "name": "x" } });
    editor.put_at(&format!("/admin/v1/people/{}", ada.id()), 1, &bare).await.refused(412, "stale");
    let list = editor.get("/admin/v1/people?limit=1").await.expect(200);
    let next = list.json["page"]["next"].as_str().expect("a cursor");
    let rest = editor.get(&format!("/admin/v1/people?limit=1&after={next}")).await.expect(200);
    assert_eq!(
        (&list.json["data"][0]["title"], &rest.json["data"][0]["title"]),
        (&json!("Ada Example"), &json!("Bo Example"))
    );
    editor
        .get(&format!("/admin/v1/people?limit=1&filter[group]=board&after={next}"))
        .await
        .refused(400, "invalid_cursor");
    let board = editor.get("/admin/v1/people?filter[group]=board&filter[state]=draft").await.expect(200).json;
    assert_eq!(board["data"].as_array().expect("a list").len(), 1);
    editor.get(&format!("/admin/v1/pages/{}", ada.id())).await.refused(404, "not_found");
    site.stop().await;
}
