//! SQL of the bodies of documents that a list has found.

use diesel::sql_types::{Array, Jsonb, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::delivery::model::Card;
use crate::delivery::selection::Selection;
use crate::documents::kind::KindSpec;
use crate::platform::db::Prepare;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct BodyRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Jsonb)]
    body: Value,
    #[diesel(sql_type = SmallInt)]
    schema_version: i16,
}

/// The bodies of these documents, lifted to the current schema version.
pub(super) async fn bodies(
    found: &mut Selection<'_>,
    spec: &KindSpec,
    cards: &[Card],
) -> Result<Vec<(Uuid, Value)>, Problem> {
    let query = format!(
        "select d.entry_id, b.body, b.schema_version from unnest($2::uuid[], $3::text[]) p (entry_id, locale) \
         cross join lateral (select entry_id, locale, number from {documents} \
           where entry_id = p.entry_id and locale = p.locale and during @> $1 and not erased offset 0) d \
         cross join lateral (select body, schema_version from {bodies} \
           where entry_id = d.entry_id and locale = d.locale and number = d.number and body is not null offset 0) b",
        documents = found.relations.documents,
        bodies = found.relations.bodies,
    );
    let entries: Vec<Uuid> = cards.iter().map(|card| card.entry).collect();
    let locales: Vec<&str> = cards.iter().map(|card| card.locale.as_str()).collect();
    let rows: Vec<BodyRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Array<Text>, _>(locales)
        .prepared()
        .load(found.conn)
        .await?;
    let lifted = |row: BodyRow| {
        let body = spec.lift(row.schema_version, row.body).map_err(Problem::internal)?;
        Ok((row.entry_id, body))
    };
    rows.into_iter().map(lifted).collect()
}
