//! SQL of the watermark and of the boundaries after it: planned beginnings, and planned ends that nothing follows at the
//! same instant. Each condition on publications is written as the index that serves it has it.

use chrono::{DateTime, Utc};
use diesel::prelude::OptionalExtension;
use diesel::sql_types::{Bool, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Outlook;
use crate::platform::db::Change;
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct OutlookRow {
    #[diesel(sql_type = Timestamptz)]
    instant: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    next: Option<DateTime<Utc>>,
}

const OUTLOOK: &str = "select greatest(mh_now(), s.changed_at) as instant, least( \
      (select lower(p.during) from publications p \
       where p.opened_at < lower(p.during) and lower(p.during) > a.until \
       order by lower(p.during) limit 1), \
      (select p.until from publications p \
       where p.until = upper(p.during) and p.until > a.until \
         and not exists (select from publications n \
           where n.entry_id = p.entry_id and n.locale = p.locale and n.during @> p.until) \
       order by p.until limit 1)) as next \
    from announced a, site s";

/// The first boundary after the watermark. Takes no lock.
pub(super) async fn outlook(conn: &mut AsyncPgConnection) -> Result<Outlook, Problem> {
    let row: OutlookRow = sql_query(OUTLOOK).get_result(conn).await?;
    Ok(Outlook { now: row.instant, next: row.next })
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = SmallInt)]
    #[expect(dead_code, reason = "asked for its lock")]
    id: i16,
}

/// Whether this transaction may announce: not while another one does.
pub(super) async fn lock_watermark(tx: &mut Change<'_>) -> Result<bool, Problem> {
    let row: Option<Locked> = sql_query("select id from announced for update skip locked")
        .get_result(tx.conn())
        .await
        .optional()?;
    Ok(row.is_some())
}

/// Waits for the changes of what is public that are under way, and holds back those to come. The version stays.
pub(super) async fn lock_site(tx: &mut Change<'_>) -> Result<(), Problem> {
    let _: Locked = sql_query("select id from site for update").get_result(tx.conn()).await?;
    Ok(())
}

/// A planned beginning or end that has come about.
#[derive(QueryableByName)]
pub(super) struct Boundary {
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
    #[diesel(sql_type = Bool)]
    pub begins: bool,
    #[diesel(sql_type = SqlUuid)]
    pub publication: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub entry_id: Uuid,
    #[diesel(sql_type = Text)]
    pub locale: String,
    #[diesel(sql_type = Text)]
    pub kind: String,
    #[diesel(sql_type = Integer)]
    pub number: i32,
}

/// With ties, so that the watermark never comes to lie between two boundaries of one instant.
const DUE: &str = "with span as materialized ( \
      select a.until as after, greatest(mh_now(), s.changed_at) as until from announced a, site s) \
    select b.* from ( \
      select * from ( \
        select lower(p.during) as at, true as begins, p.id as publication, p.entry_id, p.locale, p.kind, p.number \
        from publications p where p.opened_at < lower(p.during) \
          and lower(p.during) > (select after from span) and lower(p.during) <= (select until from span) \
        union all \
        select p.until, false, p.id, p.entry_id, p.locale, p.kind, p.number \
        from publications p where p.until = upper(p.during) \
          and p.until > (select after from span) and p.until <= (select until from span) \
          and not exists (select from publications n \
            where n.entry_id = p.entry_id and n.locale = p.locale and n.during @> p.until)) boundaries \
      order by at fetch first 5000 rows with ties) b \
    order by at, begins, publication";

/// What has come about and is not announced, the earliest first. To be asked under the lock of the site row.
pub(super) async fn due(tx: &mut Change<'_>) -> Result<Vec<Boundary>, Problem> {
    Ok(sql_query(DUE).load(tx.conn()).await?)
}

/// Says how far all is announced.
pub(super) async fn move_watermark(tx: &mut Change<'_>, until: DateTime<Utc>) -> Result<(), Problem> {
    sql_query("update announced set until = $1").bind::<Timestamptz, _>(until).execute(tx.conn()).await?;
    Ok(())
}
