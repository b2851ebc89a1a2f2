//! The one change of history that privacy law demands: the owner of the tables empties content and says when. What was
//! erased is nowhere any more, what is left still holds together, and nobody else can do it.

use std::process::Command;

use masthead::documents::erasure::{self, Erasure, Wanted};
use masthead::platform::access::Permit;
use masthead::platform::db::{Store, StoreConfig, seal};
use masthead::platform::problem::{Code, Problem};
use serde_json::json;

use super::rows::{Rows, attempt, event};
use crate::support::builders::{create, publish, republish, save};
use crate::support::database::connect;
use crate::support::invariants::{broken, check_invariants};
use crate::support::{Client, Role, TestDatabase, TestSite};

const ERASE: &str = "body = null, title = '', note = null, erased_at = mh_now()";

#[actix_web::test]
async fn the_owner_empties_a_body_and_nothing_else() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let owner = rows.database.owner();
    let update =
        |set: &str| format!("update revisions set {set} where entry_id = '{entry}'; {}", event(entry));
    for set in [
        "body = null".to_owned(),
        "erased_at = mh_now()".to_owned(),
        "body = '{\"n\": 2}'".to_owned(),
        "title = ''".to_owned(),
        ERASE.replace("title = ''", "title = 'x'"),
        ERASE.replace("title = '', ", ""),
        ERASE.replace("note = null", "note = 'x'"),
        format!("{ERASE}, sha256 = sha256('x')"),
        format!("{ERASE}, created_at = mh_now()"),
        ERASE.replace("body = null", "body = '{}'"),
    ] {
        rows.refused_to(&owner, "append_only", &update(&set)).await;
    }
    rows.refused_to(
        &owner,
        "fact_without_event",
        &format!("update revisions set {ERASE} where entry_id = '{entry}'"),
    )
    .await;

    assert_eq!(attempt(&mut connect(&owner).await, &update(ERASE)).await, Ok(()));
    let erased =
        "select (body is null and erased_at is not null and title = '')::text as value from revisions";
    assert_eq!(rows.database.texts(erased).await, ["true"]);
    // Erased is erased: neither back again nor at another time.
    rows.refused_to(&owner, "append_only", &update("body = '{\"n\": 1}', erased_at = null")).await;
    rows.refused_to(&owner, "append_only", &update(ERASE)).await;
}

#[actix_web::test]
async fn the_service_cannot_erase_not_even_with_the_grant() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    let erase = format!("update revisions set {ERASE} where entry_id = '{entry}'; {}", event(entry));
    let empty = "update events set data = null";
    rows.refused("permission denied", &erase).await;
    rows.refused("permission denied", empty).await;
    rows.refused("permission denied", "update publications set title = ''").await;
    rows.refused("permission denied", "update publications set erased_at = mh_now()").await;
    rows.database.execute("grant update on revisions, events to masthead_service").await;
    rows.refused("append_only", &erase).await;
    rows.refused("append_only", empty).await;
}

/// A site with one page of three revisions, the first two of which were public, and a working copy of it. Every text of
/// it has the word Quillfeather.
struct Page {
    site: TestSite,
    editor: Client,
    owner: Store,
    id: String,
    version: i64,
}

const WORD: &str = "uillfeather";

async fn page() -> Page {
    let site = TestSite::start().await;
    let editor = site.client(Role::Editor).await;
    let body = |n: i32| {
        json!({
            "title": format!("Quillfeather {n}"), "slug": "teller", "summary": format!("A quillfeather {n}"),
            "tags": ["quillfeather"], "blocks": [{ "type": "rich_text", "markdown": format!("quillfeather {n}") }],
        })
    };
    let published = publish(&editor, body(1)).await;
    let id = published.id();
    let again = republish(&editor, &id, published.version(), body(2)).await;
    let saved = save(&editor, &id, again.version(), body(3)).await;
    let copy = format!(
        "insert into working_copies (entry_id, locale, author, base, body) select '{id}', 'en', id, 3, \
           '{{\"title\": \"quillfeather\"}}' from users limit 1"
    );
    site.database.execute(&copy).await;
    let (service, reader) = (site.database.owner(), site.database.reader());
    let wait = std::time::Duration::from_secs(5);
    let config = StoreConfig { service, reader, connections: 2, wait, slow: None };
    let owner = Store::new(&config).expect("pools");
    Page { version: saved.version(), site, editor, owner, id }
}

