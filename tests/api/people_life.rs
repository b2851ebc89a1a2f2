//! The life of people: trash and restore, languages, plans, previews, history, changes, search, and who may do what.

use masthead::documents::add_locale;
use masthead::platform::access::Permit;
use serde_json::{Value, json};

use crate::changes::{since, start};
use crate::grounds::Grounds;
use crate::support::builders::{publish as publish_page, publish_revision, unpublish};
use crate::support::media::{path, public};
use crate::support::people::{create, person, publish, republish, save};
use crate::support::pictures::jpeg;
use crate::support::{Role, TestSite};

#[actix_web::test]
async fn the_trash_takes_somebody_out_of_public_and_gives_them_back_as_a_draft() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let ada = publish(&editor, json!({ "slug": "ada", "groups": [{ "group": "board" }] })).await;
    let id = ada.id();
    let markdown = format!("[her](entry:{id})");
    publish_page(&editor, json!({ "blocks": [{ "id": "t", "type": "rich_text", "markdown": markdown }] }))
        .await;
    let one = format!("/admin/v1/people/{id}");
    editor.delete_at(&one, ada.version()).await.refused(409, "in_use");
    editor.delete_at(&format!("{one}?references=unlink"), ada.version()).await.expect(204);
    reader.get(&format!("/v1/people/{id}")).await.refused(404, "not_found");
    assert_eq!(reader.get("/v1/people?filter[group]=board").await.expect(200).json["data"], json!([]));
    let lain = editor.get(&one).await.expect(200);
    assert!(lain.json["trashed_at"].is_string());
    editor.put_at(&one, lain.version(), &person(json!({}))).await.refused(409, "trashed");
    // Her slug is free while she lies there.
    publish(&editor, json!({ "slug": "ada" })).await;
    let path = format!("/admin/v1/documents/{id}/restore");
    let back = editor.post_at(&path, lain.version(), None).await.expect(200);
    assert_eq!((&back.json["trashed_at"], &back.json["live"]), (&Value::Null, &Value::Null));
    publish_revision(&editor, &id, back.version(), 1).await.refused(409, "path_taken");
    site.stop().await;
}

#[actix_web::test]
async fn languages_stand_in_for_each_other_and_plans_take_effect() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    add_locale(&site.app, &Permit::system("test"), "de", Some("en")).await.expect("a locale");
    let ada = publish(&editor, json!({ "slug": "ada", "roles": ["Chair"] })).await;
    let id = ada.id();
    let german = format!("/v1/people/{id}?locale=de");
    let stands_in = reader.get(&german).await.expect(200).json;
    let told = |answer: &Value| {
        json!([answer["locale"], answer["requested_locale"], answer["fallback"], answer["roles"]])
    };
    assert_eq!(told(&stands_in), json!(["en", "de", true, ["Chair"]]));
    editor
        .post(&format!("/admin/v1/documents/{id}/translations"), &json!({ "locale": "de" }))
        .await
        .expect(201);
    let body = person(json!({ "slug": "ada", "roles": ["Vorsitzende"] }));
    let saved = editor.put_at(&format!("/admin/v1/people/{id}?locale=de"), 1, &body).await.expect(200);
    let number = saved.json["revision"]["number"].as_i64().expect("a number");
    let publish = json!({ "revision": number });
    let path = format!("/admin/v1/documents/{id}/publish?locale=de");
    editor.post_at(&path, saved.version(), Some(&publish)).await.expect(200);
    assert_eq!(
        told(&reader.get(&german).await.expect(200).json),
        json!(["de", "de", false, ["Vorsitzende"]])
    );
    assert_eq!(told(&reader.get(&format!("/v1/people/{id}")).await.expect(200).json)[3], json!(["Chair"]));

    // A change that is planned comes by itself; history shows what was and what will be.
    let saved = save(&editor, &id, ada.version(), json!({ "slug": "ada", "roles": ["Founder"] })).await;
    let plan = json!({ "revision": 2, "from": "9000-01-01T00:00:00Z" });
    editor
        .post_at(&format!("/admin/v1/documents/{id}/schedule"), saved.version(), Some(&plan))
        .await
        .expect(200);
    assert_eq!(reader.get(&format!("/v1/people/{id}")).await.expect(200).json["roles"], json!(["Chair"]));
    let then = editor.get(&format!("/v1/people/{id}?as_of=9000-01-02T00:00:00Z")).await.expect(200).json;
    assert_eq!(then["roles"], json!(["Founder"]));
    reader.get(&format!("/v1/people/{id}?as_of=9000-01-02T00:00:00Z")).await.refused(403, "forbidden");
    let list = editor.get("/v1/people?as_of=9000-01-02T00:00:00Z&fields=roles").await.expect(200).json;
    assert_eq!(list["data"][0]["roles"], json!(["Founder"]));
    site.stop().await;
}

