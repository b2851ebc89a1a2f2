//! What can be done with sessions.

use serde_json::json;

use super::model::{Caller, Session, SessionWindow};
use super::store;
use crate::app::App;
use crate::identity::roles;
use crate::platform::access::{Actor, InSession, Manage, Permit, SignedIn, Users};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::id::{SessionId, UserId};
use crate::platform::problem::{Code, Problem};
use crate::platform::secret::{Prefix, Secret};

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
    let secret = Secret::generate(Prefix::Session)?;
    let session: SessionId = app.ids.id();
    store::insert(tx, (session, user), &secret, caller).await?;
    let event = Event::new("session", "opened", session.uuid()).with(json!({ "user": user }));
    Ok((Opened { secret, session, user }, event))
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
#[must_use]
pub fn own(actor: &Actor) -> Option<(UserId, SessionId)> {
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
            if own(permit.actor()).is_none_or(|(own, _)| own != owner) {
                Permit::<Manage<Users>>::issue(permit.actor()).map_err(|_| not_found())?;
                roles::expect_within_of(tx, owner).await?;
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

/// Gives the session of the caller another secret within a change.
///
/// # Errors
/// When the machine gives no randomness, or the database is away.
pub async fn rotate(tx: &mut Change<'_>, user: UserId, session: SessionId) -> Result<Opened, Problem> {
    let secret = Secret::generate(Prefix::Session)?;
    store::rotate(tx, session, &secret).await?;
    Ok(Opened { secret, session, user })
}