impl Page {
    async fn erase(&self, revisions: Option<&[i32]>) -> Result<Erasure, Problem> {
        self.erase_by(&self.owner, revisions).await
    }

    async fn erase_by(&self, store: &Store, revisions: Option<&[i32]>) -> Result<Erasure, Problem> {
        erasure::erase(store, &Permit::system("case 17"), &self.wanted(revisions)).await
    }

    fn wanted(&self, revisions: Option<&[i32]>) -> Wanted {
        let entry = self.id.parse().expect("an id");
        Wanted { entry, locale: None, revisions: revisions.map(<[i32]>::to_vec) }
    }

    async fn read(&self) -> crate::support::Answer {
        self.editor.get(&format!("/admin/v1/pages/{}", self.id)).await
    }

    async fn end(self) {
        self.owner.close();
        self.site.stop().await;
    }
}

/// How many lines of a dump of everything hold the word, whatever the case of its first letter.
async fn traces(database: &TestDatabase) -> usize {
    let folder = database.texts("select setting as value from pg_config where name = 'BINDIR'").await;
    let dumped = Command::new(format!("{}/pg_dump", folder[0]))
        .args(["--data-only", "--dbname", &database.owner_url()])
        .output()
        .expect("pg_dump lies beside the server");
    assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
    let text = String::from_utf8(dumped.stdout).expect("text");
    text.lines().filter(|line| line.contains(WORD)).count()
}

#[actix_web::test]
async fn what_was_erased_is_nowhere_any_more() {
    let page = page().await;
    let database = &page.site.database;
    seal::seal(&page.site.app.store).await.expect("sealing");
    assert_eq!(
        traces(database).await,
        3 + 2 + 1 + 1,
        "revisions, publications, the working copy, the words of the newest"
    );
    check_invariants(database).await;
    let version = "select version::text as value from site";
    let before = database.texts(version).await;

    let erased = page.erase(None).await.expect("erased");
    assert_eq!((erased.revisions, erased.publications, erased.working_copies), (vec![1, 2, 3], 2, 1));
    assert_eq!(traces(database).await, 0);
    check_invariants(database).await;
    assert_ne!(database.texts(version).await, before, "what is public has changed");
    let kept = format!(
        "select count(data_sha256)::text || ' ' || count(data) as value from events where subject_id = '{}'",
        page.id
    );
    assert_eq!(database.texts(&kept).await, ["6 1"], "digests of all, details of the erasure alone");
    let event = "select actor_kind || ' ' || reason || ' ' || (data ->> 'revisions') as value from events \
        where action = 'page.erased'";
    assert_eq!(database.texts(event).await, ["system case 17 [1, 2, 3]"]);

    page.read().await.expect(410);
    // Once more there is nothing to do.
    let after = database.fingerprint().await;
    assert_eq!(page.erase(None).await.expect("nothing").revisions, Vec::<i32>::new());
    assert_eq!(database.fingerprint().await, after);
    seal::seal(&page.site.app.store).await.expect("sealing");
    check_invariants(database).await;
    page.end().await;
}

#[actix_web::test]
async fn the_named_revisions_go_and_the_others_stay() {
    let page = page().await;
    let database = &page.site.database;
    let erased = page.erase(Some(&[2])).await.expect("erased");
    assert_eq!((erased.revisions, erased.publications), (vec![2], 1));
    assert_eq!(
        traces(database).await,
        2 + 1 + 1,
        "two revisions, the publication of the first, the words of the newest"
    );
    check_invariants(database).await;
    let answer = page.read().await.expect(200);
    assert_eq!(answer.json["body"]["title"], "Quillfeather 3");
    assert_eq!(answer.version(), page.version + 1, "it has another state");
    page.end().await;
}

