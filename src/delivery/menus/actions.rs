//! Reading a menu: itself, then all that it points at together, at one instant.

use uuid::Uuid;

use super::model::FoundMenu;
use crate::app::App;
use crate::content::menus;
use crate::delivery::actions::select;
use crate::delivery::model::{Answer, Asked};
use crate::delivery::{media, store};
use crate::documents::slug::Slug;
use crate::platform::access::{Permit, Public};
use crate::platform::problem::{Code, Problem};

/// The menu of this name.
///
/// # Errors
/// 404 when none that is public has it, 410 when it was erased.
pub(super) async fn menu(
    app: &App,
    _permit: &Permit<Public>,
    asked: &Asked,
    slug: &str,
) -> Result<Answer<FoundMenu>, Problem> {
    let kind = menus::kind();
    let spec = app.kinds.get(&kind)?;
    // What cannot be a slug is no menu's, and is not asked for.
    let slug = Slug::try_from(slug).map_err(|_| not_found())?;
    select(app, asked, async |found| {
        let entry = store::named(found, &kind, slug.as_str()).await?.ok_or_else(not_found)?;
        let document = store::document(found, &app.kinds, Some(&kind), entry).await?.ok_or_else(not_found)?;
        let references =
            (spec.references)(&document.body).map_err(|problem| Problem::internal(problem.detail.clone()))?;
        let mut wanted: Vec<Uuid> = references.iter().map(|reference| reference.target).collect();
        wanted.sort_unstable();
        wanted.dedup();
        let links = store::targets(found, &wanted).await?;
        let files: Vec<Uuid> =
            links.iter().filter(|crumb| crumb.path.is_none()).map(|crumb| crumb.entry).collect();
        let media = media::store::among(found, &files).await?;
        let links = links.into_iter().map(|crumb| (crumb.entry, crumb)).collect();
        Ok(FoundMenu { document, links, media })
    })
    .await
}

fn not_found() -> Problem {
    Problem::new(Code::NotFound)
        .detail("No public menu has this name; `GET /v1/menus` lists those that there are.")
}
