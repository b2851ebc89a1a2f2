//! SQL of drafts that are shown as if they were public.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::documents::model::Header;
use crate::platform::problem::Problem;

/// What reads and changes alike ask through.
pub(super) type Connection = AsyncPgConnection;

#[derive(QueryableByName)]
struct First {
    #[diesel(sql_type = Nullable<Timestamptz>)]
    first: Option<DateTime<Utc>>,
}

/// When a document was public for the first time, up to an instant.
pub(super) async fn first_public(
    conn: &mut Connection,
    header: &Header,
    at: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, Problem> {
    const QUERY: &str = "select min(lower(during)) as first from publications \
        where entry_id = $1 and locale = $2 and lower(during) <= $3";
    let row: First = sql_query(QUERY)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<Timestamptz, _>(at)
        .get_result(conn)
        .await?;
    Ok(row.first)
}

#[derive(QueryableByName)]
struct PathRow {
    #[diesel(sql_type = Text)]
    path: String,
}

/// Where an entry is public.
pub(super) async fn public_path(
    conn: &mut Connection,
    entry: Uuid,
    locale: &str,
    at: DateTime<Utc>,
) -> Result<Option<String>, Problem> {
    let row: Option<PathRow> =
        sql_query("select path from routes where entry_id = $1 and locale = $2 and during @> $3")
            .bind::<SqlUuid, _>(entry)
            .bind::<Text, _>(locale)
            .bind::<Timestamptz, _>(at)
            .get_result(conn)
            .await
            .optional()?;
    Ok(row.map(|row| row.path))
}

#[derive(QueryableByName)]
struct EntryRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
}

/// Of these entries, those that are public in some locale.
pub(super) async fn public_among(
    conn: &mut Connection,
    entries: &BTreeSet<Uuid>,
    at: DateTime<Utc>,
) -> Result<HashSet<Uuid>, Problem> {
    const QUERY: &str = "select k.entry_id from unnest($1) k (entry_id) cross join lateral ( \
          select from publications where entry_id = k.entry_id and during @> $2 limit 1) p";
    let entries: Vec<Uuid> = entries.iter().copied().collect();
    let rows: Vec<EntryRow> =
        sql_query(QUERY).bind::<Array<SqlUuid>, _>(entries).bind::<Timestamptz, _>(at).load(conn).await?;
    Ok(rows.into_iter().map(|row| row.entry_id).collect())
}
