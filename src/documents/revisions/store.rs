//! SQL of the history of one document: by its primary key, whatever else there is.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Period, RevisionWindow};
use crate::documents::model::{Header, Planned, Revision};
use crate::documents::span::Span;
use crate::documents::store::{REVISION, RevisionRow};
use crate::platform::id::UserId;
use crate::platform::problem::Problem;

/// The revisions of a document; backwards, in the opposite order.
pub(super) async fn revisions(
    conn: &mut AsyncPgConnection,
    header: &Header,
    window: &RevisionWindow,
) -> Result<Vec<Revision>, Problem> {
    let (beyond, order) = if window.backwards { (">", "asc") } else { ("<", "desc") };
    let query = format!(
        "select {REVISION} from revisions r where r.entry_id = $1 and r.locale = $2 \
           and ($3 is null or r.author = $3) and ($4 is null or r.created_at >= $4) \
           and ($5 is null or r.created_at < $5) and ($6 is null or r.number {beyond} $6) \
         order by r.number {order} limit $7"
    );
    let rows: Vec<RevisionRow> = sql_query(query)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<Nullable<SqlUuid>, _>(window.author.map(UserId::uuid))
        .bind::<Nullable<Timestamptz>, _>(window.since)
        .bind::<Nullable<Timestamptz>, _>(window.before)
        .bind::<Nullable<Integer>, _>(window.edge)
        .bind::<BigInt, _>(window.limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Revision::from).collect())
}

/// Why a publication ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Another revision takes its place.
    Replaced,
    /// Its planned end.
    Expired,
    /// It was unpublished.
    Unpublished,
}

#[derive(QueryableByName)]
struct PeriodRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = Timestamptz)]
    starts: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    ends: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    until: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Text>)]
    path: Option<String>,
    #[diesel(sql_type = Bool)]
    replaced: bool,
    #[diesel(sql_type = Bool)]
    erased: bool,
}

impl From<PeriodRow> for Period {
    fn from(row: PeriodRow) -> Self {
        let during = Span { from: row.starts, until: row.ends };
        let ended = row.ends.map(|ends| match row.until {
            _ if row.replaced => Ended::Replaced,
            Some(until) if until == ends => Ended::Expired,
            _ => Ended::Unpublished,
        });
        let planned = Planned { id: row.id, number: row.number, during, path: row.path };
        Self { planned, until: row.until, ended, erased: row.erased }
    }
}

/// The publications of a document, the latest first; backwards, in the opposite order.
pub(super) async fn timeline(
    conn: &mut AsyncPgConnection,
    header: &Header,
    (edge, backwards, limit): (Option<DateTime<Utc>>, bool, i64),
) -> Result<Vec<Period>, Problem> {
    let (beyond, order) = if backwards { (">", "asc") } else { ("<", "desc") };
    let query = format!(
        "select p.id, p.number, lower(p.during) as starts, upper(p.during) as ends, p.until, r.path, \
           p.erased_at is not null as erased, \
           exists (select from publications n where n.entry_id = p.entry_id and n.locale = p.locale \
             and n.during @> upper(p.during)) as replaced \
         from publications p left join routes r \
           on r.entry_id = p.entry_id and r.locale = p.locale and r.during @> lower(p.during) \
         where p.entry_id = $1 and p.locale = $2 and ($3 is null or lower(p.during) {beyond} $3) \
         order by lower(p.during) {order} limit $4"
    );
    let rows: Vec<PeriodRow> = sql_query(query)
        .bind::<SqlUuid, _>(header.entry.uuid())
        .bind::<Text, _>(&header.locale)
        .bind::<Nullable<Timestamptz>, _>(edge)
        .bind::<BigInt, _>(limit)
        .load(conn)
        .await?;
    Ok(rows.into_iter().map(Period::from).collect())
}
