//! What can be read. Each answer is one snapshot: its instant and site version are fixed before anything else is asked.

use std::collections::HashMap;

use chrono::DateTime;
use uuid::Uuid;

use super::bodies::Bodies;
use super::include::model::Include;
use super::listing::model::{Listing, Window};
use super::model::{About, Answer, AsOf, Asked, Card, Cards, Lead, Past, Rendered, Resolved};
use super::previewed;
use super::selection::{self, Selection};
use super::settings::AboutSite;
use super::{bodies, include, listed, listing, media, settings, store};
use crate::app::App;
use crate::content::media::public::PublicMedia;
use crate::content::pages;
use crate::documents::path::SitePath;
use crate::platform::access::{Permit, Public, Subject};
use crate::platform::problem::{Code, FieldCode, Problem};

/// Which instant and locale a request asks for. Whoever asks for another instant than now must have the grant to read
/// history, and is told so before anything else about the request is looked at.
pub(super) fn asked(
    permit: &Permit<Public>,
    locale: Option<String>,
    as_of: Option<&str>,
) -> Result<Asked, Problem> {
    let as_of = as_of.map(|text| parse_as_of(permit, text)).transpose()?;
    Ok(Asked { locale, as_of, guest: permit.actor().guest().cloned() })
}

fn parse_as_of(permit: &Permit<Public>, text: &str) -> Result<AsOf, Problem> {
    let history = Permit::issue(permit.actor()).map_err(|_| no_history())?;
    // The history is that of the whole site, so a grant that reaches a part of it is not enough.
    history.over(Subject { kind: "history", created_by: None, locale: "" }).map_err(|_| no_history())?;
    let instant = DateTime::parse_from_rfc3339(text).map_err(|_| malformed_instant())?;
    Ok(AsOf::new(&history, instant.to_utc()))
}

/// Lists what is public of a kind, with what comes along and the pictures of all of it.
pub(super) async fn list(
    app: &App,
    _permit: &Permit<Public>,
    asked: &Asked,
    listing: &Listing,
    window: &Window,
) -> Result<Answer<Cards>, Problem> {
    let spec = app.kinds.get(&listing.kind)?;
    let mut answer = select(app, asked, async |found| {
        let cards = listing::store::list(found, listing, window).await?;
        // The row beyond the page tells only that there is one.
        let shown = cards.len().min(usize::try_from(window.limit).unwrap_or_default().saturating_sub(1));
        let family = include::follow(found, &listing.kind, &listing.include, &cards[..shown]).await?;
        let mut pictures: Vec<Uuid> = cards.iter().filter_map(listing.picture).collect();
        pictures.extend(family.cards().filter_map(listing.picture));
        let read =
            if listing.whole { bodies::read(found, spec, &cards[..shown]).await? } else { Bodies::default() };
        pictures.extend(read.targets);
        let media = media::store::among(found, &pictures).await?;
        let total =
            if window.count { Some(listing::store::count(found, listing, window).await?) } else { None };
        if listing.filter.shown {
            depends_on_use(app, found, &listing.kind);
        }
        Ok(Cards { rows: cards, media, family, total, bodies: read.of, links: read.links })
    })
    .await?;
    if window.backwards {
        answer.value.rows.reverse();
    }
    Ok(answer)
}

/// One public media entry that something public uses.
pub(super) async fn get_media(
    app: &App,
    _permit: &Permit<Public>,
    asked: &Asked,
    kind: &str,
    entry: Uuid,
) -> Result<Answer<(Card, PublicMedia)>, Problem> {
    select(app, asked, async |found| {
        let document = store::document(found, &app.kinds, Some(kind), entry).await?.ok_or_else(not_found)?;
        depends_on_use(app, found, kind);
        if !found.shows.contains(&entry) && !media::store::is_shown(found, entry).await? {
            return Err(not_found());
        }
        let media = media::store::among(found, &[entry]).await?.pop().ok_or_else(not_found)?;
        Ok((document.card, media))
    })
    .await
}

/// One public document with everything that is needed to render it.
pub(super) async fn get(
    app: &App,
    _permit: &Permit<Public>,
    asked: &Asked,
    (kind, include): (&str, &Include),
    entry: Uuid,
) -> Result<Answer<Rendered>, Problem> {
    select(app, asked, async |found| {
        render(app, found, (Some(kind), include), entry).await?.ok_or_else(not_found)
    })
    .await
}

