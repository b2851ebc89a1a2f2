//! SQL of the languages of an entry.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{SiteLocale, Translated, Translation};
use crate::documents::model::Source;
use crate::platform::db::Change;
use crate::platform::id::{EntryId, UserId};
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct OwnerRow {
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    created_by: Option<Uuid>,
}

/// What grants over an entry are checked against.
pub(super) struct Owner {
    pub kind: String,
    pub created_by: Option<UserId>,
}

/// The kind and creator of an entry.
pub(super) async fn owner(conn: &mut AsyncPgConnection, entry: EntryId) -> Result<Option<Owner>, Problem> {
    let row: Option<OwnerRow> = sql_query("select kind, created_by from entries where id = $1")
        .bind::<SqlUuid, _>(entry.uuid())
        .get_result(conn)
        .await
        .optional()?;
    Ok(row.map(|row| Owner { kind: row.kind, created_by: row.created_by.map(UserId::from_uuid) }))
}

/// Adds a locale to the site.
pub(super) async fn add_locale(
    tx: &mut Change<'_>,
    id: Uuid,
    tag: &str,
    fallback: Option<&str>,
) -> Result<(), Problem> {
    sql_query("insert into locales (id, tag, fallback) values ($1, $2, $3)")
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(tag)
        .bind::<Nullable<Text>, _>(fallback)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Makes a locale the one that is meant when none is named, given a change of what is public.
pub(super) async fn set_default(tx: &mut Change<'_>, tag: &str) -> Result<(), Problem> {
    sql_query("update site set default_locale = $1").bind::<Text, _>(tag).execute(tx.conn()).await?;
    Ok(())
}

#[derive(QueryableByName)]
struct TagRow {
    #[diesel(sql_type = Text)]
    tag: String,
}

/// The locales in which there are documents of these kinds. The order is that of an index, which so is asked, and not the table.
pub(super) async fn used(conn: &mut AsyncPgConnection, kinds: &[&str]) -> Result<Vec<String>, Problem> {
    const QUERY: &str = "select l.tag from locales l where exists (select from unnest($1) k (kind) \
        cross join lateral (select from documents where kind = k.kind and locale = l.tag \
          order by updated_at desc, entry_id limit 1) d) order by l.tag";
    let rows: Vec<TagRow> = sql_query(QUERY).bind::<Array<Text>, _>(kinds).load(conn).await?;
    Ok(rows.into_iter().map(|row| row.tag).collect())
}

#[derive(QueryableByName)]
struct LocaleRow {
    #[diesel(sql_type = Text)]
    tag: String,
    #[diesel(sql_type = Nullable<Text>)]
    fallback: Option<String>,
    #[diesel(sql_type = Bool)]
    own: bool,
}

/// The locales of the site, its own first.
pub(super) async fn locales(conn: &mut AsyncPgConnection) -> Result<Vec<SiteLocale>, Problem> {
    const QUERY: &str = "select l.tag, l.fallback, l.tag = site.default_locale as own from locales l cross join site \
        order by own desc, l.tag";
    let rows: Vec<LocaleRow> = sql_query(QUERY).load(conn).await?;
    let locale = |row: LocaleRow| SiteLocale { tag: row.tag, fallback: row.fallback, default: row.own };
    Ok(rows.into_iter().map(locale).collect())
}

#[derive(QueryableByName)]
struct TranslationRow {
    #[diesel(sql_type = Text)]
    tag: String,
    #[diesel(sql_type = Nullable<Text>)]
    fallback: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    title: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    version: Option<i64>,
    #[diesel(sql_type = Nullable<Integer>)]
    head: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    live: Option<i32>,
    #[diesel(sql_type = Nullable<Text>)]
    source_locale: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    source_number: Option<i32>,
    #[diesel(sql_type = Nullable<Integer>)]
    source_head: Option<i32>,
}

impl From<TranslationRow> for Translation {
    fn from(row: TranslationRow) -> Self {
        let source = row.source_locale.zip(row.source_number);
        let source = source.map(|(locale, revision)| Source { locale, revision });
        let document = match (row.title, row.version, row.head) {
            (Some(title), Some(version), Some(head)) => Some(Translated {
                title,
                version,
                head,
                live: row.live,
                source,
                source_head: row.source_head,
            }),
            _ => None,
        };
        Self { locale: row.tag, fallback: row.fallback, document }
    }
}

/// Every locale of the site with the document of the entry, the site's own first.
pub(super) async fn translations(
    conn: &mut AsyncPgConnection,
    entry: EntryId,
    at: DateTime<Utc>,
) -> Result<Vec<Translation>, Problem> {
    const QUERY: &str = "select l.tag, l.fallback, r.title, d.version, d.head, p.number as live, \
          r.source_locale, r.source_number, s.head as source_head \
        from locales l cross join site \
        left join documents d on d.entry_id = $1 and d.locale = l.tag \
        left join revisions r on r.entry_id = d.entry_id and r.locale = d.locale and r.number = d.head \
        left join publications p on p.entry_id = d.entry_id and p.locale = d.locale and p.during @> $2 \
        left join documents s on s.entry_id = $1 and s.locale = r.source_locale \
        order by l.tag <> site.default_locale, l.tag";
    let rows: Vec<TranslationRow> =
        sql_query(QUERY).bind::<SqlUuid, _>(entry.uuid()).bind::<Timestamptz, _>(at).load(conn).await?;
    Ok(rows.into_iter().map(Translation::from).collect())
}