#[actix_web::test]
async fn a_document_goes_on_after_its_newest_revision_was_erased() {
    let page = page().await;
    page.erase(Some(&[3])).await.expect("erased");
    page.read().await.expect(410);
    // The list tells the version that a save has to name.
    let list = page.editor.get("/admin/v1/pages").await.expect(200);
    let listed = &list.json["data"][0];
    assert_eq!((&listed["title"], &listed["version"]), (&json!(""), &json!(page.version + 1)), "{listed:#}");
    // Not even the very content that was erased counts as being there.
    let same = json!({
        "title": "Quillfeather 3", "slug": "teller", "summary": "A quillfeather 3", "tags": ["quillfeather"],
        "blocks": [{ "type": "rich_text", "markdown": "quillfeather 3" }],
    });
    let saved = save(&page.editor, &page.id, page.version + 1, same).await;
    assert_eq!(saved.json["revision"]["number"], 4);
    page.read().await.expect(200);
    check_invariants(&page.site.database).await;
    page.end().await;
}

#[actix_web::test]
async fn what_cannot_be_erased_is_refused() {
    let page = page().await;
    let database = &page.site.database;
    let before = database.fingerprint().await;
    let by_service = page.erase_by(&page.site.app.store, None).await.expect_err("the service may not");
    assert_eq!(by_service.code(), Code::Conflict);
    assert!(by_service.to_string().contains("MASTHEAD_MIGRATE_URL"), "{by_service}");
    let unknown = page.erase(Some(&[1, 4])).await.expect_err("no such revision");
    assert_eq!(unknown.code(), Code::NotFound);
    assert!(
        unknown.to_string().contains("no revision 4") && unknown.to_string().contains("1 to 3"),
        "{unknown}"
    );
    let elsewhere = Wanted { locale: Some("de".into()), ..page.wanted(None) };
    let permit = Permit::system("case 17");
    assert_eq!(
        erasure::erase(&page.owner, &permit, &elsewhere).await.expect_err("no German").code(),
        Code::NotFound
    );
    let nowhere = Wanted { entry: page.site.app.ids.id(), ..page.wanted(None) };
    assert_eq!(
        erasure::erase(&page.owner, &permit, &nowhere).await.expect_err("no entry").code(),
        Code::NotFound
    );
    assert_eq!(database.fingerprint().await, before);
    page.end().await;
}

#[actix_web::test]
async fn of_several_documents_one_must_be_named() {
    let page = page().await;
    let other = create(&page.editor, json!({ "title": "Another" })).await.id();
    let german = "insert into locales (id, tag) values ('LOCALE', 'de'); \
        insert into events (actor_kind, reason, action, subject_kind, subject_id) values \
          ('system', 'test', 'locale.added', 'locale', 'LOCALE'), ('system', 'test', 'page.changed', 'page', 'ID'); \
        insert into documents (entry_id, locale, kind, head, parent, position) \
          select entry_id, 'de', kind, 1, parent, position from documents where entry_id = 'ID'; \
        insert into revisions (entry_id, locale, number, title, body, schema_version, sha256, origin) \
          select entry_id, 'de', 1, title, body, schema_version, sha256, 'create' from revisions \
          where entry_id = 'ID' and number = 1"
        .replace("ID", &page.id)
        .replace("LOCALE", &other);
    page.site.database.execute(&german).await;
    let unnamed = page.erase(None).await.expect_err("which one?");
    assert!(unnamed.to_string().contains("de, en"), "{unnamed}");
    let wanted = Wanted { locale: Some("en".into()), ..page.wanted(None) };
    let erased = erasure::erase(&page.owner, &Permit::system("case 17"), &wanted).await.expect("erased");
    assert_eq!((erased.locale.as_str(), erased.revisions), ("en", vec![1, 2, 3]));
    assert_eq!(traces(&page.site.database).await, 1, "the German revision");
    check_invariants(&page.site.database).await;
    page.end().await;
}

#[actix_web::test]
async fn emptied_details_without_an_erasure_are_found() {
    let page = page().await;
    let owner = page.site.database.owner();
    // The owner may empty them, the trigger cannot know why.
    let empty = format!("update events set data = null where subject_id = '{}'", page.id);
    assert_eq!(attempt(&mut connect(&owner).await, &empty).await, Ok(()));
    let broken = broken(&page.site.database).await;
    assert!(broken.len() == 1 && broken[0].starts_with("data of events: event "), "{broken:?}");
    page.end().await;
}
