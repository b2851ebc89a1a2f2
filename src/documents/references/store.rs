//! SQL of references. `offset 0` keeps Postgres to one look into an index for each row. "Where used" skips from user to user along the index, so that it costs what there are users and not
//! what there ever were revisions.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Target, Use};
use crate::documents::model::Header;
use crate::platform::id::UserId;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct UseRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    created_by: Option<Uuid>,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = SqlUuid)]
    target: Uuid,
    #[diesel(sql_type = Text)]
    pointer: String,
    #[diesel(sql_type = Bool)]
    in_head: bool,
    #[diesel(sql_type = Bool)]
    in_public: bool,
}

const USES: &str = "with recursive users as ( \
      (select t.id as target, f.entry_id, f.locale from unnest($1) t (id) cross join lateral \
         (select r.entry_id, r.locale from revision_refs r where r.target = t.id \
          order by r.entry_id, r.locale limit 1) f) \
      union all \
      select u.target, n.entry_id, n.locale from users u cross join lateral \
        (select r.entry_id, r.locale from revision_refs r \
         where r.target = u.target and (r.entry_id, r.locale) > (u.entry_id, u.locale) \
         order by r.entry_id, r.locale limit 1) n), \
    standing as ( \
      select u.target, d.entry_id, d.locale, d.kind, d.head, d.head as number, true as in_head \
      from users u cross join lateral (select * from documents \
        where entry_id = u.entry_id and locale = u.locale offset 0) d \
      union all \
      select u.target, d.entry_id, d.locale, d.kind, d.head, p.number, false \
      from users u cross join lateral (select * from documents \
        where entry_id = u.entry_id and locale = u.locale offset 0) d \
      cross join lateral (select number from publications \
        where entry_id = u.entry_id and locale = u.locale and during && tstzrange($2, null) offset 0) p) \
    select s.entry_id, s.locale, s.kind, e.created_by, h.title, s.target, split_part(f.pointer, '#', 1) as pointer, \
      bool_or(s.in_head) as in_head, bool_or(not s.in_head) as in_public \
    from standing s \
    cross join lateral (select pointer from revision_refs where entry_id = s.entry_id and locale = s.locale \
      and number = s.number and target = s.target offset 0) f \
    cross join lateral (select trashed_at, created_by from entries where id = s.entry_id offset 0) e \
    cross join lateral (select title from revisions where entry_id = s.entry_id and locale = s.locale \
      and number = s.head offset 0) h \
    where e.trashed_at is null \
    group by s.entry_id, s.locale, s.kind, e.created_by, h.title, s.target, split_part(f.pointer, '#', 1) \
    order by s.entry_id, s.locale, pointer limit 1000";

/// Where entries are used by what does not lie in the trash; at most 1,000 places.
pub(in crate::documents) async fn uses(
    conn: &mut AsyncPgConnection,
    targets: &[Uuid],
    at: DateTime<Utc>,
) -> Result<Vec<Use>, Problem> {
    let rows: Vec<UseRow> =
        sql_query(USES).bind::<Array<SqlUuid>, _>(targets).bind::<Timestamptz, _>(at).load(conn).await?;
    let found = |row: UseRow| Use {
        by: row.entry_id,
        locale: row.locale,
        kind: row.kind,
        created_by: row.created_by.map(UserId::from_uuid),
        title: row.title,
        target: row.target,
        pointer: row.pointer,
        in_head: row.in_head,
        in_public: row.in_public,
    };
    Ok(rows.into_iter().map(found).collect())
}

#[derive(QueryableByName)]
struct TargetRow {
    #[diesel(sql_type = Text)]
    pointer: String,
    #[diesel(sql_type = SqlUuid)]
    target: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    created_by: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    title: Option<String>,
    #[diesel(sql_type = Bool)]
    public: bool,
}

/// What the newest revision of a document points at; at most 1,000 places.
pub(super) async fn targets(
    conn: &mut AsyncPgConnection,
    header: &Header,
    at: DateTime<Utc>,
) -> Result<Vec<Target>, Problem> {
    const QUERY: &str = "select split_part(f.pointer, '#', 1) as pointer, f.target, e.kind, e.created_by, r.title, \
          exists (select from publications p where p.entry_id = f.target and p.locale = f.locale and p.during @> $4) as public \
        from revision_refs f join entries e on e.id = f.target \
        left join documents d on d.entry_id = f.target and d.locale = f.locale \
        left join revisions r on r.entry_id = d.entry_id and r.locale = d.locale and r.number = d.head \
        where f.entry_id = $1 and f.locale = $2 and f.number = $3 order by f.pointer limit 1000";
    let rows: Vec<TargetRow> = sql_query(QUERY)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<Integer, _>(header.head)
        .bind::<Timestamptz, _>(at)
        .load(conn)
        .await?;
    let target = |row: TargetRow| Target {
        pointer: row.pointer,
        entry: row.target,
        kind: row.kind,
        created_by: row.created_by.map(UserId::from_uuid),
        title: row.title,
        public: row.public,
    };
    Ok(rows.into_iter().map(target).collect())
}
