//! What can be done with roles. Nobody makes or changes one that allows more than they may themselves.

use serde_json::json;

use super::model::{NewRole, Role};
use super::store;
use crate::app::App;
use crate::platform::access::{Manage, Permit, Read, Roles, Scope};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::id::RoleId;
use crate::platform::problem::{Code, FieldCode, Pointer, Problem};

/// All roles, by name.
///
/// # Errors
/// When the database is away.
pub async fn list(app: &App, _: &Permit<Read<Roles>>) -> Result<Vec<Role>, Problem> {
    app.store.read(async |read| store::load(read.conn(), None).await).await
}

/// A role.
///
/// # Errors
/// 404.
pub async fn get(app: &App, _: &Permit<Read<Roles>>, id: RoleId) -> Result<Role, Problem> {
    let found = app.store.read(async |read| store::load(read.conn(), Some(id)).await).await?;
    found.into_iter().next().ok_or_else(not_found)
}

/// Makes a role.
///
/// # Errors
/// 403 for a grant beyond the caller's own, 409 when the name is taken, 422.
pub async fn create(app: &App, permit: &Permit<Manage<Roles>>, new: NewRole) -> Result<Role, Problem> {
    expect_sound(app, &new)?;
    let id: RoleId = app.ids.id();
    app.store
        .change(permit.actor(), async |tx| {
            store::expect_covered(tx.actor(), &new.grants)?;
            expect_places(tx, &new).await?;
            store::insert(tx, id, &new).await?;
            let role = written(tx, id).await?;
            let event = Event::new("role", "created", id.uuid()).with(json!({ "grants": new.grants.len() }));
            tx.record(event, role).await
        })
        .await
}

/// Changes a role as a whole. It acts on the next request of everybody who has it.
///
/// # Errors
/// 403 when the role allows or is to allow more than the caller may, 404, 409 for a built-in role or a name that is taken,
/// 412, 422.
pub async fn update(
    app: &App,
    permit: &Permit<Manage<Roles>>,
    (id, version): (RoleId, i64),
    new: NewRole,
) -> Result<Role, Problem> {
    expect_sound(app, &new)?;
    app.store
        .change(permit.actor(), async |tx| {
            let before = changeable(tx, id, version).await?;
            store::expect_covered(tx.actor(), &new.grants)?;
            if (&before.name, &before.description, &before.grants)
                == (&new.name, &new.description, &new.grants)
            {
                return Ok(tx.nothing_changed(before));
            }
            expect_places(tx, &new).await?;
            store::replace(tx, id, &new).await?;
            let role = written(tx, id).await?;
            let event = Event::new("role", "changed", id.uuid()).with(json!({ "grants": new.grants.len() }));
            tx.record(event, role).await
        })
        .await
}

/// Removes a role that nobody has.
///
/// # Errors
/// 403, 404, 409 for a built-in role or one that somebody has, 412.
pub async fn delete(
    app: &App,
    permit: &Permit<Manage<Roles>>,
    (id, version): (RoleId, i64),
) -> Result<(), Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let role = changeable(tx, id, version).await?;
            if role.users > 0 {
                return Err(Problem::new(Code::InUse).detail(format!(
                    "{} users have this role, deactivated ones included. Give them another one first.",
                    role.users
                )));
            }
            store::delete(tx, id).await?;
            tx.record(Event::new("role", "deleted", id.uuid()), ()).await
        })
        .await
}

/// A role that the caller may change.
async fn changeable(tx: &mut Change<'_>, id: RoleId, version: i64) -> Result<Role, Problem> {
    let role = store::lock(tx, id).await?.ok_or_else(not_found)?;
    store::expect_covered(tx.actor(), &role.grants)?;
    if role.built_in {
        return Err(Problem::new(Code::Conflict)
            .detail("The role came with Masthead and cannot be changed. Make one of your own beside it."));
    }
    if role.version != version {
        return Err(Problem::new(Code::Stale).detail(format!(
            "The role is at version {}, you sent \"v{version}\". Read it again and send the new ETag.",
            role.version
        )));
    }
    Ok(role)
}

fn expect_sound(app: &App, new: &NewRole) -> Result<(), Problem> {
    let kinds = app.kinds.names();
    let problems = new.problems(&kinds);
    if problems.is_empty() {
        return Ok(());
    }
    Err(Problem::new(Code::Invalid)
        .detail("The role breaks a rule; errors names each place.")
        .fields(problems))
}

/// A subtree hangs below an entry that there is, and a locale is one of the site's.
async fn expect_places(tx: &mut Change<'_>, new: &NewRole) -> Result<(), Problem> {
    for (nth, grant) in new.grants.iter().enumerate() {
        if store::place_exists(tx, &grant.scope).await? {
            continue;
        }
        let (field, detail) = match &grant.scope {
            Scope::Subtree(entry) => ("entry", format!("There is no entry {entry}.")),
            _ => ("locale", "The site does not have this locale.".to_owned()),
        };
        let pointer = Pointer::root().field("grants").item(nth).field("scope").field(field);
        let problem = Problem::new(Code::ReferenceNotFound).detail(detail.clone());
        return Err(problem.field(pointer, FieldCode::NotFound, detail));
    }
    Ok(())
}

async fn written(tx: &mut Change<'_>, id: RoleId) -> Result<Role, Problem> {
    store::load(tx.conn(), Some(id)).await?.into_iter().next().ok_or_else(not_found)
}

fn not_found() -> Problem {
    Problem::new(Code::NotFound).detail("There is no role with this id.")
}
