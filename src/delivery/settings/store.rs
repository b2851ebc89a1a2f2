//! SQL of public settings.

use diesel::sql_types::{Array, Jsonb, Nullable, SmallInt, Text, Timestamptz};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde_json::Value;

use super::model::{PublicSettings, SiteSettings};
use crate::app::App;
use crate::content::settings;
use crate::delivery::model::Locale;
use crate::delivery::selection::Selection;
use crate::delivery::store::CardRow;
use crate::platform::db::Prepare;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct SettingsRow {
    #[diesel(embed)]
    card: CardRow,
    #[diesel(sql_type = Jsonb)]
    body: Value,
    #[diesel(sql_type = SmallInt)]
    schema_version: i16,
}

/// The settings that are public, of whatever locale. The name of the kind stands in the query itself, so that its index is
/// found.
pub(in crate::delivery) async fn settings(
    app: &App,
    found: &mut Selection<'_>,
) -> Result<SiteSettings, Problem> {
    let query = format!(
        "select {card}, b.body, b.schema_version from {documents} d \
         cross join lateral (select * from {bodies} \
           where entry_id = d.entry_id and locale = d.locale and number = d.number and body is not null offset 0) b \
         where d.kind = 'settings' and d.during @> $1 and not d.erased order by d.locale",
        card = found.card(),
        documents = found.relations.documents,
        bodies = found.relations.bodies,
    );
    let rows: Vec<SettingsRow> = sql_query(query)
        .bind::<Timestamptz, _>(found.at)
        .bind::<Array<Text>, _>(&found.locales)
        .prepared()
        .load(found.conn)
        .await?;
    found.tags.lists(&settings::kind());
    let spec = app.kinds.get(&settings::kind())?;
    let mut all = Vec::with_capacity(rows.len());
    for row in rows {
        let body = spec.lift(row.schema_version, row.body).map_err(Problem::internal)?;
        let body = serde_json::from_value(body).map_err(Problem::internal)?;
        all.push(PublicSettings { card: found.shown(row.card), body });
    }
    Ok(SiteSettings::choose(&all, &found.locales, &found.default))
}

#[derive(QueryableByName)]
struct LocaleRow {
    #[diesel(sql_type = Text)]
    tag: String,
    #[diesel(sql_type = Nullable<Text>)]
    fallback: Option<String>,
}

/// The locales of the site, its default first.
pub(super) async fn locales(found: &mut Selection<'_>) -> Result<Vec<Locale>, Problem> {
    const QUERY: &str = "select tag, fallback from mh.public_locales order by tag <> $1, tag";
    let rows: Vec<LocaleRow> =
        sql_query(QUERY).bind::<Text, _>(&found.default).prepared().load(found.conn).await?;
    Ok(rows.into_iter().map(|row| Locale { tag: row.tag, fallback: row.fallback }).collect())
}
