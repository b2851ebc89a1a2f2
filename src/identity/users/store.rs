//! SQL of users.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, insert_into};
use diesel_async::RunQueryDsl;

use super::model::{Email, PersonName};
use super::password::PasswordHash;
use crate::platform::db::{Change, Read};
use crate::platform::id::{Id, RoleId, UserId};
use crate::platform::problem::Problem;
use crate::schema::{roles, users};

/// The role of that name.
pub(super) async fn find_role(tx: &mut Change<'_>, name: &str) -> Result<Option<RoleId>, Problem> {
    let id = roles::table.filter(roles::name.eq(name)).select(roles::id).first(tx.conn()).await.optional()?;
    Ok(id.map(Id::from_uuid))
}

/// The names of all roles, for the message that a wrong one gets.
pub(super) async fn role_names(tx: &mut Change<'_>) -> Result<Vec<String>, Problem> {
    Ok(roles::table.select(roles::name).order(roles::name).load(tx.conn()).await?)
}

/// Adds a user.
pub(super) async fn insert(
    tx: &mut Change<'_>,
    id: UserId,
    (email, name): (&Email, &PersonName),
    role: RoleId,
    hash: &PasswordHash,
) -> Result<(), Problem> {
    insert_into(users::table)
        .values((
            users::id.eq(id.uuid()),
            users::email.eq(email.as_str()),
            users::name.eq(name.as_str()),
            users::role_id.eq(role.uuid()),
            users::password_hash.eq(hash.as_str()),
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

/// Whether an active administrator exists.
pub(super) async fn administrator_exists(read: &mut Read<'_>) -> Result<bool, Problem> {
    let administrators = users::table
        .inner_join(roles::table)
        .filter(roles::name.eq("admin"))
        .filter(users::deactivated_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(administrators)).get_result(read.conn()).await?)
}
