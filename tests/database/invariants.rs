//! Each invariant can fail: a change that goes past triggers and constraints breaks it, and it alone is asked about.

use diesel_async::SimpleAsyncConnection;
use masthead::platform::db::invariants::INVARIANTS;

use super::rows::{CHANGE, Rows, event, id};
use crate::support::invariants::check_invariants;

/// What breaks the invariant of that name.
const BREACHES: &[(&str, &str)] = &[
    ("revisions", "delete from revisions"),
    ("revisions", "update revisions set number = 2"),
    ("documents", "update documents set kind = 'other'"),
    ("documents", "delete from documents"),
    ("publications", "update publications set number = 2"),
    ("publications", "update publications set kind = 'other'"),
    ("publications", "update publications set erased_at = mh_now()"),
    ("publications", "update revisions set body = null, erased_at = mh_now()"),
    (
        "one publication at a time",
        "alter table publications drop constraint publications_one_at_a_time; insert into publications \
           select (jsonb_populate_record(p, jsonb_build_object('id', gen_random_uuid()))).* from publications p",
    ),
    ("ends of publications", "update publications set until = lower(during) + interval '1 day'"),
    (
        "ends of publications",
        "update publications set until = lower(during) + interval '1 day', during = tstzrange(lower(during), lower(during) + interval '2 days')",
    ),
    ("ends of publications", "update publications set opened_at = opened_at + interval '1 hour'"),
    (
        "dates of publications",
        "update publications set first_published_at = lower(during) + interval '1 second'",
    ),
    ("dates of publications", "update publications set published_at = published_at - interval '1 day'"),
    ("dates of publications", "update publications set date = published_at - interval '1 day'"),
    (
        "one entry per name",
        "alter table publications drop constraint publications_one_entry_per_key; update publications set key = 'main'; \
           insert into publications select (jsonb_populate_record(p, \
             jsonb_build_object('id', gen_random_uuid(), 'entry_id', gen_random_uuid()))).* from publications p",
    ),
    (
        "one entry per path",
        "alter table routes drop constraint routes_one_entry_per_path; insert into routes (entry_id, locale, path, during) \
           select gen_random_uuid(), locale, path, during from routes",
    ),
    (
        "one path per entry",
        "alter table routes drop constraint routes_one_path_per_entry; insert into routes (entry_id, locale, path, during) \
           select entry_id, locale, '/other', during from routes",
    ),
    ("routes", "update routes set path = '/other'"),
    ("routes", "update publications set slug = 'other'"),
    ("paths of what is public", "delete from routes"),
    (
        "paths of what is public",
        "update routes set during = tstzrange(lower(during), lower(during) + interval '1 day')",
    ),
    (
        "redirects",
        "alter table redirects drop constraint redirects_path_unique; insert into redirects (id, locale, path, target_url, \
           origin, during) select gen_random_uuid(), 'en', '/old', '/new', 'manual', tstzrange(mh_now(), null) \
           from generate_series(1, 2)",
    ),
    ("trash", "update entries set trashed_at = mh_now()"),
    (
        "trash with descendants",
        "update entries set trashed_at = mh_now(), trashed_with = (select gen_random_uuid())",
    ),
    ("site version", "update site set version = 1, xact = null"),
    ("site version", "update site set changed_at = changed_at - interval '1 hour'"),
    ("locales", "update documents set locale = 'xx'"),
    ("locales", "update redirects set locale = 'xx'"),
    (
        "locales",
        "insert into locales (id, tag, fallback) values (gen_random_uuid(), 'de', 'fr'), (gen_random_uuid(), 'fr', 'de')",
    ),
    ("working copies", "update working_copies set base = 9"),
    ("events of facts", "delete from events where subject_kind = 'page'"),
    ("events of facts", "delete from users"),
    ("events of facts", "update users set id = gen_random_uuid()"),
    ("events of facts", "update events set subject_id = gen_random_uuid() where subject_kind = 'page'"),
    ("data of events", "update events set data = '{\"n\": 2}' where data is not null"),
    ("data of events", "update events set data_sha256 = null"),
    ("data of events", "update events set data = null"),
];

/// One of everything that an invariant speaks of.
async fn one_of_everything() -> Rows {
    let mut rows = Rows::new().await;
    let (entry, user, redirect) = (id(), id(), id());
    rows.commit(&super::rows::create(entry)).await;
    let instant = "(select changed_at from site)";
    rows.commit(&format!(
        "{CHANGE}; insert into publications (id, entry_id, locale, number, kind, during, opened_at, first_published_at, \
           published_at, title, title_sort, card, facets, slug, derived_by) \
         values (gen_random_uuid(), '{entry}', 'en', 1, 'page', tstzrange({instant}, null), {instant}, {instant}, {instant}, \
           'Lantern', 'Lantern', '{{}}', '{{}}', 'lantern', 1); \
         insert into routes (entry_id, locale, path, during) values ('{entry}', 'en', '/lantern', tstzrange({instant}, null)); \
         insert into events (actor_kind, reason, action, subject_kind, subject_id, data) \
           values ('system', 'test', 'page.published', 'page', '{entry}', '{{\"n\": 1}}')"
    ))
    .await;
    rows.commit(&format!(
        "insert into users (id, email, name, role_id) values ('{user}', 'ilse@example.org', 'Ilse Fictional', '{}'); \
         insert into events (actor_kind, reason, action, subject_kind, subject_id) values \
           ('system', 'test', 'user.added', 'user', '{user}'); \
         insert into working_copies (entry_id, locale, author, base, body) values ('{entry}', 'en', '{user}', 1, '{{}}')",
        super::rows::EDITOR
    ))
    .await;
    rows.commit(&format!(
        "{CHANGE}; insert into redirects (id, locale, path, target_url, origin, during) values \
           ('{redirect}', 'en', '/old', '/new', 'manual', tstzrange((select changed_at from site), null)); {}",
        event(redirect).replace("page", "redirect")
    ))
    .await;
    rows
}

#[actix_web::test]
async fn every_invariant_can_fail() {
    let rows = one_of_everything().await;
    let mut conn = rows.database.superuser().await;
    for invariant in INVARIANTS {
        let none = invariant.ask(&mut conn).await.expect(invariant.name);
        assert_eq!(none, Vec::<String>::new(), "{}", invariant.name);
        assert!(
            BREACHES.iter().any(|(name, _)| *name == invariant.name),
            "nothing breaks {}",
            invariant.name
        );
    }
    for (name, breach) in BREACHES {
        let invariant = INVARIANTS.iter().find(|invariant| invariant.name == *name).expect(name);
        let behind = format!("begin; set local session_replication_role = replica; {breach}");
        conn.batch_execute(&behind).await.unwrap_or_else(|error| panic!("{breach}: {error}"));
        let broken = invariant.ask(&mut conn).await.expect(name);
        assert!(!broken.is_empty(), "{name} does not see: {breach}");
        conn.batch_execute("rollback").await.expect("rollback");
    }
}

#[actix_web::test]
async fn an_empty_database_breaks_none_and_few_rows_are_shown() {
    let mut rows = Rows::new().await;
    check_invariants(&rows.database).await;
    for _ in 0..8 {
        rows.entry().await;
    }
    let mut conn = rows.database.superuser().await;
    let behind = "begin; set local session_replication_role = replica; delete from revisions";
    conn.batch_execute(behind).await.expect("deleted");
    assert_eq!(INVARIANTS[0].ask(&mut conn).await.expect("asked").len(), 6);
}
