//! SQL of users.

use chrono::{DateTime, Utc};
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryableByName, insert_into, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{Email, PersonName, User, UserState, UserWindow};
use super::password::PasswordHash;
use crate::platform::db::{Change, Read};
use crate::platform::id::{Id, RoleId, UserId};
use crate::platform::problem::Problem;
use crate::schema::users;

/// Adds a user; without a hash one who is invited.
pub(super) async fn insert(
    tx: &mut Change<'_>,
    id: UserId,
    (email, name): (&Email, &PersonName),
    role: RoleId,
    hash: Option<&PasswordHash>,
) -> Result<(), Problem> {
    insert_into(users::table)
        .values((
            users::id.eq(id.uuid()),
            users::email.eq(email.as_str()),
            users::name.eq(name.as_str()),
            users::role_id.eq(role.uuid()),
            users::password_hash.eq(hash.map(PasswordHash::as_str)),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The active user of that address.
///
/// # Errors
/// When the database is away.
pub async fn find_by_email(read: &mut Read<'_>, email: &Email) -> Result<Option<UserId>, Problem> {
    let id = users::table
        .filter(users::email.eq(email.as_str()))
        .filter(users::deactivated_at.is_null())
        .select(users::id)
        .first(read.conn())
        .await
        .optional()?;
    Ok(id.map(Id::from_uuid))
}

/// Whether an active administrator with a password exists.
pub(super) async fn administrator_exists(conn: &mut AsyncPgConnection) -> Result<bool, Problem> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    const QUERY: &str = "select exists (select from users u join roles r on r.id = u.role_id \
        where r.name = 'admin' and u.deactivated_at is null and u.password_hash is not null) as found";
    let found: Found = sql_query(QUERY).get_result(conn).await?;
    Ok(found.found)
}

/// Who signs in with an address, and with what.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// The user, who is active.
    pub user: UserId,
    /// The hash of the password; none for one who is invited.
    pub hash: Option<PasswordHash>,
}

#[derive(QueryableByName)]
struct CredentialsRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    password_hash: Option<String>,
}

impl From<CredentialsRow> for Credentials {
    fn from(row: CredentialsRow) -> Self {
        Self { user: Id::from_uuid(row.id), hash: row.password_hash.map(PasswordHash::stored) }
    }
}

/// The active user of that address with the hash of the password.
///
/// # Errors
/// When the database is away.
pub async fn credentials(read: &mut Read<'_>, email: &Email) -> Result<Option<Credentials>, Problem> {
    const QUERY: &str = "select id, password_hash from users where email = $1 and deactivated_at is null";
    let row: Option<CredentialsRow> =
        sql_query(QUERY).bind::<Text, _>(email.as_str()).get_result(read.conn()).await.optional()?;
    Ok(row.map(Credentials::from))
}

/// The hash of an active user's password.
///
/// # Errors
/// When the database is away.
pub async fn hash_of(read: &mut Read<'_>, user: UserId) -> Result<Option<PasswordHash>, Problem> {
    const QUERY: &str = "select id, password_hash from users where id = $1 and deactivated_at is null";
    let row: Option<CredentialsRow> =
        sql_query(QUERY).bind::<SqlUuid, _>(user.uuid()).get_result(read.conn()).await.optional()?;
    Ok(row.and_then(|row| row.password_hash.map(PasswordHash::stored)))
}

/// Whether an active user still has this password; no other change can take it away before this one ends.
///
/// # Errors
/// When the database is away.
pub async fn still_has(tx: &mut Change<'_>, user: UserId, hash: &PasswordHash) -> Result<bool, Problem> {
    const QUERY: &str = "select id, password_hash from users \
        where id = $1 and password_hash = $2 and deactivated_at is null for share";
    let row: Option<CredentialsRow> = sql_query(QUERY)
        .bind::<SqlUuid, _>(user.uuid())
        .bind::<Text, _>(hash.as_str())
        .get_result(tx.conn())
        .await
        .optional()?;
    Ok(row.is_some())
}

