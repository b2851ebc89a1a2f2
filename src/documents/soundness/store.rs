//! SQL of the examination of bodies: revisions in the order of their key, a batch at a time.

use diesel::sql_types::{Array, Binary, Bool, Integer, Jsonb, Nullable, SmallInt, Text, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use serde_json::Value;
use uuid::Uuid;

use crate::platform::db::Read;
use crate::platform::problem::Problem;

/// Which revision; the default lies before all of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Key {
    pub entry: Uuid,
    pub locale: String,
    pub number: i32,
}

/// A revision and what is kept beside its body.
pub(super) struct Written {
    pub key: Key,
    pub kind: String,
    pub body: Value,
    pub schema_version: i16,
    pub sha256: Vec<u8>,
    pub targets: Vec<Uuid>,
    /// Parent and position of the document, when this is its newest revision.
    pub place: Option<(Option<Uuid>, Option<String>)>,
}

#[derive(QueryableByName)]
struct WrittenRow {
    #[diesel(sql_type = SqlUuid)]
    entry_id: Uuid,
    #[diesel(sql_type = Text)]
    locale: String,
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = Jsonb)]
    body: Value,
    #[diesel(sql_type = SmallInt)]
    schema_version: i16,
    #[diesel(sql_type = Binary)]
    sha256: Vec<u8>,
    #[diesel(sql_type = Array<SqlUuid>)]
    targets: Vec<Uuid>,
    #[diesel(sql_type = Bool)]
    is_head: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    parent: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    position: Option<String>,
}

impl From<WrittenRow> for Written {
    fn from(row: WrittenRow) -> Self {
        Self {
            key: Key { entry: row.entry_id, locale: row.locale, number: row.number },
            kind: row.kind,
            body: row.body,
            schema_version: row.schema_version,
            sha256: row.sha256,
            targets: row.targets,
            place: row.is_head.then_some((row.parent, row.position)),
        }
    }
}

/// The revisions after a key that have a body: at most 200, and about 4 MB as they are stored, but at least one.
pub(super) async fn batch(read: &mut Read<'_>, after: &Key) -> Result<Vec<Written>, Problem> {
    const QUERY: &str = "with next as ( \
          select entry_id, locale, number, sum(size) over (order by entry_id, locale, number) - size as before \
          from (select entry_id, locale, number, pg_column_size(body) as size from revisions \
                where (entry_id, locale, number) > ($1, $2, $3) and body is not null \
                order by entry_id, locale, number limit 200) n) \
        select r.entry_id, r.locale, r.number, d.kind, r.body, r.schema_version, r.sha256, d.head = r.number as is_head, \
          d.parent, d.position, array(select f.target from revision_refs f \
            where (f.entry_id, f.locale, f.number) = (r.entry_id, r.locale, r.number)) as targets \
        from next join revisions r using (entry_id, locale, number) join documents d using (entry_id, locale) \
        where next.before < 4000000 order by r.entry_id, r.locale, r.number";
    let rows: Vec<WrittenRow> = sql_query(QUERY)
        .bind::<SqlUuid, _>(after.entry)
        .bind::<Text, _>(&after.locale)
        .bind::<Integer, _>(after.number)
        .load(read.conn())
        .await?;
    Ok(rows.into_iter().map(Written::from).collect())
}
