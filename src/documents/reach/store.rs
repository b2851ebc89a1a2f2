//! SQL of the ways up the tree: for a few documents, everything above them, drafted and public. `offset 0` keeps Postgres
//! to one look into an index for each entry.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::ways::{Step, Ways};
use crate::documents::publishing::store::Key;
use crate::documents::span::Span;
use crate::platform::problem::Problem;

/// What reads and changes alike ask through.
pub(in crate::documents) type Connection = AsyncPgConnection;

#[derive(QueryableByName)]
struct StepRow {
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    publication: Option<Uuid>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    starts: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    ends: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    parent: Option<Uuid>,
}

/// From each document up: by the parent that its newest revision names, and by those under which it is public now or later.
/// An entry above without a document in the locale is passed through by its document in the site's own locale. What is
/// public needs no such way: its parents are public in the same locale.
const WAYS: &str = "with recursive \
    moment as materialized (select greatest(mh_now(), changed_at) as at, default_locale from site), \
    up as ( \
      select k.entry_id, k.locale, 0 as depth from unnest($1, $2) k (entry_id, locale) \
      union \
      select n.parent, up.locale, up.depth + 1 from up cross join lateral ( \
        (select d.parent from documents d where d.entry_id = up.entry_id \
           and d.locale in (up.locale, (select default_locale from moment)) \
         order by d.locale = up.locale desc limit 1) \
        union all \
        select p.parent from publications p where p.entry_id = up.entry_id and p.locale = up.locale \
          and p.during && tstzrange((select at from moment), null) \
        offset 0) n \
      where n.parent is not null and up.depth < 64) \
    select (select at from moment) as at, n.entry_id, n.locale, s.publication, s.starts, s.ends, s.parent \
    from (select distinct entry_id, locale from up) n cross join lateral ( \
      (select null::uuid as publication, null::timestamptz as starts, null::timestamptz as ends, d.parent \
       from documents d where d.entry_id = n.entry_id \
         and d.locale in (n.locale, (select default_locale from moment)) \
       order by d.locale = n.locale desc limit 1) \
      union all \
      select p.id, lower(p.during), upper(p.during), p.parent from publications p \
      where p.entry_id = n.entry_id and p.locale = n.locale \
        and p.during && tstzrange((select at from moment), null) \
      offset 0) s";

/// Everything above these documents, themselves included.
pub(super) async fn ways(conn: &mut Connection, documents: &[Key]) -> Result<Ways, Problem> {
    let (entries, locales): (Vec<Uuid>, Vec<String>) = documents.iter().cloned().unzip();
    let rows: Vec<StepRow> =
        sql_query(WAYS).bind::<Array<SqlUuid>, _>(entries).bind::<Array<Text>, _>(locales).load(conn).await?;
    let now = rows.iter().map(|row| row.at).next();
    let step = |row: StepRow| {
        let public = row.publication.zip(row.starts);
        Step {
            document: (row.entry_id, row.locale),
            public: public.map(|(id, from)| (id, Span { from, until: row.ends })),
            parent: row.parent,
        }
    };
    Ok(Ways::new(now, rows.into_iter().map(step)))
}
