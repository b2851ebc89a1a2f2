//! SQL of the trash. Writes take `&mut Change`.

use diesel::sql_types::{Array, Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::platform::db::Change;
use crate::platform::id::UserId;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct EntryRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
}

#[derive(QueryableByName)]
struct KeyRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    locale: String,
}

/// An entry and all that hangs below it, drafted or public, and does not lie in the trash.
pub(super) async fn subtree(tx: &mut Change<'_>, root: Uuid) -> Result<Vec<Uuid>, Problem> {
    const QUERY: &str = "with recursive down as ( \
          select $1::uuid as entry_id \
          union \
          select c.entry_id from down cross join lateral ( \
            select d.entry_id from documents d where d.parent = down.entry_id \
            union select p.entry_id from publications p where p.parent = down.entry_id \
              and (upper_inf(p.during) or upper(p.during) > mh_now()) offset 0) c \
          cross join lateral (select trashed_at from entries where id = c.entry_id offset 0) e \
          where e.trashed_at is null) \
        select entry_id from down";
    let rows: Vec<EntryRow> = sql_query(QUERY).bind::<SqlUuid, _>(root).load(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| row.entry_id).collect())
}

/// An entry in the trash and all that went there with it.
pub(super) async fn trashed_with(tx: &mut Change<'_>, root: Uuid) -> Result<Vec<Uuid>, Problem> {
    let rows: Vec<EntryRow> =
        sql_query("select id as entry_id from entries where id = $1 or trashed_with = $1 order by id")
            .bind::<SqlUuid, _>(root)
            .load(tx.conn())
            .await?;
    Ok(rows.into_iter().map(|row| row.entry_id).collect())
}

/// The documents of entries, in all locales.
pub(in crate::documents) async fn documents(
    tx: &mut Change<'_>,
    entries: &[Uuid],
) -> Result<Vec<(Uuid, String)>, Problem> {
    let rows: Vec<KeyRow> = sql_query(
        "select d.entry_id, d.locale from unnest($1) k (id) cross join lateral ( \
           select entry_id, locale from documents where entry_id = k.id offset 0) d",
    )
    .bind::<Array<SqlUuid>, _>(entries)
    .load(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.entry_id, row.locale)).collect())
}

/// Marks entries as lying in the trash, all but the root as having gone there with it.
pub(super) async fn trash(tx: &mut Change<'_>, entries: &[Uuid], root: Uuid) -> Result<(), Problem> {
    const QUERY: &str = "update entries set trashed_at = mh_now(), trashed_by = $2, trashed_with = nullif($3, id) \
        where id = any ($1)";
    let by = tx.actor().user().map(UserId::uuid);
    sql_query(QUERY)
        .bind::<Array<SqlUuid>, _>(entries)
        .bind::<Nullable<SqlUuid>, _>(by)
        .bind::<SqlUuid, _>(root)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Ends the preview links to entries for good.
pub(in crate::documents) async fn end_previews(tx: &mut Change<'_>, entries: &[Uuid]) -> Result<(), Problem> {
    sql_query(
        "update preview_links set revoked_at = mh_now() where entry_id = any ($1) and revoked_at is null",
    )
    .bind::<Array<SqlUuid>, _>(entries)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes entries out of the trash.
pub(super) async fn untrash(tx: &mut Change<'_>, entries: &[Uuid]) -> Result<(), Problem> {
    sql_query(
        "update entries set trashed_at = null, trashed_by = null, trashed_with = null where id = any ($1)",
    )
    .bind::<Array<SqlUuid>, _>(entries)
    .execute(tx.conn())
    .await?;
    Ok(())
}
