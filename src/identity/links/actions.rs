//! What can be done with links and with mail that is due. Both are bookkeeping; the event of a redeemed link is about the
//! account that it changes, and whoever redeems records it.

use super::model::{Letter, Link, Purpose, Redeemed};
use super::store;
use crate::app::App;
use crate::platform::db::{Change, Housekeeping, Read};
use crate::platform::id::{Ids, MailId, UserId};
use crate::platform::problem::{Code, Problem};
use crate::platform::secret::{Prefix, Secret};

/// Makes a link, to be shown at once to whoever may have it. Earlier links of the same purpose for the same account no
/// longer let in.
///
/// # Errors
/// 409 when it is for the first administrator and there is one.
pub async fn issue(work: &mut Housekeeping<'_>, ids: Ids, purpose: Purpose) -> Result<Link, Problem> {
    if purpose == Purpose::Setup {
        store::lock_administrators(work).await?;
        if store::administrator_exists(work).await? {
            return Err(Problem::new(Code::Conflict)
                .detail("There is an administrator already, who can invite others."));
        }
    }
    let link = make(work, ids, purpose).await?;
    store::revoke_earlier(work, purpose, link.id).await?;
    Ok(link)
}

/// Makes a link and leaves earlier ones as they are, until it is certain that this one has arrived.
pub(super) async fn make(work: &mut Housekeeping<'_>, ids: Ids, purpose: Purpose) -> Result<Link, Problem> {
    let (id, secret) = (ids.id(), Secret::generate(Prefix::Link)?);
    let expires_at = store::insert(work, id, purpose, secret.digest()).await?;
    Ok(Link { id, purpose, secret, expires_at })
}

/// A link by which the first administrator comes in, or nothing when there is one.
///
/// # Errors
/// When the database is away.
pub async fn setup(app: &App) -> Result<Option<Link>, Problem> {
    match app.store.housekeep(async |work| issue(work, app.ids, Purpose::Setup).await).await {
        Ok(link) => Ok(Some(link)),
        Err(problem) if problem.code() == Code::Conflict => Ok(None),
        Err(problem) => Err(problem),
    }
}

/// What a link is for, without using it.
///
/// # Errors
/// 401 as [`redeem`].
pub async fn find(read: &mut Read<'_>, secret: &str) -> Result<Purpose, Problem> {
    let secret = Secret::parse(Prefix::Link, secret.trim()).ok_or_else(spent)?;
    store::find(read, secret.digest()).await?.ok_or_else(spent)
}

/// Uses a link: of all who try at once, one gets through, and when its change is taken back, so is the use. A link for the
/// first administrator lets in only while there is none, and no other change makes one meanwhile.
///
/// # Errors
/// 401 when the link is unknown, used, expired or revoked, or its account deactivated; the answer does not say which.
pub async fn redeem(tx: &mut Change<'_>, secret: &str) -> Result<Redeemed, Problem> {
    let secret = Secret::parse(Prefix::Link, secret.trim()).ok_or_else(spent)?;
    let redeemed = store::take(tx, secret.digest()).await?.ok_or_else(spent)?;
    if redeemed.purpose == Purpose::Setup {
        let work = &mut tx.housekeeping();
        store::lock_administrators(work).await?;
        if store::administrator_exists(work).await? {
            return Err(spent());
        }
    }
    Ok(redeemed)
}

fn spent() -> Problem {
    Problem::new(Code::InvalidToken).detail(
        "The link does not work: it was used, has expired, or was replaced by a newer one. Ask for a new link.",
    )
}

/// Makes every link of an account useless that was not used yet. To be called when its password is changed or it is
/// deactivated.
///
/// # Errors
/// When the database is away.
pub async fn revoke(work: &mut Housekeeping<'_>, user: UserId) -> Result<(), Problem> {
    store::revoke_all(work, user).await
}

/// Puts a mail into the queue; the worker sends it. Within a change it becomes due with its commit.
///
/// # Errors
/// When the database is away.
pub async fn enqueue(work: &mut Housekeeping<'_>, ids: Ids, letter: &Letter) -> Result<MailId, Problem> {
    let id = ids.id();
    store::enqueue(work, id, letter).await?;
    Ok(id)
}

/// Removes what has been over for 30 days: mail that was sent or given up, links that have expired. Gives how many rows.
///
/// # Errors
/// When the database is away.
pub async fn forget(app: &App) -> Result<usize, Problem> {
    app.store
        .housekeep(async |work| Ok(store::forget_mails(work).await? + store::forget_links(work).await?))
        .await
}

/// How many mails wait to be sent.
///
/// # Errors
/// When the database is away.
pub async fn queued(app: &App) -> Result<i64, Problem> {
    app.store.read(async |read| store::queued(read).await).await
}
