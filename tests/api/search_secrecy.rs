//! What is not public is found by no query, no parameter and no correction, at no time.

use masthead::documents::erasure::{Wanted, erase};
use masthead::platform::access::Permit;
use masthead::platform::db::{Store, StoreConfig};
use serde_json::{Value, json};
use std::time::Duration;

use crate::lists::titles;
use crate::scheduled::import_page;
use crate::search::{find, learn};
use crate::support::builders::{create, publish, republish, save, trash, unpublish};
use crate::support::invariants::check_invariants;
use crate::support::{Client, Role, TestSite};

/// A word, and the same with a typing error.
const WORD: &str = "umbralith";
const ERROR: &str = "umbralihtt";

fn secret(slug: &str) -> Value {
    json!({ "title": format!("Umbralith {slug}"), "slug": slug, "summary": "Umbralith.", "tags": ["umbralith"] })
}

async fn nothing_is_told(reader: &Client, when: &str) {
    for query in [
        WORD.to_owned(),
        ERROR.to_owned(),
        format!("%22{WORD}%22"),
        format!("nowhere+or+{WORD}"),
        format!("{WORD}&filter[tag]={WORD}"),
        format!("{WORD}&filter[kind]=page&limit=100"),
        format!("{WORD}&locale=en"),
    ] {
        let answer = find(reader, &query).await;
        assert_eq!(titles(&answer), Vec::<String>::new(), "{query} {when}");
        assert_eq!(answer.json["query"]["corrected_query"], Value::Null, "{query} {when}");
        assert!(!answer.everything().contains(&format!("{WORD} ")), "{query} {when}");
    }
}

#[actix_web::test]
async fn drafts_plans_and_what_was_withdrawn_are_not_found() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let reader = site.anonymous();
    publish(&editor, json!({ "title": "Public", "slug": "public" })).await;
    create(&editor, secret("draft")).await;
    let live = publish(&editor, json!({ "title": "Live", "slug": "live" })).await;
    save(&editor, &live.id(), live.version(), secret("live")).await;
    import_page(&site, secret("scheduled"), 2).await;
    learn(&site).await;
    nothing_is_told(&reader, "before anything was public").await;

    let mut versions = Vec::new();
    for slug in ["withdrawn", "trashed", "replaced"] {
        let page = publish(&editor, secret(slug)).await;
        versions.push((page.id(), page.version()));
    }
    learn(&site).await;
    let answer = find(&reader, ERROR).await;
    assert_eq!(answer.json["query"]["corrected_query"], WORD, "it is known as long as it is public");
    assert_eq!(titles(&answer).len(), 3);
    let [withdrawn, trashed, replaced] = &versions[..] else { panic!("three") };
    unpublish(&editor, &withdrawn.0, withdrawn.1).await.expect(200);
    trash(&editor, &trashed.0, trashed.1).await.expect(204);
    republish(&editor, &replaced.0, replaced.1, json!({ "title": "Else", "slug": "replaced" })).await;
    // At once, while the dictionary is behind.
    nothing_is_told(&reader, "right after").await;
    learn(&site).await;
    nothing_is_told(&reader, "once the dictionary has followed").await;
    let words = format!("select word as value from search_words where word like '{}%'", &WORD[..4]);
    assert_eq!(site.database.texts(&words).await, Vec::<String>::new());

    // The plan takes effect by itself; the dictionary learns of it with the next change.
    site.database.advance("3 hours").await;
    assert_eq!(titles(&find(&reader, WORD).await), ["Umbralith scheduled"]);
    check_invariants(&site.database).await;
    site.stop().await;
}

#[actix_web::test]
async fn the_dictionary_is_what_is_public_whatever_happens() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let counted = "select word || ' ' || documents as value from search_words where word in ('amber', 'cedar') order by 1";
    let fields = |word: &str, slug: &str| json!({ "title": slug, "slug": slug, "blocks": [{ "type": "rich_text", "markdown": format!("{word} {word}") }] });
    let one = publish(&editor, fields("amber", "one")).await;
    let two = publish(&editor, fields("amber", "two")).await;
    learn(&site).await;
    assert_eq!(site.database.texts(counted).await, ["amber 2"]);
    let one = republish(&editor, &one.id(), one.version(), fields("cedar", "one")).await;
    learn(&site).await;
    assert_eq!(site.database.texts(counted).await, ["amber 1", "cedar 1"]);
    unpublish(&editor, &two.id(), two.version()).await.expect(200);
    // Comes and goes between two looks.
    let third = publish(&editor, fields("amber", "three")).await;
    unpublish(&editor, &third.id(), third.version()).await.expect(200);
    learn(&site).await;
    assert_eq!(site.database.texts(counted).await, ["cedar 1"]);

    let owner = Store::new(&StoreConfig {
        service: site.database.owner(),
        reader: site.database.reader(),
        connections: 2,
        wait: Duration::from_secs(5),
        slow: None,
    })
    .expect("pools");
    let wanted = Wanted { entry: one.id().parse().expect("an id"), locale: None, revisions: None };
    erase(&owner, &Permit::system("test"), &wanted).await.expect("erased");
    assert_eq!(site.database.texts(counted).await, Vec::<String>::new());
    let kept = "select count(*)::text as value from publications where search is not null and erased_at is not null \
        union all select count(*)::text from documents where words @@ 'cedar'";
    assert_eq!(site.database.texts(kept).await, ["0", "0"]);
    assert_eq!(titles(&find(&site.anonymous(), "cedar").await), Vec::<String>::new());
    owner.close();
    learn(&site).await;
    site.stop().await;
}
