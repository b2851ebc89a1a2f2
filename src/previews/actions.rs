//! Making, listing and ending links, and what opening one gives. The maker's rights are looked up each time.

use chrono::{DateTime, Duration, DurationRound as _, SubsecRound as _, Utc};
use serde_json::json;
use uuid::Uuid;

use super::model::{LinkWindow, MadeLink, PreviewLink};
use super::store;
use crate::app::App;
use crate::delivery::History;
use crate::documents::Which;
use crate::documents::drafted::{self, Draft};
use crate::identity::roles;
use crate::platform::access::{
    Actor, AnyContent, Guest, Identity, Permit, Read as ReadPermission, Sees, SignedIn, Subject, Write,
};
use crate::platform::db::Read;
use crate::platform::event::Event;
use crate::platform::http::{CursorScope, IdWindow};
use crate::platform::problem::{Code, Problem};
use crate::platform::secret::{Prefix, Secret};

/// A signed address of media is good until the end of the hour after this one.
const SIGNED_HOURS: i64 = 2;
const SIGNED: CursorScope<'static> = CursorScope { list: "previews.media", query: "" };
/// How often an opening is worth a write.
const COUNT_EVERY: Duration = Duration::minutes(1);

/// Makes a link to a draft.
pub(super) async fn make_for_document(
    app: &App,
    permit: &Permit<Write<AnyContent>>,
    which: Which<'_>,
    (revision, days): (Option<i32>, i32),
) -> Result<MadeLink, Problem> {
    let user = permit.actor().user().ok_or_else(nobody)?;
    let secret = Secret::generate(Prefix::Preview)?;
    app.store
        .change(permit.actor(), async |tx| {
            let locale = match which.locale {
                Some(locale) => locale.to_owned(),
                None => tx.default_locale().await?,
            };
            let draft = Draft { entry: which.entry, locale: &locale, revision };
            let (_, path) = drafted::previewable(app, tx, permit, draft).await?;
            let sees = Sees::Draft { entry: which.entry, locale, revision };
            let link = store::insert(tx, (app.ids.uuid(), secret.digest()), &sees, user, days).await?;
            let event = made(&link);
            tx.record(event, MadeLink { link, secret, path }).await
        })
        .await
}

/// Makes a link to the site as of an instant.
pub(super) async fn make_for_site(
    app: &App,
    permit: &Permit<ReadPermission<History>>,
    at: DateTime<Utc>,
    days: i32,
) -> Result<MadeLink, Problem> {
    all_history(permit)?;
    let user = permit.actor().user().ok_or_else(nobody)?;
    let secret = Secret::generate(Prefix::Preview)?;
    app.store
        .change(permit.actor(), async |tx| {
            let sees = Sees::Site { at: at.trunc_subsecs(6) };
            let link = store::insert(tx, (app.ids.uuid(), secret.digest()), &sees, user, days).await?;
            let event = made(&link);
            tx.record(event, MadeLink { link, secret, path: None }).await
        })
        .await
}

/// The links to a document, the newest first.
pub(super) async fn list_of_document(
    app: &App,
    permit: &Permit<ReadPermission<AnyContent>>,
    which: Which<'_>,
    window: IdWindow,
) -> Result<Vec<PreviewLink>, Problem> {
    app.store
        .read(async |read| {
            let locale = which.locale.map_or_else(|| read.locale.clone(), str::to_owned);
            let draft = Draft { entry: which.entry, locale: &locale, revision: None };
            drafted::expect_reached(read.conn(), permit, draft).await?;
            store::list(read, LinkWindow { of: Some((which.entry, &locale)), window }).await
        })
        .await
}

/// The links to the site, the newest first.
pub(super) async fn list_of_site(
    app: &App,
    permit: &Permit<ReadPermission<History>>,
    window: IdWindow,
) -> Result<Vec<PreviewLink>, Problem> {
    all_history(permit)?;
    app.store.read(async |read| store::list(read, LinkWindow { of: None, window }).await).await
}

/// Ends a link. Its maker may, whoever may write the document, and for the site whoever may read its history.
pub(super) async fn revoke(app: &App, permit: &Permit<SignedIn>, id: Uuid) -> Result<(), Problem> {
    app.store
        .change(permit.actor(), async |tx| {
            let link = store::find(tx.conn(), id).await?.ok_or_else(no_link)?;
            match &link.sees {
                _ if permit.actor().user() == Some(link.made_by) => {}
                Sees::Draft { entry, locale, .. } => {
                    let writer = Permit::<Write<AnyContent>>::issue(permit.actor())?;
                    let draft = Draft { entry: *entry, locale, revision: None };
                    drafted::expect_reached(tx.conn(), &writer, draft).await?;
                }
                Sees::Site { .. } => all_history(&Permit::issue(permit.actor())?)?,
            }
            if !store::revoke(tx, id).await? {
                return Ok(tx.nothing_changed(()));
            }
            tx.record(Event::new("preview", "revoked", id), ()).await
        })
        .await
}

