//! What can be done with users. Nobody gives, takes or changes rights that they do not have themselves.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::json;

use super::model::{Email, PersonName, User, UserState, UserWindow};
use super::password::{Password, PasswordHash};
use super::store;
use crate::app::App;
use crate::identity::links::{self, Letter, Purpose};
use crate::identity::{roles, sessions};
use crate::platform::access::{Actor, Manage, Permit, Read, SignedIn, Users};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::id::{RoleId, UserId};
use crate::platform::problem::{Code, FieldCode, Problem};

/// What makes an account.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// What the person signs in with.
    pub email: Email,
    /// What the person is called.
    pub name: PersonName,
    /// The name of a role: `admin`, `editor`, `author`, `reviewer`, `viewer`, or one of the site's own.
    pub role: String,
    /// The password.
    pub password: Password,
}

/// Who a person is and what they may do.
#[derive(Debug, Clone)]
pub struct Profile {
    /// What the person signs in with.
    pub email: Email,
    /// What the person is called.
    pub name: PersonName,
    /// The name of a role.
    pub role: String,
}

/// How a link reaches its user.
#[derive(Debug, Clone)]
pub enum Invited {
    /// By mail, which is sent within seconds.
    Mailed,
    /// By the hand of whoever asked: this installation sends no mail.
    Link {
        /// The address to open. It is seen this once.
        link: String,
        /// When it stops letting in.
        expires_at: DateTime<Utc>,
    },
}

/// Adds a user who has a password.
///
/// # Errors
/// 409 when the address is taken, 422 when there is no such role.
pub async fn add(app: &App, permit: &Permit<Manage<Users>>, account: NewAccount) -> Result<UserId, Problem> {
    let about = (account.email.as_str(), account.name.as_str());
    // Hashed before the transaction: it takes longer than everything in it.
    let hash = account.password.hash(&app.hashing, about, "password").await?;
    let id: UserId = app.ids.id();
    app.store
        .change(permit.actor(), async |tx| {
            let role = given_role(tx, &account.role).await?;
            store::insert(tx, id, (&account.email, &account.name), role, Some(&hash)).await?;
            let event = Event::new("user", "added", id.uuid()).with(json!({ "role": role }));
            tx.record(event, id).await
        })
        .await
}

/// Adds an administrator within a change that has proved that somebody may be the first. Gives the role.
///
/// # Errors
/// 409 when the address is taken.
pub async fn insert_administrator(
    tx: &mut Change<'_>,
    id: UserId,
    person: (&Email, &PersonName),
    hash: &PasswordHash,
) -> Result<RoleId, Problem> {
    let role = roles::find_by_name(tx, "admin").await?;
    let role = role.ok_or_else(|| Problem::internal("the database has no role admin"))?;
    store::insert(tx, id, person, role, Some(hash)).await?;
    Ok(role)
}

/// Adds a user who chooses a password by a link: it is sent by mail, or without mail given to the caller, this once.
///
/// # Errors
/// 403 for a role with more rights than the caller's, 409 when the address is taken, 422 when there is no such role.
pub async fn invite(
    app: &App,
    permit: &Permit<Manage<Users>>,
    profile: Profile,
) -> Result<(User, Invited), Problem> {
    let id: UserId = app.ids.id();
    app.store
        .change(permit.actor(), async |tx| {
            let role = given_role(tx, &profile.role).await?;
            store::insert(tx, id, (&profile.email, &profile.name), role, None).await?;
            let invited = send(app, tx, Purpose::Invitation(id), profile.name.as_str()).await?;
            let user = written(tx, id).await?;
            let event = Event::new("user", "invited", id.uuid()).with(json!({ "role": role }));
            tx.record(event, (user, invited)).await
        })
        .await
}

/// Sends a new link: an invitation to one who is invited, a password reset to one who is active. Earlier ones end.
///
/// # Errors
/// 403 when the user has more rights than the caller, or is the one for whom a token speaks; 404; 409 for one who is
/// deactivated.
pub async fn send_link(app: &App, permit: &Permit<Manage<Users>>, id: UserId) -> Result<Invited, Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let user = locked(tx, id).await?;
            expect_no_token_of(tx.actor(), id)?;
            let (purpose, verb) = match user.state {
                UserState::Invited => (Purpose::Invitation(id), "invited"),
                UserState::Active => (Purpose::Reset(id), "reset_sent"),
                UserState::Deactivated => {
                    return Err(Problem::new(Code::Conflict)
                        .detail("The user is deactivated. Reactivate the account first."));
                }
            };
            let invited = send(app, tx, purpose, &user.name).await?;
            tx.record(Event::new("user", verb, id.uuid()), invited).await
        })
        .await
}

