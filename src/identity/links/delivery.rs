//! The worker's part: sends the mail that is due. No transaction is open while the mail server is spoken to. The link of a
//! mail stands in the database before the mail leaves; once it has left, earlier links are revoked, and when it could not
//! leave, the link is removed and the earlier ones stay good.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::actions::make;
use super::letter;
use super::model::{Link, Occasion};
use super::store::{self, Leased, Person};
use crate::app::App;
use crate::platform::id::Id;
use crate::platform::mail::{Mail, MailError, Mailer};
use crate::platform::problem::Problem;

/// A mail that is ready to be written.
struct Ready {
    mail: Uuid,
    occasion: Occasion,
    person: Person,
    link: Option<Link>,
    asked_at: DateTime<Utc>,
    at: DateTime<Utc>,
}

/// What came of the mail that was due next.
enum Step {
    /// None was due.
    Nothing,
    /// It is for nobody, and done with.
    Closed,
    /// It can be sent.
    Send(Box<Ready>),
}

/// Sends what is due, one after the other, and stops at the first that cannot be sent: the server may be away. Gives how
/// many were sent; none where no server is named.
///
/// # Errors
/// When the database is away.
pub async fn deliver(app: &App) -> Result<usize, Problem> {
    let Some(mailer) = &app.mail else { return Ok(0) };
    let mut sent = 0;
    loop {
        match next(app).await? {
            Step::Nothing => return Ok(sent),
            Step::Closed => {}
            Step::Send(ready) => {
                if !send(app, mailer, *ready).await? {
                    return Ok(sent);
                }
                sent += 1;
            }
        }
    }
}

/// Leases the mail that is due next, and makes its link.
async fn next(app: &App) -> Result<Step, Problem> {
    app.store
        .housekeep(async |work| {
            let Some(leased) = store::lease(work).await? else { return Ok(Step::Nothing) };
            let Some(occasion) = leased.occasion() else {
                store::give_up(work, leased.id, "this version does not know the purpose").await?;
                return Ok(Step::Closed);
            };
            let Some(person) = store::person(work, &leased).await? else {
                match occasion {
                    // That nobody has the address is to be seen nowhere.
                    Occasion::ResetAsked => store::sent(work, leased.id).await?,
                    _ => store::give_up(work, leased.id, "the account is deactivated").await?,
                }
                return Ok(Step::Closed);
            };
            let link = match occasion.link(Id::from_uuid(person.id)) {
                Some(purpose) => Some(make(work, app.ids, purpose).await?),
                None => None,
            };
            Ok(Step::Send(Box::new(ready(&leased, occasion, person, link))))
        })
        .await
}

fn ready(leased: &Leased, occasion: Occasion, person: Person, link: Option<Link>) -> Ready {
    Ready { mail: leased.id, occasion, person, link, asked_at: leased.created_at, at: leased.at }
}

/// Sends one mail and notes how it went; gives whether it left.
async fn send(app: &App, mailer: &Mailer, ready: Ready) -> Result<bool, Problem> {
    let written = letter::write(
        &app.public_url,
        &ready.person.name,
        ready.occasion,
        ready.link.as_ref(),
        ready.asked_at,
    );
    let mail = Mail {
        id: Id::from_uuid(ready.mail),
        name: ready.person.name.clone(),
        address: ready.person.email.clone(),
        subject: written.subject,
        text: written.text,
        html: written.html,
        at: ready.at,
    };
    match mailer.send(mail).await {
        Ok(()) => {
            app.store
                .housekeep(async |work| {
                    if let Some(link) = &ready.link {
                        store::revoke_earlier(work, link.purpose, link.id).await?;
                    }
                    store::sent(work, ready.mail).await
                })
                .await?;
            Ok(true)
        }
        Err(error) => failed(app, &ready, &error).await.map(|()| false),
    }
}

async fn failed(app: &App, ready: &Ready, error: &MailError) -> Result<(), Problem> {
    let reason = error.to_string();
    let (attempts, given_up) = app
        .store
        .housekeep(async |work| {
            if let Some(link) = &ready.link {
                store::take_back(work, link.id).await?;
            }
            if matches!(error, MailError::Recipient) {
                store::give_up(work, ready.mail, &reason).await?;
                return Ok((1, true));
            }
            let retry = store::put_off(work, ready.mail, &reason).await?;
            Ok((retry.attempts, retry.given_up))
        })
        .await?;
    tracing::warn!(mail = %ready.mail, purpose = ready.occasion.as_str(), attempts, given_up, reason, "a mail was not sent");
    Ok(())
}