/// Who opens a link, by the value of `Masthead-Preview`.
///
/// # Errors
/// 401 when it is malformed, unknown, expired or revoked, or its maker may not see what it shows; it does not say which.
pub async fn open(app: &App, header: &str) -> Result<Guest, Problem> {
    let secret = Secret::parse(Prefix::Preview, header.trim()).ok_or_else(dead)?;
    let digest = secret.digest();
    let (guest, count) = app
        .store
        .read(async |read| {
            let link = store::by_digest(read, digest).await?.ok_or_else(dead)?;
            let now = read.at.instant;
            let count = link.last_opened_at.is_none_or(|last| now - last >= COUNT_EVERY);
            Ok((guest(app, read, link).await?, count))
        })
        .await?;
    if count {
        let link = guest.link;
        // Bookkeeping must not stand in the way of an answer.
        if let Err(problem) = app.store.housekeep(async |work| store::touch(work, link).await).await {
            tracing::warn!(%problem, "the opening of a preview link could not be counted");
        }
    }
    Ok(guest)
}

/// Signs addresses of media for a link, for a while. Browsers send no header for pictures, and what they send instead must not
/// be the link itself.
///
/// # Errors
/// 500 when it cannot be sealed.
pub fn signature(app: &App, link: Uuid, now: DateTime<Utc>) -> Result<String, Problem> {
    let hour = now.duration_trunc(Duration::hours(1)).map_err(Problem::internal)?;
    app.cursors.seal(SIGNED, &(link, hour + Duration::hours(SIGNED_HOURS)))
}

/// Who opens an address that was signed for a link.
///
/// # Errors
/// 401 when it was not, or is good no longer, or the link is not.
pub async fn reopen(app: &App, signature: &str) -> Result<Guest, Problem> {
    let (link, until): (Uuid, DateTime<Utc>) = app.cursors.open(SIGNED, signature).map_err(|_| dead())?;
    app.store
        .read(async |read| {
            if read.at.instant >= until {
                return Err(dead());
            }
            let link = store::good(read, link).await?.ok_or_else(dead)?;
            guest(app, read, link).await
        })
        .await
}

/// Whoever has a link that is good, given that its maker still may see what it shows.
async fn guest(app: &App, read: &mut Read<'_>, link: PreviewLink) -> Result<Guest, Problem> {
    let grants = roles::rights_of(read.conn(), link.made_by).await?.ok_or_else(dead)?;
    let maker = Identity { user: link.made_by, token: None, session: None, grants, request_id: None };
    let guest = Guest { link: link.id, sees: link.sees, maker };
    expect_visible(app, read, &guest).await.map_err(|problem| match problem.code() {
        Code::Internal | Code::Unavailable => problem,
        _ => dead(),
    })?;
    Ok(guest)
}

async fn expect_visible(app: &App, read: &mut Read<'_>, guest: &Guest) -> Result<(), Problem> {
    let maker = Actor::Identified(guest.maker.clone());
    match &guest.sees {
        Sees::Draft { entry, locale, revision } => {
            let draft = Draft { entry: *entry, locale, revision: *revision };
            drafted::expect_visible(app, read, &Permit::issue(&maker)?, draft).await
        }
        Sees::Site { .. } => all_history(&Permit::issue(&maker)?),
    }
}

/// The history is that of the whole site, so a grant that reaches a part of it is not enough.
fn all_history(permit: &Permit<ReadPermission<History>>) -> Result<(), Problem> {
    permit.over(Subject { kind: "history", created_by: None, locale: "" })
}

fn made(link: &PreviewLink) -> Event {
    let data = match &link.sees {
        Sees::Draft { entry, locale, revision } => {
            json!({ "entry": entry, "locale": locale, "revision": revision, "until": link.expires_at })
        }
        Sees::Site { at } => json!({ "as_of": at, "until": link.expires_at }),
    };
    Event::new("preview", "made", link.id).with(data)
}

fn nobody() -> Problem {
    Problem::new(Code::Forbidden).detail("A preview link is made by a person, whose rights it has.")
}

fn no_link() -> Problem {
    Problem::new(Code::NotFound).detail("There is no such preview link.")
}

fn dead() -> Problem {
    Problem::new(Code::InvalidToken).detail(
        "The preview link is not good now: it has expired, was revoked, or shows what is not there any more. Ask for a new \
         one, or leave `Masthead-Preview` out to read what is public.",
    )
}
