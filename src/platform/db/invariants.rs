//! What must hold of every database at every moment, asked in SQL. `masthead doctor` and the tests ask the same questions.

use diesel::sql_types::Text;
use diesel::{QueryResult, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// So many rows that break an invariant are shown.
pub const SHOWN: usize = 5;

/// One promise about the rows.
#[derive(Debug, Clone, Copy)]
pub struct Invariant {
    /// A short name.
    pub name: &'static str,
    /// What holds.
    pub holds: &'static str,
    /// The rows that break it, one text named `value` each.
    broken_by: &'static str,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    value: String,
}

impl Invariant {
    /// The rows that break it: none when it holds, and at most one more than [`SHOWN`].
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ask(&self, conn: &mut AsyncPgConnection) -> QueryResult<Vec<String>> {
        let query = format!("select value from ({}) broken limit {}", self.broken_by, SHOWN + 1);
        let rows: Vec<Row> = sql_query(query).load(conn).await?;
        Ok(rows.into_iter().map(|row| row.value).collect())
    }
}

/// All of them, in the order in which they are asked.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "revisions",
        holds: "revisions of a document are numbered 1 to n, and n is its head",
        broken_by: "select d.entry_id || ' ' || d.locale as value from documents d left join (
             select entry_id, locale, count(*) as count, min(number) as first, max(number) as last from revisions group by 1, 2
           ) n using (entry_id, locale)
           where (n.first, n.last, n.count) is distinct from (1, d.head, d.head::bigint)",
    },
    Invariant {
        name: "documents",
        holds: "every document has its entry, of the same kind, and every entry has a document",
        broken_by: "select d.entry_id || ' ' || d.locale as value from documents d left join entries e on e.id = d.entry_id
             where e.kind is distinct from d.kind
           union all
           select id::text from entries where not exists (select from documents where entry_id = entries.id)",
    },
    Invariant {
        name: "publications",
        holds: "every publication has its revision, of the same kind as its entry, and is erased when that is",
        broken_by: "select p.id::text as value from publications p
           left join revisions r using (entry_id, locale, number) left join entries e on e.id = p.entry_id
           where r.number is null or e.kind is distinct from p.kind or (p.erased_at is null) <> (r.erased_at is null)",
    },
    Invariant {
        name: "one publication at a time",
        holds: "no two publications of a document overlap",
        broken_by: "select id || ' ' || following as value from (
             select id, upper(during) as until, lead(id) over document as following, lead(lower(during)) over document as next
             from publications window document as (partition by entry_id, locale order by lower(during))) p
           where next is not null and (until is null or until > next)",
    },
    Invariant {
        name: "ends of publications",
        holds: "a publication ends at its planned end or when the next begins, or earlier by hand, and begins no earlier than \
                it was opened",
        broken_by: "select id::text as value from (
             select id, opened_at, until, lower(during) as starts, upper(during) as ends,
               lead(lower(during)) over (partition by entry_id, locale order by lower(during)) as next
             from publications) p
           where starts < opened_at or coalesce(ends, 'infinity') > coalesce(least(until, next), 'infinity')
              or until is not null and ends is distinct from least(until, next)",
    },
    Invariant {
        name: "dates of publications",
        holds: "the first publication dates all later ones, and readers see the date of the content or that one",
        broken_by: "select p.id::text as value from publications p join (
             select entry_id, locale, min(first_published_at) as first from publications group by 1, 2) f
             using (entry_id, locale)
           where p.first_published_at > lower(p.during) or p.first_published_at <> f.first
              or p.published_at <> coalesce(p.date, p.first_published_at)",
    },
    Invariant {
        name: "one entry per name",
        holds: "no two publications of a kind have one name in a locale at an instant",
        broken_by: "select id || ' ' || following as value from (
             select id, upper(during) as until, lead(id) over name as following, lead(lower(during)) over name as next
             from publications where key is not null
             window name as (partition by kind, locale, key order by lower(during))) p
           where next is not null and (until is null or until > next)",
    },
    Invariant {
        name: "one entry per path",
        holds: "no two routes of a path overlap",
        broken_by: "select id || ' ' || following as value from (
             select id, upper(during) as until, lead(id) over path as following, lead(lower(during)) over path as next
             from routes window path as (partition by locale, path order by lower(during))) r
           where next is not null and (until is null or until > next)",
    },
    Invariant {
        name: "one path per entry",
        holds: "no two routes of a document overlap",
        broken_by: "select id || ' ' || following as value from (
             select id, upper(during) as until, lead(id) over document as following, lead(lower(during)) over document as next
             from routes window document as (partition by entry_id, locale order by lower(during))) r
           where next is not null and (until is null or until > next)",
    },
    Invariant {
        name: "routes",
        holds: "the routes are the product of the publications, over all of time",
        broken_by: ROUTES,
    },
    Invariant {
        name: "paths of what is public",
        holds: "what is public has a path for as long as it is",
        broken_by: "select p.entry_id || ' ' || p.locale as value
           from (select entry_id, locale, range_agg(during) as public from publications where slug is not null group by 1, 2) p
           left join (select entry_id, locale, range_agg(during) as routed from routes group by 1, 2) r using (entry_id, locale)
           where p.public is distinct from r.routed",
    },
    Invariant {
        name: "redirects",
        holds: "no two redirects of a path overlap",
        broken_by: "select id || ' ' || following as value from (
             select id, upper(during) as until, lead(id) over path as following, lead(lower(during)) over path as next
             from redirects window path as (partition by locale, path order by lower(during))) r
           where next is not null and (until is null or until > next)",
    },
    Invariant {
        name: "trash",
        holds: "nothing in the trash is public or planned",
        broken_by: "select e.id::text as value from entries e join publications p on p.entry_id = e.id
           where e.trashed_at is not null and (upper_inf(p.during) or upper(p.during) > (select instant from mh.public_site))",
    },
    Invariant {
        name: "trash with descendants",
        holds: "what went into the trash with an entry lies there as long as that entry does",
        broken_by: "select e.id::text as value from entries e left join entries t on t.id = e.trashed_with
           where e.trashed_with is not null and (e.trashed_at is null or t.trashed_at is null or t.id = e.id)",
    },
    Invariant {
        name: "site version",
        holds: "every commit that changed what is public moved the site's version, and none lies after its last change",
        broken_by: "select 'version ' || version as value from site where version - 1 <
             (select count(distinct xact) from events where action ~ '\\.(published|unpublished)$')
           union all
           select 'publication ' || p.id from publications p, site where p.opened_at > site.changed_at",
    },
    Invariant {
        name: "locales",
        holds: "every locale in use is one of the site's, and no chain of fallbacks leads back",
        broken_by: "select 'locale ' || used.locale as value from (
             select locale from documents union select locale from revisions union select locale from publications
             union select locale from routes union select locale from redirects union select default_locale from site
             union select fallback from locales where fallback is not null) used
           where not exists (select from locales where tag = used.locale)
           union all
           select 'fallback of ' || start from (
             with recursive chain as (
               select tag as start, fallback as at, array[tag] as seen from locales
               union all
               select c.start, l.fallback, seen || l.tag from chain c join locales l on l.tag = c.at
               where not l.tag = any (seen))
             select start from chain where at = any (seen)) circles",
    },
    Invariant {
        name: "working copies",
        holds: "what an author has typed starts from a revision that is there",
        broken_by: "select w.entry_id || ' ' || w.locale || ' ' || w.author as value from working_copies w
           left join revisions r on (r.entry_id, r.locale, r.number) = (w.entry_id, w.locale, w.base)
           where r.number is null",
    },
    Invariant {
        name: "events of facts",
        holds: "every entry and every user has events, and what an event is about exists",
        broken_by: "select 'entry ' || id as value from entries where not exists (select from events where subject_id = entries.id)
           union all select 'user ' || id from users where not exists (select from events where subject_id = users.id)
           union all select 'event ' || v.id from events v where not case
             when subject_kind = 'user' then exists (select from users where id = subject_id)
             when subject_kind = 'token' then exists (select from api_tokens where id = subject_id)
             when subject_kind = 'locale' then exists (select from locales where id = subject_id)
             when subject_kind in (select distinct kind from entries) then exists (select from entries where id = subject_id)
             else true end",
    },
    Invariant {
        name: "data of events",
        holds: "the data of every event is what was written, and only erasure has emptied any",
        broken_by: "select 'event ' || id as value from events where data is not null
             and data_sha256 is distinct from sha256(convert_to(data::text, 'UTF8'))
           union all
           select 'event ' || v.id from events v where v.data is null and v.data_sha256 is not null
             and not exists (select from events e where e.subject_id = v.subject_id and e.action ~ '\\.erased$' and e.id > v.id)",
    },
];

/// Every path of the product of the publications along the chains of parents, for the time in which all of them hold,
/// against the routes that stand.
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
