//! Coming in by a one-time link.

use serde_json::json;

use crate::app::App;
use crate::identity::limits::{self, Key};
use crate::identity::links::{self, Letter, Purpose};
use crate::identity::sessions::{self, Caller, Opened};
use crate::identity::users::{self, Email, Password, PasswordHash, PersonName};
use crate::platform::access::{Actor, Permit, Public};
use crate::platform::db::Change;
use crate::platform::event::Event;
use crate::platform::id::UserId;
use crate::platform::problem::{Code, FieldCode, FieldProblem, Pointer, Problem};

/// What the holder of a link chooses.
#[derive(Debug, Clone)]
pub struct Chosen {
    /// The password.
    pub password: Password,
    /// What they are called; needed for the first administrator.
    pub name: Option<PersonName>,
    /// What they sign in with; needed for the first administrator.
    pub email: Option<Email>,
}

impl Chosen {
    /// Refuses what such a link does not let its holder choose, rather than passing it over.
    fn fits(&self, purpose: Purpose) -> Result<(), Problem> {
        let name = self.name.is_some() && matches!(purpose, Purpose::Reset(_));
        let email = self.email.is_some() && purpose != Purpose::Setup;
        let refused = [("name", name), ("email", email)].into_iter().filter(|(_, refused)| *refused);
        let detail = "This link lets its holder choose no other.";
        let fields: Vec<FieldProblem> = refused
            .map(|(field, _)| {
                FieldProblem::new(Pointer::root().field(field), FieldCode::NotAllowed, detail.to_owned())
            })
            .collect();
        if fields.is_empty() {
            return Ok(());
        }
        Err(Problem::new(Code::Invalid)
            .detail("The link changes neither who you are nor your address.")
            .fields(fields))
    }
}

/// Uses a link up: sets the password, ends what other sessions there are, and signs in.
///
/// # Errors
/// 401 for a link that is unknown, used, expired or revoked, which is not told apart; 409 when the first administrator is
/// there already or the address is taken; 422; 429.
pub async fn redeem(
    app: &App,
    _: &Permit<Public>,
    caller: &Caller,
    (secret, chosen): (&str, Chosen),
) -> Result<Opened, Problem> {
    let address = Key::address(&caller.network);
    limits::claim(app, &[address]).await?;
    // Looked at first, so that nobody without a link has a password hashed.
    let found = app.store.read(async |read| links::find(read, secret).await).await;
    let purpose = found.inspect_err(|_| app.refusals.count("link", &caller.network, None))?;
    chosen.fits(purpose)?;
    let hash = hash(app, purpose, &chosen).await?;
    let actor = match purpose.user() {
        Some(user) => caller.signs_in_as(user),
        None => Actor::system("one-time link of the first start"),
    };
    let opened = app
        .store
        .change(&actor, async |tx| {
            let (user, mut events) = match links::redeem(tx, secret).await?.purpose {
                Purpose::Setup => first_administrator(app, tx, &chosen, &hash).await?,
                Purpose::Invitation(user) => {
                    if let Some(name) = &chosen.name {
                        users::rename(tx, user, name).await?;
                    }
                    (user, with_password(tx, (user, "invitation_accepted"), &hash).await?)
                }
                Purpose::Reset(user) => {
                    notify(app, tx, user).await?;
                    (user, with_password(tx, (user, "password_changed"), &hash).await?)
                }
            };
            let (opened, event) = sessions::open(app, tx, caller, user).await?;
            events.push(event);
            tx.record_all(events, opened).await
        })
        .await?;
    limits::succeeded(app, None, address).await?;
    Ok(opened)
}

/// Hashes the password that was chosen, with regard to what is known about its user.
async fn hash(app: &App, purpose: Purpose, chosen: &Chosen) -> Result<PasswordHash, Problem> {
    let known = match purpose.user() {
        Some(user) => Some(users::signed_in(app, user).await?),
        None => None,
    };
    let (email, name) = known.as_ref().map_or(("", ""), |user| (&user.email, &user.name));
    let email = chosen.email.as_ref().map_or(email, Email::as_str);
    let name = chosen.name.as_ref().map_or(name, PersonName::as_str);
    chosen.password.clone().hash(&app.hashing, (email, name), "password").await
}

async fn first_administrator(
    app: &App,
    tx: &mut Change<'_>,
    chosen: &Chosen,
    hash: &PasswordHash,
) -> Result<(UserId, Vec<Event>), Problem> {
    let missing = |field: &str| {
        let detail = format!("The first administrator needs a {field}.");
        Problem::new(Code::Invalid).detail(detail.clone()).field(
            Pointer::root().field(field),
            FieldCode::Required,
            detail,
        )
    };
    let name = chosen.name.as_ref().ok_or_else(|| missing("name"))?;
    let email = chosen.email.as_ref().ok_or_else(|| missing("email"))?;
    let id: UserId = app.ids.id();
    let role = users::insert_administrator(tx, id, (email, name), hash).await?;
    Ok((id, vec![Event::new("user", "added", id.uuid()).with(json!({ "role": role }))]))
}

async fn with_password(
    tx: &mut Change<'_>,
    (user, verb): (UserId, &str),
    hash: &PasswordHash,
) -> Result<Vec<Event>, Problem> {
    users::set_password(tx, user, hash).await?;
    // Another link that is still about would let somebody change it again.
    links::revoke(&mut tx.housekeeping(), user).await?;
    let mut events = sessions::ended(tx, user, None).await?;
    events.push(Event::new("user", verb, user.uuid()));
    Ok(events)
}

/// Tells a user by mail that the password was changed, where there is mail.
pub(super) async fn notify(app: &App, tx: &mut Change<'_>, user: UserId) -> Result<(), Problem> {
    if app.mail.is_some() {
        links::enqueue(&mut tx.housekeeping(), app.ids, &Letter::PasswordChanged(user)).await?;
    }
    Ok(())
}

/// Notes that somebody asks for a password reset. Whether there is such an account is found out later, when the mail is
/// sent, so that neither the answer nor its time tells. Gives whether this installation sends mail at all.
///
/// # Errors
/// 429 when it was asked too often.
pub async fn ask_for_reset(
    app: &App,
    _: &Permit<Public>,
    caller: &Caller,
    email: &Email,
) -> Result<bool, Problem> {
    limits::claim(app, &[Key::address(&caller.network), Key::reset(email.as_str())]).await?;
    if app.mail.is_none() {
        return Ok(false);
    }
    let letter = Letter::ResetAsked(email.clone());
    app.store.housekeep(async |work| links::enqueue(work, app.ids, &letter).await).await?;
    Ok(true)
}
