//! Grants for one language, and sections in several: a page hangs in each language where its document there says, and where
//! an entry above has none, where it hangs in the site's own.

use masthead::documents::add_locale;
use masthead::platform::access::Permit;
use serde_json::{Value, json};

use crate::grounds::{Grounds, placed};
use crate::support::Client;
use crate::support::builders::page;

async fn grounds() -> Grounds {
    let at = Grounds::new().await;
    for tag in ["de", "fr"] {
        add_locale(&at.site.app, &Permit::system("test"), tag, Some("en")).await.expect("a locale");
    }
    at
}

/// Does something to the German document of an entry, at the version at which it stands.
async fn in_german(
    at: &Grounds,
    client: &Client,
    id: &str,
    action: &str,
    body: Value,
) -> crate::support::Answer {
    let seen = at.admin.get(&format!("/admin/v1/pages/{id}?locale=de")).await.expect(200);
    let path = format!("/admin/v1/documents/{id}/{action}?locale=de");
    client.post_at(&path, seen.version(), Some(&body)).await
}

#[actix_web::test]
async fn a_translator_touches_one_language() {
    let at = grounds().await;
    let mut grants = vec![("page", "read", "everything", None)];
    grants.extend(["write", "publish", "delete"].map(|verb| ("page", verb, "locale", Some("de"))));
    let german = at.site.limited(&grants).await;
    let (one, two) = (at.draft(&at.a, "One").await, at.draft(&at.b, "Two").await);
    at.act(&german, &one, "translations", json!({ "locale": "de" })).await.expect(201);
    in_german(&at, &german, &one, "move", json!({ "parent": at.b })).await.expect(200);
    german
        .post(&format!("/admin/v1/documents/{two}/translations"), &json!({ "locale": "de" }))
        .await
        .expect(201);
    german.post("/admin/v1/pages?locale=de", &page(placed("top", "Neu"))).await.expect(201);

    for (action, body) in [
        ("translations", json!({ "locale": "fr" })),
        ("move", json!({ "parent": at.b })),
        ("publish", json!({ "revision": 1 })),
        ("duplicate", json!({})),
        ("restore", json!({ "revision": 1 })),
    ] {
        at.refused(action, at.act(&german, &one, action, body)).await;
    }
    at.refused("trash", german.delete_at(&format!("/admin/v1/pages/{one}?locale=de"), 2)).await;
    at.refused("create", german.post("/admin/v1/pages", &page(placed("top", "New")))).await;
    at.refused(
        "fr",
        german.post(&format!("/admin/v1/documents/{one}/translations?locale=de"), &json!({ "locale": "fr" })),
    )
    .await;
    let seen = at.version(&one).await;
    at.refused("save", german.put_at(&format!("/admin/v1/pages/{one}"), seen, &page(placed(&at.a, "One"))))
        .await;
    at.site.stop().await;
}

#[actix_web::test]
async fn nobody_translates_what_they_may_not_read() {
    let at = grounds().await;
    let blind = at.site.limited(&[("page", "write", "locale", Some("de"))]).await;
    let one = at.draft(&at.b, "Secret").await;
    at.refused("blind", at.act(&blind, &one, "translations", json!({ "locale": "de" }))).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn a_translation_stays_in_the_section() {
    let at = grounds().await;
    let to = json!({ "locale": "de" });
    let (one, other) = (at.draft(&at.a, "One").await, at.draft(&at.b, "Other").await);
    let guest = at.draft(&at.b, "Guest").await;
    at.moved(&guest, &at.a).await;
    at.refuse_to(&other, "translations", to.clone()).await;
    at.refuse_to(&guest, "translations", json!({ "locale": "de", "revision": 1 })).await;
    at.let_do(&guest, "translations", to.clone()).await;
    at.let_do(&one, "translations", to.clone()).await;
    at.let_do(&at.a, "translations", to.clone()).await;
    let german = in_german(&at, &at.limited, &one, "move", json!({ "parent": guest })).await;
    german.expect(200);
    at.refused("away", in_german(&at, &at.limited, &one, "move", json!({ "parent": at.b }))).await;
    // A revision of another place, of an entry that is in reach here no longer.
    let gone = at.draft(&at.a, "Gone").await;
    at.moved(&gone, &at.b).await;
    at.refuse_to(&gone, "translations", json!({ "locale": "de", "revision": 1 })).await;
    at.site.stop().await;
}

#[actix_web::test]
async fn each_language_has_its_own_tree() {
    let at = grounds().await;
    let parent = at.draft(&at.a, "Parent").await;
    let child = at.draft(&parent, "Child").await;
    at.act(&at.admin, &child, "translations", json!({ "locale": "de" })).await.expect(201);
    // The parent has no German document yet: the English one says where it hangs.
    let path = format!("/admin/v1/pages/{child}?locale=de");
    at.limited.get(&path).await.expect(200);
    let listed = at.limited.get("/admin/v1/pages?locale=de").await.expect(200);
    assert_eq!(listed.json["data"][0]["id"], json!(child));
    // In German the parent goes into the other section, and what hangs below it there.
    at.act(&at.admin, &parent, "translations", json!({ "locale": "de" })).await.expect(201);
    in_german(&at, &at.admin, &parent, "move", json!({ "parent": at.b })).await.expect(200);
    at.refused("de", at.limited.get(&path)).await;
    at.limited.get(&format!("/admin/v1/pages/{child}")).await.expect(200);
    let listed = at.limited.get("/admin/v1/pages?locale=de").await.expect(200);
    assert_eq!(listed.json["data"], json!([]));
    // Another child would lie there too.
    let other = at.draft(&parent, "Other").await;
    at.refuse_to(&other, "translations", json!({ "locale": "de" })).await;
    at.let_do(&other, "translations", json!({ "locale": "fr" })).await;
    at.site.stop().await;
}
