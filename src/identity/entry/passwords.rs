//! Coming in by a password, and changing it.

use secrecy::SecretString;
use uuid::Uuid;

use super::links::notify;
use crate::app::App;
use crate::identity::limits::{self, Key};
use crate::identity::links;
use crate::identity::sessions::{self, Caller, Opened};
use crate::identity::users::{self, Email, Password, PasswordHash};
use crate::platform::access::{InSession, Permit, Public};
use crate::platform::event::Event;
use crate::platform::id::{Id, UserId};
use crate::platform::problem::{Code, Problem};

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
    let place = app.hashing.place()?;
    let address = Key::address(&caller.network);
    let folded = Email::parse(email).ok();
    let account = Key::account(folded.as_ref().map_or(email, Email::as_str));
    let (found, known) = app
        .store
        .read(async |read| {
            let found = match &folded {
                Some(email) => users::credentials(read, email).await?,
                None => None,
            };
            // Asked for nobody too, so that it takes no less time.
            let user = found.as_ref().map_or_else(|| Id::from_uuid(Uuid::nil()), |found| found.user);
            let known = sessions::known_from(read, user, &caller.address).await?;
            Ok((found, known))
        })
        .await?;
    // Strangers can make an account wait, but not for where its owner has signed in before.
    let keys = if known { vec![address] } else { vec![address, account] };
    limits::claim(app, &keys).await?;
    let hash = found.as_ref().and_then(|found| found.hash.clone());
    let user = found.as_ref().map(|found| found.user);
    let good = PasswordHash::check(place, hash.as_ref(), password.clone()).await?;
    let (Some(user), Some(hash), true) = (user, hash, good) else {
        app.refusals.count("login", &caller.network, user);
        return Err(
            Problem::new(Code::WrongCredentials).detail("The e-mail address or the password is wrong.")
        );
    };
    let opened = open_with_password(app, caller, user, &hash).await?;
    limits::succeeded(app, Some(account), address).await?;
    if hash.is_outdated() {
        // Bookkeeping must not stand in the way of an answer: the session is open already.
        let rehashed = users::rehash(app, &caller.signs_in_as(user), (user, &hash), password).await;
        if let Err(problem) = rehashed {
            tracing::warn!(%problem, "a password could not be hashed anew");
        }
    }
    Ok(opened)
}

async fn open_with_password(
    app: &App,
    caller: &Caller,
    user: UserId,
    hash: &PasswordHash,
) -> Result<Opened, Problem> {
    let actor = caller.signs_in_as(user);
    app.store
        .change(&actor, async |tx| {
            // A password that was changed meanwhile opens nothing: its change has ended all sessions that there were.
            if !users::still_has(tx, user, hash).await? {
                return Err(Problem::new(Code::WrongCredentials)
                    .detail("The e-mail address or the password is wrong."));
            }
            let (opened, event) = sessions::open(app, tx, caller, user).await?;
            tx.record(event, opened).await
        })
        .await
}

/// Changes the password of the caller, who proves to know the present one. All other sessions end, links let in no more, and
/// this session gets a new secret.
///
/// # Errors
/// 403 `wrong_password`, 422 when the new one cannot be a password, 429 when too many were wrong.
pub async fn change_password(
    app: &App,
    permit: &Permit<InSession>,
    caller: &Caller,
    (current, new): (SecretString, Password),
) -> Result<Opened, Problem> {
    let (user, session) = sessions::own(permit.actor()).ok_or_else(|| Problem::new(Code::Forbidden))?;
    let place = app.hashing.place()?;
    let keys = [Key::address(&caller.network), Key::account(&user.to_string())];
    limits::claim(app, &keys).await?;
    let hash = app.store.read(async |read| users::hash_of(read, user).await).await?;
    let good = PasswordHash::check(place, hash.as_ref(), current).await?;
    let (Some(hash), true) = (hash, good) else {
        app.refusals.count("password", &caller.network, Some(user));
        return Err(Problem::new(Code::WrongPassword).detail("The present password is wrong."));
    };
    limits::succeeded(app, Some(keys[1]), keys[0]).await?;
    let known = users::signed_in(app, user).await?;
    let fresh = new.hash(&app.hashing, (&known.email, &known.name), "new").await?;
    app.store
        .change(permit.actor(), async |tx| {
            if !users::still_has(tx, user, &hash).await? {
                return Err(Problem::new(Code::WrongPassword).detail("The present password is wrong."));
            }
            users::set_password(tx, user, &fresh).await?;
            // Whoever got hold of a link must not undo the change.
            links::revoke(&mut tx.housekeeping(), user).await?;
            let opened = sessions::rotate(tx, user, session).await?;
            let mut events = sessions::ended(tx, user, Some(session)).await?;
            notify(app, tx, user).await?;
            events.push(Event::new("user", "password_changed", user.uuid()));
            tx.record_all(events, opened).await
        })
        .await
}
