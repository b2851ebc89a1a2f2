//! SQL of erasure. Postgres lets only the owner of the tables do it, and nothing more than this.

use diesel::sql_types::{Array, BigInt, Bool, Integer, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Extent;
use crate::documents::model::Header;
use crate::platform::db::{Change, Read};
use crate::platform::id::EntryId;
use crate::platform::problem::Problem;

/// Whether the role of this connection owns the tables.
pub(super) async fn owns(read: &mut Read<'_>) -> Result<bool, Problem> {
    #[derive(QueryableByName)]
    struct Owns {
        #[diesel(sql_type = Bool)]
        owns: bool,
    }
    const QUERY: &str =
        "select pg_has_role(relowner, 'member') as owns from pg_class where oid = 'revisions'::regclass";
    let row: Owns = sql_query(QUERY).get_result(read.conn()).await?;
    Ok(row.owns)
}

/// The locales in which an entry has a document.
pub(super) async fn locales(read: &mut Read<'_>, entry: EntryId) -> Result<Vec<String>, Problem> {
    #[derive(QueryableByName)]
    struct Locale {
        #[diesel(sql_type = Text)]
        locale: String,
    }
    let rows: Vec<Locale> = sql_query("select locale from documents where entry_id = $1 order by locale")
        .bind::<SqlUuid, _>(entry.uuid())
        .load(read.conn())
        .await?;
    Ok(rows.into_iter().map(|row| row.locale).collect())
}

#[derive(QueryableByName)]
struct RevisionRow {
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Bool)]
    erased: bool,
    #[diesel(sql_type = BigInt)]
    publications: i64,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Everything of a document that could be erased.
pub(super) async fn extent(conn: &mut AsyncPgConnection, header: &Header) -> Result<Extent, Problem> {
    const REVISIONS: &str = "select r.number, r.erased_at is not null as erased, count(p.id) as publications \
        from revisions r left join publications p using (entry_id, locale, number) \
        where r.entry_id = $1 and r.locale = $2 group by r.number, r.erased_at order by r.number";
    let revisions: Vec<RevisionRow> = sql_query(REVISIONS)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .load(conn)
        .await?;
    let copies: Count =
        sql_query("select count(*) as count from working_copies where entry_id = $1 and locale = $2")
            .bind::<SqlUuid, _>(header.entry.uuid())
            .bind::<Text, _>(&header.locale)
            .get_result(conn)
            .await?;
    Ok(Extent {
        entry: header.entry,
        kind: header.kind.clone(),
        locale: header.locale.clone(),
        revisions: revisions.into_iter().map(|row| (row.number, row.erased, row.publications)).collect(),
        working_copies: copies.count,
    })
}

/// Takes body, title and note from revisions.
pub(super) async fn empty_revisions(
    tx: &mut Change<'_>,
    header: &Header,
    numbers: &[i32],
) -> Result<(), Problem> {
    const QUERY: &str = "update revisions set body = null, title = '', note = null, erased_at = mh_now() \
        where entry_id = $1 and locale = $2 and number = any ($3)";
    sql_query(QUERY)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<Array<Integer>, _>(numbers)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Forgets which bytes revisions showed, and what lists find the newest by, so that nothing keeps the bytes.
pub(super) async fn forget_shown(
    tx: &mut Change<'_>,
    header: &Header,
    numbers: &[i32],
) -> Result<(), Problem> {
    sql_query("delete from revision_blobs where entry_id = $1 and locale = $2 and number = any ($3)")
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<Array<Integer>, _>(numbers)
        .execute(tx.conn())
        .await?;
    sql_query("update documents set facets = null, words = null where entry_id = $1 and locale = $2 and head = any ($3) and (facets is not null or words is not null)")
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<Array<Integer>, _>(numbers)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Every publication of these revisions.
pub(super) async fn publications(
    tx: &mut Change<'_>,
    header: &Header,
    numbers: &[i32],
) -> Result<Vec<Uuid>, Problem> {
    #[derive(QueryableByName)]
    struct Id {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    const QUERY: &str =
        "select id from publications where entry_id = $1 and locale = $2 and number = any ($3)";
    let rows: Vec<Id> = sql_query(QUERY)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<Array<Integer>, _>(numbers)
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Takes what lists show of revisions; when and where they were public stays.
pub(super) async fn empty_publications(
    tx: &mut Change<'_>,
    header: &Header,
    numbers: &[i32],
) -> Result<(), Problem> {
    const QUERY: &str = "update publications set title = '', title_sort = '', summary = null, card = '{}', facets = '{}', key = null, blob = null, \
        search = null, search_text = null, \
        erased_at = mh_now() where entry_id = $1 and locale = $2 and number = any ($3)";
    sql_query(QUERY)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<Array<Integer>, _>(numbers)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Ends the preview links to what is erased: to these revisions, and to the newest when it is among them.
pub(super) async fn end_previews(
    tx: &mut Change<'_>,
    header: &Header,
    numbers: &[i32],
) -> Result<(), Problem> {
    sql_query(
        "update preview_links set revoked_at = mh_now() where entry_id = $1 and locale = $2 and revoked_at is null \
           and coalesce(number, $4) = any ($3)",
    )
    .bind::<SqlUuid, _>(header.entry.uuid())
    .bind::<Text, _>(&header.locale)
    .bind::<Array<Integer>, _>(numbers)
    .bind::<Integer, _>(header.head)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Throws away what authors have typed and not saved.
pub(super) async fn delete_working_copies(tx: &mut Change<'_>, header: &Header) -> Result<(), Problem> {
    sql_query("delete from working_copies where entry_id = $1 and locale = $2")
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Takes the details from all events about an entry; their digest stays, so the chain still holds.
pub(super) async fn empty_events(tx: &mut Change<'_>, entry: EntryId) -> Result<(), Problem> {
    sql_query("update events set data = null where subject_id = $1 and data is not null")
        .bind::<SqlUuid, _>(entry.uuid())
        .execute(tx.conn())
        .await?;
    Ok(())
}
