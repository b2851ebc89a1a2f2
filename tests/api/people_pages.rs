//! A page of one's own, by choice: it has a path below its parent, is resolved, named in sitemaps, linked to, and leads on from
//! where it was.

use serde_json::{Value, json};

use crate::support::builders::{
    page, publish as publish_page, publish_revision, republish as republish_page,
};
use crate::support::media::public;
use crate::support::people::{create, publish, republish};
use crate::support::pictures::jpeg;
use crate::support::{Role, TestSite};

#[actix_web::test]
async fn somebody_with_a_page_is_found_by_its_path() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let team = publish_page(&editor, json!({ "title": "Team", "slug": "team" })).await;
    let portrait = public(&editor, "ada.jpg", &jpeg(64, 64, [90, 60, 30])).await;
    let fields = json!({
        "slug": "ada", "has_page": true, "parent": team.id(), "portrait": portrait, "summary": "She founded it.",
        "biography": format!("See [the team](entry:{}).", team.id()),
    });
    let ada = publish(&editor, fields.clone()).await;
    assert_eq!(ada.json["live"]["path"], "/team/ada");
    let found = reader.get("/v1/resolve?path=/team/ada").await.expect(200).json;
    assert_eq!(found["match"], "person");
    let person = &found["person"];
    assert_eq!((&person["path"], &person["parent"]), (&json!("/team/ada"), &json!(team.id())));
    assert_eq!(person["breadcrumbs"], json!([{ "id": team.id(), "title": "Team", "path": "/team" }]));
    assert_eq!(person["biography"]["html"], "<p>See <a href=\"/team\">the team</a>.</p>\n");
    assert_eq!(
        (&person["seo"]["title"], &person["seo"]["description"]),
        (&json!("Ada Example"), &json!("She founded it."))
    );
    assert_eq!(
        (&person["seo"]["canonical"], &person["seo"]["image"]["id"]),
        (&json!("/team/ada"), &json!(portrait))
    );
    let single = reader.get(&format!("/v1/people/{}", ada.id())).await.expect(200).json;
    assert_eq!(*person, single, "by path and by id the same");
    assert_eq!(reader.get("/v1/resolve?path=/Team/Ada/").await.expect(200).json["to"], "/team/ada");

    // Fields of pages and of people; each answer has those that it has.
    let cut =
        reader.get("/v1/resolve?path=/team/ada&fields=name,blocks.type,seo.title").await.expect(200).json;
    let expected =
        json!({ "id": ada.id(), "kind": "person", "name": "Ada Example", "seo": { "title": "Ada Example" } });
    assert_eq!(cut["person"], expected);
    let cut = reader.get("/v1/resolve?path=/team&fields=name,title").await.expect(200).json;
    assert_eq!(cut, json!({ "match": "page", "page": { "id": team.id(), "kind": "page", "title": "Team" } }));
    let refused = reader.get("/v1/resolve?path=/team&fields=roles.x").await.refused(400, "invalid_parameter");
    assert!(refused.detail().contains("roles"), "{}", refused.detail());

    // Nobody takes the path of somebody, nor the other way round.
    let twin = editor
        .post("/admin/v1/pages", &page(json!({ "slug": "ada", "parent": team.id() })))
        .await
        .expect(201);
    publish_revision(&editor, &twin.id(), twin.version(), 1).await.refused(409, "path_taken");
    // Lists of pages are of pages.
    let pages = reader.get("/v1/pages?fields=kind&include=children").await.expect(200).json;
    assert!(!pages.to_string().contains("person"), "{pages}");
    reader.get(&format!("/v1/pages/{}", ada.id())).await.refused(404, "not_found");
    reader.get(&format!("/v1/people/{}", team.id())).await.refused(404, "not_found");
    site.stop().await;
}

