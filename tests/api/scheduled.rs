//! Time alone makes a page public: no worker runs, no request comes between, and nothing shows before.

use chrono::Duration;
use masthead::content::pages::Page;
use masthead::import::{Item, Options, Visibility, apply};
use masthead::platform::access::Permit;
use serde_json::{Value, json};

use crate::lists::titles;
use crate::support::builders::{create, page, publish, publish_revision, republish, save, trash, unpublish};
use crate::support::{Answer, Client, Role, TestSite};

/// Imports a page that becomes public after so many hours; gives its id.
pub async fn import_page(site: &TestSite, fields: Value, hours: i64) -> String {
    let mut body = page(fields)["body"].take();
    for (nth, block) in body["blocks"].as_array_mut().expect("blocks").iter_mut().enumerate() {
        if block.get("id").is_none() {
            block["id"] = json!(format!("b{nth}"));
        }
    }
    let from = site.app.store.now().await.expect("the time") + Duration::hours(hours);
    let item = Item {
        key: format!("item {body}"),
        parent: None,
        page: serde_json::from_value::<Page>(body).expect("a page"),
        visibility: Visibility::From(from),
        note: "From a test.".to_owned(),
        public_at_source: true,
        holds_others: false,
    };
    let options = Options { source: "test", dry_run: false };
    let permit = Permit::system("test");
    let outcome = apply(&site.app, &permit, options, &[item], &[], &mut |_| {}).await.expect("imported");
    outcome.items[0].entry.to_string()
}

async fn filtered(client: &Client, state: &str) -> Vec<String> {
    titles(&client.get(&format!("/admin/v1/pages?filter[state]={state}")).await.expect(200))
}

#[actix_web::test]
async fn a_page_becomes_public_by_time_alone() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let id = import_page(&site, json!({ "title": "Dawn", "slug": "dawn" }), 2).await;
    let hidden = |answer: Answer| answer.refused(404, "not_found");
    hidden(reader.get(&format!("/v1/pages/{id}")).await);
    hidden(reader.get("/v1/resolve?path=/dawn").await);
    assert_eq!(reader.get("/v1/pages").await.expect(200).json["data"], json!([]));
    assert_eq!(filtered(&editor, "scheduled").await, ["Dawn"]);
    assert_eq!(filtered(&editor, "draft").await, ["Dawn"], "nothing of it is public yet");
    assert_eq!(filtered(&editor, "live").await, [""; 0]);
    let state = editor.get(&format!("/admin/v1/pages/{id}")).await.expect(200);
    assert_eq!(state.json["live"], json!(null));
    assert_eq!(state.json["scheduled"][0]["revision"], 1);
    assert_eq!(state.json["scheduled"][0]["path"], "/dawn");
    assert_eq!(state.json["revision"]["origin"], "import");
    let from = state.json["scheduled"][0]["from"].clone();

    site.database.advance("119 minutes").await;
    hidden(reader.get(&format!("/v1/pages/{id}")).await);
    let before = site.database.fingerprint().await;
    site.database.advance("1 minute").await;
    let live = reader.get("/v1/resolve?path=/dawn").await.expect(200);
    assert_eq!(live.json["page"]["id"], id);
    assert_eq!(live.json["page"]["published_at"], from);
    assert_eq!(titles(&reader.get("/v1/pages").await.expect(200)), ["Dawn"]);
    assert_eq!(filtered(&editor, "scheduled").await, [""; 0]);
    assert_eq!(filtered(&editor, "live").await, ["Dawn"]);
    assert_eq!(site.database.fingerprint().await, before, "no row had to change");
    let now = editor.get(&format!("/admin/v1/pages/{id}")).await.expect(200);
    assert_eq!(now.json["live"]["from"], from);
    assert_eq!(now.json["scheduled"], json!([]));
    assert_eq!(now.header("etag"), state.header("etag"), "time is no change of the document");
    site.stop().await;
}

#[actix_web::test]
async fn a_path_is_taken_in_the_future_too() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    import_page(&site, json!({ "title": "Later", "slug": "spot" }), 2).await;
    let other = create(&editor, json!({ "slug": "spot" })).await;
    let before = site.database.fingerprint().await;
    publish_revision(&editor, &other.id(), 1, 1).await.refused(409, "path_taken");
    assert_eq!(site.database.fingerprint().await, before);
    site.stop().await;
}

#[actix_web::test]
async fn publishing_now_leaves_what_is_planned() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let id = import_page(&site, json!({ "title": "Planned", "slug": "plan" }), 2).await;
    let saved = save(&editor, &id, 1, json!({ "title": "Meanwhile", "slug": "meanwhile" })).await;
    let live = publish_revision(&editor, &id, saved.version(), 2).await.expect(200);
    assert_eq!(live.json["live"]["revision"], 2);
    assert_eq!(live.json["live"]["until"], live.json["scheduled"][0]["from"]);
    assert_eq!(live.json["scheduled"][0]["revision"], 1);
    let title = || async { reader.get(&format!("/v1/pages/{id}")).await.expect(200).json["title"].clone() };
    assert_eq!(title().await, "Meanwhile");
    let ended = unpublish(&editor, &id, live.version()).await.expect(200);
    assert_eq!(ended.json["scheduled"], live.json["scheduled"], "what is planned stays");
    site.database.advance("2 hours").await;
    assert_eq!(title().await, "Planned");
    let moved = reader.get("/v1/resolve?path=/meanwhile").await.expect(200);
    assert_eq!(moved.json, json!({ "match": "redirect", "to": "/plan", "status": 301 }));
    site.stop().await;
}

#[actix_web::test]
async fn trash_takes_back_what_is_planned() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let id = import_page(&site, json!({ "title": "Never", "slug": "never" }), 2).await;
    trash(&editor, &id, 1).await.expect(204);
    assert_eq!(filtered(&editor, "scheduled").await, [""; 0]);
    assert_eq!(filtered(&editor, "trashed").await, ["Never"]);
    site.database.advance("3 hours").await;
    site.anonymous().get(&format!("/v1/pages/{id}")).await.refused(404, "not_found");
    publish(&editor, json!({ "slug": "never" })).await;
    site.stop().await;
}

#[actix_web::test]
async fn a_list_is_ordered_the_same_over_the_boundary() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let first = publish(&editor, json!({ "title": "B", "slug": "b" })).await;
    let dated = json!({ "title": "A", "slug": "a", "date": "2001-01-01T00:00:00Z" });
    import_page(&site, dated, 1).await;
    republish(&editor, &first.id(), first.version(), json!({ "title": "C", "slug": "b" })).await;
    assert_eq!(titles(&reader.get("/v1/pages?sort=title").await.expect(200)), ["C"]);
    site.database.advance("1 hour").await;
    assert_eq!(titles(&reader.get("/v1/pages?sort=title").await.expect(200)), ["A", "C"]);
    assert_eq!(titles(&reader.get("/v1/pages").await.expect(200)), ["C", "A"]);
    site.stop().await;
}
