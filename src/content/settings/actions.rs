//! What is done with the settings beyond what every document can: the first save makes them, and others ask where the site is.

use super::{Settings, store};
use crate::app::App;
use crate::documents::kind::KindSpec;
use crate::documents::model::{NewRevision, Origin, Snapshot};
use crate::documents::{self, Basis, Placing, Saved, Which, typed};
use crate::platform::access::{Permit, Read as ReadPermission, Write};
use crate::platform::db::Read;
use crate::platform::http::Known;
use crate::platform::id::EntryId;
use crate::platform::problem::{Code, Problem};
use crate::platform::public_site::PublicSite;

fn spec(app: &App) -> Result<&KindSpec, Problem> {
    app.kinds.get(&super::kind())
}

/// The entry, when it has been made, and the site's default locale.
async fn entry(app: &App) -> Result<(Option<EntryId>, String), Problem> {
    app.store
        .read(async |read| {
            let default = read.locale.clone();
            Ok((store::entry(read.conn()).await?, default))
        })
        .await
}

/// Reads them.
///
/// # Errors
/// 403 without a grant, 404 when there are none in that locale.
pub(super) async fn get(
    app: &App,
    permit: &Permit<ReadPermission<Settings>>,
    locale: Option<&str>,
) -> Result<Snapshot, Problem> {
    let entry = entry(app).await?.0.ok_or_else(none_yet)?;
    documents::get(app, permit, spec(app)?, Which { entry, locale }).await
}

/// What a save of the settings brings.
pub(super) struct Save {
    /// The content.
    pub new: NewRevision,
    /// What the client saw, by a header.
    pub seen: Option<Known>,
    /// Or the revision that it is based on.
    pub base: Option<i32>,
}

/// Saves them; makes them, when the client saw that there are none. Gives with it whether they were made.
///
/// # Errors
/// As a save of any document, and 412 when they are to be made and are there.
pub(super) async fn save(
    app: &App,
    permit: &Permit<Write<Settings>>,
    locale: Option<&str>,
    Save { new, seen, base }: Save,
) -> Result<(Saved, bool), Problem> {
    let (entry, default) = entry(app).await?;
    let seen = match (seen, base) {
        (Some(_), Some(_)) => Some(typed::basis(Some(0), base)?),
        (Some(Known::Nothing), None) => None,
        (Some(Known::Version(version)), None) => Some(Basis::Version(version)),
        (None, base) => Some(typed::basis(None, base)?),
    };
    match (entry, seen) {
        (Some(entry), Some(basis)) => {
            let saved = documents::save(app, permit, spec(app)?, Which { entry, locale }, basis, new).await?;
            Ok((saved, false))
        }
        (Some(_), None) => Err(there()),
        (None, seen) if seen.is_some() || locale.is_some_and(|locale| locale != default) => Err(none_yet()),
        (None, _) => {
            let new = NewRevision { origin: Origin::Create, source: None, ..new };
            let made = documents::create(app, permit, spec(app)?, None, (new, Placing::AsGiven)).await;
            // Somebody else was faster by so little that only Postgres saw it.
            let snapshot = made.map_err(|problem| match problem.code() {
                Code::Conflict => there(),
                _ => problem,
            })?;
            Ok((Saved { snapshot, merged: false }, true))
        }
    }
}

fn none_yet() -> Problem {
    Problem::new(Code::NotFound).detail(
        "There are no settings yet. Save them with the header `If-None-Match: *`, in the site's default locale, to make them.",
    )
}

fn there() -> Problem {
    Problem::new(Code::Stale).detail(
        "There are settings already. Read them, and send their ETag as If-Match; languages are added by \
         `/admin/v1/documents/{id}/translations`.",
    )
}

/// Where the public site is: where the server was told, else where its settings say.
///
/// # Errors
/// When the database does not answer.
pub async fn site(app: &App, read: &mut Read<'_>) -> Result<PublicSite, Problem> {
    let (at, locale) = (read.at.instant, read.locale.clone());
    let Some((body, version)) = store::public(read.conn(), &locale, at).await? else {
        return Ok(app.site.clone());
    };
    let body = spec(app)?.lift(version, body).map_err(Problem::internal)?;
    let settings: Settings = serde_json::from_value(body).map_err(Problem::internal)?;
    Ok(app.site.or(settings.site_url()))
}
