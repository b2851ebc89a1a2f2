//! SQL of the audit log. The name of an actor is read beside the event, which itself holds ids alone.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_types::{BigInt, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use super::model::{Entry, EventFilter, EventWindow};
use crate::platform::db::Read;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct EventRow {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    actor_kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    actor_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    actor_name: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    token_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    reason: Option<String>,
    #[diesel(sql_type = Text)]
    action: String,
    #[diesel(sql_type = Text)]
    subject_kind: String,
    #[diesel(sql_type = SqlUuid)]
    subject_id: Uuid,
    #[diesel(sql_type = Nullable<Jsonb>)]
    data: Option<Value>,
    #[diesel(sql_type = Nullable<Text>)]
    request_id: Option<String>,
}

impl From<EventRow> for Entry {
    fn from(row: EventRow) -> Self {
        Self {
            id: row.id,
            at: row.at,
            actor_kind: row.actor_kind,
            actor: row.actor_id,
            actor_name: row.actor_name,
            token: row.token_id,
            reason: row.reason,
            action: row.action,
            subject_kind: row.subject_kind,
            subject: row.subject_id,
            data: row.data,
            request: row.request_id,
        }
    }
}

type Query<'a> = BoxedSqlQuery<'a, Pg, SqlQuery>;

/// The events of a filter, with conditions only for what it names, so that each finds its index.
fn filtered<'a>(filter: &'a EventFilter, next: &mut impl FnMut() -> u32) -> Query<'a> {
    let mut query = sql_query(
        "select e.id, e.at, e.actor_kind, e.actor_id, u.name as actor_name, e.token_id, e.reason, e.action, \
         e.subject_kind, e.subject_id, e.data, e.request_id \
         from events e left join lateral (select name from users where id = e.actor_id offset 0) u on true where true",
    )
    .into_boxed::<Pg>();
    if let Some(actor) = filter.actor {
        query = query.sql(format!(" and e.actor_id = ${}", next())).bind::<SqlUuid, _>(actor);
    }
    if let Some(subject) = filter.subject {
        query = query.sql(format!(" and e.subject_id = ${}", next())).bind::<SqlUuid, _>(subject);
    }
    if let Some(action) = &filter.action {
        query = query.sql(format!(" and e.action = ${}", next())).bind::<Text, _>(action);
    }
    if let Some(kind) = &filter.kind {
        query = query.sql(format!(" and e.subject_kind = ${}", next())).bind::<Text, _>(kind);
    }
    if let Some(since) = filter.since {
        query = query.sql(format!(" and e.at >= ${}", next())).bind::<Timestamptz, _>(since);
    }
    if let Some(until) = filter.until {
        query = query.sql(format!(" and e.at < ${}", next())).bind::<Timestamptz, _>(until);
    }
    query
}

/// Counts the parameters of a query.
fn numbers() -> impl FnMut() -> u32 {
    let mut last = 0;
    move || {
        last += 1;
        last
    }
}

/// A page of the events, the latest first.
pub(super) async fn events(read: &mut Read<'_>, window: &EventWindow) -> Result<Vec<Entry>, Problem> {
    let mut next = numbers();
    let mut query = filtered(&window.filter, &mut next);
    let (beyond, order) = if window.backwards { (">", "asc") } else { ("<", "desc") };
    if let Some(edge) = window.edge {
        query = query.sql(format!(" and e.id {beyond} ${}", next())).bind::<BigInt, _>(edge);
    }
    query = query.sql(format!(" order by e.id {order} limit ${}", next())).bind::<BigInt, _>(window.limit);
    let rows: Vec<EventRow> = query.load(read.conn()).await?;
    let mut entries: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
    if window.backwards {
        entries.reverse();
    }
    Ok(entries)
}

/// The events after this one in the order of their ids, up to the first that belongs to an open change.
pub(super) async fn following(
    read: &mut Read<'_>,
    filter: &EventFilter,
    after: i64,
    most: i64,
) -> Result<Vec<Entry>, Problem> {
    let mut next = numbers();
    let query = filtered(filter, &mut next)
        .sql(" and e.xact < pg_snapshot_xmin(pg_current_snapshot())")
        .sql(format!(" and e.id > ${}", next()))
        .bind::<BigInt, _>(after)
        .sql(format!(" order by e.id limit ${}", next()))
        .bind::<BigInt, _>(most);
    let rows: Vec<EventRow> = query.load(read.conn()).await?;
    Ok(rows.into_iter().map(Entry::from).collect())
}
