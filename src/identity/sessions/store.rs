//! SQL of sessions, and the look-up that authenticates a request by its cookie.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::model::{Caller, IDLE_HOURS, LIFE_DAYS, Session, SessionWindow};
use crate::identity::roles::{GRANT, GrantRow};
use crate::platform::db::{Change, Housekeeping, Prepare, Read};
use crate::platform::id::{Id, SessionId, UserId};
use crate::platform::problem::Problem;
use crate::platform::secret::Secret;

/// One grant of the role behind a session that is good now; a role without grants gives one row of nulls.
#[derive(QueryableByName)]
pub(in crate::identity) struct SessionGrant {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    #[diesel(sql_type = Bool)]
    pub touch: bool,
    #[diesel(embed)]
    pub grant: GrantRow,
}

/// The grants behind a session; none when it is unknown, has ended, or its user is deactivated.
pub(in crate::identity) async fn grants_of(
    read: &mut Read<'_>,
    digest: [u8; 32],
) -> Result<Vec<SessionGrant>, Problem> {
    let query = format!(
        "select s.id, s.user_id, s.last_seen_at < mh_now() - interval '1 minute' as touch, {GRANT} \
         from sessions s join users u on u.id = s.user_id left join role_grants g on g.role_id = u.role_id \
         where s.digest = $1 and s.ended_at is null and u.deactivated_at is null and s.expires_at > mh_now() \
           and s.last_seen_at > mh_now() - make_interval(hours => {IDLE_HOURS}) order by g.id"
    );
    Ok(sql_query(query).bind::<Binary, _>(digest.to_vec()).prepared().load(read.conn()).await?)
}

/// Notes that a session was used.
pub(in crate::identity) async fn touch(work: &mut Housekeeping<'_>, session: Uuid) -> Result<(), Problem> {
    sql_query("update sessions set last_seen_at = mh_now() where id = $1 and ended_at is null")
        .bind::<SqlUuid, _>(session)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Opens a session.
pub(super) async fn insert(
    tx: &mut Change<'_>,
    (id, user): (SessionId, UserId),
    secret: &Secret,
    caller: &Caller,
) -> Result<(), Problem> {
    let query = format!(
        "insert into sessions (id, user_id, digest, expires_at, address, user_agent) \
         values ($1, $2, $3, mh_now() + make_interval(days => {LIFE_DAYS}), $4, $5)"
    );
    sql_query(query)
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<SqlUuid, _>(user.uuid())
        .bind::<Binary, _>(secret.digest().to_vec())
        .bind::<Text, _>(&caller.address)
        .bind::<Text, _>(&caller.user_agent)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Gives a session another secret; the old one is good for nothing from then on.
pub(super) async fn rotate(tx: &mut Change<'_>, id: SessionId, secret: &Secret) -> Result<(), Problem> {
    sql_query("update sessions set digest = $2 where id = $1 and ended_at is null")
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Binary, _>(secret.digest().to_vec())
        .execute(tx.conn())
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Ended {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// Whose open session it is.
pub(super) async fn owner(tx: &mut Change<'_>, id: SessionId) -> Result<Option<UserId>, Problem> {
    #[derive(QueryableByName)]
    struct Owner {
        #[diesel(sql_type = SqlUuid)]
        user_id: Uuid,
    }
    let row: Option<Owner> = sql_query("select user_id from sessions where id = $1 and ended_at is null")
        .bind::<SqlUuid, _>(id.uuid())
        .get_result(tx.conn())
        .await
        .optional()?;
    Ok(row.map(|row| Id::from_uuid(row.user_id)))
}

/// Ends one session of a user, if it has not ended. Gives whether it did.
pub(super) async fn end(tx: &mut Change<'_>, id: SessionId, user: Option<UserId>) -> Result<bool, Problem> {
    const END: &str = "update sessions set ended_at = mh_now() \
        where id = $1 and ended_at is null and ($2 is null or user_id = $2) returning id";
    let ended: Option<Ended> = sql_query(END)
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Nullable<SqlUuid>, _>(user.map(Id::uuid))
        .get_result(tx.conn())
        .await
        .optional()?;
    Ok(ended.is_some())
}

/// Ends all sessions of a user but this one. Gives those that ended.
pub(in crate::identity) async fn end_all(
    tx: &mut Change<'_>,
    user: UserId,
    except: Option<SessionId>,
) -> Result<Vec<Uuid>, Problem> {
    const END: &str = "update sessions set ended_at = mh_now() \
        where user_id = $1 and ended_at is null and not id = any($2) returning id";
    let ended: Vec<Ended> = sql_query(END)
        .bind::<SqlUuid, _>(user.uuid())
        .bind::<Array<SqlUuid>, _>(except.map(Id::uuid).into_iter().collect::<Vec<_>>())
        .load(tx.conn())
        .await?;
    Ok(ended.into_iter().map(|row| row.id).collect())
}

#[derive(QueryableByName)]
struct SessionRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    user_id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    last_seen_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
    #[diesel(sql_type = Text)]
    address: String,
    #[diesel(sql_type = Text)]
    user_agent: String,
}

/// The sessions of a user that have not ended.
pub(super) async fn list(read: &mut Read<'_>, wanted: SessionWindow) -> Result<Vec<Session>, Problem> {
    let (beyond, order) = wanted.window.sql();
    let query = format!(
        "select id, user_id, created_at, last_seen_at, expires_at, address, user_agent from sessions \
         where user_id = $1 and ended_at is null and expires_at > mh_now() \
           and last_seen_at > mh_now() - make_interval(hours => {IDLE_HOURS}) and ($2 is null or id {beyond} $2) \
         order by id {order} limit $3"
    );
    let rows: Vec<SessionRow> = sql_query(query)
        .bind::<SqlUuid, _>(wanted.user.uuid())
        .bind::<Nullable<SqlUuid>, _>(wanted.window.edge)
        .bind::<BigInt, _>(wanted.window.limit)
        .load(read.conn())
        .await?;
    let session = |row: SessionRow| Session {
        id: Id::from_uuid(row.id),
        user: Id::from_uuid(row.user_id),
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        expires_at: row.expires_at,
        address: row.address,
        user_agent: row.user_agent,
    };
    Ok(wanted.window.ordered(rows.into_iter().map(session).collect()))
}

/// Whether a user has signed in from an address in the last 30 days.
///
/// # Errors
/// When the database is away.
pub async fn known_from(read: &mut Read<'_>, user: UserId, address: &str) -> Result<bool, Problem> {
    #[derive(QueryableByName)]
    struct Known {
        #[diesel(sql_type = Bool)]
        known: bool,
    }
    const QUERY: &str = "select exists (select from sessions where user_id = $1 and address = $2 \
        and created_at > mh_now() - interval '30 days') as known";
    let found: Known = sql_query(QUERY)
        .bind::<SqlUuid, _>(user.uuid())
        .bind::<Text, _>(address)
        .get_result(read.conn())
        .await?;
    Ok(found.known)
}

/// Removes sessions a month after they ended.
pub(in crate::identity) async fn prune(work: &mut Housekeeping<'_>) -> Result<usize, Problem> {
    const PRUNE: &str = "delete from sessions where expires_at < mh_now() - interval '30 days' \
        or ended_at < mh_now() - interval '30 days'";
    Ok(sql_query(PRUNE).execute(work.conn()).await?)
}
