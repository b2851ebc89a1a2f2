//! SQL of the settings: which entry they are, and what is public of them, for those who are no readers.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Jsonb, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::platform::id::{EntryId, Id};
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct EntryRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The one entry, when it has been made.
pub(super) async fn entry(conn: &mut AsyncPgConnection) -> Result<Option<EntryId>, Problem> {
    let row: Option<EntryRow> =
        sql_query("select id from entries where kind = 'settings'").get_result(conn).await.optional()?;
    Ok(row.map(|row| Id::from_uuid(row.id)))
}

#[derive(QueryableByName)]
struct BodyRow {
    #[diesel(sql_type = Jsonb)]
    body: Value,
    #[diesel(sql_type = SmallInt)]
    schema_version: i16,
}

/// The body that is public in a locale at an instant, with the version of its schema.
pub(super) async fn public(
    conn: &mut AsyncPgConnection,
    locale: &str,
    at: DateTime<Utc>,
) -> Result<Option<(Value, i16)>, Problem> {
    const QUERY: &str = "select r.body, r.schema_version from publications p \
        join revisions r on r.entry_id = p.entry_id and r.locale = p.locale and r.number = p.number \
        where p.kind = 'settings' and p.locale = $1 and p.during @> $2 and r.body is not null";
    let row: Option<BodyRow> = sql_query(QUERY)
        .bind::<Text, _>(locale)
        .bind::<Timestamptz, _>(at)
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|row| (row.body, row.schema_version)))
}
