//! What the role of the read API can see: the views of what is public, and nothing else, not even by the errors that a
//! condition makes.

use std::collections::BTreeSet;

use diesel_async::SimpleAsyncConnection;
use uuid::Uuid;

use super::rows::{
    CHANGE, INSTANT, Rows, attempt, event, from_now, id, publication, publish, route, unpublish,
};
use crate::support::database::connect;

#[actix_web::test]
async fn no_table_can_be_read_or_written() {
    let mut rows = Rows::new().await;
    rows.entry().await;
    let tables = rows
        .database
        .texts(
            "select table_name::text as value from information_schema.tables where table_schema = 'public' \
                and table_name <> 'test_clock' order by 1",
        )
        .await;
    for known in ["revisions", "events", "users", "api_tokens", "keys", "entries", "publications", "routes"] {
        assert!(tables.iter().any(|table| table == known), "{known} is a table");
    }
    let reader = rows.database.reader();
    for table in tables {
        for sql in [
            format!("select from {table}"),
            format!("delete from {table}"),
            format!("insert into {table} default values"),
        ] {
            rows.refused_to(&reader, "permission denied", &sql).await;
        }
    }
    rows.refused_to(&reader, "permission denied", CHANGE).await;
    rows.refused_to(&reader, "permission denied", "create table public.mine ()").await;
    rows.refused_to(&reader, "permission denied", "create view mh.mine as select 1").await;
}

/// One entry in each state.
struct Site {
    rows: Rows,
    live: Uuid,
    draft: Uuid,
    planned: Uuid,
    withdrawn: Uuid,
    trashed: Uuid,
}

async fn site() -> Site {
    let mut rows = Rows::new().await;
    let mut entries = Vec::new();
    for _ in 0..5 {
        entries.push(rows.entry().await);
    }
    let [live, draft, planned, withdrawn, trashed] = entries[..] else { unreachable!("five") };
    for (entry, path) in [(live, "/live"), (withdrawn, "/withdrawn"), (trashed, "/trashed")] {
        rows.commit(&publish(entry, 1, path)).await;
    }
    let later = format!("tstzrange({INSTANT} + interval '1 day', null)");
    rows.commit(&format!(
        "{CHANGE}; {}; {}",
        publication(planned, 1, &later),
        route(planned, "/planned", &later)
    ))
    .await;
    rows.commit(&unpublish(withdrawn)).await;
    rows.commit(&format!(
        "{}; update entries set trashed_at = mh_now() where id = '{trashed}'",
        unpublish(trashed)
    ))
    .await;
    for target in [live, draft, planned, withdrawn, trashed] {
        rows.commit(&redirect(target)).await;
    }
    Site { rows, live, draft, planned, withdrawn, trashed }
}

/// An old address of an entry.
fn redirect(target: Uuid) -> String {
    let redirect = id();
    format!(
        "{CHANGE}; insert into redirects (id, locale, path, target_entry, origin, during) \
         values ('{redirect}', 'en', '/old/{target}', '{target}', 'manual', {}); {}",
        from_now(),
        event(redirect)
    )
}

const VIEWS: [(&str, &str); 6] = [
    ("mh.public_documents", "entry_id"),
    ("mh.public_routes", "entry_id"),
    ("mh.public_former_routes", "entry_id"),
    ("mh.public_redirects", "target_entry"),
    ("mh.public_bodies", "entry_id"),
    ("mh.public_search", "entry_id"),
];

/// The entries that a view shows, asked as the superuser: the rows of a view do not depend on who asks.
async fn shown(rows: &Rows, view: &str, column: &str) -> BTreeSet<String> {
    rows.database.texts(&format!("select {column}::text as value from {view}")).await.into_iter().collect()
}

#[actix_web::test]
async fn the_views_show_what_is_public_and_nothing_else() {
    let site = site().await;
    // For a minute more, so that a boundary cannot pass between two statements of one answer.
    let ended: BTreeSet<String> = [site.live, site.withdrawn, site.trashed].map(|id| id.to_string()).into();
    for (view, column) in VIEWS {
        assert_eq!(shown(&site.rows, view, column).await, ended, "{view} within the minute");
    }
    site.rows.database.advance("61 seconds").await;
    for (view, column) in VIEWS {
        assert_eq!(
            shown(&site.rows, view, column).await,
            [site.live.to_string()].into(),
            "{view} after the minute"
        );
    }
    site.rows.database.advance("1 day").await;
    let begun: BTreeSet<String> = [site.live, site.planned].map(|id| id.to_string()).into();
    for (view, column) in VIEWS {
        assert_eq!(shown(&site.rows, view, column).await, begun, "{view} after the planned one began");
    }
    assert!(!begun.contains(&site.draft.to_string()));
}

#[actix_web::test]
async fn a_view_shows_the_public_revision_alone() {
    let mut rows = Rows::new().await;
    let entry = rows.entry().await;
    rows.commit(&publish(entry, 1, "/live")).await;
    rows.commit(&format!("{}; {}", super::rows::revision(entry, 2, "1"), event(entry))).await;
    let bodies = rows.database.texts("select body::text as value from mh.public_bodies").await;
    assert_eq!(bodies, ["{\"n\": 1}"]);
}

