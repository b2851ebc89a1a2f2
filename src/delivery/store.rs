//! SQL of the read API. Only the `mh.public_*` views are asked: the reader's role has nothing else. Every query filters
//! by the instant of the answer.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::model::{Card, Crumb, PageOrder, PublicDocument, Resolved};
use crate::documents::kind::Kinds;
use crate::documents::path::SitePath;
use crate::platform::db::PublicRead;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct CardRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Nullable<Text>)]
    path: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    summary: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    published_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    updated_at: DateTime<Utc>,
    #[diesel(sql_type = Jsonb)]
    card: Value,
}

impl From<CardRow> for Card {
    fn from(row: CardRow) -> Self {
        Self {
            entry: row.entry_id,
            kind: row.kind,
            locale: row.locale,
            title: row.title,
            path: row.path,
            summary: row.summary,
            published_at: row.published_at,
            updated_at: row.updated_at,
            more: row.card,
        }
    }
}

/// The columns of a card from a document `d`; its path comes from the route of the same instant ($1).
const CARD: &str = "d.entry_id, d.kind, d.locale, d.title, d.summary, d.published_at, d.updated_at, d.card, \
    (select r.path from mh.public_routes r \
     where r.entry_id = d.entry_id and r.locale = d.locale and r.during @> $1) as path";

/// Where a page of a list begins: the key of the row at its edge, as the order has it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Edge {
    /// By date and entry.
    Newest(DateTime<Utc>, Uuid),
    /// By title and entry.
    Title(String, Uuid),
}

impl Edge {
    /// The key of a row.
    pub(super) fn of(order: PageOrder, card: &Card) -> Self {
        match order {
            PageOrder::Newest => Self::Newest(card.published_at, card.entry),
            PageOrder::Title => Self::Title(card.title.clone(), card.entry),
        }
    }
}

/// Which part of a list is asked for.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub order: PageOrder,
    pub edge: Option<Edge>,
    pub backwards: bool,
    pub limit: i64,
}

/// Public documents of a kind. Rows without an end come by the partial indexes; the few that will end are added to them.
pub(super) async fn list(
    read: &mut PublicRead<'_>,
    kind: &str,
    window: &Window,
) -> Result<Vec<Card>, Problem> {
    let (key, down) = match window.order {
        PageOrder::Newest => ("d.published_at", true),
        PageOrder::Title => ("d.title_sort", false),
    };
    // Ids break ties upwards whatever the order of the key; a page backwards turns both round.
    let key_down = down != window.backwards;
    let (key_order, key_after) = if key_down { ("desc", "<") } else { ("asc", ">") };
    let (id_order, id_after) = if window.backwards { ("desc", "<") } else { ("asc", ">") };
    let (date, title, id) = match &window.edge {
        None => (None, None, None),
        Some(Edge::Newest(date, id)) => (Some(*date), None, Some(*id)),
        Some(Edge::Title(title, id)) => (None, Some(title.as_str()), Some(*id)),
    };
    // A text parameter has no collation of its own and takes that of the column.
    let parameter = match window.order {
        PageOrder::Newest => "$4::timestamptz",
        PageOrder::Title => "$5::text",
    };
    let arm = |rows: &str| {
        format!(
            "(select d.* from mh.public_documents d where d.kind = $2 and d.locale = $3 and {rows} \
                and ($6::uuid is null or {key} {key_after} {parameter} \
                     or ({key} = {parameter} and d.entry_id {id_after} $6::uuid)) \
              order by {key} {key_order}, d.entry_id {id_order} limit $7)"
        )
    };
    let query = format!(
        "select {CARD} from ({open} union all {ending}) d \
         where $4::timestamptz is null or $5::text is null \
         order by {key} {key_order}, d.entry_id {id_order} limit $7",
        open = arm("upper_inf(d.during) and d.during @> $1"),
        // The bound by itself, because that is what the index of endings knows.
        ending = arm("not upper_inf(d.during) and upper(d.during) > $1 and d.during @> $1"),
    );
    let rows: Vec<CardRow> = sql_query(query)
        .bind::<Timestamptz, _>(read.at.instant)
        .bind::<Text, _>(kind)
        .bind::<Text, _>(read.locale.clone())
        .bind::<Nullable<Timestamptz>, _>(date)
        .bind::<Nullable<Text>, _>(title)
        .bind::<Nullable<SqlUuid>, _>(id)
        .bind::<BigInt, _>(window.limit)
        .load(read.conn())
        .await?;
    Ok(rows.into_iter().map(Card::from).collect())
}

#[derive(QueryableByName)]
struct BodyRow {
    #[diesel(embed)]
    card: CardRow,
    #[diesel(sql_type = Nullable<Jsonb>)]
    body: Option<Value>,
    #[diesel(sql_type = SmallInt)]
    schema_version: i16,
}

/// A public document with its body.
pub(super) async fn document(
    read: &mut PublicRead<'_>,
    kinds: &Kinds,
    kind: &str,
    entry: Uuid,
) -> Result<Option<PublicDocument>, Problem> {
    let query = format!(
        "select {CARD}, b.body, b.schema_version from mh.public_documents d \
         join mh.public_bodies b on b.entry_id = d.entry_id and b.locale = d.locale and b.number = d.number \
         where d.entry_id = $2 and d.locale = $3 and d.kind = $4 and d.during @> $1"
    );
    let row: Option<BodyRow> = sql_query(query)
        .bind::<Timestamptz, _>(read.at.instant)
        .bind::<SqlUuid, _>(entry)
        .bind::<Text, _>(read.locale.clone())
        .bind::<Text, _>(kind)
        .get_result(read.conn())
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let body = row.body.ok_or_else(|| Problem::new(crate::platform::problem::Code::Erased))?;
    let body = kinds.get(kind)?.lift(row.schema_version, body).map_err(Problem::internal)?;
    Ok(Some(PublicDocument { card: row.card.into(), body }))
}

