//! Search beneath the API: which indexes it goes by, what is derived anew, and what the columns of search may be changed by.

use std::time::Duration;

use masthead::content;
use masthead::documents::reindex::{Reindexed, is_due, reindex};
use masthead::platform::access::Permit;
use masthead::platform::db::{Store, StoreConfig};
use masthead::platform::http::HttpLimits;
use serde_json::json;

use super::rows::{Rows, attempt, event, publish};
use crate::support::builders::{create, publish as publish_page};
use crate::support::database::connect;
use crate::support::growth::{Size, fill};
use crate::support::invariants::check_invariants;
use crate::support::{Role, TestDatabase, TestSite};

fn owner(database: &TestDatabase) -> Store {
    Store::new(&StoreConfig {
        service: database.owner(),
        reader: database.reader(),
        connections: 2,
        wait: Duration::from_secs(5),
        slow: None,
    })
    .expect("pools")
}

/// How often an index was gone by; sessions tell it when they end.
async fn used(database: &TestDatabase, index: &str) -> i64 {
    let sessions = "select count(*)::text as value from pg_stat_activity \
        where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'";
    let ended = async { while database.texts(sessions).await != ["0"] {} };
    tokio::time::timeout(Duration::from_secs(20), ended).await.expect("the sessions of the site end");
    database.texts("select pg_stat_force_next_flush()::text as value").await;
    let sql =
        format!("select idx_scan::text as value from pg_stat_user_indexes where indexrelname = '{index}'");
    database.texts(&sql).await.remove(0).parse().expect("a number")
}

#[actix_web::test]
async fn words_are_looked_up_in_their_indexes_however_common() {
    let mut database = TestDatabase::migrated().await;
    fill(&database, Size { pages: 3_000, below: 0, revisions: 4 }).await;
    for (path, indexes) in [
        // In every page, in some, in one.
        ("/v1/search?q=meet", ["publications_search", "publications_search_titles"]),
        ("/v1/search?q=lantern+council", ["publications_search", "publications_search_titles"]),
        ("/v1/search?q=2999", ["publications_search", "publications_search_titles"]),
        ("/admin/v1/search?q=mee", ["documents_words", "documents_words"]),
    ] {
        let mut before = Vec::new();
        for index in indexes {
            before.push(used(&database, index).await);
        }
        let site = TestSite::over(database, HttpLimits::default()).await;
        let answer = site.client(Role::Editor).await.get(path).await.expect(200);
        assert!(!answer.json["data"].as_array().expect("hits").is_empty(), "{path}");
        database = site.stop().await;
        for (index, before) in indexes.into_iter().zip(before) {
            assert!(used(&database, index).await > before, "{path} goes by {index}");
        }
    }
}

#[actix_web::test]
async fn what_an_older_program_derived_is_derived_anew() {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let fields = json!({ "title": "Lantern", "slug": "lantern", "tags": ["light"], "summary": "Of light." });
    let live = publish_page(&editor, fields).await;
    create(&editor, json!({ "title": "Draft", "slug": "draft" })).await;
    let derived = "select (title, title_sort, summary, card, facets, search, search_text, derived_by)::text as value from publications \
        union all select (facets, words, derived_by)::text from documents order by 1";
    let wanted = site.database.texts(derived).await;
    let version = editor.get(&format!("/admin/v1/pages/{}", live.id())).await.expect(200).version();
    let older = "set local session_replication_role = replica; \
        update publications set title = 'x', card = '{}', facets = '{}', search = null, search_text = null, derived_by = 1; \
        update documents set words = null, derived_by = 1";
    site.database.execute(older).await;
    let (store, kinds) = (owner(&site.database), content::kinds());
    assert!(is_due(&site.app.store).await.expect("an answer"));
    let found = async || site.anonymous().get("/v1/search?q=lantern").await.expect(200).json["data"].clone();
    assert_eq!(found().await, json!([]));

    let mut heard = Vec::new();
    let permit = Permit::system("test");
    let done = reindex(&store, &kinds, &permit, &mut |done| heard.push(done)).await.expect("derived");
    assert_eq!(done, Reindexed { publications: 1, documents: 2, unreadable: 0 });
    assert_eq!(heard.last(), Some(&done));
    assert_eq!(site.database.texts(derived).await, wanted);
    assert_eq!(found().await[0]["id"], json!(live.id()));
    assert!(!is_due(&site.app.store).await.expect("an answer"));
    let after = editor.get(&format!("/admin/v1/pages/{}", live.id())).await.expect(200).version();
    assert_eq!(after, version, "nothing that an editor wrote has changed");

    let before = site.database.fingerprint().await;
    let again = reindex(&store, &kinds, &permit, &mut |_| ()).await.expect("nothing to do");
    assert_eq!((again, site.database.fingerprint().await), (Reindexed::default(), before));
    check_invariants(&site.database).await;
    store.close();
    site.stop().await;
}

#[actix_web::test]
async fn only_what_is_derived_may_change_without_an_event() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    rows.commit(&publish(entry, 1, "/live")).await;
    let owner = rows.database.owner();
    let derived = format!("update documents set words = null, derived_by = 2 where entry_id = '{entry}'");
    assert_eq!(attempt(&mut connect(&owner).await, &derived).await, Ok(()));
    let head =
        format!("update documents set position = 'a', version = version + 1 where entry_id = '{entry}'");
    rows.refused_to(&owner, "fact_without_event", &head).await;
    let same = format!("update documents set position = 'b' where entry_id = '{entry}'; {}", event(entry));
    rows.refused_to(&owner, "document_moves_forward", &same).await;
    rows.refused("permission denied", "update publications set search = null").await;
    rows.refused("permission denied", "delete from search_progress").await;
    rows.refused_to(&owner, "timeline_needs_public_change", "update publications set search = null").await;
    // Even what readers see of it takes a public change, which takes an event.
    let unsaid = format!("{}; update publications set search = null", super::rows::CHANGE);
    rows.refused_to(&owner, "fact_without_event", &unsaid).await;
}