#[actix_web::test]
async fn the_reader_can_read_the_views() {
    let site = site().await;
    let mut reader = connect(&site.rows.database.reader()).await;
    for (view, column) in VIEWS {
        assert_eq!(attempt(&mut reader, &format!("select {column} from {view}")).await, Ok(()), "{view}");
    }
    assert_eq!(
        attempt(&mut reader, "select instant, version, default_locale from mh.public_site").await,
        Ok(())
    );
}

/// A condition that fails on a row tells what the row holds, if Postgres asks it before it asks whether the row is public.
#[actix_web::test]
async fn no_condition_sees_what_is_not_public() {
    let mut site = site().await;
    let reference = site.rows.entry().await;
    let secret = format!(
        "insert into revisions (entry_id, locale, number, title, body, schema_version, sha256, parent, origin) values \
           ('{reference}', 'en', 2, 'Secret', '{{\"secret\": 1}}', 1, sha256('s'), 1, 'edit'); {}",
        event(reference)
    );
    site.rows.commit(&secret).await;
    let planned = publication(reference, 2, &format!("tstzrange({INSTANT} + interval '1 day', null)"));
    let path = route(reference, "/secret", &format!("tstzrange({INSTANT} + interval '1 day', null)"));
    site.rows.commit(&format!("{CHANGE}; {}; {path}", planned.replace("'Lantern'", "'Secret'"))).await;
    site.rows.commit(&redirect(reference)).await;
    let summary = "update publications set summary = 'secret' where number = 2";
    site.rows.database.execute(&format!("{CHANGE}; {summary}; {}", event(reference))).await;
    let mut reader = connect(&site.rows.database.reader()).await;
    for query in [
        "select from mh.public_bodies where 1 / (case when body::text like '%secret%' then 0 else 1 end) > 0",
        "select from mh.public_bodies where (body ->> 'secret')::boolean",
        "select from mh.public_documents where 1 / (case when title = 'Secret' then 0 else 1 end) > 0",
        "select from mh.public_documents where summary::boolean",
        "select from mh.public_documents where 1 / (number - 2) < 0",
        "select from mh.public_routes where 1 / (case when path = '/secret' then 0 else 1 end) > 0",
        "select from mh.public_former_routes where 1 / (case when path = '/secret' then 0 else 1 end) > 0",
    ] {
        reader
            .batch_execute(query)
            .await
            .unwrap_or_else(|error| panic!("{query} tells of a row that is not public: {error}"));
    }
    // The same conditions do fail on what is public, so they are no blanks.
    site.rows.database.advance("2 days").await;
    let query =
        "select from mh.public_bodies where 1 / (case when body::text like '%secret%' then 0 else 1 end) > 0";
    let error = reader.batch_execute(query).await.expect_err("the row is public now");
    assert!(error.to_string().contains("division by zero"), "{error}");
}

#[actix_web::test]
async fn a_page_that_ended_leaves_no_trace_of_its_path() {
    let mut rows = Rows::new().await;
    let (entry, other) = (rows.entry().await, rows.entry().await);
    rows.commit(&publish(entry, 1, "/first")).await;
    let ends = format!("set during = tstzrange(lower(during), {INSTANT}) where entry_id = '{entry}'");
    rows.commit(&format!(
        "{CHANGE}; update routes {ends}; {}; {}",
        route(entry, "/second", &from_now()),
        event(entry)
    ))
    .await;
    rows.commit(&publish(other, 1, "/other")).await;
    rows.database.advance("2 minutes").await;
    let paths = "select path as value from mh.public_former_routes order by 1";
    assert_eq!(rows.database.texts(paths).await, ["/first", "/other", "/second"]);
    rows.commit(&unpublish(entry)).await;
    rows.database.advance("2 minutes").await;
    assert_eq!(rows.database.texts(paths).await, ["/other"]);
}

/// A view that comes later stays closed until somebody opens it by name.
#[actix_web::test]
async fn the_reader_is_given_the_public_views_by_name() {
    let rows = Rows::new().await;
    let readable = "select n.nspname || '.' || c.relname as value from pg_class c join pg_namespace n on n.oid = c.relnamespace \
        where n.nspname in ('mh', 'public') and c.relkind in ('r', 'v', 'm', 'p') and c.relname <> 'test_clock' \
          and has_table_privilege('masthead_reader', c.oid, 'select') order by 1";
    let given = [
        "mh.public_bodies",
        "mh.public_documents",
        "mh.public_files",
        "mh.public_former_routes",
        "mh.public_locales",
        "mh.public_paths",
        "mh.public_redirects",
        "mh.public_routes",
        "mh.public_search",
        "mh.public_site",
        "mh.public_spans",
        "mh.public_words",
    ];
    assert_eq!(rows.database.texts(readable).await, given);
    let reader = rows.database.reader();
    for view in [
        "mh.history_documents",
        "mh.history_files",
        "mh.history_search",
        "mh.history_routes",
        "mh.history_redirects",
        "mh.history_bodies",
    ] {
        rows.refused_to(&reader, "permission denied", &format!("select from {view}")).await;
        let mut service = connect(&rows.database.service()).await;
        assert_eq!(attempt(&mut service, &format!("select from {view}")).await, Ok(()), "{view}");
    }
}
