//! SQL of the drafted tree. Siblings stand in the order of rank and entry, which an index has.

use diesel::sql_types::{Bool, Nullable, Text, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::documents::model::Header;
use crate::documents::position::Position;
use crate::platform::db::Change;
use crate::platform::problem::Problem;

/// How a possible parent stands to an entry.
pub(super) enum Above {
    Free,
    Missing,
    Below,
}

#[derive(QueryableByName)]
struct AboveRow {
    #[diesel(sql_type = Bool)]
    there: bool,
    #[diesel(sql_type = Bool)]
    below: bool,
}

/// Whether an entry may hang below `parent`.
pub(super) async fn above(tx: &mut Change<'_>, header: &Header, parent: Uuid) -> Result<Above, Problem> {
    const QUERY: &str = "with recursive up as ( \
          select $1::uuid as entry_id \
          union \
          select d.parent from up join documents d on d.entry_id = up.entry_id and d.locale = $3 \
          where d.parent is not null) \
        select exists (select from entries where id = $1 and trashed_at is null) as there, \
          exists (select from up where entry_id = $2) as below";
    let row: AboveRow = sql_query(QUERY)
        .bind::<SqlUuid, _>(parent)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .get_result(tx.conn())
        .await?;
    Ok(match (row.there, row.below) {
        (false, _) => Above::Missing,
        (true, true) => Above::Below,
        (true, false) => Above::Free,
    })
}

#[derive(QueryableByName)]
struct RankRow {
    #[diesel(sql_type = Nullable<Text>)]
    position: Option<String>,
}

fn rank(row: Option<RankRow>) -> Option<Position> {
    row.and_then(|row| row.position).and_then(|text| Position::try_from(text).ok())
}

/// The children of a parent, or the top of the tree: each in the words of an index.
fn siblings(parent: Option<Uuid>) -> &'static str {
    match parent {
        Some(_) => "d.parent = $1",
        None => "$1::uuid is null and d.parent is null",
    }
}

/// The rank of the last or the first sibling, `without` left out.
pub(super) async fn edge(
    tx: &mut Change<'_>,
    (kind, locale): (&str, &str),
    parent: Option<Uuid>,
    without: Option<Uuid>,
    last: bool,
) -> Result<Option<Position>, Problem> {
    let order = if last { "desc" } else { "asc" };
    let query = format!(
        "select d.position from documents d where {} and d.kind = $2 and d.locale = $3 \
           and d.position is not null and d.entry_id is distinct from $4 \
         order by d.position {order}, d.entry_id {order} limit 1",
        siblings(parent)
    );
    let row: Option<RankRow> = sql_query(query)
        .bind::<Nullable<SqlUuid>, _>(parent)
        .bind::<Text, _>(kind)
        .bind::<Text, _>(locale)
        .bind::<Nullable<SqlUuid>, _>(without)
        .get_result(tx.conn())
        .await
        .optional()?;
    Ok(rank(row))
}

/// The rank of a sibling, and of those beside it.
pub(super) struct Around {
    pub before: Option<Position>,
    pub own: Position,
    pub after: Option<Position>,
}

/// A sibling and its neighbours, the moved entry left out.
pub(super) async fn around(
    tx: &mut Change<'_>,
    moved: &Header,
    parent: Option<Uuid>,
    sibling: Uuid,
) -> Result<Option<Around>, Problem> {
    let neighbour = |order: &str, beyond: &str| {
        format!(
            "select d.position from documents d where {} and d.kind = $2 and d.locale = $3 and d.position is not null \
               and d.entry_id <> $4 and (d.position, d.entry_id) {beyond} \
                 (select s.position, s.entry_id from documents s where s.entry_id = $5 and s.locale = $3) \
             order by d.position {order}, d.entry_id {order} limit 1",
            siblings(parent)
        )
    };
    let own = format!(
        "select d.position from documents d where {} and d.kind = $2 and d.locale = $3 and d.entry_id <> $4 \
           and d.entry_id = $5",
        siblings(parent)
    );
    let mut found = Vec::new();
    for query in [own, neighbour("desc", "<"), neighbour("asc", ">")] {
        let row: Option<RankRow> = sql_query(query)
            .bind::<Nullable<SqlUuid>, _>(parent)
            .bind::<Text, _>(&moved.kind)
            .bind::<Text, _>(&moved.locale)
            .bind::<SqlUuid, _>(moved.entry.uuid())
            .bind::<SqlUuid, _>(sibling)
            .get_result(tx.conn())
            .await
            .optional()?;
        found.push(rank(row));
    }
    let mut found = found.into_iter();
    let (own, before, after) = (found.next().flatten(), found.next().flatten(), found.next().flatten());
    Ok(own.map(|own| Around { before, own, after }))
}
