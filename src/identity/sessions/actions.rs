//! What can be done with sessions and passwords.

use secrecy::SecretString;
use serde_json::json;

use super::model::{Caller, Session, SessionWindow};
use super::store;
use crate::app::App;
use crate::identity::limits::{self, Key};
use crate::identity::tokens::Secret;
use crate::identity::users::{self, Email, Password, PasswordHash};
use crate::platform::access::{Actor, Identity, InSession, Manage, Permit, Public, SignedIn, Users};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::id::{SessionId, UserId};
use crate::platform::problem::{Code, Problem};

/// A session that was just opened. Its secret is seen this once.
#[derive(Debug)]
pub struct Opened {
    /// What the cookie holds.
    pub secret: Secret,
    /// The session.
    pub session: SessionId,
    /// Who is signed in.
    pub user: UserId,
}

/// Signs somebody in by address and password. An unknown address and a wrong password have one answer and take one time.
///
/// # Errors
/// 401 `wrong_credentials`, 429 when too many were wrong, 503 when too many wait.
pub async fn log_in(
    app: &App,
    _: &Permit<Public>,
    caller: &Caller,
    (email, password): (&str, SecretString),
) -> Result<Opened, Problem> {
    let address = Key::address(&caller.network);
    let account = Key::account(email);
    let email = Email::parse(email).ok();
    let (found, known) = app
        .store
        .read(async |read| {
            let found = match &email {
                Some(email) => users::credentials(read, email).await?,
                None => None,
            };
            let known = match &found {
                Some(found) => store::known_from(read, found.user, &caller.address).await?,
                None => false,
            };
            Ok((found, known))
        })
        .await?;
    // Strangers can make an account wait, but not for where its owner has signed in before.
    let keys = if known { vec![address] } else { vec![address, account] };
    limits::claim(app, &keys).await?;
    let hash = found.as_ref().and_then(|found| found.hash.clone());
    let user = found.as_ref().map(|found| found.user);
    let good = PasswordHash::check(hash.as_ref(), password.clone()).await?;
    let (Some(user), Some(hash), true) = (user, hash, good) else {
        app.refusals.count("login", &caller.network, user);
        return Err(
            Problem::new(Code::WrongCredentials).detail("The e-mail address or the password is wrong.")
        );
    };
    let opened = open_with_password(app, caller, user, &hash).await?;
    limits::succeeded(app, Some(account), address).await?;
    if hash.is_outdated() {
        users::rehash(app, user, &hash, password).await?;
    }
    Ok(opened)
}

async fn open_with_password(
    app: &App,
    caller: &Caller,
    user: UserId,
    hash: &PasswordHash,
) -> Result<Opened, Problem> {
    let actor = as_user(user);
    app.store
        .change(&actor, async |tx| {
            // A password that was changed meanwhile opens nothing: its change has ended all sessions that there were.
            if !users::still_has(tx, user, hash).await? {
                return Err(Problem::new(Code::WrongCredentials)
                    .detail("The e-mail address or the password is wrong."));
            }
            let (opened, event) = open(app, tx, caller, user).await?;
            tx.record(event, opened).await
        })
        .await
}

/// Opens a session within a change that has proved who the user is.
///
/// # Errors
/// 500 when the machine gives no randomness.
pub async fn open(
    app: &App,
    tx: &mut Change<'_>,
    caller: &Caller,
    user: UserId,
) -> Result<(Opened, Event), Problem> {
    let secret = Secret::generate()?;
    let session: SessionId = app.ids.id();
    store::insert(tx, (session, user), &secret, caller).await?;
    let event = Event::new("session", "opened", session.uuid()).with(json!({ "user": user }));
    Ok((Opened { secret, session, user }, event))
}

/// The user as the actor of what is done while signing in.
#[must_use]
pub fn as_user(user: UserId) -> Actor {
    Actor::Identified(Identity { user, token: None, session: None, grants: Vec::new(), request_id: None })
}

/// Ends the session of the caller.
///
/// # Errors
/// When the database is away.
pub async fn log_out(app: &App, permit: &Permit<InSession>) -> Result<(), Problem> {
    let Some((user, session)) = own(permit.actor()) else { return Ok(()) };
    end_session(app, permit.actor(), session, Some(user)).await.map(|_| ())
}

/// The user and the session of somebody who is signed in by one.
fn own(actor: &Actor) -> Option<(UserId, SessionId)> {
    actor.identity().and_then(|identity| Some((identity.user, identity.session?)))
}

