//! What must hold of every database at every moment, asked in SQL (`reliability.md`). Each question lists the rows that
//! break it.

use std::collections::BTreeSet;

use masthead::content;
use masthead::documents::write::digest;
use serde_json::Value;

use super::database::TestDatabase;

/// Panics with the rows that break an invariant.
pub async fn check_invariants(database: &TestDatabase) {
    for (what, query) in QUESTIONS {
        let rows = database.texts(query).await;
        assert!(rows.is_empty(), "{what}: {rows:#?}");
    }
    check_bodies(database).await;
}

const QUESTIONS: [(&str, &str); 10] = [
    (
        "revisions of a document are numbered 1 to n, and n is its head",
        "select d.entry_id || ' ' || d.locale as value from documents d left join lateral (
           select count(*) as count, min(number) as first, max(number) as last from revisions r
           where r.entry_id = d.entry_id and r.locale = d.locale) n on true
         where (n.first, n.last, n.count) is distinct from (1, d.head, d.head::bigint)",
    ),
    (
        "every publication has its revision, of the same kind as its entry",
        "select p.id::text as value from publications p
         left join revisions r on (r.entry_id, r.locale, r.number) = (p.entry_id, p.locale, p.number)
         left join entries e on e.id = p.entry_id
         where r.number is null or e.kind is distinct from p.kind",
    ),
    (
        "no two publications of a document overlap",
        "select a.id || ' ' || b.id as value from publications a join publications b
         on (a.entry_id, a.locale) = (b.entry_id, b.locale) and a.id < b.id and a.during && b.during",
    ),
    (
        "no two routes of a path or of a document overlap",
        "select a.id || ' ' || b.id as value from routes a join routes b
         on a.id < b.id and a.during && b.during and a.locale = b.locale and (a.path = b.path or a.entry_id = b.entry_id)",
    ),
    ("the routes are the product of the publications, over all of time", ROUTES),
    (
        "what is public has a path for as long as it is",
        "select p.entry_id || ' ' || p.locale as value
         from (select entry_id, locale, range_agg(during) as public from publications where slug is not null group by 1, 2) p
         left join (select entry_id, locale, range_agg(during) as routed from routes group by 1, 2) r using (entry_id, locale)
         where p.public is distinct from r.routed",
    ),
    (
        "nothing in the trash is public or planned",
        "select e.id::text as value from entries e join publications p on p.entry_id = e.id
         where e.trashed_at is not null and (upper_inf(p.during) or upper(p.during) > (select instant from mh.public_site))",
    ),
    (
        "every commit that changed what is public moved the site's version, and no boundary lies past its instant unplanned",
        "select 'version ' || version as value from site where version - 1 <
           (select count(distinct xact) from events where action ~ '\\.(published|unpublished)$')
         union all
         select 'route ' || routes.id from routes, site where lower(during) > changed_at and upper_inf(during)
           and not exists (select from publications p where lower(p.during) > changed_at)",
    ),
    (
        "every entry and every user has events, and what each event is about exists",
        "select id::text as value from entries where not exists (select from events where subject_id = entries.id)
         union all select id::text from users where not exists (select from events where subject_id = users.id)
         union all select s.id::text from events s where not exists (
           select from entries where id = subject_id union all select from users where id = subject_id
           union all select from api_tokens where id = subject_id union all select from redirects where id = subject_id
           union all select from roles where id = subject_id)",
    ),
    (
        "the first publication dates all later ones",
        "select p.id::text as value from publications p where p.first_published_at > lower(p.during)
           or p.first_published_at <> (select min(q.first_published_at) from publications q
                                       where (q.entry_id, q.locale) = (p.entry_id, p.locale))",
    ),
];

/// Every path of the product of the publications along the chains of parents, for the time in which all of them hold,
/// against the routes that stand; `postgres.md`, "Routes".
const ROUTES: &str = "
    with recursive tree as (
      select entry_id, locale, '/' || slug as path, during, array[entry_id] as seen
      from publications where parent is null and slug is not null
      union all
      select c.entry_id, c.locale, rtrim(t.path, '/') || '/' || c.slug, c.during * t.during, seen || c.entry_id
      from publications c join tree t on c.parent = t.entry_id and c.locale = t.locale and c.during && t.during
        and not c.entry_id = any (seen)),
    product as (select entry_id, locale, path, range_agg(during) as at from tree group by 1, 2, 3),
    standing as (select entry_id, locale, path, range_agg(during) as at from routes group by 1, 2, 3)
    select coalesce(p.path, s.path) || ': product ' || coalesce(p.at::text, 'never') || ', routes '
      || coalesce(s.at::text, 'never') as value
    from product p full join standing s using (entry_id, locale, path)
    where p.at is distinct from s.at";

/// The digest of every revision is that of its body, and its references are those that stand in it.
async fn check_bodies(database: &TestDatabase) {
    let kinds = content::kinds();
    let rows = database
        .texts(
            "select json_build_object('kind', d.kind, 'entry', r.entry_id, 'number', r.number, 'body', r.body,
               'schema_version', r.schema_version, 'sha256', encode(r.sha256, 'hex'), 'targets',
               (select coalesce(json_agg(f.target), '[]') from revision_refs f
                where (f.entry_id, f.locale, f.number) = (r.entry_id, r.locale, r.number)))::text as value
             from revisions r join documents d using (entry_id, locale) where r.body is not null",
        )
        .await;
    for row in rows {
        let row: Value = serde_json::from_str(&row).expect("JSON");
        let what = format!("revision {} of {}", row["number"], row["entry"]);
        let made = digest(&row["body"]).expect("a digest");
        let made: String = made.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        assert_eq!(row["sha256"], made.as_str(), "{what} is not what was written");

        let spec = kinds.get(row["kind"].as_str().expect("a kind")).expect("a known kind");
        let version = i16::try_from(row["schema_version"].as_i64().expect("a version")).expect("a version");
        let body = spec.lift(version, row["body"].clone()).expect("a readable body");
        let found = (spec.references)(&body).expect("references").into_vec();
        let found: BTreeSet<String> = found.iter().map(|reference| reference.target.to_string()).collect();
        let noted = row["targets"].as_array().expect("a list").iter().filter_map(Value::as_str);
        assert_eq!(noted.map(str::to_owned).collect::<BTreeSet<_>>(), found, "{what}: references");
    }
}