/// A user.
///
/// # Errors
/// 404.
pub async fn get(app: &App, _: &Permit<Read<Users>>, id: UserId) -> Result<User, Problem> {
    app.store.read(async |read| store::find(read.conn(), id).await).await?.ok_or_else(not_found)
}

/// The caller.
///
/// # Errors
/// 404 for the system, which is no user.
pub async fn me(app: &App, permit: &Permit<SignedIn>) -> Result<User, Problem> {
    let Some(id) = permit.actor().user() else { return Err(not_found()) };
    app.store.read(async |read| store::find(read.conn(), id).await).await?.ok_or_else(not_found)
}

/// A user whose account is spoken of: who has just signed in, or is given another password.
///
/// # Errors
/// 404 when the account is gone, which it never is.
pub async fn signed_in(app: &App, id: UserId) -> Result<User, Problem> {
    app.store.read(async |read| store::find(read.conn(), id).await).await?.ok_or_else(not_found)
}

/// Lists users, the newest first.
///
/// # Errors
/// When the database is away.
pub async fn list(app: &App, _: &Permit<Read<Users>>, wanted: &UserWindow) -> Result<Vec<User>, Problem> {
    app.store.read(async |read| store::list(read, wanted).await).await
}

/// Changes name, address and role of a user. A new role acts on the next request; with a new address links let in no more,
/// and all sessions end but the one in which it is changed.
///
/// # Errors
/// 403 when the old or the new role has more rights than the caller, or a token changes the address of its user; 404; 409
/// when the address is taken or the last administrator would be gone; 412; 422 when there is no such role.
pub async fn update(
    app: &App,
    permit: &Permit<Manage<Users>>,
    (id, version): (UserId, i64),
    profile: Profile,
) -> Result<User, Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let before = locked(tx, id).await?;
            before.expect_version(version)?;
            let role = given_role(tx, &profile.role).await?;
            let mut changed = Vec::new();
            for (name, differs) in [
                ("email", before.email != profile.email.as_str()),
                ("name", before.name != profile.name.as_str()),
                ("role", before.role_id != role),
            ] {
                changed.extend(differs.then_some(name));
            }
            if changed.is_empty() {
                return Ok(tx.nothing_changed(before));
            }
            let mut events = Vec::new();
            if changed.contains(&"email") {
                expect_no_token_of(tx.actor(), id)?;
                // A link that went to the old address is in other hands, perhaps because the address was wrong.
                links::revoke(&mut tx.housekeeping(), id).await?;
                let own = sessions::own(tx.actor()).filter(|(user, _)| *user == id);
                events = sessions::ended(tx, id, own.map(|(_, session)| session)).await?;
            }
            store::update(tx, id, (&profile.email, &profile.name), role).await?;
            let after = written(tx, id).await?;
            let data = json!({ "changed": changed, "role": role });
            events.push(Event::new("user", "changed", id.uuid()).with(data));
            tx.record_all(events, after).await
        })
        .await
}

/// Keeps a user from signing in and ends all sessions; tokens are refused while it lasts. Nothing else changes.
///
/// # Errors
/// 403 when the user has more rights than the caller, 404, 409 for the last administrator, 412.
pub async fn deactivate(
    app: &App,
    permit: &Permit<Manage<Users>>,
    seen: (UserId, i64),
) -> Result<User, Problem> {
    set_active(app, permit, seen, false).await
}

/// Lets a user who was deactivated sign in again.
///
/// # Errors
/// As [`deactivate`].
pub async fn reactivate(
    app: &App,
    permit: &Permit<Manage<Users>>,
    seen: (UserId, i64),
) -> Result<User, Problem> {
    set_active(app, permit, seen, true).await
}

async fn set_active(
    app: &App,
    permit: &Permit<Manage<Users>>,
    (id, version): (UserId, i64),
    active: bool,
) -> Result<User, Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let before = locked(tx, id).await?;
            before.expect_version(version)?;
            if (before.state != UserState::Deactivated) == active {
                return Ok(tx.nothing_changed(before));
            }
            store::set_active(tx, id, active).await?;
            let mut events = Vec::new();
            if !active {
                links::revoke(&mut tx.housekeeping(), id).await?;
                events = sessions::ended(tx, id, None).await?;
            }
            let after = written(tx, id).await?;
            let verb = if active { "reactivated" } else { "deactivated" };
            events.push(Event::new("user", verb, id.uuid()));
            tx.record_all(events, after).await
        })
        .await
}