#[derive(QueryableByName)]
struct CrumbRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Nullable<Text>)]
    path: Option<String>,
}

impl From<CrumbRow> for Crumb {
    fn from(row: CrumbRow) -> Self {
        Self { entry: row.entry_id, title: row.title, path: row.path }
    }
}

/// The parents of a page, from the top of the site down.
pub(super) async fn breadcrumbs(read: &mut PublicRead<'_>, entry: Uuid) -> Result<Vec<Crumb>, Problem> {
    const QUERY: &str = "with recursive up as ( \
          select d.entry_id, d.locale, d.parent, d.title, 0 as height from mh.public_documents d \
          where d.entry_id = $2 and d.locale = $3 and d.during @> $1 \
          union all \
          select d.entry_id, d.locale, d.parent, d.title, up.height + 1 from mh.public_documents d \
          join up on d.entry_id = up.parent and d.locale = up.locale \
          where d.during @> $1 and up.height < 32) \
        select up.entry_id, up.title, r.path from up \
        left join mh.public_routes r on r.entry_id = up.entry_id and r.locale = up.locale and r.during @> $1 \
        where up.height > 0 order by up.height desc";
    let rows: Vec<CrumbRow> = sql_query(QUERY)
        .bind::<Timestamptz, _>(read.at.instant)
        .bind::<SqlUuid, _>(entry)
        .bind::<Text, _>(read.locale.clone())
        .load(read.conn())
        .await?;
    Ok(rows.into_iter().map(Crumb::from).collect())
}

/// Those of these entries that are public.
pub(super) async fn targets(read: &mut PublicRead<'_>, entries: &[Uuid]) -> Result<Vec<Crumb>, Problem> {
    const QUERY: &str = "select d.entry_id, d.title, r.path from mh.public_documents d \
        left join mh.public_routes r on r.entry_id = d.entry_id and r.locale = d.locale and r.during @> $1 \
        where d.entry_id = any ($2) and d.locale = $3 and d.during @> $1";
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<CrumbRow> = sql_query(QUERY)
        .bind::<Timestamptz, _>(read.at.instant)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Text, _>(read.locale.clone())
        .load(read.conn())
        .await?;
    Ok(rows.into_iter().map(Crumb::from).collect())
}

#[derive(QueryableByName)]
struct PathRow {
    #[diesel(sql_type = Text)]
    path: String,
}

/// How many former paths an answer names.
const PREVIOUS: i64 = 20;

/// Paths that led to an entry before and lead to no other entry now, newest first.
pub(super) async fn previous_paths(read: &mut PublicRead<'_>, entry: Uuid) -> Result<Vec<String>, Problem> {
    const QUERY: &str = "select f.path from mh.public_former_routes f \
        where f.entry_id = $2 and f.locale = $3 and upper(f.during) <= $1 \
          and not exists (select from mh.public_routes r \
            where r.path_key = f.path_key and r.path = f.path and r.locale = f.locale and r.during @> $1) \
        group by f.path order by max(upper(f.during)) desc, f.path limit $4";
    let rows: Vec<PathRow> = sql_query(QUERY)
        .bind::<Timestamptz, _>(read.at.instant)
        .bind::<SqlUuid, _>(entry)
        .bind::<Text, _>(read.locale.clone())
        .bind::<BigInt, _>(PREVIOUS)
        .load(read.conn())
        .await?;
    Ok(rows.into_iter().map(|row| row.path).collect())
}

#[derive(QueryableByName)]
struct LeadRow {
    #[diesel(sql_type = Nullable<SqlUuid>)]
    entry_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    target: Option<String>,
    #[diesel(sql_type = SmallInt)]
    status: i16,
}

/// Where a path leads: routes first, then former routes of what is public, then redirects. The first that knows it wins.
const RESOLVE: &str = "\
    (select r.entry_id, null::text as target, 200::smallint as status, 1 as rank, null::timestamptz as since \
     from mh.public_routes r \
     where r.path_key = hashtextextended($2 || ' ' || $3, 0) and r.path = $3 and r.locale = $2 and r.during @> $1) \
    union all \
    (select null, now.path, 301::smallint, 2, upper(f.during) from mh.public_former_routes f \
     join mh.public_routes now on now.entry_id = f.entry_id and now.locale = f.locale and now.during @> $1 \
     where f.path_key = hashtextextended($2 || ' ' || $3, 0) and f.path = $3 and f.locale = $2 and upper(f.during) <= $1) \
    union all \
    (select null, coalesce(now.path, x.target_url), x.status, 3, null from mh.public_redirects x \
     left join mh.public_routes now on now.entry_id = x.target_entry and now.locale = x.locale and now.during @> $1 \
     where x.path_key = hashtextextended($2 || ' ' || $3, 0) and x.path = $3 and x.locale = $2 and coalesce(now.path, x.target_url) is not null) \
    order by rank, since desc limit 1";

/// Where a path leads now.
pub(super) async fn resolve(read: &mut PublicRead<'_>, path: &SitePath) -> Result<Option<Resolved>, Problem> {
    let row: Option<LeadRow> = sql_query(RESOLVE)
        .bind::<Timestamptz, _>(read.at.instant)
        .bind::<Text, _>(read.locale.clone())
        .bind::<Text, _>(path.as_str())
        .get_result(read.conn())
        .await
        .optional()?;
    Ok(row.and_then(|row| match (row.entry_id, row.target) {
        (Some(entry), _) => Some(Resolved::Entry(entry)),
        (None, Some(to)) => Some(Resolved::Redirect { to, status: row.status.unsigned_abs() }),
        (None, None) => None,
    }))
}
