//! SQL of preview links.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{LinkWindow, PreviewLink};
use crate::platform::access::Sees;
use crate::platform::db::{Change, Housekeeping, Read};
use crate::platform::id::{Id, UserId};
use crate::platform::problem::Problem;

#[derive(QueryableByName)]
struct LinkRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    entry_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    locale: Option<String>,
    #[diesel(sql_type = Nullable<Integer>)]
    number: Option<i32>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    as_of: Option<DateTime<Utc>>,
    #[diesel(sql_type = SqlUuid)]
    made_by: Uuid,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    revoked_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = BigInt)]
    opened: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_opened_at: Option<DateTime<Utc>>,
}

impl LinkRow {
    fn link(self) -> Result<PreviewLink, Problem> {
        let sees = match (self.entry_id, self.locale, self.as_of) {
            (Some(entry), Some(locale), None) => {
                Sees::Draft { entry: Id::from_uuid(entry), locale, revision: self.number }
            }
            (None, None, Some(at)) => Sees::Site { at },
            _ => return Err(Problem::internal("a preview link is for neither a document nor the site")),
        };
        Ok(PreviewLink {
            id: self.id,
            sees,
            made_by: Id::from_uuid(self.made_by),
            created_at: self.created_at,
            expires_at: self.expires_at,
            revoked_at: self.revoked_at,
            opened: self.opened,
            last_opened_at: self.last_opened_at,
        })
    }
}

const LINK: &str = "id, entry_id, locale, number, as_of, made_by, created_at, expires_at, revoked_at, opened, last_opened_at";

/// Adds a link that lives for so many days.
pub(super) async fn insert(
    tx: &mut Change<'_>,
    (id, digest): (Uuid, [u8; 32]),
    sees: &Sees,
    made_by: UserId,
    days: i32,
) -> Result<PreviewLink, Problem> {
    let (entry, locale, number, as_of) = match sees {
        Sees::Draft { entry, locale, revision } => (Some(entry.uuid()), Some(locale), *revision, None),
        Sees::Site { at } => (None, None, None, Some(*at)),
    };
    let query = format!(
        "insert into preview_links (id, digest, entry_id, locale, number, as_of, made_by, created_at, expires_at) \
         select $1, $2, $3, $4, $5, $6, $7, t, t + make_interval(days => $8) from mh_now() t returning {LINK}"
    );
    let row: LinkRow = sql_query(query)
        .bind::<SqlUuid, _>(id)
        .bind::<Binary, _>(digest.to_vec())
        .bind::<Nullable<SqlUuid>, _>(entry)
        .bind::<Nullable<Text>, _>(locale)
        .bind::<Nullable<Integer>, _>(number)
        .bind::<Nullable<Timestamptz>, _>(as_of)
        .bind::<SqlUuid, _>(made_by.uuid())
        .bind::<Integer, _>(days)
        .get_result(tx.conn())
        .await?;
    row.link()
}

/// A link that is good now, by the digest of its secret.
pub(super) async fn by_digest(read: &mut Read<'_>, digest: [u8; 32]) -> Result<Option<PreviewLink>, Problem> {
    let query = format!(
        "select {LINK} from preview_links where digest = $1 and revoked_at is null and expires_at > mh_now()"
    );
    let row: Option<LinkRow> =
        sql_query(query).bind::<Binary, _>(digest.to_vec()).get_result(read.conn()).await.optional()?;
    row.map(LinkRow::link).transpose()
}

/// A link that is good now.
pub(super) async fn good(read: &mut Read<'_>, id: Uuid) -> Result<Option<PreviewLink>, Problem> {
    let query = format!(
        "select {LINK} from preview_links where id = $1 and revoked_at is null and expires_at > mh_now()"
    );
    let row: Option<LinkRow> =
        sql_query(query).bind::<SqlUuid, _>(id).get_result(read.conn()).await.optional()?;
    row.map(LinkRow::link).transpose()
}

/// A link, good or not.
pub(super) async fn find(conn: &mut AsyncPgConnection, id: Uuid) -> Result<Option<PreviewLink>, Problem> {
    let row: Option<LinkRow> = sql_query(format!("select {LINK} from preview_links where id = $1"))
        .bind::<SqlUuid, _>(id)
        .get_result(conn)
        .await
        .optional()?;
    row.map(LinkRow::link).transpose()
}

/// A page of the links to a document, or to the site.
pub(super) async fn list(read: &mut Read<'_>, wanted: LinkWindow<'_>) -> Result<Vec<PreviewLink>, Problem> {
    let (beyond, order) = wanted.window.sql();
    let which = match wanted.of {
        Some(_) => "entry_id = $1 and locale = $2",
        None => "entry_id is null and $1::uuid is null and $2::text is null",
    };
    let query = format!(
        "select {LINK} from preview_links where {which} and ($3 is null or id {beyond} $3) order by id {order} limit $4"
    );
    let rows: Vec<LinkRow> = sql_query(query)
        .bind::<Nullable<SqlUuid>, _>(wanted.of.map(|(entry, _)| entry.uuid()))
        .bind::<Nullable<Text>, _>(wanted.of.map(|(_, locale)| locale))
        .bind::<Nullable<SqlUuid>, _>(wanted.window.edge)
        .bind::<BigInt, _>(wanted.window.limit)
        .load(read.conn())
        .await?;
    let rows = rows.into_iter().map(LinkRow::link).collect::<Result<_, _>>()?;
    Ok(wanted.window.ordered(rows))
}

/// Ends a link; gives whether it had not been ended before.
pub(super) async fn revoke(tx: &mut Change<'_>, id: Uuid) -> Result<bool, Problem> {
    let ended =
        sql_query("update preview_links set revoked_at = mh_now() where id = $1 and revoked_at is null")
            .bind::<SqlUuid, _>(id)
            .execute(tx.conn())
            .await?;
    Ok(ended > 0)
}

/// Notes that a link was opened, once a minute.
pub(super) async fn touch(work: &mut Housekeeping<'_>, id: Uuid) -> Result<(), Problem> {
    sql_query(
        "update preview_links set opened = opened + 1, last_opened_at = mh_now() \
         where id = $1 and (last_opened_at is null or last_opened_at <= mh_now() - interval '1 minute')",
    )
    .bind::<SqlUuid, _>(id)
    .execute(work.conn())
    .await?;
    Ok(())
}
