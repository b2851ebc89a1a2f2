//! What can be read. Each answer is one snapshot: its instant and site version are fixed before anything else is asked.

use std::collections::HashMap;

use uuid::Uuid;

use super::model::{Card, Rendered, Resolved};
use super::store::{self, Window};
use crate::app::App;
use crate::documents::path::SitePath;
use crate::platform::access::{Permit, Public};
use crate::platform::db::PublicRead;
use crate::platform::problem::{Code, Problem};

/// Lists what is public of a kind.
pub(super) async fn list(
    app: &App,
    _permit: &Permit<Public>,
    kind: &str,
    window: &Window,
) -> Result<Vec<Card>, Problem> {
    let mut cards = app.store.read_public(async |read| store::list(read, kind, window).await).await?;
    if window.backwards {
        cards.reverse();
    }
    Ok(cards)
}

/// One public document with everything that is needed to render it.
pub(super) async fn get(
    app: &App,
    _permit: &Permit<Public>,
    kind: &str,
    entry: Uuid,
) -> Result<Rendered, Problem> {
    app.store.read_public(async |read| render(app, read, kind, entry).await).await?.ok_or_else(not_found)
}

/// Where a path leads, and the page if it leads to one.
pub(super) async fn resolve(
    app: &App,
    _permit: &Permit<Public>,
    kind: &str,
    path: &SitePath,
) -> Result<(Resolved, Option<Rendered>), Problem> {
    app.store
        .read_public(async |read| {
            let resolved = store::resolve(read, path).await?.ok_or_else(no_such_path)?;
            match resolved {
                Resolved::Entry(entry) => {
                    let page = render(app, read, kind, entry).await?.ok_or_else(no_such_path)?;
                    Ok((resolved, Some(page)))
                }
                Resolved::Redirect { .. } => Ok((resolved, None)),
            }
        })
        .await
}

async fn render(
    app: &App,
    read: &mut PublicRead<'_>,
    kind: &str,
    entry: Uuid,
) -> Result<Option<Rendered>, Problem> {
    let Some(document) = store::document(read, &app.kinds, kind, entry).await? else { return Ok(None) };
    let spec = app.kinds.get(kind)?;
    let references =
        (spec.references)(&document.body).map_err(|problem| Problem::internal(problem.detail.clone()))?;
    let wanted: Vec<Uuid> = references.iter().map(|reference| reference.target).collect();
    let links: HashMap<Uuid, _> =
        store::targets(read, &wanted).await?.into_iter().map(|crumb| (crumb.entry, crumb)).collect();
    let breadcrumbs = store::breadcrumbs(read, entry).await?;
    let previous_paths = store::previous_paths(read, entry).await?;
    Ok(Some(Rendered { document, breadcrumbs, links, previous_paths }))
}

fn not_found() -> Problem {
    Problem::new(Code::NotFound).detail("Nothing public has this id.")
}

fn no_such_path() -> Problem {
    Problem::new(Code::NotFound)
        .detail("No page is at this path, none was, and no redirect leads on from it.")
}
