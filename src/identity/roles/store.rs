//! SQL of roles.

use chrono::{DateTime, Utc};
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{OptionalExtension, QueryableByName, sql_query};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::model::{NewRole, Role};
use crate::platform::access::{Actor, Grant, Scope, Verb};
use crate::platform::db::Change;
use crate::platform::id::{Id, RoleId, UserId};
use crate::platform::problem::{Code, Problem};

/// One grant of a role, or nulls for a role without any.
#[derive(Debug, Clone, QueryableByName)]
pub struct GrantRow {
    #[diesel(sql_type = Nullable<Text>)]
    kind: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    verb: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    scope: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    scope_entry: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    scope_locale: Option<String>,
}

/// The columns of [`GrantRow`] of `role_grants g`.
pub const GRANT: &str = "g.kind, g.verb, g.scope, g.scope_entry, g.scope_locale";

impl GrantRow {
    /// The grant; none for nulls and for what this version does not understand, which then allows nothing.
    #[must_use]
    pub fn grant(&self) -> Option<Grant> {
        let scope = match self.scope.as_deref()? {
            "everything" => Scope::Everything,
            "own" => Scope::Own,
            "subtree" => Scope::Subtree(Id::from_uuid(self.scope_entry?)),
            "locale" => Scope::Locale(self.scope_locale.clone()?),
            _ => return None,
        };
        Some(Grant { kind: self.kind.clone()?, verb: Verb::parse(self.verb.as_deref()?)?, scope })
    }
}

#[derive(QueryableByName)]
struct RoleRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    description: String,
    #[diesel(sql_type = Bool)]
    built_in: bool,
    #[diesel(sql_type = BigInt)]
    version: i64,
    #[diesel(sql_type = Timestamptz)]
    created_at: DateTime<Utc>,
    #[diesel(sql_type = BigInt)]
    users: i64,
}

#[derive(QueryableByName)]
struct RoleGrant {
    #[diesel(sql_type = SqlUuid)]
    role_id: Uuid,
    #[diesel(embed)]
    grant: GrantRow,
}

/// All roles, or one of them, by name; sites have few.
pub(super) async fn load(conn: &mut AsyncPgConnection, only: Option<RoleId>) -> Result<Vec<Role>, Problem> {
    const ROLES: &str = "select id, name, description, built_in, version, created_at, \
        (select count(*) from users where role_id = roles.id) as users \
        from roles where $1 is null or id = $1 order by name";
    let rows: Vec<RoleRow> =
        sql_query(ROLES).bind::<Nullable<SqlUuid>, _>(only.map(Id::uuid)).load(conn).await?;
    let query = format!(
        "select g.role_id, {GRANT} from role_grants g where $1 is null or role_id = $1 order by g.id"
    );
    let grants: Vec<RoleGrant> =
        sql_query(query).bind::<Nullable<SqlUuid>, _>(only.map(Id::uuid)).load(conn).await?;
    let role = |row: RoleRow| Role {
        id: Id::from_uuid(row.id),
        name: row.name,
        description: row.description,
        built_in: row.built_in,
        version: row.version,
        created_at: row.created_at,
        users: row.users,
        grants: grants.iter().filter(|g| g.role_id == row.id).filter_map(|g| g.grant.grant()).collect(),
    };
    Ok(rows.into_iter().map(role).collect())
}

/// What a role allows.
///
/// # Errors
/// When the database is away.
pub async fn grants_of(conn: &mut AsyncPgConnection, role: RoleId) -> Result<Vec<Grant>, Problem> {
    let query = format!("select g.role_id, {GRANT} from role_grants g where role_id = $1 order by g.id");
    let rows: Vec<RoleGrant> = sql_query(query).bind::<SqlUuid, _>(role.uuid()).load(conn).await?;
    Ok(rows.iter().filter_map(|row| row.grant.grant()).collect())
}

/// What a user may now, by their role; none when they are deactivated or unknown.
///
/// # Errors
/// When the database does not answer.
pub async fn rights_of(conn: &mut AsyncPgConnection, user: UserId) -> Result<Option<Vec<Grant>>, Problem> {
    let query = format!(
        "select u.role_id, {GRANT} from users u left join role_grants g on g.role_id = u.role_id \
         where u.id = $1 and u.deactivated_at is null order by g.id"
    );
    let rows: Vec<RoleGrant> = sql_query(query).bind::<SqlUuid, _>(user.uuid()).load(conn).await?;
    let there = !rows.is_empty();
    Ok(there.then(|| rows.iter().filter_map(|row| row.grant.grant()).collect()))
}

/// Refuses to give, take or change a role that allows more than the caller may.
///
/// # Errors
/// 403 that names the first right that the caller lacks.
pub async fn expect_within(tx: &mut Change<'_>, role: RoleId) -> Result<(), Problem> {
    // The role stays as it is until the change ends, so that no right slips in meanwhile.
    sql_query("select 1 from roles where id = $1 for share")
        .bind::<SqlUuid, _>(role.uuid())
        .execute(tx.conn())
        .await?;
    let rights = grants_of(tx.conn(), role).await?;
    expect_covered(tx.actor(), &rights)
}

/// Refuses to act on a user whose rights reach further than the caller's.
///
/// # Errors
/// 403 that names the first right that the caller lacks.
pub async fn expect_within_of(tx: &mut Change<'_>, user: UserId) -> Result<(), Problem> {
    let role: Option<IdRow> = sql_query("select role_id as id from users where id = $1")
        .bind::<SqlUuid, _>(user.uuid())
        .get_result(tx.conn())
        .await
        .optional()?;
    match role {
        Some(role) => expect_within(tx, Id::from_uuid(role.id)).await,
        None => Ok(()),
    }
}

