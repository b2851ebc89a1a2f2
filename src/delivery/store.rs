//! SQL of the read API. Every query is asked of a selection, and so of one instant and of the locales that will do.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::model::{Card, Crumb, Lead, PublicDocument};
use super::selection::Selection;
use crate::documents::kind::Kinds;
use crate::documents::path::SitePath;
use crate::platform::db::Prepare;
use crate::platform::problem::{Code, Problem};

/// The columns of a card, as a selection names them.
#[derive(QueryableByName)]
pub(super) struct CardRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = Text)]
    requested_locale: String,
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
    #[diesel(sql_type = Nullable<SqlUuid>)]
    parent: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    position: Option<String>,
}

impl From<CardRow> for Card {
    fn from(row: CardRow) -> Self {
        Self {
            entry: row.entry_id,
            kind: row.kind,
            locale: row.locale,
            requested_locale: row.requested_locale,
            title: row.title,
            path: row.path,
            summary: row.summary,
            published_at: row.published_at,
            updated_at: row.updated_at,
            more: row.card,
            parent: row.parent,
            position: row.position,
        }
    }
}

#[derive(QueryableByName)]
struct BodyRow {
    #[diesel(embed)]
    card: CardRow,
    #[diesel(sql_type = Bool)]
    erased: bool,
    #[diesel(sql_type = Nullable<Jsonb>)]
    body: Option<Value>,
    #[diesel(sql_type = SmallInt)]
    schema_version: i16,
}

/// A document with its body, in the best locale; of this kind, if one is given.
///
/// # Errors
/// 410 when it was erased in every locale that could stand in.
pub(super) async fn document(
    found: &mut Selection<'_>,
    kinds: &Kinds,
    kind: Option<&str>,
    entry: Uuid,
) -> Result<Option<PublicDocument>, Problem> {
    let query = format!(
        "select {card}, d.erased, b.body, b.schema_version from {best} d \
         cross join lateral (select * from {bodies} \
           where entry_id = d.entry_id and locale = d.locale and number = d.number offset 0) b \
         where $4 is null or d.kind = $4",
        card = found.card(),
        best = found.best("$3"),
        bodies = found.relations.bodies,
    );
    let row: Option<BodyRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<SqlUuid, _>(entry)
        .bind::<Nullable<Text>, _>(kind)
        .prepared()
        .get_result(found.conn)
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let body = row.body.filter(|_| !row.erased).ok_or_else(erased)?;
    let body = kinds.get(&row.card.kind)?.lift(row.schema_version, body).map_err(Problem::internal)?;
    Ok(Some(PublicDocument { card: found.shown(row.card), body }))
}

fn erased() -> Problem {
    Problem::new(Code::Erased).detail("What was published here was erased for good.")
}

#[derive(QueryableByName)]
struct CrumbRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Text)]
    title: String,
    #[diesel(sql_type = Nullable<Text>)]
    path: Option<String>,
}

/// Crumbs that the answer shows.
fn shown(found: &mut Selection<'_>, rows: Vec<CrumbRow>) -> Vec<Crumb> {
    let crumb = |row: CrumbRow| {
        found.tags.shows(&row.kind, row.entry_id);
        Crumb { entry: row.entry_id, kind: row.kind, title: row.title, path: row.path }
    };
    rows.into_iter().map(crumb).collect()
}

/// The parents of a page, from the top of the site down. One that was erased is left out; what is above it is not.
pub(super) async fn breadcrumbs(found: &mut Selection<'_>, entry: Uuid) -> Result<Vec<Crumb>, Problem> {
    let query = format!(
        "with recursive up as ( \
           select d.entry_id, d.kind, d.locale, d.parent, d.title, d.erased, 0 as height from {page} d \
           union all \
           select d.entry_id, d.kind, d.locale, d.parent, d.title, d.erased, up.height + 1 from up \
           cross join lateral {parent} d where up.height < 32) \
         select up.entry_id, up.kind, up.title, r.path from up \
         left join {routes} r on r.entry_id = up.entry_id and r.locale = up.locale and r.during @> $1 \
         where up.height > 0 and not up.erased order by up.height desc",
        page = found.best("$3"),
        parent = found.best("up.parent"),
        routes = found.relations.routes,
    );
    let rows: Vec<CrumbRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<SqlUuid, _>(entry)
        .prepared()
        .load(found.conn)
        .await?;
    Ok(shown(found, rows))
}

/// Those of these entries that are public, each in its best locale.
pub(super) async fn targets(found: &mut Selection<'_>, entries: &[Uuid]) -> Result<Vec<Crumb>, Problem> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let query = format!(
        "select distinct on (d.entry_id) d.entry_id, d.kind, d.title, r.path from {documents} d \
         left join {routes} r on r.entry_id = d.entry_id and r.locale = d.locale and r.during @> $1 \
         where d.entry_id = any ($3) and d.locale = any ($2) and d.during @> $1 and not d.erased \
         order by d.entry_id, array_position($2, d.locale)",
        documents = found.relations.documents,
        routes = found.relations.routes,
    );
    let rows: Vec<CrumbRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Array<SqlUuid>, _>(entries)
        .prepared()
        .load(found.conn)
        .await?;
    Ok(shown(found, rows))
}