/// Where a path leads, and the document if it leads to one.
pub(super) async fn resolve(
    app: &App,
    _permit: &Permit<Public>,
    asked: &Asked,
    include: &Include,
    path: &SitePath,
) -> Result<Answer<Resolved>, Problem> {
    select(app, asked, async |found| {
        let lead = store::resolve(found, path).await?.ok_or_else(no_such_path)?;
        let entry = match lead {
            Lead::Redirect { to, status } => {
                app.kinds.names().iter().for_each(|kind| found.tags.points_at(kind));
                return Ok(Resolved::Redirect { to, status });
            }
            Lead::Entry(entry) => entry,
        };
        let page = render(app, found, (None, include), entry).await?.ok_or_else(no_such_path)?;
        // The path of one locale leads to a page that has another path in the locale that was asked for.
        Ok(match &page.document.card.path {
            Some(home) if home != path.as_str() => Resolved::Redirect { to: home.clone(), status: 301 },
            _ => Resolved::Entry(Box::new(page)),
        })
    })
    .await
}

/// Reads in one snapshot: now as the role that sees what is public alone, another instant as the service.
pub(super) async fn select<T>(
    app: &App,
    asked: &Asked,
    work: impl AsyncFnOnce(&mut Selection<'_>) -> Result<T, Problem>,
) -> Result<Answer<T>, Problem> {
    if let Some(guest) = &asked.guest {
        return previewed::read(app, guest, asked, work).await;
    }
    let locale = asked.locale.as_deref();
    let Some(as_of) = asked.as_of else {
        let now = app.store.read_public(async |read| {
            let keep = read.keep;
            let mut selection = Selection::now(read, locale).await?;
            let value = work(&mut selection).await?;
            let tags = selection.tags.written(app.cache_tag_bytes);
            Ok(Answer { value, about: About::Now(keep, tags) })
        });
        return now.await;
    };
    let past = app.store.read(async |read| {
        let is_final = selection::is_final(read, as_of).await?;
        let value = work(&mut Selection::as_of(read, locale, as_of).await?).await?;
        Ok(Answer { value, about: About::At(Past { instant: as_of.instant(), is_final }) })
    });
    past.await
}

async fn render(
    app: &App,
    found: &mut Selection<'_>,
    (kind, include): (Option<&str>, &Include),
    entry: Uuid,
) -> Result<Option<Rendered>, Problem> {
    let Some(document) = store::document(found, &app.kinds, kind, entry).await? else { return Ok(None) };
    let spec = app.kinds.get(&document.card.kind)?;
    let references =
        (spec.references)(&document.body).map_err(|problem| Problem::internal(problem.detail.clone()))?;
    let wanted: Vec<Uuid> = references.iter().map(|reference| reference.target).collect();
    let links: HashMap<Uuid, _> =
        store::targets(found, &wanted).await?.into_iter().map(|crumb| (crumb.entry, crumb)).collect();
    if wanted.iter().any(|entry| !links.contains_key(entry)) {
        // What it points at may become public later.
        app.kinds.names().iter().for_each(|kind| found.tags.points_at(kind));
    }
    let family =
        include::follow(found, &pages::kind(), include, std::slice::from_ref(&document.card)).await?;
    let listed = listed::find(found, &app.kinds, std::iter::once((entry, &document.body))).await?;
    let said = settings::store::settings(app, found).await?.said();
    let around = family.cards().chain(listed.cards()).filter_map(Card::image).chain(said.image);
    let pictures: Vec<Uuid> = wanted.into_iter().chain(around).collect();
    let media = media::store::among(found, &pictures).await?;
    let breadcrumbs = store::breadcrumbs(found, entry).await?;
    let previous_paths = store::previous_paths(found, entry, &document.card.locale).await?;
    let about = AboutSite { site: app.site.or(said.url.clone()), said, default: found.default.clone() };
    Ok(Some(Rendered { document, breadcrumbs, links, media, family, listed, previous_paths, about }))
}

/// Notes that an answer about a kind depends on what entries of the other kinds show.
fn depends_on_use(app: &App, found: &mut Selection<'_>, kind: &str) {
    for other in app.kinds.names().into_iter().filter(|other| *other != kind) {
        found.tags.lists(other);
    }
}

fn not_found() -> Problem {
    Problem::new(Code::NotFound).detail("Nothing public has this id.")
}

fn no_such_path() -> Problem {
    Problem::new(Code::NotFound)
        .detail("No page is at this path, none was, and no redirect leads on from it.")
}

fn no_history() -> Problem {
    Problem::new(Code::Forbidden).detail(
        "`as_of` shows what was withdrawn and what is planned. Send an API token of a user whose role has the grant to \
         read history, with the scope `history:read` if it has scopes, or leave `as_of` out to read what is public now.",
    )
}

fn malformed_instant() -> Problem {
    let detail = "The query parameter `as_of` must be a time as RFC 3339 has it, for example `2026-03-01T09:00:00Z`. \
                  In an address, write the `+` of an offset as `%2B`.";
    Problem::new(Code::InvalidParameter).detail(detail).field("/query/as_of", FieldCode::Invalid, detail)
}
