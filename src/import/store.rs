//! SQL of imports.

use diesel::sql_types::{Array, Binary, Bool, SmallInt, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::platform::db::Change;
use crate::platform::id::EntryId;
use crate::platform::problem::Problem;

/// What an earlier run made.
#[derive(QueryableByName)]
pub(super) struct Source {
    #[diesel(sql_type = Text)]
    pub key: String,
    #[diesel(sql_type = SqlUuid)]
    pub entry_id: Uuid,
    #[diesel(sql_type = Binary)]
    pub sha256: Vec<u8>,
}

/// What earlier runs of this source made. Two runs of one source do not run at once: the second waits here. A statement of an
/// import may take as long, because it may be about ten thousand pages; a lock that others hold is not waited for.
pub(super) async fn sources(tx: &mut Change<'_>, source: &str) -> Result<Vec<Source>, Problem> {
    wait_at_most(tx, &["lock_timeout", "statement_timeout"], "10min").await?;
    sql_query("select pg_advisory_xact_lock(hashtextextended('masthead.import.' || $1, 0))")
        .bind::<Text, _>(source)
        .execute(tx.conn())
        .await?;
    wait_at_most(tx, &["lock_timeout"], "5s").await?;
    Ok(sql_query("select key, entry_id, sha256 from import_sources where source = $1")
        .bind::<Text, _>(source)
        .load(tx.conn())
        .await?)
}

/// How long a statement of this transaction and the locks that it wants may take.
async fn wait_at_most(
    tx: &mut Change<'_>,
    limits: &[&'static str],
    time: &'static str,
) -> Result<(), Problem> {
    for limit in limits {
        sql_query(format!("set local {limit} = '{time}'")).execute(tx.conn()).await?;
    }
    Ok(())
}

/// Remembers what was made of an item.
pub(super) async fn remember(
    tx: &mut Change<'_>,
    (source, key): (&str, &str),
    entry: EntryId,
    locale: &str,
    sha256: [u8; 32],
) -> Result<(), Problem> {
    const QUERY: &str = "insert into import_sources (source, key, entry_id, locale, sha256) values ($1, $2, $3, $4, $5) \
        on conflict (source, key) do update set sha256 = excluded.sha256, imported_at = mh_now()";
    sql_query(QUERY)
        .bind::<Text, _>(source)
        .bind::<Text, _>(key)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .bind::<Binary, _>(sha256.to_vec())
        .execute(tx.conn())
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Path {
    #[diesel(sql_type = Text)]
    path: String,
}

/// Every path that leads to an entry now or later.
pub(super) async fn taken_paths(tx: &mut Change<'_>, locale: &str) -> Result<Vec<String>, Problem> {
    const QUERY: &str = "select distinct path from routes \
        where locale = $1 and (upper_inf(during) or upper(during) > mh_now())";
    let rows: Vec<Path> = sql_query(QUERY).bind::<Text, _>(locale).load(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| row.path).collect())
}

/// The present path of an entry, or the one that it will have.
pub(super) async fn path_of(
    tx: &mut Change<'_>,
    entry: Uuid,
    locale: &str,
) -> Result<Option<String>, Problem> {
    const QUERY: &str = "select path from routes where entry_id = $1 and locale = $2 \
        and (upper_inf(during) or upper(during) > mh_now()) order by lower(during) limit 1";
    let rows: Vec<Path> =
        sql_query(QUERY).bind::<SqlUuid, _>(entry).bind::<Text, _>(locale).load(tx.conn()).await?;
    Ok(rows.into_iter().next().map(|row| row.path))
}

/// The entry that a path leads to now.
pub(super) async fn entry_at(
    tx: &mut Change<'_>,
    path: &str,
    locale: &str,
) -> Result<Option<EntryId>, Problem> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        entry_id: Uuid,
    }
    const QUERY: &str = "select entry_id from routes where path_key = hashtextextended($2 || ' ' || $1, 0) \
        and path = $1 and locale = $2 and during @> mh_now()";
    let rows: Vec<Row> =
        sql_query(QUERY).bind::<Text, _>(path).bind::<Text, _>(locale).load(tx.conn()).await?;
    Ok(rows.into_iter().next().map(|row| EntryId::from_uuid(row.entry_id)))
}

/// Whether a document was public once, and neither is nor will be.
pub(super) async fn was_withdrawn(
    tx: &mut Change<'_>,
    entry: EntryId,
    locale: &str,
) -> Result<bool, Problem> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        withdrawn: bool,
    }
    const QUERY: &str = "select coalesce(bool_and(upper(during) <= mh_now()), false) as withdrawn from publications \
        where entry_id = $1 and locale = $2";
    let row: Row = sql_query(QUERY)
        .bind::<SqlUuid, _>(entry.uuid())
        .bind::<Text, _>(locale)
        .get_result(tx.conn())
        .await?;
    Ok(row.withdrawn)
}

/// Of these paths, those that have a redirect.
pub(super) async fn redirected(
    tx: &mut Change<'_>,
    locale: &str,
    paths: &[String],
) -> Result<Vec<String>, Problem> {
    let rows: Vec<Path> =
        sql_query("select path from redirects where locale = $1 and path = any ($2) and upper_inf(during)")
            .bind::<Text, _>(locale)
            .bind::<Array<Text>, _>(paths)
            .load(tx.conn())
            .await?;
    Ok(rows.into_iter().map(|row| row.path).collect())
}

/// Makes a redirect to an entry.
pub(super) async fn insert_redirect(
    tx: &mut Change<'_>,
    id: Uuid,
    (locale, path): (&str, &str),
    target: EntryId,
) -> Result<(), Problem> {
    const QUERY: &str = "insert into redirects (id, locale, path, target_entry, status, origin, during) \
        values ($1, $2, $3, $4, $5, 'import', tstzrange(mh.change_instant(), null))";
    sql_query(QUERY)
        .bind::<SqlUuid, _>(id)
        .bind::<Text, _>(locale)
        .bind::<Text, _>(path)
        .bind::<SqlUuid, _>(target.uuid())
        .bind::<SmallInt, _>(301)
        .execute(tx.conn())
        .await?;
    Ok(())
}