#[derive(QueryableByName)]
struct EntryRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
}

/// The entry of a kind that has this name instead of a path, in the best locale. Of two, because a preview shows a draft under
/// the name of another, the later.
pub(super) async fn named(found: &mut Selection<'_>, kind: &str, key: &str) -> Result<Option<Uuid>, Problem> {
    found.tags.points_at(kind);
    let query = format!(
        "select d.entry_id from {documents} d \
         where d.kind = $3 and d.key = $4 and d.locale = any ($2) and d.during @> $1 \
         order by d.erased, array_position($2, d.locale), lower(d.during) desc, d.entry_id limit 1",
        documents = found.relations.documents,
    );
    let row: Option<EntryRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Text, _>(kind)
        .bind::<Text, _>(key)
        .prepared()
        .get_result(found.conn)
        .await
        .optional()?;
    Ok(row.map(|row| row.entry_id))
}

#[derive(QueryableByName)]
struct PathRow {
    #[diesel(sql_type = Text)]
    path: String,
}

/// How many former paths an answer names.
const PREVIOUS: i64 = 20;

/// Paths that led to a document before and lead to no other entry now, newest first.
pub(super) async fn previous_paths(
    found: &mut Selection<'_>,
    entry: Uuid,
    locale: &str,
) -> Result<Vec<String>, Problem> {
    let query = format!(
        "select f.path from {former} f \
         where f.entry_id = $3 and f.locale = $4 and upper(f.during) <= $1 \
           and not exists (select from unnest($2) l (locale) \
             join {routes} r on r.path_key = hashtextextended(l.locale || ' ' || f.path, 0) and r.path = f.path \
               and r.locale = l.locale and r.during @> $1) \
         group by f.path order by max(upper(f.during)) desc, f.path limit $5",
        former = found.relations.former_routes,
        routes = found.relations.routes,
    );
    let rows: Vec<PathRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<SqlUuid, _>(entry)
        .bind::<Text, _>(locale)
        .bind::<BigInt, _>(PREVIOUS)
        .prepared()
        .load(found.conn)
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

/// Where a path ($3) leads: routes first, then former routes of what is public, then redirects; of each the best locale
/// first. The first that knows the path wins, and leads to the entry in its best locale.
fn resolve_query(found: &Selection<'_>) -> String {
    format!(
        "with asked as ( \
           select l.locale, l.nth, hashtextextended(l.locale || ' ' || $3, 0) as key \
           from unnest($2) with ordinality l (locale, nth)) \
         (select r.entry_id, null::text as target, 200::smallint as status, 1 as rank, a.nth, \
            null::timestamptz as since \
          from asked a join {routes} r \
            on r.path_key = a.key and r.path = $3 and r.locale = a.locale and r.during @> $1) \
         union all \
         (select null, home.path, 301::smallint, 2, a.nth, upper(f.during) \
          from asked a join {former} f \
            on f.path_key = a.key and f.path = $3 and f.locale = a.locale and upper(f.during) <= $1 \
          join {documents} d on d.entry_id = f.entry_id and d.locale = f.locale and d.during @> $1 \
          cross join lateral {former_best} b \
          join {routes} home on home.entry_id = b.entry_id and home.locale = b.locale and home.during @> $1) \
         union all \
         (select null, coalesce(home.path, x.target_url), x.status, 3, a.nth, null \
          from asked a join {redirects} x \
            on x.path_key = a.key and x.path = $3 and x.locale = a.locale and x.during @> $1 \
          left join {documents} d \
            on d.entry_id = x.target_entry and d.locale = x.locale and d.during @> $1 \
          left join lateral {redirect_best} b on true \
          left join {routes} home \
            on home.entry_id = b.entry_id and home.locale = b.locale and home.during @> $1 \
          where coalesce(home.path, x.target_url) is not null) \
         order by rank, nth, since desc limit 1",
        routes = found.relations.routes,
        former = found.relations.former_routes,
        documents = found.relations.documents,
        redirects = found.relations.redirects,
        former_best = found.best("f.entry_id"),
        redirect_best = found.best("d.entry_id"),
    )
}

/// Where a path leads.
pub(super) async fn resolve(found: &mut Selection<'_>, path: &SitePath) -> Result<Option<Lead>, Problem> {
    let row: Option<LeadRow> = sql_query(resolve_query(found))
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .bind::<Text, _>(path.as_str())
        .prepared()
        .get_result(found.conn)
        .await
        .optional()?;
    Ok(row.and_then(|row| match (row.entry_id, row.target) {
        (Some(entry), _) => Some(Lead::Entry(entry)),
        (None, Some(to)) => Some(Lead::Redirect { to, status: row.status.unsigned_abs() }),
        (None, None) => None,
    }))
}