#[actix_web::test]
async fn search_finds_people_by_name_role_and_biography() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let fields = json!({
        "name": "Wilhelmina Umbralith", "roles": ["Keeper of lanterns"], "biography": "She *mapped* the harbour.",
        "organisation": "Tidewater Guild", "groups": [{ "group": "board" }],
    });
    let ada = publish(&editor, fields).await;
    for word in ["umbralith", "keepers", "mapping", "tidewater"] {
        let found = reader.get(&format!("/v1/search?q={word}&filter[kind]=person")).await.expect(200).json;
        assert_eq!(found["data"][0]["id"], ada.id(), "{word}: {found}");
        assert_eq!((&found["data"][0]["kind"], &found["data"][0]["path"]), (&json!("person"), &Value::Null));
    }
    let drafts = editor.get("/admin/v1/search?q=umbral").await.expect(200).json;
    assert_eq!(drafts["data"][0]["id"], ada.id());
    unpublish(&editor, &ada.id(), ada.version()).await.expect(200);
    assert_eq!(reader.get("/v1/search?q=umbralith").await.expect(200).json["data"], json!([]));
    site.stop().await;
}

#[actix_web::test]
async fn a_portrait_is_public_while_its_person_is() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let portrait = public(&editor, "ada.jpg", &jpeg(64, 64, [90, 60, 30])).await;
    let media = format!("/v1/media/{portrait}");
    reader.get(&media).await.refused(404, "not_found");
    let begun = start(&reader).await;
    let ada = publish(&editor, json!({ "portrait": portrait })).await;
    reader.get(&media).await.expect(200);
    let shown = reader.get("/v1/people").await.expect(200).json;
    let address = path(&shown["data"][0]["portrait"]["src"]);
    reader.get(&address).await.expect(200);
    let (changes, begun) = since(&reader, &begun, 10).await;
    let told: Vec<Value> =
        changes.iter().map(|one| json!([one["kind"], one["change"], one["path"]])).collect();
    assert!(told.contains(&json!(["person", "published", null])), "{told:?}");
    unpublish(&editor, &ada.id(), ada.version()).await.expect(200);
    reader.get(&media).await.refused(404, "not_found");
    reader.get(&address).await.refused(404, "not_found");
    let (changes, _) = since(&reader, &begun, 10).await;
    assert_eq!((&changes[0]["id"], &changes[0]["change"]), (&json!(ada.id()), &json!("gone")));
    site.stop().await;
}

#[actix_web::test]
async fn authors_write_their_own_and_a_section_is_a_border_for_pages_of_people() {
    let at = Grounds::new().await;
    let author = at.site.client(Role::Author).await;
    let own = create(&author, json!({ "name": "Own" })).await;
    save(&author, &own.id(), own.version(), json!({ "name": "Own, corrected" })).await;
    publish_revision(&author, &own.id(), own.version() + 1, 2).await.refused(403, "forbidden");
    let editor = at.site.client(Role::Editor).await;
    let theirs = create(&editor, json!({})).await;
    let path = format!("/admin/v1/people/{}", theirs.id());
    author.put_at(&path, theirs.version(), &person(json!({}))).await.refused(403, "forbidden");
    let republished =
        republish(&editor, &own.id(), own.version() + 1, json!({ "name": "Own, published" })).await;
    author
        .delete_at(&format!("/admin/v1/people/{}", own.id()), republished.version())
        .await
        .refused(403, "forbidden");

    // Who may write below one section alone.
    let grants: Vec<_> = ["read", "write", "publish", "delete"]
        .map(|verb| ("person", verb, "subtree", Some(at.a.as_str())))
        .into_iter()
        .collect();
    let limited = at.site.limited(&grants).await;
    let within =
        |parent: &str, has_page: bool| person(json!({ "slug": "x", "has_page": has_page, "parent": parent }));
    let made = limited.post("/admin/v1/people", &within(&at.a, true)).await.expect(201);
    for (parent, has_page) in [(at.b.as_str(), true), (at.a.as_str(), false)] {
        limited.post("/admin/v1/people", &within(parent, has_page)).await.refused(403, "forbidden");
        let path = format!("/admin/v1/people/{}", made.id());
        limited.put_at(&path, made.version(), &within(parent, has_page)).await.refused(403, "forbidden");
    }
    let other = editor.post("/admin/v1/people", &within(&at.b, true)).await.expect(201);
    limited.get(&format!("/admin/v1/people/{}", other.id())).await.refused(403, "forbidden");
    let list = limited.get("/admin/v1/people").await.expect(200).json;
    let found: Vec<&Value> = list["data"].as_array().expect("a list").iter().map(|one| &one["id"]).collect();
    assert_eq!(found, [&json!(made.id())]);
    at.site.stop().await;
}
