//! SQL of links and of the queue of mail.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Binary, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use super::model::{Letter, Occasion, Purpose, Redeemed};
use crate::identity::users::Email;
use crate::platform::db::{Change, Housekeeping, Read};
use crate::platform::id::{Id, LinkId, MailId, UserId};
use crate::platform::problem::Problem;

// Links

#[derive(QueryableByName)]
struct Expiry {
    #[diesel(sql_type = Timestamptz)]
    expires_at: DateTime<Utc>,
}

/// Adds a link; gives when it expires.
pub(super) async fn insert(
    work: &mut Housekeeping<'_>,
    id: LinkId,
    purpose: Purpose,
    digest: [u8; 32],
) -> Result<DateTime<Utc>, Problem> {
    let row: Expiry = sql_query(
        "insert into one_time_links (id, purpose, user_id, digest, created_at, expires_at) \
         select $1, $2, $3, $4, t, t + make_interval(hours => $5) from mh_now() t returning expires_at",
    )
    .bind::<SqlUuid, _>(id.uuid())
    .bind::<Text, _>(purpose.as_str())
    .bind::<Nullable<SqlUuid>, _>(purpose.user().map(Id::uuid))
    .bind::<Binary, _>(digest.to_vec())
    .bind::<Integer, _>(purpose.hours())
    .get_result(work.conn())
    .await?;
    Ok(row.expires_at)
}

/// Revokes what was made before this link for the same purpose and account.
pub(super) async fn revoke_earlier(
    work: &mut Housekeeping<'_>,
    purpose: Purpose,
    link: LinkId,
) -> Result<(), Problem> {
    sql_query(
        "update one_time_links set revoked_at = mh_now() \
         where purpose = $1 and user_id is not distinct from $2 and used_at is null and revoked_at is null \
           and (created_at, id) < (select created_at, id from one_time_links where id = $3)",
    )
    .bind::<Text, _>(purpose.as_str())
    .bind::<Nullable<SqlUuid>, _>(purpose.user().map(Id::uuid))
    .bind::<SqlUuid, _>(link.uuid())
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Revokes every link of an account.
pub(super) async fn revoke_all(work: &mut Housekeeping<'_>, user: UserId) -> Result<(), Problem> {
    sql_query(
        "update one_time_links set revoked_at = mh_now() \
         where user_id = $1 and used_at is null and revoked_at is null",
    )
    .bind::<SqlUuid, _>(user.uuid())
    .execute(work.conn())
    .await?;
    Ok(())
}

/// Removes a link that reached nobody.
pub(super) async fn take_back(work: &mut Housekeeping<'_>, link: LinkId) -> Result<(), Problem> {
    sql_query("delete from one_time_links where id = $1 and used_at is null")
        .bind::<SqlUuid, _>(link.uuid())
        .execute(work.conn())
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    purpose: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    user_id: Option<Uuid>,
}

/// Uses the link of this digest if it lets in now. One statement: who comes second waits for the row and finds it used,
/// or, when the first was taken back, does not.
pub(super) async fn take(tx: &mut Change<'_>, digest: [u8; 32]) -> Result<Option<Redeemed>, Problem> {
    let taken: Option<Taken> = sql_query(
        "update one_time_links l set used_at = mh_now() \
         where digest = $1 and used_at is null and revoked_at is null and expires_at > mh_now() \
           and (user_id is null or exists \
             (select from users u where u.id = l.user_id and u.deactivated_at is null)) \
         returning id, purpose, user_id",
    )
    .bind::<Binary, _>(digest.to_vec())
    .get_result(tx.conn())
    .await
    .optional()?;
    Ok(taken.and_then(|row| {
        Some(Redeemed { link: Id::from_uuid(row.id), purpose: Purpose::of(&row.purpose, row.user_id)? })
    }))
}

/// What the link of this digest is for, if it lets in now.
pub(super) async fn find(read: &mut Read<'_>, digest: [u8; 32]) -> Result<Option<Purpose>, Problem> {
    let found: Option<Taken> = sql_query(
        "select id, purpose, user_id from one_time_links l \
         where digest = $1 and used_at is null and revoked_at is null and expires_at > mh_now() \
           and (user_id is null or exists \
             (select from users u where u.id = l.user_id and u.deactivated_at is null))",
    )
    .bind::<Binary, _>(digest.to_vec())
    .get_result(read.conn())
    .await
    .optional()?;
    Ok(found.and_then(|row| Purpose::of(&row.purpose, row.user_id)))
}

/// Waits until no other transaction decides who administers; the same lock as that of the trigger which keeps the last
/// administrator.
pub(super) async fn lock_administrators(work: &mut Housekeeping<'_>) -> Result<(), Problem> {
    sql_query("select pg_advisory_xact_lock(hashtext('masthead.administrators'))")
        .execute(work.conn())
        .await?;
    Ok(())
}

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = Bool)]
    exists: bool,
}

/// Whether an active administrator with a password exists.
pub(super) async fn administrator_exists(work: &mut Housekeeping<'_>) -> Result<bool, Problem> {
    let row: Exists = sql_query(
        "select exists (select from users u join roles r on r.id = u.role_id \
         where r.name = 'admin' and u.deactivated_at is null and u.password_hash is not null)",
    )
    .get_result(work.conn())
    .await?;
    Ok(row.exists)
}