/// Refuses rights that the caller does not have.
pub(super) fn expect_covered(actor: &Actor, rights: &[Grant]) -> Result<(), Problem> {
    let lacking = match actor {
        Actor::System { .. } => None,
        Actor::Identified(identity) => identity.lacks(rights),
        Actor::Anonymous | Actor::SignedOut | Actor::Guest(_) => rights.first(),
    };
    match lacking {
        None => Ok(()),
        Some(grant) => Err(Problem::new(Code::Forbidden).detail(format!(
            "This concerns the right to {} {}, which you do not have in full: nobody gives, takes or changes rights \
             beyond their own.",
            grant.verb.as_str(),
            if grant.kind == "*" { "all content" } else { &grant.kind }
        ))),
    }
}

#[derive(QueryableByName)]
struct IdRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
}

/// The role of that name.
///
/// # Errors
/// When the database is away.
pub async fn find_by_name(tx: &mut Change<'_>, name: &str) -> Result<Option<RoleId>, Problem> {
    let row: Option<IdRow> = sql_query("select id from roles where name = $1")
        .bind::<Text, _>(name)
        .get_result(tx.conn())
        .await
        .optional()?;
    Ok(row.map(|row| Id::from_uuid(row.id)))
}

/// The names of all roles, for the message that a wrong one gets.
///
/// # Errors
/// When the database is away.
pub async fn names(tx: &mut Change<'_>) -> Result<Vec<String>, Problem> {
    Ok(load(tx.conn(), None).await?.into_iter().map(|role| role.name).collect())
}

/// A role, locked until the change ends.
pub(super) async fn lock(tx: &mut Change<'_>, id: RoleId) -> Result<Option<Role>, Problem> {
    sql_query("select 1 from roles where id = $1 for update")
        .bind::<SqlUuid, _>(id.uuid())
        .execute(tx.conn())
        .await?;
    Ok(load(tx.conn(), Some(id)).await?.into_iter().next())
}

/// Adds a role with its grants.
pub(super) async fn insert(tx: &mut Change<'_>, id: RoleId, new: &NewRole) -> Result<(), Problem> {
    sql_query("insert into roles (id, name, description) values ($1, $2, $3)")
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Text, _>(&new.name)
        .bind::<Text, _>(&new.description)
        .execute(tx.conn())
        .await?;
    insert_grants(tx, id, &new.grants).await
}

/// Gives a role another name, description and set of grants.
pub(super) async fn replace(tx: &mut Change<'_>, id: RoleId, new: &NewRole) -> Result<(), Problem> {
    sql_query("update roles set name = $2, description = $3 where id = $1")
        .bind::<SqlUuid, _>(id.uuid())
        .bind::<Text, _>(&new.name)
        .bind::<Text, _>(&new.description)
        .execute(tx.conn())
        .await?;
    sql_query("delete from role_grants where role_id = $1")
        .bind::<SqlUuid, _>(id.uuid())
        .execute(tx.conn())
        .await?;
    insert_grants(tx, id, &new.grants).await
}

async fn insert_grants(tx: &mut Change<'_>, role: RoleId, grants: &[Grant]) -> Result<(), Problem> {
    const INSERT: &str = "insert into role_grants (role_id, kind, verb, scope, scope_entry, scope_locale) \
        select $1, kind, verb, scope, entry, locale from unnest($2, $3, $4, $5, $6) \
        with ordinality g (kind, verb, scope, entry, locale, nth) order by nth";
    let scope = |grant: &Grant| match &grant.scope {
        Scope::Everything => ("everything", None, None),
        Scope::Own => ("own", None, None),
        Scope::Subtree(entry) => ("subtree", Some(entry.uuid()), None),
        Scope::Locale(locale) => ("locale", None, Some(locale.clone())),
    };
    let scopes: Vec<_> = grants.iter().map(scope).collect();
    sql_query(INSERT)
        .bind::<SqlUuid, _>(role.uuid())
        .bind::<Array<Text>, _>(grants.iter().map(|grant| grant.kind.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(grants.iter().map(|grant| grant.verb.as_str()).collect::<Vec<_>>())
        .bind::<Array<Text>, _>(scopes.iter().map(|scope| scope.0).collect::<Vec<_>>())
        .bind::<Array<Nullable<SqlUuid>>, _>(scopes.iter().map(|scope| scope.1).collect::<Vec<_>>())
        .bind::<Array<Nullable<Text>>, _>(scopes.into_iter().map(|scope| scope.2).collect::<Vec<_>>())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Whether what a scope names is there.
pub(super) async fn place_exists(tx: &mut Change<'_>, scope: &Scope) -> Result<bool, Problem> {
    const QUERY: &str = "select exists (select from entries where id = $1) \
        or exists (select from locales where tag = $2) as found";
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = Bool)]
        found: bool,
    }
    let (entry, locale) = match scope {
        Scope::Everything | Scope::Own => return Ok(true),
        Scope::Subtree(entry) => (Some(entry.uuid()), None),
        Scope::Locale(locale) => (None, Some(locale.as_str())),
    };
    let found: Found = sql_query(QUERY)
        .bind::<Nullable<SqlUuid>, _>(entry)
        .bind::<Nullable<Text>, _>(locale)
        .get_result(tx.conn())
        .await?;
    Ok(found.found)
}

/// Removes a role that nobody has.
pub(super) async fn delete(tx: &mut Change<'_>, id: RoleId) -> Result<(), Problem> {
    for statement in ["delete from role_grants where role_id = $1", "delete from roles where id = $1"] {
        sql_query(statement).bind::<SqlUuid, _>(id.uuid()).execute(tx.conn()).await?;
    }
    Ok(())
}
