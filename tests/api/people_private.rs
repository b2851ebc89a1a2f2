//! Mail and numbers that an editor has not made public are nowhere: not in an answer, not in a list, not by any parameter, not
//! in a search, not for who has a preview link, not in the history that reviewers read through the read API.

use masthead::documents::add_locale;
use masthead::platform::access::Permit;
use serde_json::json;

use crate::operations::{operations, read_document};
use crate::previews::{made, secret, seen};
use crate::support::people::{create, publish, republish};
use crate::support::{Role, TestSite};

const PRIVATE: [&str; 4] = ["hidden-mailbox", "5550199", "Private line", "hidden-on-purpose"];

fn links() -> serde_json::Value {
    json!([
        { "kind": "email", "url": "hidden-mailbox@example.org", "label": "Private line" },
        { "kind": "phone", "url": "+49 30 5550199", "public": false },
        { "kind": "email", "url": "mailto:hidden-on-purpose@example.org", "public": null },
        { "kind": "email", "url": "office@example.org", "public": true },
        { "kind": "mastodon", "url": "https://social.example.org/@ada" },
    ])
}

#[actix_web::test]
async fn what_is_private_is_in_no_public_answer() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    add_locale(&site.app, &Permit::system("test"), "de", Some("en")).await.expect("a locale");
    let fields =
        json!({ "slug": "ada", "has_page": true, "links": links(), "groups": [{ "group": "board" }] });
    let ada = publish(&editor, fields.clone()).await;
    let mut asked = 0;
    for operation in operations(&read_document()) {
        let base = operation.path(&ada.id());
        let base = if operation.id == "resolve" { "/v1/resolve?path=/ada".to_owned() } else { base };
        let joint = if base.contains('?') { '&' } else { '?' };
        for query in [
            "",
            "text=html,markdown,text",
            "fields=links",
            "locale=de",
            "limit=100",
            "filter[group]=board",
            "q=hidden",
        ] {
            let path = format!("{base}{joint}{query}");
            let answer = reader.get(&path).await;
            let told = answer.everything();
            for word in PRIVATE {
                assert!(!told.contains(word), "{path} tells {word}: {told}");
            }
            asked += usize::from(answer.status == 200);
        }
    }
    assert!(asked > 20, "{asked} answers");
    let single = reader.get(&format!("/v1/people/{}?fields=links.url", ada.id())).await.expect(200).json;
    assert_eq!(
        single["links"],
        json!([{ "url": "mailto:office@example.org" }, { "url": "https://social.example.org/@ada" }])
    );
    for word in ["hidden-mailbox", "mailbox", "5550199", "purpose", "\"Private line\""] {
        let found = reader.get(&format!("/v1/search?q={word}")).await.expect(200);
        assert_eq!(found.json["data"], json!([]), "{word}");
    }
    // Nor when it was public once, and is taken back.
    let mut open = fields.clone();
    open["links"][0]["public"] = json!(true);
    let opened = republish(&editor, &ada.id(), ada.version(), open).await;
    assert!(reader.get("/v1/people").await.everything().contains("hidden-mailbox"));
    republish(&editor, &ada.id(), opened.version(), fields).await;
    assert!(!reader.get("/v1/people").await.everything().contains("hidden-mailbox"));
    site.stop().await;
}

#[actix_web::test]
async fn guests_and_those_who_read_history_see_no_more_of_it() {
    let site = TestSite::start().await;
    let (editor, reader) = (site.client(Role::Editor).await, site.anonymous());
    let draft = create(&editor, json!({ "links": links() })).await;
    let link = secret(&made(&editor, &draft.id(), &json!({})).await);
    for path in [format!("/v1/people/{}", draft.id()), "/v1/people".to_owned()] {
        let told = seen(&reader, &link, &path).await.expect(200).everything();
        assert!(told.contains("office@example.org"), "{told}");
        for word in PRIVATE {
            assert!(!told.contains(word), "{path} tells {word}: {told}");
        }
    }
    let ada = publish(&editor, json!({ "name": "Bo Example", "links": links() })).await;
    let told = editor
        .get(&format!("/v1/people/{}?as_of=9000-01-01T00:00:00Z", ada.id()))
        .await
        .expect(200)
        .everything();
    for word in PRIVATE {
        assert!(!told.contains(word), "history tells {word}: {told}");
    }
    // Events hold no content, so neither these.
    let events = json!(crate::events::events(&site).await).to_string();
    for word in PRIVATE {
        assert!(!events.contains(word), "an event tells {word}");
    }
    site.stop().await;
}