/// Gives a user another password.
///
/// # Errors
/// When the database is away.
pub async fn set_password(tx: &mut Change<'_>, user: UserId, hash: &PasswordHash) -> Result<(), Problem> {
    sql_query("update users set password_hash = $2, password_changed_at = mh_now() where id = $1")
        .bind::<SqlUuid, _>(user.uuid())
        .bind::<Text, _>(hash.as_str())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Replaces the hash of a password by a stronger one of the same. Gives whether the password was still that one.
pub(super) async fn replace_hash(
    tx: &mut Change<'_>,
    user: UserId,
    (old, new): (&PasswordHash, &PasswordHash),
) -> Result<bool, Problem> {
    let changed = sql_query("update users set password_hash = $3 where id = $1 and password_hash = $2")
        .bind::<SqlUuid, _>(user.uuid())
        .bind::<Text, _>(old.as_str())
        .bind::<Text, _>(new.as_str())
        .execute(tx.conn())
        .await?;
    Ok(changed == 1)
}

#[derive(QueryableByName)]
struct UserRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    email: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = SqlUuid)]
    role_id: Uuid,
    #[diesel(sql_type = Text)]
    role: String,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Integer)]
    state: i32,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    deactivated_at: Option<DateTime<Utc>>,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        let state = match row.state {
            0 => UserState::Deactivated,
            1 => UserState::Invited,
            _ => UserState::Active,
        };
        Self {
            id: Id::from_uuid(row.id),
            email: row.email,
            name: row.name,
            role_id: Id::from_uuid(row.role_id),
            role: row.role,
            version: row.version,
            state,
            created_at: row.created_at,
            deactivated_at: row.deactivated_at,
        }
    }
}

/// The columns of [`UserRow`] of `users u join roles r`; the state is 0 deactivated, 1 invited, 2 active.
const USER: &str = "u.id, u.email, u.name, u.role_id, r.name as role, u.version, u.created_at, u.deactivated_at, \
    case when u.deactivated_at is not null then 0 when u.password_hash is null then 1 else 2 end as state";

/// A user.
pub(super) async fn find(conn: &mut AsyncPgConnection, id: UserId) -> Result<Option<User>, Problem> {
    let query = format!("select {USER} from users u join roles r on r.id = u.role_id where u.id = $1");
    let row: Option<UserRow> =
        sql_query(query).bind::<SqlUuid, _>(id.uuid()).get_result(conn).await.optional()?;
    Ok(row.map(User::from))
}

/// A user, locked until the change ends.
pub(super) async fn lock(tx: &mut Change<'_>, id: UserId) -> Result<Option<User>, Problem> {
    let query = format!(
        "select {USER} from users u join roles r on r.id = u.role_id where u.id = $1 for no key update of u"
    );
    let row: Option<UserRow> =
        sql_query(query).bind::<SqlUuid, _>(id.uuid()).get_result(tx.conn()).await.optional()?;
    Ok(row.map(User::from))
}

/// A page of the users, the newest first.
pub(super) async fn list(read: &mut Read<'_>, wanted: &UserWindow) -> Result<Vec<User>, Problem> {
    let (beyond, order) = wanted.window.sql();
    let query = format!(
        "select {USER} from users u join roles r on r.id = u.role_id \
         where ($1 is null or u.id {beyond} $1) and ($2 is null or r.name = $2) and ($3 is null or u.email = $3) \
           and case $4 when 0 then u.deactivated_at is not null \
                 when 1 then u.deactivated_at is null and u.password_hash is null \
                 when 2 then u.deactivated_at is null and u.password_hash is not null else true end \
         order by u.id {order} limit $5"
    );
    let rows: Vec<UserRow> = sql_query(query)
        .bind::<Nullable<SqlUuid>, _>(wanted.window.edge)
        .bind::<Nullable<Text>, _>(wanted.role.as_deref())
        .bind::<Nullable<Text>, _>(wanted.email.as_deref())
        .bind::<Nullable<Integer>, _>(wanted.state.map(|state| match state {
            UserState::Deactivated => 0,
            UserState::Invited => 1,
            UserState::Active => 2,
        }))
        .bind::<BigInt, _>(wanted.window.limit)
        .load(read.conn())
        .await?;
    Ok(wanted.window.ordered(rows.into_iter().map(User::from).collect()))
}

/// Changes what a user is called, where mail goes, and the role.
pub(super) async fn update(
    tx: &mut Change<'_>,
    id: UserId,
    (email, name): (&Email, &PersonName),
    role: RoleId,
) -> Result<(), Problem> {
    sql_query("update users set email = $2, name = $3, role_id = $4 where id = $1")
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Text, _>(email.as_str())
        .bind::<Text, _>(name.as_str())
        .bind::<SqlUuid, _>(role.uuid())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Deactivates a user, or takes that back.
pub(super) async fn set_active(tx: &mut Change<'_>, id: UserId, active: bool) -> Result<(), Problem> {
    sql_query("update users set deactivated_at = case when $2 then null else mh_now() end where id = $1")
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Bool, _>(active)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Gives a user another name.
///
/// # Errors
/// When the database is away.
pub async fn rename(tx: &mut Change<'_>, id: UserId, name: &PersonName) -> Result<(), Problem> {
    sql_query("update users set name = $2 where id = $1")
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Text, _>(name.as_str())
        .execute(tx.conn())
        .await?;
    Ok(())
}
