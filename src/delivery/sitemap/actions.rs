//! Making sitemaps: one of everything while it fits, otherwise an index of parts.

use super::store::{self, Listed};
use crate::app::App;
use crate::content::{pages, people};
use crate::delivery::actions::select;
use crate::delivery::model::{Answer, Asked};
use crate::delivery::selection::Selection;
use crate::delivery::settings;
use crate::platform::access::{Permit, Public};
use crate::platform::problem::{Code, Problem};
use crate::platform::public_site::PublicSite;

/// What a sitemap has.
#[derive(Debug)]
pub(super) enum Sitemap {
    /// The names of this many parts.
    Index(i64),
    /// Addresses.
    Addresses(Addresses),
}

/// A part of all addresses.
#[derive(Debug)]
pub(super) struct Addresses {
    /// Where the public site is.
    pub site: PublicSite,
    /// The site's default locale.
    pub default: String,
    /// By entry and locale.
    pub listed: Vec<Listed>,
    /// The entries at the edges of the part, of which other locales may lie in another one.
    pub edges: Vec<Listed>,
}

/// All addresses, or an index of the parts that hold them.
pub(super) async fn whole(app: &App, _permit: &Permit<Public>) -> Result<Answer<Sitemap>, Problem> {
    let kinds = kinds();
    select(app, &Asked::default(), async |found| {
        for kind in &kinds {
            found.tags.lists(kind);
        }
        let parts = parts(store::count(found, &kinds).await?, size(app));
        if parts > 1 {
            return Ok(Sitemap::Index(parts));
        }
        let listed = store::part(found, &kinds, (0, size(app))).await?;
        let (site, default) = (site(app, found).await?, found.default.clone());
        Ok(Sitemap::Addresses(Addresses { site, default, listed, edges: Vec::new() }))
    })
    .await
}

/// One part, from 1.
///
/// # Errors
/// 404 when there are not so many.
pub(super) async fn part(
    app: &App,
    _permit: &Permit<Public>,
    number: i64,
) -> Result<Answer<Sitemap>, Problem> {
    let kinds = kinds();
    select(app, &Asked::default(), async |found| {
        for kind in &kinds {
            found.tags.lists(kind);
        }
        if !(1..=parts(store::count(found, &kinds).await?, size(app))).contains(&number) {
            return Err(Problem::new(Code::NotFound).detail("There are not so many sitemaps."));
        }
        let listed = store::part(found, &kinds, ((number - 1) * size(app), size(app))).await?;
        let ends: Vec<_> = listed.first().into_iter().chain(listed.last()).map(|one| one.entry_id).collect();
        let edges = store::translations(found, &kinds, &ends).await?;
        let (site, default) = (site(app, found).await?, found.default.clone());
        Ok(Sitemap::Addresses(Addresses { site, default, listed, edges }))
    })
    .await
}

/// The kinds of what may have a path.
fn kinds() -> [String; 2] {
    [pages::kind(), people::kind()]
}

async fn site(app: &App, found: &mut Selection<'_>) -> Result<PublicSite, Problem> {
    Ok(app.site.or(settings::store::settings(app, found).await?.said().url))
}

fn size(app: &App) -> i64 {
    i64::from(app.site.addresses.get())
}

/// How many parts so many addresses make; one that is empty at least.
fn parts(count: i64, size: i64) -> i64 {
    count.div_euclid(size).max(0) + i64::from(count == 0 || count.rem_euclid(size) > 0)
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn a_part_holds_no_more_than_it_may() {
        for (count, expected) in [(0, 1), (1, 1), (50_000, 1), (50_001, 2), (100_000, 2), (100_001, 3)] {
            assert_eq!(parts(count, 50_000), expected, "{count}");
        }
    }
}