/// Removes links that expired 30 days ago.
pub(super) async fn forget_links(work: &mut Housekeeping<'_>) -> Result<usize, Problem> {
    let sql = "delete from one_time_links where expires_at < mh_now() - interval '30 days'";
    Ok(sql_query(sql).execute(work.conn()).await?)
}

// Mail

/// Adds a mail that is due at once.
pub(super) async fn enqueue(work: &mut Housekeeping<'_>, id: MailId, letter: &Letter) -> Result<(), Problem> {
    let (user, address) = letter.recipient();
    sql_query("insert into mails (id, purpose, user_id, address) values ($1, $2, $3, $4)")
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Text, _>(letter.occasion().as_str())
        .bind::<Nullable<SqlUuid>, _>(user.map(Id::uuid))
        .bind::<Nullable<Text>, _>(address.map(Email::as_str))
        .execute(work.conn())
        .await?;
    Ok(())
}

/// A mail that this process sends now.
#[derive(Debug, QueryableByName)]
pub(super) struct Leased {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub purpose: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    pub address: Option<String>,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Timestamptz)]
    pub at: DateTime<Utc>,
}

/// The mail that has been due longest and that no other process is about to send. For 2 minutes nobody else takes it; a
/// mail takes a quarter of that at most, so when it is due again, this process is gone.
pub(super) async fn lease(work: &mut Housekeeping<'_>) -> Result<Option<Leased>, Problem> {
    Ok(sql_query(
        "update mails set due_at = mh_now() + interval '2 minutes', attempts = attempts + 1 \
         where id = (select id from mails where sent_at is null and given_up_at is null and due_at <= mh_now() \
                     order by due_at limit 1 for update skip locked) \
         returning id, purpose, user_id, address, created_at, mh_now() as at",
    )
    .get_result(work.conn())
    .await
    .optional()?)
}

/// How many mails wait to be sent.
pub(super) async fn queued(read: &mut Read<'_>) -> Result<i64, Problem> {
    #[derive(QueryableByName)]
    struct Queued {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let sql = "select count(*) as count from mails where sent_at is null and given_up_at is null";
    let row: Queued = sql_query(sql).get_result(read.conn()).await?;
    Ok(row.count)
}

/// Whom a mail is for.
#[derive(Debug, QueryableByName)]
pub(super) struct Person {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    pub email: String,
}

/// The active account that a mail is for, if there is one.
pub(super) async fn person(work: &mut Housekeeping<'_>, mail: &Leased) -> Result<Option<Person>, Problem> {
    // One of the two is null, and equal to nothing.
    Ok(sql_query(
        "select id, name, email from users where deactivated_at is null and (id = $1 or email = $2) limit 1",
    )
    .bind::<Nullable<SqlUuid>, _>(mail.user_id)
    .bind::<Nullable<Text>, _>(mail.address.as_deref())
    .get_result(work.conn())
    .await
    .optional()?)
}

/// Notes that a mail is done with.
pub(super) async fn sent(work: &mut Housekeeping<'_>, mail: Uuid) -> Result<(), Problem> {
    sql_query("update mails set sent_at = mh_now(), last_error = null where id = $1")
        .bind::<SqlUuid, _>(mail)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// Notes that a mail will never be sent, and why.
pub(super) async fn give_up(work: &mut Housekeeping<'_>, mail: Uuid, why: &str) -> Result<(), Problem> {
    sql_query("update mails set given_up_at = mh_now(), last_error = $2 where id = $1")
        .bind::<SqlUuid, _>(mail)
        .bind::<Text, _>(why)
        .execute(work.conn())
        .await?;
    Ok(())
}

/// How a mail stands that could not be sent.
#[derive(Debug, QueryableByName)]
pub(super) struct Retry {
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    #[diesel(sql_type = Bool)]
    pub given_up: bool,
}

/// Puts a mail off, by 10 s after the first attempt, twice that after the second, and so on up to an hour. A day after it
/// was written it is given up.
pub(super) async fn put_off(work: &mut Housekeeping<'_>, mail: Uuid, why: &str) -> Result<Retry, Problem> {
    Ok(sql_query(
        "update mails set last_error = $2, \
           due_at = mh_now() + least(interval '1 hour', interval '10 seconds' * 2 ^ least(attempts - 1, 9)), \
           given_up_at = case when mh_now() >= created_at + interval '24 hours' then mh_now() end \
         where id = $1 returning attempts, given_up_at is not null as given_up",
    )
    .bind::<SqlUuid, _>(mail)
    .bind::<Text, _>(why)
    .get_result(work.conn())
    .await?)
}

/// Removes mail that was sent or given up 30 days ago.
pub(super) async fn forget_mails(work: &mut Housekeeping<'_>) -> Result<usize, Problem> {
    let sql = "delete from mails where coalesce(sent_at, given_up_at) < mh_now() - interval '30 days'";
    Ok(sql_query(sql).execute(work.conn()).await?)
}

impl Leased {
    /// Why it is written; none for a purpose of a newer version.
    pub(super) fn occasion(&self) -> Option<Occasion> {
        Occasion::parse(&self.purpose)
    }
}