#[actix_web::test]
async fn renames_moves_and_the_end_of_a_page_lead_on() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let team = publish_page(&editor, json!({ "title": "Team", "slug": "team" })).await;
    let fields =
        |slug: &str, has_page: bool| json!({ "slug": slug, "has_page": has_page, "parent": team.id() });
    let ada = publish(&editor, fields("ada", true)).await;
    let id = ada.id();
    let linking = format!("[her](entry:{id})");
    let about = publish_page(
        &editor,
        json!({ "title": "About", "slug": "about", "blocks": [{ "id": "t", "type": "rich_text", "markdown": linking }] }),
    )
    .await;
    let link = async || {
        let page = reader.get(&format!("/v1/pages/{}", about.id())).await.expect(200).json;
        page["blocks"][0]["text"]["html"].as_str().expect("HTML").to_owned()
    };
    let renamed = republish(&editor, &id, ada.version(), fields("ada-example", true)).await;
    let lead = |to: &str| json!({ "match": "redirect", "to": to, "status": 301 });
    assert_eq!(reader.get("/v1/resolve?path=/team/ada").await.expect(200).json, lead("/team/ada-example"));
    assert_eq!(link().await, "<p><a href=\"/team/ada-example\">her</a></p>\n");
    // The parent is renamed, and hers goes with it.
    republish_page(&editor, &team.id(), team.version(), json!({ "title": "People", "slug": "people" })).await;
    let now = reader.get("/v1/resolve?path=/people/ada-example").await.expect(200).json;
    assert_eq!(now["person"]["previous_paths"], json!(["/team/ada-example", "/team/ada"]));
    assert_eq!(reader.get("/v1/resolve?path=/team/ada").await.expect(200).json, lead("/people/ada-example"));
    // `move` works as for a page.
    let moved = json!({ "parent": null, "slug": "ada" });
    let seen = editor.get(&format!("/admin/v1/people/{id}")).await.expect(200);
    let moved = editor
        .post_at(&format!("/admin/v1/documents/{id}/move"), seen.version(), Some(&moved))
        .await
        .expect(200);
    let number = moved.json["revision"]["number"].as_i64().expect("a number");
    let top = publish_revision(&editor, &id, moved.version(), number).await.expect(200);
    assert_eq!(top.json["live"]["path"], "/ada");
    // Without a page there is no path, nothing leads there, and she is still public.
    let bare = republish(&editor, &id, top.version(), fields("ada", false)).await;
    assert_eq!(bare.json["live"]["path"], Value::Null);
    for path in ["/ada", "/people/ada-example", "/team/ada"] {
        reader.get(&format!("/v1/resolve?path={path}")).await.refused(404, "not_found");
    }
    assert_eq!(link().await, "<p>her</p>\n");
    let single = reader.get(&format!("/v1/people/{id}")).await.expect(200).json;
    assert_eq!(
        (&single["path"], &single["seo"], &single["breadcrumbs"]),
        (&Value::Null, &Value::Null, &json!([]))
    );
    let nowhere = json!({ "parent": null });
    let path = format!("/admin/v1/documents/{id}/move");
    editor.post_at(&path, bare.version(), Some(&nowhere)).await.refused(422, "invalid");
    assert!(renamed.version() < bare.version());
    site.stop().await;
}

#[actix_web::test]
async fn a_page_needs_its_parent_and_is_one_for_those_below() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let team =
        editor.post("/admin/v1/pages", &page(json!({ "title": "Team", "slug": "team" }))).await.expect(201);
    let fields = json!({ "slug": "ada", "has_page": true, "parent": team.id() });
    let ada = create(&editor, fields.clone()).await;
    publish_revision(&editor, &ada.id(), ada.version(), 1).await.refused(409, "parent_not_public");
    let along = json!({ "revision": 1, "along": [{ "id": team.id(), "revision": 1 }] });
    let path = format!("/admin/v1/documents/{}/publish", ada.id());
    let ada = editor.post_at(&path, ada.version(), Some(&along)).await.expect(200);
    publish_page(&editor, json!({ "title": "Talks", "slug": "talks", "parent": ada.id() })).await;
    let talks = reader.get("/v1/resolve?path=/team/ada/talks").await.expect(200).json;
    assert_eq!(talks["page"]["breadcrumbs"][1]["title"], "Ada Example");
    let path = format!("/admin/v1/people/{}", ada.id());
    let body =
        crate::support::people::person(json!({ "slug": "ada", "has_page": false, "parent": team.id() }));
    let saved = editor.put_at(&path, ada.version(), &body).await.expect(200);
    publish_revision(&editor, &ada.id(), saved.version(), 2).await.refused(409, "has_public_descendants");
    site.stop().await;
}

#[actix_web::test]
async fn sitemaps_name_the_pages_of_people_and_feeds_do_not() {
    let site = crate::feeds::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    publish(&editor, json!({ "slug": "ada", "has_page": true })).await;
    publish(&editor, json!({ "name": "Bo", "slug": "bo" })).await;
    publish(&editor, json!({ "name": "Cy", "slug": "cy", "has_page": true, "seo": { "noindex": true } }))
        .await;
    publish_page(&editor, json!({ "title": "About", "slug": "about" })).await;
    let map = reader.get("/v1/sitemap.xml").await.expect(200).everything();
    assert!(map.contains("/ada</loc>") && map.contains("/about</loc>"), "{map}");
    assert!(!map.contains("/bo</loc>") && !map.contains("/cy</loc>"), "{map}");
    let feed = reader.get("/v1/feed.json").await.expect(200).json;
    assert_eq!(feed["items"].as_array().expect("a list").len(), 1, "{feed}");
    site.stop().await;
}