/// Gives a user another password and ends all sessions: how the operator helps somebody who is locked out.
///
/// # Errors
/// 404.
pub async fn reset_password(
    app: &App,
    permit: &Permit<Manage<Users>>,
    id: UserId,
    password: Password,
) -> Result<(), Problem> {
    let user = signed_in(app, id).await?;
    let hash = password.hash(&app.hashing, (&user.email, &user.name), "password").await?;
    app.store
        .change(permit.actor(), async |tx| {
            locked(tx, id).await?;
            store::set_password(tx, id, &hash).await?;
            links::revoke(&mut tx.housekeeping(), id).await?;
            let mut events = sessions::ended(tx, id, None).await?;
            events.push(Event::new("user", "password_changed", id.uuid()));
            tx.record_all(events, ()).await
        })
        .await
}

/// Replaces the hash of a password, just proved right, by one with the present parameters.
///
/// # Errors
/// When the database is away.
pub async fn rehash(
    app: &App,
    actor: &Actor,
    (user, old): (UserId, &PasswordHash),
    password: SecretString,
) -> Result<(), Problem> {
    let new = PasswordHash::of(&app.hashing, password).await?;
    app.store
        .change(actor, async |tx| {
            if !store::replace_hash(tx, user, (old, &new)).await? {
                return Ok(tx.nothing_changed(()));
            }
            tx.record(Event::new("user", "password_rehashed", user.uuid()), ()).await
        })
        .await
}

/// Whether someone can let others in.
///
/// # Errors
/// When the database is away.
pub async fn administrator_exists(app: &App) -> Result<bool, Problem> {
    app.store.read(async |read| store::administrator_exists(read.conn()).await).await
}

async fn send(app: &App, tx: &mut Change<'_>, purpose: Purpose, name: &str) -> Result<Invited, Problem> {
    let letter = match purpose {
        Purpose::Invitation(user) => Some(Letter::Invitation(user)),
        Purpose::Reset(user) => Some(Letter::Reset(user)),
        Purpose::Setup => None,
    };
    if let (Some(letter), Some(_)) = (letter, &app.mail) {
        links::enqueue(&mut tx.housekeeping(), app.ids, &letter).await?;
        return Ok(Invited::Mailed);
    }
    let link = links::issue(&mut tx.housekeeping(), app.ids, purpose).await?;
    let name = matches!(purpose, Purpose::Invitation(_)).then_some(name);
    Ok(Invited::Link { link: link.address(&app.public_url, name), expires_at: link.expires_at })
}

/// The role of that name, if the caller may give it: its rights must not reach further than their own.
async fn given_role(tx: &mut Change<'_>, name: &str) -> Result<RoleId, Problem> {
    let Some(role) = roles::find_by_name(tx, name).await? else {
        let names = roles::names(tx).await?.join(", ");
        let detail = format!("There is no role {name:?}; there are {names}.");
        return Err(Problem::new(Code::Invalid).detail(detail.clone()).field(
            "/role",
            FieldCode::NotFound,
            detail,
        ));
    };
    roles::expect_within(tx, role).await?;
    Ok(role)
}

/// A user whom the caller may change: their rights must not reach further than the caller's.
async fn locked(tx: &mut Change<'_>, id: UserId) -> Result<User, Problem> {
    let user = store::lock(tx, id).await?.ok_or_else(not_found)?;
    roles::expect_within(tx, user.role_id).await?;
    Ok(user)
}

/// Refuses that a token gets hold of the account for which it speaks: it would outlive its own end.
fn expect_no_token_of(actor: &Actor, id: UserId) -> Result<(), Problem> {
    if actor.token().is_some() && actor.user() == Some(id) {
        return Err(Problem::new(Code::Forbidden).detail(
            "A token changes neither the password nor the address of its own user. Log in to do so.",
        ));
    }
    Ok(())
}

async fn written(tx: &mut Change<'_>, id: UserId) -> Result<User, Problem> {
    store::find(tx.conn(), id).await?.ok_or_else(not_found)
}

fn not_found() -> Problem {
    Problem::new(Code::NotFound).detail("There is no user with this id.")
}