async fn end_session(
    app: &App,
    actor: &Actor,
    session: SessionId,
    of: Option<UserId>,
) -> Result<bool, Problem> {
    app.store
        .change(actor, async |tx| {
            if !store::end(tx, session, of).await? {
                return Ok(tx.nothing_changed(false));
            }
            tx.record(Event::new("session", "ended", session.uuid()), true).await
        })
        .await
}

/// Lists the sessions of a user that have not ended: one's own, or with the right to manage users those of anybody.
///
/// # Errors
/// 403 for those of somebody else without that right.
pub async fn list(
    app: &App,
    permit: &Permit<SignedIn>,
    wanted: SessionWindow,
) -> Result<Vec<Session>, Problem> {
    expect_own_or_managed(permit.actor(), wanted.user)?;
    app.store.read(async |read| store::list(read, wanted).await).await
}

/// A token has no sessions of its own: what it may do with those of its user, it may do with those of others.
fn expect_own_or_managed(actor: &Actor, user: UserId) -> Result<(), Problem> {
    if own(actor).is_some_and(|(own, _)| own == user) {
        return Ok(());
    }
    Permit::<Manage<Users>>::issue(actor).map(|_| ())
}

/// Ends a session: one's own, or with the right to manage users that of anybody whose rights lie within one's own.
///
/// # Errors
/// 403, 404 when there is none that the caller may know of.
pub async fn end(app: &App, permit: &Permit<SignedIn>, session: SessionId) -> Result<(), Problem> {
    let not_found =
        || Problem::new(Code::NotFound).detail("There is no open session with this id that you may end.");
    app.store
        .change(permit.actor(), async |tx| {
            let owner = store::owner(tx, session).await?.ok_or_else(not_found)?;
            if !own(permit.actor()).is_some_and(|(own, _)| own == owner) {
                Permit::<Manage<Users>>::issue(permit.actor()).map_err(|_| not_found())?;
                users::expect_within(tx, owner).await?;
            }
            if !store::end(tx, session, None).await? {
                return Err(not_found());
            }
            tx.record(Event::new("session", "ended", session.uuid()), ()).await
        })
        .await
}

/// Ends all sessions of the caller but the present one. Gives how many.
///
/// # Errors
/// When the database is away.
pub async fn end_others(app: &App, permit: &Permit<InSession>) -> Result<usize, Problem> {
    let Some(user) = permit.actor().user() else { return Ok(0) };
    let present = permit.actor().identity().and_then(|identity| identity.session);
    app.store
        .change(permit.actor(), async |tx| {
            let events = ended(tx, user, present).await?;
            let count = events.len();
            if count == 0 {
                return Ok(tx.nothing_changed(0));
            }
            tx.record_all(events, count).await
        })
        .await
}

/// Ends the sessions of a user within a change. Gives the events of it.
///
/// # Errors
/// When the database is away.
pub(in crate::identity) async fn ended(
    tx: &mut Change<'_>,
    user: UserId,
    except: Option<SessionId>,
) -> Result<Vec<Event>, Problem> {
    let ended = store::end_all(tx, user, except).await?;
    Ok(ended.into_iter().map(|id| Event::new("session", "ended", id)).collect())
}

/// Changes the password of the caller, who proves to know the present one. All other sessions end, and this one gets a
/// new secret.
///
/// # Errors
/// 403 `wrong_password`, 422 when the new one cannot be a password, 429 when too many were wrong.
pub async fn change_password(
    app: &App,
    permit: &Permit<InSession>,
    caller: &Caller,
    (current, new): (SecretString, Password),
) -> Result<Opened, Problem> {
    let (user, session) = own(permit.actor()).ok_or_else(|| Problem::new(Code::Forbidden))?;
    let keys = [Key::address(&caller.network), Key::account(&user.to_string())];
    limits::claim(app, &keys).await?;
    let hash = app.store.read(async |read| users::hash_of(read, user).await).await?;
    let good = PasswordHash::check(hash.as_ref(), current).await?;
    let (Some(hash), true) = (hash, good) else {
        app.refusals.count("password", &caller.network, Some(user));
        return Err(Problem::new(Code::WrongPassword).detail("The present password is wrong."));
    };
    limits::succeeded(app, Some(keys[1]), keys[0]).await?;
    let fresh = new.hash().await?;
    let secret = Secret::generate()?;
    app.store
        .change(permit.actor(), async |tx| {
            if !users::still_has(tx, user, &hash).await? {
                return Err(Problem::new(Code::WrongPassword).detail("The present password is wrong."));
            }
            users::set_password(tx, user, &fresh).await?;
            store::rotate(tx, session, &secret).await?;
            let mut events = ended(tx, user, Some(session)).await?;
            events.push(Event::new("user", "password_changed", user.uuid()));
            tx.record_all(events, Opened { secret, session, user }).await
        })
        .await
}
