//! SQL of folders: skips from one name to the next along the index, so that it costs what there are folders.

use diesel::sql_types::{Nullable, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;

use crate::platform::db::Read;
use crate::platform::id::UserId;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct NameRow {
    #[diesel(sql_type = Text)]
    name: String,
}

/// A document whose newest revision lies in a folder, and its entry is not in the trash.
const KEPT: &str = "from documents d cross join lateral \
    (select trashed_at, created_by from entries where id = d.entry_id offset 0) e \
    where d.facets is not null and d.kind = 'media' and d.locale = $1 and e.trashed_at is null \
      and ($2 is null or e.created_by = $2)";

/// The names of the folders of a locale, of what a user created or of all.
pub(super) async fn names(
    read: &mut Read<'_>,
    locale: &str,
    created_by: Option<UserId>,
) -> Result<Vec<String>, Problem> {
    let query = format!(
        "with recursive names as ( \
           (select d.facets ->> 'folder' as name {KEPT} and d.facets ->> 'folder' > '' \
            order by d.facets ->> 'folder' limit 1) \
           union all \
           select n.name from names cross join lateral ( \
             select d.facets ->> 'folder' as name {KEPT} and d.facets ->> 'folder' > names.name \
             order by d.facets ->> 'folder' limit 1) n) \
         select name from names limit 10000"
    );
    let rows: Vec<NameRow> = sql_query(query)
        .bind::<Text, _>(locale)
        .bind::<Nullable<SqlUuid>, _>(created_by.map(UserId::uuid))
        .load(read.conn())
        .await?;
    Ok(rows.into_iter().map(|row| row.name).collect())
}
